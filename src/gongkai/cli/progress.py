"""A progress line on stderr for commands that take longer than a second on a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from gongkai.language import tr

_DELAY = 1.0  # seconds before anything is shown
_STEP = 200  # rows between two updates of the count

ShowProgress = Callable[[str, int, int | None], None]
_Row = TypeVar("_Row")


@contextlib.contextmanager
def progress_indicator() -> Iterator[ShowProgress]:
    """Yield a function that shows progress: what is done, how many, and of how many if known."""
    if not sys.stderr.isatty():
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None)

    def update(word: str, done: int, total: int | None) -> None:
        bar.update(task, description=word, completed=done, total=total)

    timer = threading.Timer(_DELAY, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield update
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def with_row_count(rows: Iterable[_Row], word: str | None = None) -> Iterator[_Row]:
    """Pass rows through, and show how many there are so far."""
    with progress_indicator() as update:
        word = word or tr("rows")
        update(word, 0, None)
        for number, row in enumerate(rows, 1):
            yield row
            if number % _STEP == 0:
                update(word, number, None)


def _nothing(_word: str, _done: int, _total: int | None) -> None:
    pass
