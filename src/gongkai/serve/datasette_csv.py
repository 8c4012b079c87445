"""Escape formulas in the CSV files that Datasette serves."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gongkai.render.sanitize import escape_formula

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")  # a signed number is not a formula


def escape_csv_formulas(text: str) -> str:
    """Put an apostrophe before cells of CSV text that a spreadsheet program would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(text, newline="")):
        writer.writerow(cell if _NUMBER.fullmatch(cell) else escape_formula(cell) for cell in row)
    return out.getvalue()


class FormulaSafeCsv:
    """An ASGI application that escapes formulas in CSV responses of another application.

    It buffers a CSV response completely, so the application must not stream without end.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        start: Message | None = None
        chunks: list[bytes] = []

        async def through(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_csv(message):
                start = message
            elif start is None:
                await send(message)
            else:
                chunks.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = escape_csv_formulas(b"".join(chunks).decode("utf-8")).encode("utf-8")
                    headers = [h for h in start["headers"] if h[0].lower() != b"content-length"]
                    length = (b"content-length", str(len(body)).encode())
                    await send({**start, "headers": [*headers, length]})
                    await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, through)


def _is_csv(message: Message) -> bool:
    """Whether a response is CSV, or the plain text as which Datasette shows CSV."""
    kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
    return any(kind.startswith((b"text/csv", b"text/plain")) for kind in kinds)
