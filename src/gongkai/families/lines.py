"""One model for each CSV file that describes the official form.

Every model is frozen and refuses unknown columns, so that a typo in a data file is an error
with file and line. Columns marked "for people" explain a line; no code uses them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic import Field as Column

from gongkai.families.files import DataLine, WordList
from gongkai.model import Key, Severity


class Form(DataLine):
    """A line of forms.csv: one edition of the official form."""

    id: str = Column(alias="form")
    first_year: int  # first report year for which it is prescribed
    legal_basis: str  # the document that prescribes it


class Field(DataLine):
    """A line of fields.csv: one number of the official form."""

    table_id: str
    row_id: str
    column_id: str
    forms: WordList
    row_label: str = Column(alias="row_label_zh")
    column_label: str = Column(alias="column_label_zh")
    unit: str
    article: str = Column(alias="article_zh")
    value_type: Literal["count", "signed_count", "amount"]

    @property
    def key(self) -> Key:
        """The cell's canonical name."""
        return Key(self.table_id, self.row_id, self.column_id)


class TableLine(DataLine):
    """A line of tables.csv: the title and layout of one official table."""

    id: str = Column(alias="table_id")
    title: str = Column(alias="title_zh")
    section: str
    layout: Literal["rows_and_columns", "header_only"]
    corner: str = Column(alias="corner_zh")


class Label(DataLine):
    """A line of labels.csv: a further printed spelling of a label."""

    kind: Literal["row", "column", "parent", "corner", "section"]
    table_id: str
    id: str
    form: str  # for people: the form that prints it, if only one does
    spelling: str
    origin: str  # for people: where it was found
    note: str  # for people


class IdentityTerm(DataLine):
    """A line of identities.csv: one signed term of one identity."""

    identity: str
    severity: Severity
    table_id: str
    over: Literal["row", "column"]
    relation: Literal["eq", "ge"]
    group: str
    member: str
    sign: Annotated[Literal[1, -1], BeforeValidator(int)]
    source: str  # for people: where the form or the law says so


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
