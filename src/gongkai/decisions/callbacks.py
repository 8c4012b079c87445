"""What the layers above know and decisions need: how to check again, and who a body is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from gongkai.checks.recheck import Agreement, IsConfirmed, Recheck
from gongkai.loaders import history
from gongkai.model import Agency, Key, Report


@dataclass(frozen=True, slots=True)
class Rules:
    """``recheck`` checks a report again, ``body`` names the body that a person typed."""

    pipeline: str  # its name
    recheck: Callable[[Report, Agreement, IsConfirmed], Recheck]
    body: Callable[[str, Report], Agency]
    keys: Collection[Key]  # what is compared from year to year
    sections: Collection[str]
    years: history.Rule
