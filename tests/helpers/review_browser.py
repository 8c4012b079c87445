"""A browser without scripts, on the application of a review in the same process."""

from __future__ import annotations

import asyncio

import httpx
from starlette.applications import Starlette


class Browser:
    """One person's browser. It keeps cookies, follows redirects and reads English."""

    def __init__(self, app: Starlette, who: str = "") -> None:
        """``who`` is the name that the person gives; without one it is that of the server."""
        self._app = app
        self._cookies = httpx.Cookies()
        if who:
            self.post("/who", who=who)

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self._send("GET", path)

    def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form, and return the page that follows."""
        return self._send("POST", path, {"query": "lang=en", **fields})

    def _send(
        self, method: str, path: str, fields: dict[str, str | list[str]] | None = None
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://here", cookies=self._cookies,
                follow_redirects=True,
            ) as client:  # fmt: skip
                answer = await client.request(method, path, data=fields)
                self._cookies = client.cookies
                return answer

        return asyncio.run(send())
