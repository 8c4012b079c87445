"""The appearance of a report: everything about it that a case may change."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Style:
    """Sizes are in points, colours are (r, g, b) from 0 to 1.

    An engine ignores the settings that it does not support.
    """

    body_font: str = "song"
    heading_font: str = "hei"
    title_font: str = "song"
    table_font: str = "song"
    latin_font: str = "serif"
    title_size: float = 22.0
    body_size: float = 16.0
    table_size: float = 10.5
    leading: float = 28.0
    margins: tuple[float, float, float, float] = (
        78.0,
        85.0,
        78.0,
        85.0,
    )  # left, top, right, bottom
    table_align: str = "middle"  # vertical, of value cells: middle or top
    value_align: str = "center"  # horizontal, of value cells: center, left or right
    row_height: float = 20.0
    pad: float = 5.2
    value_size: float = 0.0  # 0: same as table_size

    rules: str = "stroke"  # stroke fill double dashed dotted grey image none hidden white
    rule_width: float = 0.6
    open_sides: bool = False
    horizontals_only: bool = False
    close_at_break: bool = True  # a rule below the last row of a page and above the first
    header_shade: tuple[float, float, float] | None = None
    article_shade: tuple[float, float, float] | None = None
    white_boxes: bool = False  # white rectangles behind every line of text
    page_frame: str = ""  # black or white
    para_frames: bool = False  # a white outline around every paragraph

    page_number: str = "- {n} -"
    page_number_first: int = 1
    number_side: str = "center"  # center or outer
    running_header: str = ""
    running_footer: str = ""
    watermark: str = ""
    stamps: list[tuple[str, int]] = field(default_factory=list)  # table id, row from the end
    rotate: int = 0  # /Rotate of every page
    rotate_landscape: bool = False  # landscape pages are portrait pages with /Rotate

    repeat_header: bool = False
    split_rows: bool = False
    center_cut: bool = False  # a label stays centred in a cell that a page break cuts
    fake_bold: bool = False
    column_order: bool = False
    twice: bool = False  # all table text is drawn twice
    invisible: str = ""  # render3 or white: invisible text beside the numbers
    embed: bool = True
    to_unicode: str = "right"  # as in ``fonts.Embedded``
    owner_password: bool = False
    css: str = ""  # additional CSS of the browser engine
