"""`gongkai decisions export` and `import`."""

from __future__ import annotations

import sys
from pathlib import Path

from gongkai.cli.streams import say
from gongkai.errors import UsageError
from gongkai.loaders.decisions.keeping import DecisionBook
from gongkai.loaders.decisions.moving import export_decisions, parse_decisions
from gongkai.loaders.decisions.records import Decision
from gongkai.pipeline import load_pipeline
from gongkai.settling import rules


def export(db: Path, to: Path | None) -> None:
    """Write decisions to a file that Excel opens with Chinese intact, or to stdout."""
    if to is None:
        count = export_decisions(db, sys.stdout)
    else:
        if not to.parent.is_dir():
            raise UsageError(f"{to} cannot be made: there is no folder {to.parent}")
        with to.open("w", encoding="utf-8-sig", newline="") as file:
            count = export_decisions(db, file)
    say(f"{count} decisions")


def take(files: list[Path], db: Path, pipeline: str) -> None:
    """Add the decisions of files, all or none."""
    told: list[Decision] = []
    for path in files:
        if not path.is_file():
            raise UsageError(f"{path} does not exist: name a CSV that `decisions export` wrote")
        told += _read(path)
    with DecisionBook(db, rules(load_pipeline(pipeline))) as book:
        kept = book.keep(told)
    say(f"{kept.added} decisions added, {kept.known} known before")
    if kept.elsewhere:
        say(f"{kept.elsewhere} on reports that are not in {db}: kept for when they come")
    if kept.conflicts:
        say(
            f"{kept.conflicts} contradict each other and are not in force: settle them in "
            '`gongkai review`, or see `gongkai query "SELECT * FROM decisions WHERE '
            "standing = 'conflict'\"`"
        )


def _read(path: Path) -> list[Decision]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_decisions(file, path.name)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: save it as CSV UTF-8") from error
