"""The templates of HTML pages."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from gongkai.language import current_language, fill, tr
from gongkai.render.sanitize import escape_controls
from gongkai.render.stored_texts import stored_text


def html_templates(package: str) -> Environment:
    """The templates in the folder ``templates`` of a package.

    Values are escaped, and characters that hide or reverse text are shown as escapes. Templates
    have ``tr``, ``fill`` and ``stored_text`` for texts, and ``html_language`` for the language of
    the page.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_escape_invisible,
    )
    texts = {"tr": tr, "fill": fill, "stored_text": stored_text}
    environment.globals |= {**texts, "html_language": _html_language}
    return environment


def _html_language() -> str:
    return "zh-CN" if current_language() == "zh" else "en"


def _escape_invisible(value: object) -> object:
    return escape_controls(value) if type(value) is str else value
