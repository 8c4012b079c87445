"""The findings of `gongkai check`: a paragraph each, by report; or rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from gongkai.cli.formats import Target, write_rows
from gongkai.cli.progress import with_row_count
from gongkai.cli.streams import say
from gongkai.language import tr
from gongkai.problems import advice
from gongkai.queries.findings import Finding
from gongkai.render.messages import cause_word, class_word, outcome_word, year_text
from gongkai.render.sanitize import escape_controls
from gongkai.render.stored_texts import stored_text

_COLUMNS = (
    "kind", "code", "severity", "cause", "report_id", "agency", "year", "file_name",
    "page", "x0", "top", "x1", "bottom", "places", "message",
)  # fmt: skip


def print_findings(findings: Iterable[Finding], target: Target) -> None:
    """Write findings as they come: one paragraph each, by report; or as rows."""
    if target != Target():
        write_rows(_COLUMNS, map(_row, findings), target)
        return
    if not sys.stdout.isatty():
        findings = with_row_count(findings, tr("findings"))
    last: tuple[str, int | None] | None = None
    count = 0
    for finding in findings:
        if last != (here := (finding.file_name, finding.report_id)):
            last = here
            _write(f"{'' if count == 0 else chr(10)}{_title(finding)}")
        count += 1
        places = "; ".join(map(str, finding.places)) or "-"
        _write(f"  {_label(finding)}  {_on_one_line(finding.message)}")
        if finding.kind != "file":
            _write(f"      {places}  {finding.code}")
        if finding.kind == "problem" and (what_to_do := advice(finding.code)):
            _write(f"      {tr('what to do: {advice}', advice=what_to_do)}")
    say(
        tr("{count} {count:|finding|findings}", count=count)
        if count
        else tr("nothing fails and nothing is in doubt")
    )


def _on_one_line(message: str) -> str:
    """A stored sentence; what it quotes from the print may have lines."""
    return " ".join(stored_text(message).split("\n"))


def _title(finding: Finding) -> str:
    if finding.report_id is None:
        return finding.file_name
    year = year_text(finding.year)
    return f"{finding.agency} {year}  [{finding.report_id}]  {finding.file_name}"


def _label(finding: Finding) -> str:
    match finding.kind:
        case "check":
            severity = class_word("usually" if finding.severity == "usually" else "must")
            word = f"{severity} · {cause_word(finding.cause)}"
        case "cell":
            word = tr("doubtful reading")
        case "problem":
            word = tr("note")
        case "file":
            word = outcome_word(finding.code)
    return f"[{word}]"


def _row(finding: Finding) -> tuple[object, ...]:
    place = finding.places[0] if finding.places else None
    box = place.box if place else None
    return (
        finding.kind,
        finding.code,
        finding.severity,
        finding.cause,
        finding.report_id,
        finding.agency,
        finding.year,
        finding.file_name,
        place.page if place else None,
        *(box or (None,) * 4),
        "; ".join(map(str, finding.places)),
        finding.message,
    )


def _write(text: str) -> None:
    sys.stdout.write(escape_controls(text) + "\n")
