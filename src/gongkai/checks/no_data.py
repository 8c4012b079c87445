"""Checks whether a table that is printed empty says so.

A body without such money prints the table all the same, with a sentence below: 故本表无数据.
Then the empty table is a fact. Without the sentence, a person should ask.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from gongkai.families.family import Family
from gongkai.model import Check, Line, Observations

_SHOWN = 60  # characters of the sentence in a message


class NoDataChecks:
    """The checks of one family's empty tables. Built once from the family."""

    def __init__(self, family: Family, pattern: str) -> None:
        self._pattern = re.compile(pattern)
        self._titles = {table.id: table.title for table in family.tables}

    def check(
        self,
        printed: Collection[str],
        observations: Observations,
        zones: Mapping[str, Mapping[int, tuple[float, float]]],
        lines: Sequence[Line],
    ) -> Iterator[Check]:
        """Check each printed table without a number.

        ``zones`` are the tops and bottoms (points) of each table by page, ``lines`` those
        outside of tables.
        """
        filled = {key.table for key, cell in observations.items() if cell.state == "number"}
        for table in printed:
            if table in filled:
                continue
            title, zone = self._titles[table], zones.get(table, {})
            text = "".join(
                line.text
                for line in lines
                if line.page in zone
                and zone[line.page][0] < line.box.middle[1] < zone[line.page][1]
            )
            name = (table, "no_data", "")
            if found := self._pattern.search(text):
                said = f"《{title}》没有数，并注明：{found[0][-_SHOWN:]}"
                yield Check(*name, "pass", "usually", said)
            else:
                said = f"《{title}》没有数，也没有注明无数据"
                yield Check(*name, "fail", "usually", said, cause="print")
