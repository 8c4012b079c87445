"""Explanations of the codes in the database, in the current language."""

from __future__ import annotations

from gongkai.language import tr, tr_noop
from gongkai.model import ReportStatus, Severity

STATUSES: dict[ReportStatus, tuple[str, str]] = {  # in a word or two, and what it means
    "proved": (tr_noop("proved"), tr_noop("everything was read, and numbers and names are proved")),
    "print_fault": (
        tr_noop("fault of the print"),
        tr_noop("the numbers are read right, but the report contradicts itself"),
    ),
    "doubtful": (tr_noop("doubtful"), tr_noop("some readings are uncertain")),
    "incomplete": (tr_noop("incomplete"), tr_noop("a table that should be there is missing")),
}
_CAUSES: dict[str, str] = {
    "print": tr_noop("printed so"),
    "reading": tr_noop("perhaps misread"),
}
_CLASSES: dict[Severity, str] = {
    "must": tr_noop("must hold"),
    "usually": tr_noop("usually holds"),
}
_OUTCOMES: dict[str, str] = {
    "loaded": tr_noop("loaded"),
    "unreadable": tr_noop("unreadable"),
    "not_a_report": tr_noop("not a report of a known family"),
    "failed": tr_noop("reading did not finish"),
}


def status_word(status: ReportStatus) -> str:
    """The status of a report in a word or two."""
    return tr(STATUSES[status][0])


def status_text(status: ReportStatus) -> str:
    """The status of a report, and what it means."""
    word, meaning = STATUSES[status]
    return tr("{status}: {meaning}", status=tr(word), meaning=tr(meaning))


def cause_word(cause: str | None) -> str:
    """Whether the print or the reading makes a check fail."""
    return tr(_CAUSES[cause]) if cause else tr("cause unknown")


def class_word(severity: Severity) -> str:
    """Whether a check must hold, or usually does."""
    return tr(_CLASSES[severity])


def outcome_word(outcome: str) -> str:
    """What became of a file."""
    return tr(_OUTCOMES[outcome])


def year_text(year: int | None) -> str:
    """The year that a report is about."""
    return tr("{year}", year=year) if year else tr("year unknown")
