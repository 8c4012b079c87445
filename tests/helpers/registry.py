"""Where the samples are: one registry for every test that reads a real file."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = tuple(sorted((ROOT / "samples").glob("*.pdf")))

HONGZE = "hongze-district-2023.pdf"
_WHY_NOT = (
    "the published report {name} is never committed; put it into ../shared/real "
    "beside the repository, or name its folder in GONGKAI_REAL"
)


def real_report(name: str = HONGZE) -> tuple[Path | None, str]:
    """The path of a published report beside the repository, or None and the reason."""
    named = os.environ.get("GONGKAI_REAL")
    folders = [Path(named)] if named else []
    for folder in (*folders, ROOT.parent / "shared" / "real"):
        if (folder / name).is_file():
            return folder / name, ""
    return None, _WHY_NOT.format(name=name)


def expected_beside(sample: Path) -> Path:
    return sample.with_name(f"{sample.stem}.expected.json")
