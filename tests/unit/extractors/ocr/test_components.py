"""Connected pieces of ink: the same as OpenCV's statistics find, at less cost."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from gongkai.extractors.ocr.components import find_components, in_specks, percentile


@pytest.fixture
def mask() -> Any:
    """Random ink: pieces within rings of others, pieces at the edges, single pixels."""
    noise = np.random.default_rng(7).normal(0, 1, (120, 160))
    mask = (cv2.GaussianBlur(noise, (0, 0), 1.2) > 0.25).astype(np.uint8)
    cv2.rectangle(mask, (30, 30), (90, 90), 1, 2)
    return mask


def test_every_piece_has_its_box(mask: Any) -> None:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = [tuple(row[:4]) for row in stats[1:count].tolist()]
    assert len(boxes) > 50
    assert sorted(each[:4] for each in find_components(mask)) == sorted(boxes)


def test_a_piece_is_told_from_others_in_its_box(mask: Any) -> None:
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    for piece in find_components(mask):
        own = labels[piece.y :, piece.x :][: piece.height, : piece.width]
        label = labels[piece.pixel[1], piece.pixel[0]]
        assert np.array_equal(piece.ink_in(mask), own == label)


def test_only_pieces_smaller_than_a_speck_are_specks(mask: Any) -> None:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < 7
    places = np.flatnonzero(mask)
    found = in_specks(mask, places, 7)
    assert np.array_equal(found, small[labels.ravel()[places]])
    assert 0 < found.sum() < len(places)


def test_a_page_without_ink_has_no_pieces() -> None:
    blank = np.zeros((20, 20), np.uint8)
    assert find_components(blank) == []
    assert not in_specks(blank, np.flatnonzero(blank), 7).any()


@pytest.mark.parametrize("percent", [0, 10, 85, 100])
def test_a_percentile_is_that_of_numpy(percent: float, mask: Any) -> None:
    values = (mask * np.arange(160, dtype=np.uint8))[::3]
    assert percentile(values, percent) == pytest.approx(np.percentile(values, percent))
