"""All test cases; importing this package fills the registry."""

from . import (
    cells,
    faults,
    files,
    headers,
    ruling,
    structure,
    surroundings,
    textlayer,
    titles,
    wording,
)
from .registry import ALL, CASES, Case, Job

__all__ = [
    "ALL",
    "CASES",
    "Case",
    "Job",
    "cells",
    "faults",
    "files",
    "headers",
    "ruling",
    "structure",
    "surroundings",
    "textlayer",
    "titles",
    "wording",
]
