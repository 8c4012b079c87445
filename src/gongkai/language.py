"""The language of what people read: Chinese or English, never both.

The English text is written where it is used: ``tr("{count} findings", count=3)``. The Chinese text
is in ``messages.zh.json``, with the English text as its key. What a database contains is not
translated. An English word that depends on a number is written ``{count:|finding|findings}``.
"""

from __future__ import annotations

import contextlib
import functools
import json
import locale
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
VARIABLE = "GONGKAI_LANG"

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order of POSIX
_CHINESE = ("zh", "chinese")  # Windows writes Chinese (Simplified)_China
_current: ContextVar[Language] = ContextVar("language", default="en")


def current_language() -> Language:
    """The language of this context; English unless ``use_language`` has chosen."""
    return _current.get()


def use_language(language: Language) -> None:
    """Choose the language of this context: a thread, or a request of a server."""
    _current.set(language)


@contextlib.contextmanager
def in_language(language: Language) -> Iterator[None]:
    """Use a language within the ``with`` block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def language_of(environment: Mapping[str, str]) -> Language | None:
    """The language by the environment variables of a process: GONGKAI_LANG, else the locale.

    None if GONGKAI_LANG is neither Chinese nor English. Without a variable the locale of the
    process decides, which Windows takes from the user's settings.
    """
    if wanted := environment.get(VARIABLE, "").lower():
        return next((each for each in LANGUAGES if wanted.startswith(each)), None)
    names = (environment.get(name) for name in _LOCALE_VARIABLES)
    name = next(filter(None, names), None) or locale.getlocale(locale.LC_CTYPE)[0] or ""
    return "zh" if name.lower().startswith(_CHINESE) else "en"


def tr(text: str, /, **values: object) -> str:
    """A text in the current language, with the values filled in as by ``fill``.

    ``text`` is a literal, so that a test finds it in the catalogue.
    """
    if _current.get() == "zh":
        text = catalogue().get(text, text)
    return fill(text, **values) if values else text


def fill(text: str, /, *values: object, **named: object) -> str:
    """Fill values into a text as ``str.format`` does, and words that depend on a number.

    ``{count:|file|files}`` is ``file`` where the count is 1, else ``files``.
    """
    return (
        _TEMPLATES.format(text, *values, **named) if ":|" in text else text.format(*values, **named)
    )


def tr_noop(text: str) -> str:
    """Mark a text that a later ``tr`` translates, such as an entry of a table of texts."""
    return text


def tr_filled(text: str, templates: Iterable[str]) -> str:
    """Translate a text that another library has filled in, by the template that it matches.

    A text that matches no template is returned as it is.
    """
    if _current.get() == "zh":
        for template in templates:
            if (values := filled_in(template, text)) is not None:
                return tr(template, **values)
    return text


def filled_in(template: str, text: str) -> dict[str, str] | None:
    """The values that were filled into a template for ``str.format``; None for other texts.

    A placeholder such as ``{year:d}`` takes digits only, all others take any text.
    """
    found = _pattern(template).fullmatch(text)
    return None if found is None else found.groupdict()


class _Templates(string.Formatter):
    """``str.format`` with a format for words that depend on a number."""

    def format_field(self, value: object, format_spec: str) -> str:
        if not format_spec.startswith("|"):
            return str(super().format_field(value, format_spec))
        one, many = format_spec[1:].split("|")
        return one if str(value) == "1" else many


_TEMPLATES = _Templates()


@functools.cache
def catalogue() -> dict[str, str]:
    """The Chinese texts by the English ones."""
    from importlib.resources import files  # commands in English do without

    text = files("gongkai").joinpath("messages.zh.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{\w+[^}]*\})", template)  # literal, placeholder, literal, ...
    seen: set[str] = set()
    for place in range(1, len(pieces), 2):
        name, _, form = pieces[place].strip("{}").partition(":")
        value = r"\d+" if form == "d" else ".*"
        pieces[place] = f"(?P={name})" if name in seen else f"(?P<{name}>{value})"
        seen.add(name)
    pieces[::2] = map(re.escape, pieces[::2])
    return re.compile("".join(pieces), re.DOTALL)
