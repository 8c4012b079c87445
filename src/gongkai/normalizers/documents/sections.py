"""The text of each section: from its heading to the next one, or to the end of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongkai.model import Line, Paragraph, Section
from gongkai.normalizers.documents.headings import Heading
from gongkai.normalizers.documents.paragraphs import join_paragraphs, structured_paragraphs

_LARGER = 1.15  # a title is larger than the text before it by at least this factor
_ATTACHMENT = re.compile(r"附(?:件|表)?\s*\d*\s*[：:]|附件\d*$")
_DATE_OF_SIGNATURE = re.compile(r".{0,6}\d{4}年\d{1,2}月\d{1,2}日$")
_SIGNATURE_INDENT = 4  # font sizes from the left edge of the text


def sections_of(lines: Sequence[Line], headings: Sequence[Heading]) -> list[Section]:
    """The text under each heading, its paragraphs joined over lines and pages."""
    sections = []
    for heading, start, end in _spans(lines, headings):
        body = list(lines[start:end])
        parts = ([heading.rest] if heading.rest else []) + join_paragraphs(body)
        first = lines[heading.line].page
        last = body[-1].page if body else lines[start - 1].page
        sections.append(Section(heading.number, heading.title, "\n".join(parts), first, last))
    return sections


def paragraphs_of(
    lines: Sequence[Line], headings: Sequence[Heading], first: int = 0
) -> list[Paragraph]:
    """Every paragraph of a report in order, those before the first section too.

    ``first`` is the index of the first line after the title.
    """
    before = lines[first : headings[0].line if headings else len(lines)]
    found = structured_paragraphs(before, None)
    for heading, start, end in _spans(lines, headings):
        rest = (heading.rest, lines[start - 1]) if heading.rest else None
        found += structured_paragraphs(lines[start:end], heading.number, rest)
    return found


def _spans(
    lines: Sequence[Line], headings: Sequence[Heading]
) -> Iterator[tuple[Heading, int, int]]:
    """Each heading with the first line of its text, and the line after the last one."""
    for k, heading in enumerate(headings):
        start = heading.line + heading.lines
        if k + 1 < len(headings):
            yield heading, start, headings[k + 1].line
        else:
            yield heading, start, _end_of_last_section(lines, start)


def _end_of_last_section(lines: Sequence[Line], start: int) -> int:
    """The line before which the last section ends: an attachment, other content, a signature."""
    end = end_of_report(lines, start)
    attachments = (k for k in range(start, end) if _ATTACHMENT.match(_squeezed(lines[k])))
    return _before_signature(lines, start, next(attachments, end))


def end_of_report(lines: Sequence[Line], start: int) -> int:
    """The line at which other content begins after the last section's text.

    That is a line in larger print on a later page, unless an attachment is announced before.
    ``start`` is the first line of the last section's text.
    """
    for k in range(start, len(lines)):
        if _ATTACHMENT.match(_squeezed(lines[k])):
            return len(lines)
        larger = lines[k].size > _LARGER * lines[start].size
        if larger and lines[k].page > lines[start].page:
            return k
    return len(lines)


def _before_signature(lines: Sequence[Line], start: int, end: int) -> int:
    """The end of a text without the agency and date that sign it, each on its own line."""
    if end - start < 2 or not _DATE_OF_SIGNATURE.fullmatch(_squeezed(lines[end - 1])):
        return end
    left = min(line.box.x0 for line in lines[start:end])
    end -= 1
    signer = lines[end - 1]
    is_sentence = any(mark in signer.text for mark in "，。；：")
    is_indented = signer.box.x0 > left + _SIGNATURE_INDENT * signer.size
    return end - 1 if end - start > 1 and not is_sentence and is_indented else end


def _squeezed(line: Line) -> str:
    return "".join(line.text.split())
