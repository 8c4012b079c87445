"""Errors by which a database refuses a value, as opposed to errors of the database itself."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

# Raised by the driver, or before it by the conversion of a value.
VALUE_ERRORS = (exc.StatementError, ArithmeticError, ValueError, IndexError)

# Classes of PostgreSQL's error codes: conversion, data, integrity of the row, limits of its size.
_STATES = ("0A", "22", "23", "54")
_SQLITE_ERRORS = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.ProgrammingError)
_LONGEST = 300  # characters of a reason


def refuses_value(error: BaseException) -> bool:
    """Whether a VALUE_ERROR is due to a value: another value could be stored."""
    if not isinstance(error, exc.DBAPIError):
        return True
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return isinstance(cause, _SQLITE_ERRORS)
    state = getattr(cause, "sqlstate", None)
    # The driver itself refuses some values, without a code.
    return state[:2] in _STATES if state else type(cause).__name__ == "DataError"


def refusal_text(error: BaseException) -> str:
    """The first line of an error as text that every database takes."""
    cause = (error.orig or error) if isinstance(error, exc.StatementError) else error
    line = (str(cause).strip().splitlines() or [""])[0]
    text = f"{type(cause).__name__}: {line}"[:_LONGEST].replace("\x00", "\\x00")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
