"""Rules whose ink fades are extended to the rules that they meet."""

from __future__ import annotations

import cv2
import numpy as np

from gongkai.extractors.ocr.page_bitmap import ink_mask
from gongkai.extractors.ocr.pale_rules import extend_pale_rules
from gongkai.extractors.ocr.ruled_lines import RuledLines, find_ruled_lines
from helpers.papers import draw_lattice, paper

_DPI = 200.0
_XS, _YS = [150, 500, 850], [300, 370, 440]


def _found(pale: int) -> tuple[RuledLines, RuledLines]:
    """The rules of a lattice before and after; the middle one has this shade at its left."""
    grey = paper()
    draw_lattice(grey, _XS, _YS)
    cv2.line(grey, (153, 370), (380, 370), pale, 2)
    grey = np.clip(grey + np.random.default_rng(1).normal(0, 3, grey.shape), 0, 255).astype("uint8")
    before = find_ruled_lines(ink_mask(grey, _DPI), _DPI)
    return before, extend_pale_rules(before, grey, _DPI)


def _middle_starts(found: RuledLines) -> list[int]:
    return [round(line.start) for line in found.horizontal if 360 < line.at < 380]


def test_a_rule_that_fades_goes_on_to_the_rule_that_it_meets() -> None:
    shade = int(paper()[0, 0]) - 14
    before, after = _found(shade)
    assert min(_middle_starts(before)) > 370
    assert abs(min(_middle_starts(after)) - 150) <= 3
    assert after.mask[368:373, 160:370].any(axis=0).all()


def test_a_rule_that_ends_stays_as_it_is() -> None:
    before, after = _found(int(paper()[0, 0]))
    assert after == before
