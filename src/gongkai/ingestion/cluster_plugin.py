"""Limits how many workers of a cluster a file may end. Runs in the scheduler's process."""

from __future__ import annotations

from typing import Any

from distributed.diagnostics.plugin import SchedulerPlugin

KEY = "gongkai-file-"  # begins the keys of files


class OneLoss(SchedulerPlugin):
    """Gives a file up after the first worker that ends while it has the file.

    By default the scheduler would send the file to three more, and each would end.
    """

    name = "gongkai-one-loss"

    def update_graph(self, scheduler: Any, *, tasks: Any, **_: Any) -> None:
        """Count new files as if they had ended as many workers as they may."""
        for key in tasks:
            if str(key).startswith(KEY):
                scheduler.tasks[key].suspicious = scheduler.allowed_failures
