"""The proof of one number as text, for the terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.language import tr
from gongkai.proof import describe
from gongkai.proof.prove import NumberProof
from gongkai.render.messages import year_text
from gongkai.render.stored_texts import stored_text


def number_heading(number: NumberProof) -> str:
    """The body and year of the report."""
    report = number.evidence.stored.report
    return f"{report.agency} {year_text(report.year)}"


def number_facts(number: NumberProof) -> Iterator[tuple[str, str]]:
    """What is known of one number, each with its name: value, place, reader, sums and origin."""
    stored, origin = number.evidence.stored, number.evidence.origin
    for cell in number.cells:
        seen = cell.observation
        yield tr("field"), f"{describe.full_label(cell)} ({seen.key})"
        yield tr("value"), describe.value_text(cell)
        yield tr("printed"), f"“{describe.printed_text(seen)}”"
        yield tr("status"), describe.status_reason(cell)
        if needed := describe.implied_value_note(seen):
            yield tr("implied"), needed
        yield tr("place"), describe.location(seen)
        yield tr("labels"), describe.printed_labels(seen)
        yield tr("reader"), describe.reader_name(seen)
        if cell.decided:
            yield tr("decided"), describe.decision_note(cell)
        for place in cell.checks:
            check = stored.report.checks[place]
            sign, word = describe.CHECK_SYMBOL[check.status], describe.check_word(check.status)
            yield tr("check"), f"{sign} {word}  {stored_text(check.message)} ({check.check_id})"
    yield tr("file"), tr("{file}, SHA-256 {digest}", file=stored.file_name, digest=origin.sha256)
    read_by = tr(
        "gongkai {version} ({digest}), family {family} ({family_digest})",
        version=origin.code_version,
        digest=origin.code_digest,
        family=number.evidence.family.title_in_language,
        family_digest=origin.pipeline_digest,
    )
    yield tr("read by"), read_by
