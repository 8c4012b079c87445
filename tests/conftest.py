"""What tests of several parts share."""

from __future__ import annotations

import pytest

from gongkai.pipeline import Pipeline, load_pipeline


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return load_pipeline()
