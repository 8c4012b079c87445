"""Readers by name, and the order in which a family of reports asks them.

A reader is an object with one or both of these methods::

    def read(self, path: Path, pages: Sequence[int] | None, options: ReadOptions) -> list[Page]
    def grids(self, path: Path, pages: Sequence[Page]) -> Iterable[Grid]

``read`` returns pages (from 1; None means all pages of the file). It raises
UnreadableFile if it reads first and cannot use the file; asked for a second reading, it
leaves out pages that it cannot read. A reader that finds tables itself returns them in the
page's ``grids``; for other pages gongkai lays grids out from the ``rules``. ``grids`` finds
tables on pages that another reader read. Pages and grids get the reader's name, whatever
their ``reader`` was.

``[readers] order`` in pipeline.toml names the readers. The first reads every file. The
others are asked, in this order, only about tables that the checks do not confirm. A reader
that is not in the list is never asked:

- A reader with ``grids`` is asked for tables that are missing or incomplete.
- A reader with ``read`` reads pages a second time, independently, where a check fails. The
  next one is asked only for pages that the one before could not read.
- ``ocr`` reads pages without a trusted text layer. It also reads uncertain scans a second
  time, and the cells of sums that fail. Its place among the later readers does not matter.

Readers that come with gongkai: ``pdfium``, ``pdfplumber``, ``camelot`` (grids only), ``ocr``.

To add a reader, name its class in the entry points of your package, in pyproject.toml::

    [project.entry-points."gongkai.readers"]
    my_reader = "my_package:MyReader"

The class is called without arguments, once a process. Worker processes find it in the same
way, since they start with nothing but the installed packages. Entry points are looked up only
for a name that is not registered, so that they cost nothing at start.

``register("my_reader", MyReader())`` does the same for this process only: for
``read_reports`` and for ``ingest`` with ``workers=0``, not for worker processes.

The database stores cells of such a reader with the reader ``other``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from msgspec.structs import replace

from gongkai.errors import FamilyError, UsageError
from gongkai.extractors.ocr.service import FileOcr, number_alphabet
from gongkai.extractors.pdf.camelot_reader import camelot_grids
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.model import Grid, Page, ReadOptions

ENTRY_POINTS = "gongkai.readers"
OCR = "ocr"


@runtime_checkable
class PageReader(Protocol):
    """Reads pages of a file."""

    def read(self, path: Path, pages: Sequence[int] | None, options: ReadOptions) -> list[Page]:
        """Return the given pages (from 1), or all pages of the file."""


@runtime_checkable
class GridReader(Protocol):
    """Finds tables on pages that another reader read."""

    def grids(self, path: Path, pages: Sequence[Page]) -> Iterable[Grid]:
        """Return the tables on these pages of the file."""


class PdfiumReader:
    """pdfium: the characters and rules of every page, at the least cost."""

    def read(
        self,
        path: Path,
        pages: Sequence[int] | None,
        options: ReadOptions,  # noqa: ARG002
    ) -> list[Page]:
        """Return the given pages (from 1), or all pages of the file."""
        return [page for page in read_pages(path) if pages is None or page.number in pages]


class PdfplumberReader:
    """pdfplumber: characters and tables from an independent parser."""

    def read(
        self,
        path: Path,
        pages: Sequence[int] | None,
        options: ReadOptions,  # noqa: ARG002
    ) -> list[Page]:
        """Return the given pages (from 1), or all pages; none if the file is damaged."""
        return read_with_pdfplumber(path, pages)


class CamelotReader:
    """camelot: tables from the lines of the rendered page, characters of the first reader."""

    def grids(self, path: Path, pages: Sequence[Page]) -> Iterable[Grid]:
        """Return the tables on these pages; none on scans, which camelot refuses.

        Pages of another scale, and parts of pages of the file, are skipped, too.
        """
        return camelot_grids(path, [page for page in pages if page.to_displayed is None])


class OcrReader:
    """OCR: every page from its rendered image, whether or not it has a text layer."""

    def read(self, path: Path, pages: Sequence[int] | None, options: ReadOptions) -> list[Page]:
        """Return the given pages (from 1), or all pages of the file.

        Raises OcrMissing if the packages for OCR are not installed.
        """
        ocr = FileOcr(path, options, number_alphabet(()))
        return ocr.read_pages(PdfiumReader().read(path, pages, options))


_registered: dict[str, PageReader | GridReader] = {
    "pdfium": PdfiumReader(),
    "pdfplumber": PdfplumberReader(),
    "camelot": CamelotReader(),
    OCR: OcrReader(),
}


@dataclass(frozen=True)
class ReaderOrder:
    """The readers of a family, by the kind of request that they answer."""

    first: PageReader  # reads every file
    second: Mapping[str, PageReader]  # asked to read a page again, in this order
    grids: Mapping[str, GridReader]  # asked for better grids, in this order
    ocr: bool  # whether pages may be read by OCR

    @classmethod
    def of(cls, names: Sequence[str]) -> ReaderOrder:
        """Look up the readers by their names, which they put into what they read.

        Raises FamilyError for an unknown or repeated name, and if the first reader cannot
        read pages.
        """
        readers = {name: _find(name) for name in names}
        first = readers[names[0]] if names else None
        if not isinstance(first, PageReader) or len(readers) < len(names):
            raise FamilyError(
                f"pipeline.toml: [readers] order = {list(names)}: each reader is named once, "
                "and the first one reads pages"
            )
        later = {name: readers[name] for name in names[1:]}
        return cls(
            NamedPages(names[0], first),
            {
                name: NamedPages(name, reader)
                for name, reader in later.items()
                if isinstance(reader, PageReader) and name != OCR
            },
            {
                name: NamedGrids(name, reader)
                for name, reader in later.items()
                if isinstance(reader, GridReader)
            },
            OCR in readers,
        )


@dataclass(frozen=True)
class NamedPages:
    """A reader of pages that puts its name into them and their grids."""

    name: str
    reader: PageReader

    def read(self, path: Path, pages: Sequence[int] | None, options: ReadOptions) -> list[Page]:
        """Return the given pages (from 1), or all pages of the file, with the name in them."""
        return [
            page
            if page.reader == self.name and not page.grids
            else replace(
                page, reader=self.name, grids=page.grids and _with_name(self.name, page.grids)
            )
            for page in self.reader.read(path, pages, options)
        ]


@dataclass(frozen=True)
class NamedGrids:
    """A reader of grids that puts its name into them."""

    name: str
    reader: GridReader

    def grids(self, path: Path, pages: Sequence[Page]) -> tuple[Grid, ...]:
        """Return the tables on these pages of the file, with the name in them."""
        return _with_name(self.name, self.reader.grids(path, pages))


def _with_name(name: str, grids: Iterable[Grid]) -> tuple[Grid, ...]:
    return tuple(g if g.reader == name else replace(g, reader=name) for g in grids)


def register(name: str, reader: PageReader | GridReader) -> None:
    """Make a reader known in this process, for ``[readers] order``.

    Raises UsageError if the name is taken, or the object has neither ``read`` nor ``grids``.
    """
    if name in _registered:
        raise UsageError(f"a reader {name!r} is registered already")
    if not isinstance(reader, PageReader | GridReader):
        raise UsageError(f"{reader!r} is not a reader: it has neither `read` nor `grids`")
    _registered[name] = reader


def _find(name: str) -> PageReader | GridReader:
    if name not in _registered:
        for each in entry_points(group=ENTRY_POINTS, name=name):
            register(name, each.load()())
    if name not in _registered:
        known = sorted({*_registered, *entry_points(group=ENTRY_POINTS).names})
        raise FamilyError(
            f"pipeline.toml: [readers] order: no reader {name!r}; there are {', '.join(known)}"
        )
    return _registered[name]
