"""Serve a database to browsers: a start page, search, proofs and tables. Needs ``serve``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gongkai.database.locations import Server, parse_location
from gongkai.errors import UsageError
from gongkai.language import current_language, tr
from gongkai.queries.families import known_families
from gongkai.serve.questions import ready_queries
from gongkai.serve.wide_cells import wide_cells

# Datasette's own pages have styles and scripts in the text.
_POLICY = (
    "default-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def serve(
    db: str | Path | Server,
    host: str = "127.0.0.1",
    port: int = 8001,
    *,
    pdf_root: Path | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a database to browsers until interrupted; the database is opened read-only.

    ``port`` 0 selects a free port. ``pdf_root`` is the folder of the PDF files; with it every
    number leads to its place on the printed page. ``ready`` is called with the link once the
    server listens; it contains a token, without which nothing is shown.
    Raises UsageError if Datasette is not installed, the address is in use, there is no such
    folder, or the database is on a PostgreSQL server; and DatabaseError.
    """
    path = parse_location(db)
    if isinstance(path, Server):
        raise UsageError(
            tr(
                "serve opens SQLite files, not {path}: ingest into a file, or use `gongkai query`",
                path=path,
            )
        )
    if pdf_root is not None and not pdf_root.is_dir():
        raise UsageError(
            tr("{root} is not a folder: name the one that holds the PDF files", root=pdf_root)
        )
    try:
        from gongkai.serve.datasette_app import tables_app
        from gongkai.serve.guarded import listen, run_guarded
        from gongkai.serve.phrases import ChinesePages
        from gongkai.serve.site import Site
        from gongkai.serve.table_cells import ProofLinks, StoredTexts
    except ModuleNotFoundError as error:
        raise UsageError(tr('serve needs Datasette: pip install "gongkai[serve]"')) from error
    families = known_families(path)
    cells = wide_cells(families)
    questions = ready_queries(family.name for family in families)
    plugins: list[object] = [ProofLinks(cells)] if pdf_root else []
    plugins += [StoredTexts(), *([ChinesePages()] if current_language() == "zh" else [])]
    with listen(host, port) as listener, tables_app(path, plugins) as tables:
        app = Site(path, questions, cells, pdf_root).app(tables)
        run_guarded(app, listener, host, policy=_POLICY, ready=ready)
