"""Names the file that is read in every record that is logged meanwhile."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextvars import ContextVar

OFF = logging.CRITICAL + 1

_current_file: ContextVar[str] = ContextVar("gongkai_current_file", default="")


@contextlib.contextmanager
def log_file_name(name: str) -> Iterator[None]:
    """Name this file in every record that is logged within the context."""
    token = _current_file.set(name)
    try:
        yield
    finally:
        _current_file.reset(token)


class FileNameFilter(logging.Filter):
    """Gives each record ``file``: ``"name.pdf: "``, or an empty text outside any file."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if not hasattr(record, "file"):
            name = _current_file.get()
            record.file = f"{name}: " if name else ""
        return True
