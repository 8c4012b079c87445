"""A table gives exactly its cells, in any style of rules and with any page break."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.model import Box, Grid, Key, Observation, Page, Rule
from gongkai.normalizers.tables.table_reader import TableReader
from helpers.draw import LEFT, STYLES, UP, Style, cut, draw_table, frame, make_page
from helpers.families import built_in
from helpers.forms import (
    DISCLOSURE_2021,
    DISCLOSURE_VALUES,
    HEADER_ROWS,
    REVIEW,
    REVIEW_VALUES,
    application_values,
    applications,
    applications_pages,
    cut_through,
    disclosure_2021,
    draw_applications,
    expected,
    review,
)

READER = TableReader(built_in())
styles = st.sampled_from(STYLES)
forms = st.sampled_from(["2019", "2021"])
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], list[float], list[float]]:
    """Draw a table with cells of any size, some merged, each with its own text."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(2, 7))
    table = [[f"{r}.{c}" for c in range(columns)] for r in range(rows)]
    for _ in range(draw(st.integers(0, 3))):
        r, c = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        down, right = draw(st.integers(1, rows - r)), draw(st.integers(1, columns - c))
        block = [(i, k) for i in range(r, r + down) for k in range(c, c + right)]
        whole = down * right == rows * columns
        if whole or any(table[i][k] in (LEFT, UP) for i, k in block) or _reaches_out(table, block):
            continue
        for i, k in block[1:]:
            table[i][k] = LEFT if k > c else UP
    widths = draw(st.lists(st.floats(20, 90), min_size=columns, max_size=columns))
    heights = draw(st.lists(st.floats(12, 80), min_size=rows, max_size=rows))
    return table, widths, heights


def _reaches_out(table: list[list[str]], block: list[tuple[int, int]]) -> bool:
    """Does a merged cell begin in the block?"""
    for r, c in block:
        if c + 1 < len(table[0]) and table[r][c + 1] == LEFT:
            return True
        if r + 1 < len(table) and table[r + 1][c] == UP:
            return True
    return False


def _near(one: Box, other: Box, by: float = 2.0) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@quick
@given(tables(), styles, st.floats(0.1, 1.5))
def test_a_table_gives_exactly_its_cells(
    made: tuple[list[list[str]], list[float], list[float]], style: Style, line: float
) -> None:
    table, widths, heights = made
    drawn = draw_table(
        table, widths=widths, heights=heights, style=style, line_width=line, size=6.0
    )
    [grid] = find_grids(make_page(drawn))
    assert len(grid.cells) == len(drawn.slots)
    assert (grid.page, grid.reader) == (1, "pdfium")
    for cell, slot in zip(
        grid.cells, sorted(drawn.slots, key=lambda s: (s.row, s.column)), strict=True
    ):
        assert "".join(cell.text.split()) == slot.text
        assert _near(cell.box, slot.box)


@quick
@given(styles, st.integers(0, 9), forms)
def test_an_official_table_is_read_in_any_style(style: Style, seed: int, form: str) -> None:
    values = application_values(seed, form)
    assert _read(applications_pages(applications(values, form), style=style)) == expected(values)


@quick
@given(st.integers(1, HEADER_ROWS + 24), styles, st.integers(0, 9), forms)
def test_a_cut_at_any_row_changes_no_observation(
    at: int, style: Style, seed: int, form: str
) -> None:
    values = application_values(seed, form)
    table = applications(values, form)
    at = min(at, len(table) - 1)
    _, whole = _one_page(seed, style, form)
    parted = _observations(applications_pages(table, at, style=style))
    assert {key: _content(o) for key, o in parted.items()} == {
        key: _content(o) for key, o in whole.items()
    }
    assert {key: str(o.value) for key, o in parted.items()} == expected(values)


@quick
@given(st.integers(1, 13), st.integers(1, 3), styles)
def test_the_other_tables_can_be_cut_at_any_row(at: int, low: int, style: Style) -> None:
    second = cut(disclosure_2021(DISCLOSURE_VALUES), at)
    fourth = cut(review(REVIEW_VALUES), low)
    pages = [
        make_page(draw_table(second[0], style=style)),
        make_page(draw_table(second[1], style=style), number=2),
        make_page(draw_table(fourth[0], style=style, size=7.0), number=3),
        make_page(draw_table(fourth[1], style=style, size=7.0), number=4),
    ]
    wanted = dict(zip(DISCLOSURE_2021, map(str, DISCLOSURE_VALUES), strict=True))
    wanted |= dict(zip(REVIEW, map(str, REVIEW_VALUES), strict=True))
    assert _read(pages) == wanted


@settings(quick, max_examples=150)
@given(
    st.integers(HEADER_ROWS, HEADER_ROWS + 24),
    st.integers(0, 45),
    st.booleans(),
    st.integers(0, 5),
    forms,
)
def test_a_row_cut_by_a_page_break_is_joined(
    row: int, letters: int, numbers_above: bool, seed: int, form: str
) -> None:
    values = application_values(seed, form)
    table = applications(values, form)
    row = min(row, len(table) - 1)
    # numbers without any part of a label beside them need a person's decision
    letters = max(letters, int(numbers_above))
    above, below = cut_through(table, row, letters, numbers_above)
    pages = [
        make_page(draw_applications(above)),
        make_page(draw_applications(below), number=2),
    ]
    assert _read(pages) == expected(values)


@quick
@given(st.integers(HEADER_ROWS + 1, HEADER_ROWS + 24), st.integers(0, 5))
def test_a_repeated_header_changes_nothing(at: int, seed: int) -> None:
    values = application_values(seed)
    table = applications(values)
    above, below = cut(table, at)
    pages = [
        make_page(draw_applications(above)),
        make_page(draw_applications([*table[:HEADER_ROWS], *below]), number=2),
    ]
    assert _read(pages) == expected(values)


@quick
@given(st.floats(5, 40), st.floats(0.2, 2.5), styles, st.booleans())
def test_a_black_frame_around_the_page_changes_nothing(
    margin: float, width: float, style: Style, doubled: bool
) -> None:
    page, whole = _one_page(4, style)
    around = Box(margin, margin, page.width - margin, page.height - margin)
    rules = frame(around, width)
    if doubled:
        rules += frame(Box(margin - 4, margin - 4, around.x1 + 4, around.bottom + 4), width)
    framed = make_page(page.chars, rules=[*page.rules, *rules])
    assert _observations([framed]) == whole


@quick
@given(st.permutations(range(12)), styles)
def test_the_order_of_drawing_does_not_matter(order: list[int], style: Style) -> None:
    page, whole = _one_page(6, style)
    rules = [rule for k in order for rule in page.rules[k::12]]
    chars = [char for k in reversed(order) for char in page.chars[k::12]]
    assert _observations([make_page(chars, rules=rules)]) == whole


@quick
@given(styles, st.integers(0, 20), st.integers(1, 27))
def test_two_runs_are_identical(style: Style, seed: int, at: int) -> None:
    pages = applications_pages(applications(application_values(seed)), at, style=style)
    assert _observations(pages) == _observations(pages)


@quick
@given(st.lists(st.tuples(*[st.floats(-50, 900) for _ in range(4)]), max_size=40))
def test_random_rules_give_cells_that_do_not_overlap(edges: list[tuple[float, ...]]) -> None:
    rules = [Rule(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in edges]
    for grid in find_grids(make_page(rules=rules)):
        places = [
            (r, c)
            for cell in grid.cells
            for r in range(cell.row, cell.row + cell.row_span)
            for c in range(cell.column, cell.column + cell.column_span)
        ]
        assert len(places) == len(set(places))
        assert all(r < grid.rows and c < grid.columns for r, c in places)


@cache  # examples share a few tables
def _one_page(seed: int, style: Style, form: str = "2021") -> tuple[Page, dict[Key, Observation]]:
    """Return an official table on one page, with its reading."""
    [page] = applications_pages(applications(application_values(seed, form), form), style=style)
    return page, _observations([page])


def _grids(pages: list[Page]) -> list[Grid]:
    return [grid for page in pages for grid in find_grids(page)]


def _observations(pages: list[Page]) -> dict[Key, Observation]:
    readings = READER.read(_grids(pages))[0].values()
    assert not any(r.leftovers for r in readings)
    assert not any(r.disorder for r in readings)
    return {o.key: o for reading in readings for o in reading.observations}


def _content(o: Observation) -> tuple[str, Decimal | None, str, str, bool]:
    """Return an observation without its outer labels and without its position."""
    return o.state, o.value, o.raw_text, o.row_label.split("／")[-1], o.flagged


def _read(pages: list[Page]) -> dict[Key, str]:
    seen = _observations(pages)
    assert not any(o.flagged for o in seen.values())
    return {key: str(o.value) for key, o in seen.items()}
