"""Crops of pages: what they show, and the cache of files and images."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from gongkai.errors import UsageError
from gongkai.model import Box
from gongkai.queries.origins import Origin
from gongkai.review import crops
from gongkai.review.crops import CropRenderer, cell_close_up, cell_context, cells_area, page_top
from helpers.pdfs import write_pdf

CELL = Box(100.0, 200.0, 160.0, 220.0)


def origin_of(path: Path) -> Origin:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Origin(digest, (str(path),), "2026-01-01", "0", "0", "p", "0")


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def test_a_close_up_shows_only_the_cell() -> None:
    crop = cell_close_up(3, CELL)
    assert (crop.page, crop.box, crop.frame) == (3, CELL, None)
    assert crop.margins == (8.0, 8.0, 8.0)


def test_the_context_shows_whole_lines_and_frames_the_cell() -> None:
    crop = cell_context(3, CELL)
    assert crop.frame == CELL and crop.box.x0 == 0.0 and crop.box.x1 == float("inf")
    assert min(crop.margins[:2]) > 40 and crop.margins.beside == 0


def test_an_area_ends_below_its_last_cell() -> None:
    crop = cells_area(1, CELL)
    assert crop.box.bottom == CELL.bottom
    assert 0 < crop.margins.below < cell_context(1, CELL).margins.below


def test_crops_are_cut_at_the_edge_of_the_page(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", "")
    renderer = CropRenderer(tmp_path)
    whole_width, _ = size(renderer.render(origin_of(path), page_top(1)))
    width, _ = size(renderer.render(origin_of(path), cell_context(1, CELL)))
    assert width == whole_width
    renderer.close()


def test_a_crop_is_rendered_once(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", "")
    renderer = CropRenderer(tmp_path)
    first = renderer.render(origin_of(path), page_top(1))
    assert renderer.render(origin_of(path), page_top(1)) is first
    renderer.close()


def test_few_files_stay_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crops, "_MAX_OPEN_FILES", 1)
    first = write_pdf(tmp_path / "a.pdf", "")
    second = write_pdf(tmp_path / "b.pdf", "0 0 9 9 re f")
    renderer = CropRenderer(tmp_path)
    for path in (first, second, first):
        assert renderer.render(origin_of(path), cell_close_up(1, CELL)).startswith(b"\x89PNG")
    renderer.close()


def test_a_missing_page_or_file_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", "")
    origin = origin_of(path)
    renderer = CropRenderer(tmp_path)
    with pytest.raises(UsageError, match="no page 2"):
        renderer.render(origin, page_top(2))
    renderer.close()
    path.unlink()
    with pytest.raises(UsageError, match="is not in"):
        CropRenderer(tmp_path).find_file(origin)


def test_a_file_that_changed_is_looked_for_again(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", "")
    origin, content = origin_of(path), path.read_bytes()
    renderer = CropRenderer(tmp_path)
    assert renderer.find_file(origin) == path
    path.write_bytes(content + b"\n% signed")
    with pytest.raises(UsageError, match="is not the file that was read"):
        renderer.find_file(origin)
    (tmp_path / "copy.pdf").write_bytes(content)
    assert renderer.find_file(origin).name == "copy.pdf"
