"""Random changes to a PDF file: to bytes, streams, objects, numbers, names and operators."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Sequence

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w.#])-?\d+(?:\.\d+)?(?![\w.])")
_NAME = re.compile(rb"/[A-Za-z][A-Za-z0-9]*")
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_MAX_DECOMPRESSED = 4_000_000  # bytes; the most that is decompressed of a stream

NUMBERS = (b"0", b"-1", b"1e38", b"-1e38", b"2147483647", b"-2147483648", b"4294967296", b"65536")
NUMBERS += (b"0.0000001", b"99999999999999999999", b"nan", b"1.2.3", b"--5", b".")
OPERATORS = (b"q", b"Q", b"BT", b"ET", b"W n", b"cm", b"Tf", b"Do", b"re", b"f", b"S", b"Td", b"Tm")

Mutation = Callable[[bytes, random.Random], bytes]


def flip_bytes(data: bytes, rng: random.Random) -> bytes:
    """Change a few bytes of the file."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 8, 64))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut_piece(data: bytes, rng: random.Random) -> bytes:
    """Remove a piece of the file, repeat it, or cut the file off before it."""
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.choice((1, 16, 512, 8192)))
    kind = rng.randrange(3)
    if kind == 0:
        return data[:start] + data[end:]
    return data[:end] + data[start:] if kind == 1 else data[:start]


def replace_numbers(data: bytes, rng: random.Random) -> bytes:
    """Replace numbers by extreme or malformed ones."""
    return _replace_matches(data, _NUMBER, lambda _: rng.choice(NUMBERS), rng)


def replace_names(data: bytes, rng: random.Random) -> bytes:
    """Replace names by other names of the file."""
    names = _NAME.findall(data) or [b"/A"]
    return _replace_matches(data, _NAME, lambda _: rng.choice(names), rng)


def redirect_references(data: bytes, rng: random.Random) -> bytes:
    """Let references point to other objects, for example to the parent or to themselves."""
    numbers = [number for number, _ in _OBJECT.findall(data)] or [b"1"]
    return _replace_matches(data, _REFERENCE, lambda _: rng.choice(numbers) + b" 0 R", rng)


def swap_objects(data: bytes, rng: random.Random) -> bytes:
    """Swap the bodies of two objects."""
    found = list(_OBJECT.finditer(data))
    if len(found) < 2:
        return flip_bytes(data, rng)
    first, second = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return b"".join(
        (
            data[: first.start(2)],
            second[2],
            data[first.end(2) : second.start(2)],
            first[2],
            data[second.end(2) :],
        )
    )


def change_stream(data: bytes, rng: random.Random) -> bytes:
    """Decompress a stream, change its content, and compress it again."""
    streams = []
    for match in _STREAM.finditer(data):
        decompressor = zlib.decompressobj()
        try:
            content = decompressor.decompress(match[1], _MAX_DECOMPRESSED)
        except zlib.error:
            continue  # another compression, or none
        if content:
            streams.append((match, content))
    if not streams:
        return flip_bytes(data, rng)
    match, content = rng.choice(streams)
    compressed = zlib.compress(rng.choice(_STREAM_MUTATIONS)(content, rng))
    return data[: match.start(1)] + compressed + data[match.end(1) :]


def insert_operators(data: bytes, rng: random.Random) -> bytes:
    """Insert content stream operators at a random place, sometimes a thousand of them."""
    start = rng.randrange(len(data) + 1)
    operators = (rng.choice(OPERATORS) + b" ") * rng.choice((1, 3, 1000))
    return data[:start] + b" " + operators + data[start:]


_STREAM_MUTATIONS: Sequence[Mutation] = (
    flip_bytes,
    cut_piece,
    replace_numbers,
    replace_names,
    insert_operators,
)
MUTATIONS: Sequence[Mutation] = (
    flip_bytes,
    cut_piece,
    replace_numbers,
    replace_names,
    redirect_references,
    swap_objects,
    change_stream,
    change_stream,
    change_stream,
)


def mutate(data: bytes, seed: int) -> bytes:
    """Return a file with one, two or four changes; the same seed gives the same changes."""
    rng = random.Random(seed)
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = rng.choice(MUTATIONS)(data, rng) or b"%PDF-"
    return data


def _replace_matches(
    data: bytes,
    pattern: re.Pattern[bytes],
    replacement: Callable[[object], bytes],
    rng: random.Random,
) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return flip_bytes(data, rng)
    for match in sorted(
        rng.sample(found, min(len(found), rng.choice((1, 1, 4, 32)))),
        key=lambda match: match.start(),
        reverse=True,
    ):
        data = data[: match.start()] + replacement(match) + data[match.end() :]
    return data
