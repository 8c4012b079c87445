"""Readers by name, the order in which a family asks them, and the pages that they read.

A reader is an object with one or more of these methods::

    def read(self, path: Path, pages: Sequence[int] | None, options: ReadOptions) -> list[Page]
    def grids(self, path: Path, pages: Sequence[Page]) -> Iterable[Grid]
    def chars(self, path: Path, pages: Sequence[Page]) -> list[Page]

``read`` returns pages (from 1; None means all pages of the file). It raises
UnreadableFile if it reads first and cannot use the file; asked for a second reading, it
leaves out pages that it cannot read. A reader that finds tables itself returns them in the
page's ``grids``; for other pages gongkai lays grids out from the ``rules``. ``grids`` finds
tables on pages that another reader read. ``chars`` returns those of such pages that it can read
with its own characters. Pages and grids get the reader's name, whatever their ``reader`` was.

``[readers] order`` in pipeline.toml names the readers. The first reads every file. The
others are asked, in this order, only about tables that the checks do not confirm. A reader
that is not in the list is never asked:

- A reader with ``grids`` is asked for tables that are missing or incomplete.
- A reader with ``chars`` reads pages a second time where pictures do not confirm the cells of a
  failed check. The next one is asked only for pages that the one before could not read.
- A reader with ``read`` does so where the structure of a table is in doubt, and after those.
- ``ocr`` reads pages without a trusted text layer. It also reads uncertain scans a second
  time, and the cells of sums that fail. Its place among the later readers does not matter.

Readers that come with gongkai: ``pdfium``, ``pdfplumber``, ``camelot`` (grids only), ``playa``
(characters only), ``ocr``.

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

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from msgspec.structs import replace

from gongkai.errors import FamilyError, NotAReport, SourceError, UnreadableFile, UsageError
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.layout.sheets import parts_of, sheets_of, split_sheets
from gongkai.extractors.ocr.service import FileOcr, number_alphabet
from gongkai.extractors.pdf.camelot_reader import camelot_grids
from gongkai.extractors.pdf.page_pictures import PagePictures, page_pictures
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfium_api import files_kept_open, open_document, opened
from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.extractors.pdf.playa_reader import PlayaReader
from gongkai.extractors.text_layer import reread_missing_fonts, with_ocr
from gongkai.families.country import TextLayer, load_country
from gongkai.families.family import Family, Subject
from gongkai.families.folders import built_in_countries, pipelines_folder
from gongkai.model import Grid, Page, ReadOptions
from gongkai.problems import message

ENTRY_POINTS = "gongkai.readers"
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?")
_Refusal = TypeVar("_Refusal", bound=SourceError)
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


@runtime_checkable
class CharReader(Protocol):
    """Reads the characters of pages that another reader read."""

    def chars(self, path: Path, pages: Sequence[Page]) -> list[Page]:
        """Return these pages of the file with the characters that this reader finds."""


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
        ocr = FileOcr(path, options, number_alphabet(()), words=_words_of_countries())
        return ocr.read_pages(PdfiumReader().read(path, pages, options))


@cache
def _words_of_countries() -> tuple[str, ...]:
    """The words of legible pages of all built-in countries, for a reader that knows no family."""
    folders = [pipelines_folder() / name for name in built_in_countries()]
    settings = [load_country(folder).settings for folder in folders]
    return tuple(word for each in settings for word in each.text_layer.legible_words)


AnyReader = PageReader | GridReader | CharReader
_registered: dict[str, AnyReader] = {
    "pdfium": PdfiumReader(),
    "pdfplumber": PdfplumberReader(),
    "camelot": CamelotReader(),
    "playa": PlayaReader(),
    OCR: OcrReader(),
}


@dataclass(frozen=True)
class ReaderOrder:
    """The readers of a family, by the kind of request that they answer."""

    first: PageReader  # reads every file
    second: Mapping[str, PageReader]  # asked to read a page again, in this order
    grids: Mapping[str, GridReader]  # asked for better grids, in this order
    chars: Mapping[str, CharReader]  # asked to read characters again, in this order
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
            {
                name: NamedChars(name, reader)
                for name, reader in later.items()
                if isinstance(reader, CharReader)
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


@dataclass(frozen=True)
class NamedChars:
    """A reader of characters that puts its name into the pages."""

    name: str
    reader: CharReader

    def chars(self, path: Path, pages: Sequence[Page]) -> list[Page]:
        """Return these pages with the reader's characters, with its name in them."""
        return [replace(page, reader=self.name) for page in self.reader.chars(path, pages)]


def _with_name(name: str, grids: Iterable[Grid]) -> tuple[Grid, ...]:
    return tuple(g if g.reader == name else replace(g, reader=name) for g in grids)


@dataclass(frozen=True)
class FilePages:
    """The pages of one file. Families that are offered the file share them."""

    pages: Mapping[int, Page]  # by number, in order
    ocr: FileOcr
    pictures: PagePictures | None = None  # None: numbers are not compared with their pictures
    edition: str | None = None  # when the file was last changed, as it says itself: ISO 8601

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """The ruled grids of all pages."""
        return tuple([grid for page in self.pages.values() for grid in find_grids(page)])

    @cached_property
    def by_ocr(self) -> FilePages:
        """The same file with all pages read by OCR. Raises OcrMissing."""
        with_text = [page for page in self.pages.values() if page.reader != "ocr"]
        read = self.ocr.read_pages(sheets_of(with_text))
        by_ocr = {page.number: page for page in parts_of(read, with_text)}
        return dataclasses.replace(self, pages={**self.pages, **by_ocr})

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All characters of each page, in the order of the reader."""
        return tuple([page.text for page in self.pages.values()])


@dataclass(frozen=True)
class FileReader:
    """Reads the pages of files. Equal for families of one country with the same readers."""

    readers: ReaderOrder
    options: ReadOptions
    text_layer: TextLayer
    alphabet: str  # see ``number_alphabet``

    @classmethod
    def of(cls, family: Family, options: ReadOptions) -> FileReader:
        """Look up the readers of a family. Raises FamilyError if there is no such reader."""
        readers = ReaderOrder.of(family.settings.readers.order)
        options = options if readers.ocr else replace(options, ocr="never")
        text_layer = family.country.settings.text_layer
        return cls(readers, options, text_layer, number_alphabet(family.marks))

    @contextmanager
    def pages(self, path: Path, subject: Subject) -> Iterator[FilePages]:
        """Read the pages of a file, by OCR where the text layer cannot be trusted.

        Raises UnreadableFile if neither the text layer nor OCR gives usable text (OcrMissing if
        OCR is needed and not installed), and NotAReport if OCR finds no mention of ``subject``
        on the first pages. If a file that is refused, here or within the context, has
        attachments, the error names them.
        """
        with files_kept_open():
            pages = self.readers.first.read(path, None, self.options)
            if "pdfplumber" in self.readers.second:
                pages = reread_missing_fonts(pages, path)
            try:
                words = self.text_layer.legible_words
                ocr = FileOcr(path, self.options, self.alphabet, words=words)
                pages = with_ocr(pages, ocr, self.text_layer, subject)
                if any(page.width > page.height for page in pages):
                    pages = split_sheets(pages)
                with page_pictures(path, pages) as pictures:
                    file = self.of_pages(path, pages, pictures)
                    ocr = dataclasses.replace(ocr, by_number=file.pages)
                    yield dataclasses.replace(file, ocr=ocr, edition=_edition(path))
            except (UnreadableFile, NotAReport) as error:
                named = naming_attachments(path, error)
                if named is error:
                    raise
                raise named from error

    def of_pages(
        self, path: Path, pages: Sequence[Page], pictures: PagePictures | None = None
    ) -> FilePages:
        """Return pages of a file that have been read."""
        by_number = {page.number: page for page in pages}
        words = self.text_layer.legible_words
        ocr = FileOcr(path, self.options, self.alphabet, by_number, words)
        return FilePages(by_number, ocr, pictures)


def _edition(path: Path) -> str | None:
    """When a PDF was last changed or made, as it says itself; None if it does not."""
    try:
        with opened(path) as pdf:
            dates = [pdf.document.get_metadata_value(name) for name in ("ModDate", "CreationDate")]
    except UnreadableFile:  # a reader of other formats may have read it
        return None
    found = next(filter(None, map(_PDF_DATE.match, dates)), None)
    return "{}-{}-{}T{}:{}:{}".format(*(part or "00" for part in found.groups())) if found else None


def naming_attachments(path: Path, error: _Refusal) -> _Refusal:
    """Return the reason why a file is refused with the names of its attachments, if any."""
    names = _attachment_names(path)
    if not names:
        return error
    return type(error)(message("has_attachments", reason=error, names="、".join(names)))


def _attachment_names(path: Path) -> list[str]:
    """The names of the files attached to a PDF; none if pdfium cannot open it."""
    try:
        document = open_document(path)
    except UnreadableFile:  # a reader of other formats may have read it
        return []
    with closing(document):
        return [document.get_attachment(k).get_name() for k in range(document.count_attachments())]


def register(name: str, reader: AnyReader) -> None:
    """Make a reader known in this process, for ``[readers] order``.

    Raises UsageError if the name is taken, or the object has none of the methods of a reader.
    """
    if name in _registered:
        raise UsageError(f"a reader {name!r} is registered already")
    if not isinstance(reader, AnyReader):
        raise UsageError(f"{reader!r} is not a reader: it has no `read`, `grids` or `chars`")
    _registered[name] = reader


def _find(name: str) -> AnyReader:
    if name in _registered:
        return _registered[name]
    from importlib.metadata import entry_points

    for each in entry_points(group=ENTRY_POINTS, name=name):
        register(name, each.load()())
        return _registered[name]
    known = ", ".join(sorted({*_registered, *entry_points(group=ENTRY_POINTS).names}))
    raise FamilyError(f"pipeline.toml: [readers] order: no reader {name!r}; there are {known}")
