"""Read randomly changed files: each must give a report or be refused.

Any other error, a crash, and a process out of time or memory is a find. Each sample is changed
a few times, or for ``GONGKAI_FUZZ_SECONDS`` (``make fuzz``); ``GONGKAI_FUZZ_SEED`` sets the first
seed. Files of finds are kept in the folder ``GONGKAI_FUZZ_FINDS``; a file made small from one is
committed in ``finds/``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

import pytest

from fuzz.mutations import MUTATIONS, mutate
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.jobs import Limits
from gongkai.ingestion.process import JobFailed
from gongkai.ingestion.workers import FileReading, Workers
from gongkai.model import ReadOptions
from helpers.registry import ROOT

SECONDS = float(os.environ.get("GONGKAI_FUZZ_SECONDS", "0"))
SEED = int(os.environ.get("GONGKAI_FUZZ_SEED", "1"))
CHANGES = 2  # of each sample, unless SECONDS says how long
WORKERS = int(os.environ.get("GONGKAI_FUZZ_WORKERS", "2"))
LIMITS = Limits(seconds=60, memory=1_500_000_000)
FINDS = Path(__file__).parent / "finds"
SAMPLES = sorted((ROOT / "samples").rglob("*.pdf"))
_OPTIONS = ReadOptions("never", False)  # OCR takes seconds a page and has its own tests


def test_the_same_seed_gives_the_same_mutation() -> None:
    data = SAMPLES[0].read_bytes()
    assert len({mutate(data, seed) for seed in range(20)}) > 15
    assert [mutate(data, seed) for seed in range(5)] == [mutate(data, seed) for seed in range(5)]
    assert len(MUTATIONS) > 5


@pytest.fixture(scope="module")
def reading_process() -> Iterator[Workers]:
    """One process; after a failure it is replaced."""
    with Workers(1, limits=LIMITS, options=_OPTIONS) as workers:
        yield workers


@pytest.mark.parametrize("path", sorted(FINDS.glob("*.pdf")), ids=lambda path: path.stem)
def test_earlier_finds_no_longer_fail(path: Path, reading_process: Workers) -> None:
    [reading] = reading_process.begin(path, [BUILT_IN]).result()
    assert reading.outcome in ("loaded", "unreadable", "not_a_report")


def test_random_changes_cause_no_unexpected_error(tmp_path: Path) -> None:
    finds_folder = Path(os.environ.get("GONGKAI_FUZZ_FINDS", tmp_path / "finds"))
    finds_folder.mkdir(parents=True, exist_ok=True)
    samples = [path.read_bytes() for path in SAMPLES]
    end = time.monotonic() + SECONDS
    first = SEED * 1_000_000

    def is_enough() -> bool:
        if SECONDS:
            return time.monotonic() >= end
        return seed >= first + CHANGES * len(samples)

    running: dict[Future[tuple[FileReading, ...]], Path] = {}
    outcomes: dict[str, int] = {}
    finds: list[str] = []
    seed = first
    with Workers(WORKERS, limits=LIMITS, options=_OPTIONS) as workers:
        while running or not is_enough():
            while len(running) < 3 * WORKERS and not is_enough():
                path = tmp_path / f"{seed}.pdf"
                path.write_bytes(mutate(samples[seed % len(samples)], seed))
                running[workers.begin(path, [BUILT_IN])] = path
                seed += 1
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                path = running.pop(future)
                error = future.exception()
                if isinstance(error, JobFailed):
                    path.rename(finds_folder / path.name)
                    sample = SAMPLES[int(path.stem) % len(samples)].name
                    finds.append(f"{path.name} of {sample}: {error}")
                    continue
                [reading] = future.result()
                outcomes[reading.outcome] = outcomes.get(reading.outcome, 0) + 1
                path.unlink()
    print(f"{sum(outcomes.values())} files, {outcomes}, {len(finds)} finds")  # noqa: T201
    assert finds == []
    assert len(outcomes) > 1
