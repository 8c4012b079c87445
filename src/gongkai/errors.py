"""Every error that gongkai raises on purpose.

GongkaiError
├── UsageError              the call is wrong: a missing path, an impossible option
├── FamilyError             a folder of pipelines/ has an error; names file and line
├── SourceError             one source file cannot be used; ``outcome`` goes to the database
│   ├── UnreadableFile      outcome "unreadable": not a PDF, empty, cut off, locked, no usable text
│   │   └── OcrMissing      it needs OCR, and the packages for it are not installed
│   ├── NotAReport          outcome "not_a_report": it holds no report of the family
│   └── ReaderFailed        outcome "failed": an unexpected error, a crash, a time or memory limit
└── DatabaseError           the database cannot be used; the message says what to do
    ├── NotADatabase        the file is something else
    ├── NotWritable         its file or folder cannot be opened, or not be written
    ├── DatabaseBusy        another process has locked it
    ├── DatabaseTooNew      a later version of gongkai wrote it
    └── QueryRefused        the statement would write, or is wrong
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongkai.model import Outcome


class GongkaiError(Exception):
    """The base of every error that gongkai raises on purpose."""


class UsageError(GongkaiError):
    """The call is wrong."""


class FamilyError(GongkaiError):
    """The data files of a family contain an error."""


class SourceError(GongkaiError):
    """One source file cannot be used."""

    outcome: Outcome = "failed"


class UnreadableFile(SourceError):
    """The file is not a PDF, is damaged, or has no usable text."""

    outcome: Outcome = "unreadable"


class OcrMissing(UnreadableFile):
    """A page needs OCR, and the packages for it are not installed.

    ``failed``, so that a report that was read where they are installed stays.
    """

    outcome: Outcome = "failed"


class NotAReport(SourceError):
    """The file was read, but holds no report of the family."""

    outcome: Outcome = "not_a_report"


class ReaderFailed(SourceError):
    """Reading stopped: an error that no reader handles, a crash, a time or memory limit."""

    outcome: Outcome = "failed"

    def __init__(self, reason: str, remote_traceback: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remote_traceback = remote_traceback  # in the process that read the file

    def __reduce__(self) -> tuple[type[ReaderFailed], tuple[str, str | None]]:
        return ReaderFailed, (self.reason, self.remote_traceback)


class DatabaseError(GongkaiError):
    """The database cannot be used."""


class NotADatabase(DatabaseError):
    """The file is not a gongkai database."""


class NotWritable(DatabaseError):
    """The file of the database, or its folder, cannot be opened or written."""


class DatabaseBusy(DatabaseError):
    """Another process has locked the database."""


class DatabaseTooNew(DatabaseError):
    """A later version of gongkai wrote the database."""


class QueryRefused(DatabaseError):
    """The statement would write, or is wrong."""
