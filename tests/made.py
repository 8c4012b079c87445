"""Handmade reports, and a reader that replaces the real one in tests of ingestion."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from gongkai.errors import NotAReport, UnreadableFile
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, built_in_families
from gongkai.model import (
    Box,
    Check,
    Key,
    NarrativeFigure,
    Observation,
    Problem,
    Report,
    Section,
    State,
)

# The made reports are of the built-in family that commands use by default, or of made ones.
FURTHER_FAMILIES = frozenset(built_in_families()) - {BUILT_IN}
SUM_CELLS = tuple(
    Key("review_litigation", "reconsideration", column)
    for column in ("upheld", "corrected", "other", "pending", "total")
)


def observation(key: Key, text: str = "0", **changes: Any) -> Observation:
    """A cell as printed: a number, a blank, a mark, or what is given."""
    state: State = "blank" if not text else "mark" if text in "/—" else "number"
    made = Observation(
        key=key,
        state=state,
        value=Decimal(text) if state == "number" else None,
        raw_text=text,
        unit=None,
        row_label=f"行{key.row}",
        column_label=f"列{key.column}",
        label_match="exact",
        page=2,
        box=Box(72.25, 100.5, 110.75, 120.0),
        reader="pdfium",
        proof="text" if state == "number" else None,
    )
    return replace(made, **changes)


def report(**changes: Any) -> Report:
    """A small report with one of everything; changes by name of field."""
    made = Report(
        page_first=1,
        page_last=4,
        title="清河市公安局2019年度政府信息公开工作报告",
        agency="清河市公安局",
        year=2019,
        form="2019",
        status="print_fault",
        table_forms={"applications": "2019", "review_litigation": "2019"},
        observations=(
            observation(
                Key("proactive_disclosure", "administrative_fees", "fees_collected"),
                "96171.6",
                unit="万元",
                raw_text="96171.6万元",
                proof="sight",
                seen=True,
            ),
            observation(Key("applications", "received_new", "natural_person"), "12", proof="sum"),
            observation(Key("applications", "received_new", "commercial_enterprise"), ""),
            observation(Key("applications", "received_new", "research_institution"), "/"),
            observation(Key("applications", "received_new", "total"), "12"),
            observation(
                Key("applications", "granted", "total"),
                "7",
                label_match="near",
                flagged=True,
                doubt="两个读取器读法不同",
                implied_value=Decimal(1),
            ),
            *(
                observation(key, number, page=3)
                for key, number in zip(SUM_CELLS, ("10", "1", "0", "0", "0"), strict=True)
            ),
        ),
        sections=(
            Section("一", "一、总体情况", "2019年，本局收到申请12件。\n主动公开信息余百条。", 1, 1),
            Section("四", "四、刑侦诉讼情况", "", 3, 3),
        ),
        checks=(
            Check(
                "applications",
                "row_total",
                "received_new",
                "pass",
                "must",
                "合计相符。",
                Decimal(12),
                Decimal(12),
            ),
            Check(
                "review_litigation",
                "row_total",
                "reconsideration",
                "fail",
                "must",
                "行政复议：各项之和为 11，总计印作 0。",
                Decimal(11),
                Decimal(0),
                "print",
                SUM_CELLS,
            ),
            Check(
                "applications",
                "column_balance",
                "total",
                "skipped",
                "must",
                "缺少结转一行，无法核对。",
            ),
        ),
        problems=(
            Problem(
                "misprinted_title", "第四部分标题印作“刑侦诉讼”。", 3, Box(72.0, 60.0, 200.0, 75.0)
            ),
        ),
        figures=(
            NarrativeFigure(
                "一",
                "收到申请",
                "applications_received",
                Decimal(12),
                "件",
                False,
                "2019年，本局收到申请12件。",
                1,
            ),
            NarrativeFigure(
                "一",
                "主动公开信息",
                None,
                Decimal("0.01"),
                "万条",
                True,
                "2019年，本局收到申请12件。",
                1,
            ),
        ),
    )
    return replace(made, **changes)


class Unsendable(Exception):
    """An error that pickle cannot rebuild in another process."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)
        self.also = lambda: two


def read_made(path: Path, family: Family) -> Sequence[Report]:
    """Read a text file as if it were a PDF: its first word says what happens, the others are
    names of agencies."""
    if family.name in FURTHER_FAMILIES:
        raise NotAReport(f"no report of {family.name}")
    word, *agencies = path.read_text(encoding="utf-8").split() or ["empty"]
    _misbehave(word)
    match word:
        case "report":
            return [report(agency=agency) for agency in agencies]
        case "letter":
            raise NotAReport("is a letter, not an annual report")
        case "wordy":
            return [report(title="长" * 30_000_000)]
        case "once":  # fails the first time, as if the system had ended the process
            first = path.with_suffix(".tried")
            if not first.exists():
                first.touch()
                os.kill(os.getpid(), signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
            return [report(agency=agency) for agency in agencies]
        case "mark":  # creates a file that shows it was read
            path.with_suffix(".mark").touch()
            return [report(agency=f"局{agencies[0]}")]
        case "behind":  # waits for that many files with the suffix .mark
            while len(list(path.parent.glob("*.mark"))) < int(agencies[0]):
                time.sleep(0.05)
            return [report()]
        case "late":
            time.sleep(0.5)
            return [report(agency=agency) for agency in agencies]
    raise UnreadableFile("is not a PDF")


def _misbehave(word: str) -> None:
    """Do what no reader should do, if the word asks for it."""
    match word:
        case "slow":
            time.sleep(60)
        case "die":
            os._exit(3)
        case "crash":
            ctypes.string_at(0)
        case "greedy":
            held: list[bytes | bytearray] = [bytes(2**24)]
            while True:
                held.append(bytearray(b"x" * 2**24))
        case "odd":
            raise Unsendable("needs two", "words")
        case "bug":
            raise ZeroDivisionError("division by zero")
