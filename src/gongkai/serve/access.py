"""Access control: only the person who has the link may use the server, from its own pages.

Any web page can send requests to a loopback address, and can point its own host name at
that address (DNS rebinding). So each request must name the server by its own address (Host) and
carry the token, and a request that writes must come from a page of the server (Origin,
Sec-Fetch-Site).
"""

from __future__ import annotations

import secrets
from collections.abc import Container
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE_METHODS = ("GET", "HEAD")
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class AccessMiddleware:
    """ASGI middleware that refuses requests without access and adds security headers."""

    def __init__(
        self, app: ASGIApp, *, token: str, hosts: Container[str], port: int, policy: str
    ) -> None:
        """Wrap an app.

        ``hosts`` are the allowed host names in lower case; the Host header has also the port.
        ``policy`` is the Content-Security-Policy of every page.
        """
        self._app = app
        self._token = token
        self._hosts = hosts
        self._port = str(port)
        self._headers = {"Content-Security-Policy": policy, **_SECURITY_HEADERS}
        # Cookies ignore the port: the name keeps two servers on one machine apart.
        self._cookie = f"gongkai-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it to the app."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # the app has no web sockets

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        response = self._response(scope)
        await (response or self._app)(scope, receive, send_with_headers)

    def _response(self, scope: Scope) -> PlainTextResponse | RedirectResponse | None:
        """Return a refusal, or a redirect that sets the cookie; None where access is allowed."""
        headers = Headers(scope=scope)
        name, _, port = headers.get("host", "").lower().rpartition(":")
        if port != self._port or name not in self._hosts:
            return _forbidden("this server is reached by its own address only")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        token = dict(query).get("token")
        if scope["method"] in _SAFE_METHODS and token is not None and self._is_token(token):
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            path = f"/{scope['path'].lstrip('/')}"  # a browser takes //name for another server
            response = RedirectResponse(f"{path}{'?' if rest else ''}{rest}", 303)
            response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return response
        if not self._is_token(self._sent_token(headers)):
            return _forbidden("open the link that the command has shown: it contains a token")
        if scope["method"] not in _SAFE_METHODS and not _is_same_origin(headers):
            return _forbidden("only pages of this server may send changes")
        return None

    def _is_token(self, value: str) -> bool:
        return secrets.compare_digest(value.encode(), self._token.encode())

    def _sent_token(self, headers: Headers) -> str:
        """The token of a browser's cookie, or of a script's header Authorization: Bearer."""
        kind, _, credentials = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return credentials.strip()
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return cookie.value if cookie else ""


def _is_same_origin(headers: Headers) -> bool:
    """Return whether a request comes from a page of this server.

    Every current browser sends Origin or Sec-Fetch-Site with a form. Without both it is refused.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:
        return False
    own = f"http://{headers['host'].lower()}"
    return origin in (None, own) and site in (None, "same-origin")


def _forbidden(reason: str) -> PlainTextResponse:
    return PlainTextResponse(f"403: {reason}\n", 403)
