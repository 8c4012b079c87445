"""Tables that no form fixes: columns in any order, and a row for each body that is named.

Such a table has one row of numbers without a label, or rows of named bodies and their sum. Its
columns differ from one author to the next; each is known by its label alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from gongkai.normalizers.tables.label_alignment import LabelAligner, MatchedLabel
from gongkai.normalizers.tables.labels import LabelPath, TableLabels
from gongkai.normalizers.tables.rows import DataRow, PrintedRow, RowJoiner
from gongkai.normalizers.tables.values import CellReader

_NOTE_LENGTH = 10  # characters: a shorter text over several columns may belong to the header


class FreeColumns(LabelAligner):
    """Names columns that may be printed in any order. Built once from the table's labels."""

    def align(self, paths: Sequence[LabelPath]) -> list[MatchedLabel | None]:
        """Find the column of each printed label path; None if no column fits.

        No order confirms a label: one that is not known, and one that is printed twice, are
        doubtful.
        """
        found = [self._match(path) for path in paths]
        seen: set[str] = set()
        for k, match in enumerate(found):
            if match is not None and match.id in seen:
                found[k] = MatchedLabel(match.id, match.match, f"“{paths[k][-1].core}”印了不止一次")
            elif match is not None:
                seen.add(match.id)
        return found

    def _match(self, path: LabelPath) -> MatchedLabel | None:
        if not path or path[-1].core in self._corners:
            return None
        axis, core = self._axis, path[-1].core
        places = axis.by_core.get(core, [])
        for outer in path[-2::-1]:
            if len(places) > 1:
                places = axis.by_pair.get((outer.core, core), places)
        if len(places) == 1:
            return MatchedLabel(axis.entries[places[0]].id, axis.matches[places[0], core])
        fit = axis.similarities(path)
        best = max(range(len(fit)), key=lambda j: fit[j][0])
        (similarity, match), entry = fit[best], axis.entries[best]
        if match != "near" and not places:  # its parts are the label: 合计 over 宗
            return MatchedLabel(entry.id, match)
        if similarity < self._thresholds.min_label_similarity:
            return None
        doubt = f"标签与已知的“{entry.path[-1].core}”只有{similarity:.0%}相似"
        if len(places) > 1:
            doubt = f"有不止一栏叫“{core}”，印出的分不清是哪一栏"
        return MatchedLabel(entry.id, "near", doubt)


class NamedRows:
    """Names the rows of one table by the bodies that they are about. Built once from its labels.

    ``listed`` is the only row that the family lists: the sum of all bodies, or the record of
    the only one.
    """

    def __init__(self, listed: str, labels: TableLabels, cells: CellReader) -> None:
        self._listed = listed
        self._labels = labels
        self._cells = cells

    def prepared(self, rows: Sequence[PrintedRow]) -> list[PrintedRow]:
        """The rows without titles and notes that are printed inside the table."""
        return [row for row in rows if not self._is_note(row)]

    def _is_note(self, row: PrintedRow) -> bool:
        """Is a row only text, of which the longest covers several columns?"""
        filled = [cell for cell in row.cells if cell.text.strip()]
        if not filled or any(self._cells.is_value(cell.text) for cell in filled):
            return False
        longest = max(filled, key=lambda cell: len(cell.text))
        known = self._labels.all_cores
        return (
            longest.column_span > 1
            and len(longest.text) > _NOTE_LENGTH
            and not any(self._labels.fold(cell.text).core in known for cell in filled)
        )

    def named(
        self, rows: Sequence[DataRow], labels: Sequence[Sequence[str]], listed: LabelAligner
    ) -> list[tuple[MatchedLabel | None, str]]:
        """The meaning and the printed name of each row.

        The only row below a header is the record, whatever its label. Of several, each is
        named by its label; one without a label has no name.
        """
        bands: dict[int, int] = defaultdict(int)
        for row in rows:
            bands[id(row.columns)] += bool(row.columns)
        found: list[tuple[MatchedLabel | None, str]] = []
        for row, texts in zip(rows, labels, strict=True):
            name = self._name(texts)
            match = None
            if bands[id(row.columns)] == 1:
                match = MatchedLabel(self._listed, "exact")
            elif row.columns and name:
                path = (self._labels.fold(name),)
                is_listed = path[0].core in self._labels.row_cores
                match = listed.align([path])[0] if is_listed else MatchedLabel(name, "exact")
            found.append((match, name))
        return found

    def _name(self, labels: Sequence[str]) -> str:
        """The name among the labels of a row; its number is none."""
        return "".join(text for text in labels if not self._cells.is_value(text))

    def new_codes(self, _row_ids: Sequence[str]) -> tuple[str, ...]:
        """No name is new: there is no list of them."""
        return ()


class NamedRowJoiner(RowJoiner):
    """Leaves out empty rows; a row of its own begins on each page."""

    def join(self, rows: Sequence[DataRow]) -> list[DataRow]:
        """The rows with a label or a number; if there is none, the first one below a header."""
        below = [row for row in rows if row.columns]
        return [row for row in below if row.labels or not row.is_blank] or below[:1]
