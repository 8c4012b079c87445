"""The review queue: its items, their priority, and items whose decisions are outdated."""

from __future__ import annotations

from pathlib import Path

from gongkai.decisions.queue import QueueItem, QueueReader
from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from helpers.decision_scenario import (
    GRANTED,
    RECONSIDERATION_SUM,
    UPHELD,
    DecisionScenario,
    statuses,
)
from helpers.doubtful_reports import (
    cell_key,
    disordered,
    misread,
    unproved,
    unproved_agency,
    without_agency,
    without_year,
)

INNER = cell_key("applications", "granted", "research_institution")


def queue(scenario: DecisionScenario, family: Family) -> list[QueueItem]:
    with DecisionStore(scenario.db, [family]) as store, store.transaction() as connection:
        return QueueReader([family]).read(connection)


def test_the_queue_has_every_kind_of_item(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(
        tmp_path, family, misread(GRANTED), misread(UPHELD, flagged=False),
        disordered(GRANTED), without_agency, without_year,
    )  # fmt: skip
    found = {(item.report_id, item.kind, item.check_id) for item in queue(scenario, family)}
    assert found == {
        (1, "cell", None),
        (1, "check", "applications.row_total.granted"),
        (1, "check", "applications.results_sum.total"),
        (2, "check", RECONSIDERATION_SUM),
        (3, "cell", None),
        (3, "order", "applications.order.labels"),
        (4, "agency", None),
        (5, "year", None),
    }


def test_an_agency_that_nothing_proves_keeps_the_report_open(
    tmp_path: Path, family: Family
) -> None:
    scenario = DecisionScenario(tmp_path, family, unproved_agency)
    [item] = queue(scenario, family)
    assert (item.kind, item.check_id, item.keeps_open) == ("agency", None, True)
    assert item.reason == "标题和正文都没有写明发布机关"
    assert statuses(scenario.db)[0][0] == "doubtful"


def test_items_are_sorted_by_priority(tmp_path: Path, family: Family) -> None:
    """A cell comes before the checks it fails, a total before a detail."""
    scenario = DecisionScenario(tmp_path, family, misread(INNER, GRANTED))
    items = queue(scenario, family)
    # the total and the detail both fail the sums of their row and column
    assert [item.key for item in items[:2]] == [GRANTED, INNER]
    assert all(item.kind == "check" for item in items[2:])
    alone = DecisionScenario(_folder(tmp_path), family, misread(INNER, GRANTED), misread(INNER))
    # the only open cell of a report comes before the same cell among others
    order = [(item.report_id, item.key) for item in queue(alone, family) if item.key]
    assert order.index((2, INNER)) < order.index((1, INNER))


def _folder(path: Path) -> Path:
    made = path / "alone"
    made.mkdir()
    return made


def test_a_decided_cell_returns_where_its_reading_changed(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, misread(GRANTED))
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    assert queue(scenario, family) == []
    scenario.ingest(misread(GRANTED, by=3))
    [cell] = [item for item in queue(scenario, family) if item.kind == "cell"]
    assert cell.standing == "changed"
    scenario.decide("typed", text="6", kind="cell", key=GRANTED, who="乙")
    assert queue(scenario, family) == []  # a person decided on the present reading


def test_a_decided_cell_returns_although_the_machine_does_not_doubt_it(
    tmp_path: Path, family: Family
) -> None:
    scenario = DecisionScenario(tmp_path, family, misread(GRANTED))
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.ingest(misread())  # read correctly now
    [item] = queue(scenario, family)
    assert (item.key, item.standing) == (GRANTED, "changed")
    scenario.decide("accepted", kind="cell", key=GRANTED)
    assert queue(scenario, family) == []


def test_a_decided_cell_returns_where_the_file_changed(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, misread(GRANTED))
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.pdf.write_bytes(scenario.pdf.read_bytes() + b"\n% signed")
    scenario.ingest(misread())
    [item] = queue(scenario, family)
    assert (item.key, item.standing, item.reason) == (
        GRANTED, "changed", "核定之后，文件或读数变了",
    )  # fmt: skip


def test_a_conflict_is_in_the_queue(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, misread(GRANTED))
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.decide("accepted", kind="cell", key=GRANTED, who="乙")
    items = {item.key: item.standing for item in queue(scenario, family)}
    assert items[GRANTED] == "conflict"


def test_an_agency_or_year_left_open_is_not_in_the_queue(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, without_agency, without_year)
    assert [item.kind for item in queue(scenario, family)] == ["agency", "year"]
    scenario.decide("accepted", kind="agency")
    scenario.decide("accepted", kind="year", report=2)
    assert queue(scenario, family) == []


def test_unproved_cells_wait_for_a_person(tmp_path: Path, family: Family) -> None:
    scenario = DecisionScenario(tmp_path, family, unproved(UPHELD))
    [item] = queue(scenario, family)
    assert (item.kind, item.key) == ("cell", UPHELD)
    assert "没有勾稽关系或页面图像为证" in item.reason
    assert statuses(scenario.db)[0][0] == "doubtful"
    scenario.decide("accepted", kind="cell", key=UPHELD)
    assert queue(scenario, family) == []
    assert statuses(scenario.db)[0][0] == "proved"
