"""Exceptions and warnings of third-party parsers on a damaged file that pdfium still reads."""

from __future__ import annotations

import logging
import struct

# pdfminer and camelot trust the structure that a file declares, and a damaged file makes them
# raise any of these. The caller then continues without this reader.
PARSER_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
)

# Without any handler Python prints these warnings: 80 lines for a font without a bounding box. A
# program that has set up logging gets them as before.
for _name in ("pdfminer", "playa", "camelot"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
