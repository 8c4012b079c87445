"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gongkai import __version__
from gongkai.cli.formats import ExportFormat, Format, Language, OcrChoice

app = typer.Typer(
    name="gongkai",
    help="Chinese government annual reports on open information, from PDF to a proved, "
    "queryable SQLite database.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BUILT_IN = "ogi-annual-report"  # equals families.folders.BUILT_IN, which `query` need not import


def _located(db: str) -> Any:
    from gongkai.database.locations import located  # here: --version needs no database

    return located(db)


Database = Annotated[
    Any,  # a Location
    typer.Option(
        "--db",
        metavar="FILE|URL",
        parser=_located,
        help="The database: a SQLite file, or postgresql://user@host/database.",
    ),
]
Family = Annotated[
    str, typer.Option(metavar="NAME", help="A built-in pipeline, or a folder of one's own.")
]
Formats = Annotated[
    Format | None,
    typer.Option("--format", help="By default a table on a terminal, CSV into a pipe."),
]
DEFAULT_DB = "gongkai.db"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gongkai {__version__}")
        raise typer.Exit


@app.callback()
def _gongkai(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="PDF files, folders of them, URLs, or @list.txt with paths."
        ),
    ],
    db: Database = DEFAULT_DB,
    pipeline: Family = BUILT_IN,
    workers: Annotated[
        int | None,
        typer.Option(min=0, help="Reading processes; by default one a core, 0 for none."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="A dask cluster that reads: tcp://host:8786.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds a file may take.")] = 120.0,
    max_memory: Annotated[
        float, typer.Option(min=0.25, metavar="GB", help="Memory a reading process may hold.")
    ] = 1.5,
    force: Annotated[bool, typer.Option("--force", help="Read known files again.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Digest known files, whatever their size and time.")
    ] = False,
    ocr: Annotated[
        OcrChoice, typer.Option(help="Pages read from their picture: those without honest text.")
    ] = OcrChoice.AUTO,
    ocr_text: Annotated[
        bool, typer.Option("--ocr-text/--no-ocr-text", help="Of such pages the prose, too.")
    ] = True,
) -> None:
    """Read reports into a database: a SQLite file, or PostgreSQL by its URL.

    The database is made where it is missing. A file that was read before and has not changed
    is not read again. Exit status: 0 when every file is in the database, 1 when some file could
    not be read (the others are loaded), 2 for wrong use.

    \b
    Examples:
      gongkai ingest reports/ --db gongkai.db
      gongkai ingest s3://bucket/2023 --db postgresql://me@host/reports
    """
    from gongkai.cli.ingesting import run

    raise typer.Exit(
        run(
            paths,
            db,
            pipeline=pipeline,
            workers=workers,
            scheduler=scheduler,
            timeout=timeout,
            max_memory=max_memory,
            force=force,
            verify=verify,
            ocr=ocr.value,
            ocr_text=ocr_text,
        )
    )


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT statement.")],
    db: Database = DEFAULT_DB,
    output: Formats = None,
) -> None:
    """Ask the database in SQL. It is opened read-only.

    \b
    Examples:
      gongkai query "SELECT agency, year, status FROM reports"
      gongkai query "SELECT * FROM checks WHERE status = 'fail'" --format json
    """
    from gongkai.cli.formats import write_rows
    from gongkai.queries.sql import query as run_query

    with run_query(db, sql) as result:
        write_rows(result.columns, result.rows, output)


@app.command()
def show(
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="An id, an agency, or agency and year.")
    ],
    db: Database = DEFAULT_DB,
    full: Annotated[bool, typer.Option("--full", help="The whole text of each section.")] = False,
) -> None:
    """Show one report: text, tables, and what does not add up.

    \b
    Examples:
      gongkai show 1
      gongkai show "吴忠市公安局 2019" --full
    """
    from gongkai.cli.showing import show_report
    from gongkai.queries import report_loader

    show_report(report_loader.show(db, report), full=full)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="All of them.")],
    db: Database = DEFAULT_DB,
    limit: Annotated[int, typer.Option(min=1, help="Paragraphs shown.")] = 20,
    year: Annotated[int | None, typer.Option(help="Only reports on this year.")] = None,
    output: Formats = None,
) -> None:
    """Find paragraphs by words, best first.

    Each word is found as it is written, names and words of two characters too; words apart
    by spaces must all stand in the paragraph. Hits are marked 【…】.

    \b
    Examples:
      gongkai search 政务新媒体
      gongkai search 培训 人次 --year 2023 --format csv
    """
    from gongkai.cli.searching import show_hits
    from gongkai.queries import search as searching

    show_hits(searching.search(db, " ".join(words), limit=limit, year=year), output)


@app.command()
def check(
    report: Annotated[
        str | None, typer.Argument(metavar="[REPORT]", help="Only this one, as for show.")
    ] = None,
    db: Database = DEFAULT_DB,
    output: Annotated[
        Format | None, typer.Option("--format", help="Rows instead of a list for reading.")
    ] = None,
    stats: Annotated[
        bool, typer.Option("--stats", help="How often each further reader was asked.")
    ] = False,
) -> None:
    """List what fails or is in doubt, with page and place.

    Places are boxes (x0, top, x1, bottom) in PDF points from the page's top left corner.
    With --stats: which further readers were asked, for which table, and what they settled.

    \b
    Examples:
      gongkai check
      gongkai check "洪泽区 2023" --format csv
      gongkai check --stats
    """
    from gongkai.cli.checking import list_findings, list_stats
    from gongkai.queries import findings

    if stats:
        list_stats(findings.stats(db), output)
    else:
        list_findings(findings.check(db, report), output)


@app.command()
def proof(
    report: Annotated[
        str, typer.Argument(metavar="REPORT", help="An id, an agency, or agency and year.")
    ],
    pdf_root: Annotated[
        Path,
        typer.Option("--pdf-root", metavar="DIR", help="The folder that holds the PDF files."),
    ],
    field: Annotated[
        str | None,
        typer.Argument(metavar="[FIELD]", help="Only this number, named as in `gongkai fields`."),
    ] = None,
    db: Database = DEFAULT_DB,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The page (proof.html), or a number's .png."
        ),
    ] = None,
    pipeline: Family = BUILT_IN,
) -> None:
    """Show a report to a doubter: the print beside what was read from it.

    One HTML file that needs nothing else and no network: the pages as pictures with every cell
    outlined, the tables as read, and first what does not add up. With FIELD: that number as
    text with its place and its sums and, into the file named, a picture of its row. The PDF is
    looked for below DIR only, and must be the very file that was read.

    \b
    Examples:
      gongkai proof "吴忠市公安局 2019" --pdf-root reports -o proof.html
      gongkai proof 1 applications.received_new.total --pdf-root reports -o number.png
    """
    from gongkai.cli.proving import run

    run(db, report, field, pdf_root, output, pipeline)


@app.command()
def fields(
    pipeline: Family = BUILT_IN,
    rates: Annotated[
        bool, typer.Option("--rates", help="The rates of the panel, with their formulas.")
    ] = False,
    output: Formats = None,
) -> None:
    """Show the dictionary of the official forms.

    Every number of every form, with its canonical name, in Chinese and English; or every rate.

    \b
    Examples:
      gongkai fields --format csv > fields.csv
      gongkai fields --rates --format md
    """
    from dataclasses import astuple
    from dataclasses import fields as columns_of

    from gongkai.cli.formats import write_rows
    from gongkai.database import dictionary
    from gongkai.families.load import load_family

    known = load_family(pipeline)
    entries = dictionary.rates(known) if rates else dictionary.fields(known)
    line = dictionary.RateEntry if rates else dictionary.Entry
    write_rows([column.name for column in columns_of(line)], map(astuple, entries), output)


@app.command()
def export(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write into.")],
    db: Database = DEFAULT_DB,
    output: Annotated[
        ExportFormat,
        typer.Option("--format", help="A file a table, a workbook, or folders by year."),
    ] = ExportFormat.CSV,
    tables: Annotated[
        list[str] | None,
        typer.Option("--table", metavar="NAME", help="Only this table or view; may be repeated."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Of the column names.")] = Language.EN,
) -> None:
    """Write the database as CSV, an Excel workbook or Parquet.

    Every table that people read, with a datapackage.json that describes each column. CSV opens
    in Excel with Chinese intact; a workbook has a sheet a table; Parquet is parted by year.

    \b
    Examples:
      gongkai export --to out --format xlsx
      gongkai export --to out --table 面板 --table observations
    """
    from gongkai.cli.exporting import run

    run(db, to, output.value, tables, language.value)


@app.command()
def serve(
    db: Database = DEFAULT_DB,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8001,
) -> None:
    """Browse the database in a web browser, read-only.

    Opens Datasette, with every table and column named and described, ready queries, and lists
    to filter by. It needs the extra: pip install "gongkai[serve]".

    \b
    Example:
      gongkai serve --db gongkai.db
    """
    from gongkai.cli.serving import run

    run(db, host, port)


@app.command()
def review(
    pdf_root: Annotated[
        Path,
        typer.Option("--pdf-root", metavar="DIR", help="The folder that holds the PDF files."),
    ],
    db: Database = DEFAULT_DB,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides; by default the system's user.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = 8002,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")
    ] = True,
    pipeline: Family = BUILT_IN,
) -> None:
    """Settle what is in doubt, in a web browser, with the print beside it.

    A queue of everything that waits for a person, most valuable first: cells, failing sums,
    rows in strange order, unknown bodies and years. A key each: accept, type what is printed,
    blank, unreadable, a fault of the print, skip, undo. Every decision is kept, its report is
    checked again at once, and it stays in force when the file is read again. Only PDFs below
    DIR are shown. It needs the extra: pip install "gongkai[review]".

    \b
    Example:
      gongkai review --db gongkai.db --pdf-root reports
    """
    from gongkai.cli.reviewing import run

    run(db, pdf_root, who, host, port, browser, pipeline)
