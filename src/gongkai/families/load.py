"""Loads and validates one folder of pipelines/ and compiles it to a Family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from gongkai.errors import FamilyError
from gongkai.families.codes import NAMES, NameList, code_list_file, read_code_lists
from gongkai.families.country import Country, load_country
from gongkai.families.family import Family
from gongkai.families.fields import TableFields, parse_key
from gongkai.families.files import check_patterns, position, read_all, read_lines, read_toml
from gongkai.families.folders import (
    BUILT_IN,
    COUNTRY_SETTINGS,
    SETTINGS,
    built_in_countries,
    digest_of,
    find_country,
    find_family,
)
from gongkai.families.identities import Identity
from gongkai.families.lines import OPEN_ROW, Field, Form, IdentityTerm, Label, TableLine
from gongkai.families.renamed import refuse_moved_files
from gongkai.families.settings import Settings
from gongkai.families.tables import Table

TABLES = "tables.csv"


def load_family(name_or_folder: str | Path = BUILT_IN) -> Family:
    """Load a built-in family by name, or any folder, with the country that it uses.

    Raises FamilyError, naming file and line, if the data are not consistent.
    """
    folder = find_family(name_or_folder)
    refuse_moved_files(folder)
    settings = read_toml(folder / SETTINGS, Settings)
    patterns = (*settings.title_words.author_patterns, settings.no_data_pattern)
    check_patterns(folder / SETTINGS, patterns)
    country = _country(folder, settings.uses)
    forms = read_all(folder / "forms.csv", Form)
    fields = tuple(_fields(folder, {form.id for form in forms}))
    lines = tuple(_tables(folder, fields))
    codes = read_code_lists(folder, [line.rows for line in lines])
    own: dict[str, list[Field]] = {line.id: [] for line in lines}
    for field in fields:
        own[field.table_id].append(field)
    by_table = {line.id: TableFields(line.id, own[line.id], codes.get(line.rows)) for line in lines}
    labels = tuple(_labels(folder / "labels.csv", fields, lines, settings))
    identities = tuple(_identities(folder / "identities.csv", by_table))
    return Family(
        settings=settings,
        country=country,
        folder=folder,
        digest=digest_of(folder, country.folder),
        forms=tuple(sorted(forms, key=lambda form: (form.first_year, form.id))),
        fields=fields,
        tables=tuple(_table(line, by_table[line.id], labels, identities) for line in lines),
        labels=labels,
        identities=identities,
    )


def _country(folder: Path, uses: str) -> Country:
    found = find_country(uses, folder)
    if found is None:
        where = position(folder / SETTINGS, ("uses",))
        raise FamilyError(
            f"{where}: uses: no country {uses!r}: neither a folder with a {COUNTRY_SETTINGS} "
            f"nor one of the built-in ones ({', '.join(built_in_countries())})"
        )
    return load_country(found)


def _fields(folder: Path, forms: Collection[str]) -> Iterator[Field]:
    path = folder / "fields.csv"
    tables = {line.id for line in read_all(folder / TABLES, TableLine)}
    seen: dict[tuple[str, ...], int] = {}
    for number, field in read_lines(path, Field):
        where = f"{path}:{number}"
        if unknown := set(field.forms) - set(forms):
            raise FamilyError(f"{where}: forms.csv has no form {min(unknown)!r}")
        if field.table_id not in tables:
            raise FamilyError(f"{where}: {TABLES} has no table {field.table_id!r}")
        for form in field.forms:
            first = seen.setdefault((*field.key, form), number)
            if first != number:
                name = ".".join(field.key)
                raise FamilyError(f"{where}: {name} of form {form} is listed in line {first}")
        yield field


def _tables(folder: Path, fields: Sequence[Field]) -> Iterator[TableLine]:
    path = folder / TABLES
    with_fields = {f.table_id for f in fields}
    with_listed_row = {f.table_id for f in fields if f.row_id != OPEN_ROW}
    seen: set[str] = set()
    for number, line in read_lines(path, TableLine):
        where = f"{path}:{number}"
        if line.id in seen:
            raise FamilyError(f"{where}: the table {line.id!r} is listed twice")
        if line.id not in with_fields:
            raise FamilyError(f"{where}: fields.csv has no line of the table {line.id!r}")
        if line.rows == NAMES and line.id not in with_listed_row:
            raise FamilyError(f"{where}: rows: fields.csv lists no row for the sum of {line.id!r}")
        codes = code_list_file(line.rows)
        if codes and not (folder / codes).is_file():
            raise FamilyError(f"{where}: rows: there is no {codes}")
        seen.add(line.id)
        yield line


def _table(
    line: TableLine,
    fields: TableFields,
    labels: tuple[Label, ...],
    identities: tuple[Identity, ...],
) -> Table:
    return Table(
        id=line.id,
        title=line.title,
        section=line.section,
        layout=line.layout,
        corner=line.corner,
        groups=line.groups,
        unit_header=line.unit_header,
        number_header=line.number_header,
        all_fields=fields,
        labels=tuple(label for label in labels if label.table_id == line.id),
        identities=tuple(identity for identity in identities if identity.table == line.id),
        has_caption=line.found_by == "caption",
        side=line.side,
        has_free_columns=line.column_order == "free",
        is_expected=line.printed == "always",
        provisional=line.reason_zh if line.maturity == "provisional" else "",
        provisional_en=line.reason_en,
    )


def _labels(
    path: Path, fields: Sequence[Field], tables: Sequence[TableLine], settings: Settings
) -> Iterator[Label]:
    rows = {(f.table_id, f.row_id) for f in fields}
    columns = {(f.table_id, f.column_id) for f in fields}
    sections = {("", section.number) for section in settings.sections}
    captions = {(table.id, table.id) for table in tables}
    seen: dict[tuple[str, str, str], tuple[str, int]] = {}
    for number, label in read_lines(path, Label):
        known = {
            "row": rows, "column": columns, "section": sections, "caption": captions,
        }.get(label.kind)  # fmt: skip
        if known is not None and (label.table_id, label.id) not in known:
            source = {"section": SETTINGS, "caption": "tables.csv"}.get(label.kind, "fields.csv")
            raise FamilyError(f"{path}:{number}: {source} has no {label.kind} {label.id!r}")
        spelling = (label.kind, label.table_id, label.spelling)
        other, line = seen.setdefault(spelling, (label.id, number))
        if other != label.id:
            raise FamilyError(
                f"{path}:{number}: {label.spelling!r} already means {other!r} (line {line})"
            )
        yield label


def _identities(path: Path, tables: Mapping[str, TableFields]) -> Iterator[Identity]:
    for (table, name), lines in _identity_terms(path, tables).items():
        groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for line in lines:
            groups[line.group].append((line.member, line.sign))
        yield Identity(
            name=name,
            severity=lines[0].severity,
            table=table,
            over=lines[0].over,
            relation=lines[0].relation,
            groups={group: tuple(terms) for group, terms in groups.items()},
            tables=tables,
            tolerance=lines[0].tolerance,
        )


def _identity_terms(
    path: Path, tables: Mapping[str, TableFields]
) -> dict[tuple[str, str], list[IdentityTerm]]:
    """The lines of identities.csv by table and identity, checked against the form."""
    found: dict[tuple[str, str], list[IdentityTerm]] = defaultdict(list)
    for number, line in read_lines(path, IdentityTerm):
        if problem := _wrong_term(line, tables):
            raise FamilyError(f"{path}:{number}: {problem}")
        so_far = found[line.table_id, line.identity]
        same = ("severity", "over", "relation", "tolerance")
        if so_far and any(getattr(line, a) != getattr(so_far[0], a) for a in same):
            raise FamilyError(f"{path}:{number}: {line.identity!r} changes its {'/'.join(same)}")
        so_far.append(line)
    return found


def _wrong_term(line: IdentityTerm, tables: Mapping[str, TableFields]) -> str:
    """What the form does not have of a term; "" if it has everything."""
    table = tables.get(line.table_id)
    if table is None:
        return f"tables.csv has no table {line.table_id!r}"
    if line.over == "cells":
        return _wrong_cell(line.member, tables)
    if line.over == "row":
        if line.member not in table.columns:
            return f"fields.csv has no column_id {line.member!r} in {line.table_id!r}"
        return ""
    if line.over == "tree" and table.codes is None:
        return f"the rows of {line.table_id!r} are no codes, so there is no tree"
    is_code = not isinstance(table.codes, NameList) and table.is_code(line.member)
    is_row = table.lists_row(line.member) or is_code
    if is_row or (line.over == "tree" and not line.member):
        return ""
    return f"fields.csv has no row_id {line.member!r} in {line.table_id!r}"


def _wrong_cell(member: str, tables: Mapping[str, TableFields]) -> str:
    if member.count(".") < 2:
        return f"{member!r} is not table.row.column"
    name, row, column = parse_key(member)
    table = tables.get(name)
    if table is None:
        return f"tables.csv has no table {name!r}"
    is_coded = row == OPEN_ROW or table.is_code(row)
    lines = table.coded if is_coded else table.listed
    if any(f.column_id == column and (is_coded or f.row_id == row) for f in lines):
        return ""
    return f"fields.csv has no cell {member!r}"
