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
    "narrative.csv": {
        "zh": "title_zh",
        "phrase": "phrases",
        "context": "context_words",
        "never": "excluded_words",
        "zero": "stated_zero",
        "unless": "exclusion_patterns",
    },
    "figures.toml": {
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
        "apart": "exclusive_metrics",
        "beside": "independent_metrics",
        "outcomes": "sum_markers",
        "planned": "plan_patterns",
        "none_signs": "zero_signs",
        "none_firm": "firm_zero_pattern",
        "none": "zero_pattern",
        "none_joints": "zero_conjunctions",
        "own_body": "own_agency_words",
        "unless": "exclusion_patterns",
    },
}


def new_name(file: str, old: str) -> str | None:
    """The new name of a key or column of a data file; None if it was never renamed."""
    return RENAMED.get(file, {}).get(old)
