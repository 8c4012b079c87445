"""Logging of a command: to the terminal with ``-v``, to a file with ``--log-file``.

============  =====================  ===========================================
option        terminal (stderr)      log file
============  =====================  ===========================================
none          nothing                gongkai INFO
``-v``        gongkai INFO           gongkai INFO
``-vv``       gongkai DEBUG          gongkai DEBUG, other libraries WARNING
============  =====================  ===========================================

Other libraries never log to the terminal: pdfminer writes dozens of lines for one damaged
file, which would break the progress bar.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from gongkai.errors import UsageError
from gongkai.ingestion.log_records import OFF, FileNameFilter
from gongkai.language import tr
from gongkai.render.sanitize import escape_controls

_FLAGS = ("-v", "-vv", "-vvv", "--verbose")
_WITH_VALUE = ("--log-file", "--lang")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(file)s%(message)s"
_DETAILED = 2  # times -v


class _TerminalHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to the current ``sys.stderr``, which a progress bar replaces while it is shown."""

    @property
    def stream(self) -> object:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: object) -> None:
        pass


class _SafeFormatter(logging.Formatter):
    """Escapes control characters: messages quote text from files."""

    def format(self, record: logging.LogRecord) -> str:
        return escape_controls(super().format(record))


def configure_logging(verbose: int, log_file: Path | None) -> None:
    """Set up logging for this process. Raises UsageError for a file that cannot be written."""
    root, own = logging.getLogger(), logging.getLogger("gongkai")
    handlers: list[logging.Handler] = []
    if verbose:
        terminal = _TerminalHandler()
        terminal.addFilter(logging.Filter("gongkai"))
        handlers.append(terminal)
    if log_file is not None:
        try:
            handlers.append(logging.FileHandler(log_file, encoding="utf-8"))
        except OSError as error:
            raise UsageError(
                tr("{file} cannot be written: {reason}", file=log_file, reason=error.strerror)
            ) from error
    for old in _installed:
        root.removeHandler(old)
        old.close()
    # Without any handler, Python would print warnings of other libraries to the terminal.
    _installed[:] = handlers or [logging.NullHandler()]
    for handler in _installed:
        handler.setFormatter(_SafeFormatter(_FORMAT))
        handler.addFilter(FileNameFilter())
        root.addHandler(handler)
    root.setLevel(logging.WARNING if log_file and verbose >= _DETAILED else OFF)
    own.setLevel(_own_level(verbose, log_file))
    logging.captureWarnings(True)


_installed: list[logging.Handler] = []


def _own_level(verbose: int, log_file: Path | None) -> int:
    if verbose >= _DETAILED:
        return logging.DEBUG
    return logging.INFO if verbose or log_file else OFF


def global_options_first(words: Sequence[str]) -> list[str]:
    """Move the options of every command in front of it, since people type them after it."""
    front: list[str] = []
    rest: list[str] = []
    remaining = iter(words)
    for word in remaining:
        if word == "--":
            rest += [word, *remaining]
        elif word in _FLAGS or word.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            front.append(word)
        elif word in _WITH_VALUE:
            front += [word, *([value] if (value := next(remaining, None)) is not None else [])]
        else:
            rest.append(word)
    return [*front, *rest]
