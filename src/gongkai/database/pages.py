"""Read records from the pages of a damaged SQLite file, without its schema or its tree.

The layout is that of "Database File Format" (https://www.sqlite.org/fileformat2.html).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

_MAGIC = b"SQLite format 3\x00"
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER, _FRAME_HEADER = 32, 24
_FILE_HEADER = 100  # before the first page's own header
_TABLE_LEAF = 0x0D
_CELLS = 8  # offset of the places of cells from the header of a page
_INTEGER_SIZES = (0, 1, 2, 3, 4, 6, 8)  # bytes, of the serial types 0 to 6
_DEFAULT_SIZE = 4096
_SIZES = {2**n for n in range(9, 17)}
_MOST_OVERFLOW = 1_000  # pages of one record: more is damage


def leaf_records(data: memoryview) -> Iterator[list[Any]]:
    """Yield the records of all table leaves in a database file or a write-ahead log.

    A record that cannot be decoded is left out; one that is yielded may still be wrong, so its
    user must check it. Values are None, int, float, str or bytes; a row id is None.
    """
    pages = _Pages(data)
    for number in pages.numbers:
        page = pages[number]
        start = _FILE_HEADER if page[: len(_MAGIC)] == _MAGIC else 0
        if page[start] != _TABLE_LEAF:
            continue
        count = min(int.from_bytes(page[start + 3 : start + 5]), pages.size // 4)
        for at in range(start + _CELLS, start + _CELLS + 2 * count, 2):
            try:
                payload = pages.payload(page, int.from_bytes(page[at : at + 2]))
                record = _record(payload)
            except (IndexError, ValueError, struct.error):
                continue
            yield record


class _Pages:
    """The pages of a file by number, from 1; in a log the latest of each number."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._usable = self.size = _DEFAULT_SIZE  # unless an intact header says otherwise
        self._places: dict[int, int] = {}  # of the pages in a log
        if int.from_bytes(data[:4]) in _WAL_MAGIC:
            self._usable = self.size = int.from_bytes(data[8:12]) or _DEFAULT_SIZE
            step = _FRAME_HEADER + self.size
            for at in range(_WAL_HEADER, len(data) - step + 1, step):
                self._places[int.from_bytes(data[at : at + 4])] = at + _FRAME_HEADER
        elif data[: len(_MAGIC)] == _MAGIC:
            size = int.from_bytes(data[16:18])
            size = 65_536 if size == 1 else size
            self.size = size if size in _SIZES else _DEFAULT_SIZE
            self._usable = self.size - data[20]
        self.numbers = self._places or range(1, len(data) // self.size + 1)

    def __getitem__(self, number: int) -> memoryview:
        at = self._places[number] if self._places else (number - 1) * self.size
        return self._data[at : at + self.size]

    def payload(self, page: memoryview, at: int) -> bytes:
        """The bytes of a cell's record, with those on overflow pages."""
        length, at = _varint(page, at)
        _, at = _varint(page, at)  # the row id
        most = self._usable - 35
        if length <= most:
            return bytes(page[at : at + length])
        if length > _MOST_OVERFLOW * self.size:
            raise ValueError("longer than any record")
        least = (self._usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (self._usable - 4)
        local = local if local <= most else least
        parts = [bytes(page[at : at + local])]
        following = int.from_bytes(page[at + local : at + local + 4])
        while local < length:
            if following not in self.numbers:
                raise ValueError("an overflow page is missing")
            more = self[following]
            following = int.from_bytes(more[:4])
            parts.append(bytes(more[4 : self._usable]))
            local += len(parts[-1])
        return b"".join(parts)[:length]


def _record(payload: bytes) -> list[Any]:
    end, at = _varint(payload, 0)
    types = []
    while at < end:
        kind, at = _varint(payload, at)
        types.append(kind)
    values: list[Any] = []
    for kind in types:
        value, at = _value(payload, at, kind)
        values.append(value)
    return values


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    """The value of a serial type, and where it ends."""
    if kind >= 12:
        end = at + (kind - 12) // 2
        if end > len(payload):
            raise ValueError("a value is cut off")
        return (payload[at:end].decode() if kind % 2 else payload[at:end]), end
    match kind:
        case 0:
            return None, at
        case 7:
            return struct.unpack_from(">d", payload, at)[0], at + 8
        case 8 | 9:
            return kind - 8, at
        case 1 | 2 | 3 | 4 | 5 | 6:
            end = at + _INTEGER_SIZES[kind]
            return int.from_bytes(payload[at:end], signed=True), end
    raise ValueError("not a serial type")


def _varint(data: memoryview | bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9
