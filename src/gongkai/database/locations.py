"""Where a database is: a SQLite file, or a PostgreSQL server by its URL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from gongkai.errors import UsageError

_SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database: ``postgresql://user@host/database``, with libpq's own options.

    As text it has no password, so that it may stand in any message.
    """

    url: str

    def parsed(self) -> sa.URL:
        """The URL with the driver in it. Raises UsageError where it is none."""
        try:
            url = sa.make_url(self.url)
        except (ArgumentError, ValueError) as error:
            raise UsageError("not a database URL: write postgresql://user@host/database") from error
        return url.set(drivername="postgresql+psycopg")

    def __str__(self) -> str:
        url = self.parsed().set(drivername="postgresql").difference_update_query(["password"])
        return url.render_as_string(hide_password=True)

    @property
    def stem(self) -> str:
        """The name of the database, as a file's name without its ending."""
        return self.parsed().database or "postgresql"


DatabaseLocation = Path | Server


def parse_location(db: str | Path | Server) -> DatabaseLocation:
    """What was named: a file, or a server where it is a URL. Raises UsageError for another URL."""
    if not isinstance(db, str):
        return db
    scheme, separator, _ = db.partition("://")
    if not separator:
        return Path(db)
    if scheme not in _SCHEMES:
        raise UsageError(f"{scheme}:// is no database: name a file or postgresql://host/database")
    server = Server(f"postgresql://{db.partition('://')[2]}")
    server.parsed()
    return server
