"""``python -m generator``: the committed samples and the corpus of cases."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

try:
    from . import committed, corpus, listing
    from .fonts import MissingFontError
    from .tools import MissingToolError
except ModuleNotFoundError as error:
    raise SystemExit(
        f"Python package {error.name} is missing: pip install -r generator/requirements.txt"
    ) from None

HERE = Path(__file__).resolve().parent
NEEDS = (
    "Debian packages: chromium libreoffice-writer-nogui fonts-arphic-gbsn00lp "
    "fonts-arphic-gkai00mp fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei "
    "fonts-wqy-microhei fonts-noto-cjk fonts-liberation. Python packages: requirements.txt."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__, epilog=NEEDS)
    commands = parser.add_subparsers(dest="command", required=True)
    samples = commands.add_parser("samples", help="make the three committed samples")
    samples.add_argument("--out", type=Path, default=HERE.parent)
    made = commands.add_parser("corpus", help="make the corpus of cases", epilog=NEEDS)
    made.add_argument("--out", type=Path, required=True)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--core", action="store_true", help="each case once, small files")
    made.add_argument("--only", default="", help="only files whose name holds this")
    commands.add_parser("cases", help="list the cases")
    scans = commands.add_parser("scans", help="make scans of reports that are there already")
    scans.add_argument("--out", type=Path, required=True)
    scans.add_argument("--sources", type=Path, action="append", help="folders of the reports")
    scans.add_argument("--core", action="store_true", help="the few that are committed")
    scans.add_argument("--only", default="", help="only scans whose name holds this")
    return parser


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "cases":
            print(listing.cases())  # noqa: T201
            return 0
        arguments.out.mkdir(parents=True, exist_ok=True)
        if arguments.command == "samples":
            print("\n".join(committed.make(arguments.out)))  # noqa: T201
            return 0
        if arguments.command == "scans":
            from . import scanlist  # brings numpy and pdfium, which the reports do not need

            folders = arguments.sources or [HERE.parent, HERE.parent / "corpus"]
            scans = scanlist.make_all(folders, arguments.out, arguments.core, arguments.only)
            print(f"{len(scans)} scans in {arguments.out}")  # noqa: T201
            return 0
        made = corpus.make_all(arguments.out, arguments.seed, arguments.core, arguments.only)
        if not arguments.only:
            readme = arguments.out / "README.md"
            text = listing.readme(corpus.tasks(arguments.seed, arguments.core), arguments)
            readme.write_text(text, encoding="utf-8", newline="\n")
        print(f"{len(made)} files in {arguments.out}")  # noqa: T201
    except (MissingFontError, MissingToolError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
