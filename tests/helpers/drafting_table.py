"""The tables of docs/drafting.md: how well drafts agree with the built-in families, and what other
methods find.

``python -m helpers.drafting_table`` writes them. The published
account is read if the folder of real reports is beside the checkout.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.drafting.discover import discover
from gongkai.drafting.draft import COUNTRY
from gongkai.drafting.keys import Labels
from gongkai.families.country import load_country
from gongkai.families.folders import pipelines_folder
from gongkai.families.load import load_family
from helpers.aggregations import sums_of_draft
from helpers.drafts import (
    KeyNames,
    agreement,
    agreement_of_sums,
    held_out,
    in_built_in_keys,
    make_draft,
    read_all,
)
from helpers.registry import ROOT, real_report

PAGE = ROOT / "docs" / "drafting.md"
_SAMPLES = ROOT / "samples"
_HEADER = (
    "| family | samples | tables | labels | cells in their place | identities found | missed | "
    "false as `must` | further ones as `usually` | bounds found | bounds that no number shows | "
    "held-out reports | their cells right | flagged | in tables listed as unknown | not read | "
    "wrong in a proved report |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)
_METHODS_HEADER = "| samples | | sums found | missed | false | CPU |\n|---|---|---|---|---|---|\n"
_TACLE = {  # measured on 2026-11-28: found, false, CPU
    "ogi-annual-report": (
        2,
        "0",
        "0.8 s, and no end after 4 minutes for the rows of the table with 25 rows",
    ),
    "final-accounts": (3, "11 equalities of columns that are 0 throughout", "2.5 s"),
}
OGI_SAMPLES = (
    "blank-some+white-boxes+column-order-drawn",
    "mark-em-dash+paragraph-frames+stamp-browser",
    "large-numbers+attachment+noto-fonts-drawn",
    "review-header-split+rules-dotted+watermark-browser",
    "blank-details+pages-rotated+label-full-width-drawn",
    "digits-full-width+rules-dashed+disclosure-split-drawn",
)
OLDER_SAMPLES = (  # of the form of 2019
    "fault-review+landscape+invisible-white-browser",
    "font-outside-drawn",
    "mark-double-dash+shaded-headers+lead-ins-office",
    "mark-slash+page-frame+title-one-line-browser",
    "rows-swapped-apart-office",
    "rules-none-drawn",
    "signed+rules-fill+text-twice-drawn",
    "thousands+disclosure-article-outside+label-enumeration-drawn",
)
STATISTICS_SAMPLES = (
    "statistics-annex-office",
    "statistics-in-section-drawn",
    "statistics-numbered-drawn",
    "statistics-units-browser",
    "statistics-marks-drawn",
    "statistics-members-office",
)


@dataclass(frozen=True)
class Row:
    """One line of the table: what is drafted from what, and read afterwards."""

    what: str
    family: str
    samples: tuple[Path, ...]
    held_out: tuple[Path, ...]

    def line(self) -> str:
        """Make the draft, compare it, and read the held-out reports."""
        answers = load_family(self.family)
        with tempfile.TemporaryDirectory() as folder:
            _, draft = make_draft(self.samples, Path(folder) / "draft")
            drafted, built_in = read_all(draft, self.samples), read_all(answers, self.samples)
            found = agreement(draft, answers, drafted, built_in)
            others = held_out(draft, answers, KeyNames(drafted, built_in), self.held_out)
        cells = (
            self.what,
            len(self.samples),
            f"{found.tables_found} of {found.tables}",
            f"{found.labels_right} of {found.labels}",
            f"{found.cells_right} of {found.cells}",
            f"{found.found} of {found.answers}",
            ", ".join(f"`{name}`" for name in found.missed) or "–",
            ", ".join(f"`{name.rpartition('.')[2]}`" for name in found.false_must) or "–",
            len(found.false_usually),
            f"{found.bounds_found} of {found.bounds}",
            found.bounds_unseen,
            len(self.held_out),
            f"{others.right} of {others.cells}" if self.held_out else "–",
            others.flagged + others.wrong if self.held_out else "–",
            others.listed if self.held_out else "–",
            others.missing if self.held_out else "–",
            len(others.silent) if self.held_out else "–",
        )
        return f"| {' | '.join(map(str, cells))} |\n"


def methods(what: str, family: str, samples: Sequence[Path]) -> Iterator[str]:
    """What gongkai, TaCLe and the method of AggreCol find in the same samples, a line each."""
    answers = load_family(family)
    with tempfile.TemporaryDirectory() as folder:
        draft, drafted = make_draft(samples, Path(folder) / "draft")
        built_in = read_all(answers, samples)
        ours = agreement(drafted, answers, read_all(drafted, samples), built_in)
    labels = Labels(load_country(pipelines_folder() / COUNTRY))
    start = time.process_time()
    discover(draft.values, labels)
    middle = time.process_time()
    sums = sums_of_draft(draft)
    end = time.process_time()
    theirs = agreement_of_sums(in_built_in_keys(sums, draft, built_in), answers, built_in)
    found, false, cpu = _TACLE[family]
    right = theirs.answers - len(theirs.missed)
    must = f"{len(ours.false_must)} as `must`"
    of = ours.answers
    for first, method, number, wrong, seconds in (
        (f"{what} ", "gongkai", ours.found, must, f"{middle - start:.2f} s"),
        ("", "TaCLe", found, false, cpu),
        ("", "method of AggreCol", right, len(theirs.false), f"{end - middle:.2f} s"),
    ):
        yield f"| {first}| {method} | {number} of {of} | {of - number} | {wrong} | {seconds} |\n"


def _ogi_samples() -> tuple[Path, ...]:
    return tuple(_SAMPLES / "corpus" / f"{name}.pdf" for name in OGI_SAMPLES)


def _published_account() -> Path | None:
    return real_report("final-accounts-finance-bureau-2024.pdf")[0]


def rows() -> Iterator[Row]:
    """Every line, those of small samples first."""
    corpus = _SAMPLES / "corpus"
    samples = _ogi_samples()
    others = tuple(path for path in _form_of_2021(corpus) if path not in samples)
    yield Row("open information, made", "ogi-annual-report", samples, others)
    older = tuple(corpus / f"{name}.pdf" for name in OLDER_SAMPLES)
    both = (*samples[:4], *older[:4])
    yield Row("open information of two forms, made", "ogi-annual-report", both, older[4:])
    tables = tuple(sorted((_SAMPLES / "statistics").glob("*.pdf")))
    some = tuple(path for path in tables if path.stem in STATISTICS_SAMPLES)
    rest = tuple(path for path in tables if path not in some)
    yield Row("open information of 2014, made", "ogi-annual-report", some, rest)
    accounts = sorted((_SAMPLES / "final-accounts").glob("*.pdf"))
    if (path := _published_account()) is not None:
        yield Row("final accounts, published", "final-accounts", (path,), tuple(accounts))
    looks = tuple(path for path in accounts if path.stem.startswith("look"))
    rest = tuple(path for path in accounts if path not in looks)
    yield Row("final accounts, made", "final-accounts", looks, rest)
    forms = tuple(sorted((_SAMPLES / "website-annual-report").glob("*.pdf")))
    yield Row("forms of websites, made", "website-annual-report", forms, ())
    sets = tuple(sorted((_SAMPLES / "enforcement-statistics").glob("*.pdf")))
    yield Row("enforcement of seven provinces, made", "enforcement-statistics", sets, ())


def _form_of_2021(folder: Path) -> list[Path]:
    """The made reports whose three tables all have the form of 2021, and whose text can be read."""
    found = []
    for path in sorted(folder.glob("*.expected.json")):
        text = path.read_text(encoding="utf-8")
        forms = set(
            re.findall(r'"(?:applications|proactive_disclosure|review_litigation)":"(\w+)"', text)
        )
        if forms == {"2021"} and "to-unicode" not in path.name:
            found.append(path.with_name(path.name.replace(".expected.json", ".pdf")))
    return found


def with_table(text: str, mark: str, header: str, lines: Sequence[str]) -> str:
    """A page with the lines of a table between its marks."""
    block = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return block.sub(lambda match: match[1] + header + "".join(lines) + match[2], text)


def main() -> None:
    """Write both tables."""
    lines = []
    for row in rows():
        lines.append(row.line())
        sys.stdout.write(lines[-1])
    others = [*methods("6 reports on open information", "ogi-annual-report", _ogi_samples())]
    if (path := _published_account()) is not None:
        others += methods("the published account", "final-accounts", [path])
    sys.stdout.write("".join(others))
    page = with_table(PAGE.read_text(encoding="utf-8"), "drafts", _HEADER, lines)
    PAGE.write_text(with_table(page, "methods", _METHODS_HEADER, others), encoding="utf-8")


if __name__ == "__main__":
    main()
