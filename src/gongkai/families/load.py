"""Loads and validates one folder of pipelines/ and compiles it to a Family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from gongkai.errors import FamilyError
from gongkai.families.country import Country, load_country
from gongkai.families.family import Family
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
from gongkai.families.lines import Field, Form, IdentityTerm, Label, TableLine
from gongkai.families.renamed import refuse_moved_files
from gongkai.families.settings import Settings
from gongkai.families.tables import Identity, Table


def load_family(name_or_folder: str | Path = BUILT_IN) -> Family:
    """Load a built-in family by name, or any folder, with the country that it uses.

    Raises FamilyError, naming file and line, if the data are not consistent.
    """
    folder = find_family(name_or_folder)
    refuse_moved_files(folder)
    settings = read_toml(folder / SETTINGS, Settings)
    check_patterns(folder / SETTINGS, settings.title_words.author_patterns)
    country = _country(folder, settings.uses)
    forms = read_all(folder / "forms.csv", Form)
    fields = tuple(_fields(folder / "fields.csv", {form.id for form in forms}))
    lines = read_all(folder / "tables.csv", TableLine)
    labels = tuple(_labels(folder / "labels.csv", fields, settings))
    identities = tuple(_identities(folder / "identities.csv", fields))
    unknown = {f.table_id for f in fields} ^ {line.id for line in lines}
    if unknown:
        raise FamilyError(f"{folder / 'tables.csv'}: fields.csv and tables.csv differ in {unknown}")
    return Family(
        settings=settings,
        country=country,
        folder=folder,
        digest=digest_of(folder, country.folder),
        forms=tuple(sorted(forms, key=lambda form: (form.first_year, form.id))),
        fields=fields,
        tables=tuple(_table(line, fields, labels, identities) for line in lines),
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


def _fields(path: Path, forms: Collection[str]) -> Iterator[Field]:
    for number, field in read_lines(path, Field):
        if unknown := set(field.forms) - set(forms):
            raise FamilyError(f"{path}:{number}: forms.csv has no form {min(unknown)!r}")
        yield field


def _table(
    line: TableLine,
    fields: tuple[Field, ...],
    labels: tuple[Label, ...],
    identities: tuple[Identity, ...],
) -> Table:
    return Table(
        id=line.id,
        title=line.title,
        section=line.section,
        layout=line.layout,
        corner=line.corner,
        fields=tuple(field for field in fields if field.table_id == line.id),
        labels=tuple(label for label in labels if label.table_id == line.id),
        identities=tuple(identity for identity in identities if identity.table == line.id),
    )


def _labels(path: Path, fields: tuple[Field, ...], settings: Settings) -> Iterator[Label]:
    rows = {(f.table_id, f.row_id) for f in fields}
    columns = {(f.table_id, f.column_id) for f in fields}
    sections = {("", section.number) for section in settings.sections}
    seen: dict[tuple[str, str, str], tuple[str, int]] = {}
    for number, label in read_lines(path, Label):
        known = {"row": rows, "column": columns, "section": sections}.get(label.kind)
        if known is not None and (label.table_id, label.id) not in known:
            source = SETTINGS if label.kind == "section" else "fields.csv"
            raise FamilyError(f"{path}:{number}: {source} has no {label.kind} {label.id!r}")
        spelling = (label.kind, label.table_id, label.spelling)
        other, line = seen.setdefault(spelling, (label.id, number))
        if other != label.id:
            raise FamilyError(
                f"{path}:{number}: {label.spelling!r} already means {other!r} (line {line})"
            )
        yield label


def _identities(path: Path, fields: tuple[Field, ...]) -> Iterator[Identity]:
    for (table, name), lines in _identity_terms(path, fields).items():
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
            fields=tuple(field for field in fields if field.table_id == table),
        )


def _identity_terms(
    path: Path, fields: tuple[Field, ...]
) -> dict[tuple[str, str], list[IdentityTerm]]:
    """The lines of identities.csv by table and identity, checked against the form."""
    found: dict[tuple[str, str], list[IdentityTerm]] = defaultdict(list)
    for number, line in read_lines(path, IdentityTerm):
        axis = "row_id" if line.over == "column" else "column_id"
        if not any(f.table_id == line.table_id and getattr(f, axis) == line.member for f in fields):
            raise FamilyError(
                f"{path}:{number}: fields.csv has no {axis} {line.member!r} in {line.table_id!r}"
            )
        so_far = found[line.table_id, line.identity]
        same = ("severity", "over", "relation")
        if so_far and any(getattr(line, a) != getattr(so_far[0], a) for a in same):
            raise FamilyError(f"{path}:{number}: {line.identity!r} changes its {'/'.join(same)}")
        so_far.append(line)
    return found
