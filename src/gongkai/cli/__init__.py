"""The command line: each command is a thin shell over one function of the same name."""

from __future__ import annotations

import sys

from gongkai.cli.streams import fail, prepare_streams
from gongkai.errors import GongkaiError

WRONG_USE = 2


def main() -> None:
    """Run a command and exit: 0 success, 1 some file could not be read, 2 wrong use."""
    prepare_streams()
    from gongkai.cli.app import app
    from gongkai.cli.logs import global_options_first

    try:
        app(global_options_first(sys.argv[1:]), prog_name="gongkai")
    except GongkaiError as error:
        fail(str(error))
        sys.exit(WRONG_USE)
