"""The form of 2014: 政府信息公开情况统计表, written down a second time in forms2014.csv."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

TABLE = "statistics_2014"
TITLE = "政府信息公开情况统计表"
COLUMN = "value"
HEADER = ("统计指标", "单位", "统计数")
NO_UNIT = "----"  # in the unit column of a line that only names a group


class Line(NamedTuple):
    """A printed line: the id of its row, or "" for the name of a group; indent in steps."""

    row_id: str
    label: str
    unit: str
    indent: int


def _lines() -> tuple[Line, ...]:
    path = Path(__file__).with_suffix(".csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Line(line["row_id"], line["label"], line["unit"], int(line["indent"]))
            for line in csv.DictReader(file)
        )


LINES = _lines()

# The parts of each total, without the name of its group of rows: each total is the sum of them.
_PARTS = {
    "requests.received": "received_in_person received_fax received_online received_letter",
    "requests.closed": "closed_on_time closed_extended",
    "replies.total": "already_public granted granted_in_part refused not_this_agency "
    "information_absent told_to_amend told_other_channel",
    "replies.refused": "refused_state_secret refused_trade_secret refused_privacy "
    "refused_security_stability refused_not_government_information refused_other_law",
    "reconsideration.total": "upheld corrected other",
    "litigation.total": "upheld corrected other",
    "capacity.staff": "staff_full_time staff_part_time",
}
PARTS = {
    total: tuple(f"{total.split('.')[0]}.{part}" for part in parts.split())
    for total, parts in _PARTS.items()
}
# The check of each total, and of each part that must not exceed its whole.
TOTALS = {
    "received_sum": "requests.received",
    "closed_sum": "requests.closed",
    "replies_sum": "replies.total",
    "refused_sum": "replies.refused",
    "reconsideration_sum": "reconsideration.total",
    "litigation_sum": "litigation.total",
    "staff_sum": "capacity.staff",
}
WITHIN = {
    "normative_within_total": ("disclosure.total", "disclosure.normative_documents_disclosed"),
    "principal_within_conferences": (
        "response.press_conferences",
        "response.press_conferences_principal",
    ),
    "principal_within_interviews": (
        "response.online_interviews",
        "response.online_interviews_principal",
    ),
}
