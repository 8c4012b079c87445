"""Reports are converted into columns of the tables."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from gongkai.database import schema
from gongkai.families.family import Family
from gongkai.loaders.rows import COLUMNS, report_rows, to_columns
from gongkai.loaders.writer import Writer
from gongkai.model import Key, Report
from gongkai.queries.report_loader import show
from helpers.stored import rows
from made import observation, report


def test_columns_of_none_are_left_out() -> None:
    rows = [(0, "code", "told", 1, None, None, None, None), (1, "code", "", 2, *[None] * 4)]
    assert to_columns("problem", rows) == {
        "position": (0, 1),
        "code": ("code", "code"),
        "message": ("told", ""),
        "page": (1, 2),
    }


def test_a_column_left_out_is_null() -> None:
    for name, columns in COLUMNS.items():
        table = schema.metadata.tables[name]
        for column in (table.c[each] for each in columns):
            filled = column.default is not None or column.server_default is not None
            assert not (column.nullable and filled), column


def test_reports_with_different_field_layouts_keep_their_own_cells(
    tmp_path: Path, family: Family
) -> None:
    """The ids of fields and sets are cached by field layout: each layout has its own."""
    one = report(agency="甲局")
    several = [one, _fewer(one, 1), _fewer(one, 2), _fewer(one, 1), one]
    together, alone = tmp_path / "together.db", tmp_path / "alone.db"
    with Writer(together, family) as writer:
        for number, each in enumerate(several):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [report_rows(each)])
    for number, each in enumerate(several):  # a writer each: nothing is remembered
        with Writer(alone, family) as writer:
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [each])
    for view in ("observations", "checks"):
        found, expected = (rows(db, f"SELECT * FROM {view}") for db in (together, alone))
        assert found == expected != []


def test_ids_may_have_any_character(tmp_path: Path, family: Family) -> None:
    """Other families may use any ids for tables, rows and columns."""
    key = Key("a table", '行\t"1"', "two\nlines")
    db = tmp_path / "gongkai.db"
    check = replace(report().checks[0], cells=(key,))
    with Writer(db, family) as writer:
        made = report(observations=(observation(key, "12"),), checks=(check,))
        writer.store("/a.pdf", "a", "loaded", None, [made])
    for view in ("observations", "check_cells"):
        assert rows(db, f"SELECT table_id, row_id, column_id FROM {view}") == [tuple(key)]


def test_repeated_texts_are_stored_once_and_read_back(tmp_path: Path, family: Family) -> None:
    """Wordings of checks that passed are shared; sentences and phrases are slices."""
    made = report()
    shared = replace(made.checks[0], status="pass", wording="各项之和{expected}，等于{actual}")
    own = replace(shared, place="total", status="fail", wording="不等于", cause="print")
    one = made.figures[0]
    figures = (one, replace(one, phrase="不在句中"), replace(one, sentence="不在章中", phrase=""))
    made = replace(made, checks=(shared, own), figures=figures)
    db = tmp_path / "gongkai.db"
    with Writer(db, family) as writer:
        writer.store("/a.pdf", "a", "loaded", None, [made])
    loaded = show(db, "1").report
    assert (loaded.checks, loaded.figures) == (made.checks, figures)
    messages = [(check.message,) for check in made.checks]
    assert rows(db, "SELECT message FROM checks ORDER BY position") == messages
    assert rows(db, "SELECT message FROM check_result ORDER BY position") == [("",), ("不等于",)]
    assert rows(db, "SELECT text <> '' FROM sentence") == [(0,), (1,)]
    told = [(figure.phrase, figure.sentence) for figure in figures]
    assert rows(db, "SELECT phrase, sentence FROM narrative_figures ORDER BY position") == told


def _fewer(whole: Report, without: int) -> Report:
    return replace(whole, observations=whole.observations[without:])
