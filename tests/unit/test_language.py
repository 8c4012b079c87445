"""The choice of a language, and texts in it."""

from __future__ import annotations

import pytest

from gongkai.language import current_language, fill, in_language, language_of, tr, tr_filled


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"GONGKAI_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        ({"GONGKAI_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"GONGKAI_LANG": "fr"}, None),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_variable_decides_before_the_locale(
    environment: dict[str, str], language: str | None
) -> None:
    assert language_of(environment) == language


def test_without_a_variable_the_locale_of_the_process_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows sets no variable, and names the locale so."""
    monkeypatch.setattr("locale.getlocale", lambda _: ("Chinese (Simplified)_China", "936"))
    assert language_of({}) == "zh"


def test_texts_are_english_outside_a_chinese_context() -> None:
    assert tr("{count} {count:|finding|findings}", count=3) == "3 findings"
    with in_language("zh"):
        assert tr("{count} {count:|finding|findings}", count=3) == "共 3 项"
        assert tr("no such text {in braces}") == "no such text {in braces}"
    assert current_language() == "en"


def test_words_depend_on_a_number() -> None:
    text = "{count} {count:|file|files} with {rows} {rows:|row|rows}"
    assert tr(text, count=1, rows=2) == "1 file with 2 rows"
    assert tr(text, count=0, rows=1) == "0 files with 1 row"
    assert fill("{0:,} {0:|row|rows}", 1000) == "1,000 rows"
    assert fill("{0} {0:|row|rows}", "1") == "1 row"  # out of a stored text


def test_a_text_of_another_library_is_translated_by_its_template() -> None:
    templates = ("No such option: {name} (Possible options: {names})", "No such option: {name}")
    with in_language("zh"):
        assert tr_filled("No such option: --x", templates) == "没有选项 --x"
        assert tr_filled("Something else", templates) == "Something else"
