"""Stores a file as several families have read it, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from gongkai.database.connection import database_errors
from gongkai.database.refused_values import VALUE_ERRORS, refuses_value
from gongkai.loaders.ingest_state import FileRecord, Result, Stamp
from gongkai.loaders.writer import Writer


def store_file(
    writers: Mapping[str, Writer],
    path: str,
    sha256: str | None,
    results: Mapping[str, Result],
    stamp: Stamp | None = None,
) -> dict[str, FileRecord]:
    """Store the result of each family, as ``Writer.store`` does; return what is stored.

    The writers share a connection.
    """
    first, *others = (writers[name] for name in results)
    with database_errors(first.database):
        try:
            with first.transaction(*others) as connection:
                new = first.insert_source(connection, path, sha256, stamp)
                return {
                    name: writers[name].store_within(connection, path, sha256, stamp, result, new)
                    for name, result in results.items()
                }
        except VALUE_ERRORS as error:
            if not refuses_value(error):
                raise
    # one by one, so that only the family with the value that the database refuses fails
    return {
        name: writers[name].store(path, sha256, *result, stamp) for name, result in results.items()
    }
