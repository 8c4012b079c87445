"""Files that commands write where the user says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.whole_files import replaced


@contextlib.contextmanager
def written(path: Path) -> Iterator[Path]:
    """Yield the path of a new file, which replaces ``path`` when it is whole.

    Raises UsageError if it cannot be written; a file that was there is then as it was.
    """
    if not path.parent.is_dir():
        raise UsageError(
            tr(
                "{file} cannot be written: there is no folder {folder}",
                file=path,
                folder=path.parent,
            )
        )
    try:
        with replaced(path) as new:
            yield new
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(
            tr("{file} cannot be written: {reason}", file=path, reason=reason)
        ) from error
