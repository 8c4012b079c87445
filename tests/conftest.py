"""What tests of several parts share."""

from __future__ import annotations

import pytest
from hypothesis import settings

from gongkai.pipeline import Pipeline, load_pipeline
from helpers.browser import browser, tab

__all__ = ["browser", "pipeline", "tab"]

# the same examples on every machine: a red run can be run again
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return load_pipeline()
