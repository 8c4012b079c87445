"""Changes to a PDF that know how one is made: bytes, packed streams, objects, numbers, words."""

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
_MOST_UNPACKED = 4_000_000  # bytes of a stream that is unpacked in order to be changed

NUMBERS = (b"0", b"-1", b"1e38", b"-1e38", b"2147483647", b"-2147483648", b"4294967296", b"65536")
NUMBERS += (b"0.0000001", b"99999999999999999999", b"nan", b"1.2.3", b"--5", b".")
OPERATORS = (b"q", b"Q", b"BT", b"ET", b"W n", b"cm", b"Tf", b"Do", b"re", b"f", b"S", b"Td", b"Tm")

Mutation = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A few bytes of the file changed."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 2, 8, 64))):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def cut(data: bytes, chance: random.Random) -> bytes:
    """A piece of the file taken out, doubled, or all after it gone."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 16, 512, 8192)))
    kind = chance.randrange(3)
    if kind == 0:
        return data[:start] + data[end:]
    return data[:end] + data[start:] if kind == 1 else data[:start]


def numbered(data: bytes, chance: random.Random) -> bytes:
    """A number outside of streams made extreme."""
    return _replaced(data, _NUMBER, lambda _: chance.choice(NUMBERS), chance)


def renamed(data: bytes, chance: random.Random) -> bytes:
    """A name put where another one stood."""
    names = _NAME.findall(data) or [b"/A"]
    return _replaced(data, _NAME, lambda _: chance.choice(names), chance)


def redirected(data: bytes, chance: random.Random) -> bytes:
    """A reference that leads elsewhere: to itself, to its parent, to nowhere."""
    numbers = [number for number, _ in _OBJECT.findall(data)] or [b"1"]
    return _replaced(data, _REFERENCE, lambda _: chance.choice(numbers) + b" 0 R", chance)


def swapped(data: bytes, chance: random.Random) -> bytes:
    """The bodies of two objects changed for each other."""
    found = list(_OBJECT.finditer(data))
    if len(found) < 2:
        return flipped(data, chance)
    one, other = sorted(chance.sample(found, 2), key=lambda match: match.start())
    return b"".join(
        (
            data[: one.start(2)],
            other[2],
            data[one.end(2) : other.start(2)],
            one[2],
            data[other.end(2) :],
        )
    )


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A packed stream unpacked, changed within, and packed again."""
    streams = []
    for match in _STREAM.finditer(data):
        unpacker = zlib.decompressobj()
        try:
            plain = unpacker.decompress(match[1], _MOST_UNPACKED)
        except zlib.error:
            continue  # packed otherwise, or not at all
        if plain:
            streams.append((match, plain))
    if not streams:
        return flipped(data, chance)
    match, plain = chance.choice(streams)
    packed = zlib.compress(chance.choice(_WITHIN)(plain, chance))
    return data[: match.start(1)] + packed + data[match.end(1) :]


def operated(data: bytes, chance: random.Random) -> bytes:
    """Operators put in where they do not belong, now and then many of them."""
    start = chance.randrange(len(data) + 1)
    more = (chance.choice(OPERATORS) + b" ") * chance.choice((1, 3, 1000))
    return data[:start] + b" " + more + data[start:]


_WITHIN: Sequence[Mutation] = (flipped, cut, numbered, renamed, operated)
MUTATIONS: Sequence[Mutation] = (
    flipped,
    cut,
    numbered,
    renamed,
    redirected,
    swapped,
    repacked,
    repacked,
    repacked,
)


def mutated(data: bytes, seed: int) -> bytes:
    """A file changed in one to four ways; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(MUTATIONS)(data, chance) or b"%PDF-"
    return data


def _replaced(
    data: bytes, what: re.Pattern[bytes], new: Callable[[object], bytes], chance: random.Random
) -> bytes:
    found = list(what.finditer(data))
    if not found:
        return flipped(data, chance)
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 1, 4, 32)))),
        key=lambda match: match.start(),
        reverse=True,
    ):
        data = data[: match.start()] + new(match) + data[match.end() :]
    return data
