"""Reads requests of a review: query, form, name; carries messages over redirects."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gongkai.language import Language, current_language, use_language
from gongkai.review.session import QueueFilter
from gongkai.review.translations import Translations, load_translations

MESSAGE = "said"  # the parameter of the query that names a message
_MAX_FORM_BYTES = 200_000  # of 600 cells, with their names
_MAX_MESSAGES = 1_000
_MAX_NAME = 60  # characters of a person's name
_FILTER_FIELDS = ("kind", "year", "agency", "report")


class Messages:
    """Messages for the page after a redirect. Each is shown once, to who follows the redirect."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def leave(self, text: str) -> dict[str, str]:
        """Keep a message, and return the parameters of the query that name it."""
        if not text:
            return {}
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._texts[name] = text
            while len(self._texts) > _MAX_MESSAGES:
                self._texts.popitem(last=False)
        return {MESSAGE: name}

    def take(self, request: Request) -> str:
        """Return the message that a request names, and forget it; empty without one."""
        with self._lock:
            return self._texts.pop(request.query_params.get(MESSAGE, ""), "")


def read_query(request: Request) -> dict[str, str]:
    """Return the parameters of a query that links pass on: the filter and the language."""
    found = request.query_params.items()
    return {name: value for name, value in found if value and name != MESSAGE}


def queue_filter(query: Mapping[str, str]) -> QueueFilter:
    """Return the filter of the queue in a query."""
    return QueueFilter(**{name: query.get(name, "") for name in _FILTER_FIELDS})


def language_of_query(query: Mapping[str, str]) -> Language:
    """Return the language of a page."""
    return "en" if query.get("lang", current_language()) == "en" else "zh"


def translations(query: Mapping[str, str]) -> Translations:
    """Return the texts of a page, whose language is then that of the request's errors, too."""
    language = language_of_query(query)
    use_language(language)
    return load_translations(language)


async def read_form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a URL-encoded form. Starlette's own parser would take files, too."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            raise HTTPException(413, "the form is too large")
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


async def form_and_query(request: Request) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the fields of a form, and the query of the page that it was on."""
    fields = await read_form(request)
    return fields, dict(parse_qsl(fields.get("query", [""])[-1]))


def read_name(request: Request) -> str:
    """Return the name of the person in the cookie of a browser; empty without one."""
    return clean_name(unquote(request.cookies.get(_cookie(request), "")))


def clean_name(text: str) -> str:
    """Return a person's name as it is recorded."""
    return " ".join(text.split())[:_MAX_NAME]


def set_name(request: Request, response: Response, name: str) -> None:
    """Let a browser remember the name of the person."""
    response.set_cookie(_cookie(request), quote(name), httponly=True, samesite="strict")


def _cookie(request: Request) -> str:
    # Cookies ignore the port: the name keeps two servers on one machine apart.
    return f"gongkai-who-{request.url.port}"
