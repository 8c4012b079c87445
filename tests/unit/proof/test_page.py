"""The HTML of the proof page, without a browser."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest

from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.ingestion.sources import content_of
from gongkai.language import in_language
from gongkai.loaders.writer import Writer
from gongkai.model import Box, Key
from gongkai.proof import page as proof_page
from gongkai.proof import prove_number, prove_report
from helpers.pdfs import write_pdf
from made import observation, report

TOTAL = Key("applications", "received_new", "total")
UNREADABLE = Key("applications", "granted", "total")


@pytest.fixture
def db(tmp_path: Path, family: Family) -> Path:
    """A database with one report of two cells on page 1 of a PDF."""
    pdf = write_pdf(tmp_path / "made.pdf", "", "")
    cells = (
        observation(TOTAL, "12", page=1, box=Box(100, 100, 140, 120)),
        observation(UNREADABLE, "", raw_text="a9", state="unreadable", page=1),
    )
    made = report(page_last=2, observations=cells, checks=(), problems=(), figures=())
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store(pdf.as_posix(), content_of(pdf).sha256, "loaded", None, [made])
    return path


def test_every_page_and_every_cell_is_shown(db: Path) -> None:
    html = prove_report(db, "1", db.parent)
    assert re.findall(r'<figure id="(p\d+)">', html) == ["p1", "p2"]
    assert len(re.findall(r'<a id="c\d+"', html)) == 2
    assert 'data-review="c2 "' in html  # the unreadable cell


def test_the_policy_allows_the_inline_style_and_script(db: Path) -> None:
    html = prove_report(db, "1", db.parent)
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        [source] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in html


def test_images_get_coarser_until_they_fit(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = prove_report(db, "1", db.parent)
    monkeypatch.setattr(proof_page, "_MAX_IMAGE_BYTES", 1)
    assert len(prove_report(db, "1", db.parent)) < len(fine)


def test_one_number_has_an_image(db: Path) -> None:
    number = prove_number(db, "1", str(TOTAL), db.parent)
    assert [cell.observation.key for cell in number.cells] == [TOTAL]
    assert number.png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("applications.received_new.natural_person", "is not printed in this report"),
        ("applications.received_new.totl", "did you mean applications.received_new.total"),
        ("nothing", "lists them all"),
    ],
)
def test_a_field_that_is_not_printed_is_explained(db: Path, field: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        prove_number(db, "1", field, db.parent)


def test_the_page_has_one_language(db: Path) -> None:
    with in_language("en"):
        english = prove_report(db, "1", db.parent)
    with in_language("zh"):
        chinese = prove_report(db, "1", db.parent)
    words = re.compile("未通过的核对|读数存疑|印作|最可疑|图例|原件|必须成立")
    assert words.search(english) is None and words.search(chinese)
    assert "Failed checks" in english and "Failed checks" not in chinese
    assert '<html lang="en">' in english and '<html lang="zh-CN">' in chinese
