"""Separates tables printed for two scopes: the agency itself (本级) and its region (全区).

A caption above a table names its scope. The scope applies to the tables after the caption, up to
the next section. If a table is printed for two scopes, the agency's own tables form the report.
The tables of the other scope form a second report, so that no sum and no view mixes the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.extractors.layout.text_blocks import is_sentence
from gongkai.families.country import Country
from gongkai.model import Grid, Line, Page, Scope
from gongkai.normalizers.documents.headings import Heading, ReportExtent
from gongkai.normalizers.tables.labels import TableLabels
from gongkai.reading.zones import NOWHERE, ReportPages, Zone

_LONGEST = 30  # characters of a caption
_BETWEEN = 3  # lines between a caption and its table: a number, a unit, a date
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")

_Position = tuple[int, float]  # page and y


@dataclass(frozen=True)
class ScopedPages:
    """The pages of a report with the tables of one scope only."""

    scope: Scope | None  # None: no caption names one
    pages: ReportPages
    tables: frozenset[str]


@dataclass
class _Block:
    """One printed table: its scope, and where it begins and ends."""

    table: str
    scope: Scope | None
    start: _Position
    end: _Position

    def contains(self, grid: Grid) -> bool:
        return self.start <= (grid.page, grid.box.top) < self.end

    def zone(self, pages: Mapping[int, Page]) -> Zone:
        (first, top), (last, bottom) = self.start, self.end
        return {
            page: (
                top if page == first else 0.0,
                bottom if page == last else pages[page].height,
            )
            for page in range(first, last + 1)
            if page in pages
        }


class ScopeFinder:
    """Finds the scopes of a report's tables. Built once from the words of the country.

    ``table_of`` returns the id of the table whose labels a grid has, or None. ``labels``, by
    table, find tables without rules by their lines. ``is_caption`` matches the text of a line
    that names a scope and is not a sentence.
    """

    def __init__(
        self,
        country: Country,
        table_of: Callable[[Grid], str | None],
        labels: Mapping[str, TableLabels],
    ) -> None:
        words = country.settings.scopes
        self._word = re.compile(f"(?P<own_body>{words.own})|(?P<whole_region>{words.region})")
        self._table_of = table_of
        self._labels = labels
        words_of_both = f"(?:{words.own}|{words.region})"
        self.is_caption: Callable[[str], object] = re.compile(
            rf"(?=.{{1,{_LONGEST}}}$)[^，。；]*?{words_of_both}[^，。；]*$"
        ).match

    def find(
        self, report: ReportPages, headings: Sequence[Heading], extent: ReportExtent
    ) -> list[ScopedPages]:
        """Return the pages by scope, the agency's own first; an empty list for a single scope."""
        blocks = list(self._blocks(report, headings, (extent.page_last, float("inf"))))
        scopes: dict[str, list[Scope | None]] = {}
        for block in blocks:
            scopes.setdefault(block.table, []).append(block.scope)
        twice = [table for table, found in scopes.items() if len(set(found)) > 1]
        if not twice:
            return []
        main = {table: _main_scope(scopes[table]) for table in twice}
        own = [b for b in blocks if b.table in main and b.scope == main[b.table]]
        others = [b for b in blocks if b.table in main and b.scope != main[b.table]]
        grids = [g for g in report.grids if not any(b.contains(g) for b in others)]
        zones = dict(report.zones) | {b.table: b.zone(report.pages) for b in reversed(own)}
        scope: Scope | None = "own_body" if "own_body" in main.values() else None
        first = ScopedPages(scope, replace(report, grids=grids, zones=zones), frozenset(scopes))
        rest = dict.fromkeys(block.scope for block in others)
        return [first, *(_scoped(report, s, [b for b in others if b.scope == s]) for s in rest)]

    def _scope_of(self, text: str) -> Scope | None:
        """The scope that a caption names; None for a text that is not a caption."""
        text = "".join(text.split())
        if not self.is_caption(text):
            return None
        found = self._word.search(_BRACKETS.sub("", text)) or self._word.search(text)
        return "own_body" if found and found["own_body"] else "whole_region"

    def _blocks(
        self, report: ReportPages, headings: Sequence[Heading], end: _Position
    ) -> Iterator[_Block]:
        """The tables in printed order; each ends where the next table or section begins."""
        heading_lines = {h.line + k for h in headings for k in range(h.lines)}
        blocks: list[_Block] = []
        scope: Scope | None = None
        caption: tuple[Scope, _Position] | None = None
        lines = sentences = 0  # below the caption
        for at, item, is_heading in _in_order(report, heading_lines):
            if isinstance(item, Line):
                if is_heading:
                    scope, caption = None, None
                    _end(blocks, at)
                text, here = item.text, list(self._in_zone(item, report))
                table = next((t for t, labels in here if labels.begins_header(text)), None)
                named = None if table else self._scope_of(text)
                # a row may hold such a word: 1.本机关不掌握相关政府信息
                if named and not any(labels.has_row(text) for _, labels in here):
                    caption, lines, sentences = (named, at), 0, 0
                    continue
                lines += 1
                sentences += is_sentence(text)
                is_near = sentences <= _BETWEEN  # a header without rules is many short lines
            else:
                table = None if id(item) in report.unused else self._table_of(item)
                is_near = lines <= _BETWEEN
            if table is None:
                continue
            start = at
            if caption:
                if is_near:
                    scope, start = caption
                caption = None
            before = blocks[-1] if blocks else None
            if before and (before.table, before.scope) == (table, scope):
                before.end = end
            else:
                _end(blocks, start)
                blocks.append(_Block(table, scope, start, end))
        yield from blocks

    def _in_zone(self, line: Line, report: ReportPages) -> Iterator[tuple[str, TableLabels]]:
        """The tables in whose zones a line is, with their labels."""
        for table, zone in report.zones.items():
            top, bottom = zone.get(line.page, NOWHERE)
            if top < line.box.middle[1] < bottom:
                yield table, self._labels[table]


def _main_scope(scopes: Sequence[Scope | None]) -> Scope | None:
    """The scope of a report's main table: the agency itself, else none named, else the first."""
    if "own_body" in scopes:
        return "own_body"
    return None if None in scopes else scopes[0]


def _end(blocks: Sequence[_Block], at: _Position) -> None:
    if blocks:
        blocks[-1].end = min(blocks[-1].end, at)


def _in_order(
    report: ReportPages, heading_lines: Collection[int]
) -> Iterator[tuple[_Position, Line | Grid, bool]]:
    """The lines and grids of a report, top to bottom, and whether each is part of a heading."""
    items: list[tuple[_Position, Line | Grid, bool]] = [
        ((line.page, line.box.top), line, k in heading_lines) for k, line in enumerate(report.lines)
    ]
    items += [((grid.page, grid.box.top), grid, False) for grid in report.grids]
    yield from sorted(items, key=lambda item: item[0])


def _scoped(report: ReportPages, scope: Scope | None, blocks: Sequence[_Block]) -> ScopedPages:
    grids = [g for g in report.grids if any(b.contains(g) for b in blocks)]
    zones = {block.table: block.zone(report.pages) for block in reversed(blocks)}
    return ScopedPages(scope, replace(report, grids=grids, zones=zones), frozenset(zones))
