"""Who may talk to the server: the one who has the link, from its own pages.

Any page of the web can send requests to a loopback address, and a name of its own can be
made to lead there. So each request must name the server by its own address (Host), bear the
token, and, if it writes, come from a page of the server (Origin, Sec-Fetch-Site).
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READING = ("GET", "HEAD")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Lets through what may pass, and tells browsers what pages may do."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: tuple[str, ...]) -> None:
        """``hosts`` are the names of the server with their port, as in the Host header."""
        self._app = app
        self._token = token
        self._hosts = hosts
        # cookies know no port: two servers on one machine must not take each other's
        self._cookie = f"gongkai-{hosts[0].rpartition(':')[2]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets here

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, send_with_headers)

    def _answer(self, scope: Scope) -> PlainTextResponse | RedirectResponse | None:
        """A refusal, or the cookie for the token in the link; None where all is well."""
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return _refusal("this server is reached by its own address only")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get("token")
        if scope["method"] in _READING and given is not None and self._is_token(given):
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            answer = RedirectResponse(f"{scope['path']}{'?' if rest else ''}{rest}", 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return answer
        if not self._is_token(self._cookie_of(headers)):
            return _refusal("open the link that `gongkai review` shows: it bears a token")
        if scope["method"] not in _READING and not self._is_own(headers):
            return _refusal("writing is for pages of this server only")
        return None

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())

    def _cookie_of(self, headers: Headers) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return found.value if found else ""

    def _is_own(self, headers: Headers) -> bool:
        """Does a write come from a page of this server? Browsers tell; what does not is refused."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is None and site is None:
            return False
        own = f"http://{headers['host'].lower()}"
        return origin in (None, own) and site in (None, "same-origin")


def _refusal(why: str) -> PlainTextResponse:
    return PlainTextResponse(f"403: {why}\n", 403)
