"""Finds the orientation of a page from the words that can be read."""

from __future__ import annotations

from gongkai.extractors.ocr.chars import UNREAD, is_wide
from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.ink_runs import LABEL_MARGINS, find_runs, line_strip
from gongkai.extractors.ocr.recogniser import Recogniser
from gongkai.extractors.ocr.segmented_page import SegmentedPage, prepare_page

_SAMPLE_LINES = 4  # printed lines that are read for each orientation
_SAMPLE_WIDTH = 14  # letters of each line that are read
_MIN_SCORE = 0.9  # of a letter that is read with certainty
_ENOUGH_LINES = 2  # sample lines with a common word, if a page is probably upright
_ENOUGH_WORDS = 2  # common words of a page that is clearly upright
_MAX_LETTERS_PER_WORD = 25  # Chinese letters for each common word of a page read upright
_MIN_CHARS_PER_UNREAD = 30  # characters for each unreadable one
_LINE_WEIGHT = 10  # a line with a common word counts as much as this many certain letters
_CLEAR_SCORE = 3 * _LINE_WEIGHT  # with this score, no further orientation is tried


def find_upright(
    bitmaps: CleanBitmaps,
    number: int,
    reader: Recogniser,
    first: SegmentedPage,
    quarter_turns: int,
) -> SegmentedPage:
    """Return a page (from 1) in the orientation in which a few of its lines are most legible.

    ``first`` is the page rotated by ``quarter_turns``.
    """
    best_score, best = _score(first, reader), first
    for more in (2, 1, 3):
        if best is not first and best_score >= _CLEAR_SCORE:
            break
        page = prepare_page(bitmaps, number, first.bitmap.dpi, quarter_turns + more)
        score = _score(page, reader)
        if score > best_score:
            best_score, best = score, page
    return best


def looks_upright(page: SegmentedPage, reader: Recogniser) -> bool:
    """Are a few lines of a page legible, so that it is probably upright?

    This is much cheaper than reading the page. It may be wrong: labels written from top to
    bottom are legible on a page on its side.
    """
    return _legibility(page, reader)[0] >= _ENOUGH_LINES


def is_clearly_upright(text: str, reader: Recogniser) -> bool:
    """Does a page's text leave no doubt that it was read the right way up?"""
    letters, words = sum(map(is_wide, text)), reader.count_words(text)
    return (
        words >= _ENOUGH_WORDS
        and words * _MAX_LETTERS_PER_WORD >= letters
        and text.count(UNREAD) * _MIN_CHARS_PER_UNREAD <= len(text)
    )


def _score(page: SegmentedPage, reader: Recogniser) -> int:
    lines, letters = _legibility(page, reader)
    return _LINE_WEIGHT * lines + letters


def _legibility(page: SegmentedPage, reader: Recogniser) -> tuple[int, int]:
    """Read a few lines; count those with a common word, and the letters read with certainty.

    Letters alone are not enough: the model reads many of them even on a page on its side.
    """
    height = page.letter_height
    runs = [
        run
        for run in find_runs(page.ink, height, 1.2 * height)
        if 0.6 * height < run.height < 2 * height and run.x1 - run.x0 > 2 * height
    ]
    runs.sort(key=lambda run: abs(run.x1 - run.x0 - 8 * height))
    sample = runs[:_SAMPLE_LINES]
    strips = [line_strip(page.bitmap.grey, [run], LABEL_MARGINS)[0] for run in sample]
    found = reader.read_quickly([strip[:, : int(_SAMPLE_WIDTH * height)] for strip in strips])
    lines = sum(reader.count_words(each.text) > 0 for each in found)
    letters = sum(g.score > _MIN_SCORE for each in found for g in each.free if is_wide(g.text))
    return lines, letters
