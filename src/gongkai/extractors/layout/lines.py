"""Joins characters to lines: of a cell, of prose, and at the edge of a page.

Two kinds of lines at an edge are not prose. Page numbers, running headers and running footers
are furniture. Where a page break cuts a table, browsers close it at the foot of the page and
print the remaining lines of a cell below it, in the margin: these lines overflow the cell, and
continue within its x range and at its line spacing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from itertools import chain, pairwise
from operator import attrgetter

from msgspec.structs import replace
from rapidfuzz import fuzz

from gongkai.model import Cell, Char, Grid, Line, Page, bounding_box

_baseline, _left = attrgetter("baseline"), attrgetter("x0")

# Characters of a line, in font sizes
_MAX_BASELINE_OFFSET = 0.5  # between characters of one line
_MAX_DOUBLE_OFFSET = 0.2  # between the two copies of a character drawn twice to look bold
# A wider gap between the ink of Latin letters or digits is a space
_WORD_GAP = 0.25  # in prose, where the reader does not know the widths of the font
_CELL_GAP = 0.8  # in a cell, where digits are often spaced out; everywhere, this wide is a space

_TWO_LATIN = re.compile(r"[\0-\x7f]{2}")

# Line numbers
_MIN_LINE_NUMBERS = 5  # on a page
_NUMBER_GAP = 0.3  # font sizes: least gap between a line number and the text

# Page furniture
_MARGIN = 0.12  # share of the page's height, at its head and foot, that may be furniture
_MIN_LIKENESS = 90.0  # of 100, between two OCR readings of one running header
_MIN_LENGTH = 10  # characters: a shorter text resembles too many others
_DIGITS = re.compile(r"\d+")
_CELLS = re.compile(r"\d +[-+]?\d[\d.]*$")  # at the end of a table's row without rules
_BARE = re.compile(r"\d+")  # a page number without dashes or words, which may be a table's number

# Cell overflow
_EDGE_TOLERANCE = 2.0  # points between the edge of an outer cell and that of its grid
_MAX_DISTANCE = 60.0  # points beyond a grid's edge that overflow reaches
_BASELINE_TOLERANCE = 0.3  # font sizes that a line may be off the spacing of its cell
_CROSSING_GAP = 0.25  # font sizes: text of two cells is further apart
_DEFAULT_SPACING = 1.2  # font sizes between lines, for a cell of one line

# Overrun, in font sizes
_NEXT_GAP = 0.3  # most distance from a character to the next one of the same number or word
_NEXT_OFFSET = 0.12  # most difference of their baselines


def cell_text(chars: Sequence[Char]) -> str:
    """The text of one cell, its printed lines joined by a newline."""
    if len(chars) < 2:  # most cells have a single digit
        return chars[0].text if chars else ""
    if 2 * len([char for char in chars if char.upright]) < len(chars):
        # rotated letters run up or down the page: keep the order of the text layer
        return "".join(char.text for char in _drawn_once(chars))
    return "\n".join(line_text(line, _CELL_GAP) for line in in_lines(chars))


def in_lines(chars: Collection[Char]) -> list[list[Char]]:
    """Group characters into lines, top to bottom, each left to right, without doubles."""
    lines: list[list[Char]] = []
    first, size, left = float("-inf"), 0.0, 0.0  # of the line's first character; x of the last
    for char in chars:  # most are in this order already, and each line has one baseline
        if char.baseline == first:
            if char.x0 - left <= _MAX_DOUBLE_OFFSET * char.size:
                return _sorted_into_lines(chars)
            lines[-1].append(char)
        elif char.baseline - first > _MAX_BASELINE_OFFSET * min(char.size, size):
            lines.append([char])
            first, size = char.baseline, char.size
        else:
            return _sorted_into_lines(chars)
        left = char.x0
    return lines


def _sorted_into_lines(chars: Iterable[Char]) -> list[list[Char]]:
    lines: list[list[Char]] = []
    first, size = float("-inf"), 0.0  # baseline and size of the line's first character
    for char in sorted(chars, key=_baseline):
        # Compared with the line's first character, not the previous one: labels that are
        # centred beside each other may each be half a line lower than the one before.
        below = char.baseline - first
        if below == 0 or below <= _MAX_BASELINE_OFFSET * min(char.size, size):
            lines[-1].append(char)
        else:
            first, size = char.baseline, char.size
            lines.append([char])
    return [_without_doubles(sorted(line, key=_left)) for line in lines]


def line_text(chars: Sequence[Char], gap: float | None = None) -> str:
    """The text of one line, with the spaces between its Latin letters or digits.

    Chinese has gaps of all widths and no spaces. With ``gap``, a space is put only between ink
    further apart than that many font sizes, whatever spaces the reader found.
    """
    text = "".join([char.text for char in chars])
    if not _TWO_LATIN.search(text):  # as in most lines
        return text
    parts: list[str] = []
    before: Char | None = None  # the character before, if it is Latin
    for char in chars:
        is_latin = char.text.isascii()
        if before and is_latin and _is_apart(before, char, gap):
            parts.append(" ")
        parts.append(char.text)
        before = char if is_latin else None
    return "".join(parts)


def _is_apart(before: Char, char: Char, gap: float | None) -> bool:
    """Is there a space between two Latin letters or digits?"""
    size = min(char.size, before.size)
    if gap is None and char.spaced is not None:
        return char.spaced or char.x0 - before.x1 > _CELL_GAP * size
    return char.x0 - before.x1 > (gap or _WORD_GAP) * size


def prose_lines(page: int, chars: Sequence[Char]) -> list[Line]:
    """The printed lines of a page (from 1), top to bottom, without line numbers in its margins."""
    lines = [
        Line(line_text(line), page, bounding_box(line), max([c.size for c in line]))
        for line in in_lines(chars)
    ]
    if len(lines) < _MIN_LINE_NUMBERS:
        return lines
    for end in (0, -1):
        if 2 * sum([line.text[end].isdigit() for line in lines]) > len(lines):
            numbers = _line_numbers(chars, is_left=end == 0)
            if numbers:
                return prose_lines(page, [char for char in chars if char not in numbers])
    return lines


def _line_numbers(chars: Sequence[Char], *, is_left: bool) -> set[Char]:
    """The digits of line numbers: beside all other text, increasing in equal steps."""
    others = [char for char in chars if not char.text.isdigit()]
    if not others:
        return set()
    if is_left:
        edge = min(char.x0 for char in others)
        beside = [char for char in chars if char.x1 < edge - _NUMBER_GAP * char.size]
    else:
        edge = max(char.x1 for char in others)
        beside = [char for char in chars if char.x0 > edge + _NUMBER_GAP * char.size]
    printed = [int("".join(char.text for char in line)) for line in in_lines(beside)]
    steps = Counter(b - a for a, b in pairwise(printed))
    step, count = steps.most_common(1)[0] if steps else (0, 0)
    is_count = step > 0 and len(printed) >= _MIN_LINE_NUMBERS and count >= 0.8 * (len(printed) - 1)
    return set(beside) if is_count else set()


def _drawn_once(chars: Sequence[Char]) -> Sequence[Char]:
    """Characters in their order, without the copies if all of them are drawn twice."""
    kept: list[Char] = []
    for char in chars:
        near = _MAX_DOUBLE_OFFSET * char.size
        same = (other for other in kept if other.text == char.text)
        if not any(max(abs(c.x0 - char.x0), abs(c.top - char.top)) <= near for c in same):
            kept.append(char)
    return kept if 2 * len(kept) == len(chars) else chars


def _without_doubles(line: list[Char]) -> list[Char]:
    if all(b.x0 - a.x0 > _MAX_DOUBLE_OFFSET * b.size for a, b in pairwise(line)):
        return line
    kept: list[Char] = []
    for char in line:
        near = char.x0 - _MAX_DOUBLE_OFFSET * char.size
        # at most one other character is between a character and its double
        if not any(before.x0 >= near and before.text == char.text for before in kept[-2:]):
            kept.append(char)
    return kept


# --------------------------------------------------------------- page furniture


def without_furniture(
    lines: Mapping[int, Sequence[Line]],
    pages: Mapping[int, Page],
    page_number: re.Pattern[str],
    is_title: Callable[[str], bool] = lambda _: False,
) -> dict[int, list[Line]]:
    """The lines of each page, by page number, without page furniture.

    A line at the head or foot of a page is furniture if ``page_number`` matches it, or if it
    appears, digits aside, on at least two pages and on half of all pages. The first one that
    ``is_title`` accepts is kept: some reports print their title as the header of each page.
    Numbers of a table are not page numbers: several in a line, or one inside the body's lines.
    """
    repeated: Counter[str] = Counter()
    for number, page_lines in lines.items():
        repeated.update({_mask(line) for line in page_lines if _is_in_margin(line, pages[number])})
    min_count = max(2, (len(pages) + 1) // 2)
    titles: set[str] = set()

    def is_first_title(line: Line) -> bool:
        text = "".join(line.text.split())
        if _mask(line) in titles or not is_title(text):
            return False
        titles.add(_mask(line))
        return True

    def is_page_number(line: Line) -> bool:
        return bool(page_number.fullmatch(line.text.strip())) and not _CELLS.search(line.text)

    found: dict[int, list[Line]] = {}
    for number, page_lines in lines.items():
        body = [
            line
            for line in page_lines
            if not _is_in_margin(line, pages[number])
            or not (
                is_page_number(line)
                or (_is_running(line, repeated, min_count) and not is_first_title(line))
            )
        ]
        kept = {id(line) for line in body}
        found[number] = [line for line in page_lines if id(line) in kept or _is_inside(line, body)]
    return found


def _is_inside(line: Line, body: Sequence[Line]) -> bool:
    """Is a line a bare number with lines of the body above and below it?"""
    return (
        _BARE.fullmatch(line.text.strip()) is not None
        and bool(body)
        and body[0].box.top < line.box.top
        and line.box.bottom < body[-1].box.bottom
    )


def _is_running(line: Line, repeated: Counter[str], min_count: int) -> bool:
    """Is a line a running header or footer?

    A line of numbers is not one, nor is one that ends in numbers: the rows of a table repeat,
    too.
    """
    masked = _mask(line)
    if not any(c.isalpha() for c in masked) or _CELLS.search(line.text):
        return False
    if repeated[masked] >= min_count:
        return True
    # OCR does not read the same header alike on every page
    counts = (n for other, n in repeated.items() if fuzz.ratio(masked, other) >= _MIN_LIKENESS)
    return len(masked) >= _MIN_LENGTH and sum(counts) >= min_count


def _mask(line: Line) -> str:
    return _DIGITS.sub("#", "".join(line.text.split()))


def _is_in_margin(line: Line, page: Page) -> bool:
    return line.box.bottom < _MARGIN * page.height or line.box.top > (1 - _MARGIN) * page.height


# ---------------------------------------------------------------- cell overflow


def add_overrun(grids: Sequence[Grid], loose: Sequence[Char]) -> list[Grid]:
    """Add the characters that overrun the right edge of grids to the cells they began in.

    ``loose`` are the characters of the page that are in none of its grids. A character belongs
    to a cell if it crosses the edge, or directly follows the last character of the cell.
    """
    first = min(grid.box.x1 for grid in grids)
    beside = sorted([char for char in loose if char.x1 > first], key=_left)
    return [_with_overrun(grid, beside) for grid in grids] if beside else list(grids)


def _with_overrun(grid: Grid, beside: Sequence[Char]) -> Grid:
    """The grid with those characters to its right, sorted by x, that continue a cell."""
    _, top, edge, bottom = grid.box
    near = [c for c in beside if c.x1 > edge and top < c.baseline and c.top < bottom]
    outer = [cell for cell in grid.cells if cell.box.x1 >= edge - _EDGE_TOLERANCE] if near else []
    added: dict[int, list[Char]] = {}  # by index in ``outer``
    for char in near:
        y = (char.top + char.bottom) / 2
        for k, cell in enumerate(outer):
            if cell.box.top < y < cell.box.bottom:
                held = [*cell.chars, *added.get(k, ())]
                if char.x0 < edge or any(_follows(char, before) for before in held):
                    added.setdefault(k, []).append(char)
    overrun = {id(outer[k]): chars for k, chars in added.items()}
    return _fill(grid, overrun, {*chain(*added.values())}) if added else grid


def _follows(char: Char, before: Char) -> bool:
    return (
        abs(char.baseline - before.baseline) < _NEXT_OFFSET * char.size
        and before.x0 < char.x0 < before.x1 + _NEXT_GAP * char.size
    )


def add_overflow(grids: Sequence[Grid], loose: Sequence[Char]) -> list[Grid]:
    """Add the characters that overflow the lowest and topmost cells of grids to these cells.

    ``loose`` are the characters of the page that are in none of its grids.
    """
    if not loose:
        return list(grids)
    by_cell: dict[int, list[Char]] = {}  # by id of the cell
    candidates: dict[Char, int] = {}  # with the id of their cell
    for grid in grids:
        near = {below: _near_edge(grid, loose, below) for below in (True, False)}
        for cell, below in _outer_cells(grid):
            own = [c for c in near[below] if cell.box.x0 < (c.x0 + c.x1) / 2 < cell.box.x1]
            if own and _is_full(cell, below):
                continuing = _continuing(cell, own, below)
                by_cell.setdefault(id(cell), []).extend(continuing)
                candidates.update(dict.fromkeys(continuing, id(cell)))
    if not candidates:
        return list(grids)
    # A line of prose crosses the edge of a cell: it has characters beside it, or next to those
    # over another cell.
    complete = [
        line
        for line in in_lines(loose)
        if candidates.keys() >= set(line) and not _crosses_cells(line, candidates)
    ]
    overflow = {char for line in complete for char in line}
    return [_fill(grid, by_cell, overflow) for grid in grids] if overflow else list(grids)


def _crosses_cells(line: Sequence[Char], cells: Mapping[Char, int]) -> bool:
    """Does text run on from one cell into the next?"""
    return any(
        cells[a] != cells[b] and b.x0 - a.x1 < _CROSSING_GAP * a.size for a, b in pairwise(line)
    )


def _near_edge(grid: Grid, loose: Iterable[Char], below: bool) -> list[Char]:
    """Loose characters in the x range of a grid, from its middle to a few lines beyond it."""
    x0, top, x1, bottom = grid.box
    middle = (top + bottom) / 2
    first, last = (middle, bottom + _MAX_DISTANCE) if below else (top - _MAX_DISTANCE, middle)
    return [c for c in loose if first < c.baseline < last and x0 < c.x0 < x1]


def _outer_cells(grid: Grid) -> list[tuple[Cell, bool]]:
    """The cells with text at the lower (True) and upper (False) edge of a grid."""
    top, bottom = grid.box.top + _EDGE_TOLERANCE, grid.box.bottom - _EDGE_TOLERANCE
    lowest = [(cell, True) for cell in grid.cells if cell.box.bottom >= bottom and cell.chars]
    return lowest + [(cell, False) for cell in grid.cells if cell.box.top <= top and cell.chars]


def _is_full(cell: Cell, below: bool) -> bool:
    """Does the text of a cell leave no room for another line below or above it?"""
    size = cell.chars[0].size
    if not below:
        return min(c.top for c in cell.chars) - cell.box.top < size
    baselines = _baselines(cell)
    return cell.box.bottom - baselines[-1] < _line_spacing(baselines, size)


def _baselines(cell: Cell) -> list[float]:
    return sorted({line[0].baseline for line in in_lines(cell.chars)})


def _line_spacing(baselines: Sequence[float], size: float) -> float:
    """The least distance between two lines of a cell, in points."""
    distances = (b - a for a, b in pairwise(baselines) if b - a > _BASELINE_TOLERANCE * size)
    return min(distances, default=_DEFAULT_SPACING * size)


def _continuing(cell: Cell, near: Iterable[Char], below: bool) -> list[Char]:
    """The characters below or above a cell that continue its lines at their spacing."""
    size = cell.chars[0].size
    baselines = _baselines(cell)
    spacing = _line_spacing(baselines, size) * (1 if below else -1)
    found: list[Char] = []
    # the edge may run through a line, with characters on both sides: begin with the last line
    expected = baselines[-1] if below else baselines[0]
    while True:
        line = [c for c in near if abs(c.baseline - expected) <= _BASELINE_TOLERANCE * size]
        if not line and expected not in (baselines[0], baselines[-1]):
            return found
        found += line
        expected = (line[0].baseline if line else expected) + spacing


def _fill(grid: Grid, by_cell: Mapping[int, Sequence[Char]], overflow: Set[Char]) -> Grid:
    """The grid with the characters of ``by_cell`` that are overflow in their cells."""
    cells = []
    for cell in grid.cells:
        added = tuple(c for c in by_cell.get(id(cell), ()) if c in overflow)
        chars = (*cell.chars, *added)
        cells.append(replace(cell, chars=chars, text=cell_text(chars)) if added else cell)
    return replace(grid, cells=tuple(cells))
