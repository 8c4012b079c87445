"""Malicious PDFs: small files that demand more time or memory than a reader should spend."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from helpers.pdfs import from_objects

MANY = 1_000_000
HUGE = 1_500_000_000  # bytes a bomb unpacks to

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_WORDS = b"BT /F 10 Tf 20 200 Td (one page) Tj ET\n"


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object, as it is."""
    head = f"<< {entries} /Length {len(content)} >>\nstream\n".encode("latin-1")
    return head + content + b"\nendstream"


def bomb(piece: bytes, size: int = HUGE, start: bytes = b"") -> bytes:
    """A piece repeated up to ``size`` bytes, compressed by Flate twice."""
    piece *= 2**20 // len(piece)
    packer = zlib.compressobj(9, wbits=-15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)  # may be repeated
    times = size // len(piece)
    check = _adler32(start, piece, times)
    packed = b"\x78\xda" + first + block * times + b"\x03\x00" + check.to_bytes(4, "big")
    return zlib.compress(packed, 9)


def _adler32(start: bytes, piece: bytes, times: int) -> int:
    """The Adler-32 checksum of ``start`` and then ``times`` pieces, each summed once."""
    prime = 65_521
    total, growth = zlib.adler32(piece, 0) & 0xFFFF, zlib.adler32(piece, 0) >> 16
    check = zlib.adler32(start)
    low, high = check & 0xFFFF, check >> 16
    for _ in range(times):
        high = (high + len(piece) * low + growth) % prime
        low = (low + total) % prime
    return high << 16 | low


def document(
    contents: bytes = b"",
    *more: bytes,
    page: str = "/MediaBox [0 0 200 300]",
    resources: str = "",
    tree: str = "/Kids [4 0 R] /Count 1",
    catalog: str = "",
    font: bytes = _FONT,
) -> bytes:
    """A PDF of one page, with some parts replaced. Objects: 1 catalog, 2 tree, 3 font, 4 page,
    5 contents, and ``more`` from 6 on."""
    body = contents if contents.startswith(b"<<") else stream(contents or _WORDS)
    return from_objects(
        [
            f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
            f"<< /Type /Pages {tree} >>".encode(),
            font,
            f"<< /Type /Page /Parent 2 0 R {page} /Resources << /Font << /F 3 0 R >> "
            f"{resources} >> /Contents 5 0 R >>".encode(),
            body,
            *more,
        ]
    )


def flate(piece: bytes, size: int = HUGE, entries: str = "") -> bytes:
    """A stream that is a bomb."""
    return stream(bomb(piece, size), f"/Filter [/FlateDecode /FlateDecode] {entries}")


def _image(width: int, height: int, colours: str = "/DeviceGray", parts: int = 1) -> bytes:
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8"
    return flate(b"\0", width * height * parts, f"{head} /ColorSpace {colours}")


def _object_stream_bomb() -> bytes:
    """Contents, page and font inside an object stream that unpacks to far more."""
    inner = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    inner += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] >>"]
    head, body = b"", b""
    for number, text in enumerate(inner, 1):
        head += b"%d %d " % (number, len(body))
        body += text + b" "
    packed = bomb(b" ", start=head + body)
    entries = f"/Type /ObjStm /N {len(inner)} /First {len(head)}"
    start = b"%PDF-1.5\n"
    holder = b"4 0 obj\n" + stream(packed, f"{entries} /Filter [/FlateDecode /FlateDecode]")
    holder += b"\nendobj\n"
    place = len(start) + len(holder)
    rows = [(0, 0, 0), *((2, 4, k) for k in range(3)), (1, len(start), 0), (1, place, 0)]
    table = b"".join(bytes([kind]) + at.to_bytes(4, "big") + bytes([k]) for kind, at, k in rows)
    xref = b"5 0 obj\n" + stream(table, "/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R")
    return start + holder + xref + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % place


def _hundred_thousand_pages() -> bytes:
    count = 100_000
    kids = " ".join(f"{n} 0 R" for n in range(4, 4 + count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents 3 0 R >>"
    return from_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
            stream(b""),
            *[page] * count,
        ]
    )


def _tower() -> bytes:
    """A page tree in which each of 30 levels holds the next one twice: 2 to the 30 pages."""
    levels = [
        f"<< /Type /Pages /Kids [{n + 1} 0 R {n + 1} 0 R] /Count {2 ** (31 - n)} >>".encode()
        for n in range(2, 32)
    ]
    return from_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            *levels,
            b"<< /Type /Page /MediaBox [0 0 200 300] >>",
        ]
    )


def _form(inner: int, *, deep: bool = False) -> bytes:
    return stream(
        b"/X Do " * (1 if deep else 9) + _WORDS,
        f"/Type /XObject /Subtype /Form /BBox [0 0 200 300] "
        f"/Resources << /XObject << /X {inner} 0 R >> /Font << /F 3 0 R >> >>",
    )


def _type3(procedure: str) -> bytes:
    return (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [0 0 0 0 0 0] "
        b"/FirstChar 97 /LastChar 122 /Widths [" + b"1e30 " * 26 + b"] /Encoding << /Differences "
        b"[97 " + b"/a " * 26 + b"] >> /CharProcs << /a 6 0 R >> /Resources << /Font << /F 3 0 R "
        b">> >> " + procedure.encode() + b" >>"
    )


def _false_map(lines: bytes) -> bytes:
    head = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
    head += b"1 begincodespacerange <00> <FF> endcodespacerange "
    return stream(head + lines + b" endcmap end end")


_MAPPED = _FONT.replace(b" >>", b" /ToUnicode 6 0 R >>")


def _rules() -> bytes:
    return b"".join(
        b"%d %d m %d %d l S\n" % (k % 190, k // 3334, k % 190 + 9, k // 3334) for k in range(MANY)
    )


def _letters() -> bytes:
    shown = b"(123456789 ) Tj 0 0.001 Td " * (MANY // 10)
    return b"BT /F 1 Tf 1 0 0 1 0 0 Tm " + shown + b"ET"


# Each file by its name; made on demand, since some take a while.
HOSTILE: dict[str, Callable[[], bytes]] = {
    # unpacking
    "bomb-contents": lambda: document(flate(b"0 0 m 1 1 l S ")),
    "bomb-spaces": lambda: document(flate(b" ")),
    "bomb-letters": lambda: document(flate(b"BT /F 9 Tf (9) Tj ET ", HUGE // 8)),
    "bomb-object-stream": _object_stream_bomb,
    "bomb-image": lambda: document(
        b"q 200 0 0 300 0 0 cm /I Do Q",
        _image(40_000, 40_000),
        resources="/XObject << /I 6 0 R >>",
    ),
    "bomb-image-rgb": lambda: document(
        b"q 200 0 0 300 0 0 cm /I Do Q",
        _image(20_000, 20_000, "/DeviceRGB", 3),
        resources="/XObject << /I 6 0 R >>",
    ),
    "image-false-size": lambda: document(
        b"q 200 0 0 300 0 0 cm /I Do Q",
        stream(
            b"x",
            "/Type /XObject /Subtype /Image /Width 2147483647 /Height 2147483647 "
            "/BitsPerComponent 16 /ColorSpace /DeviceCMYK",
        ),
        resources="/XObject << /I 6 0 R >>",
    ),
    # pages
    "pages-loop": lambda: document(tree="/Kids [2 0 R 4 0 R 2 0 R] /Count 3"),
    "pages-false-count": lambda: document(tree="/Kids [4 0 R] /Count 2147483647"),
    "pages-negative": lambda: document(tree="/Kids [4 0 R] /Count -7"),
    "pages-tower": _tower,
    "pages-100000": _hundred_thousand_pages,
    "parent-loop": lambda: document(page="/Parent 4 0 R"),
    "box-gigantic": lambda: document(page="/MediaBox [0 0 1e9 1e9]"),
    "box-gigantic-picture": lambda: document(
        b"q 14400 0 0 14400 0 0 cm /I Do Q",
        _image(64, 64),
        page="/MediaBox [0 0 14400 14400] /UserUnit 75000",
        resources="/XObject << /I 6 0 R >>",
    ),
    "box-infinite": lambda: document(page="/MediaBox [-1e38 -1e38 1e38 1e38]"),
    "box-empty": lambda: document(page="/MediaBox [0 0 0 0]"),
    "box-of-text": lambda: document(page="/MediaBox [(a) (b) /c null] /Rotate 45"),
    # nesting
    "nested-arrays": lambda: document(catalog="/A " + "[" * MANY + "]" * MANY),
    "nested-dictionaries": lambda: document(catalog="/A " + "<</A " * MANY + ">>" * MANY),
    "nested-in-contents": lambda: document(b"[" * MANY + b"] TJ " + _WORDS),
    "nested-dictionaries-in-contents": lambda: document(
        b"/A " + b"<</A " * MANY + b"BDC " + _WORDS
    ),
    "nested-states": lambda: document(b"q " * MANY + _WORDS),
    "nested-text": lambda: document(b"(" * MANY + b") Tj " + _WORDS),
    "form-in-itself": lambda: document(b"/X Do", _form(6), resources="/XObject << /X 6 0 R >>"),
    "forms-tower": lambda: document(
        b"/X Do",
        *[_form(n + 1) for n in range(6, 26)],
        stream(_WORDS, "/Type /XObject /Subtype /Form /BBox [0 0 200 300]"),
        resources="/XObject << /X 6 0 R >>",
    ),
    "forms-deep": lambda: document(
        b"/X Do",
        *[_form(n + 1, deep=True) for n in range(6, 2006)],
        stream(_WORDS, "/Type /XObject /Subtype /Form /BBox [0 0 200 300]"),
        resources="/XObject << /X 6 0 R >>",
    ),
    "length-of-itself": lambda: document(b"<< /Length 5 0 R >>\nstream\nBT ET\nendstream"),
    "contents-in-itself": lambda: document(b"<< >>").replace(
        b"/Contents 5 0 R", b"/Contents [4 0 R 4 0 R]"
    ),
    "xref-loop": lambda: document().replace(b"/Root", b"/Prev 9 /XRefStm 9 /Root"),
    # very many objects
    "rules-million": lambda: document(_rules()),
    "letters-million": lambda: document(_letters()),
    "marks-million": lambda: document(b"0 0 1 1 re f\n" * MANY),
    "one-path-million": lambda: document(
        b"0 0 m " + b"".join(b"%d %d l " % (k % 200, k % 300) for k in range(MANY)) + b"S"
    ),
    "clips-million": lambda: document(b"0 0 200 300 re W n " * (MANY // 10) + _WORDS),
    # fonts
    "font-calls-itself": lambda: document(
        _WORDS, stream(b"1e30 0 d0 BT /F 10 Tf (a) Tj ET"), font=_type3("")
    ),
    "font-of-nonsense": lambda: document(
        _WORDS,
        stream(b"\0\1\0\0\xff\xff" + b"glyfloca\xff\xff\xff\xff" * 999, "/Length1 9"),
        b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 6 0 R /FontBBox [0 0 0 0] >>",
        font=b"<< /Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor 7 0 R /FirstChar 0 "
        b"/LastChar 255 /Widths [" + b"-1e9 " * 256 + b"] >>",
    ),
    "font-maps-all-to-one": lambda: document(
        _WORDS,
        _false_map(b"1 beginbfrange <00> <FF> <0031> endbfrange " * 1000),
        font=_MAPPED,
    ),
    "font-maps-one-to-many": lambda: document(
        b"BT /F 9 Tf 20 20 Td (" + b"a" * 999 + b") Tj ET",
        _false_map(b"1 beginbfchar <61> <" + b"5E9C" * 50_000 + b"> endbfchar"),
        font=_MAPPED,
    ),
    "font-maps-to-controls": lambda: document(
        _WORDS,
        _false_map(b"1 beginbfrange <00> <FF> <0000> endbfrange"),
        font=_MAPPED,
    ),
    "size-gigantic": lambda: document(b"BT /F 1e30 Tf 1e30 0 0 1e30 0 0 Tm (12) Tj ET"),
    # hardly a PDF
    "header-only": lambda: b"%PDF-1.7\n%%EOF\n",
    "zeros": lambda: b"%PDF-1.7\n" + bytes(5_000_000),
}
