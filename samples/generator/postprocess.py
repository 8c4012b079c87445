"""Change a printed PDF: reproducible bytes, page rotation, encryption."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
from pikepdf import Array

# Chromium and LibreOffice write the time and random ids; constants of equal length replace them.
_DATE = re.compile(rb"\(D:\d{14}([^)]*)\)")
_ID = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\]")
_CHECKSUM = re.compile(rb"/DocChecksum /([0-9A-F]+)")


def make_reproducible(path: Path) -> None:
    """Replace dates and ids in a file by constants; no offset in the file changes."""
    data = path.read_bytes()

    def zeros(match: re.Match[bytes], group: int) -> bytes:
        start, stop = match.span(group)
        matched = bytearray(match.group(0))
        base = match.start()
        matched[start - base : stop - base] = b"0" * (stop - start)
        return bytes(matched)

    data = _DATE.sub(lambda m: b"(D:20240131090000" + m.group(1) + b")", data)
    data = _ID.sub(lambda m: zeros(m, 1), data)
    data = _ID.sub(lambda m: zeros(m, 2), data)
    data = _CHECKSUM.sub(lambda m: zeros(m, 1), data)
    path.write_bytes(data)


def rotate_pages(path: Path, angle: int) -> None:
    """Give every page /Rotate and rotate its content back, so that it looks the same."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for page in pdf.pages:
            box = [float(v) for v in page.mediabox]
            width, height = box[2] - box[0], box[3] - box[1]
            matrix = {
                90: f"0 1 -1 0 {height:g} 0 cm",
                180: f"-1 0 0 -1 {width:g} {height:g} cm",
                270: f"0 -1 1 0 0 {width:g} cm",
            }[angle]
            page.contents_add(b"q " + matrix.encode("ascii"), prepend=True)
            page.contents_add(b"Q")
            if angle != 180:
                page.obj.MediaBox = Array([0, 0, height, width])
                for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
                    if name in page.obj:
                        del page.obj[name]
            page.obj.Rotate = angle
        pdf.save(path, deterministic_id=True)


def set_owner_password(path: Path) -> None:
    """Encrypt a file with an owner password; it opens with the empty user password."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=owner_encryption(), static_id=True)


def owner_encryption() -> pikepdf.Encryption:
    """Return 128-bit RC4 encryption, the kind whose output contains nothing random."""
    rights = pikepdf.Permissions(modify_other=False, modify_annotation=False, print_highres=False)
    return pikepdf.Encryption(owner="owner", user="", R=3, aes=False, metadata=False, allow=rights)
