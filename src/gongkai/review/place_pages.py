"""The page on which a person says where a table, row or column is that was not read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gongkai.decisions.answers import Place
from gongkai.errors import UnreadableFile, UsageError
from gongkai.language import tr
from gongkai.model import Box
from gongkai.queries.report_loader import StoredReport
from gongkai.render.stored_texts import stored_text
from gongkai.review.form import PlaceForm
from gongkai.review.missing import MissingTable, fill
from gongkai.review.pages import Pages, summary_text
from gongkai.review.requests import form_and_query, read_query, translations

_LEAST_SIDE = 3.0  # points: a smaller rectangle is a click
_ROUNDING = 1.0  # points by which a rectangle may leave the page
_SIDES = ("x0", "top", "x1", "bottom")
_SEPARATORS = re.compile(r"[\s|、；;]+")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a person has entered, shown again until it is recorded."""

    page: int
    sides: Mapping[str, str]
    texts: Mapping[str, str]  # by the name of a cell
    pasted: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Incomplete:
    """A report with what was not read of it."""

    stored: StoredReport
    tables: Sequence[MissingTable]

    def table(self, table_id: str) -> MissingTable | None:
        """The part of a table that was not read; None if there is none."""
        return next((each for each in self.tables if each.table_id == table_id), None)


class PlacePages:
    """The pages of one review about what was not read."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._desk = pages.desk

    def routes(self) -> list[Route]:
        """Return the routes of these pages."""
        path = "/place/{report_id:int}"
        return [Route(path, self.show), Route(path, self.answer, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Show a page of the report, and fields for the cells that a table lacks."""
        query = read_query(request)
        words = translations(query)
        report = await self._report(request)
        if report is None:
            return self._pages.redirect_to(None, query, words["gone"])
        page = request.query_params.get("page", "")
        number = int(page) if page.isdecimal() else report.stored.report.page_first
        table = report.table(request.query_params.get("table", "")) or next(
            iter(report.tables), None
        )
        return await self._page(request, report, table, _Typed(number, {}, {}))

    async def answer(self, request: Request) -> Response:
        """Fill the fields from pasted text or the page, or record them."""
        fields, query = await form_and_query(request)
        words = translations(query)
        one = {name: values[-1] for name, values in fields.items()}
        report = await self._report(request)
        table = None if report is None else report.table(one.get("table", ""))
        if report is None or table is None:
            return await self._pages.redirect_to_next(request, query, words["gone"])
        stored = report.stored
        texts = dict(zip(fields.get("cell", []), fields.get("text", []), strict=False))
        page = one.get("page", "")
        typed = _Typed(
            int(page) if page.isdecimal() else 0,
            {side: one.get(side, "") for side in _SIDES},
            texts,
            one.get("pasted", ""),
            one.get("why", ""),
        )
        try:
            if one.get("action") == "fill":
                lines = [_SEPARATORS.split(line.strip()) for line in typed.pasted.splitlines()]
                typed = _filled(typed, table, [line for line in lines if any(line)])
                return await self._page(request, report, table, typed, query)
            place = await run_in_threadpool(self._place, stored, typed)
            if one.get("action") == "read":
                found = await run_in_threadpool(self._desk.read_numbers, stored.id, place)
                typed = _filled(typed, table, found)
                return await self._page(request, report, table, typed, query)
            form = PlaceForm(place, texts, typed.why, one.get("overrules", ""))
            session = self._pages.session(request)
            summary = await run_in_threadpool(session.decide_missing, stored, table, form)
        except (UsageError, UnreadableFile) as error:
            return await self._page(request, report, table, typed, query, stored_text(str(error)))
        return await self._pages.redirect_to_next(request, query, summary_text(summary, words))

    async def _report(self, request: Request) -> _Incomplete | None:
        session = self._pages.session(request)
        report_id = request.path_params["report_id"]
        stored = await run_in_threadpool(session.stored_report, report_id)
        if stored is None:
            return None
        return _Incomplete(stored, await run_in_threadpool(self._desk.missing_tables, stored))

    def _place(self, stored: StoredReport, typed: _Typed) -> Place:
        """Return the rectangle that a person marked. Raises UsageError where it is none."""
        try:
            sides = [float(typed.sides[side]) for side in _SIDES]
        except ValueError as error:
            raise UsageError(tr("mark the place on the page first")) from error
        width, height = self._desk.page_size(stored.id, typed.page)
        x0, top, x1, bottom = sides
        limits = (-_ROUNDING, -_ROUNDING, width + _ROUNDING, height + _ROUNDING)
        is_inside = limits[0] <= x0 and limits[1] <= top and x1 <= limits[2] and bottom <= limits[3]
        is_large = x1 - x0 >= _LEAST_SIDE and bottom - top >= _LEAST_SIDE
        if not all(map(math.isfinite, sides)) or not is_inside or not is_large:
            raise UsageError(
                tr(
                    "the place is not on the page, which is {width:.0f} × {height:.0f} points",
                    width=width,
                    height=height,
                )
            )
        return Place(typed.page, Box(*sides))

    async def _page(
        self,
        request: Request,
        report: _Incomplete,
        table: MissingTable | None,
        typed: _Typed,
        query: dict[str, str] | None = None,
        message: str = "",
    ) -> Response:
        stored = report.stored
        reason = await run_in_threadpool(self._desk.missing_file_reason, stored.id)
        size = None
        if reason is None:
            try:
                size = await run_in_threadpool(self._desk.page_size, stored.id, typed.page)
            except (UsageError, UnreadableFile) as error:
                reason = str(error)
        return self._pages.render(
            "place.html",
            request,
            query=_without_place(read_query(request) if query is None else query),
            message=message,
            stored=stored,
            tables=report.tables,
            table=table,
            typed=typed,
            size=size,
            missing_file_reason=reason,
        )


def _filled(typed: _Typed, table: MissingTable, lines: list[list[str]]) -> _Typed:
    """Return what is typed with the numbers in the fields. Raises UsageError if they do not fit."""
    found = fill(table, lines)
    pasted = "\n".join("\t".join(line) for line in lines)
    if not lines:
        raise UsageError(tr("there are no numbers in the text of the page: type what is printed"))
    if found is None:
        counts = tr(", ").join(str(len(line)) for line in lines[:8])
        raise UsageError(
            tr(
                "the numbers do not fit: the fields are {rows} {rows:|row|rows} with {count} "
                "{count:|cell|cells}, the text is {lines} {lines:|line|lines} with {counts} "
                "numbers",
                rows=len(table.rows),
                count=table.count,
                lines=len(lines),
                counts=counts,
            )
        )
    return _Typed(typed.page, typed.sides, found, pasted, typed.why)


def _without_place(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name not in ("page", "table")}
