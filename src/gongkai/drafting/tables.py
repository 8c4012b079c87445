"""From samples to the tables that recur in them, and what is not learnt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from gongkai.drafting.blocks import Block, BlockReader
from gongkai.drafting.keys import Labels
from gongkai.drafting.samples import Refused, Sample
from gongkai.drafting.schema import DraftTable, recurring_tables
from gongkai.families.country import Country
from gongkai.language import tr

_FEW = 2  # samples: of so few, a table in one of them is kept
_SHARED_FIELD = 0.6  # share of the samples that print a label of a text value


class LearntTables(Struct, frozen=True):
    """The samples that have tables in common, and these tables.

    ``refused`` are samples of another kind; ``leftover`` names tables that are in one sample
    only, or hold no numbers.
    """

    samples: tuple[Sample, ...]
    tables: tuple[DraftTable, ...]
    refused: tuple[Refused, ...]
    leftover: tuple[str, ...]


def learn_tables(samples: Sequence[Sample], country: Country) -> LearntTables:
    """Find the tables that recur in the samples. The result does not depend on file names."""
    labels = Labels(country)
    blocks = _blocks(samples, country)
    tables = recurring_tables(blocks, labels)
    kept = _related(len(samples), tables)
    refused = [
        Refused(sample.name, tr("none of its tables is in another sample"))
        for number, sample in enumerate(samples)
        if number not in kept
    ]
    if refused:
        samples = [sample for number, sample in enumerate(samples) if number in kept]
        blocks = _blocks(samples, country)
        tables = recurring_tables(blocks, labels)
    enough = [t for t in tables if len(samples) <= _FEW or len(t.samples) > 1]
    leftover = [_name(table, samples) for table in tables if table not in enough]
    used = {id(block.lattice) for own in blocks for block in own}
    leftover += [
        f"{sample.name}: {_place(lattice.above, lattice.pages)}"
        for sample in samples
        for lattice in sample.tables
        if id(lattice) not in used
    ]
    return LearntTables(tuple(samples), tuple(enough), tuple(refused), tuple(leftover))


def _blocks(samples: Sequence[Sample], country: Country) -> list[list[Block]]:
    """The blocks of each sample; a second pass knows the corners that the first one found."""
    fields = _text_fields(samples)
    corners: set[str] = set()
    found: list[list[Block]] = []
    for _ in range(2):
        reader = BlockReader(country.units, fields, corners)
        found = [
            [block for lattice in sample.tables for block in reader.blocks(lattice)]
            for sample in samples
        ]
        corners = {text for own in found for block in own for text in block.corners}
    return found


def _text_fields(samples: Sequence[Sample]) -> frozenset[str]:
    """The labels beside which each sample has one text, mostly a text of its own."""
    beside: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for number, sample in enumerate(samples):
        for lattice in sample.tables:
            for cell in lattice.cells:
                left = lattice.at(cell.row, cell.column - 1)
                if cell.is_text and left is not None and left.is_text:
                    beside[left.text][number].add(cell.text)
    found = set()
    for label, by_sample in beside.items():
        texts = set().union(*by_sample.values())
        single = all(len(own) == 1 for own in by_sample.values())
        shared = len(by_sample) > max(1, _SHARED_FIELD * len(samples) - 1)
        if single and shared and len(texts) >= max(2, _SHARED_FIELD * len(by_sample)):
            found.add(label)
    return frozenset(found)


def _related(count: int, tables: Sequence[DraftTable]) -> set[int]:
    """The largest set of samples that are linked by common tables; the first of equal ones."""
    group = list(range(count))
    for table in tables:
        members = {group[sample] for sample in table.samples}
        group = [min(members) if each in members else each for each in group]
    sizes = {each: group.count(each) for each in group}
    best = max(sizes, key=lambda each: (sizes[each], -each), default=0)
    return {sample for sample in range(count) if group[sample] == best}


def _name(table: DraftTable, samples: Sequence[Sample]) -> str:
    sample = min(table.samples)
    lattice = table.blocks[sample].lattice
    return f"{samples[sample].name}: {_place(lattice.above, lattice.pages)}"


def _place(above: Sequence[str], pages: Sequence[int]) -> str:
    return f"page {pages[0] if pages else 0}, below {above[-1] if above else 'no text'!r}"
