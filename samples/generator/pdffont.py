"""The font objects of a PDF: embedded composite fonts, and fonts that are only named."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from .fonts import FACES, Embedded, head_metrics

_DIGITS = "0123456789"
# Character maps that lie: the text layer gives another character than the page shows.
_LIES = {
    "right": {},
    "shifted": dict(zip(_DIGITS, "1234567890", strict=True)),
    "exchanged": dict(zip("3869", "8396", strict=True)),
    "arabic": dict(zip(_DIGITS, "٠١٢٣٤٥٦٧٨٩", strict=True)),
}


def font_object(pdf: pikepdf.Pdf, font: Embedded) -> pikepdf.Object:
    """Return the Type 0 font object with all characters that were written with ``font``."""
    if not font.embed:
        return _named_only(pdf, font)
    program, glyphs = font.program()
    plain = FACES[font.name].family.replace(" ", "")
    name = Name(f"/{_tag(font, plain)}+{plain}")
    descriptor = _descriptor(font, name)
    stream = Stream(pdf, program)
    if font.is_cff:
        stream.Subtype = Name.CIDFontType0C
        descriptor.FontFile3 = pdf.make_indirect(stream)
    else:
        stream.Length1 = len(program)
        descriptor.FontFile2 = pdf.make_indirect(stream)
    widths = Array()
    for char, code in sorted(font.codes.items(), key=lambda item: item[1]):
        widths.append(code)
        widths.append(Array([round(font.width(char) * 1000)]))
    cid = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0 if font.is_cff else Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=_system("Identity", 0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
        W=widths,
    )
    if not font.is_cff:
        table = bytearray(2 * (max(glyphs) + 1))
        for code, glyph in glyphs.items():
            table[2 * code : 2 * code + 2] = glyph.to_bytes(2, "big")
        cid.CIDToGIDMap = pdf.make_indirect(Stream(pdf, bytes(table)))
    out = _composite(pdf, name, "/Identity-V" if font.vertical else "/Identity-H", cid)
    if font.to_unicode != "none":
        out.ToUnicode = pdf.make_indirect(Stream(pdf, _to_unicode(font)))
    return pdf.make_indirect(out)


def _named_only(pdf: pikepdf.Pdf, font: Embedded) -> pikepdf.Object:
    """Return a font that is not embedded: SimSun, with the predefined map of Adobe-GB1."""
    name = Name("/SimSun")
    cid = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=_system("GB1", 2),
        FontDescriptor=pdf.make_indirect(_descriptor(font, name)),
        DW=1000,
        W=Array([1, 95, 500, 814, 939, 500]),
    )
    return pdf.make_indirect(_composite(pdf, name, "/UniGB-UCS2-H", cid))


def _descriptor(font: Embedded, name: pikepdf.Object) -> Dictionary:
    out = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        ItalicAngle=0,
        CapHeight=700,
        StemV=80,
        **head_metrics(font.font),
    )
    out.FontBBox = Array(out.FontBBox)
    return out


def _system(ordering: str, supplement: int) -> Dictionary:
    return Dictionary(
        Registry=pikepdf.String("Adobe"),
        Ordering=pikepdf.String(ordering),
        Supplement=supplement,
    )


def _composite(
    pdf: pikepdf.Pdf, name: pikepdf.Object, encoding: str, cid: Dictionary
) -> Dictionary:
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name(encoding),
        DescendantFonts=Array([pdf.make_indirect(cid)]),
    )


def _tag(font: Embedded, plain: str) -> str:
    """Return the six-letter subset tag that the PDF standard requires."""
    seed = sum((index + 7) * ord(char) for index, char in enumerate(plain + "".join(font.codes)))
    letters = []
    for _ in range(6):
        seed, rest = divmod(seed * 31 + 17, 26)
        letters.append(chr(65 + rest))
    return "".join(letters)


def _told(char: str, to_unicode: str) -> str:
    """Return the character that a map tells; ``garbled`` maps tell others from U+2E80 on."""
    if to_unicode == "garbled":
        return chr(0x2E80 + ord(char) * 31 % 0x6000) if char > "\u2e80" else char
    return _LIES[to_unicode].get(char, char)


def _to_unicode(font: Embedded) -> bytes:
    """Return the ToUnicode map."""
    pairs = []
    for char, code in sorted(font.codes.items(), key=lambda item: item[1]):
        text = _told(char, font.to_unicode)
        pairs.append(f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>")
    chunks = []
    for start in range(0, len(pairs), 100):
        part = pairs[start : start + 100]
        chunks.append(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar")
    body = "\n".join(chunks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
