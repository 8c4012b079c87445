"""stdout for data, stderr for messages; text from files is made safe for a terminal."""

from __future__ import annotations

import contextlib
import getpass
import io
import os
import sys
from typing import TextIO

from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.render.sanitize import escape_controls, escape_line


def prepare_streams() -> None:
    """Write UTF-8 into pipes and files, and escapes where a console cannot show a character.

    So no character makes a command fail. A console keeps its encoding, which is GBK on many Windows
    machines.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def drop_output() -> None:
    """Write nothing more to stdout, whose reader is gone or whose disk is full."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """Write a message for the user to stderr."""
    print(escape_controls(message), file=sys.stderr)  # noqa: T201


def fail(message: str) -> None:
    """Write an error to stderr, in one line."""
    say(tr("gongkai: {message}", message=" ".join(message.split())))


def print_safely(line: str) -> None:
    """Write a line of results to stdout, control characters and newlines escaped."""
    print(escape_line(line))  # noqa: T201


def safe_for(stream: TextIO, text: str) -> str:
    """Escape control characters where the stream is a terminal; leave text for a pipe as it is."""
    return escape_controls(text) if stream.isatty() else text


def system_user() -> str:
    """The name of the system's user. Raises UsageError where the system does not give it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError(tr("the system does not give your user name: add --who NAME")) from error
