"""Serve a database with Datasette, with descriptions and facets. Needs the extra ``serve``."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gongkai.database import dictionary_tables, schema
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import Server, parse_location
from gongkai.errors import UsageError
from gongkai.families.folders import pipelines_folder
from gongkai.language import tr
from gongkai.serve.datasette_csv import FormulaSafeCsv

# Columns by which Datasette offers to filter, if the table has them.
_FACETS = ("year", "status", "form", "level", "province", "sector", "年度", "状态", "表式", "层级",
           "省", "领域", "state", "class", "cause", "outcome", "row_id", "事项")  # fmt: skip
_MAX_FACETS = 6
_QUERIES = "queries.toml"
_WIDE = 12  # columns of a wide view
_MANY_REPORTS = 2_000  # with more, a facet of a wide view takes seconds: none by default
_SETTINGS = {
    "sql_time_limit_ms": 10_000,
    "facet_time_limit_ms": 2_000,
    "max_returned_rows": 5_000,
    "default_facet_size": 8,
    "suggest_facets": False,  # would run one query per column
    "allow_download": False,
    "allow_csv_stream": False,  # `gongkai export` writes whole tables
}

# Datasette's own pages have styles and scripts in the text.
_POLICY = (
    "default-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class ReadyQuery:
    """A prepared query with its titles."""

    name: str
    title_en: str
    title_zh: str
    sql: str


def ready_queries(families: Iterable[str]) -> tuple[ReadyQuery, ...]:
    """The prepared queries for a database with reports of the given built-in families."""
    folders = [pipelines_folder() / name for name in families]
    found = [folder.joinpath(_QUERIES) for folder in (files("gongkai.serve"), *folders)]
    texts = [file.read_text(encoding="utf-8") for file in found if file.is_file()]
    return tuple(
        ReadyQuery(**{**line, "sql": line["sql"].strip()})
        for text in texts
        for line in _parsed(text)
    )


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
    for line in lines:
        table = tables[line.table_name]
        text = f"{line.description_en} {line.description_zh}".strip()
        if not line.column_name:
            both = dict.fromkeys((line.table_name, line.name_zh))
            table |= {"title": " ".join(both), "description": text}
            table |= {"columns": {}, "sortable_columns": []}
        else:
            unit = f" ({line.unit})" if line.unit else ""
            table["columns"][line.column_name] = f"{line.name_zh}: {text}{unit}"
            table["sortable_columns"].append(line.column_name)
    for table in tables.values():
        facets = [name for name in _FACETS if name in table["columns"]]
        if facets and not (many and len(table["columns"]) > _WIDE):
            table["facets"] = facets[:_MAX_FACETS]
    for name in names:
        if name not in tables:
            tables[name] = {"hidden": True}
    return {
        "title": "政府公开报告 · Published Chinese government reports",
        "description": "Read by gongkai from published reports. A blank is not a 0; status says "
        "how far a report is proved. 空格不是 0；状态说明核实的程度。",
        "extra_css_urls": ["/assets/desk.css"],
        "databases": {
            db.stem: {
                "tables": dict(tables),
                "queries": {
                    query.name: {"title": f"{query.title_zh} · {query.title_en}", "sql": query.sql}
                    for query in ready_queries(sorted(families))
                },
            }
        },
    }


def serve(
    db: str | Path | Server,
    host: str = "127.0.0.1",
    port: int = 8001,
    *,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a database to browsers until interrupted; the database is opened read-only.

    ``port`` 0 selects a free port. ``ready`` is called with the link once the server listens; it
    contains a token, without which nothing is shown.
    Raises UsageError if Datasette is not installed, the address is in use, or the database is
    on a PostgreSQL server; and DatabaseError.
    """
    path = parse_location(db)
    if isinstance(path, Server):
        raise UsageError(
            tr(
                "serve opens SQLite files, not {path}: ingest into a file, or use `gongkai query`",
                path=path,
            )
        )
    metadata = datasette_metadata(path)
    try:
        from datasette.app import Datasette

        from gongkai.serve.guarded import listen, run_guarded
    except ModuleNotFoundError as error:
        raise UsageError(tr('serve needs Datasette: pip install "gongkai[serve]"')) from error
    with listen(host, port) as listener, as_file(files("gongkai.serve").joinpath("static")) as own:
        site = Datasette(
            [str(path)],
            metadata=metadata,
            settings=_SETTINGS,
            static_mounts=[("assets", str(own))],
        )
        app = FormulaSafeCsv(site.app())
        run_guarded(app, listener, host, policy=_POLICY, ready=ready)


def _parsed(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads(text)["query"]
    return found
