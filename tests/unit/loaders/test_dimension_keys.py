"""Repeated values are stored once, under ids that stay valid after a rollback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.connection import open_for_writing
from gongkai.loaders.dimension_keys import DimensionKeys
from gongkai.model import CheckKey


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    opened = open_for_writing(tmp_path / "gongkai.db")
    yield opened
    opened.dispose()


def test_equal_values_have_one_id(engine: sa.Engine) -> None:
    keys = DimensionKeys()
    with engine.begin() as connection:
        assert keys.terms(connection, ["行", "列", "行"]) == [1, 2, 1]
        fields = [keys.field(connection, ("applications", "granted", name)) for name in "ab"]
        assert keys.set_of(connection, fields) == keys.set_of(connection, fields) == 1
        assert keys.set_of(connection, fields[::-1]) == 2  # the order of cells counts
    with engine.begin() as connection:
        assert DimensionKeys().term(connection, "列") == 2  # read from the database


def test_a_check_is_stored_with_its_parts_and_its_id(engine: sa.Engine) -> None:
    keys = DimensionKeys()
    with engine.begin() as connection:
        parts = ("applications", "row_total", "granted")
        assert keys.checks(connection, [parts, ("applications", "complete", ""), parts]) == [
            1,
            2,
            1,
        ]
        assert keys.check(connection, CheckKey(*parts)) == 1
        stored = connection.execute(sa.select(schema.check_key)).all()
    assert [tuple(row) for row in stored] == [
        (1, "applications.row_total.granted", "applications", "row_total", "granted"),
        (2, "applications.complete", "applications", "complete", ""),
    ]


def test_ids_of_a_rollback_are_forgotten(engine: sa.Engine) -> None:
    keys = DimensionKeys()
    with engine.connect() as connection:
        with connection.begin() as transaction:
            keys.term(connection, "作废")
            transaction.rollback()
        keys.clear()
        with connection.begin():
            assert keys.terms(connection, ["新", "作废"]) == [1, 2]
            assert (
                connection.scalar(sa.select(schema.term.c.text).where(schema.term.c.id == 2))
                == "作废"
            )
