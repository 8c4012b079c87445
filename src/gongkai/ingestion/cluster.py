"""Reading over a dask.distributed cluster: the same function, on other machines.

Workers need not share a disk: each file's content travels to them, and its reports back.
There a process of its own reads it under the usual limits, so that a bad file costs neither
its worker nor its neighbours. A worker that is lost costs nothing: what it was reading is
given to another. Needs the extra ``cluster``.
"""

from __future__ import annotations

import functools
import multiprocessing
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from gongkai.database.versions import code_digest
from gongkai.errors import GongkaiError, UsageError
from gongkai.families.load import load_family
from gongkai.ingestion.workers import Reading, Workers

_PATIENCE = 30.0  # seconds for the scheduler to answer and have a worker
_LARGEST = "1 GiB"  # of a file, until dask warns that it travels


class Cluster:
    """As Workers, on the workers of a scheduler; made with the same arguments but the count."""

    def __init__(self, address: str, pipeline: str | Path, **arguments: Any) -> None:
        """Connect. Raises UsageError where no scheduler answers or it has no worker."""
        try:
            import dask
            from distributed import Client
        except ModuleNotFoundError as error:
            raise UsageError('--scheduler needs dask: pip install "gongkai[cluster]"') from error
        dask.config.set({"distributed.admin.large-graph-warning-threshold": _LARGEST})
        digest = load_family(pipeline).digest
        self._job = _Job(str(pipeline), (code_digest(), digest), tuple(arguments.items()))
        self._address = address
        try:
            connect: Any = Client  # without types of its own
            self._client = connect(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no scheduler at {address}: start one with `dask scheduler`, and workers with "
                f"`dask worker {address}`"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            self._client.close()
            raise UsageError(
                f"the scheduler has no workers: start some with `dask worker {address}`"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster; whatever is still being read for us is dropped."""
        self._client.close()

    @property
    def count(self) -> int:
        """The files that its workers read at once, as of now."""
        return sum(self._client.nthreads().values())

    def begin(self, path: Path) -> Future[Reading]:
        """Have one file read. It travels with the task, so that a lost one can be given again."""
        future: Future[Reading] = self._client.submit(
            _read_content, path.read_bytes(), path.suffix, self._job, pure=False
        )
        return future

    def end(self, _path: Path, future: Future[Reading]) -> Reading:
        """Wait for a file. Raises UsageError where workers run another gongkai, or all is lost."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            return future.result()
        except KilledWorker as error:
            return Reading("failed", f"读取进程一再中止（{error.allowed_failures + 1} 个计算节点）")
        except FutureCancelledError as error:
            raise UsageError(
                f"the scheduler at {self._address} has gone: the files done so far are whole, "
                "start it and run this again to go on"
            ) from error
        except (RuntimeError, ImportError) as error:  # what went over the wire is not known there
            raise UsageError(
                f"the cluster at {self._address} cannot run gongkai: install the same version "
                f"on the scheduler and its workers ({str(error).partition(chr(10))[0]})"
            ) from error


@dataclass(frozen=True, slots=True)
class _Job:
    """What all files of a run have in common."""

    pipeline: str
    digests: tuple[str, str]  # of code and pipeline
    arguments: tuple[tuple[str, Any], ...]  # of Workers


def _read_content(content: bytes, suffix: str, job: _Job) -> Reading:
    """Read one file on a worker: written down there, and read in a process of its own."""
    workers = _workers(job)
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        path = Path(folder, f"file{suffix}")
        path.write_bytes(content)
        return workers.end(path, workers.begin(path))


@functools.cache
def _workers(job: _Job) -> Workers:
    """The reading processes of this worker, one a thread. Raises UsageError for another gongkai."""
    from distributed import get_worker

    try:
        here = code_digest(), load_family(job.pipeline).digest
    except GongkaiError as error:
        raise UsageError(f"a worker cannot load the pipeline: {error}") from error
    if here != job.digests:
        raise UsageError(
            f"the worker {get_worker().address} runs another gongkai or pipeline than this "
            "machine: install the same on both"
        )
    # dask's nannies make daemons of their workers, which may not start processes.
    multiprocessing.current_process().daemon = False
    return Workers(get_worker().state.nthreads, job.pipeline, **dict(job.arguments))
