"""Datasette on a database: with descriptions, facets and ready queries."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pluggy import HookimplMarker

from gongkai.database import dictionary_tables, schema
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.language import current_language, tr
from gongkai.serve.datasette_csv import FormulaSafeCsv
from gongkai.serve.questions import ready_queries

if TYPE_CHECKING:
    from starlette.types import ASGIApp

hookimpl = HookimplMarker("datasette")

# Columns by which Datasette offers to filter, if the table has them.
_FACETS = ("year", "status", "form", "level", "province", "sector", "年度", "状态", "表式", "层级",
           "省", "领域", "state", "class", "cause", "outcome", "row_id", "事项")  # fmt: skip
_MAX_FACETS = 6
_WIDE = 12  # columns of a wide view
_MANY_REPORTS = 2_000  # with more, a facet of a wide view takes seconds: none by default
_PERMISSION_KEYS = ("tables", "allow", "allow_sql")
_SETTINGS = {
    "sql_time_limit_ms": 10_000,
    "facet_time_limit_ms": 2_000,
    "max_returned_rows": 5_000,
    "default_facet_size": 8,
    "suggest_facets": False,  # would run one query per column
    "allow_download": False,
    "allow_csv_stream": False,  # `gongkai export` writes whole tables
}


def datasette_metadata(db: Path) -> dict[str, Any]:
    """Datasette's metadata for a database: titles, descriptions and facets of all tables."""
    engine = open_for_reading(db)
    described = dictionary_tables.columns
    tables: dict[str, dict[str, Any]] = defaultdict(dict)
    with database_errors(db), engine.connect() as connection:
        lines = connection.execute(
            sa.select(described).order_by(described.c.table_name, described.c.position)
        ).all()
        inspector = sa.inspect(connection)
        names = [*inspector.get_table_names(), *inspector.get_view_names()]
        reports = sa.select(sa.func.count()).select_from(schema.report)
        many = (connection.scalar(reports) or 0) > _MANY_REPORTS
        families = connection.scalars(sa.select(schema.report.c.family).distinct()).all()
    chinese = current_language() == "zh"
    for line in lines:
        table = tables[line.table_name]
        text = line.description_zh if chinese else line.description_en
        if not line.column_name:
            own = (line.table_name, line.name_zh) if chinese else (line.table_name,)
            table |= {"title": " ".join(dict.fromkeys(own)), "description": text}
            table |= {"columns": {}, "sortable_columns": []}
        else:
            name = f"{line.name_zh}：" if chinese else ""
            unit = f" ({line.unit})" if line.unit else ""
            table["columns"][line.column_name] = f"{name}{text}{unit}"
            table["sortable_columns"].append(line.column_name)
    for table in tables.values():
        facets = [name for name in _FACETS if name in table["columns"]]
        if facets and not (many and len(table["columns"]) > _WIDE):
            table["facets"] = facets[:_MAX_FACETS]
    for name in names:
        if name not in tables:
            tables[name] = {"hidden": True}
    return {
        "title": tr("Published government reports"),
        "description": tr(
            "A blank is not a 0. The status says how far the numbers of a report are proved."
        ),
        "extra_css_urls": ["/assets/desk.css"],
        "databases": {
            db.stem: {
                "tables": dict(tables),
                "queries": {
                    query.name: {
                        "title": query.title,
                        "sql": query.sql_in_language,
                        "hide_sql": True,
                    }
                    for query in ready_queries(sorted(families))
                },
            }
        },
    }


@contextlib.contextmanager
def tables_app(db: Path, plugins: Sequence[object] = ()) -> Iterator[ASGIApp]:
    """Datasette on a database; ``plugins`` are in force within the ``with`` block."""
    from datasette.app import Datasette
    from datasette.plugins import pm

    with contextlib.ExitStack() as stack:
        # With rich, Datasette prints a traceback and all variables for each wrong address.
        errors = pm.get_plugin("datasette.handle_exception")
        stack.callback(setattr, errors, "rich", errors.rich)
        errors.rich = None
        for plugin in (_Descriptions(datasette_metadata(db)), *plugins):
            pm.register(plugin)
            stack.callback(pm.unregister, plugin)
        static = stack.enter_context(as_file(files("gongkai.serve").joinpath("static")))
        site = Datasette(
            [str(db)],
            settings=_SETTINGS,
            static_mounts=[("assets", str(static))],
        )
        yield FormulaSafeCsv(site.app())


class _Descriptions:
    """A plugin of Datasette that gives the metadata, except where permissions are looked up.

    There are none, and for each table of a page Datasette would copy the metadata of all tables:
    8 s for 150 tables.
    """

    __name__ = "gongkai_descriptions"  # Datasette asks plugins for it

    def __init__(self, metadata: dict[str, Any]) -> None:
        self._metadata = metadata

    @hookimpl
    def get_metadata(self, key: str | None) -> dict[str, Any]:
        """The metadata, or nothing."""
        return {} if key in _PERMISSION_KEYS else self._metadata
