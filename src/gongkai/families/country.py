"""A compiled country: what all families of its reports share, loaded from one folder."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gongkai.families.divisions import Divisions, read_divisions
from gongkai.families.files import DataLine, check_patterns, read_all, read_toml
from gongkai.families.folders import COUNTRY_SETTINGS, digest_of
from gongkai.families.lines import Mark, Unit, Variant
from gongkai.families.narrative import ProseGrammar, read_grammar
from gongkai.families.sectors import Sector, read_sectors


class AgencyWords(DataLine):
    """The words that names of agencies are made of."""

    government: tuple[str, ...]  # after the name of a division: its government
    office: tuple[str, ...]  # after the name of a division: the office of its government
    township: tuple[str, ...]  # endings of names of townships
    place: tuple[str, ...]  # endings of names of divisions
    generic_place_pattern: str  # matches words for a place that is not named
    not_in_places: str  # characters that occur in no name of a place
    zone: tuple[str, ...]  # endings of names of functional zones
    zone_work: tuple[str, ...]  # what zones are for: 经济 and 技术 in 经济技术开发区
    committee: tuple[str, ...]  # after a zone: its committee
    department: tuple[str, ...]  # endings of names of departments
    institution: tuple[str, ...]  # endings of names of institutions
    abbreviations: dict[str, str]  # short endings of names, with the full endings
    branch: str  # ending of the name of a bureau's branch
    # match a text in which the office of a government says that it reports for its government
    speaks_for_government_patterns: tuple[str, ...]


class ScopeWords(DataLine):
    """Patterns of the words in a caption that say for which scope a table is."""

    own: str  # the body itself: 本级
    region: str  # its whole region: 全区


class TextLayer(DataLine):
    """What tells whether the text layer of a page can be trusted. Shares are from 0 to 1."""

    common_words: tuple[str, ...]  # a text layer with wrong characters has none of them
    legible_words: tuple[str, ...]  # OCR of a page that is upright has some of them
    min_chinese_share: float  # of the characters of a page without a common word
    min_text_chars: int  # fewer characters beside a large image: the page is a scan
    scan_image_share: float  # of the page that a large image covers


class CountrySettings(DataLine):
    """country.toml."""

    name: str
    page_number_pattern: str  # matches a whole line that is a printed page number
    text_layer: TextLayer
    agencies: AgencyWords
    scopes: ScopeWords


@dataclass(frozen=True, eq=False)
class Country:
    """Knowledge about one country; immutable, made by ``load_country``.

    Divisions, sectors and the grammar of prose are loaded at first use.
    """

    settings: CountrySettings
    folder: Path
    marks: frozenset[str]  # printed where there is no number
    units: Mapping[str, Unit]  # by name
    variants: Mapping[int, str]  # glyphs that NFKC does not fold; for str.translate

    @cached_property
    def page_number(self) -> re.Pattern[str]:
        """Matches a whole line that is a printed page number."""
        return re.compile(self.settings.page_number_pattern)

    @cached_property
    def divisions(self) -> Divisions:
        """divisions.csv."""
        return read_divisions(self.folder / "divisions.csv")

    @cached_property
    def sectors(self) -> tuple[Sector, ...]:
        """sectors.csv."""
        return read_sectors(self.folder / "sectors.csv")

    @cached_property
    def grammar(self) -> ProseGrammar:
        """prose.toml."""
        return read_grammar(self.folder / "prose.toml")


def load_country(folder: Path) -> Country:
    """Load the folder of a country, once for all families; raises FamilyError with file and line.

    It is loaded again if one of its files has changed.
    """
    return _load_version(folder, digest_of(folder))


@functools.cache
def _load_version(folder: Path, _digest: str) -> Country:
    path = folder / COUNTRY_SETTINGS
    settings = read_toml(path, CountrySettings)
    words, scopes = settings.agencies, settings.scopes
    patterns = (words.generic_place_pattern, *words.speaks_for_government_patterns)
    check_patterns(path, (settings.page_number_pattern, scopes.own, scopes.region, *patterns))
    variants = read_all(folder / "variants.csv", Variant)
    return Country(
        settings=settings,
        folder=folder,
        marks=frozenset(line.mark for line in read_all(folder / "marks.csv", Mark)),
        units={line.unit: line for line in read_all(folder / "units.csv", Unit)},
        variants={ord(line.source): line.target for line in variants},
    )
