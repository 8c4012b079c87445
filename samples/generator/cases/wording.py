"""Cases of labels and section titles: misprints and variants."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..model import Para
from .registry import Job, add

# Characters that some converters replace by look-alikes from the CJK radical blocks.
RADICALS = str.maketrans("一二人八大示自行见门长页金其士力工", "⼀⼆⼈⼋⼤⽰⾃⾏⻅⻔⻓⻚⾦其⼠⼒⼯")
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


def _change_labels(change: Callable[[str], str], *roles: str) -> Callable[[Job], None]:
    """Return a change that rewrites the labels of some cell roles, by default of all."""
    wanted = roles or ("label", "group", "header", "article", "corner")

    def hook(job: Job) -> None:
        for cell in job.built_report().cells():
            if cell.role in wanted:
                cell.text = change(cell.text)

    return hook


def _set_labels(texts: dict[str, str]) -> Callable[[Job], None]:
    """Return a change that sets the labels of marked cells."""

    def hook(job: Job) -> None:
        for mark, text in texts.items():
            for cell in job.marked(mark):
                cell.text = text

    return hook


def _without_ordinal(text: str) -> str:
    return re.sub(r"^(?:[一二三四](?=、)|[1-8]\.|（[一二三四五六七]）)", "", text)


def _headings_without_ordinal(job: Job) -> None:
    for number in "三四":
        section = job.built_report().section(number)
        section.heading = section.heading[1:]


def _section_titles(titles: dict[str, str]) -> Callable[[Job], None]:
    """Return a change that replaces section titles."""

    def hook(job: Job) -> None:
        job.plan.titles = dict(titles)

    return hook


def _shift_numbering(job: Job) -> None:
    for section, printed in zip(job.built_report().sections, ("", *"一二三四五"), strict=True):
        section.heading = f"{printed}、{section.title}" if printed else section.title


def _number_topics_as_sections(job: Job) -> None:
    first = job.built_report().section("一")
    first.items = [
        Para(re.sub(r"^（([一二三四五])）", r"\1、", item.text), item.kind)
        if isinstance(item, Para)
        else item
        for item in first.items
    ]


def _variants_2021(job: Job) -> None:
    year = job.plan.year
    _set_labels(
        {
            "normative_documents": "规范性文件",
            "issued_this_year": f"本年({year})制发件数",
            "repealed_this_year": "本年废止数",
            "in_force": "现行有效件",
            "decisions": f"处理决定数量（{year}年办件量）",
            "第二十条第（一）项": "第二十条 第（一）项",
            "第二十条第（五）项": "第二十条第()",
        }
    )(job)


GROUP = "labels and titles of sections"
add(
    "label-misprints",
    GROUP,
    "行政止公开, 其它, 结转下一年度继续办理",
    slots="labels",
    change_report=_set_labels(
        {
            "denied_law_prohibits": "2.其他法律行政止公开",
            "other_organization": "其它",
            "other_misc": "3.其它",
            "other": "（六）其它处理",
            "carried_over_out": "四、结转下一年度继续办理",
            "reconsideration.other": "其它结果",
        }
    ),
)
add(
    "label-enumeration",
    GROUP,
    "1、 for 1. in labels",
    slots="labels",
    change_report=_change_labels(lambda t: re.sub(r"^([1-8])\.", r"\1、", t)),
)
add(
    "label-half-width",
    GROUP,
    "half-width brackets and commas in labels",
    slots="labels",
    change_report=_change_labels(
        lambda t: t.replace("（", "(").replace("）", ")").replace("，", ",")
    ),
)
add(
    "label-full-width",
    GROUP,
    "full-width digits and stops in labels",
    slots="labels",
    change_report=_change_labels(lambda t: t.translate(FULL_WIDTH), "label"),
)
add(
    "label-radicals",
    GROUP,
    "look-alike characters from the CJK radical blocks",
    slots="labels",
    change_report=_change_labels(lambda t: t.translate(RADICALS)),
)
add(
    "label-first-glyph-lost",
    GROUP,
    "labels without their first character: 政许可, 政处罚, 政强制",
    slots="labels section-two",
    change_report=_set_labels(
        {
            "administrative_licensing": "政许可",
            "administrative_penalties": "政处罚",
            "administrative_coercion": "政强制",
        }
    ),
)
add(
    "label-ordinals-lost",
    GROUP,
    "labels without their ordinals",
    slots="labels",
    change_report=_change_labels(_without_ordinal, "label", "group"),
)
add(
    "label-variants-2021",
    GROUP,
    "规范性文件, 本年(2023)制发件数, 第二十条第() in the 2021 form",
    slots="labels form section-two",
    change_report=_variants_2021,
)
add(
    "label-short-others",
    GROUP,
    "short labels of （六）: 1.逾期不补正 2.逾期不缴费",
    slots="labels form",
    change_report=_set_labels(
        {"other_no_supplement": "1.逾期不补正", "other_unpaid_fee": "2.逾期不缴费"}
    ),
)
add(
    "heading-ordinal-lost",
    GROUP,
    "section headings without their numerals",
    slots="headings",
    change_report=_headings_without_ordinal,
)
add(
    "titles-long",
    GROUP,
    "long section titles copied from the regulation",
    slots="headings titles2",
    change_plan=_section_titles(
        {
            "二": "行政机关主动公开政府信息情况",
            "三": "行政机关收到和处理政府信息公开申请情况",
            "四": "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
            "五": "政府信息公开工作存在的主要问题及改进情况",
        }
    ),
)
add(
    "titles-variants",
    GROUP,
    "misprinted and shortened section titles",
    slots="headings titles2",
    change_plan=_section_titles(
        {
            "二": "主动公开政府信息的情况",
            "三": "收到和处理政府信息公开申请的情况",
            "四": "政府信息公开行政复议、刑侦诉讼情况",
            "五": "存在问题及改进情况",
            "六": "其他需要报告事项",
        }
    ),
)
add(
    "sections-off-by-one",
    GROUP,
    "总体情况 without a numeral, the others numbered from 一",
    slots="headings",
    change_report=_shift_numbering,
)
add(
    "sub-topics-as-sections",
    GROUP,
    "the topics inside section one numbered 一、二、三、",
    slots="headings prose",
    change_report=_number_topics_as_sections,
)
