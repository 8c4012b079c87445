"""Which files a call names, and how their content is identified."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

import pytest

from gongkai.errors import UnreadableFile, UsageError
from gongkai.ingestion.remote import RemoteFile
from gongkai.ingestion.sources import (
    collect,
    content_of,
    path_of_text,
    path_text,
    pdfs_below,
    stable_stamp,
    stamp_of,
    stamps_of,
)

SECOND = 1_000_000_000  # nanoseconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """b.pdf, sub/A.PDF and notes.txt."""
    folder = tmp_path / "reports"
    (folder / "sub").mkdir(parents=True)
    for name in ("b.pdf", "sub/A.PDF", "notes.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def test_a_folder_gives_its_pdfs_at_any_depth_sorted(folder: Path) -> None:
    assert collect([folder]) == [folder / "b.pdf", folder / "sub" / "A.PDF"]
    assert sorted(pdfs_below(folder)) == [folder / "b.pdf", folder / "sub" / "A.PDF"]


def test_files_come_in_the_order_given_and_once(folder: Path) -> None:
    given = [folder / "sub", folder / "b.pdf", folder, str(folder / "sub" / ".." / "b.pdf")]
    assert collect(given) == [folder / "sub" / "A.PDF", folder / "b.pdf"]


def test_a_named_file_needs_no_ending(folder: Path) -> None:
    assert collect([folder / "notes.txt"]) == [folder / "notes.txt"]


def test_a_relative_path_becomes_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert collect(["b.pdf"]) == [folder / "b.pdf"]


def test_a_list_stands_for_the_paths_in_it(folder: Path) -> None:
    paths = folder.parent / "list.txt"
    paths.write_text(f"\ufeff{folder / 'b.pdf'}\n\n  {folder / 'sub'}  \n", encoding="utf-8")
    assert collect([f"@{paths}"]) == [folder / "b.pdf", folder / "sub" / "A.PDF"]


def test_a_file_whose_name_begins_with_at_is_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "@x.pdf").write_text("x", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert collect(["@x.pdf"]) == [folder / "@x.pdf"]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_link_is_a_file_of_its_own_name_and_a_linked_folder_is_not_searched(
    folder: Path,
) -> None:
    (folder / "link.pdf").symlink_to(folder / "b.pdf")
    (folder / "up").symlink_to(folder.parent)
    assert collect([folder]) == [
        folder / "b.pdf",
        folder / "link.pdf",
        folder / "sub" / "A.PDF",
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "nothing to ingest: name a PDF file or a folder"),
        (["missing.pdf"], r"missing\.pdf does not exist: name a PDF file or a folder"),
        (["empty"], "empty holds no PDF: name a folder with reports in it"),
        (["@missing.txt"], r"the list missing\.txt cannot be read: No such file"),
        (["@gbk.txt"], r"the list gbk\.txt is not UTF-8: save it as UTF-8"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "gbk.txt").write_bytes("报告.pdf".encode("gbk"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=message):
        collect(names)


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="the superuser may search every folder"
)
def test_a_folder_that_cannot_be_searched_is_refused_not_passed_over(folder: Path) -> None:
    (folder / "sub").chmod(0)
    try:
        with pytest.raises(UsageError, match="sub cannot be searched: Permission denied"):
            collect([folder])
        assert list(pdfs_below(folder)) == [folder / "b.pdf"]
    finally:
        (folder / "sub").chmod(0o700)


def test_content_is_a_digest_with_size_and_time(folder: Path) -> None:
    path = folder / "b.pdf"
    content = content_of(path)
    assert content.sha256 == hashlib.sha256(b"b.pdf").hexdigest()
    assert content.stamp == stamp_of(path) == (5, path.stat().st_mtime_ns)


def test_the_content_of_a_remote_file_is_that_of_its_copy(folder: Path) -> None:
    remote = RemoteFile("s3://bucket/b.pdf", 5, "etag")
    content = content_of(remote, folder / "b.pdf")
    assert content.sha256 == hashlib.sha256(b"b.pdf").hexdigest()
    assert content.stamp == remote.stamp and content.stamp[0] == 5


def test_what_is_no_regular_file_is_unreadable(folder: Path) -> None:
    with pytest.raises(UnreadableFile, match="不是普通文件"):
        stamp_of(folder)
    with pytest.raises(UnreadableFile, match="文件打不开：No such file"):
        content_of(folder / "missing.pdf")
    stamps = stamps_of([folder / "b.pdf", folder, folder / "missing.pdf"])
    assert list(stamps) == [folder / "b.pdf"]


def test_a_stamp_counts_only_when_a_later_change_would_show() -> None:
    """File systems count time in steps of up to two seconds."""
    now = time.time_ns()
    assert stable_stamp((5, now)) is None
    assert stable_stamp((5, now + SECOND)) is None
    assert stable_stamp((5, now - 3 * SECOND)) == (5, now - 3 * SECOND)


def test_a_remote_file_without_a_version_has_no_stable_stamp() -> None:
    assert stable_stamp(RemoteFile("s3://bucket/a.pdf", 5, "").stamp) is None
    assert stable_stamp(RemoteFile("s3://bucket/a.pdf", 5, "etag").stamp) is not None


def test_paths_become_text_for_the_database() -> None:
    assert path_text(Path("报告") / "a.pdf") == "报告/a.pdf"
    assert path_text(RemoteFile("s3://bucket/a.pdf", 5, "")) == "s3://bucket/a.pdf"


UNDECODABLE = [
    b"no\xfftext.pdf",
    b"no\xfetext.pdf",
    rb"no\udcfftext.pdf",
    rb"no\x5cudcfftext.pdf",
    rb"no\x5cx5cudcfftext.pdf",
    rb"no\xd8fftext.pdf",
    rb"plain\backslash\ud7ff\xff.pdf",
    "文\\udcff".encode() + b"\x80\x80.pdf",
]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux allows any bytes in names")
def test_names_that_differ_in_bytes_stay_apart_and_come_back(tmp_path: Path) -> None:
    for name in UNDECODABLE:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    texts = [path_text(path) for path in collect([tmp_path])]
    assert len(set(texts)) == len(UNDECODABLE)
    assert all(text.isprintable() for text in texts)
    assert {path_of_text(text).read_bytes() for text in texts} == {*UNDECODABLE}
    assert path_text(Path(os.fsdecode(UNDECODABLE[0]))) == "no\\udcfftext.pdf"


@pytest.mark.skipif(os.name != "posix", reason="Windows removes .. from the text of a path")
def test_a_path_names_the_file_that_the_system_opens(folder: Path) -> None:
    (folder / "there" / "deep").mkdir(parents=True)
    (folder / "there" / "b.pdf").write_text("below", encoding="utf-8")
    (folder / "link").symlink_to(folder / "there" / "deep")
    named = folder / "link" / ".." / "b.pdf"
    [found] = collect([named])
    assert found == folder / "there" / "b.pdf"
    assert found.read_text(encoding="utf-8") == named.read_text(encoding="utf-8") == "below"
    assert collect([folder / "sub" / ".." / "b.pdf"]) == [folder / "b.pdf"]
