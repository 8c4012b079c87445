"""What waits for a person, in which order, and what came back."""

from __future__ import annotations

from pathlib import Path

from test_decisions import GRANTED, REVIEW, UPHELD, Desk

from gongkai.decisions.queue import QueueItem, QueueReader
from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from helpers.doubts import disordered, key, misread, nameless, yearless

INNER = key("applications", "granted", "research_institution")


def queue(desk: Desk, family: Family) -> list[QueueItem]:
    with DecisionStore(desk.db, family) as book, book.transaction() as connection:
        return QueueReader(family).read(connection)


def test_everything_that_waits_is_there(tmp_path: Path, family: Family) -> None:
    desk = Desk(
        tmp_path, family, misread(GRANTED), misread(UPHELD, flagged=False),
        disordered(GRANTED), nameless, yearless,
    )  # fmt: skip
    found = {(item.report_id, item.kind, item.check_id) for item in queue(desk, family)}
    assert found == {
        (1, "cell", None),
        (1, "check", "applications.row_total.granted"),
        (1, "check", "applications.results_sum.total"),
        (2, "check", REVIEW),
        (3, "cell", None),
        (3, "order", "applications.order.labels"),
        (4, "agency", None),
        (5, "year", None),
    }


def test_what_turns_most_comes_first(tmp_path: Path, family: Family) -> None:
    """A cell before the sums it breaks, a total before a detail."""
    desk = Desk(tmp_path, family, misread(INNER, GRANTED))
    items = queue(desk, family)
    # the total breaks its row and its column; so does the detail, which is no total
    assert [item.key for item in items[:2]] == [GRANTED, INNER]
    assert all(item.kind == "check" for item in items[2:])
    alone = Desk(_folder(tmp_path), family, misread(INNER, GRANTED), misread(INNER))
    # the only open cell of a report is worth more than the same among others
    order = [(item.report_id, item.key) for item in queue(alone, family) if item.key]
    assert order.index((2, INNER)) < order.index((1, INNER))


def _folder(path: Path) -> Path:
    made = path / "alone"
    made.mkdir()
    return made


def test_settled_is_gone_and_falls_back_marked(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    assert queue(desk, family) == []
    desk.read(misread(GRANTED, by=3))
    [cell] = [item for item in queue(desk, family) if item.kind == "cell"]
    assert cell.standing == "changed"
    desk.decide("typed", text="6", kind="cell", key=GRANTED, who="乙")
    assert queue(desk, family) == []  # someone decided on what is read now


def test_falls_back_even_where_the_machine_does_not_doubt(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.read(misread())  # read well by now
    [item] = queue(desk, family)
    assert (item.key, item.standing) == (GRANTED, "changed")
    desk.decide("accepted", kind="cell", key=GRANTED)
    assert queue(desk, family) == []


def test_falls_back_where_the_file_is_another(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.pdf.write_bytes(desk.pdf.read_bytes() + b"\n% signed")
    desk.read(misread())
    [item] = queue(desk, family)
    assert (item.key, item.standing, item.reason) == (
        GRANTED, "changed", "核定之后，文件或读数变了",
    )  # fmt: skip


def test_a_conflict_waits(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.decide("accepted", kind="cell", key=GRANTED, who="乙")
    items = {item.key: item.standing for item in queue(desk, family)}
    assert items[GRANTED] == "conflict"


def test_left_open_on_purpose_waits_no_more(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, nameless, yearless)
    assert [item.kind for item in queue(desk, family)] == ["agency", "year"]
    desk.decide("accepted", kind="agency")
    desk.decide("accepted", kind="year", report=2)
    assert queue(desk, family) == []
