"""Lays out an official table for reading: rows, columns, and the text of each cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongkai.database.dictionary import FieldEntry
from gongkai.language import current_language, tr, tr_noop
from gongkai.model import Key, Observation

# Signs in the cells of a table, to be translated, and what they mean.
BLANK, NOT_PRINTED = tr_noop("blank"), tr_noop("not printed")
UNREADABLE, DOUBT = tr_noop("unreadable"), tr_noop("[doubtful]")
_LEGEND = {
    BLANK: tr_noop("the cell is there, and empty"),
    NOT_PRINTED: tr_noop("the table has no such cell"),
    UNREADABLE: tr_noop("there is text, but no number"),
    DOUBT: tr_noop("the reading is uncertain"),
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
        columns = tuple(column_label(entries[key]) for key in keys)
        article = entries[keys[0]].article_zh
        if not groups or groups[-1][:2] != (columns, article):
            groups.append((columns, article, []))
        groups[-1][2].append(keys)
    return [
        Block(
            article,
            columns,
            tuple(
                (row_label(entries[keys[0]]), tuple(seen.get(key) for key in keys))
                for keys in members
            ),
        )
        for columns, article, members in groups
    ]


def table_label(entry: FieldEntry) -> str:
    """The name of a table in the current language."""
    return entry.table_label_zh if current_language() == "zh" else entry.table_label_en


def row_label(entry: FieldEntry) -> str:
    """The label of a row in the current language; outer and inner parts joined by ／."""
    return entry.row_label_zh if current_language() == "zh" else entry.row_label_en


def column_label(entry: FieldEntry) -> str:
    """The label of a column in the current language; outer and inner parts joined by ／."""
    return entry.column_label_zh if current_language() == "zh" else entry.column_label_en


def format_cell(observation: Observation | None) -> str:
    """The text of a cell. Blank, zero and not printed have different texts."""
    if observation is None:
        return tr(NOT_PRINTED)
    text = "".join(observation.raw_text.split())
    if observation.state == "blank":
        text = tr(BLANK)
    elif observation.state == "unreadable":
        text = tr("unreadable “{text}”", text=text)
    return tr("{text} [doubtful]", text=text) if observation.flagged else text


def legend(laid_out: Iterable[Block]) -> list[str]:
    """Explanations of the signs that occur in the blocks."""
    texts = {format_cell(cell) for block in laid_out for _, cells in block.rows for cell in cells}
    return [
        tr("{sign}: {meaning}", sign=tr(sign), meaning=sign_meaning(sign))
        for sign in _LEGEND
        if any(tr(sign) in text for text in texts)
    ]


def sign_meaning(sign: str) -> str:
    """What one of the signs in the cells of a table means."""
    return tr(_LEGEND[sign])
