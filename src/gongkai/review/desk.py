"""What everybody at one review shares: the database, its queue, and the images of pages."""

from __future__ import annotations

import threading
from collections import OrderedDict

from gongkai.decisions.answers import Place
from gongkai.decisions.queries import (
    Connection,
    IncompleteReport,
    data_version,
    read_incomplete_reports,
    read_report_state,
)
from gongkai.decisions.queue import QueueItem, QueueReader, sort_by_priority
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.queries.origins import Origin, read_origin
from gongkai.queries.report_loader import StoredReport
from gongkai.review.crops import CropRenderer
from gongkai.review.item_view import find_crop
from gongkai.review.missing import MissingReader, MissingTable

_MAX_LEFT = 5_000  # items that left the queue and can still be shown


class ReviewDesk:
    """The queue and the pages of one database. Threads may share it; one at a time has ``lock``."""

    def __init__(self, store: DecisionStore, renderer: CropRenderer) -> None:
        self.store = store
        self.lock = threading.RLock()
        self._renderer = renderer
        self._queue_reader = QueueReader(store.families.values())
        self._missing_reader = MissingReader(store.families.values())
        self._items: dict[int, dict[str, QueueItem]] | None = None  # by report and id
        self._left: OrderedDict[str, QueueItem] = OrderedDict()
        self._data_version: tuple[int, ...] = ()  # of the database when the items were read

    @property
    def copy_failure(self) -> str | None:
        """Why the copy of the decisions beside the database lacks some; None where it is whole."""
        return self.store.copy_failure

    @property
    def read_only(self) -> str | None:
        """Why no answers can be given; None where they can."""
        return self.store.read_only

    def items(self) -> list[QueueItem]:
        """Return all items of the queue by priority."""
        with self.lock, self.store.transaction() as connection:
            by_report = self._read_items(connection)
            return sort_by_priority([item for own in by_report.values() for item in own.values()])

    def item(self, item_id: str) -> QueueItem | None:
        """Return an item; None where it is not in the queue any more."""
        with self.lock, self.store.transaction() as connection:
            by_report = self._read_items(connection)
        return by_report.get(_report_id(item_id), {}).get(item_id)

    def left_item(self, item_id: str) -> QueueItem | None:
        """Return an item that was in the queue before; None where it is unknown."""
        with self.lock:
            return self._left.get(item_id)

    def refresh(self, report_id: int) -> None:
        """Read the items of a report again, after a decision."""
        with self.lock, self.store.transaction() as connection:
            items = self._read_items(connection)
            now = {each.id: each for each in self._queue_reader.read(connection, [report_id])}
            self._remember(items.get(report_id, {}), now)
            items[report_id] = now

    def missing_file_reason(self, report_id: int) -> str | None:
        """Return why the PDF of a report cannot be shown; None where it can."""
        try:
            self._renderer.find_file(self._origin(report_id))
        except UsageError as error:
            return str(error)
        return None

    def crop(self, report_id: int, kind: str, target: str) -> bytes | None:
        """Return a crop as PNG; None where the report has no such cell or check.

        Parameters as for `item_view.find_crop`. Raises UsageError and UnreadableFile.
        """
        with self.lock, self.store.transaction() as connection:
            if read_report_state(connection, report_id) is None:
                return None
            found = find_crop(connection, report_id, kind, target)
        return None if found is None else self._renderer.render(*found)

    def missing_tables(self, stored: StoredReport) -> list[MissingTable]:
        """Return the tables of a report that lack cells, as they were not read."""
        return self._missing_reader.tables(stored.family, stored.report)

    def incomplete_reports(self) -> list[IncompleteReport]:
        """Return the reports that lack tables or cells."""
        with self.lock, self.store.transaction() as connection:
            return read_incomplete_reports(connection, self.store.families)

    def page_size(self, report_id: int, page: int) -> tuple[float, float]:
        """Return width and height of a page in points. Raises UsageError and UnreadableFile."""
        return self._renderer.page_size(self._origin(report_id), page)

    def read_numbers(self, report_id: int, place: Place) -> list[list[str]]:
        """Read the numbers in a place again, line by line. Raises UsageError and UnreadableFile."""
        return self._renderer.read_numbers(self._origin(report_id), place.page, place.box)

    def _origin(self, report_id: int) -> Origin:
        with self.lock, self.store.transaction() as connection:
            return read_origin(connection, report_id)

    def _read_items(self, connection: Connection) -> dict[int, dict[str, QueueItem]]:
        version = data_version(connection)
        # another process has written; a connection for reading cannot tell
        if self._items is None or version != self._data_version or self.read_only:
            before = self._items or {}
            self._data_version = version
            self._items = {}
            for item in self._queue_reader.read(connection):
                self._items.setdefault(item.report_id, {})[item.id] = item
            for report_id, own in before.items():
                self._remember(own, self._items.get(report_id, {}))
        return self._items

    def _remember(self, before: dict[str, QueueItem], now: dict[str, QueueItem]) -> None:
        """Keep the items that have left the queue, so that their pages can still be shown."""
        for item_id in before.keys() - now.keys():
            self._left[item_id] = before[item_id]
        for item_id in now.keys() & self._left.keys():
            del self._left[item_id]
        while len(self._left) > _MAX_LEFT:
            self._left.popitem(last=False)


def _report_id(item_id: str) -> int:
    number = item_id.partition("/")[0]
    return int(number) if number.isdecimal() else 0
