"""Annual statistics of public libraries: a family of reports that gongkai does not know.

The tutorial drafts a family from these. Two pages, three tables, 40 numbers; all sums hold.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from . import drawn
from .corpus import random_style
from .model import Break, Cell, Document, Item, Para, Table

SEED = 7
BODIES = (
    "临江市图书馆", "东岑县图书馆", "沂源湾县图书馆", "松陂县图书馆", "海曲市图书馆",
    "平泽市图书馆", "鹤溪县图书馆", "宁岗县图书馆", "锦川市图书馆", "丰沙县图书馆",
)  # fmt: skip
TITLE = "公共图书馆服务统计年报"
HOLDINGS = ("一、图书", "二、期刊", "三、音像资料", "四、电子资源")
INCOME = ("财政拨款", "上级补助", "社会捐赠", "其他收入")
SPENDING = ("人员经费", "购书经费", "设备购置", "其他支出")
VISITS = ("到馆人次", "外借册次", "活动场次")


def make(out: Path, seed: int = SEED) -> list[Path]:
    """Make one report for each body in the folder ``out``; returns the paths."""
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    return [_make(rng, body, 2021 + k % 4, out) for k, body in enumerate(BODIES)]


def _make(rng: random.Random, body: str, year: int, out: Path) -> Path:
    title = f"{body}{year}年度{TITLE}"
    items: list[Item] = [
        Para(title, "title"),
        Para(f"现将{body}{year}年度服务统计数据公布如下。"),
        Para("馆藏情况表", "center"),
        _table("holdings", _holdings(rng), 2.0),
        Para("读者服务情况表", "center"),
        _table("visits", _visits(rng), 1.0),
        Break(),
        Para("经费收支情况表", "center"),
        Para("单位：万元", "sign"),
        _table("funds", _funds(rng), 1.5),
    ]
    style = random_style(rng, brief=True)
    path = out / f"library-{year}-{BODIES.index(body)}.pdf"
    drawn.render(Document([items]), style, path, title)
    return path


def _table(name: str, rows: Sequence[Sequence[str | None]], first: float) -> Table:
    """A table of texts; None joins a cell to its left neighbour."""
    cells: list[Cell] = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text is None:
                cells[-1].colspan += 1
                continue
            is_value = text[:1].isdigit() or not text
            cells.append(Cell(text, r, c, role="value" if is_value else "header"))
    return Table(name, [first, *[1.0] * (len(rows[0]) - 1)], cells, header_rows=1)


def _holdings(rng: random.Random) -> list[list[str | None]]:
    numbers = []
    for scale in (40_000, 900, 300, 5_000):
        opening, added = rng.randint(scale, 3 * scale), rng.randint(scale // 20, scale // 4)
        removed = rng.randint(0, scale // 10)
        numbers.append([opening, added, removed, opening + added - removed])
    totals = [sum(row[k] for row in numbers) for k in range(4)]
    rows = zip((*HOLDINGS, "合计"), (*numbers, totals), strict=True)
    lines: list[list[str | None]] = [["类别", "年初数量", "本年新增", "本年剔除", "年末数量"]]
    lines += [[label, *map(str, row)] for label, row in rows]
    return lines


def _visits(rng: random.Random) -> list[list[str | None]]:
    values: list[str | None] = []
    for scale in (30_000, 60_000, 60):
        adults, children = rng.randint(scale, 2 * scale), rng.randint(scale // 4, scale)
        values += [str(adults), str(children), str(adults + children)]
    heads: list[str | None] = []
    for head in VISITS:
        heads += [head, None, None]
    return [heads, ["成人", "少儿", "合计"] * 3, values]


def _funds(rng: random.Random) -> list[list[str | None]]:
    total = Decimal(rng.randint(30_000, 90_000)) / 100
    sides = []
    for _ in range(2):
        cuts = sorted(Decimal(rng.randint(100, int(total * 100) - 100)) / 100 for _ in range(3))
        edges = [Decimal(0), *cuts, total]
        sides.append([after - before for before, after in pairwise(edges)])
    rows: list[list[str | None]] = [["收入", None, "支出", None], ["项目", "金额", "项目", "金额"]]
    for k in range(4):
        rows.append([INCOME[k], f"{sides[0][k]:,.2f}", SPENDING[k], f"{sides[1][k]:,.2f}"])
    rows.append(["收入合计", f"{total:,.2f}", "支出合计", f"{total:,.2f}"])
    return rows
