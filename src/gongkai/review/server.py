"""Serves the review to a browser on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.queries.families import stored_families
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk

_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


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

    Only PDFs below ``pdf_root`` are shown. Decisions are recorded under the name ``who``, or
    the name that a person gives in their browser; a database that cannot be written is only
    shown. The link contains a token: only people who have
    it may decide.

    Raises UsageError where Starlette is not installed, a folder is missing or the address is in
    use, FamilyError and DatabaseError.
    """
    try:
        from gongkai.review.app import make_app
        from gongkai.serve.guarded import listen, run_guarded
    except ModuleNotFoundError as error:
        raise UsageError(tr('review needs a web server: pip install "gongkai[review]"')) from error
    if not pdf_root.is_dir():
        raise UsageError(
            tr(
                "{pdf_root} is not a folder: name the one that holds the PDF files",
                pdf_root=pdf_root,
            )
        )
    if not who.strip():
        raise UsageError(tr("name who decides: --who NAME"))
    families = stored_families(db, options.family)
    with (
        DecisionStore(db, families, or_read=True) as store,
        listen(options.host, options.port) as listener,
    ):
        renderer = CropRenderer(pdf_root)
        app = make_app(ReviewDesk(store, renderer), who.strip())
        try:
            run_guarded(app, listener, options.host, policy=_POLICY, ready=options.ready)
        finally:
            renderer.close()
