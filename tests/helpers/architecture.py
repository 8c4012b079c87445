"""docs/architecture.svg: the packages of gongkai and what they import, drawn from the code."""

from __future__ import annotations

import ast
from collections import defaultdict
from html import escape
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gongkai"
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 190, 46, 26, 40, 16  # of boxes and between them, in pixels
STYLE = (
    "text{font:14px sans-serif;fill:#222;text-anchor:middle}.small{font-size:11px;fill:#666}"
    "rect{fill:#eef3f8;stroke:#4a6a8a}path{fill:none;stroke:#8aa;stroke-width:1.2}"
)


def imports() -> dict[str, set[str]]:
    """Which top-level package or module imports which."""
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = _top(path.relative_to(SOURCE).parts[0])
        if name.startswith("__"):
            continue
        below = found.setdefault(name, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gongkai"):
                for alias in node.names:
                    parts = f"{node.module}.{alias.name}".split(".")
                    below.add(_top(parts[1]))
    return {name: {b for b in below if b in found and b != name} for name, below in found.items()}


def direct(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The graph without imports that follow from others (its transitive reduction)."""

    return {
        name: {b for b in below if not any(b in reached(graph, other) for other in below - {b})}
        for name, below in graph.items()
    }


def reached(graph: dict[str, set[str]], name: str) -> set[str]:
    """Everything that a package imports, directly or through others."""
    return graph[name].union(*(reached(graph, below) for below in graph[name]))


def rows(graph: dict[str, set[str]]) -> list[list[str]]:
    """Packages by rank, highest first: a package is above everything that it imports."""
    ranks: dict[str, int] = {}

    def rank(name: str) -> int:
        if name not in ranks:
            ranks[name] = 1 + max((rank(below) for below in graph[name]), default=-1)
        return ranks[name]

    def side(name: str) -> tuple[bool, bool, str]:
        """What reads files is on the left, what stores and shows is on the right."""
        return name not in left, "reading" not in reached(graph, name), name

    left = {"reading", *reached(graph, "reading")}
    by_rank: dict[int, list[str]] = defaultdict(list)
    for name in sorted(graph, key=side):
        by_rank[rank(name)].append(name)
    return [by_rank[number] for number in sorted(by_rank, reverse=True)]


def picture() -> str:
    """The SVG: a box for each package, an arrow to each package that it imports directly."""
    graph = imports()
    lines, levels = direct(graph), rows(graph)
    columns = max(map(len, levels))
    width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP_X
    height = 2 * MARGIN + len(levels) * HEIGHT + (len(levels) - 1) * GAP_Y
    places: dict[str, tuple[float, float]] = {}
    for level, names in enumerate(levels):
        start = (width - len(names) * WIDTH - (len(names) - 1) * GAP_X) / 2
        for column, name in enumerate(names):
            places[name] = (start + column * (WIDTH + GAP_X), MARGIN + level * (HEIGHT + GAP_Y))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><style>{STYLE}</style>',
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#8aa"/>'
        "</marker></defs>",
    ]
    for name, below in lines.items():
        for other in sorted(below):
            out.append(_arrow(places[name], places[other]))
    for name, (x, y) in places.items():
        middle = x + WIDTH / 2
        out.append(f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>')
        out.append(f'<text x="{middle:g}" y="{y + 20:g}">{escape(name)}</text>')
        out.append(f'<text class="small" x="{middle:g}" y="{y + 36:g}">{_size(name)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x0, y0 = start[0] + WIDTH / 2, start[1] + HEIGHT
    x1, y1 = end[0] + WIDTH / 2, end[1]
    bend = (y1 - y0) / 2
    return (
        f'<path d="M{x0:g} {y0:g}C{x0:g} {y0 + bend:g} {x1:g} {y1 - bend:g} {x1:g} {y1:g}" '
        'marker-end="url(#a)"/>'
    )


def _size(name: str) -> str:
    count = len(list((SOURCE / name).rglob("*.py"))) if (SOURCE / name).is_dir() else 1
    return f"{count} modules" if count > 1 else "1 module"


def _top(name: str) -> str:
    return name.removesuffix(".py")
