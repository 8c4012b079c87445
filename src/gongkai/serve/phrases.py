"""Datasette's own pages in Chinese: the phrases of its templates are translated as they compile.

``datasette.zh.json`` holds the phrases. Only the text of a template is translated, and the words
that its code shows in a few variables; never what the database contains. A test finds phrases of
the installed Datasette that the table lacks.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

MENU_SCRIPT = "/-/static/table.js"  # the address of Datasette's script
_FILTER = "gongkai_phrase"
# Variables whose words are Datasette's: operators of filters, show or hide, home, errors.
_VARIABLES = frozenset(("display", "show_hide_text", "item.label", "title", "error"))
_PIECE = re.compile(r"<!--.*?-->|<[^<>]*>?|>|[^<>]+", re.DOTALL)
_ATTRIBUTE = re.compile(r'(?<=\s)((?:value|title|placeholder|aria-label)=")([^"]+)"')
_QUIET = re.compile(r"<(/?)(?:script|style)\b")  # what these elements contain is not text


@functools.cache
def phrases() -> Mapping[str, str]:
    """The Chinese phrases by Datasette's English ones."""
    text = files("gongkai.serve").joinpath("datasette.zh.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


class ChinesePages:
    """A plugin of Datasette that translates its pages."""

    __name__ = "gongkai_chinese_pages"  # Datasette asks plugins for it

    @hookimpl
    def prepare_jinja2_environment(self, env: Environment) -> None:
        """Translate the templates that are compiled from now on."""
        env.filters[_FILTER] = lambda value: phrases().get(value, value)
        env.add_extension(_Translation)

    @hookimpl
    def extra_template_vars(self) -> Mapping[str, Any]:
        """Leave out the sentence about the filters, which the form of the filters shows, too."""
        return {"human_description_en": ""}


@functools.cache
def menu_script() -> str:
    """Datasette's script for the menus of columns, with its phrases in Chinese."""
    script = files("datasette").joinpath("static", "table.js").read_text(encoding="utf-8")
    for phrase, chinese in phrases().items():
        pattern = rf'(?<=[>"`]){re.escape(phrase)}(?=[<"]|: \$)'
        script = re.sub(pattern, chinese, script)
    return script


class _Translation(Extension):
    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Translate text, and append the filter to variables that hold words."""
        markup = MarkupText()
        held: list[Token] = []  # the variable since its {{
        for token in stream:
            if token.type == "data":
                text = "".join(
                    _put(piece, found) for piece, found in markup.pieces(str(token.value))
                )
                yield Token(token.lineno, "data", text)
            elif token.type == "variable_begin" or held:
                held.append(token)
                if token.type == "variable_end":
                    yield from _with_filter(held)
                    held = []
            else:
                yield token


class MarkupText:
    """Finds the phrases in the text of a template, which comes in pieces between its tags."""

    def __init__(self) -> None:
        self._in_tag = self._is_quiet = False

    def pieces(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The pieces of a text, each with the phrases in it: its text, or its attributes'."""
        for piece in _PIECE.findall(text):
            if piece.startswith("<"):
                self._in_tag = not piece.endswith(">")
                if quiet := _QUIET.match(piece):
                    self._is_quiet = not quiet[1]
                yield piece, tuple(found[2] for found in _ATTRIBUTE.finditer(piece))
            elif piece == ">":
                self._in_tag = False
                yield piece, ()
            elif self._in_tag:
                yield piece, tuple(found[2] for found in _ATTRIBUTE.finditer(piece))
            else:
                phrase = "" if self._is_quiet else " ".join(piece.split())
                yield piece, (phrase,) if phrase else ()


def _put(piece: str, found: Iterable[str]) -> str:
    """A piece with its phrases in Chinese; space around a text stays, but not before a comma."""
    known = phrases()
    for phrase in found:
        if phrase not in known:
            continue
        if piece.lstrip().startswith("<") or '="' in piece:
            piece = piece.replace(f'="{phrase}"', f'="{known[phrase]}"')
        else:
            piece = piece.replace(piece.strip(), known[phrase])
            piece = re.sub(r"^\s+(?=，)", "", piece)
    return piece


def _with_filter(tokens: list[Token]) -> Iterator[Token]:
    """The tokens of a variable, with the filter if it holds words."""
    *_, end = tokens
    if "".join(str(token.value) for token in tokens[1:-1]) in _VARIABLES:
        line = end.lineno
        yield from tokens[:-1]
        yield from (Token(line, "pipe", "|"), Token(line, "name", _FILTER), end)
    else:
        yield from tokens
