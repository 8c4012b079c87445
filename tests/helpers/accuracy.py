"""Accuracy over made reports, case by case, against their truth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from gongkai.errors import SourceError
from gongkai.model import Report
from gongkai.pipeline import Pipeline, load_pipeline
from gongkai.report import read_reports
from helpers.accuracy_prose import table as prose_table
from helpers.truth import Truth, load_truths

ROOT = Path(__file__).resolve().parents[2]
SAMPLES_FOLDER = ROOT / "samples"
BEGIN, END = "<!-- accuracy:begin -->", "<!-- accuracy:end -->"
HEADER = (
    "| case | reports | cells | right | flagged as asked | flagged in vain | wrong | missing "
    "| invented | silent errors | faults found | false alarms |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)


@dataclass
class Tally:
    """Counts over the cells of some reports.

    A cell is ``right`` when state and value are the truth's. A ``silent`` error is a wrong,
    missing or invented cell that is neither flagged nor under a failing must check.
    """

    reports: int = 0
    cells: int = 0
    right: int = 0
    asked: int = 0  # cells that the truth wants flagged, and that are
    vain: int = 0  # right cells flagged without need
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    silent: int = 0
    faults: int = 0  # made faults of the print
    found: int = 0  # of them, found with the right cause
    alarms: int = 0  # failing must checks that the truth does not have

    def __iadd__(self, other: Tally) -> Tally:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def row(self, name: str) -> str:
        faults = f"{self.found}/{self.faults}" if self.faults else ""
        cells = [name, self.reports, self.cells, self.right, self.asked, self.vain, self.wrong]
        cells += [self.missing, self.invented, self.silent, faults, self.alarms]
        return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def tally(reports: Sequence[Report], truths: Sequence[Truth]) -> Tally:
    """Count one file's reports against its truths; a report not found misses all its cells."""
    total = Tally()
    for k, truth in enumerate(truths):
        total += _one(reports[k] if k < len(reports) else None, truth)
    return total


def _one(report: Report | None, truth: Truth) -> Tally:
    count = Tally(reports=1, cells=len(truth.cells), faults=len(truth.failing))
    if report is None:
        count.missing = len(truth.cells)
        count.silent = sum(not cell.either for cell in truth.cells.values())
        return count
    seen = {o.key: o for o in report.observations}
    failed = {c.check_id: c for c in report.failures("must")}
    covered = {key for check in failed.values() for key in check.cells}
    tables_failed = {i.split(".")[0] for i in failed if i.split(".")[1] in ("coverage", "complete")}
    for key, cell in truth.cells.items():
        got = seen.get(key)
        if got is None:
            count.missing += 1
            count.silent += key.table not in tables_failed
        elif cell.flag or (cell.either and got.flagged):
            count.asked += got.flagged
            count.silent += not got.flagged and key not in covered
        elif (got.state, got.value) == (cell.state, cell.value):
            count.right += 1
            count.vain += got.flagged
        else:
            count.wrong += 1
            count.silent += not got.flagged and key not in covered
    for key in seen.keys() - truth.cells.keys():
        count.invented += 1
        count.silent += not seen[key].flagged and key not in covered
    count.found = sum(
        name in failed and failed[name].cause == cause for name, cause in truth.failing.items()
    )
    if not any(cell.flag or cell.either for cell in truth.cells.values()):
        count.alarms = len(failed.keys() - truth.failing.keys())
    return count


def table(files: Iterable[Path], pipeline: Pipeline) -> str:
    """The accuracy table of some truth files, in Markdown: a row a case, and one of all files."""
    cases: dict[str, Tally] = {}
    whole = Tally()
    for file in sorted(files):
        names = json.loads(file.read_text(encoding="utf-8"))["cases"]
        try:
            reports = read_reports(
                file.with_name(file.name.replace(".expected.json", ".pdf")), pipeline
            )
        except SourceError:
            reports = []
        one = tally(reports, load_truths(file))
        whole += one
        for name in names:
            cases[name] = replace(cases.get(name, Tally()))
            cases[name] += one
    rows = [cases[name].row(name) for name in sorted(cases)]
    return HEADER + "".join(rows) + whole.row("**all files**")


def committed_truths() -> list[Path]:
    """The truths beside the committed samples and the core corpus."""
    return [*SAMPLES_FOLDER.glob("*.expected.json"), *SAMPLES_FOLDER.glob("corpus/*.expected.json")]


def written_into(text: str, rows: str) -> str:
    """A document with the table put between its markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest or not after:
        raise ValueError(f"the document has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{rows}{END}{after}"


def main() -> None:
    """Print the table; with --write, put it into the READMEs; with folders, of their files."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of made reports")
    parser.add_argument("--write", action="store_true", help="update the READMEs")
    options = parser.parse_args()
    found = [f for folder in options.folders for f in folder.glob("*.expected.json")]
    pipeline = load_pipeline()
    rows = table(found or committed_truths(), pipeline)
    if not found:
        rows += f"\n{prose_table(pipeline).strip()}\n"
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(rows)
    if options.write:
        for name in ("README.md", "README.zh-CN.md"):
            readme = ROOT / name
            text = written_into(readme.read_text(encoding="utf-8"), rows)
            readme.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
