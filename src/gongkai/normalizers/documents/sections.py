"""The six statutory sections: headings found in order, text between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from rapidfuzz import fuzz, process

from gongkai.families.family import Family
from gongkai.model import Line, Paragraph, Section
from gongkai.normalizers.documents.paragraphs import paragraphs, structured
from gongkai.normalizers.tables.labels import Folder, folder

_LONGEST = 42  # characters a heading has at most
_SURE = 0.85  # likeness from which a heading needs no ordinal
_SUB_TOPIC = 0.5  # what a bracketed ordinal costs a heading
_CONTENTS = re.compile(r"(?:\.{3,}|…{1,}|·{3,}|\s\d{1,3})\s*$")  # a line of a table of contents
_LARGER = 1.15  # times the body's font size: a title
_ATTACHMENT = re.compile(r"附(?:件|表)?\s*\d*\s*[：:]|附件\d*$")
_SIGNED_ON = re.compile(r".{0,6}\d{4}年\d{1,2}月\d{1,2}日$")
_BREAK = re.compile(r"[：:。]")


class Heading(Struct, frozen=True):
    """A printed section heading: which line (and how many lines) it takes."""

    line: int
    lines: int
    number: str
    title: str  # as printed
    rest: str  # text printed on the same line after the heading
    score: float


def find_headings(lines: Sequence[Line], family: Family) -> list[Heading]:
    """The statutory headings of one report, in order, each at most once.

    Titles decide, not ordinals: real reports lose or shift the ordinals.
    """
    candidates = list(heading_candidates(lines, family))
    order = {s.number: k for k, s in enumerate(family.settings.sections)}
    best: list[tuple[float, list[Heading]]] = []
    for k, heading in enumerate(candidates):
        chains = [
            best[i]
            for i in range(k)
            if candidates[i].line + candidates[i].lines <= heading.line
            and order[candidates[i].number] < order[heading.number]
        ]
        score, chain = max(chains, key=lambda c: c[0], default=(0.0, []))
        best.append((score + heading.score, [*chain, heading]))
    return max(best, key=lambda c: c[0], default=(0.0, []))[1]


def heading_candidates(lines: Sequence[Line], family: Family) -> list[Heading]:
    """Every line, or two lines, that reads like a statutory heading."""
    found = []
    for k, line in enumerate(lines):
        one = _candidate(k, 1, line.text, family)
        two = None
        if k + 1 < len(lines) and len(line.text) + len(lines[k + 1].text) <= _LONGEST:
            two = _candidate(k, 2, line.text + lines[k + 1].text, family)
        # a heading broken over two lines must read better whole than its first line alone
        if two is not None and (one is None or two.score > one.score + 0.02):
            found.append(two)
        elif one is not None:
            found.append(one)
    return found


@lru_cache(maxsize=16)
def _spellings(family: Family) -> tuple[Folder, dict[str, str]]:
    """Every spelling of a section's title, folded, with its number; once a process."""
    fold = folder(family)
    numbers = {fold(s.title).core: s.number for s in family.settings.sections}
    for label in family.labels:
        if label.kind == "section":
            numbers[fold(label.spelling).core] = label.id
    return fold, numbers


def _candidate(k: int, count: int, text: str, family: Family) -> Heading | None:
    if text[:1].isdigit():
        return None
    told = section_told(text, family)
    return None if told is None else Heading(k, count, *told)


@lru_cache(maxsize=2048)  # each line is asked for up to three times a report
def section_told(text: str, family: Family) -> tuple[str, str, str, float] | None:
    """The section a text may be the heading of: its number, the title as printed, what stands
    behind it, and a score; None where it is no heading."""
    fold, numbers = _spellings(family)
    head = _BREAK.split(text, maxsplit=1)[0]
    rest = text[len(head) + 1 :].strip()
    if len(head) > _LONGEST or _CONTENTS.search(text):
        return None
    label = fold(head)
    if len(label.core) < 3:
        return None
    near = family.settings.thresholds.near_section
    found = process.extractOne(
        label.core, numbers.keys(), scorer=fuzz.ratio, score_cutoff=100 * near
    )
    if found is None:
        return None
    title, likeness, _ = found
    best_number, best = numbers[title], likeness / 100
    bare = not label.ordinal and not head.lstrip().startswith(("、", "，", "."))
    if bare and best < _SURE:
        return None
    score = best + (0.1 if label.ordinal == best_number else 0.0)
    if head.lstrip().startswith(("（", "(")):
        score -= _SUB_TOPIC  # （一）主动公开情况 is a part of section one
    return best_number, head.strip(), rest, score


def sections_of(lines: Sequence[Line], headings: Sequence[Heading]) -> list[Section]:
    """The text under each heading, paragraphs rejoined over lines and pages."""
    sections = []
    for k, heading in enumerate(headings):
        start = heading.line + heading.lines
        last = k + 1 == len(headings)
        end = _end(lines, start) if last else headings[k + 1].line
        body = list(lines[start:end])
        parts = ([heading.rest] if heading.rest else []) + paragraphs(body)
        first = lines[heading.line].page
        page_last = body[-1].page if body else lines[start - 1].page
        sections.append(Section(heading.number, heading.title, "\n".join(parts), first, page_last))
    return sections


def _end(lines: Sequence[Line], start: int) -> int:
    """Where the last section ends: before an attachment, a further document, or the signature."""
    end = end_of_report(lines, start)
    attached = (k for k in range(start, end) if _ATTACHMENT.match("".join(lines[k].text.split())))
    return _before_signature(lines, start, next(attached, end))


def end_of_report(lines: Sequence[Line], start: int) -> int:
    """Where other matter begins after the last section's text, which starts at a line:
    at a line in larger print on a later page that no attachment is announced for."""
    for k in range(start, len(lines)):
        if _ATTACHMENT.match("".join(lines[k].text.split())):
            return len(lines)
        larger = lines[k].size > _LARGER * lines[start].size
        if larger and lines[k].page > lines[start].page:
            return k
    return len(lines)


def _before_signature(lines: Sequence[Line], start: int, end: int) -> int:
    """Without the date and the body that sign at the foot, each a line of its own."""
    if end - start < 2 or not _SIGNED_ON.fullmatch("".join(lines[end - 1].text.split())):
        return end
    left = min(line.box.x0 for line in lines[start:end])
    end -= 1
    signer = lines[end - 1]
    unsaid = not any(mark in signer.text for mark in "，。；：")
    if end - start > 1 and unsaid and signer.box.x0 > left + 4 * signer.size:
        end -= 1
    return end


def paragraphs_of(
    lines: Sequence[Line], headings: Sequence[Heading], first: int = 0
) -> list[Paragraph]:
    """Every paragraph of a report in order, from the given line on: what stands before the
    first section too. Those of a section are the lines of its text."""
    found = structured(lines[first : headings[0].line if headings else len(lines)], None)
    for k, heading in enumerate(headings):
        start = heading.line + heading.lines
        last = k + 1 == len(headings)
        end = _end(lines, start) if last else headings[k + 1].line
        rest = (heading.rest, lines[start - 1]) if heading.rest else None
        found += structured(lines[start:end], heading.number, rest)
    return found
