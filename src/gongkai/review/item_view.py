"""Everything that the page of a queue item shows: cells, checks, earlier decisions, crops."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gongkai.decisions.answer_words import is_anything_read
from gongkai.decisions.queries import Connection, earlier_decisions
from gongkai.decisions.queue import QueueItem
from gongkai.decisions.records import Decision, Standing
from gongkai.loaders.agencies import similar_agency_names
from gongkai.model import Box, Check, Key, Observation, bounding_box
from gongkai.queries.origins import Origin, read_origin
from gongkai.queries.report_loader import StoredReport, load_report
from gongkai.review.crops import Crop, cell_close_up, cell_context, cells_area, page_top, whole_page

_STATUS_ORDER = ("fail", "skipped", "pass")


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell that the person may decide on."""

    observation: Observation
    occurrence: int  # its number among the cells with this key, from 1
    row_label: str  # of the form
    column_label: str
    context_path: str  # URL path of the crop that shows the lines around the cell
    close_up_path: str
    suspected: bool  # by a failed check of the item

    @property
    def name(self) -> str:
        """The value of the cell in a form."""
        return f"{self.observation.key}.{self.occurrence}"

    @property
    def is_read(self) -> bool:
        """Whether anything was read that the person could call right."""
        return is_anything_read(self.observation.state, self.observation.raw_text)

    @property
    def basis(self) -> str:
        """The reading as displayed. A form sends it back, to detect that it has changed."""
        observation = self.observation
        return f"{observation.state}|{observation.raw_text}|{observation.page}"


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """A decision that there is already on the same item."""

    decision: Decision
    standing: Standing


@dataclass(frozen=True, slots=True)
class ItemView:
    """A queue item with everything that its page shows."""

    item: QueueItem
    stored: StoredReport
    cells: tuple[CellView, ...]
    checks: tuple[Check, ...]  # of a cell: those that include it; of a check: the check itself
    overview_path: str | None  # URL path of the crop that shows all cells
    earlier: tuple[EarlierDecision, ...]
    suggestions: tuple[str, ...]  # names of agencies


def build_item_view(connection: Connection, item: QueueItem) -> ItemView:
    """Read everything that the page of an item shows."""
    stored = load_report(connection, item.report_id)
    checks = _item_checks(item, stored)
    keys = _item_keys(item, checks)
    suspects = {key for check in checks for key in check.suspects}
    suggestions: Sequence[str] = ()
    if item.kind == "agency":
        suggestions = similar_agency_names(connection, stored.report.agency)
    overview_path = None
    if item.kind in ("agency", "year"):
        overview_path = f"{item.report_id}/head/-"
    elif item.check_id is not None and keys:
        overview_path = f"{item.report_id}/check/{item.check_id}"
    return ItemView(
        item=item,
        stored=stored,
        cells=tuple(_cell_views(item, stored, keys, suspects)),
        checks=checks,
        overview_path=overview_path,
        earlier=tuple(EarlierDecision(*each) for each in earlier_decisions(connection, item)),
        suggestions=tuple(suggestions),
    )


def find_crop(
    connection: Connection, report_id: int, kind: str, target: str
) -> tuple[Origin, Crop] | None:
    """Return the crop that a URL path names; None where the report has no such cell or check.

    ``kind`` is head, page, check, row, column, cell or zoom; ``target`` the number of the page, the
    check's id or the name of a cell.
    """
    origin = read_origin(connection, report_id)
    report = load_report(connection, report_id).report
    if kind == "head":
        return origin, page_top(report.page_first)
    if kind == "page":
        return (origin, whole_page(int(target))) if target.isdecimal() else None
    if kind == "check":
        keys = next((c.cells for c in report.checks if c.check_id == target), ())
        area = _main_area([cell for cell in report.observations if cell.key in keys])
        return (origin, cells_area(*area)) if area else None
    if kind in ("row", "column"):
        area = _main_area([cell for cell, _ in cells_of_line(report.observations, kind, target)])
        return (origin, cells_area(*area)) if area else None
    for cell, occurrence in with_occurrence(report.observations):
        if f"{cell.key}.{occurrence}" == target:
            crop = cell_close_up if kind == "zoom" else cell_context
            return origin, crop(cell.page, cell.box)
    return None


def cells_of_line(
    observations: Sequence[Observation], direction: str, name: str
) -> list[tuple[Observation, int]]:
    """Return the cells in the row or column of a cell, with their occurrences; none without it.

    ``direction`` is row or column, ``name`` that of the cell in a form.
    """
    found = [*with_occurrence(observations)]
    own = next(((o, n) for o, n in found if f"{o.key}.{n}" == name), None)
    if own is None:
        return []
    (cell, occurrence), table = own, own[0].key.table
    if direction == "column":
        column = cell.key.column
        return [(o, n) for o, n in found if (o.key.table, o.key.column) == (table, column)]
    row = (table, cell.key.row, occurrence)
    return [(o, n) for o, n in found if (o.key.table, o.key.row, n) == row]


def _main_area(cells: Sequence[Observation]) -> tuple[int, Box] | None:
    """Return the page that has most of the cells, and the box around those on it."""
    if not cells:
        return None
    pages = [cell.page for cell in cells]
    page = max(dict.fromkeys(pages), key=pages.count)
    return page, bounding_box([cell.box for cell in cells if cell.page == page])


def _item_checks(item: QueueItem, stored: StoredReport) -> tuple[Check, ...]:
    checks = stored.report.checks
    if item.check_id is not None:
        return tuple(check for check in checks if check.check_id == item.check_id)
    if item.key is None:
        return ()
    including = (check for check in checks if item.key in check.cells and check.severity == "must")
    return tuple(sorted(including, key=lambda check: _STATUS_ORDER.index(check.status)))


def _item_keys(item: QueueItem, checks: Sequence[Check]) -> tuple[Key, ...]:
    if item.key is not None:
        return (item.key,)
    return tuple(dict.fromkeys(key for check in checks for key in check.cells))


def _cell_views(
    item: QueueItem, stored: StoredReport, keys: Sequence[Key], suspects: set[Key]
) -> Iterator[CellView]:
    """Yield the cells of an item in the order of their keys; one cell where the item is a cell."""
    order = {key: n for n, key in enumerate(keys)}
    cells = [(c, n) for c, n in with_occurrence(stored.report.observations) if c.key in order]
    if item.key is not None:
        cells = [(c, n) for c, n in cells if n == (item.occurrence or 1)]
    return cell_views(stored, sorted(cells, key=lambda pair: order[pair[0].key]), suspects)


def cell_views(
    stored: StoredReport, cells: Iterable[tuple[Observation, int]], suspects: Collection[Key] = ()
) -> Iterator[CellView]:
    """Yield views of cells with their occurrence, under the labels of the form."""
    entries = {(e.table_id, e.row_id, e.column_id): e for e in stored.dictionary}
    for cell, occurrence in cells:
        entry = entries.get((cell.key.table, cell.key.row, cell.key.column))
        yield CellView(
            observation=cell,
            occurrence=occurrence,
            row_label=entry.row_label_zh if entry else cell.row_label,
            column_label=entry.column_label_zh if entry else cell.column_label,
            context_path=f"{stored.id}/cell/{cell.key}.{occurrence}",
            close_up_path=f"{stored.id}/zoom/{cell.key}.{occurrence}",
            suspected=cell.key in suspects,
        )


def with_occurrence(
    observations: Sequence[Observation],
) -> Iterator[tuple[Observation, int]]:
    """Yield each cell with its number among the cells of the same key, from 1."""
    count: dict[Key, int] = {}
    for cell in observations:
        count[cell.key] = count.get(cell.key, 0) + 1
        yield cell, count[cell.key]
