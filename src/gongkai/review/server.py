"""Serves the review to a browser on this machine."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.queries.families import stored_families
from gongkai.review.crops import CropRenderer
from gongkai.review.session import ReviewSession


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where and how the review is served."""

    host: str = "127.0.0.1"
    port: int = 8002  # 0 for any free port
    family: str | Path | None = None  # its name or folder; None: every family in the database
    ready: Callable[[str], None] | None = None  # called with the link once it can be opened


def serve_review(
    db: Path, pdf_root: Path, who: str, options: ServerOptions = ServerOptions()
) -> None:
    """Serve the queue of a database to a browser until interrupted.

    Only PDFs below ``pdf_root`` are shown. Decisions are recorded under the name ``who``. The
    link contains a token: only people who have it may decide.

    Raises UsageError where Starlette is not installed, a folder is missing or the address is in
    use, FamilyError and DatabaseError.
    """
    try:
        import uvicorn

        from gongkai.review.app import make_app
        from gongkai.review.middleware import AccessMiddleware
    except ModuleNotFoundError as error:
        raise UsageError('review needs a web server: pip install "gongkai[review]"') from error
    if not pdf_root.is_dir():
        raise UsageError(f"{pdf_root} is not a folder: name the one that holds the PDF files")
    if not who.strip():
        raise UsageError("name who decides: --who NAME")
    families = stored_families(db, options.family)
    names = _host_names(options.host)
    with DecisionStore(db, families) as store, _listen(options.host, options.port) as listener:
        port = listener.getsockname()[1]
        renderer = CropRenderer(pdf_root)
        token = secrets.token_urlsafe(32)
        app = AccessMiddleware(
            make_app(ReviewSession(store, who.strip(), renderer)),
            token=token,
            hosts=tuple(f"{name}:{port}" for name in names),
        )
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, lifespan="off"
        )
        try:
            if options.ready:
                options.ready(f"http://{names[0]}:{port}/?token={token}")
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            renderer.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror}") from error


def _host_names(host: str) -> tuple[str, ...]:
    """Return the host names by which a browser may reach the server."""
    name = f"[{host}]" if ":" in host else host.lower()
    return tuple(dict.fromkeys((name, "localhost"))) if host in ("127.0.0.1", "::1") else (name,)
