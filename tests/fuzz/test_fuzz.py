"""Readers against files that were changed at random: a report or a refusal, nothing else.

A find is any other error, a crash, a process out of time or memory. The time to search is
``GONGKAI_FUZZ_SECONDS``, the place to start ``GONGKAI_FUZZ_SEED`` (``make fuzz``); what is found
is kept in ``GONGKAI_FUZZ_FINDS``, made small, and lives on in ``finds/`` beside this file.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

import pytest

from fuzz.mutations import MUTATIONS, mutated
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.pool import JobFailed, Limits, Pool
from gongkai.ingestion.workers import FileReading, read_file
from gongkai.model import ReadOptions
from helpers.registry import ROOT

SECONDS = float(os.environ.get("GONGKAI_FUZZ_SECONDS", "45"))
SEED = int(os.environ.get("GONGKAI_FUZZ_SEED", "1"))
WORKERS = int(os.environ.get("GONGKAI_FUZZ_WORKERS", "2"))
LIMITS = Limits(seconds=60, memory=1_500_000_000)
FINDS = Path(__file__).parent / "finds"
SAMPLES = sorted((ROOT / "samples").rglob("*.pdf"))
_OPTIONS = ReadOptions("never", False)  # pictures take seconds each: they have their own tests


def test_a_mutation_can_be_made_again() -> None:
    data = SAMPLES[0].read_bytes()
    assert len({mutated(data, seed) for seed in range(20)}) > 15
    assert [mutated(data, seed) for seed in range(5)] == [mutated(data, seed) for seed in range(5)]
    assert len(MUTATIONS) > 5


@pytest.mark.parametrize("path", sorted(FINDS.glob("*.pdf")), ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path) -> None:
    pool = Pool(1, read_file, LIMITS)
    try:
        reading: FileReading = pool.schedule(path, BUILT_IN, None, _OPTIONS).result()
    finally:
        pool.stop()
    assert reading.outcome in ("loaded", "unreadable", "not_a_report")


def test_no_change_to_a_file_harms_its_reader(tmp_path: Path) -> None:
    place = Path(os.environ.get("GONGKAI_FUZZ_FINDS", tmp_path / "finds"))
    place.mkdir(parents=True, exist_ok=True)
    samples = [path.read_bytes() for path in SAMPLES]
    until = time.monotonic() + SECONDS
    under_way: dict[Future[FileReading], Path] = {}
    outcomes: dict[str, int] = {}
    finds: list[str] = []
    pool = Pool(WORKERS, read_file, LIMITS)
    seed = SEED * 1_000_000
    try:
        while under_way or time.monotonic() < until:
            while len(under_way) < 3 * WORKERS and time.monotonic() < until:
                path = tmp_path / f"{seed}.pdf"
                path.write_bytes(mutated(samples[seed % len(samples)], seed))
                under_way[pool.schedule(path, BUILT_IN, None, _OPTIONS)] = path
                seed += 1
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                path = under_way.pop(future)
                error = future.exception()
                if isinstance(error, JobFailed):
                    path.rename(place / path.name)
                    sample = SAMPLES[int(path.stem) % len(samples)].name
                    finds.append(f"{path.name} of {sample}: {error}")
                    continue
                outcome = future.result().outcome
                outcomes[outcome] = outcomes.get(outcome, 0) + 1
                path.unlink()
    finally:
        pool.stop()
    print(f"{sum(outcomes.values())} files, {outcomes}, {len(finds)} finds")  # noqa: T201
    assert finds == []
    assert len(outcomes) > 1
