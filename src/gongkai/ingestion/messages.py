"""What a reading process and its parent tell each other, as MessagePack of fixed types.

A file may take over the process that reads it. So the parent decodes only what these types
describe, and executes none of it; a pickle could name any function to call.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Ready(Struct, tag="ready", frozen=True):
    """The process can take jobs. ``confined_by``: what limits it, in words."""

    confined_by: tuple[str, ...]


class LogLine(Struct, tag="log", frozen=True):
    """A line that the process logged, its text complete."""

    logger: str
    level: int
    text: str
    file: str  # the name of the file that it reads, with what follows it in a line of the log


class Done(Struct, Generic[T], tag="done", frozen=True):
    """The value that the function returned. ``is_last``: the process takes no further job."""

    value: T
    is_last: bool


class Failed(Struct, tag="failed", frozen=True):
    """A job without a value; the process takes no further job."""

    reason: str  # one sentence
    retry: bool = False
    remote_traceback: str | None = None


def as_unicode(text: str) -> str:
    """The text with what has no place in UTF-8, as bytes of a file name, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
