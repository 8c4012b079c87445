"""What a damaged or hostile file says about sizes costs neither memory nor time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gongkai.errors import UnreadableFile
from gongkai.extractors.pdf import visibility
from gongkai.extractors.pdf.camelot_reader import _GreyBackend
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.model import Box
from helpers.hostile import document, stream


def with_image(path: Path, width: int, height: int) -> Path:
    """A page with an image that says it has this size, and whose data have one byte."""
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8"
    image = stream(b"x", f"{head} /ColorSpace /DeviceGray")
    shown = b"q 200 0 0 300 0 0 cm /I Do Q"
    path.write_bytes(document(shown, image, resources="/XObject << /I 6 0 R >>"))
    return path


def test_an_image_is_measured_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="图片有 151 百万像素，超过 150"):
        list(read_pages(with_image(tmp_path / "a.pdf", 15_100, 10_000)))
    assert len(list(read_pages(with_image(tmp_path / "b.pdf", 15_000, 10_000)))) == 1


def test_a_gigantic_page_is_rendered_small_for_camelot(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(document(page="/MediaBox [0 0 14400 14400]"))
    rows, columns, _ = _GreyBackend().to_array(str(path), 1).shape
    assert 6_000 < rows == columns < 6_500


def test_text_of_any_height_is_looked_up_at_once() -> None:
    boxes = [Box(0.0, -3e38, 10.0, 3e38), Box(5.0, 0.0, 15.0, float("inf")), Box(20, 0, 30, 9)]
    started = time.monotonic()
    groups = visibility._apart([visibility.TextInDoubt(None, box) for box in boxes])
    assert time.monotonic() - started < 1
    assert [len(group) for group in groups] == [2, 1]
