"""Where in a file each report stands: a file may hold several, or one inside other matter."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.model import Grid, Line
from gongkai.normalizers.documents.sections import heading_candidates
from gongkai.normalizers.documents.titles import Title, find_titles

_ENOUGH = 3  # headings of different sections make a report, with or without a title


class Extent(Struct, frozen=True):
    """The part of a file that one report takes."""

    page_first: int
    page_last: int
    title: str
    title_lines: int  # how many of ``lines`` belong to the title
    lines: tuple[Line, ...]
    start: tuple[int, float]  # page and y where it begins
    end: tuple[int, float]  # page and y where the next one begins

    def holds(self, page: int, top: float) -> bool:
        return self.start <= (page, top) < self.end


def split_reports(
    lines: Sequence[Line], official: Sequence[Grid], last_page: int, family: Family
) -> list[Extent]:
    """The reports among the lines of a file, in order; none where it holds none.

    A report begins at a title that is followed by statutory sections before the next
    title; a title repeated on a cover page belongs to the report after it.
    """
    headings = heading_candidates(lines, family)
    titles = find_titles(lines, family)
    starts = _starts(titles, [(h.line, h.number) for h in headings], len(lines))
    if not starts:
        if len({h.number for h in headings}) < _ENOUGH and not official:
            return []
        starts = [titles[0] if titles else Title(0, 0, "")]
    extents = []
    for k, title in enumerate(starts):
        end_line = starts[k + 1].first if k + 1 < len(starts) else len(lines)
        own = tuple(lines[title.first : end_line])
        start = _place(lines, title.first) if k or title.first else (0, 0.0)
        if k + 1 < len(starts):
            end = _place(lines, end_line)
            page_last = own[-1].page
        else:
            end, page_last = (last_page + 1, 0.0), last_page
        extents.append(
            Extent(
                page_first=own[0].page if own else 1,
                page_last=page_last,
                title=title.text,
                title_lines=title.last - title.first,
                lines=own,
                start=start,
                end=end,
            )
        )
    return extents


def _place(lines: Sequence[Line], k: int) -> tuple[int, float]:
    return lines[k].page, lines[k].box.top


def _starts(titles: Sequence[Title], headings: Sequence[tuple[int, str]], end: int) -> list[Title]:
    """Titles that begin a report: with enough sections before the next beginning."""
    starts: list[Title] = []
    for k, title in enumerate(titles):
        until = titles[k + 1].first if k + 1 < len(titles) else end
        sections = {number for line, number in headings if title.last <= line < until}
        if len(sections) >= _ENOUGH:
            starts.append(title)
    return starts
