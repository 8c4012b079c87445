"""The templates of HTML pages."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from gongkai.render.sanitize import escape_controls


def html_templates(package: str) -> Environment:
    """The templates in the folder ``templates`` of a package.

    Values are escaped, and characters that hide or reverse text are shown as escapes.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_escape_invisible,
    )


def _escape_invisible(value: object) -> object:
    return escape_controls(value) if type(value) is str else value
