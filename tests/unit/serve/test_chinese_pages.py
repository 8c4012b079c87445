"""Datasette's own pages in Chinese."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import datasette.app
import httpx
import pytest
from datasette.filters import Filters
from jinja2 import DictLoader, Environment

from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.serve.datasette_app import tables_app
from gongkai.serve.phrases import ChinesePages, MarkupText, menu_script, phrases
from made import report

# Pages of people who develop or log in, and Datasette's start page, are not reached.
NOT_SHOWN = {"allow_debug", "permissions_debug", "messages_debug", "patterns", "logout",
             "show_json", "index"}  # fmt: skip
# Names, code, and the beginnings of CSS classes.
AS_THEY_ARE = {"Datasette", "CSV", ".db", "select * from", "select sqlite_version()"}


def shown() -> Iterator[str]:
    """Every phrase of the installed Datasette that people see."""
    for path in files("datasette").joinpath("templates").iterdir():
        if path.name.removesuffix(".html") not in NOT_SHOWN:
            markup = MarkupText()
            for _, kind, text in Environment().lex(path.read_text(encoding="utf-8")):
                if kind == "data":
                    for _, found in markup.pieces(text):
                        yield from found
    yield from (display for _, display, _ in Filters([]).lookups())


def test_every_phrase_has_a_translation() -> None:
    words = {each for each in shown() if re.search("[A-Za-z]{1}", re.sub(r"&#?\w+;", "", each))}
    classes = {each for each in words if each.endswith("-") and "column" not in each}
    unknown = words - classes - AS_THEY_ARE - phrases().keys()
    assert {each for each in unknown if not each.startswith("- ")} == set()


def test_the_menu_of_columns_is_chinese() -> None:
    script = menu_script()
    assert "按此列归类" in script and "`类型: ${" in script
    assert re.findall(r"<a [^>]*>[A-Z][^<]*</a>", script) == []


def rendered(template: str, **values: object) -> str:
    environment = Environment(autoescape=True, loader=DictLoader({"page": template}))
    ChinesePages().prepare_jinja2_environment(environment)
    return environment.get_template("page").render(**values)


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("<p> Next page </p>", "<p> 下一页 </p>"),
        ("{{ n }} row{% if n != 1 %}s{% endif %}", "2 行"),
        ("Custom SQL query{% if n %} returning {{ n }}{% endif %}", "SQL 查询，返回 2"),
        ('<input value="Apply">', '<input value="筛选">'),
        ('<a title="{{ n }}" value="Apply">Tables</a>', '<a title="2" value="筛选">数据表</a>'),
        ("<script>Tables</script>", "<script>Tables</script>"),
        ("<td>{{ cell }}</td>", "<td>Next page</td>"),  # what the database contains
        ("<p>{{ display }}</p>", "<p>含有</p>"),
    ],
)
def test_texts_are_translated_and_data_is_not(template: str, page: str) -> None:
    assert rendered(template, n=2, cell="Next page", display="contains") == page


def test_pages_of_a_database(
    tmp_path: Path, family: Family, capfd: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "gongkai.db"
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report(title="Next page")])
    paths = ("?sql=wrong", "", "/reports?year__gt=1&_sort=year", "?sql=SELECT+1", "/nothing")
    pages = asyncio.run(texts(db, *(f"/gongkai{path}" for path in paths)))
    wrong, database, table, query, missing = pages
    assert "SQL 有误" in wrong and capfd.readouterr() == ("", ""), "no traceback"
    assert ">现成的查询<" in database and "张内部表" in database
    assert "下载：" in table and "以……开头" in table and "Next page</td>" in table
    assert "where year" not in table and ">首页<" in table
    assert "SQL 查询，返回" in query
    assert "没有这张表" in missing and "<h1>错误 404" in missing


async def texts(db: Path, *paths: str) -> list[str]:
    with tables_app(db, [ChinesePages()]) as app:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            return [(await client.get(path)).text for path in paths]


def test_permissions_do_not_copy_the_descriptions_of_all_tables(
    tmp_path: Path, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would for each table of a page: 8 s for the tables of four families."""
    db = tmp_path / "gongkai.db"
    Writer(db, family).close()
    copied: list[object] = []
    monkeypatch.setattr(datasette.app.copy, "deepcopy", lambda each: copied.append(each) or each)
    [page] = asyncio.run(texts(db, "/gongkai/panel"))
    assert "公开率" in page or "Disclosure rate" in page
    assert copied and not any(copied), "nothing but empty dictionaries"
