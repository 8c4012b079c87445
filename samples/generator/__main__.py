"""Make the committed samples, the corpus of test cases, and scans of made reports."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

try:
    from . import (
        accountlist,
        committed,
        corpus,
        demo,
        enforcement,
        libraries,
        listing,
        statistics2014,
    )
    from . import website as forms_of_websites
    from .errors import MissingToolError
    from .fonts import MissingFontError
    from .kinds import make
except ModuleNotFoundError as error:
    raise SystemExit(
        f"Python package {error.name} is missing: pip install -r generator/requirements.txt"
    ) from None

PACKAGE = Path(__file__).resolve().parent
REQUIREMENTS = (
    "Debian packages: chromium libreoffice-writer-nogui fonts-arphic-gbsn00lp "
    "fonts-arphic-gkai00mp fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei "
    "fonts-wqy-microhei fonts-noto-cjk fonts-liberation poppler-utils. "
    "Python packages: requirements.txt."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m generator", description=__doc__, epilog=REQUIREMENTS
    )
    commands = parser.add_subparsers(dest="command", required=True)
    samples = commands.add_parser("samples", help="make the three committed samples again")
    samples.add_argument("--out", type=Path, default=PACKAGE.parent)
    corpus_command = commands.add_parser(
        "corpus", help="make the corpus of test cases", epilog=REQUIREMENTS
    )
    corpus_command.add_argument("--out", type=Path, required=True)
    corpus_command.add_argument("--seed", type=int, default=1)
    corpus_command.add_argument(
        "--core", action="store_true", help="each case once, in small files"
    )
    corpus_command.add_argument(
        "--only", default="", help="only files whose name contains this text"
    )
    kinds = commands.add_parser("kinds", help="make the kinds of print and of layouts")
    kinds.add_argument("--out", type=Path, default=PACKAGE.parent / "kinds")
    kinds.add_argument("--seed", type=int, default=make.SEED)
    kinds.add_argument("--only", default="", help="only files whose name contains this text")
    website = commands.add_parser("website", help="make annual forms of government websites")
    website.add_argument("--out", type=Path, default=PACKAGE.parent / "website-annual-report")
    website.add_argument("--seed", type=int, default=forms_of_websites.SEED)
    enforcement_command = commands.add_parser(
        "enforcement", help="make annual statistics of administrative enforcement"
    )
    enforcement_command.add_argument("--out", type=Path, required=True)
    enforcement_command.add_argument("--seed", type=int, default=1)
    enforcement_command.add_argument(
        "--core", action="store_true", help="each file by one producer only"
    )
    enforcement_command.add_argument(
        "--only", default="", help="only files whose name contains this text"
    )
    statistics = commands.add_parser(
        "statistics", help="make reports of 2014 to 2018 with the statistics table"
    )
    statistics.add_argument("--out", type=Path, required=True)
    statistics.add_argument("--seed", type=int, default=1)
    statistics.add_argument("--core", action="store_true", help="each variant once, in small files")
    statistics.add_argument("--only", default="", help="only files whose name contains this text")
    accounts = commands.add_parser("accounts", help="make final accounts (部门决算)")
    accounts.add_argument("--out", type=Path, default=PACKAGE.parent / "final-accounts")
    accounts.add_argument("--seed", type=int, help="make others than the committed ones")
    accounts.add_argument("--count", type=int, default=36, help="how many from a seed")
    accounts.add_argument("--only", default="", help="only files whose name contains this text")
    library = commands.add_parser("libraries", help="make the reports of the tutorial")
    library.add_argument("--out", type=Path, default=PACKAGE.parent / "libraries")
    library.add_argument("--seed", type=int, default=libraries.SEED)
    demo_command = commands.add_parser("demo", help="make the reports of the demo")
    demo_command.add_argument("--out", type=Path, default=PACKAGE.parent / "demo")
    demo_command.add_argument("--seed", type=int, default=demo.SEED)
    commands.add_parser("cases", help="list the test cases")
    scans = commands.add_parser("scans", help="make scans of existing made reports")
    scans.add_argument("--out", type=Path, required=True)
    scans.add_argument(
        "--sources", type=Path, action="append", help="folder with the reports to scan"
    )
    scans.add_argument("--core", action="store_true", help="only the scans that are committed")
    scans.add_argument("--only", default="", help="only scans whose name contains this text")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "cases":
            print(listing.cases())  # noqa: T201
            return 0
        arguments.out.mkdir(parents=True, exist_ok=True)
        if arguments.command == "samples":
            print("\n".join(committed.make(arguments.out)))  # noqa: T201
            return 0
        if arguments.command == "accounts":
            paths = accountlist.make_all(
                arguments.out, arguments.seed, arguments.count, arguments.only
            )
            print(f"{len(paths)} files in {arguments.out}")  # noqa: T201
            return 0
        if arguments.command == "kinds":
            names = make.make_all(arguments.out, arguments.seed, arguments.only)
            print(f"{len(names)} files in {arguments.out}")  # noqa: T201
            return 0
        if arguments.command == "website":
            print("\n".join(forms_of_websites.make_all(arguments.out, arguments.seed)))  # noqa: T201
            return 0
        if arguments.command == "demo":
            print("\n".join(demo.make_all(arguments.out, arguments.seed)))  # noqa: T201
            return 0
        if arguments.command == "libraries":
            libraries.make(arguments.out, arguments.seed)
            return 0
        if arguments.command == "enforcement":
            names = enforcement.make_all(
                arguments.out, arguments.seed, not arguments.core, arguments.only
            )
            print(f"{len(names)} files in {arguments.out}")  # noqa: T201
            return 0
        if arguments.command == "scans":
            from . import scanlist  # imports numpy and pdfium, which the other commands do not need

            folders = arguments.sources or [PACKAGE.parent, PACKAGE.parent / "corpus"]
            scans = scanlist.make_all(folders, arguments.out, arguments.core, arguments.only)
            print(f"{len(scans)} scans in {arguments.out}")  # noqa: T201
            return 0
        if arguments.command == "statistics":
            made = statistics2014.make_all(
                arguments.out, arguments.seed, arguments.core, arguments.only
            )
            print(f"{len(made)} files in {arguments.out}")  # noqa: T201
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
