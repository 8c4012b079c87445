"""The words around the tables of made final accounts: cover, contents, captions and prose."""

from __future__ import annotations

from .model import Item, Para, Table

CAPTIONS = {
    "revenue_expenditure_summary": "收入支出决算总表",
    "revenue": "收入决算表",
    "expenditure": "支出决算表",
    "appropriation_summary": "财政拨款收入支出决算总表",
    "general_budget_expenditure": "一般公共预算财政拨款支出决算表",
    "general_budget_basic_expenditure": "一般公共预算财政拨款基本支出决算表",
    "three_public_expenses": "财政拨款“三公”经费支出决算表",
    "government_managed_funds": "政府性基金预算财政拨款收入支出决算表",
    "state_capital_operations": "国有资本经营预算财政拨款收入支出决算表",
}
NOTES = {
    "revenue_expenditure_summary": "本表反映部门本年度的总收支和年末结转结余情况。",
    "revenue": "本表反映部门本年度取得的各项收入情况。",
    "expenditure": "本表反映部门本年度各项支出情况。",
    "appropriation_summary": "本表反映部门本年度财政拨款总收支和结转结余情况。",
    "general_budget_expenditure": "本表反映部门本年度一般公共预算财政拨款支出情况。",
    "general_budget_basic_expenditure": "本表反映部门本年度一般公共预算财政拨款基本支出明细情况。",
    "three_public_expenses": "本表反映部门本年度“三公”经费支出预决算情况。",
    "government_managed_funds": "本表反映部门本年度政府性基金预算财政拨款收入支出及结转情况。",
    "state_capital_operations": "本表反映部门本年度国有资本经营预算财政拨款收入支出及结转情况。",
}
NO_DATA = {
    "three_public_expenses": "“三公”经费财政拨款支出",
    "government_managed_funds": "政府性基金预算财政拨款收入和支出",
    "state_capital_operations": "国有资本经营预算财政拨款收入和支出",
}
_TERMS = (
    "一、财政拨款收入：指财政部门当年拨付的资金。",
    "二、基本支出：指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。",
    "三、项目支出：指在基本支出之外为完成特定任务和事业发展目标所发生的支出。",
    "四、年初结转和结余：指以前年度尚未完成、结转到本年仍按原规定用途继续使用的资金。",
)


def cover(body: str, year: int) -> list[Item]:
    title: list[Item] = [Para(body, "title"), Para(f"{year}年度部门决算", "title")]
    return title


def contents(captions: list[str], head: str, dotted: bool) -> list[Item]:
    """Return the 目录, which lists every caption once more."""
    numerals = "一二三四五六七八九十"
    lines = ["第一部分 概况", "一、主要职能", "二、部门决算单位构成", head]
    lines += [f"{numerals[n % 10]}、{text}" for n, text in enumerate(captions)]
    lines += ["第三部分 决算情况说明", "第四部分 名词解释"]
    dots = "…" * 12
    items: list[Item] = [Para("目  录", "center")]
    return items + [
        Para(f"{line}{dots}{n + 3}" if dotted else line) for n, line in enumerate(lines)
    ]


def overview(body: str, units: Table) -> list[Item]:
    return [
        Para("第一部分  概况", "heading"),
        Para("一、主要职能", "heading"),
        Para(f"{body}贯彻执行国家有关法律法规，负责本行政区域相关工作的组织实施和监督管理。"),
        Para("（一）拟订工作规划并组织实施；（二）承担上级交办的其他任务。"),
        Para("二、部门决算单位构成", "heading"),
        Para(f"从预算单位构成看，{body}部门决算包括：{body}本级决算、下属事业单位决算。"),
        units,
    ]


def terms() -> list[Item]:
    return [Para("第四部分  名词解释", "heading"), *map(Para, _TERMS)]
