"""The web application: renders the pages of a review and handles their forms."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gongkai.decisions.queue import ITEM_KINDS, QueueItem
from gongkai.errors import UnreadableFile, UsageError
from gongkai.language import Language, current_language, use_language
from gongkai.render.html import html_templates
from gongkai.review.form import ReviewForm
from gongkai.review.session import QueueFilter, RecheckSummary, ReviewSession
from gongkai.review.translations import LANGUAGES, Translations, load_translations

_MAX_LISTED = 200  # items of the queue on one page
_PREFETCHED = 3  # following items whose crops the browser loads ahead
_MAX_FORM_BYTES = 64_000
_STATIC = {
    "review.css": "text/css; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FORM_FIELDS = ("verdict", "cell", "text", "why", "basis")
_FILTER_FIELDS = ("kind", "year", "agency", "report")


def make_app(session: ReviewSession) -> Starlette:
    """Return the application of a review. It has no access control: see AccessMiddleware."""
    endpoints = _Endpoints(session)
    return Starlette(
        routes=[
            Route("/", endpoints.queue),
            Route("/next", endpoints.next),
            Route("/item/{item_id:path}", endpoints.item),
            Route("/decide/{item_id:path}", endpoints.decide, methods=["POST"]),
            Route("/skip/{item_id:path}", endpoints.skip, methods=["POST"]),
            Route("/undo", endpoints.undo, methods=["POST"]),
            Route("/crop/{report_id:int}/{kind}/{target:path}", endpoints.crop),
            Route("/static/{name}", _static),
        ]
    )


class _Endpoints:
    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._message = ""  # shown once, on the next page
        self._environment = html_templates("gongkai.review")

    # ------------------------------------------------------------------ pages

    async def queue(self, request: Request) -> Response:
        query = _query(request)
        queue_filter = _queue_filter(query)
        everything = await run_in_threadpool(self._session.queue)
        items = [item for item in everything if queue_filter.matches(item)]
        return self._page(
            "queue.html",
            query,
            items=items[:_MAX_LISTED],
            count=len(items),
            kinds={kind: sum(item.kind == kind for item in everything) for kind in ITEM_KINDS},
            years=sorted({str(item.year or "-") for item in everything}),
            filter=queue_filter,
        )

    async def next(self, request: Request) -> Response:
        return await self._redirect_to_next(_query(request))

    async def item(self, request: Request) -> Response:
        item = await run_in_threadpool(self._session.item, request.path_params["item_id"])
        if item is None:  # decided in the meantime, or its report was ingested again
            return await self._redirect_to_next(_query(request))
        return await run_in_threadpool(self._item_page, _query(request), item)

    async def crop(self, request: Request) -> Response:
        path = request.path_params
        try:
            png = await run_in_threadpool(
                self._session.crop, path["report_id"], path["kind"], path["target"]
            )
        except (UsageError, UnreadableFile) as error:
            return Response(str(error), 404, media_type="text/plain")
        if png is None:
            return Response("no such image", 404, media_type="text/plain")
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(png, media_type="image/png", headers=headers)

    # ------------------------------------------------------------------ forms

    async def decide(self, request: Request) -> Response:
        fields = await _read_form(request)
        query = dict(parse_qsl(fields.get("query", "")))
        words = _translations(query)
        item = await run_in_threadpool(self._session.item, request.path_params["item_id"])
        if item is None:
            return await self._redirect_to_next(query, words["gone"])
        form = ReviewForm(**{name: fields.get(name, "") for name in _FORM_FIELDS})
        try:
            summary = await run_in_threadpool(self._session.decide, item, form)
        except UsageError as error:
            return self._redirect_to(item, query, str(error))
        message = _summary_text(summary, words)
        remaining = await run_in_threadpool(self._session.item, item.id)
        if item.check_id and form.verdict != "print_fault" and remaining is not None:
            # the check still fails after one of its cells was decided
            return self._redirect_to(remaining, query, message)
        return await self._redirect_to_next(query, message)

    async def skip(self, request: Request) -> Response:
        fields = await _read_form(request)
        await run_in_threadpool(self._session.skip, request.path_params["item_id"])
        return await self._redirect_to_next(dict(parse_qsl(fields.get("query", ""))))

    async def undo(self, request: Request) -> Response:
        fields = await _read_form(request)
        query = dict(parse_qsl(fields.get("query", "")))
        words = _translations(query)
        try:
            item_id = await run_in_threadpool(self._session.undo)
        except UsageError as error:
            return await self._redirect_to_next(query, str(error))
        if item_id is None:
            return await self._redirect_to_next(query, words["nothing_to_undo"])
        item = await run_in_threadpool(self._session.item, item_id)
        if item is None:  # an earlier decision on it is in force again
            return await self._redirect_to_next(query, words["undone"])
        return self._redirect_to(item, query, words["undone"])

    # ------------------------------------------------------------------ responses

    async def _redirect_to_next(self, query: dict[str, str], message: str = "") -> Response:
        """Redirect to the first item that matches the filter, or to the queue."""
        items = await run_in_threadpool(self._session.queue, _queue_filter(query))
        return self._redirect_to(items[0] if items else None, query, message)

    def _redirect_to(
        self, item: QueueItem | None, query: dict[str, str], message: str = ""
    ) -> Response:
        """Redirect with 303, so that reloading the page does not send the form again."""
        self._message = message
        path = f"/item/{item.id}" if item else "/"
        return RedirectResponse(f"{path}?{urlencode(query)}", 303)

    def _item_page(self, query: dict[str, str], item: QueueItem) -> Response:
        items = self._session.queue(_queue_filter(query))
        following = [each for each in items if each.id != item.id][:_PREFETCHED]
        return self._page(
            "item.html",
            query,
            view=self._session.item_view(item),
            item=item,
            count=len(items),
            missing_file_reason=self._session.missing_file_reason(item),
            prefetch=[path for each in following for path in _crop_paths(each)],
        )

    def _page(self, name: str, query: dict[str, str], **values: Any) -> Response:
        message, self._message = self._message, ""
        page = self._environment.get_template(name).render(
            session=self._session,
            query=urlencode(query),
            language=_language(query),
            languages=LANGUAGES,
            message=message,
            words=_translations(query),
            **values,
        )
        return HTMLResponse(page)


def _crop_paths(item: QueueItem) -> list[str]:
    """Return the paths of the crops that the page of an item shows first."""
    if item.key is not None:
        cell = f"{item.key}.{item.occurrence}"
        return [f"{item.report_id}/cell/{cell}", f"{item.report_id}/zoom/{cell}"]
    if item.check_id is not None:
        return [f"{item.report_id}/check/{item.check_id}"]
    return [f"{item.report_id}/head/-"]


def _summary_text(summary: RecheckSummary, words: Translations) -> str:
    """Return one sentence about what a decision changed."""
    changes = (
        ("turned_passed", summary.passed),
        ("turned_faults", summary.print_faults),
        ("turned_failed", summary.failed),
    )
    parts = [
        words["recorded"],
        *(words[name].format(count) for name, count in changes if count),
        words["report_now"].format(words[summary.status]),
    ]
    return words["comma"].join(parts)


def _query(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if value}


def _queue_filter(query: dict[str, str]) -> QueueFilter:
    return QueueFilter(**{name: query.get(name, "") for name in _FILTER_FIELDS})


def _translations(query: dict[str, str]) -> Translations:
    """The texts of a page, whose language is then that of the request's errors, too."""
    language = _language(query)
    use_language(language)
    return load_translations(language)


def _language(query: dict[str, str]) -> Language:
    return "en" if query.get("lang", current_language()) == "en" else "zh"


async def _read_form(request: Request) -> dict[str, str]:
    """Return the fields of a URL-encoded form. Starlette's own parser would take files, too."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            raise HTTPException(413, "the form is too large")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response("no such file", 404, media_type="text/plain")
    with as_file(files("gongkai.review").joinpath("static", name)) as path:
        return Response(path.read_bytes(), headers={"Content-Type": _STATIC[name]})
