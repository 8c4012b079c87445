"""Reads files on a dask.distributed cluster.

Workers need not share a disk: the content of each file is sent to them, and its reports come
back. On the worker, a separate process reads the file under the usual limits, so that a bad
file harms neither the worker nor other files. If a worker is lost all the same, each file that
it had is read once more, alone: the file that ended it can end one more. Needs the extra
``cluster``.
"""

from __future__ import annotations

import functools
import logging
import multiprocessing
import tempfile
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from gongkai.database.versions import code_digest
from gongkai.errors import GongkaiError, ReaderFailed, UsageError
from gongkai.families.load import load_family
from gongkai.ingestion.workers import Readings, Workers
from gongkai.language import tr
from gongkai.problems import message

_log = logging.getLogger(__name__)

_CONNECT_SECONDS = 30.0  # for the scheduler to answer and to have a worker
_LARGEST = "1 GiB"  # a file that dask sends without a warning


class Cluster:
    """Like Workers, on a cluster. Takes the same arguments, but an address instead of a count."""

    def __init__(self, address: str, families: Sequence[str], **arguments: Any) -> None:
        """Connect. Raises UsageError if no scheduler answers, or if it has no worker."""
        try:
            import dask
            from distributed import Client
        except ModuleNotFoundError as error:
            raise UsageError(
                tr('--scheduler needs dask: pip install "gongkai[cluster]"')
            ) from error
        from gongkai.ingestion.cluster_plugin import OneLoss

        dask.config.set({"distributed.admin.large-graph-warning-threshold": _LARGEST})
        digests = {family: load_family(family).digest for family in families}
        self._job = _Job(code_digest(), tuple(digests.items()), tuple(arguments.items()))
        self._address = address
        self._begun: set[Future[Any]] = set()
        try:
            connect: Any = Client  # has no type hints
            self._client = connect(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                tr(
                    "no scheduler at {address}: start one with `dask scheduler`, and workers with "
                    "`dask worker {address}`",
                    address=address,
                )
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
            self._client.register_plugin(OneLoss())
        except TimeoutError as error:
            self._client.close()
            raise UsageError(
                tr(
                    "the scheduler has no workers: start some with `dask worker {address}`",
                    address=address,
                )
            ) from error
        except (RuntimeError, ImportError, ValueError) as error:
            self._client.close()
            raise self._other_version(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster, and drop the files that it is reading."""
        self._client.close()

    @property
    def count(self) -> int:
        """The number of files that its workers can read at once now."""
        return sum(self._client.nthreads().values())

    def begin(self, path: Path, families: Sequence[str]) -> Future[Any]:
        """Start to read one file. The task holds its content, so that it can be repeated."""
        from gongkai.ingestion.cluster_plugin import KEY

        try:
            content = path.read_bytes()
        except OSError as error:  # it was there when its digest was taken
            gone: Future[Any] = Future()
            reason = error.strerror or type(error).__name__
            gone.set_exception(ReaderFailed(message("cannot_open", error=reason)))
            return gone
        future: Future[Any] = self._client.submit(
            _read_content,
            content,
            path.suffix,
            tuple(families),
            self._job,
            key=f"{KEY}{uuid.uuid4().hex}",
            pure=False,
        )
        self._begun.add(future)
        return future

    def end(self, path: Path, families: Sequence[str], future: Future[Any]) -> Readings:
        """Wait for a file. If a worker was lost while it had the file, read it again, alone.

        Raises ReaderFailed for a crash, a time limit or a memory limit; UsageError if workers
        run another version of gongkai, or if the scheduler is gone.
        """
        from distributed import KilledWorker

        self._begun.discard(future)
        try:
            return self._result(future)
        except KilledWorker:
            _log.info("%s: a worker was lost; reading it again, alone", path)
        for other in self._begun:
            other.exception()  # waits for its end
        alone = self.begin(path, families)
        self._begun.discard(alone)
        try:
            return self._result(alone)
        except KilledWorker as error:
            raise ReaderFailed(message("cluster_crash", nodes=2)) from error

    def _result(self, future: Future[Any]) -> Readings:
        """The result of a task. Raises UsageError if the cluster cannot run it any more."""
        from distributed.client import FutureCancelledError

        try:
            readings: Readings = future.result()
            return readings
        except FutureCancelledError as error:
            raise UsageError(
                tr(
                    "the scheduler at {address} has stopped: the files done so far are complete, "
                    "start it and run this again to continue",
                    address=self._address,
                )
            ) from error
        except (RuntimeError, ImportError) as error:  # a worker cannot unpickle the task
            raise self._other_version(error) from error

    def _other_version(self, error: Exception) -> UsageError:
        return UsageError(
            tr(
                "the cluster at {address} cannot run gongkai: install the same version on the "
                "scheduler and its workers ({value})",
                address=self._address,
                value=str(error).partition(chr(10))[0],
            )
        )


@dataclass(frozen=True, slots=True)
class _Job:
    """What is the same for all files of a run."""

    code: str  # digest of the code
    families: tuple[tuple[str, str], ...]  # name or folder of each, and its digest
    arguments: tuple[tuple[str, Any], ...]  # of Workers


def _read_content(content: bytes, suffix: str, families: tuple[str, ...], job: _Job) -> Readings:
    """Read one file on a worker: store its content there, and read it in another process."""
    workers = _workers(job)
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        path = Path(folder, f"file{suffix}")
        path.write_bytes(content)
        return workers.end(path, families, workers.begin(path, families))


@functools.cache
def _workers(job: _Job) -> Workers:
    """The reading processes of this worker, one per thread.

    Raises UsageError if the worker runs another version of gongkai.
    """
    from distributed import get_worker

    try:
        families = tuple((name, load_family(name).digest) for name, _ in job.families)
    except GongkaiError as error:
        raise UsageError(tr("a worker cannot load the family: {reason}", reason=error)) from error
    if (code_digest(), families) != (job.code, job.families):
        raise UsageError(
            tr(
                "the worker {address} runs another gongkai or family than this machine: install "
                "the same on both",
                address=get_worker().address,
            )
        )
    # dask starts its workers as daemons, which may not start processes.
    multiprocessing.current_process().daemon = False
    return Workers(get_worker().state.nthreads, **dict(job.arguments))
