"""The list of families, installed and stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.language import in_language
from gongkai.loaders.writer import Writer
from gongkai.queries.families import family_overviews
from made import report


@pytest.fixture
def db_of_two_years(tmp_path: Path, family: Family) -> Path:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        for year in (2020, 2023):
            made = replace(report(), year=year)
            writer.store(f"/r/{year}.pdf", str(year), "loaded", None, [made])
    return path


def test_an_installed_family_has_its_forms_and_no_reports_without_a_database(
    family: Family,
) -> None:
    [found] = family_overviews([family], None)
    assert found.family == "ogi-annual-report"
    assert found.title == "Annual reports on open government information"
    assert found.forms == "2014 (2014-), 2019 (2019-), 2021 (2021-)"
    assert found.provisional.startswith("2014: the annex of the notice was not found")
    assert (found.tables, found.reports, found.first_year) == (4, 0, None)


def test_a_family_is_described_in_the_language_of_the_reader(family: Family) -> None:
    with in_language("zh"):
        [found] = family_overviews([family], None)
    assert found.title == "政府信息公开工作年度报告"
    assert found.provisional.startswith("2014: 表由国办发〔2014〕32号规定")


def test_reports_are_counted_by_family_with_their_years(
    db_of_two_years: Path, family: Family
) -> None:
    [found] = family_overviews([family], db_of_two_years)
    assert (found.reports, found.first_year, found.last_year) == (2, 2020, 2023)


def test_a_family_that_is_only_stored_is_listed_too(db_of_two_years: Path) -> None:
    [found] = family_overviews([], db_of_two_years)
    assert (found.family, found.title, found.reports) == ("ogi-annual-report", "", 2)
