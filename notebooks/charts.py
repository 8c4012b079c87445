"""Theme of charts with Chinese text: fonts that have the characters, on every system.

Charts are pictures, so that they are seen without a network and without running the notebook.
"""

from __future__ import annotations

import altair as alt

# Fonts of Linux, Windows and macOS; a chart takes the first one that is installed.
FONTS = (
    "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, WenQuanYi Micro Hei, WenQuanYi Zen Hei, "
    "Microsoft YaHei, PingFang SC, Heiti SC, sans-serif"
)
_PPI = 110  # of the pictures: sharp text, small files

alt.renderers.enable("png", ppi=_PPI)


@alt.theme.register("gongkai", enable=True)
def gongkai_theme() -> alt.theme.ThemeConfig:
    """Return the theme: Chinese fonts, a light grid, and space for long labels."""
    text = {"labelFont": FONTS, "titleFont": FONTS, "labelLimit": 240}
    return {
        "config": {
            "font": FONTS,
            "axis": {**text, "gridColor": "#eee"},
            "legend": text,
            "header": text,
            "title": {"font": FONTS, "anchor": "start"},
            "view": {"stroke": None},
        }
    }
