"""The command line: each command a thin shell over one function of the same name."""

from __future__ import annotations

import sys

from gongkai.cli.streams import fail, prepare_streams
from gongkai.errors import GongkaiError

WRONG_USE = 2


def main() -> None:
    """Run a command and exit: 0 all well, 1 some file could not be read, 2 wrong use."""
    prepare_streams()
    from gongkai.cli.app import app
    from gongkai.cli.decisions import decisions

    app.add_typer(decisions)
    try:
        app(prog_name="gongkai")
    except GongkaiError as error:
        fail(str(error))
        sys.exit(WRONG_USE)
