"""Clip paths: which part of a page object is displayed."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from gongkai.extractors.pdf import pdfium_calls
from gongkai.extractors.pdf.page_frame import Matrix
from gongkai.model import Box, Rule

_MAX_SEGMENTS = 4000  # of one clip path; the rest of a longer one is ignored

# One set of out-parameters for the whole process, as in the reader of characters.
_POINT, _POINT_OUT = pdfium_calls.out_array(ctypes.c_float, 2)


def clip_box(item: Any, outer: Matrix) -> Box | None:
    """The displayed bounding box of an object's clip; None where the object is not clipped.

    ``outer`` maps the object's page or form to displayed points. Browsers draw a whole
    table on each page that shows a part of it, and clip the rest away.
    """
    clip = pdfium_calls.clip_path(item)
    count = pdfium_calls.count_clip_paths(clip) if clip else 0
    if count < 1:
        return None
    a, b, c, d, e, f = outer
    visible: Box | None = None
    for k in range(count):
        xs, ys = [], []
        for i in range(min(pdfium_calls.count_clip_segments(clip, k), _MAX_SEGMENTS)):
            segment = pdfium_calls.clip_segment(clip, k, i)
            pdfium_calls.segment_point(segment, *_POINT_OUT)
            x, y = _POINT
            xs.append(a * x + c * y + e)
            ys.append(b * x + d * y + f)
        if xs:
            box = Box(min(xs), min(ys), max(xs), max(ys))
            visible = _intersection(visible, box) if visible else box
    return visible


def clip_rules(rules: list[Rule], box: Box | None) -> Sequence[Rule]:
    """The parts of rules that lie in ``box``; all rules where it is None."""
    if box is None:
        return rules
    left, high, right, low = box
    kept = []
    for rule in rules:
        x0, top, x1, bottom = rule
        if left <= x0 and high <= top and x1 <= right and bottom <= low:  # nearly all
            kept.append(rule)
        elif x0 <= right and x1 >= left and top <= low and bottom >= high:
            kept.append(Rule(*_intersection(Box(*rule), box)))
    return kept


def _intersection(one: Box, other: Box) -> Box:
    return Box(
        max(one.x0, other.x0),
        max(one.top, other.top),
        min(one.x1, other.x1),
        min(one.bottom, other.bottom),
    )
