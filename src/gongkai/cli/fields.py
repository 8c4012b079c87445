"""`gongkai fields`: the dictionary of the official forms."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gongkai.cli.formats import write_rows
from gongkai.cli.options import DEFAULT_FAMILY, FamilyOption, FormatOption


def fields(
    family: FamilyOption = DEFAULT_FAMILY,
    rates: Annotated[
        bool, typer.Option("--rates", help="The rates of the panel, with their formulas.")
    ] = False,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="What numbers in prose count, in narrative_figures.")
    ] = False,
    output: FormatOption = None,
) -> None:
    """Show the dictionary of the official forms.

    Lists every number of every form, with its canonical name, in Chinese and English; every
    rate, or every metric of numbers in prose.

    \b
    Examples:
      gongkai fields --format csv > fields.csv
      gongkai fields --rates --format md
    """
    from dataclasses import astuple
    from dataclasses import fields as columns_of

    from gongkai.database import dictionary
    from gongkai.families.load import load_family
    from gongkai.families.measures import read_measures

    measures = read_measures(load_family(family))
    entry: type
    entries: tuple[Any, ...]
    if metrics:
        entry, entries = dictionary.MetricEntry, dictionary.metric_entries(measures.family)
    elif rates:
        entry, entries = dictionary.RateEntry, dictionary.rate_entries(measures)
    else:
        entry, entries = dictionary.FieldEntry, dictionary.field_entries(measures)
    write_rows([column.name for column in columns_of(entry)], map(astuple, entries), output)
