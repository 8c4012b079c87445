"""The search for the PDF of a report: below one folder, with the recorded digest."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from gongkai.errors import UnreadableFile, UsageError
from gongkai.ingestion.sources import Content, content_of
from gongkai.proof import originals
from gongkai.proof.originals import find_original
from gongkai.queries.origins import Origin

DATA = b"%PDF-1.4 the report"


def origin(*paths: Path | str, data: bytes = DATA) -> Origin:
    names = tuple(str(path) for path in paths)
    return Origin(hashlib.sha256(data).hexdigest(), names, "2026-01-01", "0", "0", "p", "0")


def put(path: Path, data: bytes = DATA) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Paths of all files whose content was read, in order."""
    seen: list[Path] = []

    def watch(path: Path) -> Content:
        seen.append(path.resolve())
        return content_of(path)

    monkeypatch.setattr(originals, "content_of", watch)
    return seen


def test_only_the_recorded_path_is_opened_where_the_file_is_there(
    tmp_path: Path, opened: list[Path]
) -> None:
    path = put(tmp_path / "root" / "a" / "report.pdf")
    put(tmp_path / "root" / "b.pdf", b"%PDF other")
    assert find_original(origin(path), tmp_path / "root") == path
    assert opened == [path.resolve()]


def test_a_moved_file_is_found_by_its_name_first(tmp_path: Path, opened: list[Path]) -> None:
    put(tmp_path / "root" / "a.pdf", b"%PDF other")
    path = put(tmp_path / "root" / "deep" / "er" / "report.pdf")
    assert find_original(origin("/gone/report.pdf"), tmp_path / "root").resolve() == path.resolve()
    assert opened == [path.resolve()]


def test_a_windows_path_is_found_on_any_system(tmp_path: Path) -> None:
    path = put(tmp_path / "root" / "report.pdf")
    assert find_original(origin("C:\\reports\\report.pdf"), tmp_path / "root") == path.resolve()


def test_a_renamed_file_is_found_by_its_digest(tmp_path: Path) -> None:
    put(tmp_path / "root" / "a.pdf", b"%PDF other")
    path = put(tmp_path / "root" / "z.PDF")
    found = find_original(origin("/gone/report.pdf"), tmp_path / "root")
    assert found.resolve() == path.resolve()


def test_a_file_of_the_same_name_with_another_digest_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "root" / "report.pdf", b"%PDF changed")
    with pytest.raises(UsageError) as caught:
        find_original(origin(path), tmp_path / "root")
    assert "is not the file that was read" in str(caught.value)
    assert hashlib.sha256(b"%PDF changed").hexdigest() in str(caught.value)
    assert hashlib.sha256(DATA).hexdigest() in str(caught.value)


def test_an_unreadable_file_is_reported_and_does_not_end_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = put(tmp_path / "root" / "report.pdf")

    def refuse(path: Path) -> Content:
        if path.name == "report.pdf":
            raise UnreadableFile("文件打不开：Permission denied")
        return content_of(path)

    monkeypatch.setattr(originals, "content_of", refuse)
    with pytest.raises(UsageError, match="Permission denied"):
        find_original(origin(locked), tmp_path / "root")
    copy = put(tmp_path / "root" / "copy.pdf")
    assert find_original(origin(locked), tmp_path / "root").resolve() == copy.resolve()


def test_nothing_outside_the_folder_is_opened(tmp_path: Path, opened: list[Path]) -> None:
    path = put(tmp_path / "elsewhere" / "report.pdf")
    (tmp_path / "root").mkdir()
    with pytest.raises(UsageError, match="name the folder that holds it with --pdf-root"):
        find_original(origin(path), tmp_path / "root")
    assert opened == []


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, opened: list[Path]) -> None:
    put(tmp_path / "secret" / "report.pdf")
    root = tmp_path / "root"
    root.mkdir()
    (root / "report.pdf").symlink_to(tmp_path / "secret" / "report.pdf")
    (root / "folder").symlink_to(tmp_path / "secret")
    wanted = origin(root / "report.pdf", root / "folder" / "report.pdf", root / ".." / "secret/x")
    with pytest.raises(UsageError):
        find_original(wanted, root)
    assert opened == []


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real" / "report.pdf")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = find_original(origin(tmp_path / "link" / "report.pdf"), tmp_path / "link")
    assert found.resolve() == (tmp_path / "real" / "report.pdf").resolve()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        find_original(origin("/r/report.pdf"), tmp_path / "none")
