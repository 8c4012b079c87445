"""`gongkai report`: one page for a whole database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.options import DEFAULT_DB, DatabaseOption
from gongkai.cli.outputs import written
from gongkai.cli.streams import print_safely, say
from gongkai.errors import UsageError
from gongkai.language import tr

_ENDINGS = (".html", ".htm")


def report(
    db: DatabaseOption = DEFAULT_DB,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")
    ] = Path("report.html"),
    pdf_root: Annotated[
        Path | None,
        typer.Option(
            "--pdf-root",
            metavar="DIR",
            help="The folder that holds the PDF files: also writes proof pages of faults.",
        ),
    ] = None,
) -> None:
    """Write one page about the whole database.

    It shows what the database covers by family, year, level and province, the status of the
    reports, the reports that contradict themselves, and what waits for a person. The page needs
    no network and prints well. With DIR, each report that contradicts itself gets a proof page in
    a folder beside, which the page links to.

    \b
    Examples:
      gongkai report --db gongkai.db -o report.html
      gongkai report --pdf-root reports -o report.html
    """
    from gongkai.proof.overview import overview_page

    if output.suffix.lower() not in _ENDINGS:
        raise UsageError(
            tr("a page goes into a file ending in {ending}, not {file}", ending=_ENDINGS[0],
               file=output.name)
        )  # fmt: skip
    proofs = _write_proofs(db, pdf_root, output) if pdf_root else {}
    page = overview_page(db, proofs=proofs).encode("utf-8")
    with written(output) as new:
        new.write_bytes(page)
    print_safely(str(output))
    say(tr("{size:.0f} kB in {file}", size=len(page) / 1e3, file=output))


def _write_proofs(db: Path, pdf_root: Path, output: Path) -> dict[int, str]:
    """Write a proof page for each report with faults; return their addresses by report.

    A report whose file is not below ``pdf_root`` has no page, and is named.
    """
    from gongkai.proof import prove_report
    from gongkai.proof.overview import proof_files

    addresses: dict[int, str] = {}
    for number, path in proof_files(db, output).items():
        try:
            page = prove_report(db, str(number), pdf_root)
        except UsageError as error:
            say(str(error))
            continue
        path.parent.mkdir(exist_ok=True)
        with written(path) as new:
            new.write_bytes(page.encode("utf-8"))
        addresses[number] = path.relative_to(output.parent).as_posix()
    return addresses
