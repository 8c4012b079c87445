"""Wide views: their rows and columns, the values of rates, and when a rate is NULL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.ddl import CreateView

from gongkai.checks.identities import IdentityChecks
from gongkai.database import migrations, sqlite_file
from gongkai.database.catalogue import all_columns
from gongkai.database.connection import open_for_reading, open_for_writing
from gongkai.database.stored_panel import COMPUTED_SUFFIX, STORED_PANEL
from gongkai.database.wide import chinese_view, wide_views
from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.folders import pipelines_folder
from gongkai.families.load import load_family
from gongkai.families.measures import Measures, read_measures
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Key, Report
from made import observation, report

ROWS_2021 = {
    "received_new": "30", "carried_over_in": "2", "granted": "10", "granted_in_part": "2",
    "denied_state_secret": "1", "denied_law_prohibits": "0", "denied_third_party_rights": "0",
    "denied_three_securities_one_stability": "0", "denied_internal_affairs": "0",
    "denied_process_information": "0", "denied_enforcement_files": "0",
    "denied_administrative_inquiry": "3", "unavailable_not_held": "9",
    "unavailable_needs_creation": "0", "unavailable_still_unclear": "0",
    "not_processed_petition": "0", "not_processed_duplicate": "0",
    "not_processed_publication": "0", "not_processed_excessive": "0",
    "not_processed_reconfirmation": "0", "other_no_supplement": "1", "other_unpaid_fee": "0",
    "other_misc": "2", "total_processed": "28", "carried_over_out": "4",
}  # fmt: skip
DISPUTES = {"upheld": "4", "corrected": "1", "other": "2", "pending": "1", "total": "8"}


@pytest.fixture(scope="session")
def measures(family: Family) -> Measures:
    return read_measures(family)


def filled(
    family: Family,
    rows: Mapping[str, str],
    disputes: Mapping[str, str] = DISPUTES,
    flagged: str | None = None,
    **changes: Any,
) -> Report:
    """A report whose applications table has these totals, with its checks."""
    texts = {Key("applications", row, "total"): text for row, text in rows.items()}
    texts |= {Key("review_litigation", "reconsideration", c): t for c, t in disputes.items()}
    cells = {key: observation(key, text) for key, text in texts.items()}
    if flagged:
        key = Key("applications", flagged, "total")
        cells[key] = replace(cells[key], flagged=True)
    forms = {"applications": "2021", "review_litigation": "2021"}
    return report(
        year=2022,
        form="2021",
        table_forms=forms,
        observations=tuple(cells.values()),
        checks=tuple(IdentityChecks(family).check(cells, forms)),
        **changes,
    )


def asked(path: Path, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def stored(path: Path, family: Family, *reports: Report) -> Path:
    with Writer(path, family) as writer:
        for number, each in enumerate(reports):
            writer.store(f"/r/{number}.pdf", str(number), "loaded", None, [each])
        writer.finish()
    return path


def panel_of(path: Path, family: Family, made: Report, view: str = "panel") -> dict[str, Any]:
    [row] = asked(stored(path, family, made), f'SELECT * FROM "{view}"')
    return row


def test_a_full_report(tmp_path: Path, family: Family) -> None:
    row = panel_of(tmp_path / "a.db", family, filled(family, ROWS_2021))
    assert (row["received_new"], row["denied_sum"], row["other_sum"]) == (30, 4, 3)
    assert row["disclosure_rate"] == pytest.approx(12 / 28, abs=1e-6)
    assert row["unavailable_not_held_share"] == pytest.approx(9 / 28, abs=1e-6)
    assert row["carry_over_rate"] == 0.125
    assert row["reconsideration_correction_rate"] == pytest.approx(1 / 7, abs=1e-6)
    # litigation is not printed in this report
    assert row["litigation_correction_rate"] is None and row["litigation_rate"] is None
    shares = [value for name, value in row.items() if name in SHARES_OF_ALL]
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_views_name_fields_by_their_ids_in_the_database(tmp_path: Path, family: Family) -> None:
    first, after = tmp_path / "a.db", tmp_path / "b.db"
    open_for_writing(after).dispose()
    stored(after, load_family("website-annual-report"))  # its fields have the first ids
    field = "SELECT id FROM field_key WHERE row_id = 'received_new' AND column_id = 'total'"
    for path in (first, after):
        row = panel_of(path, family, filled(family, ROWS_2021))
        assert (row["received_new"], row["carried_over_in"], row["litigation_rate"]) == (
            30,
            2,
            None,
        )
    assert asked(first, field) != asked(after, field)
    [view] = asked(after, "SELECT sql FROM sqlite_master WHERE name = 'panel_all_computed'")
    assert "[" not in view["sql"] and "field_key" not in view["sql"]


def test_views_count_the_own_scope_and_keep_the_other(tmp_path: Path, family: Family) -> None:
    own = filled(family, ROWS_2021, scope="own_body")
    region = filled(family, {**ROWS_2021, "received_new": "300"}, scope="whole_region")
    path = stored(tmp_path / "a.db", family, own, region)
    for view in ("panel", "review_litigation_wide"):
        assert [row["report_id"] for row in asked(path, f"SELECT report_id FROM {view}")] == [1]
    rows = asked(path, "SELECT DISTINCT report_id FROM applications_wide")
    assert [row["report_id"] for row in rows] == [1]
    kept = asked(
        path,
        "SELECT scope, value FROM observations JOIN reports ON reports.id = report_id "
        "WHERE row_id = 'received_new' ORDER BY report_id",
    )
    assert [tuple(row.values()) for row in kept] == [("own_body", 30), ("whole_region", 300)]


SHARES_OF_ALL = (
    "granted_share", "granted_in_part_share", "denied_share", "unavailable_share",
    "not_processed_share", "other_share",
)  # fmt: skip


def test_chinese_and_english_say_the_same(tmp_path: Path, family: Family) -> None:
    path = stored(tmp_path / "a.db", family, filled(family, ROWS_2021))
    for english, chinese in (("panel", "面板"), ("applications_wide", "依申请公开"),
                             ("review_litigation_wide", "复议诉讼"),
                             ("proactive_disclosure_wide", "主动公开")):  # fmt: skip
        for ending in (("", ""), ("_trusted", "_可信")):
            one = asked(path, f"SELECT * FROM {english}{ending[0]}")
            other = asked(path, f'SELECT * FROM "{chinese}{ending[1]}"')
            values = [tuple(v for n, v in row.items() if n != "status") for row in one]
            assert values == [tuple(v for n, v in row.items() if n != "状态") for row in other]
    [row] = asked(path, "SELECT 机关, 年度, 状态, 新收总计 FROM 面板")
    assert tuple(row.values()) == ("清河市公安局", 2022, "原文有误", 30)


def test_a_blank_counts_as_nothing_only_where_the_sum_holds_with_it(
    tmp_path: Path, family: Family
) -> None:
    blanks = {row: "" if text == "0" else text for row, text in ROWS_2021.items()}
    row = panel_of(tmp_path / "a.db", family, filled(family, blanks))
    assert row["not_processed_petition"] is None  # not printed as a number: never 0
    assert (row["not_processed_share"], row["denied_sum"]) == (0, 4)
    only_totals = {row: text if row in ("received_new", "carried_over_in", "total_processed",
                                        "carried_over_out") else ""
                   for row, text in ROWS_2021.items()}  # fmt: skip
    row = panel_of(tmp_path / "b.db", family, filled(family, only_totals))
    assert row["disclosure_rate"] is None and row["denied_sum"] is None
    assert row["carry_over_rate"] == 0.125


@pytest.mark.parametrize(
    ("changes", "rate"),
    [
        ({"total_processed": "0"}, "disclosure_rate"),
        ({"total_processed": ""}, "disclosure_rate"),
        ({"received_new": "/", "carried_over_in": "/"}, "carry_over_rate"),
    ],
)
def test_nothing_to_divide_by(
    tmp_path: Path, family: Family, changes: dict[str, str], rate: str
) -> None:
    row = panel_of(tmp_path / "a.db", family, filled(family, ROWS_2021 | changes))
    assert row[rate] is None


def test_all_cases_pending_is_no_rate(tmp_path: Path, family: Family) -> None:
    pending = {"upheld": "0", "corrected": "0", "other": "0", "pending": "3", "total": "3"}
    row = panel_of(tmp_path / "a.db", family, filled(family, ROWS_2021, pending))
    assert row["reconsideration_correction_rate"] is None


def test_one_row_for_other_handling(tmp_path: Path, family: Family) -> None:
    one_row = {row: text for row, text in ROWS_2021.items() if not row.startswith("other")}
    one_row["other"] = "3"
    row = panel_of(tmp_path / "a.db", family, filled(family, one_row))
    assert (row["other_sum"], row["other"], row["other_misc"]) == (3, 3, None)


def test_trusted_views_leave_out_cells_in_doubt(tmp_path: Path, family: Family) -> None:
    doubtful = filled(family, ROWS_2021, flagged="granted")
    path = stored(tmp_path / "a.db", family, doubtful)
    [row] = asked(path, "SELECT * FROM panel")
    assert (row["granted"], row["flagged_cells"]) == (10, 1)
    [row] = asked(path, "SELECT * FROM panel_trusted")
    assert row["granted"] is None and row["disclosure_rate"] is None
    assert row["denied_share"] == pytest.approx(4 / 28, abs=1e-6)
    [cell] = asked(path, "SELECT total FROM applications_wide_trusted WHERE row_id = 'granted'")
    assert cell["total"] is None


def test_a_blank_in_doubt_is_not_taken_for_nothing(tmp_path: Path, family: Family) -> None:
    blanks = {row: "" if text == "0" else text for row, text in ROWS_2021.items()}
    doubtful = filled(family, blanks, flagged="not_processed_petition")
    row = panel_of(tmp_path / "a.db", family, doubtful, "panel_trusted")
    assert row["not_processed_sum"] is None


def test_measures_of_the_two_forms_stay_apart(tmp_path: Path, family: Family) -> None:
    rows = (("made_this_year", "2019"), ("issued_this_year", "2021"))
    reports = [
        report(
            form=form,
            table_forms={"proactive_disclosure": form},
            observations=(observation(Key("proactive_disclosure", "rules", column), "3"),),
        )
        for column, form in rows
    ]
    path = stored(tmp_path / "a.db", family, *reports)
    found = asked(
        path, "SELECT form, rules_made_this_year AS made, rules_issued_this_year AS issued "
        "FROM proactive_disclosure_wide ORDER BY form"
    )  # fmt: skip
    assert [tuple(row.values()) for row in found] == [("2019", 3, None), ("2021", None, 3)]


def test_the_panel_knows_the_body(tmp_path: Path, family: Family) -> None:
    body = Agency("320813|government", "淮安市洪泽区人民政府", "320813", "江苏省", "淮安市",
                  "洪泽区", "county", "government")  # fmt: skip
    made = filled(family, ROWS_2021, agency="洪泽区人民政府", agency_ref=body)
    row = panel_of(tmp_path / "a.db", family, made)
    assert (row["agency"], row["agency_name"]) == ("洪泽区人民政府", "淮安市洪泽区人民政府")
    assert (row["province"], row["level"], row["division_code"]) == ("江苏省", "county", "320813")


def test_a_row_that_is_not_printed_is_left_out(tmp_path: Path, family: Family) -> None:
    path = stored(tmp_path / "a.db", family, filled(family, ROWS_2021))
    rows = asked(path, "SELECT row_id FROM applications_wide ORDER BY row_position")
    assert [row["row_id"] for row in rows] == [r for r in measures_rows(family) if r in ROWS_2021]


def measures_rows(family: Family) -> list[str]:
    return list(dict.fromkeys(f.row_id for f in family.fields if f.table_id == "applications"))


def test_one_agency_is_found_through_an_index(tmp_path: Path, family: Family) -> None:
    path = tmp_path / "a.db"
    Writer(path, family).close()  # without statistics of a database of one report
    for view in ("panel", "applications_wide"):
        plan = asked(path, f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE agency = '甲'")
        assert any("by_agency (agency=?" in row["detail"] for row in plan), view


def test_views_compile_for_postgresql(measures: Measures) -> None:
    dialect = postgresql.dialect()
    for wide in wide_views(measures):
        for name, select in ((wide.name, wide.select), (wide.name_zh, chinese_view(wide))):
            view = CreateView(select, name, metadata=sa.MetaData())
            text = str(view.compile(dialect=dialect))
            assert text.startswith("CREATE VIEW") and "%(" not in text
            names = [name, *(column.name for column in select.selected_columns)]
            assert len(set(names)) == len(names)
            assert all(len(each.encode()) < 64 for each in names), "PostgreSQL cuts longer names"


def test_every_row_and_column_has_a_short_name(measures: Measures, family: Family) -> None:
    for line in family.fields:
        for kind, name in (("table", line.table_id), ("row", line.row_id),
                           ("column", line.column_id)):  # fmt: skip
            assert (line.table_id, kind, name) in measures.names


def test_every_column_that_people_read_is_described(
    tmp_path: Path, family: Family, measures: Measures
) -> None:
    path = stored(tmp_path / "a.db", family, report())
    described: dict[str, list[str]] = {}
    for column in all_columns(measures):
        described.setdefault(column.table, [])
        if column.name:
            described[column.table].append(column.name)
        assert column.name_zh and column.description_en and column.description_zh
    views = {row["name"] for row in asked(path, "SELECT name FROM sqlite_master WHERE type='view'")}
    assert views - {f"{STORED_PANEL}{COMPUTED_SUFFIX}"} <= described.keys()
    for table, names in described.items():
        there = asked(path, f"SELECT name FROM pragma_table_info('{table}')")
        assert [row["name"] for row in there] == names, table
    rows = asked(path, "SELECT COUNT(*) AS n FROM columns WHERE position > 0")
    assert rows[0]["n"] == sum(map(len, described.values()))


def copied(folder: Path, **files: tuple[str, str]) -> Path:
    """The built-in pipeline with words in some files replaced."""
    shutil.copytree(pipelines_folder() / "ogi-annual-report", folder)
    for stem, (old, new) in files.items():
        path = next(folder.glob(f"{stem}.*"))
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"rates": ("applications.granted.total", "applications.grantd.total")},
         r"rates.csv:\d+: neither a cell .* 'applications.grantd.total'"),
        ({"rates": ("applications.unavailable_not_held.total +",
                    "applications.unavailable_not_held.total")}, "not a sum of cells"),
        ({"names": ("received_new", "recieved_new")}, "fields.csv has no row 'recieved_new'"),
    ],
)  # fmt: skip
def test_wrong_data_files_are_refused(
    tmp_path: Path, files: dict[str, tuple[str, str]], words: str
) -> None:
    wrong = load_family(copied(tmp_path / "wrong", **files))
    with pytest.raises(FamilyError, match=words):
        read_measures(wrong)


def test_another_family_has_views_of_its_own_reports(tmp_path: Path, family: Family) -> None:
    folder = copied(
        tmp_path / "other", pipeline=('name = "ogi-annual-report"', 'name = "budget-reports"')
    )
    (folder / "rates.csv").unlink()
    path = stored(tmp_path / "a.db", family, filled(family, ROWS_2021))
    stored(path, load_family(folder), filled(family, {**ROWS_2021, "received_new": "7"}))
    assert len(asked(path, "SELECT * FROM panel")) == 1
    [row] = asked(path, "SELECT * FROM budget_reports_panel")
    assert row["received_new"] == 7 and "disclosure_rate" not in row


def test_views_follow_the_pipeline(tmp_path: Path, family: Family) -> None:
    folder = copied(tmp_path / "newer", rates=("carry_over_rate,结转率", "backlog_rate,积压率"))
    path = stored(tmp_path / "a.db", family, filled(family, ROWS_2021))
    stored(path, load_family(folder))
    assert asked(path, "SELECT backlog_rate FROM panel") == [{"backlog_rate": 0.125}]
    assert asked(path, "SELECT 积压率 FROM 面板") == [{"积压率": 0.125}]
    assert asked(path, "SELECT id FROM rates WHERE id = 'carry_over_rate'") == []


def test_a_migration_makes_the_views_anew(
    tmp_path: Path, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stored(tmp_path / "a.db", family, filled(family, ROWS_2021))
    seen: list[str] = []

    def step(connection: sa.Connection) -> None:
        seen.extend(sa.inspect(connection).get_view_names())

    monkeypatch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
    monkeypatch.setattr(migrations, "STEPS", {sqlite_file.SCHEMA_VERSION - 1: step})
    open_for_reading(path).dispose()
    assert seen == []  # no view keeps a table from being changed
    assert asked(path, "SELECT 新收总计 FROM 面板") == [{"新收总计": 30}]
    assert asked(path, "SELECT COUNT(*) AS n FROM rates")[0]["n"] == len(
        read_measures(family).rates
    )
