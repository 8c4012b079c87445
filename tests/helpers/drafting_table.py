"""The table of docs/drafting.md: how well drafts agree with the built-in families.

``python -m helpers.drafting_table`` writes it. The published
account is read if the folder of real reports is beside the checkout.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.families.load import load_family
from helpers.drafts import KeyNames, agreement, held_out, make_draft, read_all
from helpers.registry import ROOT, real_report

PAGE = ROOT / "docs" / "drafting.md"
_SAMPLES = ROOT / "samples"
_BLOCK = re.compile(r"(<!-- drafts -->\n).*?(<!-- /drafts -->)", re.DOTALL)
_HEADER = (
    "| family | samples | tables | labels | cells in their place | identities found | missed | "
    "false as `must` | further ones as `usually` | bounds found | bounds that no number shows | "
    "held-out reports | their cells right | flagged | in tables listed as unknown | not read | "
    "wrong in a proved report |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)
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


def rows() -> Iterator[Row]:
    """Every line, those of small samples first."""
    corpus = _SAMPLES / "corpus"
    samples = tuple(corpus / f"{name}.pdf" for name in OGI_SAMPLES)
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
    path, _ = real_report("final-accounts-finance-bureau-2024.pdf")
    if path is not None:
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


def with_table(text: str, lines: Sequence[str]) -> str:
    """A page with the lines of the table between its marks."""
    return _BLOCK.sub(lambda match: match[1] + _HEADER + "".join(lines) + match[2], text)


def main() -> None:
    """Write the table."""
    lines = []
    for row in rows():
        lines.append(row.line())
        sys.stdout.write(lines[-1])
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(page, lines), encoding="utf-8")


if __name__ == "__main__":
    main()
