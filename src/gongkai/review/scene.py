"""What a person sees of one thing that waits: cells, sums, earlier decisions, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.decisions.queries import Connection, earlier_decisions
from gongkai.decisions.queue import QueueItem
from gongkai.decisions.records import Decision, Standing
from gongkai.loaders.agencies import similar_agency_names
from gongkai.model import Box, Check, Key, Observation, around
from gongkai.queries.origins import Origin, read_origin
from gongkai.queries.report_loader import StoredReport, load_report
from gongkai.review import pictures

_BODY = ("agency", "year")


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell to decide on."""

    seen: Observation
    occurrence: int
    row: str  # the form's labels
    column: str
    crop: str  # paths of its pictures
    zoom: str
    suspect: bool

    @property
    def name(self) -> str:
        return f"{self.seen.key}.{self.occurrence}"

    @property
    def basis(self) -> str:
        """What a person sees of the reading, so that none decides on another one."""
        return f"{self.seen.state}|{self.seen.raw_text}|{self.seen.page}"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A decision that was made before on the same."""

    decision: Decision
    standing: Standing


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that waits, with all that helps to decide."""

    item: QueueItem
    stored: StoredReport
    cells: tuple[CellView, ...]
    checks: tuple[Check, ...]  # of a cell: the sums over it; of a check: itself
    overview: str | None  # path of the picture of all cells
    earlier: tuple[Earlier, ...]
    suggestions: tuple[str, ...]  # names of bodies


def scene_of(connection: Connection, item: QueueItem) -> Scene:
    """Read what a person needs to decide on an item."""
    stored = load_report(connection, item.report_id)
    checks = _checks(item, stored)
    keys = _keys(item, checks)
    suspects = {key for check in checks for key in check.suspects}
    suggestions: Sequence[str] = ()
    if item.kind == "agency":
        suggestions = similar_agency_names(connection, stored.report.agency)
    overview = None
    if item.kind in _BODY:
        overview = f"{item.report_id}/head/-"
    elif item.check_id is not None and keys:
        overview = f"{item.report_id}/check/{item.check_id}"
    return Scene(
        item,
        stored,
        tuple(_cells(item, stored, keys, suspects)),
        checks,
        overview,
        tuple(Earlier(*each) for each in earlier_decisions(connection, item)),
        tuple(suggestions),
    )


def crop_of(
    connection: Connection, report_id: int, what: str, of: str
) -> tuple[Origin, pictures.Crop] | None:
    """The picture that a path names; None where the report has no such thing."""
    origin = read_origin(connection, report_id)
    report = load_report(connection, report_id).report
    if what == "head":
        return origin, pictures.head(report.page_first)
    if what == "check":
        boxes = _boxes(report.observations, _involved(report.checks, of))
        return (origin, pictures.area(*boxes)) if boxes else None
    for cell, occurrence in _numbered(report.observations):
        if f"{cell.key}.{occurrence}" == of:
            made = pictures.close if what == "zoom" else pictures.strip
            return origin, made(cell.page, cell.box)
    return None


def _involved(checks: Sequence[Check], check_id: str) -> tuple[Key, ...]:
    return next((check.cells for check in checks if check.check_id == check_id), ())


def _boxes(seen: Sequence[Observation], keys: Sequence[Key]) -> tuple[int, Box] | None:
    """The page on which most of the cells stand, and the area they cover there."""
    involved = [cell for cell in seen if cell.key in keys]
    if not involved:
        return None
    pages = [cell.page for cell in involved]
    page = max(dict.fromkeys(pages), key=pages.count)
    return page, around([cell.box for cell in involved if cell.page == page])


def _checks(item: QueueItem, stored: StoredReport) -> tuple[Check, ...]:
    checks = stored.report.checks
    if item.check_id is not None:
        return tuple(check for check in checks if check.check_id == item.check_id)
    if item.key is None:
        return ()
    over = (check for check in checks if item.key in check.cells and check.severity == "must")
    return tuple(sorted(over, key=lambda check: ("fail", "skipped", "pass").index(check.status)))


def _keys(item: QueueItem, checks: Sequence[Check]) -> tuple[Key, ...]:
    if item.key is not None:
        return (item.key,)
    return tuple(dict.fromkeys(key for check in checks for key in check.cells))


def _cells(
    item: QueueItem, stored: StoredReport, keys: Sequence[Key], suspects: set[Key]
) -> Iterator[CellView]:
    """The cells in the order of the keys; of a cell's item that cell alone."""
    entries = {(e.table_id, e.row_id, e.column_id): e for e in stored.dictionary}
    place = {key: n for n, key in enumerate(keys)}
    found = [(c, n) for c, n in _numbered(stored.report.observations) if c.key in place]
    if item.key is not None:
        found = [(c, n) for c, n in found if n == (item.occurrence or 1)]
    for cell, occurrence in sorted(found, key=lambda pair: place[pair[0].key]):
        entry = entries.get((cell.key.table, cell.key.row, cell.key.column))
        name = f"{item.report_id}/{{}}/{cell.key}.{occurrence}"
        yield CellView(
            cell,
            occurrence,
            entry.row_label_zh if entry else cell.row_label,
            entry.column_label_zh if entry else cell.column_label,
            name.format("cell"),
            name.format("zoom"),
            cell.key in suspects,
        )


def _numbered(seen: Sequence[Observation]) -> Iterator[tuple[Observation, int]]:
    count: dict[Key, int] = {}
    for cell in seen:
        count[cell.key] = count.get(cell.key, 0) + 1
        yield cell, count[cell.key]
