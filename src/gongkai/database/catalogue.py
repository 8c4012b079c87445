"""Descriptions of every column of the documented tables and views, in English and Chinese."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal

from gongkai.database import schema, views
from gongkai.database.dictionary_tables import DOCUMENTED_TABLES
from gongkai.database.vocabulary import Words, problem_words, vocabulary, words_of
from gongkai.database.wide import REPORT_COLUMNS_ZH, WideView, wide_views
from gongkai.families.lines import AMOUNTS, TEXTS, Field
from gongkai.families.measures import Measures
from gongkai.families.tables import Table
from gongkai.model import Key

Type = Literal["integer", "number", "amount", "text"]
TYPES: dict[str, Type] = {
    "integer": "integer",
    "number": "number",  # floating point: rates, coordinates
    "amount": "amount",  # exact
    "text": "text",
}
_ANY = "*"  # in columns.csv: the column of this name in every table
_CODES = "{codes}"  # in a description: the codes of the column, from the vocabulary


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """The description of a column of a table or view; without a name, of the table itself."""

    table: str
    name: str
    name_zh: str
    type: Type
    unit: str
    description_en: str
    description_zh: str


def all_columns(
    measures: Measures, wide: Iterable[WideView] | None = None
) -> tuple[ColumnInfo, ...]:
    """Describe every table and view, each followed by its columns.

    ``wide`` are the wide views, by default those of ``measures``.
    """
    known = {(line.table, line.name): line for line in _described()}
    found: list[ColumnInfo] = []
    tables = (t for t in schema.metadata.sorted_tables if t.name in DOCUMENTED_TABLES)
    for table in (*tables, *views.all_views):
        found.append(known[table.name, ""])
        for column in table.c:
            line = known.get((table.name, column.name)) or known[_ANY, column.name]
            found.append(replace(line, table=table.name))
    for each in wide_views(measures) if wide is None else wide:
        columns = list(_of_wide(each, measures, known))
        found += columns
        found += [
            replace(column, table=each.name_zh, name=column.name_zh if column.name else "")
            for column in columns
        ]
    return tuple(found)


def _described() -> Iterator[ColumnInfo]:
    with files("gongkai.database").joinpath("columns.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            words = words_of(line["table"], line["column"]) or {}
            yield ColumnInfo(
                line["table"],
                line["column"],
                line["name_zh"],
                TYPES[line["type"] or "text"],
                line["unit"],
                line["description_en"].replace(_CODES, _codes_en(words)),
                line["description_zh"].replace(_CODES, _codes_zh(words)),
            )


def _codes_en(words: Words) -> str:
    """The codes of a column with what they mean: must (a correct report passes it), …"""
    meanings = {code: word.meaning_en or word.name_en for code, word in words.items()}
    return ", ".join(
        code if meaning.replace(" ", "_") == code else f"{code} ({meaning})"
        for code, meaning in meanings.items()
    )


def _codes_zh(words: Words) -> str:
    """The codes of a column with their names: must 必须成立、usually 通常成立."""
    return "、".join(f"{code} {word.name_zh}" for code, word in words.items())


def _of_wide(
    wide: WideView, measures: Measures, known: dict[tuple[str, str], ColumnInfo]
) -> Iterator[ColumnInfo]:
    yield ColumnInfo(wide.name, "", wide.name_zh, "text", "", *_about(wide, measures))
    cells = {measures.cell_name(key)[0]: key for key in _keys(wide, measures)}
    rates = {rate.id: rate for rate in measures.rates} if wide.table is None else {}
    names = [column.name for column in wide.select.selected_columns]
    for name, name_zh in zip(names, wide.columns_zh, strict=True):
        if name in rates:
            line = rates[name].line
            share = bool(line.denominator)
            yield ColumnInfo(
                wide.name,
                name,
                name_zh,
                "number" if share else "integer",
                line.unit,
                _sentence(line.name_en, line.note_en),
                line.name_zh + (f"：{line.note_zh}" if line.note_zh else ""),
            )
        elif name.startswith("form_"):
            yield ColumnInfo(
                wide.name, name, name_zh, "text", "", f"Form of {name[5:]}.", f"{name_zh}。"
            )
        elif name in REPORT_COLUMNS_ZH:
            yield replace(known[_ANY, name], table=wide.name, name=name, name_zh=name_zh)
        elif wide.table and measures.has_line_for_each_row(wide.table):
            yield _of_column(wide.name, name, name_zh, measures.family.table(wide.table), measures)
        else:
            yield _of_cell(wide.name, name, name_zh, cells[name], measures)


def _type_of(line: Field) -> Type:
    if line.value_type in TEXTS:
        return "text"
    return "amount" if line.value_type in AMOUNTS else "integer"


def _of_column(view: str, name: str, name_zh: str, table: Table, measures: Measures) -> ColumnInfo:
    """The column of a view that has a line for each row of its table."""
    line = next(field for field in table.all_fields.lines if field.column_id == name)
    label = line.column_label.replace("／", "，").replace("\n", "")
    english = f"{measures.name_en(table.id, 'column', name)}."
    return ColumnInfo(view, name, name_zh, _type_of(line), line.unit, english, f"{label}。")


def _of_cell(view: str, name: str, name_zh: str, key: Key, measures: Measures) -> ColumnInfo:
    line = measures.family.fields_by_key[key][0]
    row = measures.name_en(key.table, "row", key.row)
    column = measures.name_en(key.table, "column", key.column)
    label = f"{line.row_label}，{line.column_label}".replace("\n", "")
    return ColumnInfo(
        view,
        name,
        name_zh,
        _type_of(line),
        line.unit,
        f"{row}, {column}.",
        f"{label}。",
    )


def _keys(wide: WideView, measures: Measures) -> tuple[Key, ...]:
    return measures.panel if wide.table is None else measures.keys[wide.table]


def _about(wide: WideView, measures: Measures) -> tuple[str, str]:
    if wide.table is None:
        english, chinese = (
            "One row for each report: numbers and rates.",
            "一行一份报告：数字与比率。",
        )
        if wide.has_duplicates:
            english += " Reports that are not counted are here, too: see duplicate_of."
            chinese += "不计入的报告也在内，见“计入的报告”。"
    else:
        title = measures.name_en(wide.table, "table", wide.table)
        by_row = measures.has_line_for_each_row(wide.table)
        per = ("report and row", "一份报告的一项") if by_row else (
            "report", "一份报告"
        )  # fmt: skip
        english = f"{title}, one row for each {per[0]}."
        chinese = f"{measures.family.table(wide.table).title}，一行{per[1]}。"
    if wide.trusted:
        english += " Cells whose reading is in doubt are left out."
        chinese += "读数存疑的单元格除外。"
    return english, chinese


def _sentence(name: str, note: str) -> str:
    return f"{name}: {note}." if note else f"{name}."


def code_rows() -> list[dict[str, object]]:
    """The vocabulary as rows of the table ``codes``."""
    rows: list[dict[str, object]] = []
    for column, words in {**vocabulary(), "problems.code": problem_words()}.items():
        table, _, name = column.rpartition(".")
        rows += (
            {
                "table_name": table or _ANY,
                "column_name": name,
                "code": code,
                "position": position,
                "name_zh": word.name_zh,
                "name_en": word.name_en,
                "meaning_zh": word.meaning_zh,
                "meaning_en": word.meaning_en,
            }
            for position, (code, word) in enumerate(words.items())
        )
    return rows


def catalogue_rows(measures: Measures, wide: Iterable[WideView]) -> list[dict[str, object]]:
    """The descriptions as rows of the table ``columns``."""
    rows: list[dict[str, object]] = []
    position = 0
    for column in all_columns(measures, wide):
        position = position + 1 if column.name else 0
        rows.append(
            {
                "table_name": column.table,
                "position": position,
                "column_name": column.name,
                "name_zh": column.name_zh,
                "type": column.type if column.name else "",
                "unit": column.unit,
                "description_en": column.description_en,
                "description_zh": column.description_zh,
            }
        )
    return rows
