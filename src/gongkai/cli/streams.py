"""stdout for data, stderr for talk, and text of strangers made harmless for a terminal."""

from __future__ import annotations

import io
import sys
from typing import TextIO

from gongkai.render.sanitize import escape_controls


def prepare_streams() -> None:
    """Let no character end a command: UTF-8 into pipes and files, escapes where a console lacks it.

    A console keeps its encoding (GBK on many Windows machines); what it cannot show appears
    as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(message: str) -> None:
    """Talk to the person, on stderr."""
    print(escape_controls(message), file=sys.stderr)  # noqa: T201


def fail(message: str) -> None:
    """Say in one line what went wrong."""
    say(f"gongkai: {' '.join(message.split())}")


def safe_for(stream: TextIO, text: str) -> str:
    """Text as it is for a pipe, harmless for a terminal."""
    return escape_controls(text) if stream.isatty() else text
