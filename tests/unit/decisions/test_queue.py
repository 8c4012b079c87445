"""What waits for a person, in which order, and what came back."""

from __future__ import annotations

from pathlib import Path

from test_decisions import GRANTED, REVIEW, UPHELD, Desk

from gongkai.decisions.queue import Item, read_queue
from gongkai.decisions.recheck import rules
from gongkai.decisions.store import DecisionBook
from gongkai.families.declared import Pipeline
from helpers.doubts import disordered, key, misread, nameless, yearless

INNER = key("applications", "granted", "research_institution")


def queue(desk: Desk, pipeline: Pipeline) -> list[Item]:
    with DecisionBook(desk.db, rules(pipeline)) as book, book.transaction() as connection:
        return read_queue(connection, pipeline)


def test_everything_that_waits_is_there(tmp_path: Path, pipeline: Pipeline) -> None:
    desk = Desk(
        tmp_path, pipeline, misread(GRANTED), misread(UPHELD, flagged=False),
        disordered(GRANTED), nameless, yearless,
    )  # fmt: skip
    found = {(item.report_id, item.kind, item.check_id) for item in queue(desk, pipeline)}
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


def test_what_turns_most_comes_first(tmp_path: Path, pipeline: Pipeline) -> None:
    """A cell before the sums it breaks, a total before a detail."""
    desk = Desk(tmp_path, pipeline, misread(INNER, GRANTED))
    items = queue(desk, pipeline)
    # the total breaks its row and its column; so does the detail, which is no total
    assert [item.key for item in items[:2]] == [GRANTED, INNER]
    assert all(item.kind == "check" for item in items[2:])
    alone = Desk(_folder(tmp_path), pipeline, misread(INNER, GRANTED), misread(INNER))
    # the only open cell of a report is worth more than the same among others
    order = [(item.report_id, item.key) for item in queue(alone, pipeline) if item.key]
    assert order.index((2, INNER)) < order.index((1, INNER))


def _folder(path: Path) -> Path:
    made = path / "alone"
    made.mkdir()
    return made


def test_settled_is_gone_and_falls_back_marked(tmp_path: Path, pipeline: Pipeline) -> None:
    desk = Desk(tmp_path, pipeline, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    assert queue(desk, pipeline) == []
    desk.read(misread(GRANTED, by=3))
    [cell] = [item for item in queue(desk, pipeline) if item.kind == "cell"]
    assert cell.standing == "changed"
    desk.decide("typed", text="6", kind="cell", key=GRANTED, who="乙")
    assert queue(desk, pipeline) == []  # someone decided on what is read now


def test_falls_back_even_where_the_machine_does_not_doubt(
    tmp_path: Path, pipeline: Pipeline
) -> None:
    desk = Desk(tmp_path, pipeline, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.read(misread())  # read well by now
    [item] = queue(desk, pipeline)
    assert (item.key, item.standing) == (GRANTED, "changed")
    desk.decide("accepted", kind="cell", key=GRANTED)
    assert queue(desk, pipeline) == []


def test_falls_back_where_the_file_is_another(tmp_path: Path, pipeline: Pipeline) -> None:
    desk = Desk(tmp_path, pipeline, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.pdf.write_bytes(desk.pdf.read_bytes() + b"\n% signed")
    desk.read(misread())
    [item] = queue(desk, pipeline)
    assert (item.key, item.standing, item.reason) == (
        GRANTED, "changed", "核定之后，文件或读数变了",
    )  # fmt: skip


def test_a_conflict_waits(tmp_path: Path, pipeline: Pipeline) -> None:
    desk = Desk(tmp_path, pipeline, misread(GRANTED))
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.decide("accepted", kind="cell", key=GRANTED, who="乙")
    items = {item.key: item.standing for item in queue(desk, pipeline)}
    assert items[GRANTED] == "conflict"


def test_left_open_on_purpose_waits_no_more(tmp_path: Path, pipeline: Pipeline) -> None:
    desk = Desk(tmp_path, pipeline, nameless, yearless)
    assert [item.kind for item in queue(desk, pipeline)] == ["agency", "year"]
    desk.decide("accepted", kind="agency")
    desk.decide("accepted", kind="year", report=2)
    assert queue(desk, pipeline) == []
