"""Made annual forms of government websites: one page of labels with values beside them.

The labels come from ``pipelines/website-annual-report``; bodies and values are invented.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from . import browser, drawn, office, postprocess
from .model import Cell, Document, Para, Table
from .style import Style

SEED = 2024
ENGINES: dict[str, Callable[[Document, Style, Path, str], object]] = {
    "drawn": drawn.render,
    "browser": browser.render,
    "office": office.render,
}
COPIES = 2  # files by each engine
_FIELDS = Path(__file__).resolve().parents[2] / "pipelines" / "website-annual-report" / "fields.csv"
_BODIES = ("临江市教育局", "青河县人民政府办公室", "平湖区卫生健康局", "东山市公共资源交易中心")
_TOTALS = {
    "publish": ("overview", "news", "disclosure_catalogue"),
    "interpret": ("materials", "products", "media_comments"),
}
_TICKED = ("■", "√")
_WIDTHS = [70.0, 90.0, 150.0, 170.0]
Texts = dict[str, str | None]  # by row id; None for a blank or a mark
_NOT_PRINTED = "head.reporting_body"  # stands outside the grid


@dataclass(frozen=True)
class _Line:
    """A line of fields.csv with the labels of its section and group."""

    row_id: str
    section: str
    group: str
    label: str
    kind: str
    options: tuple[str, ...]


def _lines() -> Iterator[_Line]:
    with _FIELDS.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            *outer, label = line["row_label_zh"].split("／")
            section, group = (*outer, "", "")[:2]
            if line["unit"]:
                label += f"（单位：{line['unit']}）"
            if line["row_id"] != _NOT_PRINTED:
                kind, options = line["value_type"], tuple(line["options"].split())
                yield _Line(line["row_id"], section, group, label, kind, options)


class _Form:
    """One filled form."""

    def __init__(self, rng: random.Random, body: str = "", year: int = 0) -> None:
        self.body, self.year = body or rng.choice(_BODIES), year or rng.randint(2017, 2024)
        self._rng = rng
        self._parts: dict[str, int] = {}  # drawn before the total that is printed over them
        self._numbers: dict[str, int] = {}

    def content(self, line: _Line) -> tuple[str, str | None]:
        """The printed text of a value, and its normalised text (None: blank or a mark)."""
        match line.kind:
            case "count":
                number = str(self._count(line.row_id))
                return number, number
            case "amount":
                number = f"{self._rng.uniform(0, 9):.1f}"
                return number, number
            case "choice":
                chosen, tick = self._rng.choice(line.options), self._rng.choice(_TICKED)
                boxes = [f"{tick if o == chosen else '□'}{o}" for o in line.options]
                return " ".join(boxes), chosen
            case "date":
                day = self._rng.randint(1, 28)
                return f"{self.year + 1}年1月{day}日", f"{self.year + 1}-01-{day:02}"
        return self._text(line)

    def let_totals_agree(self) -> None:
        """Draw parts whose sums are the totals of their groups."""
        for total, parts in _TOTALS.items():
            drawn_parts = {f"{total}.{part}": self._rng.randint(3, 900) for part in parts}
            self._parts |= drawn_parts | {f"{total}.total": sum(drawn_parts.values())}
        self._parts["surveys.rounds"] = self._parts["surveys.results_published"] = 6

    def _count(self, row_id: str) -> int:
        """A number; some are at most as large as the one before them, as the form implies."""
        if row_id in self._parts:
            return self._parts[row_id]
        at_most = {
            "visits.total": "visits.unique_users", "service.items_fully_online": "service.items",
        }  # fmt: skip
        number = self._rng.choice((0, self._rng.randint(1, 90), self._rng.randint(100, 99_999)))
        if row_id == "visits.total":
            number += self._numbers[at_most[row_id]]
        elif row_id in at_most:
            number = min(number, self._numbers[at_most[row_id]])
        self._numbers[row_id] = number
        return number

    def _text(self, line: _Line) -> tuple[str, str | None]:
        code = self._rng.randint(10_000_000, 99_999_999)
        texts: dict[str, str] = {
            "site.name": f"{self.body}网站",
            "site.home_url": f"http://www.site{code}.gov.cn/",
            "site.sponsor": self.body,
            "site.identifier": f"00{code}",
            "site.icp": f"粤ICP备{code}号",
            "site.police_record": f"粤公网安备440100{code}号",
            "media.wechat_name": f"{self.body}发布",
            "innovation.choices": "□支持IPv6；■无障碍服务",
            "sign.phone": f"020{code}",
        }
        if line.row_id == "media.weibo_name":
            return "/", None
        text = texts.get(line.row_id, "" if line.row_id == "media.other" else "某某")
        return text, text or None


def _table(form: _Form, lines: Sequence[_Line], paired: bool) -> tuple[Table, Texts]:
    """The grid, with the pairs of head and signatures side by side or one below another."""
    cells: list[Cell] = []
    sections: list[Cell] = []
    truth: Texts = {}
    row = 0
    for (section, group), members in groupby(lines, key=lambda each: (each.section, each.group)):
        own = list(members)
        if not section:
            row = _add_pairs(cells, truth, form, own, row, 2 if paired else 1)
            continue
        if not sections or sections[-1].text != section:
            sections.append(Cell(section, row, 0, rowspan=0))
        sections[-1].rowspan += len(own)
        if group:
            cells.append(Cell(group, row, 1, rowspan=len(own)))
        for line in own:
            printed, truth[line.row_id] = form.content(line)
            first = 2 if group else 1
            cells.append(Cell(line.label, row, first, colspan=3 - first))
            cells.append(Cell(printed, row, 3, role="value"))
            row += 1
    return Table("website_report", _WIDTHS, [*sections, *cells]), truth


def _add_pairs(
    cells: list[Cell],
    truth: Texts,
    form: _Form,
    lines: Sequence[_Line],
    row: int,
    in_row: int,
) -> int:
    """Add rows with one or two pairs; return the row after them."""
    for start in range(0, len(lines), in_row):
        some = lines[start : start + in_row]
        for k, line in enumerate(some):
            printed, truth[line.row_id] = form.content(line)
            cells.append(Cell(line.label, row, 2 * k))
            span = 1 if len(some) > 1 else 3
            cells.append(Cell(printed, row, 2 * k + 1, colspan=span, role="value"))
        row += 1
    return row


def make_form(path: Path, body: str, year: int, seed: int) -> str:
    """Make the form of one body and year; return its name."""
    form = _Form(random.Random(f"{seed} {path.stem}"), body, year)
    form.let_totals_agree()
    table, _ = _table(form, list(_lines()), paired=True)
    title = f"{body}政府网站工作年度报表（{year}年度）"
    style = Style(title_size=15.0, table_size=8.5, row_height=13.0, page_number="")
    style.margins = (50.0, 45.0, 50.0, 45.0)
    drawn.render(Document([[Para(title, "title"), table]]), style, path, title)
    return path.stem


def make_all(out: Path, seed: int = SEED, copies: int = COPIES) -> list[str]:
    """Make all forms with ``truth.json`` in a folder; return the names of the files."""
    truths: list[dict[str, Any]] = []
    lines = list(_lines())
    for engine in ENGINES:
        for copy in range(copies):
            rng = random.Random(f"{seed} {engine} {copy}")
            form = _Form(rng)
            table, cells = _table(form, lines, paired=bool(copy % 2))
            named = form.body if rng.random() < 0.5 else ""
            title = f"{named}政府网站工作年度报表（{form.year}年度）"
            style = Style(title_size=15.0, table_size=rng.choice((8.0, 9.0)), row_height=13.0)
            style.margins, style.page_number = (50.0, 45.0, 50.0, 45.0), ""
            path = out / f"form-{engine}-{copy + 1}.pdf"
            ENGINES[engine](Document([[Para(title, "title"), table]]), style, path, title)
            postprocess.make_reproducible(path)
            truths.append(
                {"file": path.name, "agency": form.body, "year": form.year, "cells": cells}
            )
    text = ",\n".join(json.dumps(t, ensure_ascii=False, separators=(",", ":")) for t in truths)
    (out / "truth.json").write_text(f"[\n{text}\n]\n", encoding="utf-8", newline="\n")
    return [truth["file"] for truth in truths]
