"""The fonts of the made reports: their files on Debian, and their subsets in a PDF."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont


@dataclass(frozen=True)
class Face:
    """A font file: its path, its index in a collection, its family name and its Debian package."""

    path: str
    index: int
    family: str
    package: str


# The subsetter warns of every table that it drops; this module drops them on purpose.
logging.getLogger("fontTools").setLevel(logging.ERROR)

_ARPHIC = "/usr/share/fonts/truetype"
_NOTO = "/usr/share/fonts/opentype/noto"
_LIBERATION = "/usr/share/fonts/truetype/liberation"
FACES = {
    "song": Face(
        f"{_ARPHIC}/arphic-gbsn00lp/gbsn00lp.ttf", 0, "AR PL SungtiL GB", "fonts-arphic-gbsn00lp"
    ),
    "kai": Face(
        f"{_ARPHIC}/arphic-gkai00mp/gkai00mp.ttf", 0, "AR PL KaitiM GB", "fonts-arphic-gkai00mp"
    ),
    "uming": Face(f"{_ARPHIC}/arphic/uming.ttc", 0, "AR PL UMing CN", "fonts-arphic-uming"),
    "ukai": Face(f"{_ARPHIC}/arphic/ukai.ttc", 0, "AR PL UKai CN", "fonts-arphic-ukai"),
    "hei": Face(f"{_ARPHIC}/wqy/wqy-zenhei.ttc", 0, "WenQuanYi Zen Hei", "fonts-wqy-zenhei"),
    "micro": Face(
        f"{_ARPHIC}/wqy/wqy-microhei.ttc", 0, "WenQuanYi Micro Hei", "fonts-wqy-microhei"
    ),
    "serif_cjk": Face(
        f"{_NOTO}/NotoSerifCJK-Regular.ttc", 2, "Noto Serif CJK SC", "fonts-noto-cjk"
    ),
    "sans_cjk": Face(f"{_NOTO}/NotoSansCJK-Regular.ttc", 2, "Noto Sans CJK SC", "fonts-noto-cjk"),
    "serif": Face(
        f"{_LIBERATION}/LiberationSerif-Regular.ttf", 0, "Liberation Serif", "fonts-liberation"
    ),
    "sans": Face(
        f"{_LIBERATION}/LiberationSans-Regular.ttf", 0, "Liberation Sans", "fonts-liberation"
    ),
}


class MissingFontError(RuntimeError):
    """A font file is missing; the message names its Debian package."""


_open_faces: dict[str, TTFont] = {}


def face_font(name: str) -> TTFont:
    """Return the open font of a face; raise ``MissingFontError`` if its file is missing."""
    if name not in _open_faces:
        face = FACES[name]
        if not Path(face.path).is_file():
            raise MissingFontError(f"font {face.family} is missing: apt-get install {face.package}")
        if face.path.endswith(".ttc"):
            _open_faces[name] = TTCollection(face.path, lazy=True).fonts[face.index]
        else:
            _open_faces[name] = TTFont(face.path, lazy=True)
    return _open_faces[name]


@dataclass
class Embedded:
    """A font in one PDF.

    Its character codes have two bytes and are numbered in the order of first use.
    """

    name: str
    vertical: bool = False
    embed: bool = True
    to_unicode: str = "right"  # none, right, or a lie: shifted, exchanged, arabic, garbled
    codes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.font = face_font(self.name)
        self.cmap: dict[int, str] = dict(self.font.getBestCmap())
        if self.vertical:
            vertical = _vertical_glyphs(self.font)
            self.cmap = {code: vertical.get(glyph, glyph) for code, glyph in self.cmap.items()}
        self.upm: int = self.font["head"].unitsPerEm
        self.metrics = self.font["hmtx"].metrics
        self.is_cff = "CFF " in self.font

    def has(self, char: str) -> bool:
        """Return whether the font has a glyph for a character."""
        return ord(char) in self.cmap

    def width(self, char: str) -> float:
        """Return the advance width of a character in ems."""
        if self.vertical:
            return 1.0
        if not self.embed:
            return 0.5 if char.isascii() else 1.0
        return float(self.metrics[self.cmap[ord(char)]][0]) / self.upm

    def encode(self, text: str) -> str:
        """Return text as hexadecimal character codes of this font."""
        out = []
        for char in text:
            if not self.embed:  # a font that is not embedded takes UCS-2
                self.codes[char] = code = ord(char)
            elif self.is_cff:  # a CID-keyed font is addressed by its own CIDs
                code = int(self.cmap[ord(char)].removeprefix("cid"))
                self.codes[char] = code
            else:
                code = self.codes.setdefault(char, len(self.codes) + 1)
            out.append(f"{code:04X}")
        return "".join(out)

    def program(self) -> tuple[bytes, dict[int, int]]:
        """Return the font program of the subset and the glyph index of each code."""
        options = subset.Options()
        options.layout_features = []
        options.hinting = False
        options.notdef_outline = True
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "name", "DSIG"]
        options.name_IDs = []
        face = FACES[self.name]
        number = face.index if face.path.endswith(".ttc") else -1
        font = TTFont(face.path, fontNumber=number, lazy=True, recalcTimestamp=False)
        glyph_names = {self.cmap[ord(char)] for char in self.codes}
        subsetter = subset.Subsetter(options)
        subsetter.populate(glyphs=glyph_names)
        subsetter.subset(font)
        order = {glyph: index for index, glyph in enumerate(font.getGlyphOrder())}
        glyphs = {code: order[self.cmap[ord(char)]] for char, code in self.codes.items()}
        if self.is_cff:
            return font["CFF "].compile(font), glyphs
        for tag in ("post", "cmap", "OS/2", "name"):
            if tag in font:
                del font[tag]
        buffer = io.BytesIO()
        font.save(buffer)
        return buffer.getvalue(), glyphs


def _vertical_glyphs(font: TTFont) -> dict[str, str]:
    """Return the glyphs that replace others in vertical writing, such as brackets and stops."""
    if "GSUB" not in font:
        return {}
    gsub = font["GSUB"].table
    lookups = {
        index
        for record in gsub.FeatureList.FeatureRecord
        if record.FeatureTag == "vert"
        for index in record.Feature.LookupListIndex
    }
    out: dict[str, str] = {}
    for index in sorted(lookups):
        for table in gsub.LookupList.Lookup[index].SubTable:
            sub = getattr(table, "ExtSubTable", table)
            out.update(getattr(sub, "mapping", {}))
    return out


def head_metrics(font: TTFont) -> dict[str, Any]:
    """Return ascent, descent and bounding box in thousandths of an em."""
    upm = font["head"].unitsPerEm
    head, hhea = font["head"], font["hhea"]
    scale = 1000 / upm
    return {
        "Ascent": round(hhea.ascent * scale),
        "Descent": round(hhea.descent * scale),
        "FontBBox": [round(v * scale) for v in (head.xMin, head.yMin, head.xMax, head.yMax)],
    }
