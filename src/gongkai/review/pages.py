"""What the pages of a review share: sessions, messages, redirects and templates."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gongkai.database.vocabulary import word_of
from gongkai.decisions.answer_words import told, word
from gongkai.decisions.queue import QueueItem
from gongkai.language import fill
from gongkai.render.html import html_templates
from gongkai.render.messages import year_text
from gongkai.review.desk import ReviewDesk
from gongkai.review.requests import (
    Messages,
    language_of_query,
    queue_filter,
    read_name,
    read_query,
    translations,
)
from gongkai.review.session import RecheckSummary, ReviewSession
from gongkai.review.translations import LANGUAGES, Translations

_MAX_PEOPLE = 50  # whose skipped items and steps of undo are kept


class Pages:
    """Renders the pages of one review, each for the person who asks."""

    def __init__(self, desk: ReviewDesk, who: str) -> None:
        """``who`` decides unless a browser gives another name."""
        self.desk = desk
        self.who = who
        self.messages = Messages()
        self._sessions: OrderedDict[str, ReviewSession] = OrderedDict()
        self._environment = html_templates("gongkai.review")

    def session(self, request: Request) -> ReviewSession:
        """Return the session of the person who sends a request."""
        who = read_name(request) or self.who
        with self.desk.lock:
            if who not in self._sessions:
                self._sessions[who] = ReviewSession(self.desk, who)
            self._sessions.move_to_end(who)
            while len(self._sessions) > _MAX_PEOPLE:
                self._sessions.popitem(last=False)
            return self._sessions[who]

    async def redirect_to_next(
        self, request: Request, query: dict[str, str], message: str = ""
    ) -> Response:
        """Redirect to the first item that matches the filter, or to the queue."""
        items = await run_in_threadpool(self.session(request).queue, queue_filter(query))
        return self.redirect_to(items[0] if items else None, query, message)

    def redirect_to(
        self, item: QueueItem | None, query: dict[str, str], message: str = ""
    ) -> Response:
        """Redirect with 303, so that reloading the page does not send the form again."""
        path = f"/item/{item.id}" if item else "/"
        parameters = query | self.messages.leave(message)
        return RedirectResponse(f"{path}?{urlencode(parameters)}", 303)

    def render(
        self,
        name: str,
        request: Request,
        *,
        query: dict[str, str] | None = None,
        message: str = "",
        **values: Any,
    ) -> Response:
        """Render a template. ``query`` is that of the request unless a form has sent it.

        ``message`` takes the place of the one that the request names; the status is 422 then.
        """
        query = read_query(request) if query is None else query
        page = self._environment.get_template(name).render(
            session=self.session(request),
            query=urlencode(query),
            language=language_of_query(query),
            languages=LANGUAGES,
            message=message or self.messages.take(request),
            words=translations(query),
            word=word,
            told=told,
            word_of=word_of,
            year_text=year_text,
            **values,
        )
        return HTMLResponse(page, 422 if message else 200)


def summary_text(summary: RecheckSummary, words: Translations) -> str:
    """Return one sentence about what a decision changed."""
    changes = (
        ("turned_passed", summary.passed),
        ("turned_faults", summary.print_faults),
        ("turned_failed", summary.failed),
    )
    parts = [
        words["recorded"],
        *(fill(words[name], count) for name, count in changes if count),
        fill(words["report_now"], word_of("status", summary.status)),
    ]
    if summary.agreeing:
        parts.insert(1, fill(words["agreeing"], words["and"].join(summary.agreeing)))
    return words["comma"].join(parts)
