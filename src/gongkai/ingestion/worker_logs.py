"""Log records from reading processes, sent to the process that started them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import QueueHandler
from queue import SimpleQueue

from gongkai.ingestion.log_records import OFF, FileNameFilter
from gongkai.ingestion.messages import LogLine, as_unicode

MAX_LINES = 1000  # of one job: a damaged file may make a library log without end


@dataclass(frozen=True, slots=True)
class LogLevels:
    """The least level that a worker sends, for gongkai and for other libraries."""

    gongkai: int = OFF
    others: int = OFF


def levels_here() -> LogLevels:
    """The levels of this process. Where nobody configured logging, workers send nothing."""
    if not logging.getLogger().hasHandlers():
        return LogLevels()
    own = logging.getLogger("gongkai").getEffectiveLevel()
    return LogLevels(own, logging.getLogger().getEffectiveLevel())


def handle_line(line: LogLine) -> None:
    """Log a line that a worker sent, like a record of this process."""
    logger = logging.getLogger(line.logger)
    if logger.isEnabledFor(line.level) and logger.hasHandlers():
        more = {"file": line.file}
        logger.handle(
            logger.makeRecord(line.logger, line.level, "", 0, line.text, (), None, extra=more)
        )


class LineSender(QueueHandler):
    """Sends what a worker logs, and Python's warnings, to the parent process."""

    def __init__(self, send: Callable[[LogLine], None]) -> None:
        super().__init__(SimpleQueue())  # unused: enqueue() sends
        self._send = send
        self._left = MAX_LINES
        self.addFilter(FileNameFilter())

    def install(self, levels: LogLevels) -> None:
        """Make this the only handler of the process."""
        root = logging.getLogger()
        root.handlers = [self]
        root.setLevel(levels.others)
        logging.getLogger("gongkai").setLevel(levels.gongkai)
        logging.captureWarnings(True)

    def start_job(self) -> None:
        """Count lines from zero."""
        self._left = MAX_LINES

    def enqueue(self, record: logging.LogRecord) -> None:
        """Send a record whose message is already text, with its traceback."""
        if self._left > 0:
            self._left -= 1
            text, file = as_unicode(record.getMessage()), as_unicode(getattr(record, "file", ""))
            self._send(LogLine(record.name, record.levelno, text, file))

    def exclusively(self, send: Callable[[bytes], None], message: bytes) -> None:
        """Send something else while no other thread sends a record."""
        self.acquire()
        try:
            send(message)
        finally:
            self.release()
