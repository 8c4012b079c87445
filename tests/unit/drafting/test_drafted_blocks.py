"""Printed tables as rows and columns: headers, labels, halves, codes, page breaks."""

from __future__ import annotations

import pytest

from helpers.printed import blocks_of, lattice_of, tables_of


def test_a_header_printed_again_on_the_next_page_counts_once() -> None:
    lattice = lattice_of(
        [["项目", "数量"], ["甲", "1"]],
        [["项目", "数量"], ["乙", "2"]],
    )
    assert [cell.text for cell in lattice.cells] == ["项目", "数量", "甲", "1", "乙", "2"]
    assert lattice.rows == 3


def test_a_merged_label_that_a_page_break_cuts_is_one_label() -> None:
    [block] = blocks_of(
        [["项目", None, "数量"], ["结果", "甲", "1"], ["^", "乙", "2"]],
        [["", "丙", "3"], ["^", "丁", "4"]],
    )
    assert [row.path for row in block.rows] == [
        ("结果", "甲"), ("结果", "乙"), ("结果", "丙"), ("结果", "丁"),
    ]  # fmt: skip


def test_header_paths_go_from_the_outer_label_to_the_inner_one() -> None:
    [block] = blocks_of(
        [["项目", "申请人", None, "总计"], ["^", "自然人", "法人", "^"], ["新收", "1", "2", "3"]]
    )
    assert block.columns == (("申请人", "自然人"), ("申请人", "法人"), ("总计",))
    assert block.corners == ("项目",)


def test_two_lists_side_by_side_are_two_blocks() -> None:
    left, right = blocks_of(
        [
            ["收入", None, "支出", None],
            ["项目", "决算数", "项目", "决算数"],
            ["一、拨款", "3.00", "一、教育", "2.00"],
            ["", "", "二、医疗", "1.00"],
            ["总计", "3.00", "总计", "3.00"],
        ]
    )
    assert [row.path for row in left.rows] == [("一、拨款",), ("总计",)]
    assert len(right.rows) == 3
    assert (left.layout, right.side) == ("two_sided", 1)


def test_a_code_over_several_columns_is_joined() -> None:
    [block] = blocks_of(
        [
            ["类", "款", "项", "名称", "金额"],
            ["201", "", "", "服务", "5.00"],
            ["201", "06", "", "财政", "5.00"],
            ["201", "06", "01", "运行", "5.00"],
        ]
    )
    assert [row.code for row in block.rows] == ["201", "20106", "2010601"]


def test_a_total_in_the_last_row_of_the_header_is_a_row() -> None:
    [block] = blocks_of(
        [
            ["项目", None, "收入", "支出", None],
            ["编码", "名称", "^", "^", "^"],
            ["合计", None, "7.00", "合计", "基本支出"],
            ["201", "服务", "7.00", "5.00", "5.00"],
            ["202", "外交", "", "", ""],
            ["203", "国防", "", "", ""],
        ]
    )
    assert block.rows[0].path == ("合计",)
    assert ("支出", "基本支出") in block.columns


def test_a_text_over_the_whole_width_begins_a_band() -> None:
    [block] = blocks_of(
        [
            ["第一项", None, None],
            ["内容", "制发", "废止"],
            ["规章", "1", "2"],
            ["第二项", None, None],
            ["内容", "决定", None],
            ["许可", "9", None],
        ]
    )
    assert [(row.path, row.article) for row in block.rows] == [
        (("规章",), "第一项"), (("许可",), "第二项"),
    ]  # fmt: skip
    assert len(block.cells) == 3


def test_a_row_under_a_header_of_heads_becomes_rows_and_columns() -> None:
    table_rows = [
        ["复议", None, "诉讼", None],
        ["维持", "总计", "维持", "总计"],
        ["1", "1", "2", "2"],
    ]
    [table] = tables_of([table_rows])
    assert list(table.rows.printed) == ["复议", "诉讼"]
    assert list(table.columns.printed) == ["维持", "总计"]


def test_rows_that_each_sample_names_otherwise_are_bodies() -> None:
    def sample(*names: str) -> list[list[str]]:
        rows = [[name, str(k + 1), str(k + 2)] for k, name in enumerate(names)]
        return [["执法主体", "警告", "罚款"], *rows, ["合计", "9", "9"]]

    [table] = tables_of(
        [sample("甲局", "乙局")], [sample("丙局", "丁局")], [sample("戊局", "己局")]
    )
    assert table.open_rows == "names"
    assert "合计" in table.rows.printed


@pytest.mark.parametrize(("last", "open_rows"), [("活动", ""), ("合计", "names")])
def test_rows_under_a_heading_of_names_are_bodies_if_there_is_a_sum(
    last: str, open_rows: str
) -> None:
    sample = [["指标名称", "本年"], ["藏书", "5"], ["读者", "6"], [last, "11"]]
    [table] = tables_of([sample], [sample])
    assert table.open_rows == open_rows


def test_another_print_of_a_label_is_a_spelling() -> None:
    one = [["项目", "数量"], ["使用非财政拨款结余", "1"], ["总计", "2"]]
    other = [["项目", "数量"], ["使用非财政拨款结余（含专用结余）", "3"], ["总计", "4"]]
    [table] = tables_of([one], [other])
    assert table.rows.spellings == {"使用非财政拨款结余": ("使用非财政拨款结余（含专用结余）",)}


@pytest.mark.parametrize(
    ("labels", "open_rows"),
    [
        (["临江图书馆（总馆）", "胜利街道分馆", "白马镇分馆", "长乐乡分馆"], "names"),
        (["3月5日", "4月23日", "11月6日"], "names"),
        (["1月", "2月", "3月", "4月"], ""),
        (["城市低保", "农村低保", "特困人员", "本市户籍"], ""),
    ],
)
def test_bodies_after_their_places_and_dates_are_open_rows_of_one_sample(
    labels: list[str], open_rows: str
) -> None:
    rows = [["项目", "本年"], *([label, str(k + 5)] for k, label in enumerate(labels))]
    [table] = tables_of([rows])
    assert table.open_rows == open_rows


def test_bodies_that_two_samples_have_in_common_are_open_rows_if_others_differ() -> None:
    def sample(*names: str) -> list[list[str]]:
        return [["项目", "本年"], *([f"{name}街道", str(k + 5)] for k, name in enumerate(names))]

    one, other = sample("桃花", "河东", "白马"), sample("桃花", "河东", "龙泉")
    [table] = tables_of([one], [other])
    assert table.open_rows == "names"
    [table] = tables_of([one], [one])
    assert table.open_rows == ""


def test_numbers_beside_their_labels_without_a_header_are_pairs() -> None:
    [block] = blocks_of([["总人次", "510", "本地", "304"], ["急难型", "297", "支出型", ""]])
    assert block.layout == "pairs"
    assert [row.path for row in block.rows] == [("总人次",), ("本地",), ("急难型",), ("支出型",)]


def test_a_group_may_begin_right_below_the_header() -> None:
    [block] = blocks_of(
        [
            ["项目", "单位", "养老", "儿童"],
            ["基本情况", None, None, None],
            ["床位数", "张", "20", "30"],
            ["经费", None, None, None],
            ["收入", "万元", "2.5", "3.5"],
        ]
    )
    assert [row.path for row in block.rows] == [("基本情况", "床位数"), ("经费", "收入")]
    assert [row.unit for row in block.rows] == ["张", "万元"]
    assert block.groups_above


def test_a_column_of_line_codes_numbers_the_rows() -> None:
    rows = [
        ["指标名称", "代码", "本年"],
        *([f"项{k}", f"{k:02d}", str(9 * k)] for k in range(1, 6)),
    ]
    [block] = blocks_of(rows)
    assert block.columns == (("本年",),)
    assert block.serials == ("代码",)
