"""Wrap CCITT group 4 data as JBIG2.

JBIG2 allows a generic region that is coded in the same way (MMR).
"""

from __future__ import annotations

import struct

from PIL import Image


def jbig2(image: Image.Image, fax: bytes) -> bytes:
    """Return the embedded JBIG2 stream of a bilevel image, from its CCITT group 4 data."""
    width, height = image.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + fax  # 1: MMR
    return _segment(0, 48, page) + _segment(1, 38, region)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
