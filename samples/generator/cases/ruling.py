"""Cases of table rules, shading, frames and rotated pages."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Break
from .registry import ALL, Job, add


def style_changes(**changes: object) -> Callable[[Job], None]:
    """Return a change that sets attributes of the style."""

    def hook(job: Job) -> None:
        for name, value in changes.items():
            setattr(job.style, name, value)

    return hook


def _both_shades(job: Job) -> None:
    job.style.header_shade = job.rng.choice(((0.85, 0.89, 0.95), (0.9, 0.9, 0.9), (0.95, 0.9, 0.8)))
    job.style.article_shade = job.rng.choice(((0.77, 0.85, 0.94), (0.93, 0.93, 0.93)))


def _dark_shades(job: Job) -> None:
    job.style.header_shade = (0.6, 0.68, 0.8)
    job.style.article_shade = (0.55, 0.62, 0.75)


def _landscape(job: Job) -> None:
    section = job.built_report().section("三")
    section.before.append(Break(landscape=True))
    section.items.append(Break(landscape=False))
    job.table("applications").widths = [40, 70, 230, 60, 60, 60, 60, 66, 50, 56]


def _landscape_rotated(job: Job) -> None:
    job.style.rotate_landscape = True
    _landscape(job)


def _rotated_pages(job: Job) -> None:
    angle = job.rng.choice((90, 180, 270))
    if job.engine == "drawn":
        job.style.rotate = angle
    else:
        job.after_print.append(f"rotate:{angle}")


GROUP = "rules and pages"
add(
    "rules-stroke",
    GROUP,
    "rules drawn as strokes",
    slots="rules",
    change_report=style_changes(rules="stroke"),
)
add(
    "rules-fill",
    GROUP,
    "rules drawn as thin filled rectangles",
    slots="rules",
    engines=("drawn",),
    change_report=style_changes(rules="fill"),
)
add(
    "rules-double",
    GROUP,
    "an outline around every cell, so that inner rules are drawn twice",
    slots="rules",
    change_report=style_changes(rules="double"),
)
add(
    "rules-dashed",
    GROUP,
    "dashed rules",
    slots="rules",
    change_report=style_changes(rules="dashed"),
)
add(
    "rules-dotted",
    GROUP,
    "dotted rules",
    slots="rules",
    change_report=style_changes(rules="dotted"),
)
add("rules-grey", GROUP, "grey hairlines", slots="rules", change_report=style_changes(rules="grey"))
add(
    "rules-image",
    GROUP,
    "rules drawn as images",
    slots="rules",
    engines=("drawn",),
    change_report=style_changes(rules="image"),
)
add("rules-thick", GROUP, "thick rules", slots="rules", change_report=style_changes(rule_width=1.6))
add(
    "open-sides",
    GROUP,
    "tables without rules at the left and right",
    slots="rules",
    change_report=style_changes(open_sides=True),
)
add(
    "rules-horizontal",
    GROUP,
    "only horizontal rules",
    slots="rules widths",
    change_report=style_changes(horizontals_only=True),
)
add(
    "rules-none",
    GROUP,
    "no rules at all",
    slots="rules widths",
    change_report=style_changes(rules="none"),
)
add(
    "rules-white",
    GROUP,
    "white rules, invisible on the page",
    slots="rules widths",
    change_report=style_changes(rules="white"),
)
add(
    "helper-lines",
    GROUP,
    "white helper lines across cells and beside the table",
    slots="rules",
    engines=("drawn",),
    change_report=style_changes(rules="hidden"),
)
add(
    "white-boxes",
    GROUP,
    "a white box behind every line of text",
    slots="backs",
    engines=("drawn", "browser"),
    change_report=style_changes(white_boxes=True),
)
add(
    "shaded-headers",
    GROUP,
    "shaded headers and article lines",
    slots="backs",
    change_report=_both_shades,
)
add("shaded-dark", GROUP, "dark shading", slots="backs", change_report=_dark_shades)
add(
    "page-frame",
    GROUP,
    "a frame around the whole page",
    slots="frame",
    engines=("drawn", "browser"),
    change_report=style_changes(page_frame="black"),
)
add(
    "page-frame-white",
    GROUP,
    "a white frame around the whole page",
    slots="frame",
    engines=("drawn", "browser"),
    change_report=style_changes(page_frame="white"),
)
add(
    "paragraph-frames",
    GROUP,
    "white frames around paragraphs",
    slots="paragraphs",
    engines=("drawn", "browser"),
    change_report=style_changes(para_frames=True),
)
add(
    "landscape",
    GROUP,
    "a landscape page for section three",
    slots="pages widths turn",
    change_report=_landscape,
)
add(
    "landscape-rotate",
    GROUP,
    "a landscape page that is a portrait page with /Rotate",
    slots="pages widths turn",
    engines=("drawn",),
    change_report=_landscape_rotated,
)
add(
    "pages-rotated",
    GROUP,
    "/Rotate on all pages, which look upright",
    slots="turn",
    engines=ALL,
    change_report=_rotated_pages,
)
add(
    "values-top",
    GROUP,
    "numbers at the top of their cells",
    slots="align",
    change_report=style_changes(table_align="top"),
)
