"""Who is let in, and who may write: a real server, spoken to as a hostile page could."""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from gongkai.queries.sql import query
from helpers.desks import CELL, read, serving
from helpers.doubts import misread

pytestmark = pytest.mark.process

FORM = "application/x-www-form-urlencoded"
ITEM = f"/decide/1/cell/{CELL}.1"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Desk(NamedTuple):
    db: Path
    netloc: str
    token: str

    def ask(
        self, method: str, path: str, *, cookie: bool = True, body: str = "", **headers: str
    ) -> Answer:
        """A request with these headers (_ for -), with the cookie or without it."""
        sent = {"Host": self.netloc, "Content-Type": FORM}
        if cookie:
            sent["Cookie"] = f"gongkai-{self.netloc.rpartition(':')[2]}={self.token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.netloc, timeout=20)
        try:
            connection.request(method, path, body, sent)
            found = connection.getresponse()
            told = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, told, found.read())
        finally:
            connection.close()

    def decisions(self) -> int:
        with query(self.db, "SELECT count(*) FROM decisions") as found:
            return int(next(found.rows)[0])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("guard")
    db = read(folder, [misread(CELL)])
    with serving(db, folder / "pdf") as link:
        parts = urlsplit(link)
        yield Desk(db, parts.netloc, parts.query.removeprefix("token="))


def test_the_token_of_the_link_becomes_a_cookie_that_scripts_cannot_read(desk: Desk) -> None:
    came = desk.ask("GET", f"/?kind=cell&token={desk.token}", cookie=False)
    assert came.status == 303 and came.headers["location"] == "/?kind=cell"
    cookie = came.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and len(desk.token) > 40


@pytest.mark.parametrize("path", ["/", "/next", "/static/review.js", "/crop/1/head/-"])
def test_nothing_is_shown_without_the_token(desk: Desk, path: str) -> None:
    assert desk.ask("GET", path).status in (200, 303)
    assert desk.ask("GET", path, cookie=False).status == 403
    assert desk.ask("GET", path, cookie=False, Cookie="gongkai-1=x").status == 403
    assert desk.ask("GET", f"{path}?token=wrong", cookie=False).status == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
def test_another_name_for_this_address_is_refused(desk: Desk, host: str) -> None:
    """A name of a stranger's that was made to lead here (DNS rebinding)."""
    assert desk.ask("GET", "/", Host=host).status == 403
    assert desk.ask("GET", f"/?token={desk.token}", Host=host).status == 403


@pytest.mark.parametrize("path", [ITEM, f"/skip/1/cell/{CELL}.1", "/undo"])
@pytest.mark.parametrize(
    "headers",
    [
        {},  # no browser of today is silent about where a form comes from
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "http://{own}", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://evil.example", "Sec_Fetch_Site": "same-origin"},
    ],
    ids=str,
)
def test_writing_from_elsewhere_is_refused(desk: Desk, path: str, headers: dict[str, str]) -> None:
    own = {name: value.replace("{own}", desk.netloc) for name, value in headers.items()}
    assert desk.ask("POST", path, body="verdict=accepted", **own).status == 403
    assert desk.decisions() == 0


def test_writing_without_the_token_is_refused(desk: Desk) -> None:
    origin = f"http://{desk.netloc}"
    for path in (ITEM, f"{ITEM}?token={desk.token}"):
        answer = desk.ask("POST", path, cookie=False, body="verdict=accepted", Origin=origin)
        assert answer.status == 403
    for method in ("GET", "HEAD"):  # reading decides nothing
        assert desk.ask(method, f"{ITEM}?verdict=accepted").status == 405
    assert desk.decisions() == 0


def test_pages_may_load_nothing_from_elsewhere(desk: Desk) -> None:
    for path in ("/", f"/item/1/cell/{CELL}.1", "/nowhere"):
        headers = desk.ask("GET", path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/crop/1/head/../../../../etc/passwd",
        "/crop/1/cell/../../x",
        "/crop/99/head/-",
        "/static/../serving.py",
        "/static/..%2fserving.py",
        "/static/words.toml",
        "/crop/1/cell/applications.granted.nothing.1",
    ],
)
def test_paths_lead_to_no_file(desk: Desk, path: str) -> None:
    answer = desk.ask("GET", path)
    assert answer.status == 404 or answer.body.startswith(b"\x89PNG")  # head of the report itself


def test_a_file_outside_the_folder_is_never_shown(tmp_path: Path) -> None:
    """Its recorded path, and a link below the folder, lead out of it: neither is followed."""
    db = read(tmp_path, [misread(CELL)])
    inside = tmp_path / "inside"
    inside.mkdir()
    if os.name != "nt":
        (inside / "report.pdf").symlink_to(tmp_path / "pdf" / "report.pdf")
    with serving(db, inside) as link:
        parts = urlsplit(link)
        desk = Desk(db, parts.netloc, parts.query.removeprefix("token="))
        for path in (f"/crop/1/cell/{CELL}.1", "/crop/1/head/-"):
            answer = desk.ask("GET", path)
            assert answer.status == 404 and b"PNG" not in answer.body
        page = desk.ask("GET", f"/item/1/cell/{CELL}.1")
        assert page.status == 200 and "无法显示印件" in page.body.decode()


def test_a_huge_form_is_refused(desk: Desk) -> None:
    origin = f"http://{desk.netloc}"
    answer = desk.ask("POST", ITEM, body="why=" + "x" * 100_000, Origin=origin)
    assert answer.status == 413 and desk.decisions() == 0


def test_a_write_of_the_desk_s_own_page_is_taken(desk: Desk) -> None:
    origin = f"http://{desk.netloc}"
    answer = desk.ask(
        "POST", ITEM, body="verdict=typed&text=6", Origin=origin, Sec_Fetch_Site="same-origin"
    )
    assert answer.status == 303 and desk.decisions() == 1
