"""Splits the lines of a file into reports: a file may have several, or one inside other content."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gongkai.model import Grid, Line
from gongkai.normalizers.documents.headings import HeadingFinder
from gongkai.normalizers.documents.titles import Title, TitleReader

_MIN_SECTIONS = 3  # headings of different sections make a report, with or without a title


class ReportExtent(Struct, frozen=True):
    """The part of a file that one report occupies."""

    page_first: int
    page_last: int
    title: str
    title_lines: int  # how many of ``lines`` belong to the title
    lines: tuple[Line, ...]
    start: tuple[int, float]  # page and y (PDF points from the top) where it begins
    end: tuple[int, float]  # page and y where the next one begins

    def contains(self, page: int, top: float) -> bool:
        """Whether something at ``top`` of a page belongs to the report."""
        return self.start <= (page, top) < self.end


class ReportSplitter:
    """Finds the reports of a file. Built once for each worker."""

    def __init__(self, titles: TitleReader, headings: HeadingFinder) -> None:
        self._titles = titles
        self._headings = headings

    def split(
        self, lines: Sequence[Line], official: Sequence[Grid], last_page: int
    ) -> list[ReportExtent]:
        """The reports among the lines of a file, in order; empty if there is none.

        A report begins at a title that at least three sections follow before the next title;
        a title repeated on a cover page belongs to the report after it. A file without such a
        title is one report if it has three sections, or one of the ``official`` tables.
        """
        headings = self._headings.candidates(lines)
        titles = self._titles.find(lines)
        starts = _starts(titles, [(h.line, h.number) for h in headings], len(lines))
        if not starts:
            if len({heading.number for heading in headings}) < _MIN_SECTIONS and not official:
                return []
            starts = [titles[0] if titles else Title(0, 0, "")]
        ends = [title.first for title in starts[1:]]
        return [
            _extent(lines, title, end, last_page)
            for title, end in zip(starts, [*ends, None], strict=True)
        ]


def _extent(
    lines: Sequence[Line], title: Title, end_line: int | None, last_page: int
) -> ReportExtent:
    """The report from a title to the line of the next report; without one, to the last page."""
    own = tuple(lines[title.first : end_line])
    return ReportExtent(
        page_first=own[0].page if own else 1,
        page_last=last_page if end_line is None else own[-1].page,
        title=title.text,
        title_lines=title.last - title.first,
        lines=own,
        start=_position(lines, title.first) if title.first else (0, 0.0),
        end=(last_page + 1, 0.0) if end_line is None else _position(lines, end_line),
    )


def _position(lines: Sequence[Line], k: int) -> tuple[int, float]:
    return lines[k].page, lines[k].box.top


def _starts(titles: Sequence[Title], headings: Sequence[tuple[int, str]], end: int) -> list[Title]:
    """The titles that begin a report: enough sections follow before the next title."""
    starts: list[Title] = []
    for k, title in enumerate(titles):
        until = titles[k + 1].first if k + 1 < len(titles) else end
        sections = {number for line, number in headings if title.last <= line < until}
        if len(sections) >= _MIN_SECTIONS:
            starts.append(title)
    return starts
