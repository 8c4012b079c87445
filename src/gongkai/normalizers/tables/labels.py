"""The labels of the official tables: folded for comparison, in every known spelling."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Literal, NamedTuple

from msgspec import Struct
from rapidfuzz import fuzz

from gongkai.families.lines import Field
from gongkai.families.tables import Table
from gongkai.model import LabelMatch

_ORDINAL = re.compile(
    r"^(?:\(?([一二三四五六七八九十]+)[)、.,:]+|\(([一二三四五六七八九十\d]+)\)?|(\d{1,2})[.、,)])"
)
NUMERALS = "一二三四五六七八九十"
_FORMAL = "壹贰叁肆伍陆柒捌玖拾"
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_RADICAL = re.compile(r"[\u2e80-\u2fdf]")  # Kangxi radicals, and the supplement: ⽔, ⺠
# How headings are numbered, by the name of the style
_HEADING_ORDINAL = re.compile(
    r"\s*(?:"
    r"(?P<bracket>[（(〔\[]\s*(?:[一二三四五六七八九十]{1,3}|[\d１-９]{1,2})\s*[）)〕\]]\s*[、.．]?|[㈠-㈩])"
    r"|(?P<part>第\s*[一二三四五六七八九十\d１-９]{1,3}\s*(?:部分|章|节|篇)\s*[、：:.．，]?)"
    r"|(?P<chinese>[一二三四五六七八九十]{1,3}\s*[、.．，,:：]+)"
    r"|(?P<formal>[壹贰叁肆伍陆柒捌玖拾]\s*[、.．]+)"
    r"|(?P<roman>[Ⅰ-Ⅻ]\s*[、.．]?|(?:I{1,3}|IV|VI{0,3}|IX|X)\s*[、.．])"
    r"|(?P<arabic>[\d１-９]{1,2}\s*[、.．，](?!\d))"
    r"|(?P<lost>[、，.．])"  # its character is lost: 、总体情况
    r")"
)
_FIRST_OF_ORDINAL = frozenset(
    f"（(〔[㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩第、，.．{NUMERALS}{_FORMAL}ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩIVX0123456789１２３４５６７８９"
)
_HAN = "\u3400-\u9fff"
_FOREIGN = re.compile(rf"[^\W\d_{_HAN}]+")  # letters of another script: Tibetan, Uyghur, Latin
_CHINESE = re.compile(rf"(?:\(?\d{{1,2}}[.、,)]+|\()?[{_HAN}].*")  # from its ordinal on
_DIGITS = re.compile(r"\d+")
_MARKS_OF_ORDINALS = (("（", "("), ("）", ")"), ("，", ","), ("：", ":"))
_YEAR_NOTE = re.compile(r"\((?:19|20)\d{2}[^()]*\)")  # 本年（2023）制发件数: not part of the label
_NOTE = re.compile(r"[（(][^（()）]+[)）]\s*$")  # 现行有效件数（历史累计）: neither, after a label
_PUNCTUATION = re.compile(r"[\s\W_]+")
_CACHE_SIZE = 20_000  # folded texts: labels repeat from report to report
_SIMILARITIES_CACHE_SIZE = 2_000  # misprinted labels, and lines that may be headings
_MIN_HEADER_SIMILARITY = 80  # of 100: from here on, a text is a misprinted label of the header
_SHORTEST_FUZZY = 4  # characters: shorter labels are too similar to each other
_LABEL_START = 8  # characters: as many of a long label identify it
_SHORTEST_LINE = 4  # characters of the first line of a label, after its ordinal: 1.本机关不
_MIN_DISTINCTIVE_LENGTH = 3  # characters: shorter labels (其他, 总计) are in too many tables
_MEMBER = "其中"  # before the first or each of the parts of a row
UNIT_COLUMN = "unit"  # id of the column that prints the unit of each row


class FoldedLabel(NamedTuple):
    """A label for comparison: its ordinal, and its text without white space and punctuation."""

    ordinal: str  # "" if none is printed
    core: str


LabelPath = tuple[FoldedLabel, ...]  # the labels over or before a cell, outer to inner
Similarities = list[tuple[float, LabelMatch]]  # of a label to each entry of an axis (0 to 1)


class PrintedOrdinal(NamedTuple):
    """The ordinal at the start of a heading."""

    style: str  # bracket （一）, part 第一部分, chinese 一、, formal 壹、, roman, arabic, lost 、
    value: int  # 0 if its character is lost
    end: int  # the offset after it


@lru_cache(maxsize=_SIMILARITIES_CACHE_SIZE)
def printed_ordinal(text: str) -> PrintedOrdinal | None:
    """The ordinal with which a heading begins; None if it has none."""
    if text.lstrip()[:1] not in _FIRST_OF_ORDINAL:
        return None
    found = _HEADING_ORDINAL.match(text)
    if found is None or found.lastgroup is None:
        return None
    return PrintedOrdinal(found.lastgroup, _ordinal_value(found[0]), found.end())


def _ordinal_value(printed: str) -> int:
    """The value of a printed ordinal; 0 if its character is lost."""
    text = unicodedata.normalize("NFKC", printed)
    if digits := "".join(c for c in text if c.isdigit()):
        return int(digits)
    if (roman := "".join(c for c in text if c in "IVX")) in _ROMAN:
        return _ROMAN.index(roman) + 1
    values = [v for c in text if (v := 1 + max(NUMERALS.find(c), _FORMAL.find(c)))]
    if 10 not in values:
        return sum(values[:1])
    at = values.index(10)
    return 10 * (sum(values[:at]) or 1) + sum(values[at + 1 :])


class LabelFolder:
    """Folds labels with the glyph variants of one family: ``fold`` caches its results.

    ``readable`` replaces only radicals, by the characters that they look like: ⺠ by 民.
    """

    def __init__(self, variants: Mapping[int, str]) -> None:
        self._variants = variants
        variant = re.escape("".join(map(chr, variants)))
        # what NFKC or the variants change, except common marks: few labels have any of it
        self._unusual = re.compile(rf"[^ -~{_HAN}、。“”《》，；？！（）]|[{variant}]")
        self.fold = lru_cache(maxsize=_CACHE_SIZE)(self._fold)
        self.readable: Callable[[str], str] = partial(_RADICAL.sub, self._character)

    def _character(self, radical: re.Match[str]) -> str:
        found = self._variants.get(ord(radical[0]))
        return unicodedata.normalize("NFKC", radical[0]) if found is None else found

    def _fold(self, text: str) -> FoldedLabel:
        """Fold one printed label; of a label in two scripts, the Chinese."""
        if self._unusual.search(text):
            folded = unicodedata.normalize("NFKC", text.translate(self._variants))
        else:
            folded = text  # marks that end ordinals; the others are dropped as they are
            for mark, ascii_mark in _MARKS_OF_ORDINALS:
                folded = folded.replace(mark, ascii_mark)
        folded = _YEAR_NOTE.sub("", "".join(folded.split()))
        if _FOREIGN.search(folded) and (chinese := _CHINESE.search(_FOREIGN.sub("", folded))):
            ordinal, core = _ordinal_and_core(chinese[0])
            return FoldedLabel(ordinal, _DIGITS.sub("", core))  # digits of the other script
        return FoldedLabel(*_ordinal_and_core(folded))


def _ordinal_and_core(text: str) -> tuple[str, str]:
    """Split a label at the end of its ordinal, and drop the punctuation."""
    found = _ORDINAL.match(text)
    if not found or found.end() == len(text):
        return "", _PUNCTUATION.sub("", text)
    ordinal = next(part for part in found.groups() if part)
    return ordinal, _PUNCTUATION.sub("", text[found.end() :])


def _with_or_without_member_word(core: str) -> str:
    """涉及国家秘密 for 其中涉及国家秘密, and the reverse: prints put the word where they like."""
    return core.removeprefix(_MEMBER) if core.startswith(_MEMBER) else _MEMBER + core


class FormLabel(Struct, frozen=True):
    """One row or column of the form: its id, its label path, and spellings of the last label."""

    id: str
    path: LabelPath
    forms: frozenset[str]
    spellings: tuple[tuple[str, LabelMatch], ...]  # folded, and the kind of a match with it


def _unit_column(labels: Sequence[FoldedLabel]) -> tuple[FormLabel, ...]:
    """The column with the unit of each row; none without labels."""
    spellings: tuple[tuple[str, LabelMatch], ...] = tuple((each.core, "exact") for each in labels)
    return (FormLabel(UNIT_COLUMN, (labels[0],), frozenset(), spellings),) if labels else ()


class LabelAxis:
    """The rows or the columns of one table, in the order of the form."""

    def __init__(self, entries: tuple[FormLabel, ...]) -> None:
        self.entries = entries
        # positions of the entries that a label may mean: by itself, and with its outer label
        self.by_core: dict[str, list[int]] = defaultdict(list)
        self.by_pair: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.matches: dict[tuple[int, str], LabelMatch] = {}
        for j, entry in enumerate(entries):
            for core, match in entry.spellings:
                self.matches[j, core] = match
                self.by_core[core].append(j)
                for outer in entry.path[:-1]:
                    self.by_pair[outer.core, core].append(j)
        self.parents = frozenset(part.core for entry in entries for part in entry.path[:-1])
        self.similarities = lru_cache(maxsize=_SIMILARITIES_CACHE_SIZE)(self._similarities)

    def _similarities(self, path: LabelPath) -> Similarities:
        """How similar (0 to 1) a path is to each entry, and the kind of the match.

        That is the similarity of its innermost label, or of it joined to its outer labels, if
        better. Without an inner label it is 0: the outer label does not identify the entry.
        """
        joined: list[str] = []
        if path and path[-1].core:
            for part in reversed(path[-3:]):
                joined.append(part.core + (joined[-1] if joined else ""))
        found: Similarities = []
        for j, entry in enumerate(self.entries):
            best: tuple[float, LabelMatch] = (0.0, "near")
            for core in joined:
                match = self.matches.get((j, core))
                if match is not None:
                    best = (1.0, match)
                    break
                ratio = max(fuzz.ratio(core, spelling) for spelling, _ in entry.spellings) / 100
                if ratio > best[0]:
                    best = (ratio, "near")
            found.append(best)
        return found


class TableLabels:
    """The labels of one table. Built once from the table."""

    def __init__(self, table: Table, folder: LabelFolder) -> None:
        self._fold_text = fold = folder.fold
        self.readable = folder.readable
        rows: list[tuple[str, str, str, Field]] = []
        if table.layout == "header_only":  # the header prints the labels of rows and columns
            columns = [
                (f"{f.row_id}.{f.column_id}", f"{f.row_label}／{f.column_label}", f.column_id, f)
                for f in table.fields
            ]
        else:
            lines = table.all_fields.lines
            rows = [(f.row_id, f.row_label, f.row_id, f) for f in table.fields]
            columns = [(f.column_id, f.column_label, f.column_id, f) for f in lines]
        self.rows = LabelAxis(self._entries(table, "row", rows))
        unit = _unit_column(tuple(map(fold, table.unit_header)))
        self.columns = LabelAxis((*unit, *self._entries(table, "column", columns), *unit))
        # over columns that hold no data
        self.ignored = self._cores(table.spellings("ignored").get("ignored", ()))
        self.corners = self._cores((table.corner, *table.spellings("corner").get("corner", ())))
        self.corners |= self.ignored
        spellings = table.spellings("parent").values()
        self.parents = self.rows.parents | self.columns.parents
        self.parents |= {fold(text).core for texts in spellings for text in texts}
        # in a header that names rows: further spellings of a row -> the form's
        self.same_outer = {
            fold(spelling).core: fold(f.row_label.rpartition("／")[2]).core
            for f in table.fields
            if table.layout == "header_only"
            for spelling in table.spellings("row").get(f.row_id, ())
        }
        self.row_cores = frozenset(self.rows.by_core)
        self.header_cores = (
            frozenset(self.columns.by_core)
            | self.corners
            | (self.parents - self.rows.parents)
            | frozenset(self.same_outer)
        )
        self.articles = self._cores(field.article for field in table.fields)
        self.all_cores = self.row_cores | self.header_cores | self.parents
        # a grid of the table has one of these; a header of one column (数量) is in any table
        named = self.all_cores if len(table.columns) > 1 else self.row_cores | self.parents
        self.distinctive = self.articles | {
            core for core in named if len(core) >= _MIN_DISTINCTIVE_LENGTH
        }
        self.fold = lru_cache(maxsize=_CACHE_SIZE)(self._fold)
        # labels of groups that are in rows of their own
        self.group_row_cores = self.rows.parents if table.groups == "above" else frozenset()
        self.number_headers = self._cores(table.number_header)
        self.header_cores |= self.number_headers
        in_header = self.distinctive & (self.header_cores | self.articles)
        self._header_starts = tuple({core[:_LABEL_START] for core in in_header})
        long = (core[:_LABEL_START] for core in self.row_cores if len(core) >= _LABEL_START)
        self._row_starts = frozenset(long)
        self.is_header = lru_cache(maxsize=_CACHE_SIZE)(self._is_header)
        self.is_row = lru_cache(maxsize=_CACHE_SIZE)(self._is_row)

    def _cores(self, texts: Iterable[str]) -> frozenset[str]:
        return frozenset(self._fold_text(text).core for text in texts) - {""}

    def _fold(self, text: str) -> FoldedLabel:
        """Fold a printed label; of a known label with a note in brackets, the label alone."""
        label = self._fold_text(text)
        if label.core not in self.all_cores and (note := _NOTE.search(text)):
            bare = self._fold_text(text[: note.start()])
            return bare if bare.core in self.all_cores else label
        return label

    def _entries(
        self,
        table: Table,
        kind: Literal["row", "column"],
        lines: list[tuple[str, str, str, Field]],
    ) -> tuple[FormLabel, ...]:
        """The entries of one axis from (id, label path, id of its spellings, field)."""
        by_id: dict[str, list[tuple[LabelPath, str, Field]]] = defaultdict(list)
        for entry_id, label, alias_id, field in lines:
            path = tuple(self._fold_text(part) for part in label.split("／"))
            by_id[entry_id].append((path, alias_id, field))
        entries = []
        for entry_id, printed in by_id.items():
            first_path, alias_id, _ = printed[0]
            spellings: dict[str, LabelMatch] = {}
            for path, _, _ in printed:
                spellings.setdefault(path[-1].core, "exact")
            for spelling in table.spellings(kind).get(alias_id, ()):
                spellings.setdefault(self._fold_text(spelling).core, "alias")
            if kind == "row" and table.groups == "above":
                for core in tuple(spellings):
                    spellings.setdefault(_with_or_without_member_word(core), "alias")
            forms = frozenset(form for _, _, field in printed for form in field.forms)
            entries.append(FormLabel(entry_id, first_path, forms, tuple(spellings.items())))
        return tuple(entries)

    def _is_header(self, core: str) -> bool:
        """Is a folded text a label of the table's header, perhaps misprinted?"""
        if not core:
            return False
        if core in self.header_cores:
            return True
        if core in self.row_cores or core in self.rows.parents or len(core) < _SHORTEST_FUZZY:
            return False
        return any(fuzz.ratio(core, known) >= _MIN_HEADER_SIMILARITY for known in self.header_cores)

    def is_column(self, text: str) -> bool:
        """Is a printed text the whole label of a column, or of the corner?"""
        core = self.fold(text).core
        return core in self.columns.by_core or core in self.corners

    def is_corner(self, text: str) -> bool:
        """Is a printed text the label of the corner?"""
        return self.fold(text).core in self.corners

    def has_row(self, text: str) -> bool:
        """Is a line the label of a row, the first line of one, or does it hold the start of one?"""
        label = self.fold(text)
        if label.core in self.row_cores or any(start in label.core for start in self._row_starts):
            return True
        is_first = bool(label.ordinal) and len(label.core) >= _SHORTEST_LINE
        return is_first and any(core.startswith(label.core) for core in self.row_cores)

    def begins_header(self, text: str) -> bool:
        """Does a line begin with a label of the header that shows which table it is in?"""
        return self.fold(text).core.startswith(self._header_starts)

    def is_article(self, text: str) -> bool:
        """Is a printed text the article of the law over a block of rows?"""
        return self.fold(text).core in self.articles

    def _is_row(self, text: str) -> bool:
        """Is a printed text the whole label of a row, and not a label of the header?"""
        label = self.fold(text)
        known = label.core in self.row_cores
        return known and (label.core not in self.header_cores or bool(label.ordinal))
