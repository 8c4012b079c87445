"""The style sheet of the engine ``browser``."""

from __future__ import annotations

import base64
import io

from .fonts import FACES
from .furniture import seal_image
from .style import Style


def _rgb(color: tuple[float, float, float]) -> str:
    return "rgb(" + ",".join(str(round(v * 255)) for v in color) + ")"


def _border(style: Style) -> str:
    width = f"{style.rule_width}pt"
    return {
        "dashed": f"{width} dashed #000",
        "dotted": f"{width} dotted #000",
        "grey": "0.3pt solid #9a9a9a",
        "none": "0",
        "white": f"{width} solid #fff",
    }.get(style.rules, f"{width} solid #000")


def _page(style: Style) -> str:
    """Return the CSS of the paged margins: page numbers, headers, footers and frames."""
    left, top, right, bottom = style.margins
    boxes = []
    font = f"font-family:'{FACES[style.table_font].family}'"
    if style.page_number:
        before, _, after = style.page_number.partition("{n}")
        total = '" counter(pages) "'
        after = after.replace("{total}", total)
        side = "@bottom-right" if style.number_side == "outer" else "@bottom-center"
        boxes.append(f'{side}{{content:"{before}" counter(page) "{after}";font-size:12pt;{font}}}')
    if style.running_header:
        boxes.append(
            f'@top-center{{content:"{style.running_header}";font-size:9pt;{font};'
            "border-bottom:0.5pt solid #000;vertical-align:bottom;margin-bottom:18pt}"
        )
    if style.running_footer:
        boxes.append(f'@bottom-left{{content:"{style.running_footer}";font-size:9pt;{font}}}')
    margin = f"margin:{top}pt {right}pt {bottom}pt {left}pt"
    if style.page_frame:
        color = "#000" if style.page_frame == "black" else "#fff"
        outer = [v - 15 for v in (top, right, bottom, left)]
        margin = (
            f"margin:{' '.join(f'{v}pt' for v in outer)};padding:14pt;border:0.8pt solid {color}"
        )
    return (
        f"@page{{size:A4 portrait;{margin};{''.join(boxes)}}}"
        f"@page land{{size:A4 landscape;{margin}}}.land{{page:land}}"
    )


def stamp_url() -> str:
    """Return the seal as a data URL."""
    from PIL import Image

    rgb, alpha = seal_image()
    picture = Image.frombytes("RGB", (160, 160), rgb)
    picture.putalpha(Image.frombytes("L", (160, 160), alpha))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def sheet(style: Style) -> str:
    """Return the CSS of a page."""

    def family(name: str) -> str:
        latin = f"'{FACES[style.latin_font].family}'," if style.latin_font else ""
        return f"font-family:{latin}'{FACES[name].family}'"

    border = _border(style)
    collapse = "separate;border-spacing:0" if style.rules == "double" else "collapse"
    value = style.value_size or style.table_size
    css = [
        _page(style),
        f"body{{margin:0;{family(style.body_font)};font-size:{style.body_size}pt;"
        f"line-height:{style.leading}pt;text-align:justify}}",
        "p{margin:0;text-indent:2em;orphans:1;widows:1}",
        f"p.title{{{family(style.title_font)};font-size:{style.title_size}pt;"
        f"line-height:{style.title_size * 1.5}pt;text-align:center;text-indent:0}}",
        f"p.title+p:not(.title){{margin-top:{style.leading}pt}}",
        f"p.heading{{{family(style.heading_font)};break-after:avoid}}",
        f"p b{{font-weight:normal;{family(style.heading_font)}}}",
        f"p.article{{{family(style.heading_font)};font-size:{style.table_size + 1.5}pt;"
        "text-align:center;text-indent:0}",
        f"p.note{{{family(style.table_font)};font-size:{style.table_size}pt;text-indent:0;"
        f"line-height:{style.table_size * 1.6}pt}}",
        "p.sign{text-align:right;padding-right:2em;text-indent:0}",
        "p.center{text-align:center;text-indent:0}",
        f".wrap{{position:relative;margin-bottom:{style.leading * 0.4}pt}}",
        f"table{{width:100%;table-layout:fixed;border-collapse:{collapse};"
        f"{family(style.table_font)};font-size:{style.table_size}pt;line-height:1.25}}",
        "td:not([rowspan]){break-inside:" + ("auto" if style.split_rows else "avoid") + "}",
        f"td{{border:{border};padding:2pt {style.pad}pt;height:{style.row_height - 4}pt;"
        "vertical-align:middle;text-align:center;overflow-wrap:anywhere}",
        "td.label,td.corner{text-align:left}",
        f"td.value{{font-size:{value}pt;vertical-align:{style.table_align};"
        f"text-align:{style.value_align}}}",
        "td.vertical>div{writing-mode:vertical-rl;white-space:nowrap;margin:0 auto}",
        "td.rotated>div{writing-mode:sideways-lr;white-space:nowrap;margin:0 auto}",
        ".pagebreak{break-after:page}",
        "span.box{background:#fff}",
    ]
    if style.header_shade:
        css.append(f"td.header,td.corner{{background:{_rgb(style.header_shade)}}}")
    if style.article_shade:
        css.append(f"td.article{{background:{_rgb(style.article_shade)}}}")
    if style.header_shade or style.article_shade:
        css.append("*{print-color-adjust:exact;-webkit-print-color-adjust:exact}")
    if style.horizontals_only:
        css.append("td{border-left:0;border-right:0}")
    if style.open_sides:
        css.append(
            "td:first-child{border-left:0}td:last-child{border-right:0}"
            "table{border-collapse:collapse;border-style:hidden solid hidden solid;"
            "border-color:transparent;border-left-style:hidden;border-right-style:hidden;"
            "border-top-style:none;border-bottom-style:none}"
        )
    if style.watermark:
        css.append(
            ".watermark{position:fixed;top:40%;left:5%;width:90%;text-align:center;"
            "transform:rotate(-35deg);font-size:52pt;color:rgba(140,140,150,.28);"
            f"line-height:1.2;z-index:9;{family('hei')}}}"
        )
    if style.stamps:
        css.append(
            f".stamp{{position:absolute;right:40pt;bottom:-10pt;width:110pt;height:110pt;"
            f"background:url({stamp_url()}) 0/100% 100%;z-index:8}}"
            "*{print-color-adjust:exact}"
        )
    if style.para_frames:
        css.append("p.body{border:0.5pt solid #fff}")
    if style.fake_bold:
        css.append("td{text-shadow:0.35pt 0 0 #000}")
    if style.invisible:
        css.append(
            ".ghost{color:#fff;font-size:4pt}"
            if style.invisible == "white"
            else ".ghost{opacity:0;font-size:4pt}"
        )
    return "".join(css) + style.css
