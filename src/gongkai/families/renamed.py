"""Keys, columns and files that have a new name or place.

A folder written for an earlier version gets an error that names the new one, instead of
"unknown key". ``pipelines/README.md`` lists the same names for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gongkai.errors import FamilyError

# For each file: old name -> new name. A key inside a table of a TOML file is written with the
# table's name, as "history.jumps"; both names then have this form.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "identities.csv": {"klass": "severity"},
    "history.csv": {"klass": "severity"},
    "pipeline.toml": {
        "thresholds.near_label": "thresholds.min_label_similarity",
        "thresholds.sure_label": "thresholds.sure_label_similarity",
        "thresholds.near_section": "thresholds.min_section_similarity",
        "title_words.subject": "title_words.subject_words",
        "title_words.kind": "title_words.report_words",
        "title_words.author": "title_words.author_patterns",
        "history.jumps": "history.jump_cells",
        "history.times": "history.jump_factor",
        "history.least": "history.jump_min_difference",
        "history.repeated": "history.max_repeated_share",
        "history.shingle": "history.shingle_length",
        "history.sections": "history.text_sections",
    },
    "country.toml": {
        "agencies.short": "agencies.abbreviations",
        "agencies.speaks_for": "agencies.speaks_for_government_patterns",
    },
    "narrative.csv": {
        "zh": "title_zh",
        "phrase": "phrases",
        "context": "context_words",
        "never": "excluded_words",
        "zero": "stated_zero",
        "unless": "exclusion_patterns",
    },
    "narrative.toml": {
        "apart": "exclusive_metrics",
        "beside": "independent_metrics",
        "unless": "exclusion_patterns",
    },
    "prose.toml": {
        "rough_before": "approximate_before",
        "rough_near": "approximate_near",
        "rough_between": "approximate_between",
        "rough_after": "approximate_after",
        "starts": "first_characters",
        "skip": "ignored_patterns",
        "ends": "unitless_followed_by",
        "no_unit_after": "unitless_not_after",
        "lead": "lead_in_words",
        "when": "clause_opener_patterns",
        "rest": "residual_words",
        "same": "anaphora",
        "not_behind": "non_phrase_openers",
        "open": "open_prepositions",
        "relations": "relation_patterns",
        "no_level": "change_or_rate_patterns",
        "changed": "changed_to_pattern",
        "entities": "entity_units",
        "thin": "light_verbs",
        "about_before": "handling_verbs",
        "channels": "channel_nouns",
        "part_marks": "part_markers",
        "planned": "plan_patterns",
        "none_signs": "zero_signs",
        "none_firm": "firm_zero_pattern",
        "none": "zero_pattern",
        "none_joints": "zero_conjunctions",
        "own_body": "own_agency_words",
    },
}

# For each file: keys that are now in another file -> where.
MOVED: Mapping[str, Mapping[str, str]] = {
    "pipeline.toml": {
        "agencies": "the country's country.toml",
        "form_from": "forms.csv",
        "thresholds.min_chinese_share": "the country's country.toml",
        "thresholds.min_text_chars": "the country's country.toml",
        "thresholds.scan_image_share": "the country's country.toml",
    },
}

# Files that a family's folder had once -> where their content is now.
MOVED_FILES: Mapping[str, str] = {
    "divisions.csv": "the country's folder",
    "sectors.csv": "the country's folder",
    "marks.csv": "the country's folder",
    "units.csv": "the country's folder",
    "variants.csv": "the country's folder",
    "figures.toml": "narrative.toml and the country's prose.toml",
}


def new_name(file: str, old: str) -> str | None:
    """The new name of a key or column of a data file; None if it was never renamed."""
    return RENAMED.get(file, {}).get(old)


def new_place(file: str, key: str) -> str | None:
    """The file that now holds a key of a data file; None if it never moved."""
    return MOVED.get(file, {}).get(key)


def refuse_moved_files(folder: Path) -> None:
    """Raise FamilyError if a family's folder has a file that is no longer read."""
    for name, place in MOVED_FILES.items():
        if (folder / name).is_file():
            raise FamilyError(f"{folder / name}: now belongs in {place}")
