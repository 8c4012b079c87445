"""A page's picture made ready for reading, whichever way up it lies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pypdfium2 as pdfium

from gongkai.extractors.ocr.chars import UNREAD, is_wide
from gongkai.extractors.ocr.ink_runs import darkest, letter_height, runs_in, strip_of, text_ink
from gongkai.extractors.ocr.page_bitmap import (
    Picture,
    Pixels,
    cleaned,
    deskewed,
    ink_of,
    render,
    turned,
)
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.extractors.ocr.ruled_lines import Ruling, find_rules, straightened

LABEL_MARGINS = (0.14, 0.25)  # above and beside the ink, as parts of its height
# from paper (0) to the darkest ink (1): what counts as ink of letters
_PALEST, _DARKEST = 0.3, 0.6
_LINES = 4  # printed lines that tell which way up a page lies
_LONGEST = 14  # letters of each that are read for it
_SURE = 0.9  # score of a letter that is read with certainty
_PLAIN = 2  # words that leave no doubt which way up the page lies
_DENSE = 25  # Chinese letters for each of these words, at most
_RARE = 30  # characters for each that cannot be read, at least
_WORTH = 10  # letters that one word counts for
# what any page of such a report says somewhere, in its prose or in its tables
_WORDS = (
    "政府", "信息", "公开", "申请", "行政", "机关", "情况", "工作", "报告", "本年", "其他", "总计",
    "数量", "主动", "处理", "结果", "内容", "要求", "提供", "组织", "企业", "法律", "机构", "属于",
    "重复", "复议", "诉讼", "条例", "制作", "部门", "服务", "管理", "公众", "单位", "我局", "全年",
    "维持", "纠正", "审结", "尚未", "自然人", "商业", "科研", "社会", "公益", "年度", "办理",
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A page's picture, upright and straight, its rules and inks told apart."""

    picture: Picture
    ruling: Ruling
    ink: Pixels  # letters
    dark: Pixels  # letters at their darkest: without a grey stamp over them
    pale: Pixels  # any ink at all but rules: where none is, a cell is blank
    letter: float  # usual height of letters, in pixels


def prepare(document: pdfium.PdfDocument, number: int, dpi: float, quarters: int = 0) -> Prepared:
    """Render a page (from 1), turned clockwise by quarters, and make it ready."""
    cv2.setNumThreads(1)  # workers must not fight for cores
    raw = cleaned(render(document, number, dpi))
    return told_apart(straightened(deskewed(turned(raw, quarters))))


def right_way_up(
    document: pdfium.PdfDocument, number: int, reader: Recogniser, first: Prepared, quarters: int
) -> Prepared:
    """A page made ready the way up in which it can be read best; the recogniser tells.

    ``first`` is the page turned by ``quarters``: where that reads well, no other is tried.
    """
    words, sure = _legible(first, reader)
    if words >= _PLAIN:
        return first
    best = _WORTH * words + sure, first
    for more in (2, 1, 3):
        ready = prepare(document, number, first.picture.dpi, quarters + more)
        words, sure = _legible(ready, reader)
        if _WORTH * words + sure > best[0]:
            best = _WORTH * words + sure, ready
    return best[1]


def is_plain(text: str) -> bool:
    """Does a page's text leave no doubt that it was read the right way up?"""
    wide, words = sum(map(is_wide, text)), words_in(text)
    return words >= _PLAIN and words * _DENSE >= wide and text.count(UNREAD) * _RARE <= len(text)


def words_in(text: str) -> int:
    """How many words that such reports are full of a text holds."""
    return sum(text.count(word) for word in _WORDS)


def told_apart(picture: Picture) -> Prepared:
    """A picture that lies right, its rules and inks told apart."""
    ruling = find_rules(picture)
    ink = text_ink(picture, ruling.mask, _PALEST)
    pale = ink_of(picture.grey, picture.dpi)
    pale[cv2.dilate(ruling.mask, np.ones((3, 3), np.uint8)) > 0] = 0
    dark = darkest(picture, ink, _DARKEST)
    return Prepared(picture, ruling, ink, dark, pale, letter_height(ink, picture.dpi))


def _legible(prepared: Prepared, reader: Recogniser) -> tuple[int, int]:
    """Words and letters that are read with certainty in a few printed lines this way up.

    Letters alone do not tell: the model knows many of them lying on their side.
    """
    letter = prepared.letter
    runs = [
        run
        for run in runs_in(prepared.ink, letter, 1.2 * letter)
        if 0.6 * letter < run.height < 2 * letter and run.x1 - run.x0 > 2 * letter
    ]
    runs.sort(key=lambda run: abs(run.x1 - run.x0 - 8 * letter))
    strips = [strip_of(prepared.picture.grey, [run], LABEL_MARGINS)[0] for run in runs[:_LINES]]
    found = reader.read([strip[:, : int(_LONGEST * letter)] for strip in strips])
    words = sum(words_in(each.text) for each in found)
    sure = sum(g.score > _SURE for each in found for g in each.free if is_wide(g.text))
    return words, sure
