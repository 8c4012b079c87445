"""The location of a database: a SQLite file, or the URL of a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.errors import UsageError
from gongkai.language import tr

if TYPE_CHECKING:
    import sqlalchemy as sa

COPY_SUFFIX = ".jsonl"  # of the copy of decisions
_SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class Server:
    """The URL of a PostgreSQL database, ``postgresql://user@host/database``, with libpq options.

    ``str`` leaves the password out, for messages.
    """

    url: str

    def parsed(self) -> sa.URL:
        """The URL with the name of the driver. Raises UsageError if it is not a URL."""
        # imported here: files do without SQLAlchemy, which takes a third of a second
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            url = make_url(self.url)
        except (ArgumentError, ValueError) as error:
            raise UsageError(
                tr("not a database URL: write postgresql://user@host/database")
            ) from error
        return url.set(drivername="postgresql+psycopg")

    def __str__(self) -> str:
        url = self.parsed().set(drivername="postgresql").difference_update_query(["password"])
        return url.render_as_string(hide_password=True)

    @property
    def stem(self) -> str:
        """The name of the database, like ``Path.stem``."""
        return self.parsed().database or "postgresql"


DatabaseLocation = Path | Server


def decisions_copy(db: Path) -> Path:
    """The file beside a database that has a copy of every decision (decisions/backup.py)."""
    return db.with_name(f"{db.name}-decisions{COPY_SUFFIX}")


def parse_location(db: str | Path | Server) -> DatabaseLocation:
    """Parse a file name or PostgreSQL URL. Raises UsageError for any other URL."""
    if not isinstance(db, str):
        return db
    scheme, separator, _ = db.partition("://")
    if not separator:
        return Path(db)
    if scheme not in _SCHEMES:
        raise UsageError(
            tr(
                "{scheme}:// is not a database: name a file or postgresql://host/database",
                scheme=scheme,
            )
        )
    server = Server(f"postgresql://{db.partition('://')[2]}")
    server.parsed()
    return server
