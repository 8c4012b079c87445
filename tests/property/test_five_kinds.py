"""One folder of reports of all families and of other files: any way to ingest it ends alike.

Each report lands in its family. Runs over any part of the folder, in any order, for any family,
with or without ``--force``, leave what one run over all of it stores.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from gongkai.database.locations import Server, parse_location
from gongkai.families.folders import BUILT_IN, built_in_families
from gongkai.ingestion import workers
from gongkai.ingestion.batch import ingest
from helpers.pdfs import locked_pdf, text, write_pdf
from helpers.registry import ROOT, SAMPLES
from helpers.stored import dump, faults, rows

REPORTS = {  # by the name of the copy: a sample and its family
    "form-2014.pdf": ("statistics/statistics-numbered-drawn.pdf", BUILT_IN),
    "form-2019.pdf": (SAMPLES[0].name, BUILT_IN),
    "form-2021.pdf": ("hexi-county-education-2022.pdf", BUILT_IN),
    "accounts.pdf": ("final-accounts/look-b.pdf", "final-accounts"),
    "website.pdf": ("website-annual-report/form-drawn-1.pdf", "website-annual-report"),
    "enforcement.pdf": (
        "enforcement-statistics/set-old+blank-some-drawn.pdf",
        "enforcement-statistics",
    ),
}
OTHERS = {"paper.pdf", "blank-form.pdf", "locked.pdf", "broken.pdf"}
STORED = (
    "files", "reports", "report_tables", "observations", "checks", "check_cells", "sections",
    "paragraphs", "narrative_figures", "problems", "agencies", "fields", "rates", "metrics",
    "columns",
)  # fmt: skip
OPTIONS: dict[str, Any] = {"workers": 0, "ocr": "never"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("five-kinds")
    for name, (sample, _) in REPORTS.items():
        shutil.copy(ROOT / "samples" / sample, made / name)
    # the same report in another file, and a file with reports of two families
    save(made / "form-2019-again.pdf", made / "form-2019.pdf")
    save(made / "two-families.pdf", made / "form-2021.pdf", made / "enforcement.pdf")
    blank(made / "blank-form.pdf", made / "enforcement.pdf")
    write_pdf(made / "paper.pdf", text(20, 250, "On the reading of tables. Abstract. We read."))
    (made / "locked.pdf").write_bytes(locked_pdf(text(20, 250, "secret"), "1234"))
    (made / "broken.pdf").write_bytes((made / "accounts.pdf").read_bytes()[:3000])
    return made


def save(path: Path, *sources: Path) -> None:
    """Write the pages of some files as one file."""
    document = pdfium.PdfDocument.new()
    for source in sources:
        document.import_pages(pdfium.PdfDocument(source))
    document.save(path)


def blank(path: Path, source: Path) -> None:
    """Write a file without its numbers and without the name of its body."""
    document = pdfium.PdfDocument(source)
    for page in document:
        layer = page.get_textpage()
        for each in list(page.get_objects([raw.FPDF_PAGEOBJ_TEXT])):
            printed = text_of(each, layer)
            if "县" in printed or printed.strip().replace(".", "").isdecimal():
                page.remove_obj(each)
        page.gen_content()
    document.save(path)


def text_of(each: Any, layer: Any) -> str:
    length = raw.FPDFTextObj_GetText(each.raw, layer.raw, None, 0)
    buffer = ctypes.create_string_buffer(length)
    units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    raw.FPDFTextObj_GetText(each.raw, layer.raw, units, length)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Read a file once for each set of families: a reading depends on nothing else."""
    known: dict[tuple[bytes, tuple[bytes, ...]], tuple[workers.FileReading, ...]] = {}
    read_file = workers.read_file

    def read(job: workers.FileJob, **options: Any) -> tuple[workers.FileReading, ...]:
        key = Path(os.fsdecode(job.path)).read_bytes(), tuple(job.families)
        if key not in known:
            known[key] = read_file(job, **options)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "read_file", read)
        yield


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of one run over the whole folder."""
    db = tmp_path_factory.mktemp("whole") / "whole.db"
    ingest([folder], db, **OPTIONS)
    return db


@pytest.fixture(scope="module")
def begun(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the views of all families, and one refused file."""
    db = tmp_path_factory.mktemp("begun") / "begun.db"
    ingest([folder / "broken.pdf"], db, **OPTIONS)
    return db


@pytest.fixture
def db(begun: Path, tmp_path: Path) -> Path:
    return shutil.copy(begun, tmp_path / "gongkai.db")


def test_each_report_lands_in_its_family(whole: Path) -> None:
    found = dict(rows(whole, "SELECT file_name, family FROM files WHERE outcome = 'loaded'"))
    both = ", ".join(sorted((BUILT_IN, "enforcement-statistics")))
    assert found == {
        **{name: family for name, (_, family) in REPORTS.items()},
        "form-2019-again.pdf": BUILT_IN,
        "two-families.pdf": both,
    }
    refused = dict(rows(whole, "SELECT file_name, reason FROM files WHERE outcome <> 'loaded'"))
    assert set(refused) == OTHERS
    assert "空白表样" in refused["blank-form.pdf"]
    assert "没有所找报告" in refused["paper.pdf"]
    assert faults(whole) == []


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_runs_over_parts_ends_alike(
    seed: int, folder: Path, whole: Path, db: Path
) -> None:
    chance = random.Random(seed)
    files = sorted(folder.iterdir())
    for _ in range(2):
        some = chance.sample(files, chance.randint(3, len(files)))
        family = chance.choice([None, *built_in_families()])
        ingest(some, db, family=family, force=chance.random() < 0.5, **OPTIONS)
    chance.shuffle(files)
    ingest(files, db, force=chance.random() < 0.5, **OPTIONS)
    assert dump(db, STORED) == dump(whole, STORED)
    assert faults(db) == []


def test_one_family_after_the_other_ends_like_one_run(folder: Path, whole: Path, db: Path) -> None:
    names = built_in_families()
    random.Random(7).shuffle(names)
    for family in names:
        ingest([folder], db, family=family, **OPTIONS)
    assert dump(db, STORED) == dump(whole, STORED)


def test_reading_again_changes_nothing(folder: Path, whole: Path, tmp_path: Path) -> None:
    db = shutil.copy(whole, tmp_path / "gongkai.db")
    ingest([folder / "two-families.pdf", folder / "blank-form.pdf"], db, force=True, **OPTIONS)
    ingest([folder], db, family="website-annual-report", force=True, **OPTIONS)
    names = (*STORED, "panel", "面板", "enforcement_statistics_enforcement_penalty_wide")
    assert dump(db, names) == dump(whole, names)


def test_a_server_stores_the_same(folder: Path, whole: Path, postgres_url: str) -> None:
    server = parse_location(postgres_url)
    assert isinstance(server, Server)
    files = sorted(folder.iterdir(), reverse=True)
    ingest(files[:5], server, family=BUILT_IN, **OPTIONS)
    ingest(files, server, **OPTIONS)
    ingest(files[:3], server, force=True, **OPTIONS)
    assert dump(server, STORED) == dump(whole, STORED)
