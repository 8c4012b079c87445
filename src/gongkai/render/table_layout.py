"""Lays out an official table for reading: rows, columns, and the text of each cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.database.dictionary import FieldEntry
from gongkai.model import Key, Observation

BLANK, NOT_PRINTED, UNREADABLE, DOUBT = "空", "未印", "读不出", "【疑】"
LEGEND = {
    BLANK: "印了格子，没有填",
    NOT_PRINTED: "表里没有这一格",
    UNREADABLE: "有字，但读不成数",
    DOUBT: "读数不确定",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows of the form that have the same columns."""

    article: str  # 第二十条第（一）项, if the form prints it above the rows
    columns: tuple[str, ...]  # labels, outer and inner parts joined by ／
    # the label of a row and its cells; None for a cell that is not printed
    rows: tuple[tuple[str, tuple[Observation | None, ...]], ...]


def blocks(
    table_id: str,
    form: str | None,
    dictionary: Sequence[FieldEntry],
    observations: Iterable[Observation],
) -> list[Block]:
    """Lay out one table of a report in the order of its form.

    Rows without a printed cell are left out. If the form is unknown, the columns of every form
    are used.
    """
    seen = {o.key: o for o in observations if o.key.table == table_id}
    entries: dict[Key, FieldEntry] = {}
    for entry in dictionary:
        key = Key(entry.table_id, entry.row_id, entry.column_id)
        if key.table != table_id:
            continue
        of_form = form is None or form in entry.forms.split()
        if of_form or (key in seen and key not in entries):
            entries[key] = entry
    rows: dict[str, list[Key]] = {}
    for key in entries:
        rows.setdefault(key.row, []).append(key)
    groups: list[tuple[tuple[str, ...], str, list[list[Key]]]] = []
    for keys in rows.values():
        if not any(key in seen for key in keys):
            continue
        columns = tuple(entries[key].column_label_zh for key in keys)
        article = entries[keys[0]].article_zh
        if not groups or groups[-1][:2] != (columns, article):
            groups.append((columns, article, []))
        groups[-1][2].append(keys)
    return [
        Block(
            article,
            columns,
            tuple(
                (entries[keys[0]].row_label_zh, tuple(seen.get(key) for key in keys))
                for keys in members
            ),
        )
        for columns, article, members in groups
    ]


def format_cell(observation: Observation | None) -> str:
    """The text of a cell. Blank, zero and not printed have different texts."""
    if observation is None:
        return NOT_PRINTED
    raw = "".join(observation.raw_text.split())
    text = {"blank": BLANK, "unreadable": f"{UNREADABLE}“{raw}”"}.get(observation.state, raw)
    return text + (DOUBT if observation.flagged else "")


def legend(laid_out: Iterable[Block]) -> list[str]:
    """Explanations of the signs that occur in the blocks."""
    texts = {format_cell(cell) for block in laid_out for _, cells in block.rows for cell in cells}
    return [
        f"{sign}＝{meaning}" for sign, meaning in LEGEND.items() if any(sign in t for t in texts)
    ]
