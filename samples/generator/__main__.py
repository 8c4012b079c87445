"""``python -m generator``: the committed samples and the corpus of cases."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import committed
from .fonts import MissingFontError

HERE = Path(__file__).resolve().parent


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    samples = commands.add_parser("samples", help="make the three committed samples")
    samples.add_argument("--out", type=Path, default=HERE.parent)
    arguments = parser.parse_args(argv)
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        made = committed.make(arguments.out)
    except MissingFontError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print("\n".join(made))  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
