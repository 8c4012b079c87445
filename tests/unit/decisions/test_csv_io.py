"""Decisions as CSV: without loss, and refused where they were changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.decisions.csv_io import export_decisions, parse_decisions
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from helpers.decision_scenario import GRANTED, DecisionScenario
from helpers.doubtful_reports import misread


@pytest.fixture
def scenario(tmp_path: Path, family: Family) -> DecisionScenario:
    return DecisionScenario(tmp_path, family, misread(GRANTED))


def test_csv_moves_decisions_without_loss(
    scenario: DecisionScenario, tmp_path: Path, family: Family
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    scenario.decide("accepted", kind="cell", key=GRANTED, who='=HYPERLINK("http://x")')
    out = io.StringIO()
    assert export_decisions(scenario.db, out) == 2
    assert "'=HYPERLINK" in out.getvalue() and ",=HYPERLINK" not in out.getvalue()
    (tmp_path / "other").mkdir()
    other = DecisionScenario(tmp_path / "other", family, misread(GRANTED))
    moved = parse_decisions(io.StringIO(out.getvalue()), "decisions.csv")
    with DecisionStore(other.db, [family]) as store:
        result = store.add(moved)
        assert (result.added, result.already_known, result.elsewhere, result.conflicts) == (
            2,
            0,
            0,
            2,
        )
        again = store.add(moved)
        assert (again.added, again.already_known) == (0, 2)
    assert other.standings() == scenario.standings()
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
def test_a_malformed_csv_is_refused(
    scenario: DecisionScenario, change: Callable[[str], str], message: str
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    out = io.StringIO()
    export_decisions(scenario.db, out)
    with pytest.raises(UsageError, match=message):
        parse_decisions(io.StringIO(change(out.getvalue())), "decisions.csv")


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({"verdict": "改为"}, "typed"), ({"verdict": "As read", "state": "数字"}, "accepted"),
        ({"kind": "单元格", "verdict": "空"}, "blank"),
    ],
)  # fmt: skip
def test_the_words_of_the_page_are_understood(
    scenario: DecisionScenario, columns: dict[str, str], verdict: str
) -> None:
    scenario.decide("typed", text="6", kind="cell", key=GRANTED)
    out = io.StringIO()
    export_decisions(scenario.db, out)
    [row] = csv.DictReader(io.StringIO(out.getvalue()))
    changed = io.StringIO()
    writer = csv.DictWriter(changed, row.keys())
    writer.writeheader()
    writer.writerow(row | columns | {"uid": ""})
    [decision] = parse_decisions(io.StringIO(changed.getvalue()), "decisions.csv")
    assert (decision.kind, decision.verdict) == ("cell", verdict)
