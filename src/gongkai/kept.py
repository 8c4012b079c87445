"""Files kept from one run to the next in the user's cache folder; they may be deleted at any time.

A file counts only if it is whole and made from the version asked for, and if nobody but the user
can write to the folder: what is read from it is not checked again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from gongkai.whole_files import replaced

_PRIVATE, _OTHERS_MAY_WRITE = 0o700, 0o022


def cache_folder() -> Path:
    """The folder of these files."""
    import platformdirs

    return platformdirs.user_cache_path("gongkai", appauthor=False)


def kept(name: str, version: str) -> bytes | None:
    """The content of a file; None if it was not kept, or does not count.

    ``version`` names all that the content was made from.
    """
    try:
        folder = cache_folder()
        if not _is_private(folder):
            return None
        digest, _, content = (folder / Path(name).name).read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == _digest(version, content) else None


def keep(name: str, version: str, content: bytes) -> None:
    """Keep the content of a file, where that is possible; else the next run makes it again."""
    folder = cache_folder()
    with contextlib.suppress(OSError):
        folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        if not _is_private(folder):
            folder.chmod(_PRIVATE)  # fails in the folder of another user
        with replaced(folder / Path(name).name) as new:
            new.write_bytes(_digest(version, content) + b"\n" + content)


def _digest(version: str, content: bytes) -> bytes:
    return hashlib.sha256(version.encode() + content).hexdigest().encode()


def _is_private(folder: Path) -> bool:
    """Whether only the user can write to a folder; Windows keeps such folders to the user."""
    if os.name == "nt":
        return True
    found = folder.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_MAY_WRITE
