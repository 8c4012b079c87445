"""The rules of tables, boxes, frames, and turned pages."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Break
from .registry import ALL, Job, add


def _style(**changes: object) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        for name, value in changes.items():
            setattr(job.style, name, value)

    return hook


def _both_shades(job: Job) -> None:
    job.style.header_shade = job.rng.choice(((0.85, 0.89, 0.95), (0.9, 0.9, 0.9), (0.95, 0.9, 0.8)))
    job.style.article_shade = job.rng.choice(((0.77, 0.85, 0.94), (0.93, 0.93, 0.93)))


def _dark(job: Job) -> None:
    job.style.header_shade = (0.6, 0.68, 0.8)
    job.style.article_shade = (0.55, 0.62, 0.75)


def _landscape(job: Job) -> None:
    section = job.built().section("三")
    section.before.append(Break(landscape=True))
    section.items.append(Break(landscape=False))
    job.table("applications").widths = [40, 70, 230, 60, 60, 60, 60, 66, 50, 56]


def _landscape_turned(job: Job) -> None:
    job.style.rotate_landscape = True
    _landscape(job)


def _turned(job: Job) -> None:
    angle = job.rng.choice((90, 180, 270))
    if job.engine == "drawn":
        job.style.rotate = angle
    else:
        job.after_print.append(f"turn:{angle}")


G = "rules and pages"
D, DB = ("drawn",), ("drawn", "browser")
add("rules-stroke", G, "rules drawn as strokes", slots="rules", built=_style(rules="stroke"))
add(
    "rules-fill",
    G,
    "rules drawn as thin filled rectangles",
    slots="rules",
    engines=D,
    built=_style(rules="fill"),
)
add(
    "rules-double",
    G,
    "every cell outlined, so that all inner rules are drawn twice",
    slots="rules",
    built=_style(rules="double"),
)
add("rules-dashed", G, "dashed rules", slots="rules", built=_style(rules="dashed"))
add("rules-dotted", G, "dotted rules", slots="rules", built=_style(rules="dotted"))
add("rules-grey", G, "grey hairlines", slots="rules", built=_style(rules="grey"))
add(
    "rules-image",
    G,
    "rules that are pictures",
    slots="rules",
    engines=D,
    built=_style(rules="image"),
)
add("rules-thick", G, "thick rules", slots="rules", built=_style(rule_width=1.6))
add(
    "open-sides",
    G,
    "tables open at the left and right",
    slots="rules",
    built=_style(open_sides=True),
)
add(
    "rules-horizontal",
    G,
    "only horizontal rules",
    slots="rules widths",
    built=_style(horizontals_only=True),
)
add("rules-none", G, "no rules at all", slots="rules widths", built=_style(rules="none"))
add(
    "rules-white",
    G,
    "all rules white, so that none is seen",
    slots="rules widths",
    built=_style(rules="white"),
)
add(
    "helper-lines",
    G,
    "white helper lines across cells and beside the table",
    slots="rules",
    engines=D,
    built=_style(rules="hidden"),
)
add(
    "white-boxes",
    G,
    "white boxes behind every line of text",
    slots="backs",
    engines=DB,
    built=_style(white_boxes=True),
)
add("shaded-headers", G, "headers and block lines shaded", slots="backs", built=_both_shades)
add("shaded-dark", G, "dark shading", slots="backs", built=_dark)
add(
    "page-frame",
    G,
    "a frame around the whole page",
    slots="frame",
    engines=DB,
    built=_style(page_frame="black"),
)
add(
    "page-frame-white",
    G,
    "a white frame around the whole page",
    slots="frame",
    engines=DB,
    built=_style(page_frame="white"),
)
add(
    "paragraph-frames",
    G,
    "white frames around paragraphs",
    slots="paragraphs",
    engines=DB,
    built=_style(para_frames=True),
)
add(
    "landscape",
    G,
    "a landscape page for section three",
    slots="pages widths turn",
    built=_landscape,
)
add(
    "landscape-rotate",
    G,
    "the landscape page is a portrait page with /Rotate",
    slots="pages widths turn",
    engines=D,
    built=_landscape_turned,
)
add(
    "pages-rotated",
    G,
    "all pages carry /Rotate and look upright",
    slots="turn",
    engines=ALL,
    built=_turned,
)
add(
    "values-top",
    G,
    "numbers at the top of their cells",
    slots="align",
    built=_style(table_align="top"),
)
