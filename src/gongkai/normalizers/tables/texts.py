"""Reads cells that hold no number: names, addresses, codes, dates, and boxes that are ticked.

Text is never guessed. A choice whose ticks cannot be seen is unreadable, not 否: programs that
export a form lose the tick inside a box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from gongkai.families.family import Family
from gongkai.families.lines import Field
from gongkai.normalizers.tables.values import BLANK, CellValue

_EMPTY_BOXES = "□○◯☐⬜囗"
_TICKED_BOXES = "☑■☒●◉✔✓√▣☚"
_TICKS = "√✓✔"
_BOX = re.compile(f"[{_TICKS}]?[{_EMPTY_BOXES}{_TICKED_BOXES}][{_TICKS}]?")
_URL = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[\w-]+(?::\d+)?(?:/\S*)?", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z\u3400-\u9fff()〔〕\[\]_./-]+")
_DATE = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")


class TextReader:
    """Reads text cells with the marks of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._marks = family.marks
        self._variants: Mapping[int, str] = family.variants

    def read(self, printed: str, field: Field) -> CellValue:
        """Read one cell as the type of its field says; white space at line ends is dropped."""
        text = "".join(line.strip() for line in printed.split("\n")).strip()
        solid = unicodedata.normalize("NFKC", "".join(text.translate(self._variants).split()))
        if field.value_type in ("choice", "choices"):
            return _read_choice(solid, field)
        if not text:
            return BLANK
        if text in self._marks or solid in self._marks:
            return CellValue("mark")
        if field.value_type == "text":
            return CellValue("text", text=" ".join(text.split()))
        return _read_typed(solid, field.value_type)


def _read_typed(text: str, kind: str) -> CellValue:
    """Read an address, a code or a date from a folded text."""
    if kind == "date":
        found = _DATE.fullmatch(text)
        if found is None:
            return CellValue("unreadable", doubt=f"不是日期：{text}")
        year, month, day = map(int, found.groups())
        return CellValue("text", text=f"{year:04}-{month:02}-{day:02}")
    pattern, name = (_URL, "网址") if kind == "url" else (_CODE, "编码")
    if not pattern.fullmatch(text):
        return CellValue("unreadable", doubt=f"不是{name}：{text}")
    return CellValue("text", text=text)


def _read_choice(text: str, field: Field) -> CellValue:
    """Read the options with a tick at their box; the box stands before its option."""
    if not text:
        return BLANK
    boxes = list(_BOX.finditer(text))
    starts = [box.start() for box in boxes]
    ends = [*starts[1:], len(text)][: len(boxes)]
    options = [text[box.end() : end] for box, end in zip(boxes, ends, strict=True)]
    chosen = [o for box, o in zip(boxes, options, strict=True) if _is_ticked(box[0])]
    if not boxes:
        options = chosen = [text]  # the option by itself: 是
    unknown = [option for option in options if option not in field.options]
    if unknown:
        return CellValue("unreadable", doubt=f"不是《表》所列的选项：{'、'.join(unknown)}")
    if not chosen:
        return CellValue("unreadable", doubt=f"看不出选了哪一项：{text}")
    if len(chosen) > 1 and field.value_type == "choice":
        return CellValue("unreadable", doubt=f"只应选一项，却选了{'、'.join(chosen)}")
    return CellValue("text", text="、".join(chosen))


def _is_ticked(box: str) -> bool:
    return any(sign in _TICKED_BOXES or sign in _TICKS for sign in box)
