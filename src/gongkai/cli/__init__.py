"""The command line: each command is a thin shell over one function of the same name."""

from __future__ import annotations

import os
import sys

from gongkai.cli.streams import fail, prepare_streams
from gongkai.errors import GongkaiError
from gongkai.language import VARIABLE, language_of, tr, use_language

WRONG_USE = 2


def main() -> None:
    """Run a command and exit: 0 success, 1 some file could not be read, 2 wrong use."""
    prepare_streams()
    language = language_of(os.environ)
    use_language(language or "en")
    from typer import TyperException

    from gongkai.cli.app import app
    from gongkai.cli.help_text import in_users_language, say_wrong_use
    from gongkai.cli.logs import global_options_first

    if language is None:
        fail(
            tr(
                "{variable} is {value}: set it to zh or en",
                variable=VARIABLE,
                value=os.environ[VARIABLE],
            )
        )
        sys.exit(WRONG_USE)
    command = in_users_language(app)
    try:
        ended = command.main(
            global_options_first(sys.argv[1:]), prog_name="gongkai", standalone_mode=False
        )
    except TyperException as error:
        say_wrong_use(error)
        sys.exit(WRONG_USE)
    except GongkaiError as error:
        fail(str(error))
        sys.exit(WRONG_USE)
    sys.exit(ended or 0)
