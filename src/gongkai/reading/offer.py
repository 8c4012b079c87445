"""Offers one file to several families of reports. Its pages are read once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from gongkai.errors import NotAReport, SourceError
from gongkai.extractors.readers import FilePages, naming_attachments
from gongkai.families.family import Subject
from gongkai.model import Report
from gongkai.problems import make_problem, message
from gongkai.reading.report import Position, ReportReader

Result = list[Report] | SourceError


def read_offered(
    path: Path, readers: Sequence[ReportReader], rivals: Sequence[ReportReader] = ()
) -> list[Result]:
    """Read a file once, and offer its pages to the readers of several families.

    Returns the reports that each reader finds, in printed order, or why it finds none. The
    ``rivals`` are readers of further families, which may claim the same reports. So the result of
    a family is the same whether it is asked alone or together with them. Families of other
    countries, or with other readers of pages, need pages of their own.
    """
    results: dict[ReportReader, Result] = {}
    for files in (reader.files for reader in readers):
        group = [each for each in readers if each.files == files and each not in results]
        if group:
            others = [each for each in rivals if each.files == files]
            results.update(zip(group, _read_group(path, group, others), strict=True))
    return [results[reader] for reader in readers]


def _read_group(
    path: Path, readers: Sequence[ReportReader], rivals: Sequence[ReportReader]
) -> Sequence[Result]:
    """The results of readers that share the pages of a file."""
    everyone = [*readers, *rivals]
    subject = Subject.of_all(reader.family for reader in everyone)
    try:
        with readers[0].files.pages(path, subject) as file:
            results = [_reports(reader, file) for reader in readers]
            if any(isinstance(each, list) for each in results):
                results += [_reports(reader, file) for reader in rivals]
                results = _judged(everyone, results, file)
            return [
                naming_attachments(path, each) if isinstance(each, NotAReport) else each
                for each in results[: len(readers)]
            ]
    except SourceError as error:
        return [error] * len(readers)


def _reports(reader: ReportReader, file: FilePages, stops: Sequence[Position] = ()) -> Result:
    """The reports that one reader finds, at least one, or why it finds none."""
    try:
        return reader.reports(file, stops) or NotAReport(message("not_a_report"))
    except SourceError as error:  # such as an empty form of its reports
        return error


def _judged(
    readers: Sequence[ReportReader], results: Sequence[Result], file: FilePages
) -> list[Result]:
    """The results of readers, none with a report that another one has more right to."""
    if sum(isinstance(each, list) for each in results) > 1:
        results = _apart(readers, results, file)
    return [
        _claimed(k, readers, results) if isinstance(each, list) else each
        for k, each in enumerate(results)
    ]


def _apart(
    readers: Sequence[ReportReader], results: Sequence[Result], file: FilePages
) -> list[Result]:
    """The result of each reader, without what goes on where a report of another one begins."""
    pairs = list(zip(readers, results, strict=True))
    starts = [
        set(reader.titled_starts(file) if isinstance(result, list) else ())
        for reader, result in pairs
    ]
    stops = [set().union(*starts) - own for own in starts]
    return [
        _reports(reader, file, sorted(places)) if isinstance(result, list) and places else result
        for (reader, result), places in zip(pairs, stops, strict=True)
    ]


def _claimed(k: int, readers: Sequence[ReportReader], results: Sequence[Result]) -> Result:
    """The reports that reader ``k`` keeps, of those that each reader found in a file.

    Of two families that find a report in the same place, the one that knows its title keeps it.
    If both know the title, or neither, both keep it, and each report names the other family.
    """
    found = [each if isinstance(each, list) else [] for each in results]
    kept, owners = [], set()
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
        else:
            owners |= {title for title, is_titled in rivals if is_titled}
    return kept or NotAReport(message("of_another_family", title="》《".join(sorted(owners))))


def _places(report: Report) -> set[tuple[object, ...]]:
    """Where the title, the sections and the cells of a report are printed."""
    titles = [(report.page_first, report.title)] if report.title else []
    sections = [(section.page_first, section.title) for section in report.sections]
    return {*titles, *sections, *((cell.page, cell.box) for cell in report.observations)}
