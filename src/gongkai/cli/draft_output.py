"""What `gongkai families draft` says about a draft."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.cli.streams import say

if TYPE_CHECKING:
    from gongkai.drafting.draft import Draft


def print_draft(draft: Draft, folder: Path) -> None:
    """Say what was learnt and what was not, on stderr."""
    for each in draft.refused:
        say(f"not learnt from {each.name}: {each.reason}")
    for text in draft.learnt.leftover:
        say(f"table not learnt: {text}")
    for named in draft.named.tables:
        rows, columns = len(named.table.rows.printed), len(named.table.columns.printed)
        say(f"{named.id}: {rows} rows, {columns} columns ({named.title})")
    ranks = Counter(identity.rank for identity in draft.identities)
    must = sum(identity.severity == "must" for identity in draft.identities)
    say(
        f"{len(draft.identities)} identities: {ranks['strong']} strong ({must} as must), "
        f"{ranks['weak']} weak, {ranks['unproved']} unproved"
    )
    say(f"written to {folder}")
