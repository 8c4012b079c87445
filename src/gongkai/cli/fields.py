"""`gongkai fields`: the dictionary of the official forms."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai.cli.formats import write_rows
from gongkai.cli.options import DEFAULT_FAMILY, FamilyOption, FormatOption


def fields(
    family: FamilyOption = DEFAULT_FAMILY,
    rates: Annotated[
        bool, typer.Option("--rates", help="The rates of the panel, with their formulas.")
    ] = False,
    output: FormatOption = None,
) -> None:
    """Show the dictionary of the official forms.

    Lists every number of every form, with its canonical name, in Chinese and English; or every
    rate.

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
    entries = dictionary.rate_entries(measures) if rates else dictionary.field_entries(measures)
    entry = dictionary.RateEntry if rates else dictionary.FieldEntry
    write_rows([column.name for column in columns_of(entry)], map(astuple, entries), output)
