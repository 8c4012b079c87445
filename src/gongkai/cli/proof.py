"""`gongkai proof`: the evidence for a report as a page, or for one number as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption, StoredFamilyOption
from gongkai.cli.outputs import written
from gongkai.cli.streams import print_safely, say
from gongkai.errors import UsageError
from gongkai.language import tr, tr_noop

_PAGE, _PICTURE = (".html", ".htm"), (".png",)


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
        typer.Argument(metavar="FIELD", help="Only this number, named as in `gongkai fields`."),
    ] = None,
    db: DatabaseOption = DEFAULT_DB,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The page (proof.html), or a number's .png."
        ),
    ] = None,
    family: StoredFamilyOption = None,
) -> None:
    """Show the evidence for a report, or for one number.

    Writes one HTML file that needs no network: the pages as images with every cell outlined,
    the tables as read, and the failed checks first. With FIELD: that number as text, with its
    place and its sums; -o writes an image of its row. The PDF is searched below DIR only, and
    must be the same file that was read.

    \b
    Examples:
      gongkai proof "吴忠市公安局 2019" --pdf-root reports -o proof.html
      gongkai proof 1 applications.received_new.total --pdf-root reports -o number.png
    """
    if field is None:
        _prove_report(db, report, pdf_root, output or Path("proof.html"), family)
    else:
        _prove_number(db, report, field, pdf_root, output, family)


def _prove_report(db: Any, report: str, pdf_root: Path, output: Path, family: str | None) -> None:
    from gongkai.proof import prove_report

    target = _checked_suffix(
        output, _PAGE, tr_noop("a page goes into a file ending in {ending}, not {file}")
    )
    page = prove_report(db, report, pdf_root, family=family)
    _write(target, page.encode("utf-8"))
    print_safely(str(target))


def _prove_number(
    db: Any, report: str, field: str, pdf_root: Path, output: Path | None, family: str | None
) -> None:
    from gongkai.proof import prove_number
    from gongkai.proof.number_facts import number_facts, number_heading

    picture = output and _checked_suffix(
        output,
        _PICTURE,
        tr_noop("the picture of one number goes into a file ending in {ending}, not {file}"),
    )
    number = prove_number(db, report, field, pdf_root, family=family)
    print_safely(number_heading(number))
    for name, text in number_facts(number):
        print_safely(f"{name}  {text}")
    if picture:
        _write(picture, number.png)


def _checked_suffix(path: Path, endings: Sequence[str], refusal: str) -> Path:
    """Refuse other kinds of files, so that a typing error overwrites no database."""
    if path.suffix.lower() not in endings:
        raise UsageError(tr(refusal, ending=endings[0], file=path.name))
    return path


def _write(path: Path, data: bytes) -> None:
    with written(path) as new:
        new.write_bytes(data)
    say(tr("{size:.0f} kB in {file}", size=len(data) / 1e3, file=path))
