"""What a look at the picture says of numbers that were read already.

Of a scan, a second and finer look: where the two differ, the reading that the sums bear
out. Of a digital page, whether one sees what its text layer says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gongkai.checks.identities import check_identities
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.pdfplumber_reader import PageReading, read_with_pdfplumber
from gongkai.families.family import Family
from gongkai.model import Check, Key, Observation, Observations, Page
from gongkai.normalizers.tables.values import read_number

_FEW = 12  # cells that tell whether a report in which no number was read holds none
_SURE = 0.8  # confidence from which on a picture may speak against a text layer


@dataclass
class Looks:
    """Second looks at pages, each taken once: by pdfplumber at text, else at the picture."""

    pages: Mapping[int, Page]
    pictures: FileOcr
    taken: dict[int, PageReading] = field(default_factory=dict)

    def at(self, numbers: Iterable[int]) -> list[PageReading]:
        """What a second reader sees on the given pages (from 1)."""
        wanted = sorted(set(numbers))
        new = [number for number in wanted if number not in self.taken]
        scans = [number for number in new if self.pages[number].reader == "ocr"]
        texts = [number for number in new if number not in scans]
        looks = read_with_pdfplumber(self.pictures.path, texts) if texts else []
        looks += self.pictures.reread_pages(self.pages[number] for number in scans) if scans else []
        self.taken.update((look.page, look) for look in looks)
        return [self.taken[number] for number in wanted if number in self.taken]


def surer(
    first: Observations, second: Observations, forms: Mapping[str, str], family: Family
) -> dict[Key, Observation]:
    """Of two readings of a scan's cells the ones under which most sums hold.

    A cell keeps its first reading unless the second one mends a sum, or the first could
    not be read at all. Both are readings of the print: nothing is made up.
    """
    best = dict(first)
    differing = [
        key
        for key, cell in first.items()
        if cell.reader == "ocr"
        and key in second
        and (cell.state, cell.value) != (second[key].state, second[key].value)
    ]
    for key in differing:
        if best[key].state == "unreadable" and second[key].state != "unreadable":
            best[key] = second[key]
    failing = _failing(best, forms, family)
    for key in differing:
        if not failing:
            break
        other = second[key] if best[key] is first[key] else first[key]
        if other.state == "unreadable":
            continue
        tried = {**best, key: other}
        left = _failing(tried, forms, family)
        if left < failing:
            best, failing = tried, left
    return best


def _failing(seen: Observations, forms: Mapping[str, str], family: Family) -> int:
    checks = check_identities(seen, forms, family)
    return sum(check.status == "fail" and check.severity == "must" for check in checks)


def contradicted(
    checks: Sequence[Check], seen: Observations, pictures: FileOcr, family: Family
) -> dict[Key, str]:
    """The cells of failing sums whose text layer says something else than one sees.

    Each with the text that is seen. A wrong character map deceives every reader of text
    alike, but not the eye. Where no number was read at all, no sum can fail: then some
    cells are looked at, too.
    """
    asked = in_failing_sums(checks, seen) or _without_numbers(seen)
    if not asked or not pictures.available:
        return {}
    places = [(seen[key].page, seen[key].box) for key in asked]
    read = pictures.read_cells(places, [seen[key].raw_text for key in asked])
    found = {}
    for key, (text, confidence) in zip(asked, read, strict=True):
        sight = read_number(text, family)
        if confidence >= _SURE and (sight.state, sight.value) != (seen[key].state, seen[key].value):
            found[key] = text
    return found


def _without_numbers(seen: Observations) -> list[Key]:
    """Some of the digital cells of a report that holds no number."""
    if any(cell.state == "number" for cell in seen.values()):
        return []
    asked = [key for key, cell in seen.items() if cell.reader != "ocr"]
    return asked[:: max(1, len(asked) // _FEW)]


def in_failing_sums(checks: Sequence[Check], seen: Observations) -> list[Key]:
    """The digital cells that take part in a sum that fails."""
    return list(
        dict.fromkeys(
            key
            for check in checks
            if check.status == "fail" and check.severity == "must" and check.expected is not None
            for key in check.cells
            if seen[key].reader != "ocr"
        )
    )
