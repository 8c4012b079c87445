"""Writes the folder of a drafted family."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from gongkai.drafting.fields import NamedTables
from gongkai.drafting.titles import Titles
from gongkai.families.folders import SETTINGS
from gongkai.families.settings import USUAL_READERS
from gongkai.whole_files import staged

_FIRST_YEAR = 2000


def settings_text(name: str, titles: Titles, named: NamedTables, country: str) -> str:
    """The text of pipeline.toml."""
    words = titles.words
    below = [
        line
        for each in named.tables
        for b in each.table.blocks.values()
        for line in b.lattice.below
    ]
    has_empty = any(word in line for line in below for word in words.no_data_words)
    examples = "".join(f"#   {title}\n" for title in dict.fromkeys(titles.printed))
    sections = "".join(
        f"\n[[sections]]\nnumber = {_text(each.number)}\ntitle = {_text(each.title)}\n"
        for each in (() if named.has_captions else titles.sections)
    )
    head = f"""\
# Drafted from samples by `gongkai families draft`. Titles of the samples:
{examples}name = {_text(name)}
title = {_text(titles.title)}
uses = {_text(country)}
years = [{_FIRST_YEAR}, 2099] # first and last year that a report may be about
legal_basis = "" # why such reports are published
"""
    pattern = f"no_data_pattern = {_text(words.no_data_pattern)}\n" if has_empty else ""
    return f"""{head}{pattern}
[readers]
order = {_list(USUAL_READERS)}

[thresholds]
min_label_similarity = 0.6
sure_label_similarity = 0.8
min_section_similarity = 0.62

[title_words]
# a line with one of each is a title; the rest of it names the body and the year
subject_words = {_list(titles.subject_words)}
report_words = {_list(titles.report_words)}
filler_words = {_list(words.filler_words)}
letterhead_words = {_list(words.letterhead_words)}
source_words = {_list(words.source_words)}
author_patterns = []
{sections}"""


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a family into a folder, which is made if it does not exist.

    All files or none are written; the settings, which make it a family, come last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with staged(folder, last=SETTINGS) as stage:
        for name, text in files.items():
            (stage / name).write_text(text, encoding="utf-8", newline="\n")


def is_family(folder: Path) -> bool:
    """Is there a family in a folder already?"""
    return (folder / SETTINGS).is_file()
