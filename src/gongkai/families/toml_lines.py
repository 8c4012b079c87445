"""Finds the line of a TOML file that a key is written on: parsers give values without lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

KeyPath = tuple[str | int, ...]  # keys and positions in lists, as in pydantic's errors

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*=""")


def toml_line(text: str, location: Sequence[str | int]) -> int:
    """The line (from 1) of a key; if the key is missing, the line of its table.

    Understands the TOML of data files: one key a line, tables under [headers].
    """
    lines = _lines(text)
    for length in range(len(location), 0, -1):
        found = lines.get(tuple(location[:length]))
        if found is not None:
            return found
    return 1


def _lines(text: str) -> dict[KeyPath, int]:
    found: dict[KeyPath, int] = {}
    counts: Counter[KeyPath] = Counter()
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[table] += 1
                found.setdefault(table, number)
                table = (*table, counts[table] - 1)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key[1] or key[2] or key[3]), number)
    return found
