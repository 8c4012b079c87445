"""Explanations of the codes in the database, in the current language."""

from __future__ import annotations

from typing import get_args

from gongkai.database.vocabulary import vocabulary, word_of
from gongkai.language import tr
from gongkai.model import ReportStatus, Severity

STATUSES: tuple[ReportStatus, ...] = get_args(ReportStatus)  # the best first


def status_word(status: ReportStatus) -> str:
    """The status of a report in a word or two."""
    return word_of("status", status)


def status_meaning(status: ReportStatus) -> str:
    """What the status of a report means."""
    return vocabulary()["status"][status].meaning


def status_text(status: ReportStatus) -> str:
    """The status of a report, and what it means."""
    return tr("{status}: {meaning}", status=status_word(status), meaning=status_meaning(status))


def cause_word(cause: str | None) -> str:
    """Whether the print or the reading makes a check fail."""
    return word_of("cause", cause) if cause else tr("cause unknown")


def class_word(severity: Severity) -> str:
    """Whether a check must hold, or usually does."""
    return word_of("class", severity)


def outcome_word(outcome: str) -> str:
    """What became of a file."""
    return word_of("files.outcome", outcome)


def year_text(year: int | None) -> str:
    """The year that a report is about."""
    return tr("{year}", year=year) if year else tr("year unknown")
