"""The pages on which a person decides all cells of a row or column at once."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gongkai.errors import UsageError
from gongkai.review.form import LineForm
from gongkai.review.line_view import Direction, LineView
from gongkai.review.pages import Pages, summary_text
from gongkai.review.requests import form_and_query, read_query, translations


class LinePages:
    """The pages of rows and columns of one review."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the routes of these pages."""
        path = "/line/{report_id:int}/{direction}/{name:path}"
        return [Route(path, self.show), Route(path, self.decide, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Show a row or column, and a field for each of its cells."""
        line = await self._line(request)
        if line is None:
            words = translations(read_query(request))
            return self._pages.redirect_to(None, read_query(request), words["gone"])
        item = request.query_params.get("from", "")
        return await self._page(request, line, LineForm((), (), (), item=item))

    async def decide(self, request: Request) -> Response:
        """Record the answers, or show them again with the one that makes no sense."""
        fields, query = await form_and_query(request)
        words = translations(query)
        line = await self._line(request)
        if line is None:
            return await self._pages.redirect_to_next(request, query, words["gone"])
        form = LineForm(
            cells=fields.get("cell", []),
            bases=fields.get("basis", []),
            texts=fields.get("text", []),
            why=fields.get("why", [""])[-1],
            overrules=fields.get("overrules", [""])[-1],
            item=fields.get("item", [""])[-1],
        )
        session = self._pages.session(request)
        try:
            summary = await run_in_threadpool(session.decide_line, line, form)
        except UsageError as error:
            return await self._page(request, line, form, query, str(error))
        return await self._pages.redirect_to_next(request, query, summary_text(summary, words))

    async def _line(self, request: Request) -> LineView | None:
        direction: Direction = "row" if request.path_params["direction"] == "row" else "column"
        session = self._pages.session(request)
        report_id, name = request.path_params["report_id"], request.path_params["name"]
        return await run_in_threadpool(session.line_view, report_id, direction, name)

    async def _page(
        self,
        request: Request,
        line: LineView,
        form: LineForm,
        query: dict[str, str] | None = None,
        message: str = "",
    ) -> Response:
        values: dict[str, Any] = {
            "line": line,
            "form": form,
            "typed": dict(zip(form.cells, form.texts, strict=False)),
            "missing_file_reason": await run_in_threadpool(
                self._pages.desk.missing_file_reason, line.stored.id
            ),
        }
        return self._pages.render("line.html", request, query=query, message=message, **values)
