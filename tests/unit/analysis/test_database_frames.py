"""Frames of a database: their values, types and names."""

from __future__ import annotations

import subprocess
import sys
import warnings
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gongkai
from gongkai.errors import DatabaseError, QueryRefused, UsageError
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Key
from made import observation, report

BODY = Agency("a", "淮安市洪泽区人民政府", "320813", "江苏省", "淮安市", "洪泽区", "county",
              "government")  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, family: Family) -> gongkai.Database:
    path = tmp_path_factory.mktemp("analysis") / "gongkai.db"
    later = report(year=2023, agency="洪泽区人民政府", agency_ref=BODY, status="proved")
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
        writer.store("/r/b.pdf", "b", "loaded", None, [later])
    return gongkai.open(path)


@pytest.mark.process
def test_importing_gongkai_loads_nothing_heavy() -> None:
    heavy = ["pandas", "sqlalchemy", "pydantic", "psutil"]
    code = f"import gongkai, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_types(db: gongkai.Database) -> None:
    panel = db.panel()
    assert panel["received_new"].dtype == "Int64" and panel["disclosure_rate"].dtype == "Float64"
    assert isinstance(panel["agency"].dtype, pd.CategoricalDtype)
    assert (panel["year"] + 1).tolist() == [2020, 2024]
    assert panel.loc[panel["year"] >= 2020, "agency"].tolist() == ["洪泽区人民政府"]
    assert list(panel["status"].cat.categories) == [
        "incomplete", "doubtful", "print_fault", "proved",
    ]  # fmt: skip
    assert panel["administrative_fees_fees_collected"].tolist() == [96171.6, 96171.6]
    exact = gongkai.open(db.path, exact=True).panel()
    assert exact["administrative_fees_fees_collected"].sum() == Decimal("192343.2")
    assert panel["granted_in_part"].isna().all()  # not printed: missing, not 0


def test_chinese_names(db: gongkai.Database) -> None:
    chinese = db.panel(language="zh")
    assert chinese[["机关", "年度", "新收总计"]].iloc[0].tolist() == ["清河市公安局", 2019, 12]
    assert gongkai.open(db.path, language="zh").sections().columns[:3].tolist() == [
        "机关", "年度", "编号",
    ]  # fmt: skip


def test_narrowing(db: gongkai.Database) -> None:
    assert len(db.panel(year=2023)) == 1
    assert len(db.panel(year=range(2019, 2024))) == 2
    assert len(db.panel(year=np.int64(2023))) == 1 == len(db.panel(year=np.array([2023])))
    assert len(db.panel(agency="淮安市洪泽区人民政府")) == 1  # canonical
    assert len(db.panel(agency="洪泽区人民政府", level="county")) == 1  # as printed
    assert db.applications(level="county", row_id="granted")["total"].tolist() == [7]
    assert db.observations(province="江苏省", state="mark")["raw_text"].tolist() == ["/"]
    assert db.checks(status="fail")["year"].tolist() == [2019, 2023]
    assert db.panel(year=1999).empty
    with pytest.raises(UsageError, match="panel cannot be narrowed by 'levle'"):
        db.panel(levle="county")
    with pytest.raises(UsageError, match=r"did you mean received_new \(新收总计\)"):
        db.panel(新收=3)


def test_metrics_checks_and_problems_are_asked_by_name(db: gongkai.Database) -> None:
    assert len(db.checks(check_id="applications.row_total.received_new")) == 2
    assert db.checks(check_id="applications.row_total.granted").empty, "a check, but of none here"
    for wrong in ("applications.row_totl.received_new", "applications.row_total.new"):
        with pytest.raises(UsageError, match=r"did you mean.* applications\.row_total"):
            db.checks(check_id=wrong)
    titled = db.table("narrative_figures", metric_id="收到的政府信息公开申请数")
    assert len(titled) == len(db.table("narrative_figures", metric_id="requests_received"))
    with pytest.raises(UsageError, match=r"did you mean requests_received \(.*Applications rec"):
        db.table("narrative_figures", metric_id="request_received")
    with pytest.raises(UsageError, match=r"other_table \(另有表格, Another table\)"):
        db.table("problems", code="other_tables")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("panel WHERE level = '县级'", r"no level '县级': there are county \(县级\)"),
        ("\"面板\" WHERE 层级 IN ('地级')", "there are 市级"),  # the name until version 19
        ("narrative_figures WHERE metric_id = 'requests'", "did you mean requests_"),
        ("checks WHERE check_id = 'applications.row_totl.granted'", "row_total"),
        ("problems WHERE code = 'other_tables'", "other_table .另有表格"),
    ],
)
def test_a_statement_without_rows_warns_of_unknown_texts(
    db: gongkai.Database, where: str, words: str
) -> None:
    with pytest.warns(UserWarning, match=words):
        assert db.sql(f"SELECT 1 FROM {where}").empty


def test_a_right_statement_without_rows_does_not_warn(db: gongkai.Database) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert db.sql("SELECT 1 FROM panel WHERE level = 'township' OR agency = 'x'").empty


def test_pandas_works_on_frames_as_they_come(db: gongkai.Database, tmp_path: Path) -> None:
    for name in ("panel", "observations", "reports", "checks"):
        frame = db.table(name)
        frame.describe(include="all")
        to = tmp_path / f"{name}.dta"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
            warnings.simplefilter("ignore", pd.io.stata.InvalidColumnName)
            frame.to_stata(to, version=118, write_index=False)
        assert len(pd.read_stata(to)) == len(frame)


def test_values_have_chinese_and_english_names(db: gongkai.Database) -> None:
    for level in ("county", "县级", "区县", ["县级", "省级"]):
        assert len(db.panel(level=level)) == 1
    assert len(db.panel(层级="县级", 状态="已核实")) == 1
    assert len(db.checks(status="未通过")) == len(db.checks(status="fail")) == 2
    assert db.panel(status="print fault")["year"].tolist() == [2019]
    assert db.panel(level="township").empty  # a level, but of no report here
    with pytest.raises(UsageError, match=r"no level '县城': there are .*county \(县级\)"):
        db.panel(level="县城")
    with pytest.raises(UsageError, match=r"no province '江苏' .*: did you mean 江苏省"):
        db.panel(province="江苏")
    with pytest.raises(UsageError, match=r"no agency .*did you mean .*洪泽区人民政府"):
        db.panel(agency="洪泽区政府")


def test_lines_of_a_report_say_whose(db: gongkai.Database) -> None:
    for frame in (db.observations(), db.sections(), db.checks(), db.table("problems")):
        assert frame.columns[:2].tolist() == ["agency", "year"]
    assert db.reports().columns[0] == "id"


def test_trusted_leaves_out_doubt(db: gongkai.Database) -> None:
    assert db.panel()["granted"].tolist() == [7, 7]
    assert db.panel(trusted=True)["granted"].isna().all()
    assert db.applications(trusted=True, row_id="granted")["total"].isna().all()


def test_sql(db: gongkai.Database) -> None:
    frame = db.sql("SELECT agency, year FROM reports WHERE year > ?", [np.int64(2020)])
    assert frame.to_dict("records") == [{"agency": "洪泽区人民政府", "year": 2023}]
    with pytest.raises(QueryRefused, match="did you mean panel"):
        db.sql("SELECT * FROM panle")
    with pytest.raises(QueryRefused, match="only reads"):
        db.sql("DELETE FROM report")


def test_wrong_use(db: gongkai.Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table 'observation': did you mean observations"):
        db.table("observation")
    with pytest.raises(UsageError, match="no language 'fr'"):
        db.panel(language="fr")  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="does not exist"):
        gongkai.open(tmp_path / "missing.db")


def test_amounts_of_many_digits(tmp_path: Path, family: Family) -> None:
    fees = Key("proactive_disclosure", "administrative_fees", "fees_collected")
    made = report(observations=(observation(fees, "123456789.123456"),))
    with Writer(tmp_path / "a.db", family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [made])
    value = gongkai.open(tmp_path / "a.db", exact=True).observations()["value"].iloc[0]
    assert value == Decimal("123456789.123456")
