"""The words for answers, on the page of a review, on its sheet and in CSV.

They are those of the vocabulary, as answers are verdicts that the database stores. What it does not
store is in ``answer_words.csv``: kinds of items in the queue, and that an agency or year is kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from gongkai.database.vocabulary import Word, vocabulary
from gongkai.decisions.records import Decision, DecisionKind

What = Literal["answer", "state", "kind"]
_STORED = {  # the column of the vocabulary
    "answer": "decisions.verdict",
    "state": "state",
    "kind": "decisions.kind",
}
_CELL_ANSWERS = ("accepted", "typed", "blank", "unreadable")
_HEAD_ANSWERS = ("kept", "set")


def word(what: What, name: str) -> str:
    """Return the word for an answer, a state or a kind of item in the current language.

    Answers are verdicts of decisions, and ``kept``: an agency or a year is left as it is.
    """
    return _table()[what][name].name


def meaning(what: What, text: str) -> str | None:
    """Return the answer, state or kind that a word means, in any language; None if unknown.

    A word may also be the id itself, such as ``print_fault``.
    """
    return _by_word()[what].get(_folded(text))


def answer_about(kind: DecisionKind, text: str) -> str | None:
    """Return the answer that a word means about a cell, check, agency or year; None if unknown.

    Of an agency or a year ``as read`` means that it is left as it is, and ``change to`` names it.
    """
    answer = meaning("answer", text)
    same = dict(zip(_CELL_ANSWERS, _HEAD_ANSWERS, strict=False))
    if kind == "cell":
        same = {head: cell for cell, head in same.items()}
    return same.get(answer, answer) if answer is not None else None


def answers_to(kind: DecisionKind, *, is_read: bool = True) -> tuple[str, ...]:
    """Return the answers that a person may give about a cell, check, agency or year.

    ``is_read``: whether the machine read anything in the cell, which can be right.
    """
    match kind:
        case "cell":
            return _CELL_ANSWERS if is_read else _CELL_ANSWERS[1:]
        case "check":
            return ("print_fault",)
    return _HEAD_ANSWERS


def is_anything_read(state: str | None, text: str | None) -> bool:
    """Return whether the machine read anything in a cell that a person could call right."""
    return state in ("number", "mark", "text") or bool(state == "blank" and text)


def told(decision: Decision) -> str:
    """Return a decision in words, such as ``改为 6``."""
    name: str = decision.verdict
    if name == "accepted" and decision.kind in ("agency", "year"):
        name = "kept"
    said = decision.read_text if name == "accepted" else decision.text or decision.value
    return f"{word('answer', name)} {said or ''}".strip()


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()


@cache
def _table() -> Mapping[str, Mapping[str, Word]]:
    table = {what: dict(vocabulary()[column]) for what, column in _STORED.items()}
    with files("gongkai.decisions").joinpath("answer_words.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            also = tuple(filter(None, row["also"].split("|")))
            table[row["what"]][row["id"]] = Word(row["zh"], row["en"], also)
    return table


@cache
def _by_word() -> Mapping[str, Mapping[str, str]]:
    stored = {what: dict(_spellings(vocabulary()[column])) for what, column in _STORED.items()}
    return {what: stored[what] | dict(_spellings(words)) for what, words in _table().items()}


def _spellings(words: Mapping[str, Word]) -> Iterator[tuple[str, str]]:
    for name, each in words.items():
        for text in (name, each.name_zh, each.name_en, *each.others):
            yield _folded(text), name
