"""The model of pipeline.toml. Unknown keys are errors."""

from __future__ import annotations

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
    """Which readers are asked, in which order: see gongkai.extractors.readers."""

    order: tuple[str, ...]


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
    uses: str  # the country: name or path of a folder with a country.toml
    years: tuple[int, int]  # first and last year that a report may be about
    legal_basis: str  # why such reports are published
    readers: Readers
    thresholds: Thresholds
    title_words: TitleWords
    history: HistorySettings
    sections: tuple[SectionTitle, ...]
