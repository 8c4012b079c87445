"""What samples say about the identities of a family, and what to do about those they leave open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from gongkai.drafting.lines import IDENTITIES, as_line
from gongkai.families.family import Family
from gongkai.families.identities import Identity
from gongkai.families.lines import OPEN_ROW
from gongkai.language import tr
from gongkai.model import Check, Report, Severity

_MIN_ACCEPTED = 3  # samples in which an identity over tables holds that a person may accept
_MOST_NAMED = 4  # labels that one line names


class IdentityState(Struct, frozen=True):
    """In how many samples an identity holds and fails."""

    table: str
    name: str
    severity: Severity
    holding: int
    failing: int


class Step(Struct, frozen=True):
    """Something to do: a line to paste, or to change, in a file of the folder."""

    file: str  # "samples": a command that reads one more
    line: str
    reason: str


def tested(
    family: Family, readings: Sequence[Sequence[Report]]
) -> Iterator[tuple[Identity, int, int]]:
    """Each identity with the numbers of samples in which it holds, and in which it fails."""
    counts: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    for own in readings:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for check in (check for report in own for check in report.checks):
            if _is_live(check):
                found[check.table, check.rule].add(check.status)
        for key, states in found.items():
            counts[key].append(states)
    for identity in family.identities:
        tested = counts.get((identity.table, identity.name), [])
        failing = sum("fail" in each for each in tested)
        yield identity, len(tested) - failing, failing


def _is_live(check: Check) -> bool:
    return check.status == "fail" or (check.status == "pass" and bool(check.expected))


def identity_steps(
    family: Family, failing: Sequence[IdentityState], readings: Sequence[Sequence[Report]]
) -> Iterator[Step]:
    """What to do about identities: about those that fail often, then about those that are zero in
    all samples, then about those that hold in all and may be accepted."""
    for state in sorted(failing, key=lambda each: (each.severity != "must", -each.failing)):
        counts = {"failing": state.failing, "holding": state.holding}
        if state.severity == "must":
            reason = tr(
                "fails in {failing} {failing:|sample|samples}, holds in {holding}: make it "
                "usual in each of its lines, or see why",
                **counts,
            )
        else:
            reason = tr(
                "fails in {failing} {failing:|sample|samples}, holds in {holding}: strike it "
                "out in each of its lines, or see why",
                **counts,
            )
        found = next(i for i in family.identities if (i.table, i.name) == (state.table, state.name))
        yield Step(IDENTITIES, _first_line(found, "usually"), reason)
    yield from _sample_step(family, readings)
    for identity, holding, fails in tested(family, readings):
        is_open = identity.severity == "usually" and identity.relation == "eq"
        if is_open and holding >= _MIN_ACCEPTED and not fails:
            reason = tr(
                "holds in all samples ({holding}): accept it in each of its lines if it is a law "
                "of the form",
                holding=holding,
            )
            yield Step(IDENTITIES, _first_line(identity, "must"), reason)


def _sample_step(family: Family, readings: Sequence[Sequence[Report]]) -> Iterator[Step]:
    """The kind of sample that would settle most of the identities that are zero in all samples."""
    open_ones = [i for i, holding, fails in tested(family, readings) if not holding and not fails]
    idle = _idle_rows(family, readings)
    wanted = Counter(
        row for identity in open_ones for row in idle.keys() & set(_rows_of(identity, idle))
    )
    if wanted:
        best = [idle[row] for row, _ in wanted.most_common(_MOST_NAMED)]
        reason = tr(
            "sums that are only 0 = 0: {count}; a sample with numbers in {rows} would settle most "
            "of them",
            count=len(open_ones),
            rows=", ".join(best),
        )
        command = "gongkai families draft SAMPLES MORE.pdf --to FOLDER --update"
        yield Step("samples", command, reason)


def idle_labels(family: Family, readings: Sequence[Sequence[Report]]) -> Iterator[str]:
    """Of each table, the rows that samples print, and that are 0 or blank in all of them."""
    found: dict[str, list[str]] = defaultdict(list)
    for (table, _), label in _idle_rows(family, readings).items():
        found[table].append(label)
    for table, labels in found.items():
        yield f"{table}: {', '.join(labels)}"


def _idle_rows(family: Family, readings: Sequence[Sequence[Report]]) -> dict[tuple[str, str], str]:
    """The label of each listed row that is 0 or blank in all samples, by table and row."""
    cells = [cell for own in readings for report in own for cell in report.observations]
    printed = {(cell.key.table, cell.key.row) for cell in cells}
    live = {(cell.key.table, cell.key.row) for cell in cells if cell.value or cell.state == "text"}
    return {
        (table.id, field.row_id): field.row_label
        for table in family.tables
        for field in table.fields
        if (table.id, field.row_id) in printed - live and field.row_id != OPEN_ROW
    }


def _rows_of(identity: Identity, idle: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The rows that an identity adds up; of a sum over columns, all idle rows of its table."""
    for terms in identity.groups.values():
        for member, _ in terms:
            if identity.over == "cells":
                table, _, place = member.partition(".")
                yield table, place.rpartition(".")[0]
            elif identity.over != "row":
                yield identity.table, member
    if identity.over == "row":
        yield from (row for row in idle if row[0] == identity.table)


def _first_line(identity: Identity, severity: Severity) -> str:
    """The first line of an identity in identities.csv."""
    group, terms = next(iter(identity.groups.items()))
    member, sign = terms[0]
    note = "accepted" if severity == "must" else ""
    line = (
        identity.name, severity, identity.table, identity.over, identity.relation, group, member,
        str(sign), note, identity.tolerance,
    )  # fmt: skip
    return as_line(line)
