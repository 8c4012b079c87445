"""`gongkai serve`: the database in a web browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption
from gongkai.cli.streams import say
from gongkai.language import tr


def serve(
    db: DatabaseOption = DEFAULT_DB,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8001,
    pdf_root: Annotated[
        Path | None,
        typer.Option("--pdf-root", metavar="DIR", help="The folder that holds the PDF files."),
    ] = None,
) -> None:
    """Browse the database in a web browser, read-only.

    Opens with what the database covers, ready questions and a search in the text of the reports;
    each kind of reports has a page of its own. The tables are shown by Datasette, with every
    column described and lists to filter by. With DIR every number leads to its place on the
    printed page. Only people who have the link that it shows can read. It needs the extra:
    pip install "gongkai[serve]".

    \b
    Example:
      gongkai serve --db gongkai.db --pdf-root reports
    """
    from gongkai.serve.server import serve as serve_database

    def ready(link: str) -> None:
        say(tr("{link}  (Ctrl+C ends; anyone with it can read {db})", link=link, db=db))

    serve_database(db, host, port, pdf_root=pdf_root, ready=ready)
