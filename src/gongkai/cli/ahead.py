"""Starts a process that reads before the command line is read.

That process and this one then load their libraries at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

# No process reads, or not on this machine.
_NO_READER = ("-h", "--help", "--workers", "--scheduler")
DEFAULT_DB = "gongkai.db"


def start_ahead(words: Sequence[str]) -> None:
    """Start a process if these words of a command line ingest files into a new SQLite database.

    Only then some file has to be read for certain. The words are not checked yet: if one of them
    is wrong, the process ends again.
    """
    if words[:1] != ["ingest"] or any(word.startswith(_NO_READER) for word in words):
        return
    db = _value_of("--db", words) or DEFAULT_DB
    if "://" not in db and not Path(db).exists():
        from gongkai.ingestion.process import start_early

        start_early()


def _value_of(option: str, words: Sequence[str]) -> str | None:
    """The last value of an option, as the next word or after "="."""
    found = None
    for word, following in pairwise([*words, ""]):
        if word == option:
            found = following
        elif word.startswith(f"{option}="):
            found = word.removeprefix(f"{option}=")
    return found
