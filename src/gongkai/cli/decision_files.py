"""Decisions to and from files: CSV of all, a workbook to fill in."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from gongkai.cli.outputs import written
from gongkai.cli.streams import print_safely, say, system_user
from gongkai.database.locations import COPY_SUFFIX
from gongkai.decisions.backup import read_copy
from gongkai.decisions.csv_io import export_decisions, parse_decisions, write_decisions
from gongkai.decisions.queries import is_known
from gongkai.decisions.records import Decision
from gongkai.decisions.rescue import rescue_decisions
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.language import tr, tr_noop
from gongkai.queries.families import stored_families

if TYPE_CHECKING:
    from gongkai.review.workbook import SheetAnswers


def export_csv(db: Path, to: Path | None) -> None:
    """Write every decision as CSV."""
    with _csv_output(to) as file:
        count = export_decisions(db, file)
    say(tr("{count} {count:|decision|decisions}", count=count))


def rescue_csv(db: Path, to: Path | None) -> None:
    """Write every decision that can still be read as CSV."""
    rescued = rescue_decisions(db)
    with _csv_output(to) as file:
        write_decisions(rescued.decisions, file, {})
    count = len(rescued.decisions)
    texts = {
        True: tr_noop(
            "{count} {count:|decision|decisions}: {found} read from {db}, which is damaged, "
            "{others} only from the copy beside it"
        ),
        False: tr_noop(
            "{count} {count:|decision|decisions}: {found} read from {db}, {others} only from "
            "the copy beside it"
        ),
    }
    found = rescued.in_database
    say(tr(texts[rescued.is_damaged], count=count, found=found, db=db, others=count - found))


@contextlib.contextmanager
def _csv_output(to: Path | None) -> Iterator[TextIO]:
    """A CSV file with the byte order mark that Excel needs, whose name is printed; or stdout."""
    if to is None:
        yield sys.stdout
        return
    with written(to) as new, new.open("w", encoding="utf-8-sig", newline="") as file:
        yield file
    print_safely(str(to))


def write_workbook(db: Path, to: Path, pdf_root: Path, most: int, family: str | None) -> bool:
    """Write the review queue as a workbook; return whether the pages of every item are in it.

    Files whose pages cannot be shown are named, one a line.
    """
    from gongkai.review.crops import CropRenderer
    from gongkai.review.workbook import write_review_workbook

    if to.suffix.lower() != ".xlsx":
        raise UsageError(tr("{file} is not a workbook: name a file that ends in .xlsx", file=to))
    if not pdf_root.is_dir():
        raise UsageError(
            tr("{folder} is not a folder: name the one that holds the PDF files", folder=pdf_root)
        )
    renderer = CropRenderer(pdf_root)
    with DecisionStore(db, stored_families(db, family), or_read=True) as store, written(to) as new:
        sheet = write_review_workbook(store, renderer, new, most)
    renderer.close()
    print_safely(str(to))
    say(tr("{count} {count:|item|items}", count=sheet.rows))
    for each in sheet.left_out:
        say(
            tr(
                "not in the sheet: {count} {count:|item|items} of {file}: {reason}",
                count=each.items,
                file=each.file_name,
                reason=each.reason,
            )
        )
    return not sheet.left_out


def import_files(files: list[Path], db: Path, family: str | None, who: str | None = None) -> bool:
    """Add the decisions in these files; return whether every row of them was right.

    Wrong rows of sheets are named and left out. A file that is wrong otherwise stops everything.
    """
    found: list[Decision] = []
    of_sheets: list[Decision] = []
    wrong: list[str] = []
    families = stored_families(db, family)
    for path in files:
        if not path.is_file():
            raise UsageError(
                tr("{file} does not exist: name a CSV that `decisions export` wrote", file=path)
            )
        suffix = path.suffix.lower()
        if suffix == ".xlsx":
            answers = _read_review_workbook(path, who, families)
            of_sheets += answers.decisions
            wrong += [
                tr("{name}, row {number}: {reason}", name=path.name, number=n, reason=reason)
                for n, reason in ((each.number, each.reason) for each in answers.wrong)
            ]
        else:
            found += read_copy(path) if suffix == COPY_SUFFIX else _read_csv(path)
    with DecisionStore(db, families) as store:
        with store.transaction() as connection:  # a sheet may be imported again, corrected
            new = [each for each in of_sheets if not is_known(connection, each)]
        result = store.add([*found, *new])
    if store.copy_failure:
        say(
            tr(
                "the decisions are in {db}, but not in the copy beside it: {reason}",
                db=db,
                reason=store.copy_failure,
            )
        )
    print_safely(
        tr(
            "{added} {added:|decision|decisions} added, {known} known before",
            added=result.added,
            known=result.already_known + len(of_sheets) - len(new),
        )
    )
    if result.elsewhere:
        say(
            tr(
                "{count} on reports that are not in {db}: kept until those are ingested",
                count=result.elsewhere,
                db=db,
            )
        )
    if result.conflicts:
        say(
            tr(
                "{count} contradict each other and are not in force: decide them in `gongkai "
                'review`, or see `gongkai query "SELECT * FROM decisions WHERE standing = '
                "'conflict'\"`",
                count=result.conflicts,
            )
        )
    for each in wrong:
        say(each)
    if wrong:
        say(
            tr(
                "{count} {count:|row was|rows were} not taken: correct {count:|it|them}, and "
                "import the sheet again",
                count=len(wrong),
            )
        )
    return not wrong


def _read_review_workbook(path: Path, who: str | None, families: Iterable[Family]) -> SheetAnswers:
    try:
        from gongkai.review.workbook import read_review_workbook

        return read_review_workbook(path, who or system_user(), families)
    except ModuleNotFoundError as error:
        raise UsageError(tr('sheets need the extra: pip install "gongkai[review]"')) from error


def _read_csv(path: Path) -> list[Decision]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_decisions(file, path.name)
    except UnicodeDecodeError as error:
        raise UsageError(tr("{file} is not UTF-8: save it as CSV UTF-8", file=path)) from error
