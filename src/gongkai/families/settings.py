"""The model of pipeline.toml. Unknown keys are errors."""

from __future__ import annotations

from gongkai.families.files import DataLine
from gongkai.language import current_language

# The readers that come with gongkai, in the order in which built-in families use them.
USUAL_READERS = ("pdfium", "camelot", "playa", "pdfplumber", "ocr")


class SectionTitle(DataLine):
    """A section that the regulation prescribes."""

    number: str
    title: str
    words: tuple[str, ...] = ()  # the last of them in a numbered heading tells its section


class Thresholds(DataLine):
    """Least similarities, 0 to 1."""

    min_label_similarity: float
    sure_label_similarity: float
    min_section_similarity: float


class TitleWords(DataLine):
    """The words of a report's title, and patterns that find the author in the text."""

    subject_words: tuple[str, ...]
    report_words: tuple[str, ...]
    filler_words: tuple[str, ...]
    letterhead_words: tuple[str, ...]
    source_words: tuple[str, ...]
    author_patterns: tuple[str, ...]


class Readers(DataLine):
    """The names of readers, in the order of their use: see gongkai.extractors.readers."""

    order: tuple[str, ...]


class HistorySettings(DataLine):
    """What is compared between two years of one agency."""

    jump_cells: tuple[str, ...]  # as table.row.column
    jump_factor: float  # a change by this factor is a jump …
    jump_min_difference: int  # … if the difference is at least this
    max_repeated_share: float  # of a section's text that may repeat the text of the year before
    shingle_length: int  # shortest run of equal characters that counts as repeated text
    text_sections: tuple[str, ...]  # sections whose text is compared


_NOTHING_COMPARED = HistorySettings(
    jump_cells=(),
    jump_factor=1.0,
    jump_min_difference=0,
    max_repeated_share=1.0,
    shingle_length=1,
    text_sections=(),
)


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
    history: HistorySettings = _NOTHING_COMPARED
    sections: tuple[SectionTitle, ...] = ()
    title_en: str = ""  # the title in English
    no_data_pattern: str = ""  # matches the words below a table that is printed empty

    @property
    def title_in_language(self) -> str:
        """The title in the current language; in Chinese if it has no English one."""
        return self.title_en if current_language() == "en" and self.title_en else self.title
