"""Changes to the pages of a printed file: spreads, sheets, scale, another producer."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Array

from ..errors import MissingToolError


def spread(path: Path) -> None:
    """Make each page the right half of a spread; the left half lies outside the crop box."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        forms = [pdf.make_indirect(page.as_form_xobject()) for page in pdf.pages]
        for page, left in zip(pdf.pages, [forms[-1], *forms[:-1]], strict=True):
            _, _, width, height = (float(v) for v in page.mediabox)
            page.add_resource(left, pikepdf.Name.XObject, pikepdf.Name.Left)
            page.contents_add(b"q", prepend=True)
            page.contents_add(f"Q q 1 0 0 1 {-width:g} 0 cm /Left Do Q".encode("ascii"))
            page.obj.MediaBox = Array([-width, 0, width, height])
            page.obj.CropBox = Array([0, 0, width, height])
        pdf.save(path, deterministic_id=True)


def two_up(path: Path) -> None:
    """Put two pages side by side on each sheet."""
    with pikepdf.open(path) as source, pikepdf.new() as out:
        pages = list(source.pages)
        _, _, width, height = (float(v) for v in pages[0].mediabox)
        for first in range(0, len(pages), 2):
            out.add_blank_page(page_size=(2 * width, height))
            for side, page in enumerate(pages[first : first + 2]):
                place = pikepdf.Rectangle(side * width, 0, (side + 1) * width, height)
                out.pages[-1].add_overlay(page, place)
        target = path.with_suffix(".new")
        out.save(target, deterministic_id=True)
    target.replace(path)


def tenth(path: Path) -> None:
    """Make the pages a tenth as large."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for page in pdf.pages:
            small = Array([round(float(v) / 10, 3) for v in page.mediabox])
            page.contents_add(b"q 0.1 0 0 0.1 0 0 cm", prepend=True)
            page.contents_add(b"Q")
            page.obj.MediaBox = small
            if "/CropBox" in page.obj:
                page.obj.CropBox = small
        pdf.save(path, deterministic_id=True)


def again_by_cairo(path: Path) -> None:
    """Print a file again with poppler and cairo."""
    program = shutil.which("pdftocairo")
    if not program:
        raise MissingToolError("pdftocairo is missing: apt-get install poppler-utils")
    target = path.with_suffix(".new")
    subprocess.run([program, "-pdf", str(path), str(target)], check=True, timeout=60)
    target.replace(path)


CHANGES: dict[str, Callable[[Path], None]] = {"spread": spread, "two_up": two_up, "tenth": tenth}
