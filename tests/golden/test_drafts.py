"""Families drafted from samples: what they find, how they read others, and the tutorial."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gongkai.drafting import names
from gongkai.drafting.check import check_family
from gongkai.drafting.draft import Draft, draft_family, write_draft
from gongkai.drafting.page import draft_page
from gongkai.errors import UsageError
from gongkai.families.load import load_family
from gongkai.ingestion.batch import ingest
from helpers.aggregations import Sum, find_sums
from helpers.drafting_table import OGI_SAMPLES, OLDER_SAMPLES, PAGE
from helpers.drafts import KeyNames, agreement, held_out, make_draft, read_all
from helpers.registry import ROOT, real_report
from helpers.stored import rows

CORPUS = ROOT / "samples" / "corpus"
LIBRARIES = sorted((ROOT / "samples" / "libraries").glob("*.pdf"))
OGI = [CORPUS / f"{name}.pdf" for name in OGI_SAMPLES]
HELD_OUT = [
    CORPUS / f"{name}.pdf"
    for name in (
        "mark-hyphen+header-rotated+title-degree-first-drawn",
        "two-numbers-office",
    )
]


def quiet(_what: str, _done: int, _of: int | None) -> None:
    """No progress."""


@pytest.fixture(autouse=True, scope="module")
def without_pinyin() -> Iterator[None]:
    """Names are the same whether or not the package for pinyin is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "_pinyin", lambda _text: [])
        yield


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    folder = tmp_path_factory.mktemp("drafts") / "libraries"
    draft, _ = make_draft(LIBRARIES[:6], folder)
    return draft, folder


def test_six_reports_give_the_tables_and_the_sums_of_their_form(tmp_path: Path) -> None:
    draft, family = make_draft(OGI, tmp_path / "ogi")
    answers = load_family()
    drafted, built_in = read_all(family, OGI), read_all(answers, OGI)
    found = agreement(family, answers, drafted, built_in)
    assert (found.tables_found, found.labels_right) == (3, found.labels)
    assert found.cells_right == found.cells == 1200
    assert (found.found, found.missed, found.false_must) == (4, (), ())
    assert all(each.rank == "strong" for each in draft.identities)
    others = held_out(family, answers, KeyNames(drafted, built_in), HELD_OUT)
    assert (others.right + others.flagged, others.silent) == (others.cells, ())


def test_samples_of_two_forms_give_both_with_what_differs(tmp_path: Path) -> None:
    samples = [*OGI[:2], *(CORPUS / f"{name}.pdf" for name in OLDER_SAMPLES[1:3])]
    draft, family = make_draft(samples, tmp_path / "two")
    assert [(form.id, sorted(form.samples)) for form in draft.forms.forms] == [
        ("2019", [2, 3]), ("2021", [0, 1]),
    ]  # fmt: skip
    answers = load_family()
    drafted = read_all(family, samples)
    assert agreement(family, answers, drafted, read_all(answers, samples)).missed == ()
    reports = [report for own in drafted for report in own]
    assert [set(each.table_forms.values()) for each in reports] == [
        {"2021"}, {"2021"}, {"2019"}, {"2019"},
    ]  # fmt: skip
    assert {each.status for each in reports} == {"proved"}
    assert "本年制发件数" in " ".join(draft.forms.differences)
    assert "<h2>Forms</h2>" in draft_page(draft)


def test_a_published_account_gives_its_nine_tables_and_their_sums(tmp_path: Path) -> None:
    path, why_not = real_report("final-accounts-finance-bureau-2024.pdf")
    if path is None:
        pytest.skip(why_not)
    draft, family = make_draft([path], tmp_path / "accounts")
    assert len({id(b.lattice) for each in draft.learnt.tables for b in each.blocks.values()}) == 9
    answers = load_family("final-accounts")
    found = agreement(family, answers, read_all(family, [path]), read_all(answers, [path]))
    assert (found.cells_right, found.labels_right) == (found.cells, found.labels)
    assert (found.found, found.missed, found.false_must) == (found.answers, (), ())
    assert found.answers >= 38


def test_the_tutorial_ends_with_a_proved_database(
    library: tuple[Draft, Path], tmp_path: Path
) -> None:
    draft, drafted = library
    assert [each.title for each in draft.named.tables] == [
        "馆藏情况表", "读者服务情况表", "经费收支情况表", "经费收支情况表",
    ]  # fmt: skip
    folder = Path(shutil.copytree(drafted, tmp_path / "my-family"))
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert path.name != "fields.csv" or "row_2,opening_number,2021,二、期刊" in text
        path.write_text(text.replace("row_2", "periodicals"), encoding="utf-8")
    state = check_family(folder, LIBRARIES, quiet)
    assert state.is_usable
    assert {(each.cells, each.named, each.by_sum, each.left) for each in state.samples} == {
        (39, 39, 39, 0)
    }
    [step] = state.steps
    assert (step.file, "must" in step.line) == ("identities.csv", True)
    identities = folder / "identities.csv"
    text = identities.read_text(encoding="utf-8")
    identities.write_text(text.replace("usually", "must"), encoding="utf-8")
    ingest(LIBRARIES, tmp_path / "my.db", family=folder, workers=0)
    statuses = rows(tmp_path / "my.db", "SELECT status, COUNT(*) FROM reports GROUP BY status")
    assert statuses == [("proved", len(LIBRARIES))]
    again = draft_family(LIBRARIES, folder.name, quiet)
    with pytest.raises(UsageError):
        write_draft(again, folder)
    write_draft(again, folder, update=True)
    family = load_family(folder)
    assert any(field.row_id == "periodicals" for field in family.fields)
    assert {identity.severity for identity in family.identities} == {"must"}


def test_the_page_shows_cells_by_what_proves_them(library: tuple[Draft, Path]) -> None:
    page = draft_page(library[0])
    assert page.count('<td class="strong">') == 39
    assert '<code class="unsure">row_2</code>' in page
    assert "must, strong" in page


def test_a_draft_is_the_same_each_time(library: tuple[Draft, Path]) -> None:
    assert draft_family(LIBRARIES[:6], "libraries", quiet).files == library[0].files


def test_what_is_not_learnt_is_said() -> None:
    scan = next((ROOT / "samples" / "scans").glob("*.pdf"))
    draft = draft_family([*LIBRARIES[:3], OGI[0], scan], "noise", quiet)
    assert [each.name for each in draft.refused] == [scan.name, OGI[0].name]
    assert {each.title for each in draft.named.tables} == {
        "馆藏情况表", "读者服务情况表", "经费收支情况表",
    }  # fmt: skip
    with pytest.raises(UsageError, match="no sample has a table"):
        draft_family([scan], "noise", quiet)


def test_a_family_of_other_reports_is_not_usable(library: tuple[Draft, Path]) -> None:
    state = check_family(library[1], OGI[:1], quiet)
    assert not state.is_usable


def test_check_says_which_sample_would_settle_the_sums_that_are_zero(tmp_path: Path) -> None:
    samples = [ROOT / "samples" / "final-accounts" / "look-a.pdf"]
    make_draft(samples, tmp_path / "zeros")
    state = check_family(tmp_path / "zeros", samples, quiet)
    assert any("公务用车购置及运行维护费／小计" in text for text in state.idle)
    assert [name.partition(".")[2] for name in state.untested] == ["subtotal_sum"]
    [step] = state.steps
    assert "a sample with numbers in 公务用车购置及运行维护费／" in step.reason
    assert step.line.endswith("--update")


def test_the_page_of_the_tutorial_has_its_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "| open information, made | 6 | 3 of 3 | 51 of 51 | 1200 of 1200 | 4 of 4 |" in text
    assert "| | method of AggreCol | 3 of 4 | 1 | 0 |" in text


def test_the_method_of_aggrecol_finds_totals_of_subtotals_with_blanks_and_rounding() -> None:
    lines = np.array(
        [
            [7300, 4100, 900, 3200, 3200, 2600, 0, 600],
            [9001, 2000, np.nan, 2000, 7000, 5000, 2000, np.nan],
            [13, 8, 5, 3, 5, 1, 3, 1],
        ]
    )
    subtotals = {Sum(1, (2, 3)), Sum(4, (5, 6, 7))}
    assert set(find_sums(lines)) == {*subtotals, Sum(0, (1, 4))}
    assert find_sums(np.array([[7.0, 3.0, 3.0], [9.0, 1.0, 2.0]])) == []
