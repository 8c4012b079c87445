"""The pages of the desk, rendered here, and what a person sends back."""

from __future__ import annotations

from dataclasses import asdict
from importlib.resources import as_file, files
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gongkai.decisions.queue import ITEM_KINDS, QueueItem
from gongkai.errors import UnreadableFile, UsageError
from gongkai.model import ReportStatus
from gongkai.render.sanitize import escape_controls
from gongkai.review.desk import Answer, Desk, Filter, Outcome
from gongkai.review.wording import LANGUAGES, Words, wording

_LISTED = 200  # items of the queue on one page
_AHEAD = 3  # items whose pictures are fetched before they are asked for
_LARGEST = 64_000  # bytes of a form
_STATIC = {
    "review.css": "text/css; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def make_app(desk: Desk) -> Starlette:
    """The desk as a web application; who may talk to it is the guard's concern."""
    pages = _Pages(desk)
    return Starlette(
        routes=[
            Route("/", pages.queue),
            Route("/next", pages.next),
            Route("/item/{item_id:path}", pages.item),
            Route("/decide/{item_id:path}", pages.decide, methods=["POST"]),
            Route("/skip/{item_id:path}", pages.skip, methods=["POST"]),
            Route("/undo", pages.undo, methods=["POST"]),
            Route("/crop/{report_id:int}/{what}/{of:path}", pages.crop),
            Route("/static/{name}", _static),
        ]
    )


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._message = ""  # for the next page
        self._environment = Environment(
            loader=PackageLoader("gongkai.review"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_harmless,
        )

    # ------------------------------------------------------------------ pages

    async def queue(self, request: Request) -> Response:
        wanted, words = _wanted(request), _words(request)
        everything = await run_in_threadpool(self._desk.queue)
        items = [item for item in everything if wanted.takes(item)]
        kinds = {kind: sum(item.kind == kind for item in everything) for kind in ITEM_KINDS}
        return self._page(
            "queue.html",
            request,
            items=items[:_LISTED],
            count=len(items),
            kinds=kinds,
            years=sorted({str(item.year or "-") for item in everything}),
            words=words,
            wanted=wanted,
        )

    async def next(self, request: Request) -> Response:
        return await self._onwards(request, _query(request))

    async def item(self, request: Request) -> Response:
        item = await run_in_threadpool(self._desk.item, request.path_params["item_id"])
        if item is None:  # settled, or its report was read again
            return await self._onwards(request, _query(request))
        return await run_in_threadpool(self._show, request, item)

    async def crop(self, request: Request) -> Response:
        path = request.path_params
        try:
            png = await run_in_threadpool(
                self._desk.picture, path["report_id"], path["what"], path["of"]
            )
        except (UsageError, UnreadableFile) as error:
            return Response(str(error), 404, media_type="text/plain")
        if png is None:
            return Response("no such picture", 404, media_type="text/plain")
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(png, media_type="image/png", headers=headers)

    # ------------------------------------------------------------------ answers

    async def decide(self, request: Request) -> Response:
        form = await _form(request)
        query = dict(parse_qsl(form.get("query", "")))
        words = wording(query.get("lang", ""))
        item = await run_in_threadpool(self._desk.item, request.path_params["item_id"])
        if item is None:
            return await self._onwards(request, query, words["gone"])
        names = ("verdict", "cell", "text", "why", "basis")
        answer = Answer(**{name: form.get(name, "") for name in names})
        try:
            outcome = await run_in_threadpool(self._desk.decide, item, answer)
        except UsageError as error:
            return self._to(item, query, str(error))
        message = _told(outcome, words)
        still = await run_in_threadpool(self._desk.item, item.id)
        if item.check_id and answer.verdict != "print_fault" and still is not None:
            return self._to(still, query, message)
        return await self._onwards(request, query, message)

    async def skip(self, request: Request) -> Response:
        form = await _form(request)
        await run_in_threadpool(self._desk.skip, request.path_params["item_id"])
        return await self._onwards(request, dict(parse_qsl(form.get("query", ""))))

    async def undo(self, request: Request) -> Response:
        form = await _form(request)
        query = dict(parse_qsl(form.get("query", "")))
        words = wording(query.get("lang", ""))
        item_id = await run_in_threadpool(self._desk.undo)
        item = await run_in_threadpool(self._desk.item, item_id) if item_id else None
        if item is None:
            return await self._onwards(request, query, words["nothing_to_undo"])
        return self._to(item, query, words["undone"])

    # ------------------------------------------------------------------ how they look

    async def _onwards(self, _: Request, query: dict[str, str], message: str = "") -> Response:
        """On to the next item that is wanted; to the queue, where there is none."""
        items = await run_in_threadpool(self._desk.queue, _filter(query))
        return self._to(items[0] if items else None, query, message)

    def _to(self, item: QueueItem | None, query: dict[str, str], message: str = "") -> Response:
        """A redirection, so that a page that is loaded again decides nothing again."""
        self._message = message
        path = f"/item/{item.id}" if item else "/"
        return RedirectResponse(f"{path}?{urlencode(query)}", 303)

    def _show(self, request: Request, item: QueueItem) -> Response:
        query = _query(request)
        items = self._desk.queue(_filter(query))
        following = [each for each in items if each.id != item.id][:_AHEAD]
        scene = self._desk.scene(item)
        return self._page(
            "item.html",
            request,
            scene=scene,
            item=item,
            count=len(items),
            trouble=self._desk.trouble(item),
            ahead=[path for each in following for path in _pictures(each)],
            words=wording(query.get("lang", "")),
        )

    def _page(self, name: str, request: Request, **values: Any) -> Response:
        asked, message, self._message = _query(request), self._message, ""
        page = self._environment.get_template(name).render(
            desk=self._desk,
            query=urlencode(asked),
            languages=LANGUAGES,
            asked=asked,
            message=message,
            **values,
        )
        return HTMLResponse(page)


def _pictures(item: QueueItem) -> list[str]:
    """The paths of the pictures that an item's page shows first."""
    if item.key is not None:
        cell = f"{item.key}.{item.occurrence}"
        return [f"{item.report_id}/cell/{cell}", f"{item.report_id}/zoom/{cell}"]
    if item.check_id is not None:
        return [f"{item.report_id}/check/{item.check_id}"]
    return [f"{item.report_id}/head/-"]


def _harmless(value: object) -> object:
    """Marks that hide or reverse text are shown as escapes, wherever they come from."""
    return escape_controls(value) if type(value) is str else value


def _told(outcome: Outcome, words: Words) -> str:
    parts = [words["recorded"]]
    for name in ("passed", "faults", "failed"):
        if count := asdict(outcome)[name]:
            parts.append(words[f"turned_{name}"].format(count))
    status: ReportStatus = outcome.status  # type: ignore[assignment]
    parts.append(words["report_now"].format(words[status]))
    return words["comma"].join(parts)


def _query(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if value}


def _filter(query: dict[str, str]) -> Filter:
    return Filter(**{name: query.get(name, "") for name in ("kind", "year", "agency", "report")})


def _wanted(request: Request) -> Filter:
    return _filter(_query(request))


def _words(request: Request) -> Words:
    return wording(request.query_params.get("lang", ""))


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, without any file."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise HTTPException(413, "the form is too large")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response("no such file", 404, media_type="text/plain")
    with as_file(files("gongkai.review").joinpath("static", name)) as path:
        return Response(path.read_bytes(), headers={"Content-Type": _STATIC[name]})
