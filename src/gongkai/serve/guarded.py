"""Serve an application to the browsers of people who have its link."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Container
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.serve.access import AccessMiddleware


def listen(host: str, port: int) -> socket.socket:
    """Open the socket of a server; ``port`` 0 selects a free one. Raises UsageError."""
    try:
        return socket.create_server((host, port), family=_family(host))
    except OSError as error:
        raise UsageError(
            tr(
                "cannot listen on {host} port {port}: {reason}",
                host=host,
                port=port,
                reason=error.strerror,
            )
        ) from error


def run_guarded(
    app: ASGIApp,
    listener: socket.socket,
    host: str,
    *,
    policy: str,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve an app on an open socket until interrupted, behind AccessMiddleware.

    ``host`` is the address as the user gave it. ``ready`` is called with the link, which
    contains a new token.
    """
    port = listener.getsockname()[1]
    token = secrets.token_urlsafe(32)
    guarded = AccessMiddleware(app, token=token, hosts=host_names(host), port=port, policy=policy)
    config = uvicorn.Config(guarded, log_level="warning", access_log=False, server_header=False)
    if ready:
        ready(f"http://{_link_name(host)}:{port}/?token={token}")
    uvicorn.Server(config).run(sockets=[listener])


class _AnyAddress(Container[str]):
    """The names of a server that listens on all addresses of its machine.

    No web page can point an address at another server, only a name. So every address is allowed.
    """

    def __contains__(self, name: object) -> bool:
        return name in ("localhost", socket.gethostname().lower()) or _is_address(str(name))


def host_names(host: str) -> Container[str]:
    """The host names by which a browser may reach the server."""
    if _is_address(host) and ip_address(host).is_unspecified:
        return _AnyAddress()
    name = _bracketed(host)
    return (name, "localhost") if host in ("127.0.0.1", "::1") else (name,)


def _link_name(host: str) -> str:
    if _is_address(host) and ip_address(host).is_unspecified:
        return "[::1]" if ":" in host else "127.0.0.1"
    return _bracketed(host)


def _bracketed(host: str) -> str:
    return f"[{host.lower()}]" if ":" in host else host.lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
