"""JBIG2 from CCITT group 4: a generic region may be coded in that very way (MMR)."""

from __future__ import annotations

import struct

from PIL import Image


def jbig2(image: Image.Image, fax: bytes) -> bytes:
    """The stream of a black and white picture as PDF embeds it, from its group 4 bits."""
    width, height = image.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + fax  # 1: MMR
    return _segment(0, 48, page) + _segment(1, 38, region)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
