"""Small PDFs written by hand, so that a test shows every operator that the reader meets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


@dataclass(frozen=True)
class Form:
    """A form XObject: content with its own matrix, perhaps with forms inside."""

    content: str
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)
    forms: Mapping[str, Form] = field(default_factory=dict)


@dataclass(frozen=True)
class PdfPage:
    """One page; boxes are (left, bottom, right, top) in points, from the foot upwards."""

    content: str
    media: tuple[float, float, float, float] = (0, 0, 200, 300)
    crop: tuple[float, float, float, float] | None = None
    rotate: int = 0
    forms: Mapping[str, Form] = field(default_factory=dict)
    images: Sequence[str] = ()


class _Writer:
    def __init__(self) -> None:
        self.objects: list[bytes] = []

    def add(self, body: str | bytes) -> int:
        self.objects.append(body if isinstance(body, bytes) else body.encode("latin-1"))
        return len(self.objects)

    def stream(self, entries: str, content: bytes) -> int:
        head = f"<< {entries} /Length {len(content)} >>\nstream\n".encode("latin-1")
        return self.add(head + content + b"\nendstream")


def pdf(*pages: PdfPage | str) -> bytes:
    """A PDF of these pages; a page given as text is its content on 200 by 300 points.

    The only font is /F (Helvetica), which every reader contains.
    """
    return _pdf([PdfPage(page) if isinstance(page, str) else page for page in pages])


def locked_pdf(page: str, user_password: str) -> bytes:
    """The page behind a user password (RC4, 40 bits: the oldest scheme)."""
    owner = _rc4(hashlib.md5(_padded("owner")).digest()[:5], _padded(user_password))
    identity = b"0123456789abcdef"
    permissions = (-4).to_bytes(4, "little", signed=True)
    seed = _padded(user_password) + owner + permissions + identity
    key = hashlib.md5(seed).digest()[:5]
    user = _rc4(key, _PADDING)
    trailer = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{user.hex()}> >> "
        f"/ID [<{identity.hex()}> <{identity.hex()}>]"
    )
    return _pdf([PdfPage(page)], trailer, key)


def write_pdf(path: Path, *pages: PdfPage | str) -> Path:
    path.write_bytes(pdf(*pages))
    return path


def from_objects(bodies: Sequence[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1, which is the catalog."""
    writer = _Writer()
    for body in bodies:
        writer.add(body)
    return _bytes(writer, 1, "")


def text(x: float, y: float, words: str, size: float = 10, before: str = "") -> str:
    """Content that shows words; ``before`` holds operators such as ``3 Tr`` or ``1 g``."""
    return f"q BT {before} /F {size} Tf {x} {y} Td ({words}) Tj ET Q\n"


def draw_over(page: pikepdf.Page, drawing: str) -> None:
    """Add a drawing to a page, in the coordinates of the page."""
    page.contents_add(b"q", prepend=True)  # the page may leave its own matrix in force
    page.contents_add(f"Q {drawing}".encode())


def circle(x: float, y: float, radius: float) -> str:
    """The path of a circle: four curves, whose bending points lie level with their ends."""
    k = 0.5523 * radius
    left, right, low, high = x - radius, x + radius, y - radius, y + radius
    return (
        f"{right} {y} m {right} {y + k} {x + k} {high} {x} {high} c "
        f"{x - k} {high} {left} {y + k} {left} {y} c {left} {y - k} {x - k} {low} {x} {low} c "
        f"{x + k} {low} {right} {y - k} {right} {y} c "
    )


def _pdf(pages: Sequence[PdfPage], trailer: str = "", key: bytes | None = None) -> bytes:
    writer = _Writer()
    catalog, tree = writer.add(b""), writer.add(b"")
    font = writer.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    image = writer.stream(
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        "/BitsPerComponent 8",
        b"\x80",
    )
    kids = []
    for page in pages:
        resources = _resources(writer, page.forms, page.images, font, image)
        content = page.content.encode("latin-1")
        if key is not None:  # object keys: the file's key and the object's number
            number = len(writer.objects) + 1
            salted = key + number.to_bytes(3, "little") + b"\0\0"
            content = _rc4(hashlib.md5(salted).digest()[:10], content)
        stream = writer.stream("", content)
        crop = f"/CropBox [{_numbers(page.crop)}]" if page.crop else ""
        kids.append(
            writer.add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [{_numbers(page.media)}] {crop} "
                f"/Rotate {page.rotate} /Resources {resources} /Contents {stream} 0 R >>"
            )
        )
    writer.objects[catalog - 1] = f"<< /Type /Catalog /Pages {tree} 0 R >>".encode()
    refs = " ".join(f"{kid} 0 R" for kid in kids)
    writer.objects[tree - 1] = f"<< /Type /Pages /Kids [{refs}] /Count {len(kids)} >>".encode()
    return _bytes(writer, catalog, trailer)


def _resources(
    writer: _Writer, forms: Mapping[str, Form], images: Sequence[str], font: int, image: int
) -> str:
    names = []
    for name, form in forms.items():
        inner = _resources(writer, form.forms, (), font, image)
        number = writer.stream(
            f"/Type /XObject /Subtype /Form /BBox [-1000 -1000 1000 1000] "
            f"/Matrix [{_numbers(form.matrix)}] /Resources {inner}",
            form.content.encode("latin-1"),
        )
        names.append(f"/{name} {number} 0 R")
    names += [f"/{name} {image} 0 R" for name in images]
    return f"<< /Font << /F {font} 0 R >> /XObject << {' '.join(names)} >> >>"


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:g}" for value in values)


def _bytes(writer: _Writer, catalog: int, trailer: str) -> bytes:
    data = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(writer.objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(data)
    data += f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    data += (
        f"trailer\n<< /Size {len(offsets) + 1} /Root {catalog} 0 R {trailer} >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(data)


def _padded(password: str) -> bytes:
    return (password.encode("latin-1") + _PADDING)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
