"""Stored sentences in the language of the reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.language import filled_in, in_language
from gongkai.render.stored_texts import in_reader_language, stored_text, templates
from helpers.registry import ROOT

SOURCE = ROOT / "src" / "gongkai"
# The modules that compose sentences which a database stores.
COMPOSERS = (
    *(f"checks/{name}.py" for name in (
        "across", "causes", "history", "identities", "narrative", "narrative_ratios", "no_data",
        "ocr_confidence", "table_checks",
    )),
    "reading/cross_check.py", "reading/sight/sightings.py", "queries/findings.py",
    *(f"normalizers/tables/{name}.py" for name in ("free_tables", "label_alignment", "values")),
)  # fmt: skip
# Parts of a sentence that a template holds in another order, or joins of lists, and patterns.
WORDS = {"发布机关", "报告年度", "人工核定", "前言", "年"}
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


def composed(path: Path) -> Iterator[str]:
    """The Chinese pieces of the texts of a module, without patterns and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    patterns = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("compile", "fullmatch")
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docs | patterns:
            yield from _CHINESE.findall(re.sub(r"\{[^}]*\}", " ", str(node.value)))


@pytest.mark.parametrize("name", COMPOSERS)
def test_every_composed_sentence_has_a_template(name: str) -> None:
    known = "\n".join(templates())
    pieces = set(composed(SOURCE / name))
    assert pieces, "the module composes sentences"
    assert {piece for piece in pieces - WORDS if piece not in known} == set()


@pytest.mark.parametrize(
    ("stored", "english"),
    [
        ("总计：（一）予以公开40 + 3.其他2 = 42，不等于 （七）总计102（其中1格为空或符号，不计入）",
         "总计: （一）予以公开40 + 3.其他2 = 42 is not （七）总计102 "
         "(1 of the cells is blank or a mark and does not count)"),
        ("总计：甲与乙之和18，等于 各项之和18",
         "总计: the sum of 甲与乙, 18 is the sum of all terms, 18"),
        ("图片识别：把握不足（87%），勾稽关系未能证明此数",
         "OCR: not sure enough (87%), and no sum proves the number"),
        ("2023年格式应有而未见：甲、乙等9格（此格式为暂定，标签待核）",
         "cells of the form of 2023 that are not there: 甲, 乙 and others, 9 in all "
         "(the form is provisional; its labels are to be confirmed)"),
        ("公开／总计：印作“l2”，读不成数字，不是一个数：l2（按勾稽关系应为 12）",
         "公开／总计: printed “l2”, not a number; not a number: l2 (by its sums it should be 12)"),
        ("新收·总计：2021年255，2022年6，变化异常",
         "新收·总计: 255 in 2021, 6 in 2022: an unusual change"),
        ("总计：二、上年结转4 = 4，不小于 四、结转下年度继续办理3",
         "总计: 二、上年结转4 = 4 is at least 四、结转下年度继续办理3"),
        ("标签的次序或文字与《表》不符：三、结果／总计、四、结转",
         "the order or the text of labels is not that of the form: 三、结果／总计, 四、结转"),
        ("有3个法定章节没有找到", "Not found: 3 of the statutory sections"),
        ("没有模板的话", "没有模板的话"),
        ("already English", "already English"),
    ],
)  # fmt: skip
def test_a_stored_sentence_is_read_in_english(stored: str, english: str) -> None:
    with in_language("en"):
        assert stored_text(stored) == english
    with in_language("zh"):
        assert stored_text(stored) == stored


def test_templates_have_the_same_placeholders() -> None:
    for chinese, english in templates().items():
        names = set(re.findall(r"\{(\w+)", english))
        assert names <= set(re.findall(r"\{(\w+)", chinese)), chinese
        filled = re.sub(r"\{(\w+)[^}]*\}", r"<\1>", re.sub(r"\{\w+:d\}", "2023", chinese))
        assert filled_in(chinese, filled) is not None, chinese


def test_only_columns_of_sentences_are_translated() -> None:
    rows = [("此格读不出", "此格读不出", None, 3)]
    with in_language("en"):
        [row] = in_reader_language(("doubt", "text", "message", "reason"), rows)
    assert tuple(row) == ("the cell is not readable", "此格读不出", None, 3)
