"""`gongkai export`: which files were written, and how large they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gongkai.cli.streams import say
from gongkai.cli.waiting import patience
from gongkai.database.locations import Location
from gongkai.export import Format, Language, export
from gongkai.render.sanitize import escape_controls


def run(
    db: Location, to: Path, wanted: Format, tables: Sequence[str] | None, language: Language
) -> None:
    """Export, and list what was written on stdout."""
    with patience() as tell:
        files = export(db, to, wanted, tables=tables, language=language, progress=tell)
    for file in files:
        print(escape_controls(str(file)))  # noqa: T201
    size = sum(file.stat().st_size for file in files) / 1e6
    say(f"{len(files)} files, {size:.1f} MB in {to}")
