"""Where the folders of pipelines/ are, and the digest of one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gongkai.errors import FamilyError

BUILT_IN = "ogi-annual-report"
SETTINGS = "pipeline.toml"  # a folder that holds this file is a family's
_DATA_FILES = {".csv", ".toml", ".txt"}


def pipelines_folder() -> Path:
    """The folder of the built-in families: inside the package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "pipelines", package.parents[1] / "pipelines"):
        if folder.is_dir():
            return folder
    raise FamilyError("the built-in pipelines are missing from this installation")


def find_family(name_or_folder: str | Path) -> Path:
    """The folder of a family: the given one, or that of a built-in family by its name."""
    for folder in (Path(name_or_folder), pipelines_folder() / str(name_or_folder)):
        if (folder / SETTINGS).is_file():
            return folder
    built_in = sorted(path.parent.name for path in pipelines_folder().glob(f"*/{SETTINGS}"))
    raise FamilyError(
        f"no pipeline {str(name_or_folder)!r}: neither a folder with a {SETTINGS} "
        f"nor one of the built-in ones ({', '.join(built_in)})"
    )


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and contents of all data files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in _DATA_FILES):
        digest.update(path.name.encode())
        # A checkout on Windows may change line ends, which is no other knowledge.
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
