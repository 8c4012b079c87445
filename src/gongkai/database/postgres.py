"""Open a database on a PostgreSQL server for writing or for reading only.

It behaves like a SQLite file: writing transactions queue up, so that two ingests take turns,
and readers never wait. Needs the extra ``postgres``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateColumn

from gongkai.database import migrations, schema, sqlite_file
from gongkai.database.locations import Server
from gongkai.errors import (
    DatabaseBusy,
    DatabaseError,
    DatabaseTooNew,
    NotADatabase,
    NotWritable,
    UsageError,
)
from gongkai.language import tr

if TYPE_CHECKING:
    import psycopg

# One queue per schema: a database may hold several.
_QUEUE = "SELECT pg_advisory_xact_lock(hashtext('gongkai.' || current_schema()))"
_NUL, _REPLACEMENT = "\x00", "\ufffd"


def open_server_for_writing(
    server: Server, *, busy_timeout: float, durable: bool = False
) -> sa.Engine:
    """Open a database; create gongkai's tables in an empty one, migrate an older one.

    ``busy_timeout`` is in seconds. With ``durable`` each transaction is on the server's disk
    when it ends, even if the server's default is otherwise. Raises NotADatabase, DatabaseBusy,
    DatabaseTooNew, or DatabaseError if the server cannot be reached or the user may not write.
    """
    engine = _engine(server, pool_size=1)
    wait = f"SET lock_timeout = {round(busy_timeout * 1000)}"

    @event.listens_for(engine, "connect")
    def connected(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.execute(wait)
        if durable:
            connection.execute("SET synchronous_commit = on")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(_QUEUE)

    try:
        with engine.begin() as connection:
            _check_version(server, connection, allow_empty=True)
            migrations.create_or_migrate(connection)
            connection.execute(sa.delete(schema.report).where(sa.false()))  # may this user write?
    except exc.DBAPIError as error:
        engine.dispose()
        raise server_error(server, error.orig) from error
    except DatabaseError:
        engine.dispose()
        raise
    return engine


def open_server_for_reading(server: Server, *, busy_timeout: float) -> sa.Engine:
    """Open a database for reading; an older one is migrated first.

    Raises what open_server_for_writing raises, and DatabaseError if it is empty.
    """
    engine = _engine(
        server,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",  # all queries of a command see one snapshot
        execution_options={"postgresql_readonly": True},
    )
    try:
        with engine.connect() as connection:
            version = _check_version(server, connection, allow_empty=False)
    except exc.DBAPIError as error:
        raise server_error(server, error.orig) from error
    if version is not None and version < sqlite_file.SCHEMA_VERSION:
        open_server_for_writing(server, busy_timeout=busy_timeout).dispose()
    return engine


def server_error(server: Server, error: BaseException | None) -> DatabaseError:
    """Convert an error of the server or the connection into a DatabaseError of one sentence."""
    state = getattr(error, "sqlstate", None) or ""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    text = lines[0]
    match state[:2], state:
        case _, "55P03" | "40P01":
            return DatabaseBusy(
                tr("{server} is locked by another process: wait, then try again", server=server)
            )
        case _, "53100":
            return DatabaseError(
                tr("{server} cannot grow, its disk is full: make room, ingest again", server=server)
            )
        case _, "25006" | "42501":
            return NotWritable(
                tr("this user may not write to {server}: {text}", server=server, text=text)
            )
        case _, "2BP01":
            return DatabaseError(
                tr(
                    "{server}: one of your own views depends on gongkai's views, which must be "
                    "replaced ({names}): drop it, and create it again afterwards",
                    server=server,
                    names="; ".join(lines[:2]),
                )
            )
        case "28", _:
            return DatabaseError(tr("{server} refuses this user: {text}", server=server, text=text))
        case _, "3D000":
            return DatabaseError(
                tr("{server} does not exist: create it with createdb", server=server)
            )
        case "08" | "57", _:
            return DatabaseError(
                tr(
                    "connection to {server} lost: {text}: check the server, ingest again",
                    server=server,
                    text=text,
                )
            )
        case _, "":
            return DatabaseError(
                tr(
                    "{server} cannot be reached: {text}: check URL and server",
                    server=server,
                    text=text,
                )
            )
    return DatabaseError(f"{server}: {text}")


def _engine(server: Server, **options: Any) -> sa.Engine:
    try:
        engine = sa.create_engine(server.parsed(), **options)
    except ModuleNotFoundError as error:
        raise UsageError(tr('PostgreSQL needs psycopg: pip install "gongkai[postgres]"')) from error

    @event.listens_for(engine, "connect")
    def connected(connection: psycopg.Connection[Any], _record: object) -> None:
        _adapt(connection)

    return engine


@compiles(CreateColumn, "postgresql")
def _bytewise(create: CreateColumn, compiler: Any, **kw: Any) -> str:
    """Compare and sort text by bytes, as SQLite does, in any locale of the server."""
    ddl: str = compiler.visit_create_column(create, **kw)
    if isinstance(create.element.type, sa.Text):
        return ddl.replace(" TEXT", ' TEXT COLLATE "C"', 1)
    return ddl


def _adapt(connection: psycopg.Connection[Any]) -> None:
    """Load whole numbers as int, as SQLite does; replace NUL, which PostgreSQL cannot store."""
    from psycopg.adapt import Buffer, Loader
    from psycopg.types.string import StrDumper

    class Number(Loader):
        def load(self, data: Buffer) -> int | Decimal:
            digits = bytes(data).decode("ascii")
            return int(digits) if digits.lstrip("-").isdecimal() else Decimal(digits)

    class Text(StrDumper):
        def dump(self, obj: str) -> Buffer | None:
            return super().dump(obj.replace(_NUL, _REPLACEMENT))

    connection.adapters.register_loader("numeric", Number)
    connection.adapters.register_dumper(str, Text)


def _check_version(server: Server, connection: sa.Connection, *, allow_empty: bool) -> int | None:
    """The version of the schema; raises NotADatabase for other databases, or DatabaseTooNew."""
    version = migrations.stored_version(connection)
    if version is None:
        if sa.inspect(connection).get_table_names():
            raise NotADatabase(
                tr(
                    "{server} is not a gongkai database: name an empty one, or an empty schema by "
                    "?options=-csearch_path%3DNAME",
                    server=server,
                )
            )
        if not allow_empty:
            raise DatabaseError(
                tr("{server} is empty: fill it with `gongkai ingest`", server=server)
            )
    elif version > sqlite_file.SCHEMA_VERSION:
        raise DatabaseTooNew(
            tr("{db} was {what}", db=server, what=sqlite_file.too_new_message(version))
        )
    return version
