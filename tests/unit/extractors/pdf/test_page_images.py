"""FileOcr of pages and of their parts."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gongkai.errors import UsageError
from gongkai.extractors.pdf.page_images import Margins, PageRenderer
from gongkai.model import Box
from helpers.registry import ROOT

SAMPLE = next(iter(sorted((ROOT / "samples").glob("*.pdf"))))


def dark(png: bytes) -> float:
    """The share of dark pixels."""
    grey = Image.open(io.BytesIO(png)).convert("L")
    return sum(grey.histogram()[:128]) / (grey.width * grey.height)


def test_a_crop_shows_its_part_of_the_page() -> None:
    with PageRenderer(SAMPLE) as renderer:
        whole = renderer.page(1, dpi=144)
        picture = Image.open(io.BytesIO(whole.png)).convert("L")
        box = Box(100.0, 60.0, 300.0, 260.0)
        part = renderer.crop(1, box, dpi=144)
        cut = Image.open(io.BytesIO(part.png)).convert("L")
    assert picture.size == (round(whole.box.x1 * 2), round(whole.box.bottom * 2))
    assert cut.size == (400, 400)
    same = picture.crop((200, 120, 600, 520))
    differing = sum(
        abs(a - b) > 60 for a, b in zip(cut.tobytes(), same.tobytes(), strict=True)
    ) / len(cut.tobytes())
    assert dark(part.png) > 0.005
    assert differing < 0.01


def test_a_box_beyond_the_page_shows_what_there_is() -> None:
    with PageRenderer(SAMPLE) as renderer:
        shown = renderer.crop(
            1, Box(-50.0, -50.0, 40.0, 40.0), margins=Margins(10.0, 10.0, 10.0)
        ).box
    assert shown == Box(0.0, 0.0, 50.0, 50.0)


def test_a_missing_page_is_named() -> None:
    with PageRenderer(SAMPLE) as renderer, pytest.raises(UsageError, match="no page 99"):
        renderer.page(99)
