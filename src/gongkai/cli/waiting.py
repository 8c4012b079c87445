"""A sign of life on stderr for whoever waits longer than a second at a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_PATIENCE = 1.0  # seconds before anything is shown
_STEP = 200  # rows between two looks of the counter

Tell = Callable[[str, int, int | None], None]
_Row = TypeVar("_Row")


@contextlib.contextmanager
def patience() -> Iterator[Tell]:
    """Gives a function to call with a word, things done, and things in all where known."""
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

    def tell(word: str, done: int, total: int | None) -> None:
        bar.update(task, description=word, completed=done, total=total)

    timer = threading.Timer(_PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def watched(rows: Iterable[_Row], word: str = "rows") -> Iterator[_Row]:
    """The same rows; while they are waited for, how many there are so far."""
    with patience() as tell:
        tell(word, 0, None)
        for number, row in enumerate(rows, 1):
            yield row
            if number % _STEP == 0:
                tell(word, number, None)


def _nothing(_word: str, _done: int, _total: int | None) -> None:
    pass
