"""Search finds paragraphs by words, and follows changes of the reports."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongkai.database import paragraphs, schema
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Box, Paragraph, Report, Section
from gongkai.queries.report_loader import show
from gongkai.queries.search import index_words, search, split_word
from made import report

FIRST = "（一）主动公开。全年政务新媒体推送信息12条，吴忠市公安局门户网站公开3条。"
SECOND = "组织培训2期，参训人员60人次。"


def told(agency: str = "清河市公安局", **changes: object) -> Report:
    box = Box(72.0, 100.0, 500.0, 140.0)
    return report(
        agency=agency,
        sections=(Section("一", "一、总体情况", f"{FIRST}\n{SECOND}", 1, 2),),
        paragraphs=(
            Paragraph(None, None, None, "依据《条例》制作本报告。", 1, box),
            Paragraph("一", "（一）", "主动公开", FIRST, 1, box, page_starts=(10,)),
            Paragraph("一", "（一）", "主动公开", SECOND, 2, box),
        ),
        **changes,
    )


@pytest.fixture
def db(tmp_path: Path, family: Family) -> Path:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [told()])
    return path


@pytest.mark.parametrize("words", ["政务新媒体", "吴忠", "新媒体 网站", "公安", "信", "12条"])
def test_words_and_names_are_found(db: Path, words: str) -> None:
    [hit] = [h for h in search(db, words) if h.text == FIRST]
    assert (hit.agency, hit.year, hit.section, hit.page) == ("清河市公安局", 2019, "一", 1)
    assert "【" in hit.excerpt()


def test_all_words_must_match(db: Path) -> None:
    assert search(db, "新媒体 培训") == []
    assert [h.text for h in search(db, "培训")] == [SECOND]


def test_a_long_word_without_matches_is_split(db: Path) -> None:
    assert [h.text for h in search(db, "政务新媒体门户网站")] == [FIRST]


def test_only_a_year(db: Path) -> None:
    assert search(db, "培训", year=2018) == []
    assert len(search(db, "培训", year=2019)) == 1


@pytest.mark.parametrize("words", ["", "  ", "，。", '"'])
def test_a_search_without_words_is_refused(db: Path, words: str) -> None:
    with pytest.raises(UsageError):
        search(db, words)


@pytest.mark.parametrize("words", ['培训" OR "x', "培训 OR *", "培训)(", "NEAR(培训)"])
def test_query_syntax_of_the_index_has_no_effect(db: Path, words: str) -> None:
    search(db, words)


def test_the_index_follows_the_reports(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [told("甲县教育局")])
        assert [h.agency for h in search(db, "培训")] == ["甲县教育局"]
        writer.store("/r/a.pdf", "b", "loaded", None, [])
    assert search(db, "培训") == []
    with contextlib.closing(sqlite3.connect(db)) as connection:
        words = "SELECT count(*) FROM paragraph_index WHERE paragraph_index MATCH '培训'"
        assert connection.execute(words).fetchone() == (0,)
        connection.execute(
            "INSERT INTO paragraph_index(paragraph_index) VALUES ('integrity-check')"
        )


def test_paragraphs_are_loaded_as_they_were_stored(db: Path) -> None:
    assert show(db, "1").report.paragraphs == told().paragraphs


def test_an_agency_is_loaded_and_shown_by_its_canonical_name(
    tmp_path: Path, family: Family
) -> None:
    db = tmp_path / "gongkai.db"
    agency = Agency("320813|government", "淮安市洪泽区人民政府", division_code="320813")
    with Writer(db, family) as writer:
        for year, printed in ((2024, "淮安市洪泽区人民政府"), (2023, "洪泽区人民政府")):
            ref = Agency(agency.key, printed, division_code="320813")
            made = told(printed, year=year, agency_ref=ref)
            writer.store(f"/r/{year}.pdf", str(year), "loaded", None, [made])
    with contextlib.closing(sqlite3.connect(db)) as connection:
        assert connection.execute("SELECT name, name_year FROM agencies").fetchall() == [
            ("淮安市洪泽区人民政府", 2024)
        ]
    assert {h.agency for h in search(db, "培训")} == {"淮安市洪泽区人民政府"}


def test_index_words_are_bigrams() -> None:
    assert index_words("公开 信息12条") == "公开 开信 信息 息 12 条"
    assert split_word("政务新媒体运行管理")[0] == "政务新媒体"


def test_the_schema_compiles_for_postgresql() -> None:
    made: list[str] = []
    engine = sa.create_mock_engine(
        "postgresql+psycopg://",
        lambda sql, *_: made.append(str(sql.compile(dialect=engine.dialect))),
    )
    schema.metadata.create_all(engine, checkfirst=False)
    assert any("TSVECTOR" in statement for statement in made)
    assert not any("fts5" in statement for statement in made)
    assert paragraphs.paragraph.name in schema.metadata.tables
