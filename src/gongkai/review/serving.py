"""Serving the desk on this machine, for whoever has the link."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from gongkai.decisions.answers import AnswerParser
from gongkai.decisions.queue import QueueReader
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.folders import BUILT_IN
from gongkai.families.load import load_family
from gongkai.review.desk import Desk
from gongkai.review.pictures import Pictures


def review(
    db: Path,
    pdf_root: Path,
    who: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8002,
    pipeline: str | Path = BUILT_IN,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the queue of a database to a browser until interrupted.

    ``pdf_root`` is the folder whose PDFs may be shown; ``who`` decides. ``port`` 0 takes a free
    one. ``ready`` is called with the link, which bears a token, once it can be opened. Raises
    UsageError where Starlette is not installed, a folder is missing or the address is taken,
    FamilyError and DatabaseError.
    """
    try:
        import uvicorn

        from gongkai.review.app import make_app
        from gongkai.review.guard import Guard
    except ModuleNotFoundError as error:
        raise UsageError('review needs a web server: pip install "gongkai[review]"') from error
    if not pdf_root.is_dir():
        raise UsageError(f"{pdf_root} is not a folder: name the one that holds the PDF files")
    if not who.strip():
        raise UsageError("name who decides: --who NAME")
    known = load_family(pipeline)
    with DecisionStore(db, known) as book:
        listening = _listen(host, port)
        number = listening.getsockname()[1]
        pictures = Pictures(pdf_root)
        token = secrets.token_urlsafe(32)
        guarded = Guard(
            make_app(Desk(book, QueueReader(known), AnswerParser(known), who.strip(), pictures)),
            token=token,
            hosts=tuple(f"{name}:{number}" for name in _names(host)),
        )
        config = uvicorn.Config(
            guarded, log_level="warning", access_log=False, server_header=False, lifespan="off"
        )
        try:
            with listening:
                if ready:
                    ready(f"http://{_names(host)[0]}:{number}/?token={token}")
                uvicorn.Server(config).run(sockets=[listening])
        finally:
            pictures.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror}") from error


def _names(host: str) -> tuple[str, ...]:
    """The names by which the server may be called."""
    name = f"[{host}]" if ":" in host else host.lower()
    return tuple(dict.fromkeys((name, "localhost"))) if host in ("127.0.0.1", "::1") else (name,)
