"""Divides the text of a report into sections and paragraphs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from gongkai.model import Line, Paragraph, Section, bounding_box
from gongkai.normalizers.documents.headings import Heading, ReportExtent

_LARGER = 1.15  # least ratio of font sizes between a new title and the text before it
_ATTACHMENT = re.compile(r"附(?:件|表)?\s*\d*\s*[：:]|附件\d*$")
_DATE_OF_SIGNATURE = re.compile(r".{0,6}\d{4}年\d{1,2}月\d{1,2}日$")
_SIGNATURE_INDENT = 4  # font sizes from the left edge of the text
_INDENT = 1.2  # least indent of a first line, in font sizes
_SHORT = 1.8  # least space to the right of a last line, in font sizes
_LONG = 0.8  # a line at least this share as wide as the widest one shows the margins
_SUBHEAD = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")
_SENTENCE_ENDS = "。！？；：:;"
_LEAST_FIGURE = 2  # letters: 3件, 无诉讼
_DIGIT_ROOM = 0.6  # font sizes: blank end of a line in which another digit fits

# The ordinal of a sub-heading, a group for each style. 一、 occurs inside a section only if its
# author misnumbered.
_ORDINAL = re.compile(
    r"([（(][一二三四五六七八九十]{1,3}[）)])|([一二三四五六七八九十]{1,3}、)"
    r"|(\d{1,2}[.、．](?!\d))|([（(]\d{1,2}[）)])"
)
_PARTS = 1  # the style of 一、: the index of its group
# Text after an ordinal is a heading if it is short, has no digits, and ends with one of 。：:
_SUB_HEADING = re.compile(r"([^。；：:\d]{2,30})(?:[。：:]|$)")
_LONGEST_SUB_HEADING = 36  # characters, with its ordinal


class _Joined(NamedTuple):
    """A paragraph: its text, its lines, and the offsets in the text at which pages begin."""

    text: str
    lines: Sequence[Line]
    page_starts: tuple[int, ...]


def sections_of(
    lines: Sequence[Line], headings: Sequence[Heading], paragraphs: Sequence[Paragraph]
) -> list[Section]:
    """Return the section under each heading, with the text of its paragraphs.

    Headings that the form does not have are left out. ``paragraphs`` are those that
    ``paragraphs_of`` returns for the same lines and headings.
    """
    texts: dict[str | None, list[str]] = defaultdict(list)
    for paragraph in paragraphs:
        texts[paragraph.section].append(paragraph.text)
    return [
        Section(
            heading.number,
            heading.title,
            "\n".join(texts[heading.number]),
            lines[heading.line].page,
            lines[end - 1].page,
        )
        for heading, _, end in _spans(lines, headings)
        if heading.number
    ]


def paragraphs_of(
    lines: Sequence[Line], headings: Sequence[Heading], first: int = 0
) -> list[Paragraph]:
    """Return every paragraph of a report in order.

    A paragraph belongs to no section if it is before the first one, or under a heading that the
    form does not have. Such a heading is a paragraph itself. ``first`` is the index of the first
    line after the title.
    """
    before = lines[first : headings[0].line if headings else len(lines)]
    found = _structured_paragraphs(before, None, has_parts=not headings)
    for heading, start, end in _spans(lines, headings):
        rest = (heading.rest, lines[start - 1]) if heading.rest else None
        found += _structured_paragraphs(lines[start:end], heading.number or None, rest)
    return found


def join_paragraphs(lines: Sequence[Line]) -> list[str]:
    """Join consecutive lines to paragraphs, across page breaks; return their texts."""
    return [paragraph.text for paragraph in _joined(lines)]


def may_have_figures(paragraphs: Sequence[Paragraph]) -> bool:
    """Return whether a text is long enough for a figure; that of a scan may not have been read."""
    return any(sum(map(str.isalnum, each.text)) >= _LEAST_FIGURE for each in paragraphs)


def last_page_of(prose: Sequence[Line], headings: Sequence[Heading], extent: ReportExtent) -> int:
    """Return the report's last page; other content may follow it in the file."""
    if not headings:
        return extent.page_last
    start = headings[-1].line + headings[-1].lines
    end = end_of_report(prose, start)
    return extent.page_last if end == len(prose) else prose[end - 1].page


def _spans(
    lines: Sequence[Line], headings: Sequence[Heading]
) -> Iterator[tuple[Heading, int, int]]:
    """Each heading with the range of its text: first line, and line after the last."""
    for k, heading in enumerate(headings):
        start = heading.line + heading.lines
        if k + 1 < len(headings):
            yield heading, start, headings[k + 1].line
        else:
            yield heading, start, _end_of_last_section(lines, start)


def _end_of_last_section(lines: Sequence[Line], start: int) -> int:
    """The index of the line after the last section: attachment, other content or signature."""
    end = end_of_report(lines, start)
    attachments = (k for k in range(start, end) if _is_attachment(lines[k]))
    return _before_signature(lines, start, next(attachments, end))


def introduction(lines: Sequence[Line]) -> str:
    """Return the paragraphs between a report's title and its first section."""
    return "\n".join(join_paragraphs(lines))


def end_of_report(lines: Sequence[Line], start: int) -> int:
    """Return the index of the line at which other content begins after the last section.

    This is a line in larger print on a later page, unless an attachment is announced before.
    ``start`` is the index of the first line of the last section's text.
    """
    for k in range(start, len(lines)):
        if _is_attachment(lines[k]):
            return len(lines)
        larger = lines[k].size > _LARGER * lines[start].size
        if larger and lines[k].page > lines[start].page:
            return k
    return len(lines)


def before_end(headings: Sequence[Heading], lines: Sequence[Line]) -> list[Heading]:
    """Return the headings without those of other content after the last section."""
    official = [heading for heading in headings if heading.number]
    if not official:
        return list(headings)
    end = end_of_report(lines, official[-1].line + official[-1].lines)
    return [heading for heading in headings if heading.line < end]


def _before_signature(lines: Sequence[Line], start: int, end: int) -> int:
    """The end of a text without its signature: agency and date, each on its own line."""
    if end - start < 2 or not _DATE_OF_SIGNATURE.fullmatch(_squeezed(lines[end - 1])):
        return end
    left = min(line.box.x0 for line in lines[start:end])
    end -= 1
    signer = lines[end - 1]
    is_sentence = any(mark in signer.text for mark in "，。；：")
    is_indented = signer.box.x0 > left + _SIGNATURE_INDENT * signer.size
    return end - 1 if end - start > 1 and not is_sentence and is_indented else end


def _is_attachment(line: Line) -> bool:
    return "附" in line.text and _ATTACHMENT.match(_squeezed(line)) is not None


def _squeezed(line: Line) -> str:
    return "".join(line.text.split())


def _structured_paragraphs(
    lines: Sequence[Line],
    section: str | None,
    rest: tuple[str, Line] | None = None,
    *,
    has_parts: bool = False,
) -> list[Paragraph]:
    """The paragraphs of one section, each with the sub-headings above it.

    ``rest`` is text printed on the line of the section's heading, with that line. If the text
    ``has_parts``, headings such as 一、 are the outermost ones in it.
    """
    pieces = _joined(lines)
    if rest is not None:
        pieces.insert(0, _Joined(rest[0], [rest[1]], ()))
    found = []
    outline = _Outline(outermost=_PARTS if has_parts else None)
    for piece in pieces:
        number, heading = outline.add(piece.text)
        page = piece.lines[0].page
        found.append(
            Paragraph(
                section=section,
                sub_number=number,
                sub_heading=heading,
                text=piece.text,
                page=page,
                box=bounding_box([line.box for line in piece.lines if line.page == page]),
                page_starts=piece.page_starts,
            )
        )
    return found


class _Outline:
    """The sub-headings above the current paragraph: （一）主动公开, in it 1.发布情况."""

    def __init__(self, outermost: int | None = None) -> None:
        self._outermost = outermost  # the style of headings that are in no other one
        self._styles: list[int] = []  # of each open sub-heading, outermost first
        self._open: list[tuple[str, str]] = []  # ordinal and heading

    def add(self, text: str) -> tuple[str | None, str | None]:
        """Ordinal and sub-headings (outermost first) of a paragraph, which may begin a new one."""
        flat = "".join(text.split())
        if (ordinal := _ORDINAL.match(flat)) and ordinal.lastindex:
            heading = _SUB_HEADING.match(flat, ordinal.end())
            self._begin(ordinal.lastindex - 1, ordinal[0], heading[1] if heading else "")
        if not self._open:
            return None, None
        headings = [heading for _, heading in self._open if heading]
        return self._open[-1][0], "／".join(headings) or None

    def _begin(self, style: int, ordinal: str, heading: str) -> None:
        depth = self._styles.index(style) if style in self._styles else len(self._styles)
        depth = 0 if style == self._outermost else depth
        self._styles = [*self._styles[:depth], style]
        self._open = [*self._open[:depth], (ordinal, heading)]


def _joined(lines: Sequence[Line]) -> list[_Joined]:
    if not lines:
        return []
    left, right = _margins(lines)
    return [_join(group, right) for group in _groups(lines, left, right)]


def _groups(lines: Sequence[Line], left: float, right: float) -> list[list[Line]]:
    """The lines of each paragraph. A sub-heading on its own line is a paragraph."""
    groups = [[lines[0]]]
    is_heading = _is_sub_heading(lines[0], right)
    for before, line in pairwise(lines):
        was_heading = is_heading and len(groups[-1]) == 1
        is_heading = _is_sub_heading(line, right)
        if (
            was_heading
            or (is_heading and before.text[-1] in _SENTENCE_ENDS)
            or _begins_paragraph(line, before, left, right)
        ):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _is_sub_heading(line: Line, right: float) -> bool:
    """Is a line a sub-heading that ends before the right edge of the text?"""
    if right - line.box.x1 < _SHORT * line.size or len(line.text) > _LONGEST_SUB_HEADING:
        return False
    flat = "".join(line.text.split())
    ordinal = _ORDINAL.match(flat)
    heading = _SUB_HEADING.match(flat, ordinal.end()) if ordinal else None
    return heading is not None and heading.end() == len(flat)


def _join(lines: Sequence[Line], right: float) -> _Joined:
    text = lines[0].text
    page_starts: list[int] = []
    for before, line in pairwise(lines):
        text = _append(text, line.text, right - before.box.x1 > _DIGIT_ROOM * before.size)
        page_starts += [len(text) - len(line.text)] * (line.page - before.page)
    return _Joined(text, lines, tuple(page_starts))


def _margins(lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the text, from its long lines."""
    boxes = [line.box for line in lines]
    widest = max([box.x1 - box.x0 for box in boxes])
    long = [box for box in boxes if box.x1 - box.x0 > _LONG * widest]
    long = long or boxes  # a damaged font may give characters no width
    # Not the maximum: punctuation of justified text may stick out of one line.
    return min([box.x0 for box in long]), median([box.x1 for box in long])


def _begins_paragraph(line: Line, before: Line, left: float, right: float) -> bool:
    size = min(line.size, before.size)
    indented = line.box.x0 - left >= _INDENT * size
    ended_short = right - before.box.x1 >= _SHORT * size
    if indented and (
        ended_short or before.text[-1] in "。！？；：:;”）)" or line.box.x0 > before.box.x0 - 1
    ):
        return True
    if ended_short and before.text[-1] in "。！？：:":
        return True
    return bool(_SUBHEAD.match(line.text)) and before.text[-1] in _SENTENCE_ENDS


def _append(text: str, more: str, has_room: bool) -> str:
    """Append the next line to a text.

    A space separates two Latin words, and two numbers if another digit would have fitted on the
    line. Chinese is joined without a space.
    """
    one, two = text[-1], more[0]
    is_apart = (
        one.isascii()
        and two.isascii()
        and ((one.isalpha() and two.isalpha()) or (has_room and one.isdigit() and two.isdigit()))
    )
    return f"{text}{' ' if is_apart else ''}{more}"
