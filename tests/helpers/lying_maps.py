"""PDFs whose character maps exchange two digits: the page shows one, the text layer another."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pikepdf

_BLOCK = re.compile(rb"\d+\s+begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def exchanging_maps(path: Path, pair: str) -> list[bytes]:
    """The PDF once for each font whose map has a digit of the pair, with that map changed."""
    made = []
    with pikepdf.open(path) as pdf:
        fonts = [k for k, each in enumerate(pdf.objects) if _has_map(each)]
    for k in fonts:
        with pikepdf.open(path) as pdf:
            stream = pdf.objects[k].ToUnicode
            before = stream.read_bytes()
            after = _exchanged(before, pair)
            if after != before:
                stream.write(after)
                data = BytesIO()
                pdf.save(data)
                made.append(data.getvalue())
    return made


def _has_map(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item


def _exchanged(cmap: bytes, pair: str) -> bytes:
    """The map with two digits exchanged, ranges written out where they hold one of them."""
    other = dict(zip(pair, reversed(pair), strict=True))

    def block(found: re.Match[bytes]) -> bytes:
        entries = _entries(found[1], found[2])
        if not any(text in other for _, _, text in entries):
            return found[0]
        lines = [
            b"<%0*X> <%04X>" % (width, code, ord(other.get(text, text)))
            for width, code, text in entries
        ]
        return b"%d beginbfchar\n%s\nendbfchar" % (len(lines), b"\n".join(lines))

    return _BLOCK.sub(block, cmap)


def _entries(kind: bytes, body: bytes) -> list[tuple[int, int, str]]:
    """Each code of a block with its width in digits and its character."""
    if kind == b"bfchar":
        return [(len(code), int(code, 16), _text(text)) for code, text in _PAIR.findall(body)]
    return [
        (len(first), code, chr(int(text, 16) + code - int(first, 16)))
        for first, last, text in _RANGE.findall(body)
        for code in range(int(first, 16), int(last, 16) + 1)
    ]


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")
