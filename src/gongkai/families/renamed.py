"""Keys and columns of data files that have a new name.

A folder written for an earlier version gets an error that names the new key, instead of
"unknown key". ``pipelines/README.md`` lists the same names for people.
"""

from __future__ import annotations

from collections.abc import Mapping

# For each file: old name -> new name. A key inside a table of a TOML file is written with the
# table's name, as "history.times"; both names are then written so.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "identities.csv": {"klass": "severity"},
    "history.csv": {"klass": "severity"},
    "pipeline.toml": {
        "thresholds.honest_chinese": "thresholds.min_chinese_share",
        "thresholds.honest_chars": "thresholds.min_text_chars",
    },
}


def new_name(file: str, old: str) -> str | None:
    """The new name of a key or column of a data file; None if it was never renamed."""
    return RENAMED.get(file, {}).get(old)
