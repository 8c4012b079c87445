"""Text from files cannot hide, forge or run anything where people look at it."""

from __future__ import annotations

import pytest

from gongkai.render.sanitize import escape_controls, escape_formula, escape_line

HIDDEN = {
    "\x1b": "\\x1b",
    "\x9b": "\\x9b",
    "\xad": "\\xad",  # shown only at the end of a line
    "\u034f": "\\u034f",
    "\u115f": "\\u115f",
    "\u180e": "\\u180e",
    "\u200d": "\\u200d",
    "\u202e": "\\u202e",  # reverses what follows
    "\u2067": "\\u2067",
    "\u206e": "\\u206e",
    "\u2800": "\\u2800",  # Braille without dots
    "\u3164": "\\u3164",  # a filler as wide as a character
    "\uffa0": "\\uffa0",
    "\ufe0f": "\\ufe0f",
    "\ufff9": "\\ufff9",
    "\ud800": "\\ud800",
    "\U000e0041": "\\U000e0041",  # a tag: text that no font shows
    "\U000e0100": "\\U000e0100",
}


@pytest.mark.parametrize(("hidden", "shown"), HIDDEN.items(), ids=HIDDEN.values())
def test_what_cannot_be_seen_is_shown_as_an_escape(hidden: str, shown: str) -> None:
    assert escape_controls(f"清{hidden}河\n") == f"清{shown}河\n"


def test_ordinary_text_is_shown_as_it_is() -> None:
    text = "清河市公安局（本级）\u3000“12”件\ufffd\ue000\t①〇㐂é\U00020000\n"
    assert escape_controls(text) == text


def test_a_name_cannot_look_like_further_lines() -> None:
    assert escape_line("a.pdf\nb.pdf  loaded\t\r") == "a.pdf\\x0ab.pdf  loaded\\x09\\x0d"


@pytest.mark.parametrize("text", ["=1+1", "\x00=1+1", "\ufeff\x00@SUM(A1)", "\u200b-1", "\t=1"])
def test_a_formula_is_text_even_behind_what_a_spreadsheet_drops(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


def test_other_text_is_not_quoted() -> None:
    for text in ("", "12", "a=1", "\x00a", "（=1）"):
        assert escape_formula(text) == text
