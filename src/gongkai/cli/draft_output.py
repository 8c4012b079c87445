"""What `gongkai families draft` and `gongkai families check` say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.cli.formats import write_rows
from gongkai.cli.streams import print_safely, say
from gongkai.language import tr
from gongkai.render.stored_texts import stored_text

if TYPE_CHECKING:
    from gongkai.drafting.check import FolderState
    from gongkai.drafting.draft import Draft


def print_draft(draft: Draft, folder: Path) -> None:
    """Write the tables that were learnt; say what was not learnt, and what to do next."""
    from gongkai.drafting.page import PAGE

    for each in draft.refused:
        say(tr("not learnt from {file}: {reason}", file=each.name, reason=stored_text(each.reason)))
    for text in draft.learnt.leftover:
        say(tr("table not learnt: {text}", text=text))
    rows = [
        (
            named.id,
            named.title,
            named.table.layout,
            len(named.table.rows.printed),
            len(named.table.columns.printed),
            len(named.table.samples),
        )
        for named in draft.named.tables
    ]
    write_rows(("table", "title", "layout", "rows", "columns", "samples"), rows)
    if draft.forms.differences:
        forms = ", ".join(form.id for form in draft.forms.forms)
        say(
            tr(
                "{count} {count:|table, row or column differs|tables, rows and columns differ} "
                "between the forms {forms}",
                count=len(draft.forms.differences),
                forms=forms,
            )
        )
    ranks = Counter(identity.rank for identity in draft.identities)
    must = sum(identity.severity == "must" for identity in draft.identities)
    say(
        tr(
            "{count} {count:|identity|identities}: {strong} strong ({must} as must), {weak} "
            "weak, {unproved} unproved",
            count=len(draft.identities),
            must=must,
            strong=ranks["strong"],
            weak=ranks["weak"],
            unproved=ranks["unproved"],
        )
    )
    say(tr("written to {folder}; {page} shows what was read", folder=folder, page=folder / PAGE))


def print_state(state: FolderState) -> None:
    """Write how far a family is: a table of the samples, and what to do next."""
    from msgspec.structs import astuple

    from gongkai.drafting.check import SampleState

    rows = [astuple(sample) for sample in state.samples]
    write_rows(SampleState.__struct_fields__, rows)
    for each in state.failing:
        print_safely(
            tr(
                "{name} ({severity}) fails in {failing} {failing:|sample|samples}, holds in "
                "{holding}",
                name=f"{each.table}.{each.name}",
                severity=each.severity,
                failing=each.failing,
                holding=each.holding,
            )
        )
    for label in state.unprinted:
        print_safely(tr("in no sample: {label}", label=label))
    for label in state.idle:
        print_safely(tr("0 or blank in all samples: {label}", label=label))
    for name in state.untested:
        print_safely(tr("0 = 0 in all samples: {name}", name=name))
    for number, step in enumerate(state.steps, 1):
        print_safely(f"{number}. {step.reason}; {step.file}:")
        print_safely(f"   {step.line}")
    print_safely(tr("usable") if state.is_usable else tr("not usable yet"))
