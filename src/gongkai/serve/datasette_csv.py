"""CSV for the browser's user, in which no spreadsheet finds a formula."""

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

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")  # a signed number is one, in a spreadsheet too


def escape_csv_formulas(text: str) -> str:
    """CSV with an apostrophe before whatever a spreadsheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(text, newline="")):
        writer.writerow(cell if _NUMBER.fullmatch(cell) else escape_formula(cell) for cell in row)
    return out.getvalue()


class FormulaSafeCsv:
    """An ASGI application whose CSV is made harmless; all else goes through as it is.

    A response is held until it is whole, so what is inside must not stream without end.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        held: Message | None = None
        parts: list[bytes] = []

        async def through(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_csv(message):
                held = message
            elif held is None:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = escape_csv_formulas(b"".join(parts).decode("utf-8")).encode("utf-8")
                    kept = [h for h in held["headers"] if h[0].lower() != b"content-length"]
                    length = (b"content-length", str(len(body)).encode())
                    await send({**held, "headers": [*kept, length]})
                    await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, through)


def _is_csv(message: Message) -> bool:
    """Is it sent as CSV, or as the plain text that Datasette shows CSV as?"""
    kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
    return any(kind.startswith((b"text/csv", b"text/plain")) for kind in kinds)
