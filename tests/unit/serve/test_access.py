"""Access to a running review server: requests as a hostile web page could send them."""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from gongkai.queries.sql import query
from gongkai.serve.guarded import host_names
from helpers.doubtful_reports import misread
from helpers.review_server import CELL, make_database, serve

pytestmark = pytest.mark.process

FORM = "application/x-www-form-urlencoded"
ITEM = f"/decide/1/cell/{CELL}.1"


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Client(NamedTuple):
    db: Path
    netloc: str
    token: str

    def request(
        self, method: str, path: str, *, cookie: bool = True, body: str = "", **headers: str
    ) -> Response:
        """Send a request with or without the cookie; keywords become headers, with - for _."""
        sent = {"Host": self.netloc, "Content-Type": FORM}
        if cookie:
            sent["Cookie"] = f"gongkai-{self.netloc.rpartition(':')[2]}={self.token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.netloc, timeout=20)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, received, response.read())
        finally:
            connection.close()

    def decisions(self) -> int:
        with query(self.db, "SELECT count(*) FROM decisions") as found:
            return int(next(found.rows)[0])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("middleware")
    db = make_database(folder, [misread(CELL)])
    with serve(db, folder / "pdf") as link:
        parts = urlsplit(link)
        yield Client(db, parts.netloc, parts.query.removeprefix("token="))


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(client: Client) -> None:
    response = client.request("GET", f"/?kind=cell&token={client.token}", cookie=False)
    assert response.status == 303 and response.headers["location"] == "/?kind=cell"
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and len(client.token) > 40


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example", "//evil.example/a?b=c"])
def test_the_redirect_stays_on_this_server(client: Client, path: str) -> None:
    separator = "&" if "?" in path else "?"
    link = f"{path}{separator}token={client.token}"
    response = client.request("GET", link, cookie=False)
    assert response.status == 303
    assert response.headers["location"].startswith("/evil.example")


@pytest.mark.parametrize("path", ["/", "/next", "/static/review.js", "/crop/1/head/-"])
def test_nothing_is_shown_without_the_token(client: Client, path: str) -> None:
    assert client.request("GET", path).status in (200, 303)
    assert client.request("GET", path, cookie=False).status == 403
    assert client.request("GET", path, cookie=False, Cookie="gongkai-1=x").status == 403
    assert client.request("GET", f"{path}?token=wrong", cookie=False).status == 403


def test_a_script_sends_the_token_in_a_header(client: Client) -> None:
    for sent, status in ((client.token, 200), ("wrong", 403)):
        response = client.request("GET", "/", cookie=False, Authorization=f"Bearer {sent}")
        assert response.status == status


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1"],
)
def test_another_host_name_is_refused(client: Client, host: str) -> None:
    """As after DNS rebinding, when the port is the right one."""
    host = host.format(port=client.netloc.rpartition(":")[2])
    assert client.request("GET", "/", Host=host).status == 403
    assert client.request("GET", f"/?token={client.token}", Host=host).status == 403


@pytest.mark.parametrize("path", [ITEM, f"/skip/1/cell/{CELL}.1", "/undo"])
@pytest.mark.parametrize(
    "headers",
    [
        {},  # every current browser sends one of these headers with a form
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
def test_writing_from_another_origin_is_refused(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    own = {name: value.replace("{own}", client.netloc) for name, value in headers.items()}
    assert client.request("POST", path, body="verdict=accepted", **own).status == 403
    assert client.decisions() == 0


def test_writing_without_the_token_is_refused(client: Client) -> None:
    origin = f"http://{client.netloc}"
    for path in (ITEM, f"{ITEM}?token={client.token}"):
        response = client.request(
            "POST", path, cookie=False, body="verdict=accepted", Origin=origin
        )
        assert response.status == 403
    for method in ("GET", "HEAD"):  # safe methods do not write
        assert client.request(method, f"{ITEM}?verdict=accepted").status == 405
    assert client.decisions() == 0


def test_security_headers_of_every_page(client: Client) -> None:
    for path in ("/", f"/item/1/cell/{CELL}.1", "/nowhere"):
        headers = client.request("GET", path).headers
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
        "/static/../server.py",
        "/static/..%2fserver.py",
        "/static/words.toml",
        "/crop/1/cell/applications.granted.nothing.1",
    ],
)
def test_paths_do_not_reach_files(client: Client, path: str) -> None:
    response = client.request("GET", path)
    assert response.status == 404 or response.body.startswith(
        b"\x89PNG"
    )  # the top of the report's own page


def test_a_file_outside_the_folder_is_not_shown(tmp_path: Path) -> None:
    """Neither the recorded path nor a link out of the folder is followed."""
    db = make_database(tmp_path, [misread(CELL)])
    inside = tmp_path / "inside"
    inside.mkdir()
    if os.name != "nt":
        (inside / "report.pdf").symlink_to(tmp_path / "pdf" / "report.pdf")
    with serve(db, inside) as link:
        parts = urlsplit(link)
        client = Client(db, parts.netloc, parts.query.removeprefix("token="))
        for path in (f"/crop/1/cell/{CELL}.1", "/crop/1/head/-"):
            response = client.request("GET", path)
            assert response.status == 404 and b"PNG" not in response.body
        page = client.request("GET", f"/item/1/cell/{CELL}.1")
        assert page.status == 200 and "无法显示印件" in page.body.decode()


def test_a_large_form_is_refused(client: Client) -> None:
    origin = f"http://{client.netloc}"
    response = client.request("POST", ITEM, body="why=" + "x" * 300_000, Origin=origin)
    assert response.status == 413 and client.decisions() == 0


def test_a_form_of_the_server_s_own_page_is_accepted(client: Client) -> None:
    origin = f"http://{client.netloc}"
    response = client.request(
        "POST", ITEM, body="verdict=typed&text=6", Origin=origin, Sec_Fetch_Site="same-origin"
    )
    assert response.status == 303 and client.decisions() == 1


@pytest.mark.parametrize(
    ("listening", "name", "allowed"),
    [
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "192.0.2.7", False),
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "localhost", False),
        ("::1", "[::1]", True),
        ("0.0.0.0", "192.0.2.7", True),  # no page can point an address elsewhere
        ("::", "[2001:db8::7]", True),
        ("0.0.0.0", "evil.example", False),
        ("0.0.0.0", "", False),
    ],
)
def test_names_by_which_a_server_may_be_reached(listening: str, name: str, allowed: bool) -> None:
    assert (name in host_names(listening)) is allowed
