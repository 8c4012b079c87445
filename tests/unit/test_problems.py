"""The catalogue of problems, and its use in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from gongkai.extractors.pdf.pdfium_api import _OPEN_ERRORS
from gongkai.language import in_language
from gongkai.model import Box, Problem
from gongkai.problems import advice, catalogue, make_problem, message
from helpers.registry import ROOT

SOURCE = ROOT / "src" / "gongkai"
_OF_FAMILIES = {"provisional_form", "provisional_table"}  # chosen by a family's data
_OPEN = {*_OPEN_ERRORS.values(), "pdf_perhaps_damaged"}  # looked up by pdfium's error


def _calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield path.relative_to(SOURCE).as_posix(), node


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_a_problem_has_its_message_from_the_catalogue() -> None:
    box = Box(1, 2, 3, 4)
    assert make_problem("missing_sections", missing=2) == Problem(
        "missing_sections", "有2个法定章节没有找到"
    )
    assert make_problem("other_table", 3, box) == Problem(
        "other_table", "一张不属于《表》的表格，未入库", 3, box
    )
    with pytest.raises(KeyError):
        message("no_such_code")


def test_advice_is_there_for_known_codes_only() -> None:
    assert advice("no_year") == "Enter the year in `gongkai review`."
    with in_language("zh"):
        assert advice("no_year") == "用 `gongkai review` 填写年度"
    assert advice("code_of_another_version") is None


def test_both_languages_fill_in_the_same_values() -> None:
    for code, kind in catalogue().items():
        chinese, english = map(_placeholders, (kind.message_zh, kind.message_en))
        assert english <= chinese, code
        assert (kind.severity == "error") == (kind.scope == "file"), code


def test_codes_of_the_source_are_those_of_the_catalogue_with_their_values() -> None:
    used = set()
    for path, call in _calls("message", "make_problem"):
        code = call.args[0]
        if path == "problems.py" or not isinstance(code, ast.Constant):
            continue
        used.add(code.value)
        given = {keyword.arg for keyword in call.keywords} - {"page", "box"}
        wanted = _placeholders(catalogue()[code.value].message_zh)
        assert given == wanted - {"page", "box"}, f"{path}: {code.value}"
    assert used | _OPEN | _OF_FAMILIES == set(catalogue())


def test_no_problem_is_built_past_the_catalogue() -> None:
    outside = {path for path, _ in _calls("Problem")}
    assert outside == {"problems.py", "queries/report_loader.py"}
    for path, call in _calls("UnreadableFile", "OcrMissing", "NotAReport"):
        assert ast.unparse(call.args[0]).startswith("message("), f"{path}:{call.lineno}"
