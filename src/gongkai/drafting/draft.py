"""Start here: sample files in, the folder of a family out.

1. The samples as tables and lines (``samples``, ``lattice``).
2. The tables that recur, with labels and values (``blocks``, ``schema``, ``tables``).
3. Titles, forms, names, units and types (``titles``, ``forms``, ``names``, ``fields``).
4. Identities with their evidence (``values``, ``items``, ``sums``, ``across``, ``bounds``,
   ``discover``).
5. The data files of the family (``lines``, ``folder``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from gongkai.drafting.discover import discover
from gongkai.drafting.evidence import Identity
from gongkai.drafting.fields import FieldDrafter, NamedTables
from gongkai.drafting.folder import is_family, settings_text, write_folder
from gongkai.drafting.forms import FormsDraft, learn_forms
from gongkai.drafting.keys import Labels
from gongkai.drafting.lines import LineWriter
from gongkai.drafting.samples import Progress, Refused, SampleReader
from gongkai.drafting.tables import LearntTables, learn_tables
from gongkai.drafting.titles import Titles, learn_titles
from gongkai.drafting.update import DRAFTED, updated_files
from gongkai.drafting.values import Values
from gongkai.errors import UsageError
from gongkai.families.country import load_country
from gongkai.families.folders import SETTINGS, pipelines_folder
from gongkai.families.load import load_family
from gongkai.language import tr

COUNTRY = "cn"


class Draft(Struct, frozen=True):
    """A drafted family: what was learnt, and the files of its folder."""

    learnt: LearntTables
    titles: Titles
    forms: FormsDraft
    named: NamedTables
    values: Values
    identities: tuple[Identity, ...]
    refused: tuple[Refused, ...]  # samples from which nothing was learnt
    files: dict[str, str]  # by name


def draft_family(paths: Sequence[Path], name: str, progress: Progress) -> Draft:
    """Draft a family from its sample files.

    Raises UsageError if no sample has a table with numbers.
    """
    country = load_country(pipelines_folder() / COUNTRY)
    samples, refused = SampleReader(country).read_all(paths, progress)
    learnt = learn_tables(samples, country)
    if not learnt.tables:
        reasons = "".join(f"\n{each.name}: {each.reason}" for each in refused)
        raise UsageError(tr("no sample has a table with numbers") + reasons)
    titles = learn_titles(learnt.samples)
    labels = Labels(country)
    forms = learn_forms(learnt.tables, titles.years)
    named = FieldDrafter(country, titles, forms).draft(learnt.tables)
    progress("identities", 0, None)
    values = Values(learnt.tables, len(learnt.samples))
    identities = discover(values, labels)
    files = {SETTINGS: settings_text(name, titles, named, COUNTRY)}
    files |= LineWriter(named, forms, labels).files(identities)
    return Draft(
        learnt,
        titles,
        forms,
        named,
        values,
        tuple(identities),
        (*refused, *learnt.refused),
        files,
    )


def write_draft(draft: Draft, folder: Path, *, update: bool = False) -> None:
    """Write the folder of a draft, and load it, so that an inconsistent draft is an error.

    With ``update``, what a person has changed in the folder is kept. Raises UsageError if there
    is a family in the folder already, and FamilyError for an error in what a person wrote.
    """
    if is_family(folder) and not update:
        raise UsageError(
            tr(
                "{folder} holds a family already; --update keeps what was changed in it",
                folder=folder,
            )
        )
    files = updated_files(folder, draft.files) if update else draft.files
    write_folder(folder, files)
    write_folder(folder / DRAFTED, draft.files)
    load_family(folder)
