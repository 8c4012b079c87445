"""What other readers raise on a damaged file that pdfium still reads."""

from __future__ import annotations

import struct

# Their parsers believe what a file says of itself, and stumble in any of these ways. A reader
# that does has nothing to say: it is as if it had not been asked, and nothing is proved by it.
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
