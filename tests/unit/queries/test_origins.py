"""The origin of a report: its paths and the versions that read it."""

from __future__ import annotations

from pathlib import Path

import gongkai
from gongkai.database.versions import code_digest
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.queries.origins import trace
from made import report


def test_an_origin_has_every_path_and_the_versions(tmp_path: Path, family: Family) -> None:
    db = tmp_path / "gongkai.db"
    with Writer(db, family) as writer:
        writer.store("/r/other.pdf", "cd" * 32, "loaded", None, [report(agency="乐水县财政局")])
        writer.store("/r/first.pdf", "ab" * 32, "loaded", None, [report()])
        writer.link("/r/second.pdf", "ab" * 32)
    stored, origin = trace(db, "清河市公安局 2019")
    assert stored.report.agency == "清河市公安局"
    assert stored.file_sha256 == origin.sha256 == "ab" * 32
    assert origin.paths == ("/r/first.pdf", "/r/second.pdf")
    assert (origin.code_version, origin.code_digest) == (gongkai.__version__, code_digest())
    assert (origin.pipeline, origin.pipeline_digest) == (family.name, family.digest)
