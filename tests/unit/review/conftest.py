"""A review of the database ``db``, which each module makes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from gongkai.review.app import make_app
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    """A copy of the database that a module has ``made``, with its PDF files."""
    shutil.copytree(made.parent / "pdf", tmp_path / "pdf")
    return Path(shutil.copy(made, tmp_path / made.name))


@pytest.fixture
def desk(db: Path, family: Family) -> Iterator[ReviewDesk]:
    with DecisionStore(db, [family]) as store:
        renderer = CropRenderer(db.parent / "pdf")
        yield ReviewDesk(store, renderer)
        renderer.close()


@pytest.fixture
def app(desk: ReviewDesk) -> Starlette:
    return make_app(desk, "甲")
