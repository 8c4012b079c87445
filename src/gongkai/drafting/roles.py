"""What the columns and rows of a printed table are for: labels, codes, values, headers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Literal

from gongkai.drafting.lattice import Lattice, PrintedCell

Role = Literal["serial", "code", "unit", "label", "value", "remark", "empty"]
TOTALS = ("合计", "总计", "小计", "总数", "总量", "共计")
_NUMBERS = ("代码", "编码", "序", "号")  # end the header of a column that may count the rows
_RATES = re.compile(
    r"[%％‰]|(?:率|占比|比重|比例|增幅|降幅|平均|均值)(?:[（(].*)?$|^(?:人均|户均|平均)"
)
_CHANGES = re.compile(r"(?:增减|增长|增幅|增速|变动|变化|同比|环比)(?:率|额|数|量)?(?:[（(].*)?$")
_SERIALS = ("序号", "行次", "编号", "栏次")
_REMARKS = ("备注", "说明", "附注")
_UNIT_HEADERS = ("单位", "计量单位")
_CODE_LENGTHS = frozenset({2, 3, 5, 7})  # digits of codes of classifications, and of their parts
_LONGEST_UNIT = 3  # characters
_LONGEST_UNKNOWN_UNIT = 2  # of units that the country does not list: 户, 张, 公里
_MOST_PARTS = 3  # cells from the first part of a code to its name
_LONGEST_PART = 3  # digits of a further part of a code
_MIN_CODES = 3  # in a column of codes
_MOST = 0.9  # share of a column that its kind of text needs


def is_total(text: str) -> bool:
    """Is a label one of a sum?"""
    return text.endswith(TOTALS) or text.startswith(TOTALS)


def is_rate(path: Sequence[str]) -> bool:
    """Do labels say that their numbers are shares, changes or means, which do not add up?"""
    return any(_RATES.search(text) for text in path)


def is_change(path: Sequence[str]) -> bool:
    """Do labels say that their numbers are changes, which may be negative?"""
    return any(_CHANGES.search(text) for text in path)


def numbering_rows(lattice: Lattice) -> frozenset[int]:
    """The rows that only number the columns: 栏次 1 2 3."""
    found = set()
    for row, cells in enumerate(lattice.row_cells):
        own = [c for c in cells if c.row == row]
        texts = [c.text for c in own if c.text]
        numbers = [c.text for c in own if c.number is not None]
        counted = [str(k) for k in range(1, len(numbers) + 1)]
        if "栏次" in texts or (len(numbers) > 2 and numbers == counted == texts):
            found.add(row)
    return frozenset(found)


def column_roles(
    lattice: Lattice, numbering: AbstractSet[int], units: Collection[str]
) -> dict[int, Role]:
    """The role of each column of the lattice, by what is printed in it."""
    roles: dict[int, Role] = {}
    for column in range(lattice.columns):
        cells = [
            cell
            for row in range(lattice.rows)
            if (cell := lattice.at(row, column)) is not None
            and cell.row == row
            and cell.column == column
            and row not in numbering
            and cell.text
        ]
        roles[column] = _role(lattice, cells, roles.get(column - 1, "empty"), units)
    first = _first_data_row(lattice, roles)
    for column, role in roles.items():
        body = [c for row in range(first, lattice.rows) if (c := lattice.at(row, column))]
        if role in ("label", "remark") and not any(c.text and c.row >= first for c in body):
            roles[column] = "empty" if role == "label" else role
    return roles


def _first_data_row(lattice: Lattice, roles: Mapping[int, Role]) -> int:
    """The first row with a number in a column of values; 0 if there is none."""
    rows = [c.row for c in lattice.cells if c.number is not None and roles[c.column] == "value"]
    return min(rows, default=0)


def _role(lattice: Lattice, cells: list[PrintedCell], before: Role, units: Collection[str]) -> Role:
    numbers = [cell for cell in cells if cell.number is not None]
    texts = [cell for cell in cells if cell.number is None]
    is_first = all(cell.column == 0 for cell in cells)
    head = texts[0].text if texts else ""
    may_count = is_first or head.endswith(_NUMBERS)
    if head in _SERIALS or (may_count and _counts(numbers)):
        return "serial"
    if _are_codes(lattice, numbers, before):
        return "code"
    if texts and not numbers:
        if texts[0].text in _REMARKS:
            return "remark"
        inner = texts[1:]
        if inner and texts[0].text in _UNIT_HEADERS and _are_units(inner, units):
            return "unit"
    if numbers:
        return "value" if len(numbers) * 5 >= len(texts) else "label"
    return "label" if texts else "empty"


def _are_units(cells: Collection[PrintedCell], units: Collection[str]) -> bool:
    known = sum(cell.text in units for cell in cells)
    longest = max(len(cell.text) for cell in cells)
    return longest <= (_LONGEST_UNIT if known * 2 >= len(cells) else _LONGEST_UNKNOWN_UNIT)


def _counts(numbers: list[PrintedCell]) -> bool:
    """Do the numbers of a column count its rows?"""
    plain = [int(cell.text) for cell in numbers if cell.text.isdecimal()]
    steps = [after - before for before, after in pairwise(plain)]
    is_rising = len(steps) > 2 and min(steps) > 0
    return len(plain) == len(numbers) and is_rising and steps.count(1) > 0.7 * len(steps)


def _are_codes(lattice: Lattice, numbers: list[PrintedCell], before: Role) -> bool:
    """Are the numbers of a column codes, with their names or further digits beside them?"""
    plain = [cell for cell in numbers if cell.text.isdecimal()]
    if before == "code" and len(plain) == len(numbers) and {len(c.text) for c in plain} == {2}:
        return True
    if len(plain) < _MIN_CODES:
        return False
    fitting = sum(len(cell.text) in _CODE_LENGTHS for cell in plain)
    if fitting < _MOST * len(numbers):
        return False
    named = sum(_name_follows(lattice, cell) for cell in numbers)
    return named > 0.6 * len(numbers)


def _name_follows(lattice: Lattice, code: PrintedCell) -> bool:
    """Is the next cell right of a code a name, with at most two further parts between?"""
    column = code.column_end
    for _ in range(_MOST_PARTS):
        cell = lattice.at(code.row, column)
        if cell is None or cell.is_text:
            return cell is not None
        if cell.text and not (cell.text.isdecimal() and len(cell.text) <= _LONGEST_PART):
            return False
        column = cell.column_end
    return False


def header_rows(
    lattice: Lattice, roles: Mapping[int, Role], numbering: AbstractSet[int]
) -> frozenset[int]:
    """The rows that name columns, and the rows of one text over the whole width."""
    found: set[int] = set()
    reach = 0  # the first row below the tall cells of the header
    for row, cells in enumerate(lattice.row_cells):
        own = [cell for cell in cells if cell.row == row]
        texts = [cell for cell in own if cell.is_text]
        over = [cell for cell in texts if roles[cell.column] == "value"]
        numbers = [c for c in own if c.number is not None and roles[c.column] == "value"]
        if row in numbering:
            found.add(row)
        elif numbers and len(over) > 1 and row - 1 in found:
            found.add(row)  # a total in the last row of the header
        elif numbers or not texts:
            continue
        elif row < reach or is_wide(lattice, row) or _names_columns(texts, roles):
            found.add(row)
            ends = [c.row_end for c in texts if roles[c.column] in ("value", "empty")]
            reach = max([reach, *ends])
    filled = set(found)
    for row in range(1, lattice.rows - 1):  # an empty ruled row within the header
        is_empty = not any(cell.text for cell in lattice.row_cells[row] if cell.row == row)
        if is_empty and row - 1 in found and row + 1 in found:
            filled.add(row)
    return frozenset(filled)


def _names_columns(texts: list[PrintedCell], roles: Mapping[int, Role]) -> bool:
    over = ("value", "empty")
    return any(
        any(roles[column] in over for column in range(cell.column, cell.column_end))
        and (cell.column > 0 or roles[cell.column] == "value")
        for cell in texts
    )


def is_wide(lattice: Lattice, row: int) -> bool:
    """Has a row one text over the whole width of the table?"""
    own = [cell for cell in lattice.row_cells[row] if cell.row == row]
    if lattice.columns < 2 or len(own) != 1:
        return False
    return own[0].is_text and own[0].column_end - own[0].column >= lattice.columns - 1
