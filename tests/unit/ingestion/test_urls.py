"""Kinds of URLs: those that are read, and those that are refused in one line."""

from __future__ import annotations

import http.server
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.implementations.zip import ZipFileSystem

from gongkai.errors import ReaderFailed, UsageError
from gongkai.ingestion import remote
from gongkai.ingestion.cluster import Cluster
from gongkai.ingestion.remote import Copies, list_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-a")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("2023/a.pdf", b"%PDF-a")
        archive.writestr("notes.txt", b"-")
    (tmp_path / "broken.zip").write_bytes(b"PK, cut off")
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    pytest.importorskip("aiohttp")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def copied(url: str) -> bytes:
    """The content of the only file of a URL."""
    [file] = list_files(url)
    with Copies() as copies:
        return copies.local(file).read_bytes()


def test_local_and_zip_and_memory(folder: Path) -> None:
    MemoryFileSystem().pipe_file("/r/a.pdf", b"%PDF-a")
    for url in (
        f"file://{folder}/a.pdf",
        f"local://{folder}",
        "memory://r",
        f"zip://2023/a.pdf::file://{folder}/b.zip",
        f"zip://2023::{folder}/b.zip",
    ):
        assert copied(url) == b"%PDF-a", url
    MemoryFileSystem().rm("/r", recursive=True)


@pytest.mark.server
def test_http(served: str) -> None:
    assert copied(f"{served}/a.pdf") == b"%PDF-a"


def test_an_archive_that_vanishes_costs_its_own_files_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_WAITS", ())
    [file] = list_files(f"zip://2023::file://{folder}/b.zip")
    (folder / "b.zip").unlink()
    ZipFileSystem.clear_instance_cache()
    with Copies() as copies, pytest.raises(ReaderFailed, match=r"b\.zip"):
        copies.local(file)


@pytest.mark.parametrize(
    "url",
    [
        "zip://a.pdf",
        "zip://a.pdf::file:///nowhere/b.zip",
        "zip://a.pdf::file://{folder}/broken.zip",
        "zip://a.pdf::file://{folder}/b.zip",
        "zip://a.pdf::zip://c.zip::file:///d.zip",
        "simplecache::file:///a.pdf",
        "filecache://a.pdf::file://{folder}",
        "tar://a.pdf::file:///b.tar",
        "nosuch://a.pdf",
        "file:///nowhere/a.pdf",
    ],
)
def test_other_urls_are_refused_in_one_line(folder: Path, url: str) -> None:
    with pytest.raises(UsageError) as refused:
        list_files(url.replace("{folder}", str(folder)))
    assert "\n" not in str(refused.value)


def test_a_file_that_vanishes_before_it_is_sent_to_a_cluster_fails_alone(tmp_path: Path) -> None:
    cluster = Cluster.__new__(Cluster)  # no scheduler: nothing is sent
    begun = cluster.begin(tmp_path / "gone.pdf", ["any"])
    with pytest.raises(ReaderFailed, match="No such file"):
        begun.result()
