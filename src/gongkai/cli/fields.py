"""`gongkai fields`: the dictionary of the official forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from gongkai.cli.formats import Target, write_rows
from gongkai.cli.options import EncodingOption, FormatOption, OutputOption


def fields(
    family: Annotated[
        str | None,
        typer.Option(
            "--family",
            "--pipeline",
            metavar="NAME",
            help="Only a built-in family of reports, or its folder; by default every built-in one.",
        ),
    ] = None,
    rates: Annotated[
        bool, typer.Option("--rates", help="The rates of the panel, with their formulas.")
    ] = False,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="What numbers in prose count, in narrative_figures.")
    ] = False,
    form: FormatOption = None,
    output: OutputOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Show the dictionary of the official forms.

    Lists every number of every form of every family, with its canonical name, in Chinese and
    English; every rate, or every metric of numbers in prose.

    \b
    Examples:
      gongkai fields --format csv > fields.csv
      gongkai fields --rates --format md
    """
    from dataclasses import astuple
    from dataclasses import fields as columns_of

    from gongkai.database import dictionary
    from gongkai.families.folders import built_in_families
    from gongkai.families.load import load_family
    from gongkai.families.measures import Measures, read_measures

    entry: type
    entries: Callable[[Measures], tuple[Any, ...]]
    if metrics:
        entry, entries = dictionary.MetricEntry, lambda each: dictionary.metric_entries(each.family)
    elif rates:
        entry, entries = dictionary.RateEntry, dictionary.rate_entries
    else:
        entry, entries = dictionary.FieldEntry, dictionary.field_entries
    names = built_in_families() if family is None else [family]
    rows = [
        (measures.family.name, *astuple(each))
        for measures in map(read_measures, map(load_family, names))
        for each in entries(measures)
    ]
    write_rows(
        ["family", *(column.name for column in columns_of(entry))],
        rows,
        Target(form, output, encoding),
    )
