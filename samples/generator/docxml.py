"""Parts of a Word file that python-docx has no functions for."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt


def element(tag: str, **attributes: str) -> Any:
    """Return a ``w:`` element with ``w:`` attributes."""
    out = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        out.set(qn(f"w:{name}"), value)
    return out


def set_fonts(owner: Any, latin: str, cjk: str) -> None:
    """Set the Latin and the Chinese font of a style or run."""
    properties = owner.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = element("rFonts")
        properties.insert(0, fonts)
    for name, value in (
        ("ascii", latin),
        ("hAnsi", latin),
        ("eastAsia", cjk),
        ("hint", "eastAsia"),
    ):
        fonts.set(qn(f"w:{name}"), value)


def field(para: Any, code: str, size: float) -> None:
    """Add a field such as PAGE to a paragraph."""
    for kind in ("begin", "code", "end"):
        run = para.add_run()
        run.font.size = Pt(size)
        if kind == "code":
            text = element("instrText")
            text.text = code
            run._element.append(text)
        else:
            run._element.append(element("fldChar", fldCharType=kind))


def bottom_border(para: Any) -> None:
    """Draw a line below a paragraph."""
    borders = element("pBdr")
    borders.append(element("bottom", val="single", sz="4", space="1", color="000000"))
    para._p.get_or_add_pPr().append(borders)


def page_break(docx: Any) -> None:
    """Add a page break."""
    from docx.enum.text import WD_BREAK

    para = docx.add_paragraph()
    para.paragraph_format.line_spacing = Pt(1)
    para.paragraph_format.space_after = Pt(0)
    para.add_run().add_break(WD_BREAK.PAGE)


def spacer(docx: Any, height: float) -> None:
    """Add an empty paragraph of a height in points."""
    para = docx.add_paragraph()
    para.paragraph_format.line_spacing = Pt(max(1.0, height))
    para.paragraph_format.space_after = Pt(0)


def watermark(para: Any, text: str, font: str) -> None:
    """Add grey text across the page to a header paragraph, as Word does."""
    shape = (
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t" o:connecttype="rect"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape id="mark" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;'
        "width:420pt;height:70pt;rotation:315;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        'mso-position-vertical-relative:margin" fillcolor="silver" stroked="f">'
        f'<v:fill opacity=".5"/><v:textpath style="font-family:&quot;{font}&quot;;font-size:1pt" '
        f'string="{text}"/></v:shape></w:pict></w:r>'
    )
    para._p.append(parse_xml(shape))
