"""Lines of a text by the columns of a terminal, of which a Chinese character takes two."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What a line is folded between: a word, or one Chinese character, with the signs that belong to it.
_PIECE = re.compile(
    r"[（《“［]*(?:[^\s\u2e80-\u9fff\uff00-\uffef“”]+|[\u2e80-\u9fff\uff00-\uffef])"
    r"[，。；：、）》”］！？]*\s*|\S\s*"
)


def folded(text: str, width: int) -> Iterator[str]:
    """The lines of a text, none wider than a number of terminal columns, but for long words.

    Lines end at spaces, or beside a Chinese character; no line begins with a closing sign.
    """
    from rich.cells import cell_len

    line, columns = "", 0
    for piece in _PIECE.findall(text):
        wide = cell_len(piece.rstrip())
        if line and columns + wide > width:
            yield line.rstrip()
            line, columns = "", 0
        line += piece
        columns += cell_len(piece)
    if line:
        yield line.rstrip()


def widest_piece(text: str) -> int:
    """The terminal columns of the longest part of a text that is not folded."""
    from rich.cells import cell_len

    return max((cell_len(piece.rstrip()) for piece in _PIECE.findall(text)), default=0)
