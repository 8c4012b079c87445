"""Fuzz the readers without end, led by the coverage of their code.

python tests/fuzz/guided.py --minutes 60 --corpus fuzz-corpus --finds fuzz-finds

Atheris keeps each changed file that reaches new code, and changes it further; so it comes to
places that random changes of the samples do not reach. An unexpected error, a crash of a
library, a file that takes longer than three minutes or more memory than a reading process may
have is a find: its file goes to the folder of finds, and the run ends. A file made small from it
belongs into ``tests/fuzz/finds``. The corpus is kept from run to run; atheris itself takes more
and more memory, which is not counted. Needs atheris (``make fuzz-guided``).
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
from pathlib import Path

import atheris
import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

with atheris.instrument_imports(include=["gongkai", "pdfplumber", "pdfminer"]):
    from gongkai.families.folders import BUILT_IN
    from gongkai.ingestion.workers import FileJob, read_file
    from gongkai.loaders.packed import unpack_reports
    from gongkai.model import ReadOptions
    from gongkai.reading import offer  # noqa: F401 - instrumented before the first file

from fuzz.mutations import mutate  # noqa: E402

_OPTIONS = ReadOptions("never", False)  # OCR takes seconds a page and has its own tests
_MAX_BYTES = 1_000_000  # of a file; most samples have a tenth
_MAX_SECONDS = 180  # counting coverage takes most of the time
_MAX_BYTES_HELD = 1_500_000_000  # while a file is read


def change(data: bytes, max_size: int, seed: int) -> bytes:
    """Change a file, in its compressed streams, too."""
    return mutate(data, seed)[:max_size] if data else b"%PDF-"


class Target:
    """Reads one file after another from the same path."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "changed.pdf"

    def __call__(self, data: bytes) -> None:
        """Read a file. Any error that propagates is a find."""
        self._path.write_bytes(data)
        held, most = psutil.Process().memory_info().rss, _most_held()
        for reading in read_file(FileJob.of(self._path, [BUILT_IN]), options=_OPTIONS):
            unpack_reports(reading.packed)
        if most < _most_held() > held + _MAX_BYTES_HELD:
            raise MemoryError


def _most_held() -> int:
    """The most bytes that this process held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Run for the time given; the exit status is 0 if nothing was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-corpus"))
    parser.add_argument("--finds", type=Path, default=Path("fuzz-finds"))
    arguments = parser.parse_args()
    for folder in (arguments.corpus, arguments.finds):
        folder.mkdir(parents=True, exist_ok=True)
    for sample in (ROOT / "samples").rglob("*.pdf"):
        if sample.stat().st_size < _MAX_BYTES:
            shutil.copy(sample, arguments.corpus)
    with tempfile.TemporaryDirectory() as folder:
        options = [
            f"-max_total_time={arguments.minutes * 60:.0f}",
            f"-seed={arguments.seed}",
            f"-max_len={_MAX_BYTES}",
            f"-timeout={_MAX_SECONDS}",
            f"-report_slow_units={_MAX_SECONDS}",
            "-rss_limit_mb=6000",
            f"-artifact_prefix={arguments.finds}/",
            str(arguments.corpus),
        ]
        atheris.Setup([sys.argv[0], *options], Target(Path(folder)), custom_mutator=change)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
