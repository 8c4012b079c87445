"""The data model: pages, grids, and reports with their cells, checks and figures.

Lengths are PDF points. The origin is the top left corner of the page as displayed, with
its rotation applied. Pages count from 1 within their file.

Every object is immutable. A report takes some 4,000 of them; msgspec makes them in a tenth
of the time of frozen dataclasses. The most frequent ones have ``gc=False``: no cycle can contain
them, and the garbage collector then takes 1 ms less a report. ``Box``, ``Rule`` and ``Key`` are
NamedTuples because callers unpack them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct, field

State = Literal["number", "blank", "mark", "unreadable", "text"]
LabelMatch = Literal["exact", "alias", "near"]
ReaderName = str  # pdfium, pdfplumber, camelot, ocr, or a name that was registered
# What proves a value: a sum over it, the picture of the page, a person, or its text alone.
Proof = Literal["sum", "sight", "person", "text"]
FigureProof = Literal["table", "sum", "text"]
CheckStatus = Literal["pass", "fail", "skipped"]
Severity = Literal["must", "usually"]  # must pass in a correct report, or usually passes
Cause = Literal["print", "reading"]  # the report itself is wrong, or it was misread
ReportStatus = Literal["proved", "print_fault", "doubtful", "incomplete"]  # the best first
Scope = Literal["own_body", "whole_region"]  # 本级, 全区
OcrMode = Literal["auto", "never", "always"]
Outcome = Literal["loaded", "unreadable", "not_a_report", "failed"]
# Of several results for one file the first of these counts: a report of any family before a
# failure, and a failure before a refusal.
OUTCOMES_BY_RANK: tuple[Outcome, ...] = ("loaded", "failed", "unreadable", "not_a_report")
Level = Literal["central", "province", "prefecture", "county", "township", "functional_zone"]
BodyType = Literal[
    "government", "government_office", "department", "vertical_bureau", "sub_bureau",
    "zone_committee", "institution",
]  # fmt: skip


class Box(NamedTuple):
    """A rectangle in points, origin top left."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """The centre, as (x, y)."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def transposed(self) -> Box:
        """The rectangle with x and y exchanged."""
        return Box(self.top, self.x0, self.bottom, self.x1)

    def contains(self, x: float, y: float) -> bool:
        """Is a point in the rectangle or on its edge?"""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def intersection(self, other: Box) -> Box:
        """The common part of two rectangles; without one, x0 > x1 or top > bottom."""
        return Box(
            max(self.x0, other.x0),
            max(self.top, other.top),
            min(self.x1, other.x1),
            min(self.bottom, other.bottom),
        )

    def relative_to(self, x: float, y: float) -> Box:
        """The same rectangle in coordinates whose origin is the point (x, y)."""
        return Box(self.x0 - x, self.top - y, self.x1 - x, self.bottom - y)


class Char(Struct, frozen=True, gc=False):
    """One printed character and the box of its ink."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    baseline: float  # y of the line it is written on; the ink of 一 ends above it
    size: float  # font size in points as displayed
    upright: bool = True  # False for characters rotated by 90 degrees
    confidence: float | None = None  # 0 to 1, from OCR only
    # Is there a space before it? None: only the ink shows it. For Latin letters and digits only.
    spaced: bool | None = None


def bounding_box(boxes: Sequence[Box | Char]) -> Box:
    """The smallest box around one or more boxes or characters."""
    return Box(
        min([b.x0 for b in boxes]),
        min([b.top for b in boxes]),
        max([b.x1 for b in boxes]),
        max([b.bottom for b in boxes]),
    )


class Rule(NamedTuple):
    """A visible ruled line, horizontal or vertical, as the thin box of its ink."""

    x0: float
    top: float
    x1: float
    bottom: float


class SheetPart(NamedTuple):
    """The part of a page of the file, by its number and its left and right edge in points."""

    number: int
    x0: float
    x1: float


class Page(Struct, frozen=True, dict=True):
    """What one reader found on one page, or on one of two that are printed side by side."""

    number: int
    width: float
    height: float
    chars: tuple[Char, ...]
    rules: tuple[Rule, ...]
    image_share: float  # share of the page's area that pictures cover, 0 to 1
    reader: ReaderName
    # If the page was read rotated, deskewed, enlarged or as a part of a page of the file,
    # (a, b, c, d, e, f) maps it to the displayed page: x' = a·x + b·y + c, y' = d·x + e·y + f.
    to_displayed: tuple[float, float, float, float, float, float] | None = None
    grids: tuple[Grid, ...] | None = None  # tables, if the reader finds them itself
    hidden: tuple[Box, ...] = ()  # bounds of text that is not displayed
    remains: tuple[Box, ...] = ()  # ink boxes of digits of which only an edge is displayed
    part: SheetPart | None = None  # of a page of the file; None if it is the whole page

    @cached_property
    def text(self) -> str:
        """All characters of the page, in the order of the reader."""
        return "".join([char.text for char in self.chars])


class ReadOptions(Struct, frozen=True):
    """How a file is read.

    ``ocr``: the pages that OCR reads: those without a usable text layer (auto), none, or all.
    ``ocr_text``: it also reads their running text, not only tables and headings.
    """

    ocr: OcrMode = "auto"
    ocr_text: bool = True


class Cell(Struct, frozen=True, gc=False):
    """A cell of a grid: its rows and columns, its box on the page, and its text."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    text: str  # printed lines joined by "\n"
    chars: tuple[Char, ...] = ()


class Grid(Struct, frozen=True):
    """Adjacent cells that one reader found on one page: a table, or a part of one."""

    page: int
    box: Box
    rows: int
    columns: int
    cells: tuple[Cell, ...]  # by row, then column
    reader: ReaderName
    # The tables whose caption is printed over it; None if its labels tell which table it is.
    tables: tuple[str, ...] | None = None


class Line(Struct, frozen=True, gc=False):
    """One printed line of running text."""

    text: str
    page: int
    box: Box
    size: float


class Section(Struct, frozen=True):
    """One of the sections that the regulation prescribes; newlines separate paragraphs."""

    number: str  # 一 … 六, the prescribed number, even if another one is printed
    title: str  # as printed; radicals as characters
    text: str
    page_first: int
    page_last: int


class Paragraph(Struct, frozen=True, gc=False):
    """One paragraph as the author wrote it, joined over lines and pages."""

    section: str | None  # 一 … 六; None before the first section
    sub_number: str | None  # of its sub-topic, as printed: （一）, 1.
    sub_heading: str | None  # 主动公开情况; inner headings after ／
    text: str
    page: int  # where it begins
    box: Box  # of its lines on that page
    page_starts: tuple[int, ...] = ()  # offsets in the text at which a further page begins

    @property
    def page_last(self) -> int:
        """The page on which it ends."""
        return self.page + len(self.page_starts)

    def page_at(self, offset: int) -> int:
        """The page on which the character at this offset is printed."""
        return self.page + sum(start <= offset for start in self.page_starts)


class Key(NamedTuple):
    """The canonical name of one cell of the official tables."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(self)


class Observation(Struct, frozen=True, gc=False):
    """One printed cell of an official table."""

    key: Key
    state: State
    value: Decimal | None  # exact; None unless the state is "number"
    raw_text: str  # the characters as printed, lines joined by "\n"
    unit: str | None  # a unit printed inside the cell, as printed
    row_label: str  # as printed, outer to inner joined by ／; radicals as characters
    column_label: str
    label_match: LabelMatch  # the weaker match of the row label and the column label
    page: int
    box: Box
    reader: ReaderName
    confidence: float | None = None
    flagged: bool = False  # the reading is doubtful
    doubt: str | None = None  # the reason, one Chinese sentence; None unless flagged
    implied_value: Decimal | None = None  # the value that the sums imply, if it is doubtful
    proof: Proof | None = None  # None if there is no value
    converted: Decimal | None = None  # the value in the field's unit, if ``unit`` is another
    text_value: str | None = None  # the normalised text; None unless the state is "text"
    # Does the page show the value? False: compared, not decided; None: not compared.
    seen: bool | None = None

    @property
    def value_in_unit(self) -> Decimal | None:
        """The value in the unit of its field; 12600 for 1.26亿元 where the unit is 万元."""
        return self.value if self.converted is None else self.converted


# The printed cells of one report, by key.
Observations = Mapping[Key, Observation]


class CheckKey(NamedTuple):
    """The identity of a check: a table of the form or ``narrative``, a rule, a row or column.

    ``place`` is empty if the rule tests a whole table. As text it is the id in the database:
    ``applications.row_total.granted``.
    """

    table: str
    rule: str
    place: str

    def __str__(self) -> str:
        return ".".join(filter(None, self))


EXPECTED, ACTUAL = "{expected}", "{actual}"  # in the wording of a check


class Check(Struct, frozen=True, gc=False):
    """One rule, tested on one report at one place: see CheckKey."""

    table: str
    rule: str
    place: str
    status: CheckStatus
    severity: Severity
    wording: str  # one Chinese sentence, perhaps with EXPECTED and ACTUAL in place of numbers
    expected: Decimal | None = None
    actual: Decimal | None = None
    cause: Cause | None = None  # only for a failure
    cells: tuple[Key, ...] = ()  # every cell involved
    suspects: tuple[Key, ...] = ()  # the cell that alone explains the failures, if any

    @property
    def message(self) -> str:
        """One Chinese sentence, with all numbers in place."""
        return self.wording.replace(EXPECTED, str(self.expected)).replace(ACTUAL, str(self.actual))

    @property
    def key(self) -> CheckKey:
        """The table, rule and place of this check."""
        return CheckKey(self.table, self.rule, self.place)

    @property
    def check_id(self) -> str:
        """The id in the database: ``applications.row_total.granted``."""
        return str(self.key)


class Problem(Struct, frozen=True):
    """A remark about a report, other than a check."""

    code: str
    message: str  # one Chinese sentence
    page: int | None = None
    box: Box | None = None


class NarrativeFigure(Struct, frozen=True, gc=False):
    """A number in running text, with what it counts."""

    section: str
    phrase: str  # the words that say what it counts
    metric_id: str | None  # None where narrative.csv has no metric that fits
    value: Decimal
    unit: str | None
    approximate: bool
    sentence: str
    page: int
    raw_text: str = ""  # the number as printed, 1.5万余; of a stated zero, its words
    part_of: int | None = None  # index of the figure that it is a part of
    stated_as_none: bool = False  # the value is 0 because the text says 无, 未收到 or 未发生
    planned: bool = False  # a plan, not a result
    # cells of the official tables that agree, a sum of a whole and its parts, or neither
    proof: FigureProof = "text"


class FallbackAttempt(Struct, frozen=True):
    """A further reading of one table by another reader, and its outcome."""

    reader: str  # aligned, transposed, camelot, playa, pdfplumber, sight, ocr
    table: str
    outcome: str  # "better grid", "no help", "agreed", "print", "reading", "print/reading"


class Agency(Struct, frozen=True):
    """One government body, for all spellings of its name and all years.

    Two agencies are the same if their keys are equal.
    """

    key: str
    name: str  # canonical: with the city before a district, abbreviations written out
    division_code: str | None = None  # GB/T 2260, six digits
    province: str | None = None
    city: str | None = None
    county: str | None = None
    level: Level | None = None
    body_type: BodyType | None = None
    sector: str | None = None  # 公安, 教育, …
    functional_zone: bool = False  # such a zone has no division code
    host_division_code: str | None = None  # of the division that contains the zone
    resolved: bool = True
    reason: str | None = None  # why it is not resolved, one Chinese sentence


class Report(Struct, frozen=True):
    """One annual report, read and checked."""

    page_first: int
    page_last: int
    title: str
    agency: str
    year: int | None
    form: str | None  # id of the form that most of its tables use
    status: ReportStatus
    table_forms: dict[str, str] = field(default_factory=dict)  # table id -> form
    observations: tuple[Observation, ...] = ()
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()
    problems: tuple[Problem, ...] = ()
    figures: tuple[NarrativeFigure, ...] = ()
    fallback_attempts: tuple[FallbackAttempt, ...] = ()
    agency_ref: Agency | None = None  # the body with the name ``agency``
    # Where the print has tables for two scopes, each is a Report; only the body's own has text.
    scope: Scope | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    edition: str | None = None  # when the file was last changed, as it says itself: ISO 8601

    def failures(self, severity: Severity | None = None) -> Iterator[Check]:
        """The failed checks, all or those of one severity."""
        return (c for c in self.checks if c.status == "fail" and severity in (None, c.severity))
