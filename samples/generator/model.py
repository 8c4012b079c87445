"""The content of a report, before an engine prints it."""

from __future__ import annotations

from dataclasses import dataclass, field

Key = tuple[str, str, str]  # canonical ids of table, row and column


@dataclass
class Printed:
    """The printed characters of one official cell, and their meaning."""

    raw: str
    state: str = "number"  # number, blank, mark or unreadable
    value: str | None = None
    expect: str = "right"  # right, flag or either; samples/README.md explains them
    lines: str | None = None  # the same characters with forced line breaks, if any

    @property
    def text(self) -> str:
        return self.raw if self.lines is None else self.lines


@dataclass(frozen=True)
class Piece:
    """A part of a number that is displayed in its own way.

    ``look`` is described in ``pieces``; ``gap`` is the space before the piece in ems, negative
    where the piece overlaps the one before.
    """

    text: str
    look: str = "plain"
    gap: float = 0.0


@dataclass
class Cell:
    """A cell of a printed table; ``text`` has line breaks only where they are forced."""

    text: str
    row: int
    col: int
    rowspan: int = 1
    colspan: int = 1
    role: str = "label"  # corner, header, article, label, group, value
    key: Key | None = None
    printed: Printed | None = None
    vertical: bool = False  # written from top to bottom with a vertical font
    rotated: bool = False  # rotated by ninety degrees
    bold: bool = False
    mark: str = ""  # the row or column id by which cases find the cell
    pieces: tuple[Piece, ...] = ()  # displayed instead of the text
    kind: str = ""  # the kind of display that the cell shows, if it has a special one


@dataclass
class Table:
    """A grid of cells with relative column widths."""

    table_id: str
    widths: list[float]
    cells: list[Cell]
    header_rows: int = 0
    break_before: set[int] = field(default_factory=set)  # rows that must start a new page
    scope: str = ""  # own_body or whole_region, where a report has tables for both

    @property
    def rows(self) -> int:
        return max(cell.row + cell.rowspan for cell in self.cells)


@dataclass
class Para:
    """A paragraph.

    ``kind`` is body, title, heading, center, sign, note, or article (an article line outside its
    table).
    """

    text: str
    kind: str = "body"
    lead: int = 0  # number of bold characters at the start
    counted: bool = True  # part of the expected text of its section


@dataclass
class Break:
    """A page break, which may change the orientation, or an empty space of ``gap`` points."""

    landscape: bool | None = None
    gap: float = 0.0


Item = Para | Table | Break


@dataclass
class Section:
    number: str  # the statutory number
    title: str  # as printed, without the numeral
    heading: str  # the whole printed heading line
    items: list[Item] = field(default_factory=list)
    before: list[Item] = field(default_factory=list)  # for example a page break before the heading


@dataclass
class Report:
    title_lines: list[str]
    agency: str
    year: int
    form: str
    table_forms: dict[str, str]
    preamble: list[Item]
    sections: list[Section]
    tail: list[Item] = field(default_factory=list)
    status: str | None = None  # set by a case if the sums do not show it
    single_other: bool = False
    before_title: list[Item] = field(default_factory=list)  # for example a document number
    agency_also: str = ""  # the author in the text, if the title names only a place

    def tables(self) -> list[Table]:
        items = [item for s in self.sections for item in s.items] + self.tail
        return [item for item in items if isinstance(item, Table)]

    def cells(self) -> list[Cell]:
        return [cell for table in self.tables() for cell in table.cells]

    def section(self, number: str) -> Section:
        return next(section for section in self.sections if section.number == number)


@dataclass
class Document:
    """A file: one or more reports, and other content around them."""

    parts: list[Report | list[Item]]

    def reports(self) -> list[Report]:
        return [part for part in self.parts if isinstance(part, Report)]


def flow(report: Report) -> list[Item]:
    """Return the items of a report in printed order."""
    items: list[Item] = list(report.before_title)
    items += [Para(line, "title") for line in report.title_lines]
    items += report.preamble
    for section in report.sections:
        items += section.before
        items.append(Para(section.heading, "heading", counted=False))
        items += section.items
    return items + report.tail
