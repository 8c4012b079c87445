"""Names, rates and breaks of a family: what is loaded, and which errors are named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family
from gongkai.families.measures import Measures, read_measures
from gongkai.families.rates import RateTerm
from gongkai.model import CheckKey, Key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in family."""
    return Path(shutil.copytree(pipelines_folder() / BUILT_IN, tmp_path / "own"))


@pytest.fixture(scope="module")
def measures(family: Family) -> Measures:
    return read_measures(family)


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("names.csv", "applications,row,nothing,无,None,", "fields.csv has no row 'nothing'"),
        ("names.csv", "nowhere,table,nowhere,无,None,", "fields.csv has no table 'nowhere'"),
        ("rates.csv", "r,率,Rate,applications.granted.all,,件,,", "neither a cell"),
        ("rates.csv", "r,率,Rate,disclosure_rate,,件,,", "neither a cell"),  # a rate is no sum
        ("rates.csv", "r,率,Rate,÷,,件,,", "not a sum of cells"),
        ("not_comparable.csv", "nowhere,a,b,c,因,why", "tables.csv has no table 'nowhere'"),
        (
            "not_comparable.csv",
            "applications,grantd,total,total,因,why",
            "fields.csv has no 'grantd'",
        ),
        (
            "not_comparable.csv",
            "applications,granted,total,sum,因,why",
            "fields.csv has no 'sum'",
        ),
    ],
)
def test_a_bad_line_is_named(folder: Path, name: str, line: str, message: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")
    number = text.count("\n") + 2
    with pytest.raises(FamilyError, match=re.escape(f"{path}:{number}: ") + f".*{message}"):
        read_measures(load_family(folder))


def test_two_tables_cannot_give_one_name_to_their_views(folder: Path) -> None:
    family = load_family(folder)
    first, second = (table.id for table in family.tables[:2])
    names = folder / "names.csv"
    header = "table_id,kind,id,name_zh,name_en,panel"
    line = f"{second},table,{second},{family.table(first).title},None,"
    names.write_text(f"{header}\n{line}\n", encoding="utf-8")
    message = f"{names}:2: the views of {first!r} and {second!r}"
    with pytest.raises(FamilyError, match=re.escape(message)):
        read_measures(family)


def test_a_caption_of_two_tables_needs_names_for_their_views(folder: Path) -> None:
    (folder / "names.csv").unlink()
    tables = folder / "tables.csv"
    lines = tables.read_text(encoding="utf-8").splitlines()
    title = lines[1].split(",")[1]
    lines[2] = lines[2].replace(lines[2].split(",")[1], title)
    tables.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FamilyError, match=re.escape(f"{tables}:3: ") + ".*its own name_zh"):
        read_measures(load_family(folder))


def test_a_family_without_these_files_has_the_names_of_its_labels(folder: Path) -> None:
    for name in ("names.csv", "rates.csv", "not_comparable.csv"):
        (folder / name).unlink()
    found = read_measures(load_family(folder))
    assert (found.rates, found.breaks, found.panel) == ((), (), ())
    assert found.name_zh("applications", "table", "applications") == found.family.tables[1].title
    assert found.name_zh("applications", "column", "total") == "总计"
    assert found.name_en("applications", "row", "received_new") == "Received new"


def test_a_formula_has_alternatives_of_signed_terms(folder: Path) -> None:
    path = folder / "rates.csv"
    path.write_text(
        "id,name_zh,name_en,numerator,denominator,unit,note_zh,note_en\n"
        "s,和,Sum,applications.granted.total | applications.granted_in_part.total,,件,,\n"
        "r,率,Rate,s - applications.granted.total,applications.received_new.total,比例,,\n",
        encoding="utf-8",
    )
    total, rate = read_measures(load_family(folder)).rates
    granted = Key("applications", "granted", "total")
    assert total.numerator == (
        (RateTerm(granted, 1),),
        (RateTerm(Key("applications", "granted_in_part", "total"), 1),),
    )
    assert rate.numerator == ((RateTerm("s", 1), RateTerm(granted, -1)),)
    assert list(rate.cells()) == [granted, Key("applications", "received_new", "total")]


def test_the_first_sum_over_a_cell_proves_it(measures: Measures) -> None:
    key = Key("applications", "received_new", "total")
    assert measures.covering_check(key) == CheckKey("applications", "column_balance", "total")
    assert measures.covering_check(Key("proactive_disclosure", "rules", "in_force")) is None


def test_a_table_with_the_same_columns_in_each_row_is_a_matrix(measures: Measures) -> None:
    assert measures.is_matrix("applications")
    assert not measures.is_matrix("proactive_disclosure")
    assert not measures.is_matrix("review_litigation")
