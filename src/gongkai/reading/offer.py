"""Offers one file to several families of reports. Its pages are read once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from gongkai.errors import NotAReport, SourceError
from gongkai.extractors.readers import FilePages
from gongkai.families.family import Subject
from gongkai.model import Report
from gongkai.problems import make_problem, message
from gongkai.reading.report import ReportReader


def read_offered(path: Path, readers: Sequence[ReportReader]) -> list[list[Report] | SourceError]:
    """Read a file once, and offer its pages to the readers of several families.

    Returns the reports that each reader finds, in printed order, or why it finds none. Families
    of other countries, or with other readers of pages, need pages of their own.
    """
    results: dict[ReportReader, list[Report] | SourceError] = {}
    for files in (reader.files for reader in readers):
        group = [each for each in readers if each.files == files and each not in results]
        if group:
            results.update(zip(group, _read_group(path, group), strict=True))
    return [results[reader] for reader in readers]


def _read_group(
    path: Path, readers: Sequence[ReportReader]
) -> Sequence[list[Report] | SourceError]:
    """The results of readers that share the pages of a file."""
    subject = Subject.of_all(reader.family for reader in readers)
    try:
        with readers[0].files.pages(path, subject) as file:
            results = [_reports(reader, file) for reader in readers]
            found = [[] if isinstance(each, NotAReport) else each for each in results]
            if sum(map(bool, found)) > 1:
                found = _apart(readers, found, file)
            found = [_claimed(k, readers, found) for k in range(len(readers))]
            refusals = [each for each in results if isinstance(each, NotAReport)]
            if not any(found):
                raise next(iter(refusals), _none_of(subject))
    except SourceError as error:
        return [error] * len(readers)
    return [
        reports or (result if isinstance(result, NotAReport) else _none_of(reader.family.subject))
        for reader, reports, result in zip(readers, found, results, strict=True)
    ]


def _reports(reader: ReportReader, file: FilePages) -> list[Report] | NotAReport:
    try:
        return reader.reports(file)
    except NotAReport as error:  # an empty form of its reports
        return error


def _none_of(subject: Subject) -> NotAReport:
    return NotAReport(message("not_a_report", title=subject.title))


def _apart(
    readers: Sequence[ReportReader], found: Sequence[list[Report]], file: FilePages
) -> list[list[Report]]:
    """The reports of each reader, none of which goes on where one of another family begins."""
    pairs = list(zip(readers, found, strict=True))
    starts = [set(reader.titled_starts(file) if reports else ()) for reader, reports in pairs]
    stops = [set().union(*starts) - own for own in starts]
    return [
        reader.reports(file, sorted(places)) if reports and places else reports
        for (reader, reports), places in zip(pairs, stops, strict=True)
    ]


def _claimed(
    k: int, readers: Sequence[ReportReader], found: Sequence[Sequence[Report]]
) -> list[Report]:
    """The reports that reader ``k`` keeps, of those that each reader found in a file.

    Of two families that find a report in the same place, the one that knows its title keeps it.
    If both know the title, or neither, both keep it, and each report names the other family.
    """
    kept = []
    for report in found[k]:
        rivals = {
            (reader.family.title, bool(other.title))
            for reader, reports in zip(readers, found, strict=True)
            if reader is not readers[k]
            for other in reports
            if not _places(report).isdisjoint(_places(other))
        }
        if report.title or not any(is_titled for _, is_titled in rivals):
            equal = sorted(title for title, is_titled in rivals if is_titled == bool(report.title))
            notes = [make_problem("claimed_twice", title=title) for title in equal]
            kept.append(replace(report, problems=(*report.problems, *notes)))
    return kept


def _places(report: Report) -> set[tuple[object, ...]]:
    """Where the title, the sections and the cells of a report are printed."""
    titles = [(report.page_first, report.title)] if report.title else []
    sections = [(section.page_first, section.title) for section in report.sections]
    return {*titles, *sections, *((cell.page, cell.box) for cell in report.observations)}
