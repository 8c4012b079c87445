"""What read a report: code, pipeline, schema, libraries. Kept with every run."""

from __future__ import annotations

import functools
import hashlib
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import gongkai

if TYPE_CHECKING:
    from gongkai.families.family import Family

LIBRARIES = (
    "camelot-py", "jieba", "onnxruntime", "pandas", "pdfplumber", "pypdfium2", "rapidfuzz",
    "rapidocr", "sqlalchemy",
)  # fmt: skip

# a change in these makes no reading stale
_SHOWING = ("analysis.py", "cli", "export", "proof", "render", "review", "serve")


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that decide what is read: the first four unchanged, the result is the same."""

    code_version: str
    code_digest: str
    pipeline: str
    pipeline_digest: str
    python_version: str
    libraries: dict[str, str]


def current_versions(pipeline: Family) -> Versions:
    """The versions that are at work now. A library that is not installed has no entry."""
    return Versions(
        code_version=gongkai.__version__,
        code_digest=code_digest(),
        pipeline=pipeline.name,
        pipeline_digest=pipeline.digest,
        python_version=platform.python_version(),
        libraries={name: version for name in LIBRARIES if (version := _installed(name))},
    )


@functools.cache
def code_digest() -> str:
    """A digest over the package's own code, but for what only shows what was read.

    The version number alone would keep stale numbers in the database of someone who
    works on the code or runs it from a checkout.
    """
    package = Path(gongkai.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        if name.parts[0] not in _SHOWING:
            digest.update(name.as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
