"""The accuracy of reading made reports and made scans: read cells against their truth, by case."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gongkai.errors import SourceError
from gongkai.families.family import Family
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family
from gongkai.reading.report import read_reports
from helpers.accuracy_prose import table as prose_table
from helpers.accuracy_scans import is_scan, scan_table
from helpers.kinds import kind_table
from helpers.tally import Tally, tally, tally_contents
from helpers.truth import load_truths

ROOT = Path(__file__).resolve().parents[2]
SAMPLES_FOLDER = ROOT / "samples"
# parts of the pages, between markers
COMMITTED, FAMILIES, MADE_SCANS = "accuracy", "families", "made-scans"
PAGES = ("docs/accuracy.md", "docs/accuracy.zh-CN.md")
HEADER = (
    "| case | reports | cells | right | flagged as asked | flagged without need | wrong | missing "
    "| invented | silent errors | proved | faults found | false alarms |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)

FAMILY_HEADER = HEADER.replace("case", "family")


def table(files: Iterable[Path], family: Family) -> str:
    """The accuracy table of some truth files, in Markdown: one row per case, and one for all."""
    cases: dict[str, Tally] = {}
    whole = Tally()
    for file in sorted(files):
        names = json.loads(file.read_text(encoding="utf-8"))["cases"]
        one = _tally(file, family)
        whole += one
        for name in names:
            cases[name] = replace(cases.get(name, Tally()))
            cases[name] += one
    rows = [cases[name].row(name) for name in sorted(cases)]
    return HEADER + "".join(rows) + whole.row("**all files**")


def _tally(file: Path, family: Family) -> Tally:
    """Read one file and count its cells against its truth."""
    try:
        reports = read_reports(file.with_name(file.name.replace(".expected.json", ".pdf")), family)
    except SourceError:
        reports = []
    return tally(reports, load_truths(file))


def family_truths() -> dict[str, list[Path]]:
    """The truths beside the samples of each further family, in the folder of its name."""
    found = {name: SAMPLES_FOLDER.glob(f"{name}/*.expected.json") for name in built_in_families()}
    return {name: files for name, each in found.items() if (files := sorted(each))}


def family_table() -> str:
    """The accuracy table of the further families, in Markdown: one row each."""
    rows = []
    for name, files in family_truths().items():
        family, whole = load_family(name), Tally()
        for file in files:
            whole += _tally(file, family)
        rows.append(whole.row(name))
    for name, truths in content_truths().items():
        family, whole = load_family(name), Tally()
        for file, contents in truths.items():
            whole += tally_contents(read_reports(file, family), contents)
        rows.append(whole.row(name))
    return FAMILY_HEADER + "".join(rows)


def content_truths() -> dict[str, dict[Path, dict[str, str | None]]]:
    """The contents by row of the samples of families that have texts, by family and file."""
    return {
        name: {
            path.parent / one["file"]: one["cells"] for one in json.loads(path.read_text("utf-8"))
        }
        for name in built_in_families()
        for path in SAMPLES_FOLDER.glob(f"{name}/truth.json")
    }


def committed_truths() -> list[Path]:
    """The truths beside the committed samples, the core corpus and the reports of 2014."""
    folders = (SAMPLES_FOLDER, SAMPLES_FOLDER / "corpus", SAMPLES_FOLDER / "statistics")
    return [file for folder in folders for file in folder.glob("*.expected.json")]


def committed_scans() -> list[Path]:
    """The truths beside the committed scans."""
    return list(SAMPLES_FOLDER.glob("scans/*.expected.json"))


def read_part(text: str, name: str) -> str:
    """Return the text between the markers of a part of a document."""
    return _cut(text, name)[1]


def replace_part(text: str, name: str, rows: str) -> str:
    """Return a document with new text between the markers of one part."""
    before, _, after = _cut(text, name)
    return f"{before}\n{rows.strip()}\n{after}"


def _cut(text: str, name: str) -> tuple[str, str, str]:
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    start, stop = text.find(begin), text.find(end)
    if not 0 <= start < stop:
        raise ValueError(f"the document has no {begin} … {end}")
    start += len(begin)
    return text[:start], text[start:stop], text[stop:]


def main() -> None:
    """Print the tables; with --write, put them into the pages of PAGES.

    For folders given as arguments, prints the tables of the reports in them. Of these only
    the table of made scans is written: the others are always those of the committed files.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of made reports")
    parser.add_argument("--write", action="store_true", help="update the pages")
    options = parser.parse_args()
    family = load_family()
    if options.folders:
        found = [file for folder in options.folders for file in folder.glob("*.expected.json")]
        scans = [file for file in found if is_scan(file)]
        texts = [file for file in found if file not in scans]
        parts = {"": table(texts, family)} if texts else {}
        if scans:
            parts[MADE_SCANS] = scan_table(scans, family)
    else:
        tables = table(committed_truths(), family), scan_table(committed_scans(), family)
        shown = [*tables, kind_table(family), prose_table(family)]
        parts = {COMMITTED: "\n".join(shown), FAMILIES: family_table()}
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write("\n".join(parts.values()))
    for name in PAGES if options.write else ():
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        for part, rows in parts.items():
            text = replace_part(text, part, rows) if part else text
        page.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
