"""Reports in an S3 store, and lists of paths: runs against a store on this machine."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from gongkai.errors import ReaderFailed, UsageError
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion import remote
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.remote import Copies, RemoteFile, is_url, list_files
from helpers.stored import rows
from made import read_made

pytestmark = pytest.mark.server

FILES = {
    "2023/a.pdf": "report 甲局",
    "2023/b 乙#?%.PDF": "report 乙局",
    "2023/deep/../c\x1b.pdf": "letter",
    "2023/empty.pdf": "",
    "2023/notes.txt": "report 丁局",
}
PATHS = [
    "s3://reports/2023/a.pdf",
    "s3://reports/2023/b 乙#?%.PDF",
    "s3://reports/2023/deep/../c\x1b.pdf",
    "s3://reports/2023/empty.pdf",
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    pytest.importorskip("boto3")
    pytest.importorskip("s3fs")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket with reports; the environment names its endpoint and credentials."""
    import boto3
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="reports")
    for key, text in FILES.items():
        client.put_object(Bucket="reports", Key=key, Body=text.encode())
    yield client
    for item in client.list_objects_v2(Bucket="reports")["Contents"]:
        client.delete_object(Bucket="reports", Key=item["Key"])
    client.delete_bucket(Bucket="reports")
    client.close()
    s3fs.S3FileSystem.clear_instance_cache()


def run(db: Path, *paths: str | Path, **options: Any) -> Any:
    return ingest(paths, db, **{"workers": 0, "reader": read_made, "family": BUILT_IN, **options})


def test_a_store_is_ingested_and_known_the_second_time(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "gongkai.db"
    first = run(db, "s3://reports/2023")
    assert rows(db, "SELECT path, file_name, outcome FROM files") == [
        (path, path.rpartition("/")[2], outcome)
        for path, outcome in zip(
            PATHS, ("loaded", "loaded", "not_a_report", "unreadable"), strict=True
        )
    ]
    assert rows(db, "SELECT agency, file_name FROM reports ORDER BY id") == [
        ("甲局", "a.pdf"),
        ("乙局", "b 乙#?%.PDF"),
    ]
    assert (first.offered, first.known) == (4, 0)
    assert [str(refused.path) for refused in first.refused] == PATHS[2:]
    with monkeypatch.context() as patch:  # known by the listing alone
        patch.setattr("gongkai.ingestion.remote._copy", None)
        second = run(db, "s3://reports/2023")
    assert (second.offered, second.known, second.statuses) == (4, 4, first.statuses)
    # A changed object is read again, a second place of the same content is not.
    store.put_object(Bucket="reports", Key="2023/a.pdf", Body="report 新局".encode())
    store.put_object(Bucket="reports", Key="2024/b.pdf", Body=FILES["2023/b 乙#?%.PDF"].encode())
    third = run(db, "s3://reports/2023", "s3://reports/2024/b.pdf")
    assert (third.offered, third.known) == (5, 4)
    assert rows(db, "SELECT agency FROM reports ORDER BY agency") == [("乙局",), ("新局",)]


def test_worker_processes_read_copies_that_are_deleted_afterwards(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for n in range(30):
        store.put_object(Bucket="reports", Key=f"many/{n:02}.pdf", Body=f"report 局{n}".encode())
    db = tmp_path / "gongkai.db"
    assert run(db, "s3://reports/many", workers=2).loaded == 30
    expected = [(f"s3://reports/many/{n:02}.pdf", f"局{n}") for n in range(30)]
    assert (
        rows(db, "SELECT path, agency FROM files JOIN reports USING (file_name) ORDER BY 1")
        == expected
    )
    assert [p for p in (tmp_path / "temporary").iterdir() if p.name.startswith("gongkai-")] == []


@pytest.mark.usefixtures("store")
def test_a_copy_is_deleted_when_its_file_is_done() -> None:
    files = list_files("s3://reports/2023")
    with Copies() as copies:
        for file, known in copies.ahead((file, None) for file in files):
            copy = copies.local(file)
            assert known is None
            assert copy.read_text(encoding="utf-8") == FILES[str(file)[len("s3://reports/") :]]
            copies.drop(file)
            assert not copy.exists()
        assert copies.local(Path("here.pdf")) == Path("here.pdf")


def test_local_files_need_no_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed leaves nothing behind if it copied nothing."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Copies() as copies:
        assert copies.local(Path("here.pdf")) == Path("here.pdf")
        assert list(tmp_path.iterdir()) == []


def test_a_deleted_object_is_refused(store: Any) -> None:
    files = list_files("s3://reports/2023")
    store.delete_object(Bucket="reports", Key="2023/a.pdf")
    with Copies() as copies, pytest.raises(ReaderFailed, match="文件取不到"):
        copies.local(files[0])


class Cutting(MemoryFileSystem):
    """A store that changes a file in the first transfers."""

    cuts = 0  # transfers that lose the second half
    flips = 0  # transfers in which a character changes
    changes: Mapping[str, object] = {}  # of what the store lists
    transfers = 0

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        return {**super().info(path, **options), **Cutting.changes}

    def find(self, path: str, **options: Any) -> Any:
        found = super().find(path, **options)
        if not options.get("detail"):
            return found
        return {name: {**info, **Cutting.changes} for name, info in found.items()}

    def get_file(self, rpath: str, lpath: str, **_options: Any) -> None:
        content = self.cat_file(rpath)
        Cutting.transfers += 1
        if Cutting.cuts:
            content = content[: len(content) // 2]
        elif Cutting.flips:
            content = content.replace("甲".encode(), str(100 + Cutting.flips).encode())
        Path(lpath).write_bytes(content)
        Cutting.cuts, Cutting.flips = max(0, Cutting.cuts - 1), max(0, Cutting.flips - 1)


@pytest.fixture
def cutting(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Cutting]]:
    def store(url: str) -> tuple[Any, str]:
        return Cutting(), url.removeprefix("memory:/")

    monkeypatch.setattr(remote, "_store", store)
    monkeypatch.setattr(remote, "_WAITS", (0.0, 0.0))
    Cutting().pipe_file("/reports/a.pdf", "report 甲局".encode())
    yield Cutting
    Cutting.cuts = Cutting.flips = Cutting.transfers = 0
    Cutting.changes = {}
    Cutting().rm("/reports", recursive=True)


def test_a_copy_that_was_cut_off_is_fetched_again(cutting: type[Cutting], tmp_path: Path) -> None:
    cutting.cuts = 2
    assert run(tmp_path / "a.db", "memory://reports").loaded == 1


def test_a_file_that_never_arrives_whole_fails_and_is_fetched_by_the_next_run(
    cutting: type[Cutting], tmp_path: Path
) -> None:
    db = tmp_path / "a.db"
    cutting.cuts = 9
    [refused] = run(db, "memory://reports").refused
    assert (refused.outcome, refused.reason) == ("failed", "只收到6字节，应有13字节")
    cutting.cuts = 0
    assert run(db, "memory://reports").loaded == 1


def test_a_file_that_does_not_arrive_keeps_its_reports(
    cutting: type[Cutting], tmp_path: Path
) -> None:
    db = tmp_path / "a.db"
    run(db, "memory://reports")
    cutting.cuts = 9
    [kept] = run(db, "memory://reports", force=True).kept
    assert kept.reason == "只收到6字节，应有13字节"
    assert rows(db, "SELECT agency FROM reports") == [("甲局",)]


def test_a_copy_that_is_not_what_its_etag_says_is_fetched_again(
    cutting: type[Cutting], tmp_path: Path
) -> None:
    db = tmp_path / "a.db"
    content = "report 甲局".encode()
    cutting.changes = {"ETag": f'"{hashlib.md5(content).hexdigest()}"'}
    cutting.flips = 2
    assert run(db, "memory://reports").loaded == 1
    assert rows(db, "SELECT agency FROM reports") == [("甲局",)]
    cutting.flips = 9
    [kept] = run(db, "memory://reports", force=True).kept
    assert kept.reason == "收到的内容与存储端给出的摘要不符"


def test_an_etag_that_is_no_digest_is_found_out_once(cutting: type[Cutting]) -> None:
    cutting.changes = {"ETag": f'"{"0" * 32}"'}  # as S3 gives with a key of KMS
    for name in "bc":
        Cutting().pipe_file(f"/reports/{name}.pdf", f"report {name}局".encode())
    with Copies() as copies:
        for file in list_files("memory://reports"):
            assert copies.local(file).exists()
    assert cutting.transfers == 4


def test_what_is_unreadable_without_a_known_size_is_fetched_again(
    cutting: type[Cutting], tmp_path: Path
) -> None:
    db = tmp_path / "a.db"
    cutting.changes = {"size": None}
    assert run(db, "memory://reports").loaded == 1
    Cutting().pipe_file("/reports/b.pdf", b"")  # as if it was cut off
    [failed] = run(db, "memory://reports").refused
    assert failed.outcome == "failed" and "也许没有收全" in (failed.reason or "")
    Cutting().pipe_file("/reports/b.pdf", "report 乙局".encode())
    assert run(db, "memory://reports").loaded == 2


@pytest.mark.usefixtures("store")
def test_a_store_that_cannot_be_listed_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    for url, words in (
        ("s3://reports/nothing", "holds no PDF"),
        ("s3://missing/2023", "cannot be listed|holds no PDF"),
        ("nowhere://a/b", "cannot be opened"),
    ):
        with pytest.raises(UsageError, match=words):
            list_files(url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    s3fs = pytest.importorskip("s3fs")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(UsageError, match="cannot be listed"):
        list_files("s3://reports/2023")


def test_stamps_differ_if_contents_differ() -> None:
    one = RemoteFile("s3://a/b.pdf", 5, '"abc"')
    assert one.stamp == RemoteFile("s3://other", 5, '"abc"').stamp
    assert one.stamp != RemoteFile("s3://a/b.pdf", 5, '"abd"').stamp
    assert 0 <= one.stamp[1] < 2**60


@pytest.mark.parametrize(
    ("path", "expected"),
    [("s3://a/b", True), ("file:///a", True), ("C://a", False), ("a/b", False)],
)
def test_urls_and_paths_are_distinguished(path: str, expected: bool) -> None:
    assert is_url(path) is expected
    assert not is_url(Path(path))


@pytest.mark.usefixtures("store")
def test_a_list_names_files_folders_and_urls(tmp_path: Path) -> None:
    folder = tmp_path / "报告"
    folder.mkdir()
    for name in ("x.pdf", "y.pdf"):
        (folder / name).write_text(f"report {name}局", encoding="utf-8")
    listed = tmp_path / "list.txt"
    listed.write_text(
        f"\ufeff{folder}\r\n\r\ns3://reports/2023/a.pdf\r\n{folder / 'x.pdf'}\r\n", encoding="utf-8"
    )
    db = tmp_path / "gongkai.db"
    assert run(db, f"@{listed}").offered == 3
    assert rows(db, "SELECT file_name FROM files") == [("x.pdf",), ("y.pdf",), ("a.pdf",)]
    odd = tmp_path / "gbk.txt"
    odd.write_bytes("报告".encode("gbk"))
    for path, words in ((f"@{odd}", "UTF-8"), (f"@{tmp_path / 'no.txt'}", "cannot be read")):
        with pytest.raises(UsageError, match=words):
            run(db, path)
