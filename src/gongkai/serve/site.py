"""The pages of `gongkai serve` before Datasette's: start, families, search and proofs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.utils import tilde_encode
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gongkai.database.wide import TRUSTED_SUFFIX, TRUSTED_SUFFIX_ZH
from gongkai.errors import GongkaiError, UsageError
from gongkai.families.titles import family_title
from gongkai.language import current_language, tr
from gongkai.proof import Prover
from gongkai.proof.charts import coverage
from gongkai.proof.number_facts import number_facts, number_heading
from gongkai.queries.search import search
from gongkai.queries.sql import query_rows
from gongkai.render.html import html_templates
from gongkai.render.messages import STATUSES, status_text, status_word
from gongkai.serve.phrases import MENU_SCRIPT, menu_script
from gongkai.serve.questions import ReadyQuery, parameter_name
from gongkai.serve.table_cells import PROOFS
from gongkai.serve.wide_cells import WideCells

FAMILIES = "/-/family"
SEARCH = "/-/search"
_MOST_HITS = 50
_MOST_BODIES = 2_000  # offered while a name is typed
_MOST_WORDS = 200  # characters of a search

_BODIES = """
SELECT agency FROM reports WHERE family = ? AND duplicate_of IS NULL
GROUP BY agency ORDER BY COUNT(*) DESC, agency LIMIT ?"""
_TABLES = """
SELECT table_name, description_en, description_zh FROM columns WHERE column_name = ''"""


@dataclass(frozen=True)
class Site:
    """What the pages show: a database with ready queries and PDF files."""

    db: Path
    questions: tuple[ReadyQuery, ...]
    cells: WideCells
    pdf_root: Path | None  # None: no proofs are shown

    def app(self, tables: ASGIApp) -> Starlette:
        """The application. ``tables`` is Datasette's, which answers every other address.

        It has no access control: see AccessMiddleware.
        """
        menu = [Route(MENU_SCRIPT, _menu_script)] if current_language() == "zh" else []
        app = Starlette(
            routes=[
                *menu,
                Route("/", self._answer(self._home)),
                Route(f"{FAMILIES}/{{family}}", self._answer(self._family)),
                Route(SEARCH, self._answer(self._search)),
                Route(f"{PROOFS}/{{report:int}}", self._answer(self._report)),
                Route(f"{PROOFS}/{{report:int}}/{{field}}", self._answer(self._cell)),
            ]
        )
        app.router.default = tables
        return app

    # ------------------------------------------------------------------ pages

    def _home(self, _: Request) -> Response:
        covered = coverage(self.db)
        return self._page(
            "home.html",
            coverage=covered,
            charts=list(covered.charts_of_family()),
            families=[
                (name, family_title(name), covered.of_family(name))
                for name in sorted(covered.families, key=covered.families.__getitem__)[::-1]
            ],
            questions=[each for each in self.questions if each.featured],
        )

    def _family(self, request: Request) -> Response:
        family = request.path_params["family"]
        covered = coverage(self.db).of_family(family)
        if not covered.counts:
            raise UsageError(
                tr("no reports of {family} in this database", family=family_title(family))
            )
        return self._page(
            "family.html",
            family=family,
            title=family_title(family),
            coverage=covered,
            charts=list(covered.charts_of_family()),
            questions=[each for each in self.questions if each.family == family],
            tables=self._tables(family),
        )

    def _search(self, request: Request) -> Response:
        words = request.query_params.get("q", "")[:_MOST_WORDS]
        hits = search(self.db, words, limit=_MOST_HITS) if words.strip() else []
        return self._page("search.html", words=words, hits=hits, most=_MOST_HITS)

    def _report(self, request: Request) -> Response:
        return HTMLResponse(self._prover.report(str(request.path_params["report"])))

    def _cell(self, request: Request) -> Response:
        report, field = request.path_params["report"], request.path_params["field"]
        if "." not in field:
            field = self._field_of_panel(report, field)
        number = self._prover.number(str(report), field, whole_page=True)
        return self._page(
            "cell.html",
            heading=number_heading(number),
            report=report,
            cell=number.cells[0],
            facts=list(number_facts(number)),
            picture=base64.b64encode(number.png).decode("ascii"),
        )

    # ------------------------------------------------------------------ parts

    def _answer(self, page: Callable[[Request], Response]) -> Callable[[Request], Any]:
        """An endpoint that answers with a page, or with the reason why there is none."""

        async def endpoint(request: Request) -> Response:
            try:
                return await run_in_threadpool(page, request)
            except GongkaiError as error:
                return self._page("trouble.html", 404, message=str(error))

        return endpoint

    def _page(self, name: str, status: int = 200, **values: Any) -> Response:
        page = self._environment.get_template(name).render(
            inside=self._inside,
            **values,
        )
        return HTMLResponse(page, status)

    @cached_property
    def _environment(self) -> Any:
        environment = html_templates("gongkai.serve")
        environment.globals |= {
            "statuses": STATUSES,
            "status_word": status_word,
            "status_text": status_text,
            "bodies": self._bodies,
            "parameter_name": parameter_name,
            "proofs": PROOFS if self.pdf_root else "",
            "families_address": FAMILIES,
            "search_address": SEARCH,
            "address": self._address,
            "reports_of_year": self._reports_of_year,
        }
        return environment

    @property
    def _inside(self) -> str:
        """The address of Datasette's page of the database."""
        return f"/{tilde_encode(self.db.stem)}"

    def _address(self, name: str) -> str:
        """The address of Datasette's page of a table."""
        return f"{self._inside}/{tilde_encode(name)}"

    @cached_property
    def _prover(self) -> Prover:
        if self.pdf_root is None:
            raise UsageError(
                tr("no proofs without the PDF files: start `gongkai serve` with --pdf-root DIR")
            )
        return Prover(self.db, self.pdf_root, renamed_files=False)

    def _field_of_panel(self, report: int, column: str) -> str:
        """The field that a column of the panel shows of a report."""
        found = query_rows(self.db, "SELECT family FROM reports WHERE id = ?", (report,))
        try:
            return self.cells.panels[found[0][0]][column]
        except LookupError:
            raise UsageError(tr("no cell for the column {column!r}", column=column)) from None

    def _bodies(self, family: str) -> list[str]:
        return [name for (name,) in query_rows(self.db, _BODIES, (family, _MOST_BODIES))]

    def _reports_of_year(self, year: int, family: str) -> str:
        """The address of Datasette's table of the reports of a year, of one family or of all."""
        wanted = {"year": str(year)} | ({"family": family} if family else {})
        return f"{self._inside}/reports?{urlencode(wanted)}"

    def _tables(self, family: str) -> list[tuple[str, str, str]]:
        """The views of a family in the current language, their variant trusted, and description."""
        chinese = current_language() == "zh"
        described = query_rows(self.db, _TABLES)
        texts = {name: zh if chinese else en for name, en, zh in described}
        tables: list[tuple[str, str, str]] = []
        for wide in self.cells.views.get(family, ()):
            if not wide.trusted and not wide.has_duplicates:
                name = wide.name_zh if chinese else wide.name
                trusted = name + (TRUSTED_SUFFIX_ZH if chinese else TRUSTED_SUFFIX)
                tables.append((name, trusted, texts.get(name, "")))
        return tables


async def _menu_script(_: Request) -> Response:
    return Response(menu_script(), media_type="text/javascript")
