"""A family with only the files that it needs works in every command, beside the built-in one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import gongkai
from gongkai.decisions.store import DecisionStore
from gongkai.errors import NotAReport
from gongkai.families import folders
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Page, ReadOptions, Report
from gongkai.queries.families import stored_families
from gongkai.reading.report import ReportReader
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from gongkai.review.session import ReviewSession
from gongkai.serve.datasette_app import datasette_metadata
from helpers.change import patched_readers, reports_of_pages
from helpers.commands import Done, run
from helpers.draw import draw_table, make_page, prose
from helpers.families import install_with_trees
from helpers.forms import application_values, whole_report
from helpers.pdfs import write_pdf
from helpers.stored import rows

TREES = "tree-census"


def tree_pages(total: int) -> list[Page]:
    """A page of a report of the minimal family."""
    table = draw_table(
        [
            ["类别", "现存株数"],
            ["百年以上古树", "318"],
            ["具有纪念意义的名木", "24"],
            ["古树名木合计", str(total)],
        ],
        top=160.0,
    )
    title = prose(["临江市园林局2023年古树名木普查年报"], 60.0, size=16.0)
    return [make_page([*title, *prose(["现将普查结果公布如下。"], 110.0)], table)]


PAGES = {
    "trees.pdf": tree_pages(342),
    "misprint.pdf": tree_pages(343),
    "report.pdf": whole_report(application_values(1)),
}


def read_drawn(path: Path, family: Family) -> Sequence[Report]:
    """Read the pages that are drawn for a file."""
    pages = PAGES[path.name]
    with patched_readers(pages):
        found = reports_of_pages(ReportReader(family, ReadOptions(ocr="never")), pages, path)
    if not found:
        raise NotAReport("没有")
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a database of reports of both families."""
    made = tmp_path_factory.mktemp("families")
    with pytest.MonkeyPatch.context() as patch:
        installed = install_with_trees(made / "pipelines")
        patch.setattr(folders, "pipelines_folder", lambda: installed)
        (made / "pdf").mkdir()
        for name in PAGES:
            write_pdf(made / "pdf" / name, "", f"% {name}", "")
        ingest([made / "pdf"], made / "gongkai.db", workers=0, reader=read_drawn)
        yield made


def done(folder: Path, *words: str | Path) -> Done:
    found = run(folder, *words)
    assert found.returncode == 0, found.stderr
    return found


def test_each_report_is_in_its_family(folder: Path) -> None:
    db = folder / "gongkai.db"
    assert rows(db, "SELECT family, agency, year, status FROM reports ORDER BY 1, 4") == [
        (BUILT_IN, "临江市水务局", 2022, "proved"),
        (TREES, "临江市园林局", 2023, "print_fault"),
        (TREES, "临江市园林局", 2023, "proved"),
    ]
    values = "SELECT row_id, value FROM observations WHERE family = ? AND report_id = ?"
    [[report]] = rows(db, "SELECT id FROM reports WHERE file_name = 'trees.pdf'")
    assert dict(rows(db, values, TREES, report)) == {"ancient": 318, "famous": 24, "total": 342}
    # of two reports of one body and year the proved one counts
    assert rows(db, "SELECT COUNT(*) FROM tree_census_trees_wide") == [(1,)]


@pytest.mark.parametrize(
    "words",
    [
        ("families",),
        ("fields",),
        ("fields", "--family", TREES, "--rates"),
        ("fields", "--family", TREES, "--metrics"),
        ("check",),
        ("query", "SELECT * FROM tree_census_trees_wide"),
        ("query", "SELECT * FROM panel"),
        ("search", "普查"),
        ("export", "--format", "csv", "--to", "csv"),
        ("export", "--format", "xlsx", "--to", "all.xlsx"),
        ("decisions", "sheet", "--to", "queue.xlsx", "--pdf-root", "pdf"),
        ("decisions", "export", "--to", "decisions.csv"),
    ],
    ids=" ".join,
)
def test_commands_work(folder: Path, words: tuple[str, ...]) -> None:
    done(folder, *words)


def test_the_dictionary_names_both_families(folder: Path) -> None:
    listed = json.loads(done(folder, "fields", "--format", "json").stdout)
    assert {line["family"] for line in listed} == {BUILT_IN, TREES}


def test_a_report_is_shown_and_proved_by_its_own_family(folder: Path) -> None:
    [[number]] = rows(folder / "gongkai.db", "SELECT id FROM reports WHERE file_name = 'trees.pdf'")
    assert "百年以上古树" in done(folder, "show", str(number), "--lang", "zh").stdout
    done(folder, "proof", str(number), "--pdf-root", "pdf", "-o", "proof.html")
    assert "具有纪念意义的名木" in (folder / "proof.html").read_text(encoding="utf-8")
    shown = done(folder, "proof", str(number), "trees.total.number", "--pdf-root", "pdf")
    assert "342" in shown.stdout


def test_the_review_holds_items_of_the_family(folder: Path) -> None:
    db = folder / "gongkai.db"
    families = stored_families(db)
    assert [family.name for family in families] == [BUILT_IN, TREES]
    with DecisionStore(db, families) as store:
        session = ReviewSession(ReviewDesk(store, CropRenderer(folder / "pdf")), "甲")
        assert {item.family for item in session.queue()} <= {BUILT_IN, TREES}
        for item in session.queue():
            session.item_view(item)


def test_frames_and_datasette_describe_the_family(folder: Path) -> None:
    frame = gongkai.open(folder / "gongkai.db").sql("SELECT * FROM tree_census_trees_wide")
    assert len(frame) == 1
    described = datasette_metadata(folder / "gongkai.db")["databases"]["gongkai"]["tables"]
    assert described["tree_census_trees_wide"]["title"]
