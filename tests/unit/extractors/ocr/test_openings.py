"""Openings of masks along their rows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gongkai.extractors.ocr.openings import open_rows


def test_only_long_runs_stay() -> None:
    mask = np.zeros((3, 20), np.uint8)
    mask[0, 2:7] = mask[1, 2:8] = mask[2, 9:18] = 1
    mask[2, 13] = 0
    opened = open_rows(mask, 5)
    mask[2] = 0
    assert np.array_equal(opened, mask)


@pytest.mark.parametrize("length", [1, 2, 5, 8, 13])
@pytest.mark.parametrize("shape", [(1, 1), (7, 40), (33, 61)])
def test_an_opening_is_that_of_opencv(shape: tuple[int, int], length: int) -> None:
    mask = (np.random.default_rng(length).random(shape) < 0.85).astype(np.uint8)
    expected = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    assert np.array_equal(open_rows(mask, length), expected)


@pytest.mark.parametrize("length", [5, 8])
def test_runs_grow_at_both_ends(length: int) -> None:
    mask = (np.random.default_rng(length).random((33, 61)) < 0.85).astype(np.uint8)
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    expected = cv2.dilate(opened, np.ones((1, 5), np.uint8))
    assert np.array_equal(open_rows(mask, length, grown=2), expected)
