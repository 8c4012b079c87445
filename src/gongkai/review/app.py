"""The web application: renders the pages of a review and handles their forms."""

from __future__ import annotations

from importlib.resources import as_file, files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gongkai.decisions.queue import ITEM_KINDS, QueueItem
from gongkai.errors import UnreadableFile, UsageError
from gongkai.language import fill
from gongkai.review.desk import ReviewDesk
from gongkai.review.form import ReviewForm
from gongkai.review.line_pages import LinePages
from gongkai.review.pages import Pages, summary_text
from gongkai.review.place_pages import PlacePages
from gongkai.review.requests import (
    clean_name,
    form_and_query,
    queue_filter,
    read_query,
    set_name,
    translations,
)

_MAX_LISTED = 200  # items of the queue on one page
_PREFETCHED = 3  # following items whose crops the browser loads ahead
_STATIC = {
    "review.css": "text/css; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
    "place.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FORM_FIELDS = ("verdict", "cell", "text", "why", "basis", "overrules")


def make_app(desk: ReviewDesk, who: str) -> Starlette:
    """Return the application of a review. It has no access control: see AccessMiddleware.

    ``who`` decides unless a browser gives another name.
    """
    pages = Pages(desk, who)
    endpoints = _Endpoints(pages)
    return Starlette(
        routes=[
            Route("/", endpoints.queue),
            Route("/next", endpoints.next),
            Route("/item/{item_id:path}", endpoints.item),
            Route("/decide/{item_id:path}", endpoints.decide, methods=["POST"]),
            Route("/skip/{item_id:path}", endpoints.skip, methods=["POST"]),
            Route("/undo", endpoints.undo, methods=["POST"]),
            Route("/who", endpoints.who, methods=["POST"]),
            Route("/crop/{report_id:int}/{kind}/{target:path}", endpoints.crop),
            *LinePages(pages).routes(),
            *PlacePages(pages).routes(),
            Route("/static/{name}", _static),
        ]
    )


class _Endpoints:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._desk = pages.desk

    # ------------------------------------------------------------------ pages

    async def queue(self, request: Request) -> Response:
        wanted = queue_filter(read_query(request))
        everything = await run_in_threadpool(self._pages.session(request).queue)
        items = [item for item in everything if wanted.matches(item)]
        return self._pages.render(
            "queue.html",
            request,
            items=items[:_MAX_LISTED],
            count=len(items),
            kinds={kind: sum(item.kind == kind for item in everything) for kind in ITEM_KINDS},
            years=sorted({str(item.year or "-") for item in everything}),
            filter=wanted,
            incomplete=await run_in_threadpool(self._desk.incomplete_reports),
        )

    async def next(self, request: Request) -> Response:
        message = self._pages.messages.take(request)
        return await self._pages.redirect_to_next(request, read_query(request), message)

    async def item(self, request: Request) -> Response:
        query = read_query(request)
        words = translations(query)
        item = await run_in_threadpool(
            self._pages.session(request).item, request.path_params["item_id"]
        )
        if item is None:  # its report was ingested again, or another answer settled it
            message = self._pages.messages.take(request) or words["gone"]
            return await self._pages.redirect_to_next(request, query, message)
        return await run_in_threadpool(self._item_page, request, item)

    async def crop(self, request: Request) -> Response:
        path = request.path_params
        try:
            png = await run_in_threadpool(
                self._desk.crop, path["report_id"], path["kind"], path["target"]
            )
        except (UsageError, UnreadableFile) as error:
            return Response(str(error), 404, media_type="text/plain")
        if png is None:
            return Response("no such image", 404, media_type="text/plain")
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(png, media_type="image/png", headers=headers)

    # ------------------------------------------------------------------ forms

    async def decide(self, request: Request) -> Response:
        fields, query = await form_and_query(request)
        words = translations(query)
        session = self._pages.session(request)
        item = await run_in_threadpool(session.item, request.path_params["item_id"])
        if item is None:
            return await self._pages.redirect_to_next(request, query, words["gone"])
        form = ReviewForm(**{name: fields.get(name, [""])[-1] for name in _FORM_FIELDS})
        try:
            summary = await run_in_threadpool(session.decide, item, form)
        except UsageError as error:
            return self._pages.redirect_to(item, query, str(error))
        message = summary_text(summary, words)
        remaining = await run_in_threadpool(self._desk.item, item.id)
        if item.check_id and form.verdict != "print_fault" and remaining is not None:
            # the check still fails after one of its cells was decided
            return self._pages.redirect_to(remaining, query, message)
        return await self._pages.redirect_to_next(request, query, message)

    async def skip(self, request: Request) -> Response:
        _, query = await form_and_query(request)
        self._pages.session(request).skip(request.path_params["item_id"])
        return await self._pages.redirect_to_next(request, query)

    async def undo(self, request: Request) -> Response:
        _, query = await form_and_query(request)
        words = translations(query)
        session = self._pages.session(request)
        try:
            undone = await run_in_threadpool(session.undo)
        except UsageError as error:
            return await self._pages.redirect_to_next(request, query, str(error))
        if undone is None:
            return await self._pages.redirect_to_next(request, query, words["nothing_to_undo"])
        message = fill(words["undone"], undone.what)
        if undone.still:
            message = words["comma"].join((message, fill(words["still_decided"], undone.still)))
        item = await run_in_threadpool(self._desk.item, undone.item_id)
        if item is None:  # an earlier decision on it, or another person's, is in force again
            message = words["comma"].join((message, words["undone_not_open"]))
            return await self._pages.redirect_to_next(request, query, message)
        return self._pages.redirect_to(item, query, message)

    async def who(self, request: Request) -> Response:
        fields, query = await form_and_query(request)
        name = clean_name(fields.get("who", [""])[-1]) or self._pages.who
        response = self._pages.redirect_to(None, query)
        set_name(request, response, name)
        return response

    def _item_page(self, request: Request, item: QueueItem) -> Response:
        session = self._pages.session(request)
        items = session.queue(queue_filter(read_query(request)))
        following = [each for each in items if each.id != item.id][:_PREFETCHED]
        view = session.item_view(item)
        others = [
            each.decision
            for each in view.earlier
            if each.standing == "in_force" and each.decision.who != session.who
        ]
        return self._pages.render(
            "item.html",
            request,
            view=view,
            item=item,
            count=len(items),
            others=others,
            missing_file_reason=self._desk.missing_file_reason(item.report_id),
            prefetch=[path for each in following for path in _crop_paths(each)],
        )


def _crop_paths(item: QueueItem) -> list[str]:
    """Return the paths of the crops that the page of an item shows first."""
    if item.key is not None:
        cell = f"{item.key}.{item.occurrence}"
        return [f"{item.report_id}/cell/{cell}", f"{item.report_id}/zoom/{cell}"]
    if item.check_id is not None:
        return [f"{item.report_id}/check/{item.check_id}"]
    return [f"{item.report_id}/head/-"]


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response("no such file", 404, media_type="text/plain")
    with as_file(files("gongkai.review").joinpath("static", name)) as path:
        return Response(path.read_bytes(), headers={"Content-Type": _STATIC[name]})
