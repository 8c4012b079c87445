"""`gongkai review`: the desk in a browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path

from gongkai.cli.deciding import user
from gongkai.cli.streams import say
from gongkai.review.serving import review


def run(
    db: Path, pdf_root: Path, who: str | None, host: str, port: int, browse: bool, pipeline: str
) -> None:
    """Serve until interrupted, and open the browser."""

    def ready(link: str) -> None:
        say(f"{link}  (Ctrl+C ends; whoever has this link may decide)")
        if browse:
            webbrowser.open(link)

    review(db, pdf_root, who or user(), host=host, port=port, pipeline=pipeline, ready=ready)
