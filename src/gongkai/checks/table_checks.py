"""Checks the official tables of one report, and decides which values are proved.

The checks test the identities (sums), the value types, and how each table was read: labels in
the order of the form, every printed number in a cell, every cell of the form printed. From them
follow the proof of each value and the status of the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.families.family import Family
from gongkai.families.lines import AMOUNTS, SIGNED
from gongkai.families.tables import Table
from gongkai.model import Cause, Check, Key, Observation, Observations, Proof, ReportStatus
from gongkai.normalizers.tables.values import TableReading

PROOF_RULE = "proof"
REPORT = "report"  # checks of the report itself, not of a table
IDENTITY_NAMES = {"agency": "发布机关", "year": "报告年度"}
_SHOWN_LEFTOVERS = 8  # leftovers quoted in a message
_SHOWN_CELLS = 5  # cells named in a message
_PROVED = "非零的数都有勾稽关系、页面图像或人工核定为证"
_READ_ONCE = "只有一种读法，没有勾稽关系或页面图像为证"
_READ_BY_OCR = "只由图片识别读出，没有勾稽关系或另一种见证"
_TO_CONFIRM = "（此格式为暂定，标签待核）"  # of a provisional form
_CACHE_SIZE = 128  # sets of printed cells of a table; most reports have the same one


class Forms:
    """Which form of its family each table of a report has. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._forms = family.forms  # oldest first
        self._of_table = {
            table.id: [form for form in family.forms if form.id in table.forms]
            for table in family.tables
        }

    def of_year(self, year: int | None) -> str:
        """The form in force for a report year; the newest form if the year is unknown."""
        if year is None:
            return self._forms[-1].id
        started = [form.id for form in self._forms if form.first_year <= year]
        return started[-1] if started else self._forms[0].id

    def of_tables(self, shown: Mapping[str, str | None], year: int | None) -> dict[str, str]:
        """The form of each table, from the form that each one shows; None if it shows none.

        A table that shows no form has the form of most others, or else the form of the year.
        """
        known = {table: form for table, form in shown.items() if form is not None}
        default = self.main(known, year) or self.of_year(year)
        return {table: form or self._nearest(table, default) for table, form in shown.items()}

    def of_table(self, table: str, shown: str | None, year: int | None) -> str:
        """The form of one table: the one that it shows, or else the form of the year."""
        return shown or self._nearest(table, self.of_year(year))

    def main(self, forms: Mapping[str, str], year: int | None) -> str | None:
        """The form of most tables, in a tie the form of the year; None if there is no table."""
        if not forms:
            return None
        counts, in_force = Counter(forms.values()), self.of_year(year)
        return max(counts, key=lambda form: (counts[form], form == in_force))

    def due_tables(self, forms: Mapping[str, str], year: int | None) -> frozenset[str]:
        """The tables that a report must print whose printed tables have these ``forms``."""
        due = self.main(forms, year) or self.of_year(year)
        return frozenset(t for t, own in self._of_table.items() if due in [f.id for f in own])

    def unused_tables(self, year: int | None) -> frozenset[str]:
        """The tables of none but forms that reports of the year no longer use."""
        return frozenset(
            table
            for table, own in self._of_table.items()
            if year and all(form.last_year and form.last_year < year for form in own)
        )

    def _nearest(self, table: str, form: str) -> str:
        """The form, or if it lacks the table, the one nearest in time that has it."""
        own = self._of_table[table]
        first = next(each.first_year for each in self._forms if each.id == form)
        return min(own, key=lambda each: abs(each.first_year - first)).id


class TableChecks:
    """The checks of one family's tables. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self.identities = IdentityChecks(family)
        self.forms = Forms(family)
        self._titles = {table.id: table.title for table in family.tables}
        self._always_printed = {table.id for table in family.tables if table.is_expected}
        self._expected = {table.id: _ExpectedCells(table) for table in family.tables}
        self._provisional = frozenset(f.id for f in family.forms if f.is_provisional)
        self._fields = family.fields_by_key
        self._labels = family.short_labels

    def check(
        self,
        readings: Mapping[str, TableReading],
        forms: Mapping[str, str],
        observations: Observations,
        due: Collection[str] | None = None,
    ) -> list[Check]:
        """Check the tables of one report; failed checks have no cause yet, missing tables do.

        ``readings`` and ``forms`` are by table id; a table without a form is not printed. ``due``
        are the tables that the report must print; None: all.
        """
        due = self._titles if due is None else due
        tested = self.identities.check(observations, forms)
        checks = [check for check in tested if check.table in forms or check.table in due]
        for table_id in self._titles:
            if form := forms.get(table_id):
                reading = self._with_unproved_totals(readings[table_id], checks)
                checks += self.check_reading(reading, form, observations, table_id in due)
            elif table_id in due and (table_id in self._always_printed or table_id in readings):
                checks.append(self._missing_table(table_id, readings))
                if table_id in readings:
                    checks.append(_check_leftovers(readings[table_id]))
        return self.identities.with_suspects(checks)

    def _with_unproved_totals(self, reading: TableReading, checks: Sequence[Check]) -> TableReading:
        """Count totals printed at another place as disorder, unless sums prove their labels.

        Exchanged labels would look like a moved total. If all cells are 0, it does not matter.
        """
        if not reading.moved_totals:
            return reading
        sums = [c for c in checks if c.table == reading.table and self.identities.is_equation(c)]
        has_number = any(cell.value for cell in reading.observations)
        is_proved = any(c.status == "pass" and c.expected for c in sums) or not has_number
        if is_proved and not any(c.status == "fail" for c in sums):
            return reading
        return replace(reading, disorder=(*reading.disorder, *reading.moved_totals))

    def check_reading(
        self, reading: TableReading, form: str, observations: Observations, is_due: bool = True
    ) -> Iterator[Check]:
        """Check how a printed table was read: order, coverage, completeness and value types.

        ``form`` is the form of the table. A table that is not due in its report may be a part.
        """
        for check in (_check_order(reading), _check_leftovers(reading)):
            doubted = check.status == "fail" and form in self._provisional
            yield replace(check, wording=check.wording + _TO_CONFIRM) if doubted else check
        yield self.check_complete(reading.table, form, observations, is_due)
        yield self.check_counts(reading.table, observations)

    def check_proof(self, table_id: str, observations: Observations) -> Check:
        """Check that a sum, its picture or a person proves each unflagged non-zero number."""
        numbers = [key for key, c in observations.items() if c.value and c.proof == "text"]
        unproved = [k for k in numbers if k.table == table_id and not observations[k].flagged]
        name = (table_id, PROOF_RULE, "")
        if not unproved:
            flagged = [key for key, cell in observations.items() if cell.flagged]
            but = "存疑的格除外，" if any(key.table == table_id for key in flagged) else ""
            return Check(*name, "pass", "must", but + _PROVED)
        by_ocr = all(observations[key].reader == "ocr" for key in unproved)
        shown = "、".join(self._labels[key].cell for key in unproved[:_SHOWN_CELLS])
        text = f"{len(unproved)}个数{_READ_BY_OCR if by_ocr else _READ_ONCE}：{shown}"
        text += "等" if len(unproved) > _SHOWN_CELLS else ""
        return Check(*name, "fail", "must", text, cause="reading", cells=tuple(unproved))

    def check_counts(self, table_id: str, observations: Observations) -> Check:
        """Check the values of one table against their value types.

        Only signed types may be negative, and only amounts may have decimals.
        """
        wrong = [
            key
            for key, cell in observations.items()
            if cell.value  # 0 is always allowed
            and key.table == table_id
            and not self._is_allowed(key, cell.value)
        ]
        name = (table_id, "counts", "values")
        if not wrong:
            return Check(*name, "pass", "must", "件数都是非负整数")
        names = "、".join(
            f"{self._labels[key].cell}印作{observations[key].raw_text}"
            for key in wrong[:_SHOWN_CELLS]
        )
        return Check(*name, "fail", "must", f"件数应为非负整数：{names}", cells=tuple(wrong))

    def missing_cells(self, table_id: str, form: str, printed: frozenset[Key]) -> frozenset[Key]:
        """Return the cells that a table of this form should print, less those ``printed``."""
        return self._expected[table_id].missing(form, printed)

    def _is_allowed(self, key: Key, value: Decimal) -> bool:
        kind = self._fields[key][0].value_type
        is_whole = kind in AMOUNTS or value == value.to_integral_value()
        return is_whole and (value >= 0 or kind in SIGNED)

    def check_complete(
        self, table_id: str, form: str, observations: Observations, is_due: bool = True
    ) -> Check:
        """Check that every cell of a table's form is printed.

        A cell of a provisional form may be printed under a label that is not known.
        """
        name = (table_id, "complete", "cells")
        printed = frozenset([key for key in observations if key.table == table_id])
        missing = sorted(self.missing_cells(table_id, form, printed))
        if not missing:
            return Check(*name, "pass", "usually", f"{form}年格式应有的格都已印出")
        names = "、".join(self._labels[key].cell for key in missing[:_SHOWN_CELLS])
        more = f"等{len(missing)}格" if len(missing) > _SHOWN_CELLS else ""
        text = f"{form}年格式应有而未见：{names}{more}"
        if not is_due:
            return Check(*name, "skipped", "usually", f"报告的格式没有此表，可只印一部分；{text}")
        if form not in self._provisional:
            return Check(*name, "fail", "usually", text)
        return Check(*name, "fail", "usually", text + _TO_CONFIRM, cause="reading")

    def _missing_table(self, table_id: str, readings: Mapping[str, TableReading]) -> Check:
        """Fail for a table without cells. Numbers that belong to no cell may be its own."""
        title, own = self._titles[table_id], readings.get(table_id)
        cause: Cause = "reading"
        if own and own.leftovers:
            text = f"《{title}》表印有数，未能读出"
        elif any(reading.leftovers for reading in readings.values()):
            text = f"未见《{title}》表，未归入任何一格的数可能是此表的数"
        else:
            text, cause = f"报告里未见《{title}》表", "print"
        return Check(table_id, "complete", "cells", "fail", "usually", text, cause=cause)


def doubtful_tables(checks: Sequence[Check], cells: Observations) -> set[str]:
    """Return the printed tables with flagged cells or in failures that have no cause yet."""
    failed = [
        c
        for c in checks
        if c.status == "fail" and not c.cause and (c.severity == "must" or c.rule == "complete")
    ]
    involved = {key.table for check in failed for key in check.cells}
    return involved | {c.table for c in failed} | {o.key.table for o in cells.values() if o.flagged}


def with_proof(
    observations: Observations, summed: Collection[Key], seen: Mapping[Key, bool]
) -> dict[Key, Observation]:
    """Return the observations with the proof of each value.

    ``summed`` are the cells that a sum proves, ``seen`` says of the compared cells whether the
    page shows the value. A flagged value has only the proof "text".
    """
    return {
        key: cell
        if cell.value is None
        else replace(cell, proof=_proof(cell, key in summed, seen.get(key)), seen=seen.get(key))
        for key, cell in observations.items()
    }


def with_renewed_proof(
    observations: Observations, summed: Collection[Key], confirmed: Collection[Key]
) -> dict[Key, Observation]:
    """Return the observations with new proofs, after decisions changed which sums hold.

    ``confirmed`` are the cells of failed checks that a person confirmed as printed.
    """
    seen = {key: cell.seen for key, cell in observations.items() if cell.seen is not None}
    renewed = with_proof(observations, summed, seen)
    for key, cell in observations.items():
        if cell.proof == "person" or (key in confirmed and cell.value is not None):
            renewed[key] = replace(cell, proof="person")
    return renewed


def _proof(cell: Observation, is_summed: bool, is_seen: bool | None) -> Proof:
    if cell.flagged:
        return "text"
    if is_summed:
        return "sum"
    return "sight" if is_seen else "text"


def status_of(checks: Iterable[Check], observations: Iterable[Observation]) -> ReportStatus:
    """Return the status of a report with these checks and cells.

    Only failures of severity ``must`` count, and failures of the rule ``complete``: a missing
    table or cell. A flagged cell, or a failure caused by the reading, makes the report
    doubtful. Otherwise a missing table or cell makes it incomplete, and any other failure is a
    print fault.
    """
    failed = [check for check in checks if check.status == "fail"]
    must = [check for check in failed if check.severity == "must"]
    missing = [check for check in failed if check.rule == "complete"]
    is_misread = any(check.cause == "reading" for check in (*must, *missing))
    if is_misread or any(cell.flagged for cell in observations):
        return "doubtful"
    if missing:
        return "incomplete"
    return "print_fault" if must else "proved"


def check_identity(what: str, found: str, doubt: str = "") -> Check:
    """Check that the agency or the year of a report is proved by what is printed.

    ``what`` is one of IDENTITY_NAMES; ``doubt`` is one Chinese sentence, or "" if it is proved.
    """
    name = (REPORT, what, "")
    if doubt:
        return Check(*name, "fail", "must", doubt, cause="reading")
    return Check(*name, "pass", "must", f"印出的{IDENTITY_NAMES[what]}：{found}")


def _check_order(reading: TableReading) -> Check:
    """Check that the printed labels are those of the form, in the order of the form."""
    name = (reading.table, "order", "labels")
    if not reading.disorder:
        return Check(*name, "pass", "must", "各行各列的标签与《表》的次序一致")
    labels = "、".join(dict.fromkeys(reading.disorder))
    cells = tuple(cell.key for cell in reading.observations if cell.flagged)
    return Check(*name, "fail", "must", f"标签的次序或文字与《表》不符：{labels}", cells=cells)


def _check_leftovers(reading: TableReading) -> Check:
    """Check that every number printed in the table belongs to a cell of the form."""
    name = (reading.table, "coverage", "numbers")
    leftovers = reading.leftovers
    if not leftovers:
        return Check(*name, "pass", "must", "表内印出的数都已归入某一格")
    shown = leftovers[:_SHOWN_LEFTOVERS]
    texts = "、".join(f"第{left.page}页“{' '.join(left.text.split())[:20]}”" for left in shown)
    more = f"等{len(leftovers)}处" if len(leftovers) > _SHOWN_LEFTOVERS else ""
    reason = "" if reading.observations else "；表头或行名与所定的表不合，全表未能读取"
    return Check(*name, "fail", "must", f"表内有数未能归入任何一格：{texts}{more}{reason}")


class _ExpectedCells:
    """The cells that one table should print, by row and form. Built once from the table."""

    def __init__(self, table: Table) -> None:
        self._fields = table.all_fields
        rows: dict[str, dict[str, set[Key]]] = {}
        for field in table.fields:
            for form in field.forms if field.printed == "always" else ():
                rows.setdefault(field.row_id, {}).setdefault(form, set()).add(field.key)
        self._rows = {
            row: {form: frozenset(keys) for form, keys in forms.items()}
            for row, forms in rows.items()
        }
        # Rows that may be printed in one of several ways: （六） as one row or as three.
        alternatives = [
            [frozenset(row for row, _ in terms) for name, terms in identity.groups.items() if name]
            for identity in table.identities
            if identity.over == "column"
        ]
        self._alternatives = [ways for ways in alternatives if ways]
        self.missing = lru_cache(maxsize=_CACHE_SIZE)(self._find_missing)

    def _find_missing(self, form: str, printed: frozenset[Key]) -> frozenset[Key]:
        """Find the missing cells (see TableChecks.missing_cells).

        Some reports mix forms: a row printed with the columns of another form must have the
        cells of that form. If the form allows alternatives, only the rows of the printed
        alternative are expected.
        """
        unused = self._unused_rows(form, printed)
        missing: set[Key] = set()
        for row, forms in self._rows.items():
            if row in unused:
                continue
            counts = {each: len(keys & printed) for each, keys in forms.items()}
            best = max(counts, key=lambda f: (counts[f] / len(forms[f]), f == form))
            missing |= forms[best] if counts[best] else forms.get(form, frozenset())
        missing |= self._missing_of_codes(form, printed)
        return frozenset(missing - printed)

    def _missing_of_codes(self, form: str, printed: frozenset[Key]) -> set[Key]:
        """Return the cells that printed rows with codes should have."""
        fields = self._fields
        codes = {key.row for key in printed if fields.is_code(key.row)} if fields.codes else ()
        columns = [f.column_id for f in fields.coded if form in f.forms and f.printed == "always"]
        return {Key(fields.table, code, column) for code in codes for column in columns}

    def _unused_rows(self, form: str, printed: frozenset[Key]) -> set[str]:
        """Return the rows of the alternatives that the report does not use.

        If it prints none of the alternatives, it is expected to use that of its own form.
        """
        in_form = {row for row, forms in self._rows.items() if form in forms}
        printed_rows = {key.row for key in printed}
        unused: set[str] = set()
        for ways in self._alternatives:
            best = max(ways, key=lambda way: (len(way & printed_rows) / len(way), way <= in_form))
            unused.update(*(way for way in ways if way is not best))
        return unused
