"""Break Chinese text into lines as word processors do."""

from __future__ import annotations

import re
from collections.abc import Callable

NOT_FIRST = "，。、；：？！）》”’】〕％%．.,"
NOT_LAST = "（《“‘【〔"
_TOKEN = re.compile(r"[0-9A-Za-z@._:/%+\-]+|.", re.S)


def tokens(text: str) -> list[str]:
    """Split text into characters; runs of Latin letters and digits stay together."""
    return _TOKEN.findall(text)


def wrap(
    text: str,
    width: float,
    measure: Callable[[str], float],
    first: float = 0.0,
    hang: bool = True,
) -> list[str]:
    """Split text into lines of at most ``width``; the first is indented by ``first``.

    A line feed always breaks.  No line begins with a closing mark: the mark hangs out of the line
    before, as in Word, or, in table cells (``hang`` false), takes the character before it along.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        line, room = "", width - first
        for token in _fitting(tokens(part), width, measure):
            size = measure(token)
            if line and size > room + 0.01:
                if hang and token in NOT_FIRST and room > -0.01:
                    line += token
                    room -= size
                    continue
                carry = ""
                while len(line) > 1 and ((carry or token)[0] in NOT_FIRST or line[-1] in NOT_LAST):
                    carry, line = line[-1] + carry, line[:-1]
                lines.append(line)
                line, room = carry, width - measure(carry)
            line += token
            room -= size
        lines.append(line)
        first = 0.0
    return lines


def _fitting(parts: list[str], width: float, measure: Callable[[str], float]) -> list[str]:
    """Cut tokens that are wider than a line into characters."""
    out: list[str] = []
    for part in parts:
        out += list(part) if len(part) > 1 and measure(part) > width else [part]
    return out
