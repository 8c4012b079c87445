"""From points of a page that OCR rotated or deskewed to points of the displayed page."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from gongkai.model import Box, Page, Report


def to_displayed(report: Report, pages: Mapping[int, Page]) -> Report:
    """The report with every box in points of the displayed page.

    ``pages`` are the pages of the file by number; ``Page.to_displayed`` is the transform of each.
    """
    if all(page.to_displayed is None for page in pages.values()):
        return report

    def displayed(page: int, box: Box) -> Box:
        transform = pages[page].to_displayed
        return box if transform is None else _transform(box, transform)

    return replace(
        report,
        observations=tuple(replace(o, box=displayed(o.page, o.box)) for o in report.observations),
        problems=tuple(
            replace(p, box=displayed(p.page, p.box)) if p.page and p.box else p
            for p in report.problems
        ),
        paragraphs=tuple(replace(p, box=displayed(p.page, p.box)) for p in report.paragraphs),
    )


def _transform(box: Box, transform: tuple[float, float, float, float, float, float]) -> Box:
    a, b, c, d, e, f = transform
    corners = [
        (a * x + b * y + c, d * x + e * y + f)
        for x in (box.x0, box.x1)
        for y in (box.top, box.bottom)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))
