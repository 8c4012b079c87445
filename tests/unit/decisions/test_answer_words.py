"""One table of words for answers, in both languages."""

from __future__ import annotations

from typing import get_args

import pytest

from gongkai.database.codes import STATES
from gongkai.decisions.answer_words import answers_to, is_anything_read, meaning, word
from gongkai.decisions.queue import ITEM_KINDS
from gongkai.decisions.records import Verdict
from gongkai.language import LANGUAGES, in_language


def test_every_answer_state_and_kind_has_a_word_that_is_understood() -> None:
    for language in LANGUAGES:
        with in_language(language):
            for verdict in (*get_args(Verdict), "kept"):
                assert meaning("answer", word("answer", verdict)) == verdict
            for state in STATES:
                assert meaning("state", word("state", state)) == state
            for kind in ITEM_KINDS:
                assert word("kind", kind)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("照读", "accepted"), ("As  Read", "accepted"), ("accepted", "accepted"),
        ("print_fault", "print_fault"), ("原文有误", "print_fault"), ("空", "blank"),
        ("six", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_both_languages_and_ids_are_understood(text: str, answer: str | None) -> None:
    assert meaning("answer", text) == answer


def test_as_read_is_an_answer_only_where_something_was_read() -> None:
    assert "accepted" in answers_to("cell")
    assert "accepted" not in answers_to("cell", is_read=False)
    for state, text, is_read in (
        ("number", "6", True), ("mark", "/", True), ("blank", "", False),
        ("unreadable", "6", False), (None, None, False),
    ):  # fmt: skip
        assert is_anything_read(state, text) is is_read, state
