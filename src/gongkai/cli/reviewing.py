"""`gongkai review`: the desk in a browser."""

from __future__ import annotations

import getpass
import webbrowser
from pathlib import Path

from gongkai.cli.streams import say
from gongkai.errors import UsageError
from gongkai.review.serving import review


def run(
    db: Path, pdf_root: Path, who: str | None, host: str, port: int, browse: bool, pipeline: str
) -> None:
    """Serve until interrupted, and open the browser."""

    def ready(link: str) -> None:
        say(f"{link}  (Ctrl+C ends; whoever has this link may decide)")
        if browse:
            webbrowser.open(link)

    review(db, pdf_root, who or _user(), host=host, port=port, pipeline=pipeline, ready=ready)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError("the system does not tell who you are: --who NAME") from error
