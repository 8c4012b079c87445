"""Sums that numbers obey: found with their evidence, none by chance, none from a misprint."""

from __future__ import annotations

import random

from gongkai.drafting.discover import discover
from gongkai.drafting.evidence import Identity
from gongkai.drafting.keys import Labels
from gongkai.drafting.values import Values
from helpers.printed import Texts, china, tables_of

HEADER = ["项目", "自然人", "企业", "机构", "总计"]


def found(*samples: list[Texts]) -> list[Identity]:
    """The identities of samples, each a list of tables."""
    tables = tables_of(*samples)
    return discover(Values(tables, len(samples)), Labels(china()))


def terms(identity: Identity) -> tuple[str, dict[str, int]]:
    return identity.candidate.over, dict(identity.candidate.terms)


def balanced(rng: random.Random) -> list[list[str]]:
    """一 + 二 = 三 + 四 in each column, and 总计 over the columns."""
    columns = []
    for _ in range(3):
        new, old = rng.randint(20, 400), rng.randint(3, 90)
        left = rng.randint(1, 15)
        columns.append([new, old, new + old - left, left])
    rows = [[column[k] for column in columns] for k in range(4)]
    labels = ["一、新收", "二、结转", "三、办结", "四、下年"]
    return [HEADER, *([n, *map(str, r), str(sum(r))] for n, r in zip(labels, rows, strict=True))]


def test_totals_and_balances_are_strong_and_nothing_else_is_found() -> None:
    rng = random.Random(1)
    identities = found(*([balanced(rng)] for _ in range(7)))
    strong = dict(terms(each) for each in identities if each.rank == "strong")
    assert strong == {
        "row": {"总计": 1, "机构": -1, "企业": -1, "自然人": -1},
        "column": {"新收": 1, "结转": 1, "办结": -1, "下年": -1},
    }
    assert {each.severity for each in identities if each.rank == "strong"} == {"must"}


def test_a_misprint_is_an_exception_and_not_learnt() -> None:
    rng = random.Random(2)
    samples = [[balanced(rng)] for _ in range(6)]
    samples[3][0][1][2] = str(int(samples[3][0][1][2]) + 9)
    strong = [each for each in found(*samples) if each.rank == "strong"]
    assert len(strong) == 2
    assert {failure.sample for each in strong for failure in each.failures} == {3}


def severities(identities: list[Identity]) -> dict[str, str]:
    """The severity of each identity, by its first term."""
    return {each.candidate.terms[0][0]: each.severity for each in identities}


def test_a_sum_that_no_word_says_to_be_one_may_be_a_habit_of_few_samples() -> None:
    few = severities(found(*([balanced(random.Random(k))] for k in range(4))))
    assert few == {"总计": "must", "新收": "usually"}
    many = severities(found(*([balanced(random.Random(k))] for k in range(8))))
    assert many == {"总计": "must", "新收": "must"}


def test_a_sum_that_no_word_says_to_be_one_and_that_fails_may_be_a_habit() -> None:
    samples = [[balanced(random.Random(k))] for k in range(8)]
    samples[3][0][3][2] = str(int(samples[3][0][3][2]) - 2)  # 办结
    samples[3][0][3][4] = str(int(samples[3][0][3][4]) - 2)  # its total
    identities = found(*samples)
    assert severities(identities) == {"总计": "must", "新收": "usually"}
    assert {each.rank for each in identities} == {"strong"}


def test_a_total_is_the_sum_of_its_columns_though_each_sample_prints_others() -> None:
    rng = random.Random(5)

    def sample(kinds: list[str], more: list[str], *, is_summed: bool = True) -> list[Texts]:
        head: list[str | None] = ["处罚数量", *([None] * (len(kinds) - 1))]
        names = [*more, *kinds]
        top = ["单位", *more, *head, *(["合计"] if is_summed else [])]
        rows: list[list[str | None]] = [top, ["^", *("^" for _ in more), *kinds]]
        rows[1] += ["^"] if is_summed else []
        for k in range(3):
            numbers = [rng.randint(1, 90) for _ in names]
            total = [str(sum(numbers[len(more) :]))] if is_summed else []
            rows.append([f"一科{k}", *map(str, numbers), *total])
        return [rows]

    identities = found(
        sample(["警告", "罚款", "没收"], []),
        sample(["罚款", "没收", "拘留"], ["立案", "结案"], is_summed=False),
        sample(["警告", "罚款", "拘留"], []),
        sample(["警告", "没收", "拘留"], []),
    )
    [total] = [each for each in identities if each.candidate.relation == "eq"]
    heads = {key.partition("／")[2] or key for key, _ in total.candidate.terms}
    assert heads == {"合计", "警告", "罚款", "没收", "拘留"}
    assert total.severity == "must"


def test_numbers_without_order_give_no_strong_identity() -> None:
    for seed in range(5):
        rng = random.Random(seed)
        samples: list[list[Texts]] = [
            [
                [
                    HEADER,
                    *([f"项{k}", *(str(rng.randint(0, 60)) for _ in range(4))] for k in range(8)),
                ]
            ]
            for _ in range(4)
        ]
        assert [each for each in found(*samples) if each.rank == "strong"] == []


def test_codes_add_up_to_those_above_them_and_to_the_total_within_rounding() -> None:
    rows = [
        ["编码", "名称", "金额"],
        ["201", "服务", "30.30"],
        ["20101", "人大", "10.10"],
        ["20102", "政协", "20.21"],
        ["205", "教育", "41.50"],
        ["20501", "管理", "11.25"],
        ["20502", "普通", "30.25"],
        ["合计", None, "71.80"],
    ]
    [tree] = found([rows])
    assert terms(tree) == ("tree", {"合计": 1})
    assert not tree.failures


def test_a_subtotal_that_is_zero_everywhere_is_unproved() -> None:
    rows = [
        ["项目", None, "金额"],
        ["公车", "小计", ""],
        ["^", "购置", ""],
        ["^", "运行", ""],
        ["接待", None, "3.00"],
        ["培训", None, "4.00"],
    ]
    [unproved] = [each for each in found([rows]) if each.rank == "unproved"]
    assert terms(unproved)[1] == {"公车／小计": 1, "公车／购置": -1, "公车／运行": -1}
    assert unproved.severity == "usually"


def test_what_holds_over_two_tables_is_never_must() -> None:
    rng = random.Random(3)
    samples: list[list[Texts]] = []
    for _ in range(4):
        numbers = [rng.randint(100, 999) for _ in range(3)]
        names = ["教育支出", "医疗支出", "交通支出"]
        one = [["项目", "决算数"], *([n, str(x)] for n, x in zip(names, numbers, strict=True))]
        two = [["功能", "本年数", "上年数"]]
        two += [[n, str(x), str(rng.randint(1, 9))] for n, x in zip(names, numbers, strict=True)]
        samples.append([one, two])
    across = [each for each in found(*samples) if each.candidate.over == "cells"]
    assert across
    assert {each.severity for each in across} == {"usually"}


def test_a_part_below_its_whole_is_a_bound_only_if_chance_does_not_explain_it() -> None:
    rng = random.Random(4)

    def sample(far: int) -> list[Texts]:
        rows = [["项目", "公开数", "文件"]]
        for k in range(4):
            whole = rng.randint(1, 100)
            rows.append([f"渠道{k}", str(whole + far), str(rng.randint(1, whole))])
        return [rows]

    near = [
        each for each in found(*(sample(0) for _ in range(6))) if each.candidate.relation == "ge"
    ]
    assert [terms(each)[1] for each in near] == [{"公开数": 1, "文件": -1}]
    far = found(*(sample(10_000) for _ in range(6)))
    assert [each for each in far if each.candidate.relation == "ge"] == []


def bounds(identities: list[Identity]) -> list[dict[str, int]]:
    return [terms(each)[1] for each in identities if each.candidate.relation == "ge"]


def test_a_label_that_says_of_which_it_is_a_part_needs_few_samples() -> None:
    rows = [
        ["项目", "上年数", "本年数"],
        ["培训人数", "9000", "8000"],
        ["其中：农村", "20", "30"],
        ["其中：女性", "10", "40"],
        ["补贴", "3", "4"],
    ]
    assert bounds(found([rows])) == [
        {"培训人数": 1, "其中农村": -1},
        {"培训人数": 1, "其中女性": -1},
    ]
    rows[2][1] = "9001"
    assert bounds(found([rows])) == [{"培训人数": 1, "其中女性": -1}]


def test_a_bound_may_fail_in_one_sum_of_many_that_is_misprinted() -> None:
    rng = random.Random(6)

    def sample(number: int) -> list[Texts]:
        rows = [["项目", "申请数", "受理数"]]
        for k in range(4):
            whole = rng.randint(1, 100)
            rows.append([f"渠道{k}", str(whole), str(rng.randint(1, whole))])
        if number in misprinted:
            rows[1][2] = str(int(rows[1][1]) + 3)
        return [rows]

    misprinted = {4}
    assert bounds(found(*map(sample, range(8)))) == [{"申请数": 1, "受理数": -1}]
    misprinted = {2, 4, 6}
    assert bounds(found(*map(sample, range(8)))) == []


def test_a_label_with_words_more_within_is_a_part_of_the_row_of_another_table() -> None:
    one = [["项目", "决算数"], ["收入", "9.00"], ["年初结转和结余", "5.00"], ["用途", "2.00"]]
    two = [["项目", "决算数"], ["拨款", "7.00"], ["年初财政拨款结转和结余", "4.00"]]
    [bound] = [each for each in found([one, two]) if each.candidate.relation == "ge"]
    [instance] = bound.candidate.instances
    assert {key.row: sign for key, sign in instance.items()} == {
        "年初结转和结余": 1, "年初财政拨款结转和结余": -1,
    }  # fmt: skip
    assert bound.severity == "usually"


def test_shares_and_changes_do_not_add_up_and_hide_no_sum() -> None:
    rng = random.Random(7)

    def sample() -> list[Texts]:
        numbers = [[rng.randint(5, 90) for _ in range(2)] for _ in range(3)]
        rows = [["项目", "户数", "人数", "比上年增长（%）"]]
        rows += [
            [f"类{k}", *map(str, own), f"{rng.randint(1, 30)}.5"] for k, own in enumerate(numbers)
        ]
        return [[*rows, ["总计", *(str(sum(own)) for own in zip(*numbers, strict=True)), "7.5"]]]

    [total] = [each for each in found(*(sample() for _ in range(4))) if each.severity == "must"]
    assert terms(total) == ("column", {"总计": 1, "类0": -1, "类1": -1, "类2": -1})
    assert {key.column for own in total.candidate.instances for key in own} == {"户数", "人数"}
