"""One model for each CSV file that describes the official form.

Every model is frozen and refuses unknown columns, so that a typo in a data file is an error
with file and line. Columns marked "for people" explain a line; no code uses them. A column
with a default may be left out of the file.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic import Field as Column

from gongkai.families.files import DataLine, WordList
from gongkai.model import Key, Severity

OPEN_ROW = "*"  # row id of the fields that every row with a code has

Layout = Literal["rows_and_columns", "header_only", "two_sided", "pairs"]
Groups = Literal["beside", "above"]
Side = Literal["left", "right", "both", ""]
Over = Literal["row", "column", "tree", "cells"]
ValueType = Literal[
    "count", "signed_count", "amount", "signed_amount",
    "text", "url", "code", "date", "choice", "choices",
]  # fmt: skip
AMOUNTS = frozenset({"amount", "signed_amount"})  # with decimals, and a unit to convert
TEXTS = frozenset({"text", "url", "code", "date", "choice", "choices"})  # no numbers
SIGNED = frozenset({"signed_count", "signed_amount"})  # that may be negative
Maturity = Literal["established", "provisional"]


class Form(DataLine):
    """A line of forms.csv: one edition of the official form.

    A provisional form is described from sources that do not show all of its labels. A label that
    differs from it is then a finding to confirm.
    """

    id: str = Column(alias="form")
    first_year: int  # first report year for which it is prescribed
    # last report year in which a report may use it instead of a later form; None: any year
    last_year: int | None = None
    legal_basis: str  # the document that prescribes it
    sections: Literal["prescribed", "free"] = "prescribed"  # does it prescribe the sections?
    maturity: Maturity = "established"
    reason_zh: str = ""  # why it is provisional
    reason_en: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether its labels are not all confirmed by a published report."""
        return self.maturity == "provisional"


class Field(DataLine):
    """A line of fields.csv: one number of the official form.

    A line with the row id ``*`` describes one column of all rows that have a code.
    """

    table_id: str
    row_id: str
    column_id: str
    forms: WordList
    row_label: str = Column(alias="row_label_zh")
    column_label: str = Column(alias="column_label_zh")
    unit: str
    article: str = Column(alias="article_zh")
    value_type: ValueType
    printed: Literal["always", "sometimes"] = "always"  # the form leaves it to the author
    options: WordList = ()  # of a choice, as printed; of choices, several may be ticked

    @property
    def key(self) -> Key:
        """The cell's canonical name."""
        return Key(self.table_id, self.row_id, self.column_id)


class TableLine(DataLine):
    """A line of tables.csv: the title and layout of one official table."""

    id: str = Column(alias="table_id")
    title: str = Column(alias="title_zh")
    section: str  # number of the section that holds it; "" for a table at any place
    layout: Layout
    corner: str = Column(alias="corner_zh")
    # its labels tell a grid's table, or the caption over the grid
    found_by: Literal["labels", "caption"] = "labels"
    side: Side = ""  # of a two-sided print: the half that is this table, or both
    # the code list of its rows: codes-<rows>.csv; names: each row is of a named body; "" if the
    # form lists them
    rows: str = ""
    column_order: Literal["form", "free"] = "form"  # free: the labels alone tell the columns
    printed: Literal["always", "sometimes"] = "always"  # sometimes: a report may be without it
    # provisional: not all of its labels are confirmed by a published report, for this reason
    maturity: Maturity = "established"
    reason_zh: str = ""
    reason_en: str = ""
    groups: Groups = "beside"  # where the label of a group of rows is
    unit_header: WordList = ()  # labels of a column that prints the unit of each row
    number_header: WordList = ()  # labels of a column that numbers the rows


class CodeLine(DataLine):
    """A line of codes-<name>.csv: one code of a classification."""

    code: str = Column(pattern=r"^\d+$")
    name: str = Column(alias="name_zh")
    name_en: str
    parent: str  # the code that contains it; "" at the top
    first_year: str = ""  # for people: the years of its use, where known
    last_year: str = ""


class Label(DataLine):
    """A line of labels.csv: a further printed spelling of a label."""

    # ignored: over a column that holds no data, such as remarks
    kind: Literal["row", "column", "parent", "corner", "section", "caption", "ignored"]
    table_id: str
    id: str
    form: str  # for people: the form that prints it, if only one does
    spelling: str
    origin: str  # for people: where it was found
    note: str  # for people


class IdentityTerm(DataLine):
    """A line of identities.csv: one signed term of one identity.

    ``over``: in each ``column`` (members are rows), in each ``row`` (members are columns), over
    the ``cells`` table.row.column (``*``: the same row in each), or over the ``tree`` of codes:
    each code is the sum of those below it, and the member the sum of the topmost.
    """

    identity: str
    severity: Severity
    table_id: str
    over: Over
    relation: Literal["eq", "ge"]
    group: str
    member: str
    sign: Annotated[Literal[1, -1], BeforeValidator(int)]
    source: str  # for people: where the form or the law says so
    tolerance: Literal["", "rounding"] = ""  # rounding: the terms are printed rounded


class Mark(DataLine):
    """A line of marks.csv: a sign that is printed where there is no number."""

    mark: str
    meaning: str  # for people


class Unit(DataLine):
    """A line of units.csv: a unit printed inside a cell, in a label or above a table."""

    unit: str
    quantity: str  # what it measures, as the name of its basic unit: 元 for 万元
    factor: Decimal  # how many basic units it is: 10000
    note: str  # for people


class Variant(DataLine):
    """A line of variants.csv: a glyph that NFKC does not fold, and the character it means."""

    source: Annotated[str, Column(min_length=1, max_length=1)]
    target: str
    note: str  # for people
