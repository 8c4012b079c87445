"""Which grid is which table, and drawn tables that differ from the form as real ones do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.families.family import Family
from gongkai.model import Key, Observation, Page
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.values import TableReading, form_of_cells
from helpers.draw import LEFT, UP, draw_table, make_page
from helpers.forms import (
    COLUMNS,
    DISCLOSURE_2021,
    DISCLOSURE_VALUES,
    REVIEW_VALUES,
    Table,
    application_values,
    applications,
    disclosure_2021,
    draw_applications,
    expected,
    review,
)
from helpers.grids import grid_of
from made import observation


@pytest.fixture(scope="module")
def reader(family: Family) -> TableReader:
    return TableReader(family)


RESULTS = grid_of(("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))


def test_a_grid_is_known_by_its_labels(reader: TableReader) -> None:
    assert reader.table_of(RESULTS) == "review_litigation"
    assert reader.table_of(grid_of(("（一）予以公开", "7"))) == "applications"


@pytest.mark.parametrize("text", ["其他", "总计", "与本表无关的话", ""])
def test_labels_of_too_many_tables_tell_nothing(reader: TableReader, text: str) -> None:
    assert reader.table_of(grid_of((text, "7"))) is None


def test_numbers_of_the_same_width_continue_the_table(reader: TableReader) -> None:
    below = grid_of(("1", "2", "3", "4", "10"), page=2, top=50)
    assert reader.sorter.sort([below, RESULTS]) == ({"review_litigation": [RESULTS, below]}, [])


def test_numbers_on_several_lines_continue_the_table(reader: TableReader) -> None:
    below = grid_of(("３\n９", "７", "１\n９\n２", "4\n8", "2\n8\n6"), page=2, top=50)
    assert reader.sorter.sort([below, RESULTS])[0] == {"review_litigation": [RESULTS, below]}


def test_numbers_of_another_shape_are_another_table(reader: TableReader) -> None:
    other = grid_of(("1", "2"), page=2, width=20)
    assert reader.sorter.sort([RESULTS, other]) == ({"review_litigation": [RESULTS]}, [other])


def test_numbers_two_pages_later_are_another_table(reader: TableReader) -> None:
    far = grid_of(("1", "2", "3", "4", "10"), page=3)
    assert reader.sorter.sort([RESULTS, far])[1] == [far]


def test_the_foot_of_a_cut_row_belongs_to_the_table(reader: TableReader) -> None:
    foot = grid_of(("信息", "", "", "", ""), page=2)
    assert reader.sorter.sort([RESULTS, foot])[0] == {"review_litigation": [RESULTS, foot]}


def test_a_blank_row_on_the_next_page_belongs_to_the_table(reader: TableReader) -> None:
    blank = grid_of(("", "", "", "", ""), page=2, top=50)
    assert reader.sorter.sort([RESULTS, blank]) == ({"review_litigation": [RESULTS, blank]}, [])
    narrow = grid_of(("", ""), page=2, top=50)
    assert reader.sorter.sort([RESULTS, narrow]) == ({"review_litigation": [RESULTS]}, [])


def test_empty_grids_are_dropped(reader: TableReader) -> None:
    assert reader.sorter.sort([grid_of(("", ""))]) == ({}, [])


def test_a_heading_within_a_frame_begins_another_table(reader: TableReader) -> None:
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    answers = ("（一）予以公开", "1", "2", "3", "6"), ("（二）部分公开", "0", "0", "0", "0")
    review = (("行政复议", *"<<<<"), outcomes, ("1", "2", "3", "4", "10"))
    for heading in ("四、政府信息公开行政复议、行政诉讼情况", "行政复议、行政诉讼", ""):
        whole = grid_of(*answers, (heading, *"<<<<"), *review)
        above, below = reader.sorter.separated([whole])
        assert (reader.table_of(above), reader.table_of(below)) == (
            "applications",
            "review_litigation",
        )
        assert [above.rows, below.rows] == [2, 4]
        assert above.box.bottom == below.box.top
        assert len(above.cells) + len(below.cells) == len(whole.cells)
        found = reader.read([whole])[0]["review_litigation"].observations
        assert [cell.value for cell in found] == [1, 2, 3, 4, 10]


def test_a_row_of_its_own_within_a_table_does_not_cut_it(reader: TableReader) -> None:
    article = "第二十条第（五）项"
    grid = grid_of(
        ("信息内容", "本年制发件数"),
        ("行政规范性文件", "1"),
        (article, "<"),
        ("信息内容", "本年处理决定数量"),
        ("行政许可", "3"),
    )
    assert reader.sorter.separated([grid]) == [grid]


def read(family: Family, *pages: Page) -> TableReading:
    tables, _ = TableReader(family).read(g for page in pages for g in find_grids(page))
    [one] = tables.values()
    return one


def test_a_row_of_the_form_with_the_numbers_1_2_3_is_no_numbering(reader: TableReader) -> None:
    header = ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")
    grid = grid_of(header, ("规章", "1", "2", "3"), ("行政规范性文件", "4", "0", "9"))
    tables, _ = reader.read([grid])
    values = [o.value for o in tables["proactive_disclosure"].observations]
    assert values == [1, 2, 3, 4, 0, 9]


def by_key(reading: TableReading) -> dict[Key, Observation]:
    return {o.key: o for o in reading.observations}


def disclosure(family: Family, table: Table) -> dict[Key, Observation]:
    return by_key(read(family, make_page(draw_table(table, size=10.0))))


def test_an_observation_has_its_label_place_and_reader(family: Family) -> None:
    values = application_values(1)
    drawn = draw_applications(applications(values))
    seen = by_key(read(family, make_page(drawn, number=4)))
    one = seen[Key("applications", "denied_state_secret", "research_institution")]
    assert one.row_label == "三、本年度办理结果／（三）不予公开／1.属于国家秘密"
    assert one.column_label == "申请人情况／法人或其他组织／科研机构"
    assert (one.page, one.reader, one.label_match) == (4, "pdfium", "exact")
    slot = drawn.slots[0]
    assert slot.box.x1 < one.box.x0
    inside = [s for s in drawn.slots if abs(s.box.x0 - one.box.x0) < 1]
    assert any(abs(s.box.top - one.box.top) < 1 and s.text == one.raw_text for s in inside)


def test_the_table_shows_its_form(family: Family) -> None:
    for form in ("2019", "2021"):
        values = application_values(1, form)
        reading = read(family, make_page(draw_applications(applications(values, form))))
        assert by_key(reading).keys() == expected(values).keys()
        # rows （六）1-3 belong to 2021 alone; one row （六） is printed in both forms
        assert reading.form == ("2021" if form == "2021" else None)
    table = disclosure_2021(DISCLOSURE_VALUES)
    assert read(family, make_page(draw_table(table, size=10.0))).form == "2021"


def test_blank_mark_zero_and_number_are_four_things(family: Family) -> None:
    table = disclosure_2021(("", "/", "0", "—", "无", "7", " ", "０", "3件", "1,234.50万元"))
    seen = disclosure(family, table)
    states = [seen[key].state for key in DISCLOSURE_2021]
    assert states == [
        "blank",
        "mark",
        "number",
        "mark",
        "mark",
        "number",
        "blank",
        "number",
        "number",
        "number",
    ]
    fees = seen[DISCLOSURE_2021[-1]]
    assert (fees.value, fees.unit, fees.raw_text) == (
        Decimal("1234.50"),
        "万元",
        "1,234.50万元",
    )
    assert all(o.value is None for o in seen.values() if o.state != "number")


def test_a_cell_with_two_numbers_is_flagged(family: Family) -> None:
    table = disclosure_2021(("12  7", *DISCLOSURE_VALUES[1:]))
    one = disclosure(family, table)[DISCLOSURE_2021[0]]
    assert (one.state, one.value, one.flagged) == ("unreadable", None, True)
    assert one.doubt


def test_one_number_over_several_columns_is_unreadable(family: Family) -> None:
    """规章 | 5 in one cell under three columns: it cannot be three fives, nor one of them."""
    table = disclosure_2021(DISCLOSURE_VALUES)
    table[2] = ["规章", "5", LEFT, LEFT]
    seen = disclosure(family, table)
    for key in DISCLOSURE_2021[:3]:
        if key in seen:
            assert (seen[key].value, seen[key].flagged) == (None, True)


def test_one_number_over_several_rows_is_unreadable(family: Family) -> None:
    table = disclosure_2021(DISCLOSURE_VALUES)
    table[3][1] = UP
    seen = disclosure(family, table)
    for key in (DISCLOSURE_2021[0], DISCLOSURE_2021[3]):
        if key in seen:
            assert (seen[key].value, seen[key].flagged) == (None, True)


def test_rows_of_both_forms_in_one_table(family: Family) -> None:
    """2019 columns for documents, 2021 columns for the rest: seen in real reports."""
    table = disclosure_2021(DISCLOSURE_VALUES)
    table[1] = ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"]
    seen = disclosure(family, table)
    rules = Key("proactive_disclosure", "rules", "disclosed_total")
    licensing = Key("proactive_disclosure", "administrative_licensing", "decisions")
    assert rules in seen
    assert seen[licensing].value == 5514
    assert not any(o.flagged for o in seen.values())


def test_four_tables_of_section_two_are_one(family: Family) -> None:
    table = disclosure_2021(DISCLOSURE_VALUES)
    parts = [table[:4], table[4:7], table[7:11], table[11:]]
    drawn = [draw_table(part, top=60.0 + 160 * k, size=10.0) for k, part in enumerate(parts)]
    seen = by_key(read(family, make_page(*drawn)))
    assert [str(seen[key].value) for key in DISCLOSURE_2021] == [str(v) for v in DISCLOSURE_VALUES]


def test_article_lines_may_be_left_out(family: Family) -> None:
    table = [row for row in disclosure_2021(DISCLOSURE_VALUES) if not row[0].startswith("第二十条")]
    seen = disclosure(family, table)
    assert [str(seen[key].value) for key in DISCLOSURE_2021] == [str(v) for v in DISCLOSURE_VALUES]


def test_one_row_for_other_results_in_a_form_of_2021(family: Family) -> None:
    values = application_values(2, "2019")
    seen = by_key(read(family, make_page(draw_applications(applications(values, "2019")))))
    assert {key.row for key in seen} >= {"other"}
    assert not {key.row for key in seen} & {"other_no_supplement", "other_misc"}


def test_a_number_outside_every_column_is_left_over(family: Family) -> None:
    table = [[*row, ""] for row in disclosure_2021(DISCLOSURE_VALUES)]
    table[2][4] = "99"
    reading = read(family, make_page(draw_table(table, size=10.0)))
    assert [left.text for left in reading.leftovers] == ["99"] or any(
        o.flagged for o in reading.observations
    )


def test_a_total_before_its_parts_is_in_its_place(family: Family) -> None:
    order = [5 * block + k for block in range(3) for k in (4, 0, 1, 2, 3)]
    _, parts, outcomes, values = review(REVIEW_VALUES)
    over = ["行政复议", *[LEFT] * 4, *parts[5:]]
    header = [(parts[:5] + outcomes[5:])[k] for k in order]
    drawn = draw_table([over, header, [values[k] for k in order]], size=8.0)
    reading = read(family, make_page(drawn))
    seen = by_key(reading)
    assert {key.row: str(seen[key].value) for key in seen if key.column == "total"} == {
        row: str(REVIEW_VALUES[k])
        for row, k in (
            ("reconsideration", 4),
            ("litigation_direct", 9),
            ("litigation_after_reconsideration", 14),
        )
    }
    assert not any(o.flagged for o in reading.observations) and not reading.disorder


def test_a_table_in_two_halves_by_columns(family: Family) -> None:
    values = application_values(3)
    table = applications(values)
    first = [row[:7] for row in table]
    second = [[*row[:3], *row[7:]] for row in table]
    for row in (0, 1):
        second[row] = ["" if cell is LEFT and k > 2 else cell for k, cell in enumerate(second[row])]
    drawn = [draw_table(first, top=60.0, size=7.0), draw_table(second, top=60.0, size=7.0)]
    pages = [make_page(each, number=k + 1) for k, each in enumerate(drawn)]
    grids = [grid for page in pages for grid in find_grids(page)]
    reading = TableReader(family).read(grids)[0]["applications"]
    assert {o.key: str(o.value) for o in reading.observations} == {
        key: str(value) for key, value in expected(values).items()
    }
    assert not any(o.flagged for o in reading.observations) and not reading.disorder


def test_a_column_with_a_label_of_its_own_is_local(family: Family) -> None:
    table = [[*row, "9"] for row in review(REVIEW_VALUES)]
    for row in table[:-1]:
        row[-1] = "办理天数"
    reading = read(family, make_page(draw_table(table, size=8.0)))
    assert [(left.text, left.is_local) for left in reading.leftovers] == [("9", True)]


def test_a_column_without_label_is_not_local(family: Family) -> None:
    table = [[*row, ""] for row in review(REVIEW_VALUES)]
    table[-1][-1] = "9"
    reading = read(family, make_page(draw_table(table, size=8.0)))
    assert not any(left.is_local for left in reading.leftovers)


def test_a_row_of_numbers_is_not_local(family: Family) -> None:
    """Its first number is no label: the row may be that of another table in the same frame."""
    table = [*disclosure_2021(DISCLOSURE_VALUES), ["2", "12", "3", "4"]]
    reading = read(family, make_page(draw_table(table, size=10.0)))
    assert [(left.text, left.is_local) for left in reading.leftovers] == [
        (number, False) for number in ("2", "12", "3", "4")
    ]


@pytest.mark.parametrize("number", ["127", "12\n7"])
def test_a_number_below_a_label_that_is_not_understood_belongs_to_no_cell(
    family: Family, number: str
) -> None:
    """Even in the first column, which other tables have for the labels of rows."""
    table = review([number, *REVIEW_VALUES[1:]])
    table[1][0] = "结500果500维持"
    reading = read(family, make_page(draw_table(table, size=8.0)))
    assert [left.text for left in reading.leftovers] == [number]


def test_a_row_with_a_label_of_its_own_is_local(family: Family) -> None:
    table = [*disclosure_2021(DISCLOSURE_VALUES)]
    table.insert(4, ["小计", "12", "3", "4"])
    reading = read(family, make_page(draw_table(table, size=10.0)))
    assert {left.text for left in reading.leftovers if left.is_local} == {"12", "3", "4"}


def test_vertical_headers_of_section_four(family: Family) -> None:
    """Narrow columns have one character a line, with white space inside words."""
    table = review(REVIEW_VALUES)
    table[1][:5] = ["结\n果\n维\n持", "结\n果\n纠\n正", "其\n他\n结\n果", "尚\n未\n审\n结", "总 计"]
    reading = read(family, make_page(draw_table(table, size=8.0)))
    assert [str(o.value) for o in reading.observations] == [str(v) for v in REVIEW_VALUES]
    assert not any(o.flagged for o in reading.observations)


def test_a_second_row_of_numbers_in_section_four_makes_the_first_doubtful(
    family: Family,
) -> None:
    """The form has one row; a second one may be the rest of the numbers above it."""
    second = ["5" if k == 4 else "" for k in range(15)]
    drawn = draw_table([*review(REVIEW_VALUES), second], size=8.0)
    reading = read(family, make_page(drawn))
    assert all(o.flagged for o in reading.observations)
    assert reading.disorder and [left.text for left in reading.leftovers] == ["5"]


@pytest.mark.parametrize(
    ("upper", "lower", "state"),
    [("", "7", "number"), ("7", "", "number"), ("7", "8", "unreadable")],
    ids=["below", "above", "both"],
)
def test_a_cell_that_a_stray_line_cuts_in_two(
    family: Family, upper: str, lower: str, state: str
) -> None:
    """A line of a stamp, for example: the row has only that cell below the line."""
    values = [upper if k == 10 else number for k, number in enumerate(REVIEW_VALUES)]
    below = [lower if k == 10 else UP for k in range(15)]
    reading = read(family, make_page(draw_table([*review(values), below], size=8.0)))
    cells = by_key(reading)
    cut = cells.pop(Key("review_litigation", "litigation_after_reconsideration", "upheld"))
    assert (cut.state, cut.flagged) == (state, state != "number")
    assert state != "number" or cut.value == 7
    others = [number for k, number in enumerate(REVIEW_VALUES) if k != 10]
    assert [(o.value, o.flagged) for o in cells.values()] == [(n, False) for n in others]
    assert not reading.leftovers


def test_all_cells_empty(family: Family) -> None:
    values = dict.fromkeys(application_values(1), "")
    seen = by_key(read(family, make_page(draw_applications(applications(values)))))
    assert len(seen) == 175
    assert {o.state for o in seen.values()} == {"blank"}
    empty = by_key(read(family, make_page(draw_table(review([""] * 15), size=8.0))))
    assert len(empty) == 15
    assert {o.state for o in empty.values()} == {"blank"}


def test_a_mirrored_margin_on_the_next_page(family: Family) -> None:
    values = application_values(5)
    table = applications(values)
    pages = [
        make_page(draw_applications(table[:12], x0=70.0)),
        make_page(draw_applications([["", "", *table[12][2:]], *table[13:]], x0=95.0), number=2),
    ]
    seen = by_key(read(family, *pages))
    assert {key: str(o.value) for key, o in seen.items()} == expected(values)


def test_a_wider_part_on_a_landscape_page(family: Family) -> None:
    from helpers.forms import WIDTHS

    values = application_values(5)
    table = applications(values)
    below = [["", "", *table[12][2:]], *table[13:]]
    wide = draw_table(below, widths=[1.5 * w for w in WIDTHS], x0=60.0, size=9.0)
    seen = by_key(read(family, make_page(draw_applications(table[:12])), make_page(wide, number=2)))
    assert {key: str(o.value) for key, o in seen.items()} == expected(values)
    assert {key.column for key in seen} == set(COLUMNS)


def test_rows_of_one_form_only_show_the_form(family: Family) -> None:
    cell = observation(Key("applications", "granted", "total"), "1")
    fields = family.table("applications").fields_by_key
    assert form_of_cells([cell], fields) is None
    own = next(
        key
        for key, lines in fields.items()
        if len(lines) == 1 and tuple(lines[0].forms) == ("2021",)
    )
    assert form_of_cells([cell, observation(own, "1")], fields) == "2021"
