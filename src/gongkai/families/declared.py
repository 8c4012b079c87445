"""Loads one folder of ``pipelines/``: what is known about a family of reports.

Everything is read through frozen models that refuse unknown keys, so that a typo
is an error at start, with file and line, and not a silent hole in the data.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ValidationError
from pydantic import Field as Column

from gongkai.errors import FamilyError
from gongkai.families.files import DataLine, Words, read_lines, read_utf8, why
from gongkai.model import Key, Severity

BUILT_IN = "ogi-annual-report"


class Field(DataLine):
    """A line of fields.csv: one number of the official form."""

    table_id: str
    row_id: str
    column_id: str
    forms: Words
    row_label: str = Column(alias="row_label_zh")
    column_label: str = Column(alias="column_label_zh")
    unit: str
    article: str = Column(alias="article_zh")
    value_type: Literal["count", "signed_count", "amount"]

    @property
    def key(self) -> Key:
        return Key(self.table_id, self.row_id, self.column_id)


class Table(DataLine):
    """A line of tables.csv: how one official table is laid out."""

    id: str = Column(alias="table_id")
    title: str = Column(alias="title_zh")
    section: str
    layout: Literal["rows_and_columns", "header_only"]
    corner: str = Column(alias="corner_zh")


class Label(DataLine):
    """A line of labels.csv: another spelling met in print."""

    kind: Literal["row", "column", "parent", "corner", "section"]
    table_id: str
    id: str
    form: str
    spelling: str
    origin: str
    note: str


class Member(DataLine):
    """A line of identities.csv: one signed term of one identity."""

    identity: str
    severity: Severity
    table_id: str
    over: Literal["row", "column"]
    relation: Literal["eq", "ge"]
    group: str
    member: str
    sign: Annotated[Literal[1, -1], BeforeValidator(int)]
    source: str


class Mark(DataLine):
    """A line of marks.csv: what stands where no number is printed."""

    mark: str
    meaning: str


class Unit(DataLine):
    """A line of units.csv: a unit printed inside a cell."""

    unit: str
    canonical: str
    factor: int
    note: str


class Variant(DataLine):
    """A line of variants.csv: glyph folding beyond NFKC."""

    source: Annotated[str, Column(min_length=1, max_length=1)]
    target: str
    note: str


class SectionTitle(DataLine):
    """A statutory section."""

    number: str
    title: str


class Thresholds(DataLine):
    """Where a likeness or a share starts to count."""

    near_label: float
    sure_label: float
    near_section: float
    honest_chinese: float
    honest_chars: int
    scan_image_share: float


class TitleWords(DataLine):
    """What makes a line a title, and where a text names its author."""

    subject: tuple[str, ...]
    kind: tuple[str, ...]
    author: tuple[str, ...]


class Readers(DataLine):
    """Which readers are asked, in which order."""

    order: tuple[Literal["pdfium", "pdfplumber", "camelot", "ocr"], ...]


class AgencyWords(DataLine):
    """How the names of bodies are put together."""

    government: tuple[str, ...]  # after a division: its government
    office: tuple[str, ...]  # after a division: the office of its government
    township: tuple[str, ...]  # what the name of a township ends in
    zone: tuple[str, ...]  # what the name of a functional zone ends in
    committee: tuple[str, ...]  # after a zone: its committee
    department: tuple[str, ...]  # what the name of a department ends in
    institution: tuple[str, ...]  # what the name of an institution ends in
    short: dict[str, str]  # short endings, written out
    branch: str  # what the name of a bureau's branch ends in
    speaks_for: tuple[str, ...]  # patterns: the text says the office speaks for its government


class History(DataLine):
    """What is watched from year to year."""

    jumps: tuple[str, ...]  # cells, as table.row.column
    times: float  # so many times as much, or as little, is a jump …
    least: int  # … where the difference is at least this
    repeated: float  # share of a section's text that may be its text of the year before
    shingle: int  # characters in a row that count as the same text
    sections: tuple[str, ...]  # sections whose text is compared


class Settings(DataLine):
    """pipeline.toml."""

    name: str
    title: str
    years: tuple[int, int]
    form_from: dict[str, int]
    legal_basis: dict[str, str]
    readers: Readers
    thresholds: Thresholds
    title_words: TitleWords
    agencies: AgencyWords
    history: History
    sections: tuple[SectionTitle, ...]


@dataclass(frozen=True)
class Identity:
    """One accounting identity: Σ sign·member = 0 (eq) or ≥ 0 (ge)."""

    name: str
    severity: Severity
    table: str
    over: Literal["row", "column"]
    relation: Literal["eq", "ge"]
    # each group is a way of printing the same terms; "" is always there
    groups: dict[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, eq=False)
class Family:
    """All knowledge about one family of reports."""

    settings: Settings
    folder: Path  # where more is kept, loaded when it is asked for: see knowledge.py
    digest: str  # sha256 over all files: the version of the knowledge
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    labels: tuple[Label, ...]
    identities: tuple[Identity, ...]
    marks: frozenset[str]
    units: dict[str, Unit]
    variants: dict[int, str]  # for str.translate

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def title(self) -> str:
        return self.settings.title

    @cached_property
    def fields_by_key(self) -> dict[Key, tuple[Field, ...]]:
        found: dict[Key, list[Field]] = defaultdict(list)
        for field in self.fields:
            found[field.key].append(field)
        return {key: tuple(lines) for key, lines in found.items()}

    def table(self, table_id: str) -> Table:
        return next(t for t in self.tables if t.id == table_id)


def load_family(name_or_folder: str | Path = BUILT_IN) -> Family:
    """Load a built-in pipeline by name, or a folder of one's own.

    Raises FamilyError, naming file and line, where the data do not hold together.
    """
    folder = _find(name_or_folder)
    settings = _settings(folder / "pipeline.toml")
    fields = tuple(line for _, line in read_lines(folder / "fields.csv", Field))
    tables = tuple(line for _, line in read_lines(folder / "tables.csv", Table))
    units = tuple(line for _, line in read_lines(folder / "units.csv", Unit))
    variants = tuple(line for _, line in read_lines(folder / "variants.csv", Variant))
    marks = tuple(line for _, line in read_lines(folder / "marks.csv", Mark))
    family = Family(
        settings=settings,
        folder=folder,
        digest=_digest(folder),
        fields=fields,
        tables=tables,
        labels=tuple(_labels(folder / "labels.csv", fields, settings)),
        identities=tuple(_identities(folder / "identities.csv", fields)),
        marks=frozenset(line.mark for line in marks),
        units={line.unit: line for line in units},
        variants={ord(line.source): line.target for line in variants},
    )
    unknown = {f.table_id for f in fields} ^ {t.id for t in tables}
    if unknown:
        raise FamilyError(f"{folder / 'tables.csv'}: fields.csv and tables.csv differ in {unknown}")
    return family


def pipelines_folder() -> Path:
    """Where the built-in pipelines are: inside the package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "pipelines", package.parents[1] / "pipelines"):
        if folder.is_dir():
            return folder
    raise FamilyError("the built-in pipelines are missing from this installation")


def _find(name_or_folder: str | Path) -> Path:
    for folder in (Path(name_or_folder), pipelines_folder() / str(name_or_folder)):
        if (folder / "pipeline.toml").is_file():
            return folder
    built_in = sorted(p.parent.name for p in pipelines_folder().glob("*/pipeline.toml"))
    raise FamilyError(
        f"no pipeline {str(name_or_folder)!r}: neither a folder with a pipeline.toml "
        f"nor one of the built-in ones ({', '.join(built_in)})"
    )


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in {".csv", ".toml", ".txt"}):
        digest.update(path.name.encode())
        # a checkout on Windows may turn line ends: the knowledge is the same
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _settings(path: Path) -> Settings:
    try:
        return Settings.model_validate(tomllib.loads(read_utf8(path)))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise FamilyError(f"{path}: {why(error)}") from error


def _labels(path: Path, fields: tuple[Field, ...], settings: Settings) -> Iterator[Label]:
    rows = {(f.table_id, f.row_id) for f in fields}
    columns = {(f.table_id, f.column_id) for f in fields}
    sections = {("", section.number) for section in settings.sections}
    seen: dict[tuple[str, str, str], tuple[str, int]] = {}
    for number, label in read_lines(path, Label):
        known = {"row": rows, "column": columns, "section": sections}.get(label.kind)
        if known is not None and (label.table_id, label.id) not in known:
            source = "pipeline.toml" if label.kind == "section" else "fields.csv"
            raise FamilyError(f"{path}:{number}: {source} has no {label.kind} {label.id!r}")
        spelling = (label.kind, label.table_id, label.spelling)
        other, line = seen.setdefault(spelling, (label.id, number))
        if other != label.id:
            raise FamilyError(
                f"{path}:{number}: {label.spelling!r} already stands for {other!r} (line {line})"
            )
        yield label


def _identities(path: Path, fields: tuple[Field, ...]) -> Iterator[Identity]:
    members: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for number, line in read_lines(path, Member):
        axis = "row_id" if line.over == "column" else "column_id"
        if not any(f.table_id == line.table_id and getattr(f, axis) == line.member for f in fields):
            raise FamilyError(
                f"{path}:{number}: fields.csv has no {axis} {line.member!r} in {line.table_id!r}"
            )
        so_far = members[line.table_id, line.identity]
        same = ("severity", "over", "relation")
        if so_far and any(getattr(line, a) != getattr(so_far[0], a) for a in same):
            raise FamilyError(f"{path}:{number}: {line.identity!r} changes its {'/'.join(same)}")
        so_far.append(line)
    for (table, name), lines in members.items():
        groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for line in lines:
            groups[line.group].append((line.member, line.sign))
        yield Identity(
            name=name,
            severity=lines[0].severity,
            table=table,
            over=lines[0].over,
            relation=lines[0].relation,
            groups={group: tuple(terms) for group, terms in groups.items()},
        )
