"""`gongkai decisions`: export, import and sheet."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from gongkai.cli.streams import say
from gongkai.decisions.csv_io import export_decisions, parse_decisions
from gongkai.decisions.records import Decision
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.render.sanitize import escape_controls


def export(db: Path, to: Path | None) -> None:
    """Write decisions to a file that Excel opens with Chinese intact, or to stdout."""
    if to is None:
        count = export_decisions(db, sys.stdout)
    else:
        if not to.parent.is_dir():
            raise UsageError(f"{to} cannot be made: there is no folder {to.parent}")
        with to.open("w", encoding="utf-8-sig", newline="") as file:
            count = export_decisions(db, file)
        _tell(str(to))
    say(f"{count} decisions")


def write(db: Path, to: Path, pdf_root: Path, most: int, pipeline: str) -> None:
    """Write the queue as a workbook."""
    from gongkai.review.pictures import Pictures
    from gongkai.review.sheet import write_sheet

    if to.suffix.lower() != ".xlsx":
        raise UsageError(f"{to} is no workbook: name a file that ends in .xlsx")
    if not to.parent.is_dir():
        raise UsageError(f"{to} cannot be made: there is no folder {to.parent}")
    if not pdf_root.is_dir():
        raise UsageError(f"{pdf_root} is not a folder: name the one that holds the PDF files")
    known = load_family(pipeline)
    pictures = Pictures(pdf_root)
    with DecisionStore(db, known) as book:
        count = write_sheet(book, known, pictures, to, most)
    pictures.close()
    _tell(str(to))
    say(f"{count} items")


def take(files: list[Path], db: Path, pipeline: str, who: str | None = None) -> None:
    """Add the decisions of files, all or none."""
    told: list[Decision] = []
    known = load_family(pipeline)
    for path in files:
        if not path.is_file():
            raise UsageError(f"{path} does not exist: name a CSV that `decisions export` wrote")
        told += _filled(path, who, known) if path.suffix.lower() == ".xlsx" else _read(path)
    with DecisionStore(db, known) as book:
        result = book.add(told)
    _tell(f"{result.added} decisions added, {result.already_known} known before")
    if result.elsewhere:
        say(f"{result.elsewhere} on reports that are not in {db}: kept for when they come")
    if result.conflicts:
        say(
            f"{result.conflicts} contradict each other and are not in force: settle them in "
            '`gongkai review`, or see `gongkai query "SELECT * FROM decisions WHERE '
            "standing = 'conflict'\"`"
        )


def _tell(what: str) -> None:
    """What the command gives, on stdout."""
    print(escape_controls(what))  # noqa: T201


def _filled(path: Path, who: str | None, pipeline: Family) -> list[Decision]:
    try:
        from gongkai.review.sheet import read_sheet

        return read_sheet(path, who or user(), pipeline)
    except ModuleNotFoundError as error:
        raise UsageError('sheets need the extra: pip install "gongkai[review]"') from error


def user() -> str:
    """The system's name of who is at work."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError("the system does not tell who you are: --who NAME") from error


def _read(path: Path) -> list[Decision]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_decisions(file, path.name)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: save it as CSV UTF-8") from error
