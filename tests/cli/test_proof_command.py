"""`gongkai proof`."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from gongkai import ingest
from gongkai.cli.app import app
from gongkai.errors import UsageError
from gongkai.language import in_language
from gongkai.model import Box
from helpers.registry import ROOT

SAMPLE = ROOT / "samples" / "chengjiang-district-2023.pdf"
FIELD = "applications.granted.total"
BOX = Box(478.1, 666.4, 511.1, 688.9)  # of the misprinted 102 on page 3, which is 841.89 high


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with reports/ and the database over it."""
    home = tmp_path_factory.mktemp("proof")
    (home / "reports").mkdir()
    shutil.copy(SAMPLE, home / "reports")
    ingest([home / "reports"], home / "gongkai.db", workers=0)
    return home


def run(home: Path, *words: str | Path, root: Path | None = None) -> Result:
    return CliRunner().invoke(
        app,
        ["proof", *map(str, words), "--db", str(home / "gongkai.db"),
         "--pdf-root", str(root or home / "reports")],
    )  # fmt: skip


def refused(result: Result) -> str:
    assert isinstance(result.exception, UsageError)
    return str(result.exception)


def test_a_page_goes_into_a_file(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    result = run(home, "澄江区 2023", "-o", page)
    assert result.exit_code == 0
    assert result.stdout == f"{page}\n"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<h1>望江市澄江区人民政府 <span>2023</span>" in text


def test_the_same_page_twice(home: Path, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        assert run(home, "1", "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_one_number_as_text(home: Path) -> None:
    with in_language("zh"):
        result = run(home, "1", FIELD)
    assert result.exit_code == 0
    lines = dict(line.split("  ", 1) for line in result.stdout.splitlines() if "  " in line)
    assert lines["数值"] == "102 件"
    assert lines["印作"] == "“102”"
    assert lines["位置"].startswith("第 3 页（478.1, 666.4, 511.1, 688.9")
    assert "此格最可疑" in lines["状态"]
    sums = [line for line in result.stdout.splitlines() if line.startswith("核对")]
    assert any(
        "× 不成立" in line and "自然人112 + 商业企业6 + 社会公益组织1 + 法律服务机构1 = 120" in line
        for line in sums
    )


def test_one_number_as_a_picture(home: Path, tmp_path: Path) -> None:
    """The frame is around the cell, at 200 dots an inch, with 110 points above it."""
    png = tmp_path / "x.png"
    assert run(home, "1", FIELD, "-o", png).exit_code == 0
    picture = Image.open(io.BytesIO(png.read_bytes())).convert("RGB")
    red = [
        (x, y)
        for x in range(picture.width)
        for y in range(picture.height)
        if (pixel := picture.getpixel((x, y)))[0] > 180 and max(pixel[1:]) < 80  # type: ignore[index]
    ]
    scale = 200 / 72
    sides = (
        min(x for x, _ in red) / scale,
        min(y for _, y in red) / scale,
        max(x for x, _ in red) / scale,
        max(y for _, y in red) / scale,
    )
    wanted = (BOX.x0, 110.0, BOX.x1, 110.0 + BOX.bottom - BOX.top)
    grown = (wanted[0] - 1.5, wanted[1] - 1.5, wanted[2] + 1.5, wanted[3] + 1.5)
    assert sides == pytest.approx(grown, abs=0.8)


def test_no_such_report(home: Path) -> None:
    assert "no report matches '乐水县'" in refused(run(home, "乐水县"))


def test_the_pdf_is_missing(home: Path, tmp_path: Path) -> None:
    message = refused(run(home, "1", root=tmp_path))
    assert "chengjiang-district-2023.pdf is not in" in message
    assert "--pdf-root" in message


def test_the_digest_differs(home: Path, tmp_path: Path) -> None:
    changed = tmp_path / SAMPLE.name
    changed.write_bytes(SAMPLE.read_bytes() + b"\n")
    assert "is not the file that was read" in refused(run(home, "1", root=tmp_path))


def test_an_unknown_field_is_suggested(home: Path) -> None:
    message = refused(run(home, "1", "applications.recieved_new.total"))
    assert "did you mean applications.received_new.total" in message


def test_a_field_that_is_not_printed(home: Path) -> None:
    message = refused(run(home, "1", "proactive_disclosure.rules.made_this_year"))
    assert "Rules" in message and "is not printed in this report" in message


@pytest.mark.parametrize("words", [(), (FIELD,)], ids=["page", "number"])
def test_no_other_kind_of_file_is_overwritten(home: Path, words: tuple[str, ...]) -> None:
    before = (home / "gongkai.db").read_bytes()
    assert "not gongkai.db" in refused(run(home, "1", *words, "-o", home / "gongkai.db"))
    assert (home / "gongkai.db").read_bytes() == before


def test_help_has_an_example() -> None:
    help_text = CliRunner().invoke(app, ["proof", "--help"]).stdout
    assert "gongkai proof 1 applications.received_new.total" in help_text
