"""The command line: each command is a thin shell over one function of the same name."""

from __future__ import annotations

import gc
import os
import signal
import sys

from gongkai.cli.ahead import start_ahead
from gongkai.cli.streams import drop_output, fail, prepare_streams
from gongkai.errors import GongkaiError
from gongkai.language import VARIABLE, language_of, tr, use_language

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

_GC_THRESHOLD = 20_000  # new objects between two collections; loading libraries leaves few cycles


def main() -> None:
    """Run a command and exit: 0 success, 1 some file could not be read, 2 wrong use.

    130 after Ctrl-C, SIGTERM, or the end of the terminal. No failure of a disk, a file or a person
    ends in a traceback.
    """
    gc.set_threshold(_GC_THRESHOLD)
    _end_in_order()
    try:
        start_ahead(sys.argv[1:])
        status = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:  # whoever reads the output has read enough
        drop_output()
        status = FAILED
    except OSError as error:
        drop_output()
        fail(_failure(error))
        status = FAILED
    if status == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses again waits for the end
    sys.exit(status)


def _end_in_order() -> None:
    """Let what ends a process by default end it as Ctrl-C does: with nothing left behind."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # not under nohup
            signal.signal(number, signal.default_int_handler)


def _run() -> int:
    prepare_streams()
    language = language_of(os.environ)
    use_language(language or "en")
    from typer import TyperException

    from gongkai.cli.app import app
    from gongkai.cli.help_text import in_users_language, say_wrong_use
    from gongkai.cli.logs import global_options_first

    try:
        if language is None:
            value = os.environ[VARIABLE]
            fail(tr("{variable} is {value}: set it to zh or en", variable=VARIABLE, value=value))
            return WRONG_USE
        command = in_users_language(app)
        words = global_options_first(sys.argv[1:])
        return command.main(words, prog_name="gongkai", standalone_mode=False) or 0
    except TyperException as error:
        say_wrong_use(error)
    except GongkaiError as error:
        fail(str(error))
    return WRONG_USE


def _failure(error: OSError) -> str:
    """What went wrong with which file, such as a full disk."""
    reason = error.strerror or str(error)
    if error.filename is None:
        return tr("the output cannot be written: {reason}", reason=reason)
    return tr("{file}: {reason}", file=error.filename, reason=reason)
