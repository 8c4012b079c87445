"""What the layers above know and decisions need: how to check again, and who a body is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gongkai.loaders import history
from gongkai.model import Agency, Check, Key, Report, ReportStatus

# Of cells that people decided: did they read the same as the machine?
Agreed = Mapping[Key, bool]
Confirmed = Callable[[Check], bool]


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A report's checks over what people decided, one for each there was, in their order."""

    checks: Sequence[Check]
    implied: Mapping[Key, Decimal]
    status: ReportStatus


@dataclass(frozen=True, slots=True)
class Rules:
    """``recheck`` checks a report again, ``body`` names the body that a person typed."""

    pipeline: str  # its name
    recheck: Callable[[Report, Agreed, Confirmed], Rechecked]
    body: Callable[[str, Report], Agency]
    keys: Collection[Key]  # what is compared from year to year
    sections: Collection[str]
    years: history.Rule
