"""CSV from the browser contains no formulas, whatever text a PDF has."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import httpx
import pytest

from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.model import Key
from gongkai.serve.datasette_csv import FormulaSafeCsv, escape_csv_formulas
from made import observation, report

FORMULA = '=HYPERLINK("http://x","总计")'


@pytest.mark.parametrize(
    ("cell", "safe"),
    [(FORMULA, f"'{FORMULA}"), ("@SUM(A1)", "'@SUM(A1)"), ("-417", "-417"), ("+2.5", "+2.5"),
     ("-1+1", "'-1+1"), ("公安局", "公安局"), ("一\n=2", "一\n=2"), ("", "")],
)  # fmt: skip
def test_only_formulas_are_escaped(cell: str, safe: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["name"], [cell, "x"]])
    assert list(csv.reader(io.StringIO(escape_csv_formulas(out.getvalue()), newline=""))) == [
        ["name"],
        [safe, "x"],
    ]


def test_tables_in_the_browser(tmp_path: Path, family: Family) -> None:
    db = tmp_path / "gongkai.db"
    cell = observation(Key("applications", "granted", "total"), "7", row_label=FORMULA)
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report(observations=(cell,))])

    async def asked() -> tuple[str, str]:
        from datasette.app import Datasette  # takes a second: not where a file is collected

        site = FormulaSafeCsv(Datasette([str(db)]).app())
        transport = httpx.ASGITransport(app=site)
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            table = await client.get("/gongkai/observations.csv")
            page = await client.get("/gongkai/observations.json?_shape=array")
        return table.text, page.text

    table, page = asyncio.run(asked())
    [row] = csv.DictReader(io.StringIO(table, newline=""))
    assert (row["row_label"], row["value"]) == (f"'{FORMULA}", "7")
    assert "HYPERLINK" in page and "'=" not in page  # JSON is for programs
