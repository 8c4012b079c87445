"""Splits sheets: pages of a file on which two pages are printed side by side.

The parts are read as two pages, left before right. Between them is a gutter: a strip without ink
from head to foot. A wide table on a landscape page may have such a strip between two columns, but
then its right half has neither running text nor a frame of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from gongkai.extractors.layout.lines import in_lines
from gongkai.model import Box, Char, Page, Report, Rule, SheetPart

_WIDE = 1.2  # width of a page divided by its height: a narrower one has one page on it
_CENTRAL = 0.08  # share of the width, on each side of the middle, where a gutter may be
_GUTTER = 0.02  # least share of the width
_RIM = 0.25  # share of the gutter that is added to the page on each side
_MARGIN = 0.08  # share of the height, at head and foot, where a footer may cross the gutter
_LONG = 0.4  # of half the width: a longer unbroken line is running text
_UNBROKEN = 1.5  # font sizes: most distance between characters of running text
_FRAME = 0.4  # of half the width: rules over a larger width frame a table
_LEAST_RULES = 6  # of a framed table

_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class _Gutter(NamedTuple):
    x0: float
    x1: float
    is_certain: bool  # whether both sides look like pages


def split_sheets(pages: Sequence[Page]) -> list[Page]:
    """Split each page that shows two pages side by side; return all pages.

    If there is one, the returned pages are numbered anew from 1, and each has a ``part``.
    """
    gutters = {page.number: gutter for page in pages if (gutter := _gutter(page))}
    certain = {number for number, gutter in gutters.items() if gutter.is_certain}
    sizes = {_size(page) for page in pages if page.number in certain}
    if not sizes:
        return list(pages)
    found: list[Page] = []
    for page in pages:
        x0, x1 = 0.0, page.width
        if page.number in gutters and _size(page) in sizes:
            gutter = gutters[page.number]
            rim = _RIM * (gutter.x1 - gutter.x0)
            part = SheetPart(page.number, 0.0, gutter.x0 + rim)
            found.append(_cut(page, len(found) + 1, part))
            x0 = gutter.x1 - rim
        found.append(_cut(page, len(found) + 1, SheetPart(page.number, x0, x1)))
    return found


def sheets_of(pages: Iterable[Page]) -> list[Page]:
    """Return one page for each page of the file that holds any of ``pages``, with its number."""
    found: dict[int, Page] = {}
    for page in pages:
        found.setdefault(file_page(page), replace(page, number=file_page(page)))
    return list(found.values())


def parts_of(sheets: Iterable[Page], pages: Iterable[Page]) -> Iterator[Page]:
    """Cut pages of the file, as another reader read them, into the same parts as ``pages``."""
    wanted = list(pages)
    for sheet in sheets:
        for page in wanted:
            if file_page(page) == sheet.number:
                yield _cut(sheet, page.number, page.part) if page.part else sheet


def on_sheet(page: Page, box: Box) -> tuple[int, Box]:
    """Return the page of the file, and the box on it, for a box on a page."""
    if page.part is None:
        return page.number, box
    return page.part.number, box.relative_to(-page.part.x0, 0.0)


def file_page(page: Page) -> int:
    """Return the number of the page of the file on which a page is printed."""
    return page.part.number if page.part else page.number


def displayed_box(page: Page, box: Box) -> Box:
    """Return a box on a page that was read in points of the displayed page."""
    return box if page.to_displayed is None else _transform(box, page.to_displayed)


def as_displayed(report: Report, pages: Mapping[int, Page]) -> Report:
    """Return the report with page numbers of the file, and boxes in points of displayed pages.

    ``pages`` are the pages that were read, by number.
    """

    def number(page: int) -> int:
        return file_page(pages[page])

    def place(page: int, box: Box) -> Box:
        return displayed_box(pages[page], box)

    return replace(
        report,
        page_first=number(report.page_first),
        page_last=number(report.page_last),
        observations=tuple(
            replace(o, page=number(o.page), box=place(o.page, o.box)) for o in report.observations
        ),
        sections=tuple(
            replace(s, page_first=number(s.page_first), page_last=number(s.page_last))
            for s in report.sections
        ),
        problems=tuple(
            replace(p, page=number(p.page), box=p.box and place(p.page, p.box)) if p.page else p
            for p in report.problems
        ),
        figures=tuple(replace(f, page=number(f.page)) for f in report.figures),
        paragraphs=tuple(
            replace(
                p,
                page=number(p.page),
                box=place(p.page, p.box),
                page_starts=tuple(
                    start
                    for page, start in enumerate(p.page_starts, p.page + 1)
                    if number(page) > number(page - 1)
                ),
            )
            for p in report.paragraphs
        ),
    )


def _size(page: Page) -> tuple[int, int]:
    return round(page.width), round(page.height)


def _gutter(page: Page) -> _Gutter | None:
    """The strip without ink in the middle of a landscape page."""
    if page.width < _WIDE * page.height or page.grids is not None or not page.chars:
        return None
    body = [char for char in page.chars if _is_in_body(char, page)]
    rules = [r for r in page.rules if _is_in_body(r, page) and r.x1 - r.x0 > r.bottom - r.top]
    left, right = (0.5 - _CENTRAL) * page.width, (0.5 + _CENTRAL) * page.width
    ends = sorted([*((c.x0, c.x1) for c in body), *((r.x0, r.x1) for r in rules)])
    reached, best = 0.0, (0.0, 0.0)
    for x0, x1 in [*ends, (page.width, page.width)]:
        gap = max(reached, 0.0), x0
        if gap[1] > left and gap[0] < right and gap[1] - gap[0] > best[1] - best[0]:
            best = gap
        reached = max(reached, x1)
    x0, x1 = max(best[0], left), min(best[1], right)
    if x1 - x0 < _GUTTER * page.width:
        return None
    halves = [
        _Half(
            [char for char in body if (char.x0 >= x1) == is_right],
            [rule for rule in page.rules if (rule.x0 >= x1) == is_right],
            _LONG * page.width / 2,
        )
        for is_right in (False, True)
    ]
    filled = [half for half in halves if half.chars]
    return _Gutter(x0, x1, bool(filled) and all(map(_Half.is_page, filled)))


def _is_in_body(one: Char | Rule, page: Page) -> bool:
    return _MARGIN < (one.top + one.bottom) / 2 / page.height < 1 - _MARGIN


class _Half(NamedTuple):
    """What is printed on one side of a gutter."""

    chars: Sequence[Char]
    rules: Sequence[Rule]
    long: float  # points: the length of running text, and the width of a table

    def is_page(self) -> bool:
        """Return whether this side has running text or a framed table."""
        rules = [rule for rule in self.rules if rule.x1 - rule.x0 > rule.bottom - rule.top]
        if len(self.rules) - len(rules) > 1 and len(rules) >= _LEAST_RULES:
            return max(r.x1 for r in rules) - min(r.x0 for r in rules) > self.long
        return any(self._is_running(line) for line in in_lines(self.chars))

    def _is_running(self, line: Sequence[Char]) -> bool:
        start = line[0].x0
        for before, char in pairwise(line):
            if char.x0 - before.x0 > _UNBROKEN * max(char.size, before.size):
                start = char.x0
            elif char.x1 - start > self.long:
                return True
        return False


def _cut(page: Page, number: int, part: SheetPart) -> Page:
    """The part of a page of the file as a page of its own, in its own coordinates."""
    x0, x1 = part.x0, part.x1
    a, b, c, d, e, f = page.to_displayed or _IDENTITY
    is_whole = x0 == 0.0 and x1 >= page.width
    return replace(
        page,
        number=number,
        width=x1 - x0,
        chars=page.chars
        if is_whole
        else tuple(
            Char(
                char.text,
                char.x0 - x0,
                char.top,
                char.x1 - x0,
                char.bottom,
                char.baseline,
                char.size,
                char.upright,
                char.confidence,
            )
            for char in page.chars
            if x0 <= (char.x0 + char.x1) / 2 < x1
        ),
        rules=tuple(
            Rule(max(r.x0, x0) - x0, r.top, min(r.x1, x1) - x0, r.bottom)
            for r in page.rules
            if r.x1 > x0 and r.x0 < x1
        ),
        hidden=_within(page.hidden, x0, x1),
        remains=_within(page.remains, x0, x1),
        grids=page.grids if is_whole or page.grids is None else (),
        to_displayed=(a, b, c + a * x0, d, e, f + d * x0),
        part=part,
    )


def _within(boxes: Iterable[Box], x0: float, x1: float) -> tuple[Box, ...]:
    return tuple(box.relative_to(x0, 0.0) for box in boxes if x0 <= box.middle[0] < x1)


def _transform(box: Box, transform: tuple[float, float, float, float, float, float]) -> Box:
    a, b, c, d, e, f = transform
    corners = [
        (a * x + b * y + c, d * x + e * y + f)
        for x in (box.x0, box.x1)
        for y in (box.top, box.bottom)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))
