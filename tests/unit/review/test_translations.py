"""The texts of the pages in both languages."""

from __future__ import annotations

from string import Formatter

from gongkai.database.vocabulary import vocabulary
from gongkai.review.translations import LANGUAGES, load_translations


def test_every_language_has_the_same_texts() -> None:
    chinese = load_translations("zh")
    for language in LANGUAGES:
        assert load_translations(language).keys() == chinese.keys()


def test_every_language_fills_in_the_same_values() -> None:
    def fields(text: str) -> int:
        parsed = Formatter().parse(text)  # words that depend on a number use a value again
        return sum(
            name is not None and not (form or "").startswith("|") for _, name, form, _ in parsed
        )

    chinese, english = load_translations("zh"), load_translations("en")
    assert {name: fields(text) for name, text in chinese.items()} == {
        name: fields(text) for name, text in english.items()
    }


def test_the_words_of_codes_are_in_the_vocabulary_only() -> None:
    codes = ("status", "checks.status", "decisions.standing", "decisions.verdict")
    known = {(word.name_zh, word.name_en) for code in codes for word in vocabulary()[code].values()}
    chinese, english = load_translations("zh"), load_translations("en")
    copies = {name for name in chinese if (chinese[name], english[name]) in known}
    assert copies == set()


def test_an_unknown_language_is_chinese() -> None:
    assert load_translations("fr") == load_translations("zh") != load_translations("en")
