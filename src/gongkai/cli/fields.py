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
    checks: Annotated[
        bool, typer.Option("--checks", help="What the checks test, by the beginning of their id.")
    ] = False,
    codes: Annotated[
        bool,
        typer.Option("--codes", help="What the codes in columns mean: levels, states, problems."),
    ] = False,
    form: FormatOption = None,
    output: OutputOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Show the dictionary of the official forms.

    Lists every number of every form of every family, with its canonical name, in Chinese and
    English; or every rate, every metric of numbers in prose, every rule of the checks, every code.

    \b
    Examples:
      gongkai fields --format csv > fields.csv
      gongkai fields --rates --format md
      gongkai fields --codes
    """
    from dataclasses import astuple
    from dataclasses import fields as columns_of

    from gongkai.database import catalogue, check_dictionary, dictionary
    from gongkai.families.folders import built_in_families
    from gongkai.families.load import load_family
    from gongkai.families.measures import Measures, read_measures

    target = Target(form, output, encoding)
    if codes:
        rows = catalogue.code_rows()
        write_rows(list(rows[0]), [tuple(row.values()) for row in rows], target)
        return
    entry: type
    entries: Callable[[Measures], tuple[Any, ...]]
    if metrics:
        entry, entries = dictionary.MetricEntry, dictionary.metric_entries
    elif checks:
        entry, entries = check_dictionary.CheckEntry, check_dictionary.check_entries
    elif rates:
        entry, entries = dictionary.RateEntry, dictionary.rate_entries
    else:
        entry, entries = dictionary.FieldEntry, dictionary.field_entries
    names = built_in_families() if family is None else [family]
    lines = [
        (measures.family.name, *astuple(each))
        for measures in map(read_measures, map(load_family, names))
        for each in entries(measures)
    ]
    write_rows(
        ["family", *(column.name for column in columns_of(entry))],
        lines,
        target,
    )
