"""`gongkai review`: the review desk in a web browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption, StoredFamilyOption
from gongkai.cli.streams import say, system_user
from gongkai.language import tr


def review(
    pdf_root: Annotated[
        Path,
        typer.Option("--pdf-root", metavar="DIR", help="The folder that holds the PDF files."),
    ],
    db: DatabaseOption = DEFAULT_DB,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides; by default the system's user.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8002,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")
    ] = True,
    family: StoredFamilyOption = None,
) -> None:
    """Decide doubtful readings in a web browser, beside the printed page.

    Shows a queue of everything that needs a person, most valuable first: cells, failed sums,
    rows in an unusual order, unknown agencies and years. Each action has a key: accept, type
    what is printed, blank, unreadable, misprint, skip, undo. Every decision is kept, its report
    is checked again at once, and it stays in force when the file is read again. Only PDFs below
    DIR are shown. It needs the extra: pip install "gongkai[review]".

    \b
    Example:
      gongkai review --db gongkai.db --pdf-root reports
    """
    import webbrowser

    from gongkai.review.server import ServerOptions, serve_review

    def ready(link: str) -> None:
        say(tr("{link}  (Ctrl+C ends; anyone with this link may decide)", link=link))
        if browser:
            webbrowser.open(link)

    serve_review(db, pdf_root, who or system_user(), ServerOptions(host, port, family, ready))
