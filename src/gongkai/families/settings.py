"""The model of pipeline.toml. Unknown keys are errors."""

from __future__ import annotations

from typing import Literal

from gongkai.families.files import DataLine


class SectionTitle(DataLine):
    """A section that the regulation prescribes."""

    number: str
    title: str


class Thresholds(DataLine):
    """From which likeness or share (0 to 1) something counts."""

    near_label: float
    sure_label: float
    near_section: float
    min_chinese_share: float
    min_text_chars: int
    scan_image_share: float


class TitleWords(DataLine):
    """The words of a report's title, and patterns that find the author in the text."""

    subject: tuple[str, ...]
    kind: tuple[str, ...]
    author: tuple[str, ...]


class Readers(DataLine):
    """Which readers are asked, in which order."""

    order: tuple[Literal["pdfium", "pdfplumber", "camelot", "ocr"], ...]


class AgencyWords(DataLine):
    """The words that names of agencies are made of."""

    government: tuple[str, ...]  # after a division: its government
    office: tuple[str, ...]  # after a division: the office of its government
    township: tuple[str, ...]  # endings of names of townships
    zone: tuple[str, ...]  # endings of names of functional zones
    committee: tuple[str, ...]  # after a zone: its committee
    department: tuple[str, ...]  # endings of names of departments
    institution: tuple[str, ...]  # endings of names of institutions
    short: dict[str, str]  # short endings, written out
    branch: str  # ending of the name of a bureau's branch
    speaks_for: tuple[str, ...]  # patterns: the text says the office speaks for its government


class HistorySettings(DataLine):
    """What is compared between two years of one agency."""

    jumps: tuple[str, ...]  # cells, as table.row.column
    times: float  # a change by this factor is a jump …
    least: int  # … if the difference is at least this
    repeated: float  # share of a section's text that may repeat the text of the year before
    shingle: int  # shortest run of equal characters that counts as repeated text
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
    history: HistorySettings
    sections: tuple[SectionTitle, ...]
