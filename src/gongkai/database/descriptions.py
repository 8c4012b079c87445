"""What a database holds of a family, whatever its reports: statements and rows, ready to run.

Compiling the views of a family takes 0.3 s of CPU. So the result is kept from one run to the next
(``gongkai.kept``), one file for each family and kind of database. A file counts only for the same
data of the family, the same code and the same SQLAlchemy; otherwise it is written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, ExecutableDDLElement

from gongkai.database.stored_panel import COMPUTED_SUFFIX, create_panel
from gongkai.database.versions import code_digest
from gongkai.kept import keep, kept

if TYPE_CHECKING:
    from gongkai.database.wide import Select, WideView
    from gongkai.families.family import Family


class Description(msgspec.Struct, frozen=True):
    """The views and the dictionary of a family."""

    statements: list[str]  # create the views and the table of the panel
    names: list[str]  # of the views and the table, those that depend on others first
    panel: str | None  # the table of the panel
    entries: dict[str, list[dict[str, Any]]]  # rows of its dictionary, by table
    columns: list[dict[str, Any]]  # the descriptions of all columns
    codes: list[dict[str, Any]]  # the words for all codes


def described(family: Family, dialect: sa.Dialect) -> Description:
    """The description of a family: kept by this process, else from the cache, else made."""
    make: Callable[[], sa.Dialect] = type(dialect)
    return _described(family, make)


@lru_cache(maxsize=8)
def _described(family: Family, dialect: Callable[[], sa.Dialect]) -> Description:
    database = dialect().name
    version = f"{family.digest} {code_digest()} {database} {sa.__version__}"
    name = f"{family.name}-{database}.views"
    if (content := kept(name, version)) is not None:
        return msgspec.msgpack.decode(content, type=Description)
    made = describe(family, dialect)
    keep(name, version, msgspec.msgpack.encode(made))
    return made


def describe(family: Family, dialect: Callable[[], sa.Dialect]) -> Description:
    """Compile the views of a family and collect its dictionary."""
    from gongkai.database import catalogue, dictionary
    from gongkai.database.check_dictionary import check_entries
    from gongkai.database.wide import wide_views
    from gongkai.families.measures import read_measures

    measures = read_measures(family)
    views = list(wide_views(measures))
    entries: dict[str, tuple[Any, ...]] = {
        "fields": dictionary.field_entries(measures),
        "rates": dictionary.rate_entries(measures),
        "metrics": dictionary.metric_entries(measures),
        "check_rules": tuple(check_entries(measures)),
    }
    creations = [each for wide in views for each in _creations(wide)]
    return Description(
        statements=[
            str(ddl.compile(dialect=dialect())) for _, statements in creations for ddl in statements
        ],
        names=[name for name, _ in reversed(creations)],
        panel=next((wide.name for wide in views if wide.is_stored), None),
        entries={
            table: [
                {"family": family.name, "position": position, **asdict(entry)}
                for position, entry in enumerate(each)
            ]
            for table, each in entries.items()
        },
        columns=[_plain(row) for row in catalogue.catalogue_rows(measures, views)],
        codes=catalogue.code_rows(),
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without SQLAlchemy's own kind of text, which the file cannot hold."""
    return {k: str(v) if isinstance(v, str) else v for k, v in row.items()}


def _creations(wide: WideView) -> Iterator[tuple[str, list[ExecutableDDLElement]]]:
    """The names of what a wide view consists of, each with the statements that create it."""
    from gongkai.database.wide import chinese_view

    def view(name: str, select: Select) -> tuple[str, list[ExecutableDDLElement]]:
        return name, [CreateView(select, name, metadata=sa.MetaData())]

    if wide.is_stored:
        yield view(f"{wide.name}{COMPUTED_SUFFIX}", wide.select)
        yield wide.name, create_panel(wide.name, wide.select)
    else:
        yield view(wide.name, wide.select)
    yield view(wide.name_zh, chinese_view(wide))
