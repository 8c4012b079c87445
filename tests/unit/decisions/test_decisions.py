"""Decisions in force, fallen back, in conflict; taken back; moved; kept over a re-reading."""

from __future__ import annotations

import dataclasses
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gongkai.decisions.answers import Answer, AnswerParser
from gongkai.decisions.csv_io import export_decisions, parse_decisions
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision, Verdict
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.ingestion.batch import ingest
from gongkai.model import Key
from helpers import doubts
from helpers.doubts import disordered, key, misread, nameless, printed, yearless
from helpers.stored import rows

GRANTED = key("applications", "granted")
UPHELD = key("review_litigation", "reconsideration", "upheld")
SUM = "applications.row_total.granted"
REVIEW = "review_litigation.row_total.reconsideration"


def value(db: Path, cell: Key, report: int = 1) -> tuple[Any, ...]:
    """Shown value, flag, who decided, and what the machine had read."""
    [row] = rows(
        db,
        "SELECT value, state, flagged, decided_by, machine_value FROM observations "
        "WHERE report_id = ? AND table_id = ? AND row_id = ? AND column_id = ?",
        report, *cell,
    )  # fmt: skip
    return row


def check(db: Path, check_id: str) -> tuple[Any, ...]:
    [row] = rows(
        db,
        "SELECT status, cause, machine_status, machine_cause, decided_by, decided_cells "
        "FROM checks WHERE check_id = ?",
        check_id,
    )
    return row


def statuses(db: Path) -> list[tuple[Any, ...]]:
    return rows(db, "SELECT status, machine_status FROM reports ORDER BY id")


class Desk:
    """A database of made doubts, and people who decide about them."""

    def __init__(self, folder: Path, family: Family, *changes: doubts.Change) -> None:
        self.db = folder / "doubts.db"
        self.pdf = folder / "report.pdf"
        self.pipeline = family
        shutil.copy(doubts.PDF, self.pdf)
        self.read(*changes)

    def read(self, *changes: doubts.Change) -> None:
        """Read the file (again), as it would be misread."""
        ingest([self.pdf], self.db, workers=0, force=True, reader=doubts.reader(*changes))

    def decide(
        self, verdict: Verdict, *, who: str = "甲", report: int = 1, text: str = "", **what: Any
    ) -> Decision:
        with DecisionStore(self.db, self.pipeline) as book:
            state = value = None
            if verdict == "typed":
                verdict, state, value, text = AnswerParser(self.pipeline).parse_cell(text)
            elif verdict in ("blank", "unreadable"):
                state = verdict
            elif what["kind"] == "year":
                value = text
            with book.transaction() as connection:
                ids = [
                    r for (r,) in connection.exec_driver_sql("SELECT id FROM report ORDER BY id")
                ]
                if what["kind"] == "cell":
                    what["occurrence"] = 1
                target = find_target(connection, ids[report - 1], **what)
                made = make_decision(
                    connection, target, Answer(who, verdict, state, value, text, "看过印件")
                )
            book.add([made])
            return made

    def standings(self) -> list[tuple[Any, ...]]:
        return rows(self.db, "SELECT who, verdict, standing FROM decisions ORDER BY at")


@pytest.fixture
def desk(tmp_path: Path, family: Family) -> Desk:
    return Desk(tmp_path, family, misread(GRANTED))


def test_a_typed_number_is_shown_and_its_sums_turn(desk: Desk) -> None:
    right = int(printed(GRANTED))
    assert value(desk.db, GRANTED) == (right + 1, "number", 1, None, None)
    assert check(desk.db, SUM)[:2] == ("fail", "reading")
    assert statuses(desk.db) == [("doubtful", None)]
    desk.decide("typed", text=str(right), kind="cell", key=GRANTED)
    assert value(desk.db, GRANTED) == (right, "number", 0, "甲", right + 1)
    assert check(desk.db, SUM) == ("pass", None, "fail", "reading", None, 1)
    assert statuses(desk.db) == [("proved", "doubtful")]
    [(panel, decided)] = rows(desk.db, "SELECT granted, decided_cells FROM panel_trusted")
    assert (panel, decided) == (right, 1)


def test_taken_back_everything_is_the_machine_s_again(desk: Desk) -> None:
    tables = ("observations", "checks", "reports", "panel", "applications_wide")
    before = [rows(desk.db, f"SELECT * FROM {name}") for name in tables]
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    assert before != [rows(desk.db, f"SELECT * FROM {name}") for name in tables]
    desk.decide("withdrawn", kind="cell", key=GRANTED)
    assert before == [rows(desk.db, f"SELECT * FROM {name}") for name in tables]
    assert desk.standings() == [("甲", "typed", "superseded"), ("甲", "withdrawn", "withdrawn")]


def test_a_person_who_reads_the_same_makes_the_fault_the_print_s(desk: Desk) -> None:
    desk.decide("accepted", kind="cell", key=GRANTED)
    assert value(desk.db, GRANTED)[:4] == (int(printed(GRANTED)) + 1, "number", 0, "甲")
    assert check(desk.db, SUM)[:4] == ("fail", "print", "fail", "reading")
    assert statuses(desk.db) == [("print_fault", "doubtful")]


def test_a_typed_number_that_breaks_a_sum_waits_until_it_is_confirmed(desk: Desk) -> None:
    desk.decide("typed", text="99", kind="cell", key=GRANTED)
    assert check(desk.db, SUM)[:2] == ("fail", "reading") and statuses(desk.db)[0][0] == "doubtful"
    for check_id in (SUM, "applications.results_sum.total"):
        desk.decide("print_fault", kind="check", check_id=check_id)
        assert check(desk.db, check_id)[1] == "print" and check(desk.db, check_id)[4] == "甲"
    assert statuses(desk.db) == [("print_fault", "doubtful")]
    # the confirmation was of these numbers: with others it falls back
    desk.decide("typed", text="98", kind="cell", key=GRANTED)
    assert check(desk.db, SUM)[1] == "reading"
    assert desk.standings()[1:3] == [("甲", "print_fault", "changed")] * 2


@pytest.mark.parametrize(("verdict", "state"), [("blank", "blank"), ("unreadable", "unreadable")])
def test_blank_and_unreadable(desk: Desk, verdict: Verdict, state: str) -> None:
    desk.decide(verdict, kind="cell", key=GRANTED)
    assert value(desk.db, GRANTED)[:4] == (None, state, 0, "甲")
    assert check(desk.db, SUM)[0] == "skipped"  # nothing is printed that could be tested


def test_a_mark_is_typed_as_it_is_printed(desk: Desk) -> None:
    desk.decide("typed", text="/", kind="cell", key=GRANTED)
    [row] = rows(desk.db, "SELECT state, raw_text, machine_raw_text FROM observations "
                 "WHERE decided_by IS NOT NULL")  # fmt: skip
    assert row == ("mark", "/", str(printed(GRANTED) + 1))
    with pytest.raises(UsageError, match="不是一个数"):
        desk.decide("typed", text="十二个", kind="cell", key=GRANTED)


def test_decisions_survive_a_re_reading(desk: Desk) -> None:
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    before = rows(desk.db, "SELECT * FROM checks")
    desk.read(misread(GRANTED))
    assert value(desk.db, GRANTED) == (6, "number", 0, "甲", 7)
    assert statuses(desk.db) == [("proved", "doubtful")]
    assert rows(desk.db, "SELECT * FROM checks") == before


@pytest.mark.parametrize(
    "other",
    [
        misread(GRANTED, by=5),
        lambda report: moved(misread(GRANTED)(report), page=1),
        lambda report: moved(misread(GRANTED)(report), down=40.0),
    ],
    ids=["another value", "another page", "another place"],
)
def test_a_decision_falls_back_where_the_reading_changed(
    desk: Desk, other: Callable[[Any], Any]
) -> None:
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.read(other)
    assert value(desk.db, GRANTED)[2:] == (1, None, None)
    assert desk.standings() == [("甲", "typed", "changed")]
    desk.read(misread(GRANTED))  # the old reading again
    assert desk.standings() == [("甲", "typed", "in_force")]


def moved(report: Any, page: int = 0, down: float = 0.0) -> Any:
    def move(o: Any) -> Any:
        box = o.box._replace(top=o.box.top + down, bottom=o.box.bottom + down)
        return replace(o, page=page or o.page, box=box)

    cells = [move(o) if o.key == GRANTED else o for o in report.observations]
    return replace(report, observations=tuple(cells))


def test_a_file_that_changed_lets_go_of_its_decisions_but_loses_none(desk: Desk) -> None:
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    content = desk.pdf.read_bytes()
    desk.pdf.write_bytes(content + b"\n% signed")
    desk.read(misread(GRANTED))
    assert value(desk.db, GRANTED)[2:] == (1, None, None)
    assert desk.standings() == [("甲", "typed", "elsewhere")]
    desk.pdf.write_bytes(content)
    desk.read(misread(GRANTED))
    assert value(desk.db, GRANTED)[:4] == (6, "number", 0, "甲")


def test_contrary_decisions_are_a_conflict_until_one_who_saw_both_settles_it(desk: Desk) -> None:
    desk.decide("typed", text="6", kind="cell", key=GRANTED, who="甲")
    agreeing = desk.decide("typed", text=" 6 ", kind="cell", key=GRANTED, who="乙")
    assert not agreeing.overrules and value(desk.db, GRANTED)[:3] == (6, "number", 0)
    desk.decide("accepted", kind="cell", key=GRANTED, who="丙")
    assert value(desk.db, GRANTED) == (7, "number", 1, None, None)
    assert {standing for _, _, standing in desk.standings()} == {"conflict"}
    desk.decide("typed", text="6", kind="cell", key=GRANTED, who="丁")
    assert value(desk.db, GRANTED)[:4] == (6, "number", 0, "丁")
    assert [s for _, _, s in desk.standings()] == ["overruled"] * 3 + ["in_force"]
    # who settled it takes that back: the conflict is there again
    desk.decide("withdrawn", kind="cell", key=GRANTED, who="丁")
    assert [s for _, _, s in desk.standings()][:3] == ["conflict"] * 3


def test_one_s_own_later_decision_counts(desk: Desk) -> None:
    desk.decide("accepted", kind="cell", key=GRANTED)
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    assert value(desk.db, GRANTED)[0] == 6
    assert [s for _, _, s in desk.standings()] == ["superseded", "in_force"]


def test_a_fault_of_the_print_is_confirmed(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, misread(UPHELD, flagged=False))
    assert check(desk.db, REVIEW)[:2] == ("fail", "reading")
    desk.decide("print_fault", kind="check", check_id=REVIEW)
    assert check(desk.db, REVIEW) == ("fail", "print", "fail", "reading", "甲", 0)
    assert statuses(desk.db) == [("print_fault", "doubtful")]


def test_strange_order_is_confirmed(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, disordered(GRANTED))
    desk.decide("accepted", kind="cell", key=GRANTED)
    assert statuses(desk.db)[0][0] == "doubtful"
    desk.decide("print_fault", kind="check", check_id="applications.order.labels")
    assert statuses(desk.db) == [("print_fault", "doubtful")]


def test_a_body_and_a_year_are_set(tmp_path: Path, family: Family) -> None:
    desk = Desk(tmp_path, family, nameless, yearless)
    desk.decide("set", text="江苏省淮安市洪泽区教育局", kind="agency")
    desk.decide("set", text="2021", kind="year", report=2)
    [named, dated] = rows(
        desk.db,
        "SELECT agency, agency_name, division_code, year, panel.agency_id = machine_agency_id "
        "FROM panel JOIN reports USING (agency, year) ORDER BY reports.id",
    )
    assert named == ("教育局", "淮安市洪泽区教育局", "320813", 2022, 0)
    assert dated[3] == 2021
    desk.read(nameless, yearless)
    assert rows(desk.db, "SELECT year FROM reports ORDER BY id") == [(2022,), (2021,)]
    desk.decide("withdrawn", kind="agency")
    [(resolved,)] = rows(desk.db, "SELECT resolved FROM agencies JOIN reports ON "
                         "agency_id = agencies.id WHERE agency = '教育局'")  # fmt: skip
    assert resolved == 0


def test_decisions_move_as_csv_without_loss(desk: Desk, tmp_path: Path, family: Family) -> None:
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    desk.decide("accepted", kind="cell", key=GRANTED, who='=HYPERLINK("http://x")')
    out = io.StringIO()
    assert export_decisions(desk.db, out) == 2
    assert "'=HYPERLINK" in out.getvalue() and ",=HYPERLINK" not in out.getvalue()
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other", family, misread(GRANTED))
    moved = parse_decisions(io.StringIO(out.getvalue()), "decisions.csv")
    with DecisionStore(other.db, family) as book:
        kept = book.add(moved)
        assert (kept.added, kept.already_known, kept.elsewhere, kept.conflicts) == (2, 0, 0, 2)
        again = book.add(moved)
        assert (again.added, again.already_known) == (0, 2)
    assert other.standings() == desk.standings()
    back = io.StringIO()
    export_decisions(other.db, back)
    assert back.getvalue() == out.getvalue()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("typed", "guessed"), "line 2: verdict is one of"),
        (lambda text: text.replace("who,", "whom,"), "lacks who"),
        (lambda text: text.replace("看过印件", "没看过"), "changed since it was exported"),
        (lambda text: text.replace("甲", ""), "line 2: who is empty"),
        (lambda text: text.rstrip()[:-40], "not as many cells"),
        (lambda text: text.replace("+00:00", ""), "line 2: at cannot be"),
    ],
)
def test_what_is_no_decision_is_refused(
    desk: Desk, change: Callable[[str], str], message: str
) -> None:
    desk.decide("typed", text="6", kind="cell", key=GRANTED)
    out = io.StringIO()
    export_decisions(desk.db, out)
    with pytest.raises(UsageError, match=message):
        parse_decisions(io.StringIO(change(out.getvalue())), "decisions.csv")


def test_decisions_on_files_that_are_not_here_are_kept(desk: Desk, family: Family) -> None:
    made = desk.decide("typed", text="6", kind="cell", key=GRANTED)
    with DecisionStore(desk.db, family) as book:
        kept = book.add(
            [
                dataclasses.replace(made, file_sha256="0" * 64),
                dataclasses.replace(made, report_number=9),
            ]
        )
    assert (kept.added, kept.elsewhere) == (2, 2)
    assert sorted(s for _, _, s in desk.standings()) == ["elsewhere", "elsewhere", "in_force"]
