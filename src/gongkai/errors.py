"""Everything gongkai raises on purpose.

GongkaiError
├── UsageError              the call is wrong: a path that is missing, an option that cannot be
├── FamilyError           a folder of pipelines/ does not hold together; names file and line
├── SourceError             one source file cannot be used; ``outcome`` says how it is booked
│   ├── UnreadableFile      outcome "unreadable": not a PDF, empty, cut off, locked, dishonest
│   │   └── OcrMissing      it is a picture, and what reads pictures is not installed
│   ├── NotAReport          outcome "not_a_report": read, but no report of this family in it
│   └── ReaderFailed        outcome "failed": a fault of ours (time, memory, crash)
└── DatabaseError           the database cannot be used; the message says what to do
    ├── NotADatabase        the file is something else
    ├── DatabaseBusy        another process holds it
    ├── DatabaseTooNew      written by a later gongkai
    └── QueryRefused        the statement would write, or is wrong
"""

from __future__ import annotations

from gongkai.model import Outcome


class GongkaiError(Exception):
    """The base of all errors that gongkai raises on purpose."""


class UsageError(GongkaiError):
    """The call is wrong."""


class FamilyError(GongkaiError):
    """The knowledge in a pipeline folder does not hold together."""


class SourceError(GongkaiError):
    """One source file cannot be used."""

    outcome: Outcome = "failed"


class UnreadableFile(SourceError):
    """No honest text is to be had from the file."""

    outcome: Outcome = "unreadable"


class OcrMissing(UnreadableFile):
    """A page is a picture, and the packages that read pictures are not installed."""


class NotAReport(SourceError):
    """The file was read, but holds no report of the pipeline's family."""

    outcome: Outcome = "not_a_report"


class ReaderFailed(SourceError):
    """A fault of ours: a crash, a time or memory limit."""

    outcome: Outcome = "failed"


class DatabaseError(GongkaiError):
    """The database cannot be used."""


class NotADatabase(DatabaseError):
    """The file is not a gongkai database."""


class DatabaseBusy(DatabaseError):
    """Another process holds the database."""


class DatabaseTooNew(DatabaseError):
    """The database was written by a later version of gongkai."""


class QueryRefused(DatabaseError):
    """The statement would write, or is wrong."""
