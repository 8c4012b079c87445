"""Forms of labels with values beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gongkai.database.catalogue import all_columns
from gongkai.database.wide import wide_views
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.model import Box, Cell, Grid, Observation
from gongkai.normalizers.tables.table_reader import TableReader, TableReading

_FILES = {
    "forms.csv": "form,first_year,legal_basis\n2017,2017,none\n",
    "tables.csv": "table_id,title_zh,section,layout,corner_zh\nsite,网站报表,,pairs,\n",
    "labels.csv": "kind,table_id,id,form,spelling,origin,note\n",
    "identities.csv": "identity,severity,table_id,over,relation,group,member,sign,source\n",
    "fields.csv": """\
table_id,row_id,column_id,forms,row_label_zh,column_label_zh,unit,article_zh,value_type,options
site,site.name,value,2017,网站名称,值,,,text,
site,site.identifier,value,2017,网站标识码,值,,,code,
site,messages.total,value,2017,留言办理／总数,值,条,,count,
site,messages.closed,value,2017,留言办理／办结留言数量,值,条,,count,
site,surveys.total,value,2017,征集调查／总数,值,期,,count,
site,chat,value,2017,是否提供智能问答,值,,,choice,是 否
""",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Family:
    parent = tmp_path_factory.mktemp("family")
    shutil.copytree(pipelines_folder() / "cn", parent / "cn")
    folder = Path(shutil.copytree(pipelines_folder() / BUILT_IN, parent / "site"))
    for name in ("names", "rates", "not_comparable", "comparisons", "history"):
        (folder / f"{name}.csv").unlink(missing_ok=True)
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_family(folder)


def read(family: Family, *rows: tuple[str, ...]) -> TableReading:
    """Read a grid of equal cells; ``^`` extends the cell above, ``<`` the one to the left."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            down = across = 1
            while r + down < len(rows) and rows[r + down][c] == "^":
                down += 1
            while c + across < len(row) and row[c + across] == "<":
                across += 1
            box = Box(50 + 80 * c, 100 + 20 * r, 50 + 80 * (c + across), 100 + 20 * (r + down))
            cells.append(Cell(r, c, down, across, box, text))
    box = Box(50, 100, 50 + 80 * len(rows[0]), 100 + 20 * len(rows))
    grid = Grid(1, box, len(rows), len(rows[0]), tuple(cells), "pdfium")
    return TableReader(family).read([grid])[0]["site"]


def content(cell: Observation) -> str | None:
    return cell.text_value if cell.value is None else str(cell.value)


def test_a_value_stands_beside_its_label(site: Family) -> None:
    reading = read(
        site,
        ("网站名称", "<", "临江网"),
        ("留言办理", "总数（单位：条）", "30"),
        ("^", "办结留言数量（条）", "28"),
        ("征集调查", "总数（单位：期）", "2"),
        ("是否提供智能问答", "<", "☑是 □否"),
    )
    assert {o.key.row: content(o) for o in reading.observations} == {
        "site.name": "临江网",
        "messages.total": "30",
        "messages.closed": "28",
        "surveys.total": "2",
        "chat": "是",
    }
    assert not any(o.flagged for o in reading.observations)
    assert (reading.leftovers, reading.disorder) == ((), ())


def test_several_pairs_may_stand_in_one_row(site: Family) -> None:
    reading = read(
        site,
        ("网站名称", "临江网", "网站标识码", "4401000042"),
        ("是否提供智能问答", "□是 ☑否", "", ""),
    )
    assert {o.key.row: o.text_value for o in reading.observations} == {
        "site.name": "临江网",
        "site.identifier": "4401000042",
        "chat": "否",
    }


def test_the_state_of_text_is_text_and_its_value_empty(site: Family) -> None:
    [cell] = read(site, ("网站标识码", "0０123")).observations
    assert (cell.state, cell.value, cell.text_value) == ("text", None, "00123")
    assert cell.raw_text == "0０123"


def test_a_number_under_an_unknown_label_is_left_over(site: Family) -> None:
    reading = read(site, ("网站名称", "临江网"), ("从未见过的一项指标名称", "77"))
    assert [left.text for left in reading.leftovers] == ["77"]


def test_views_have_text_columns_named_by_the_row(site: Family) -> None:
    measures = read_measures(site)
    [view] = [v for v in wide_views(measures) if v.table == "site" and not v.trusted]
    described = {each.name: each.type for each in all_columns(measures, [view])}
    assert described["site_identifier"] == "text"
    assert described["messages_total"] == "integer"
