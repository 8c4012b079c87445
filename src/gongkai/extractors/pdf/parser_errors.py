"""The exceptions of third-party parsers on a damaged file that pdfium still reads."""

from __future__ import annotations

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
