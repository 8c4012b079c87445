"""Decides whether text in doubt is displayed.

A text object is in doubt if something opaque is painted over it later, if a clip cuts it, if it
is in a layer that can be switched off, or if transparency may hide it. The page is then rendered
with and without it: text is displayed if the two pictures differ. So pdfium applies the PDF
rules for layers, masks and blending, and text under a stamp or highlight counts as displayed if
a person can see it.
"""

from __future__ import annotations

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as raw
from msgspec import Struct

from gongkai.extractors.pdf import pdfium_api
from gongkai.extractors.pdf.page_pictures import draw_grey
from gongkai.extractors.pdf.pdfium_api import Matrix, PageFrame
from gongkai.model import Box, bounding_box

# Text with a lower contrast ratio is illegible. The ratio is that of WCAG 2,
# (L1 + 0.05) / (L2 + 0.05) of two relative luminances. The eye needs about 13 % to tell small
# letters from their background, and printers drop the dots of lighter tints. On white paper,
# text of grey 239 or darker is legible. The palest watermarks meant to be read have 1.3.
_LEGIBLE = 1.15
_FLARE = 0.05  # the constant of the contrast ratio
_DARK = 0.5  # luminance of a background; on a lighter one all dark text is legible
_LUMINANCES = tuple(  # of one colour component from 0 to 255, by the definition of sRGB
    ((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 255 / 12.92 for c in range(256)
)
Colour = tuple[int, ...]  # red, green, blue, alpha; each 0 to 255
OPAQUE = 255  # alpha
_PAPER = (255, 255, 255, 255)

_SCALE = 2.0  # pixels a point
_MOST_PIXELS = 2_100_000  # of one picture: a whole A4 page at two pixels a point
_MOST_PICTURES = 6  # renderings of a page without some of its text, besides the complete one
_FAINT = 16  # of 255: difference between white and the lightest legible grey
_RIM = 1  # pixel: how far antialiasing moves the edge of a glyph
_VISIBLE = 0.4  # points: a thinner part of a glyph is not noticed
_REMAINS = 3  # pixels: the least of a glyph of which only an edge is displayed
_LARGEST_PICTURE = 4_000_000  # square points: larger images are not tested for transparency
_MOST_STAMPS = 50  # images over text that are tested for transparency, on a page
# Comparisons of text with areas, one by one and in arrays. A hostile page has many of both; from
# here on its text is in doubt without any more comparisons.
_MOST_COMPARED, _MOST_COVERED = 4_000_000, 20_000_000
_WITH_ALPHA = 4  # channels of a bitmap
_BAND = 16.0  # points: the height of the bands of a page in which text is looked up
_MOST_BANDS = 1_000  # beyond this no page is, and texts share a band
_CORE = 0.25  # of a line's height: a cover so close to the edge of a text object hides no glyph

# Text render modes that fill or outline the glyphs. The others leave no mark.
FILL_MODES = (
    raw.FPDF_TEXTRENDERMODE_FILL,  # first, as nearly all text has it
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
    raw.FPDF_TEXTRENDERMODE_FILL_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)
# Text render modes that outline the glyphs.
_STROKE_MODES = (
    raw.FPDF_TEXTRENDERMODE_STROKE,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
    raw.FPDF_TEXTRENDERMODE_STROKE_CLIP,
    raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)

_LAYER = "OC\0".encode("utf-16-le")  # the mark of objects in a layer (optional content)
_NAME = (ctypes.c_char * 8)()  # of a mark, in UTF-16
_LENGTH = ctypes.c_ulong()  # of the name in bytes; a longer name is not written
_NAME_OUT = (pdfium_api.out(_NAME), ctypes.sizeof(_NAME), pdfium_api.out(_LENGTH))


class Cover(NamedTuple):
    """A painted area that may hide text."""

    earlier: int  # how many text objects are painted before it
    box: Box  # displayed
    picture: Any = None  # the image object, if it is one


class Texts(Struct):
    """Text objects in painting order that are displayed unless something covers them.

    ``runs`` holds transformation matrices to displayed points, each with the index of the first
    object in ``items`` that it applies to.
    """

    items: list[Any] = []
    runs: list[tuple[int, Matrix]] = []


class Grounds(Struct):
    """The areas painted on a page so far, in displayed points.

    They are the backgrounds of text painted later. ``painted`` holds each with its colour, or
    None for a picture or pattern; white areas on white paper are left out. ``dark`` holds the
    areas on which dark text may be illegible. ``covers`` are areas that may hide text painted
    before them. ``compared`` counts the areas that text was compared with.
    """

    painted: list[tuple[Box, Colour | None]] = []
    dark: list[Box] = []
    covers: list[Cover] = []
    compared: int = 0

    def has_contrast(self, colour: Colour, box: Box) -> bool | None:
        """Return whether text of a colour is legible in a box; None (unknown) on a picture."""
        self.compared += len(self.painted)
        if self.compared > _MOST_COMPARED:
            return None
        x, y = box.middle
        grounds = (ground for area, ground in reversed(self.painted) if area.contains(x, y))
        ground = next(grounds, _PAPER)
        if ground is None:  # text on a picture counts as legible if it is legible on white
            return True if self._is_legible(colour, _PAPER) else None
        return self._is_legible(colour, _blend(ground, _PAPER))

    @staticmethod
    def _is_legible(colour: Colour, ground: Colour) -> bool:
        low, high = sorted((_luminance(_blend(colour, ground)), _luminance(ground)))
        return (high + _FLARE) / (low + _FLARE) >= _LEGIBLE


class TextInDoubt(NamedTuple):
    """A text object and its displayed bounds."""

    item: Any
    box: Box


class Glimpse(NamedTuple):
    """The pixels of a page that differ when some of its text is left out.

    ``ink`` is true where they differ. Its top left corner is at ``x``, ``y`` in displayed
    points; it has ``scale`` pixels a point.
    """

    ink: npt.NDArray[np.bool_]
    x: float
    y: float
    scale: float

    def is_blank(self, box: Box) -> bool:
        """Return whether no pixel in a displayed box differs."""
        left, top, right, low = self._pixels(box)
        return not self.ink[top:low, left:right].any()

    def shows(self, box: Box) -> bool:
        """Return whether the middle of a glyph with this ink box is displayed.

        It is if visible ink lies on both sides of the middle; otherwise only an edge of the
        glyph is visible.
        """
        left, top, right, low = self._pixels(box)
        rows, columns = self.ink[top:low, left:right].nonzero()
        if not len(rows):
            return False
        x, y = (left + right) / 2 - left, (top + low) / 2 - top
        return bool(
            columns.min() - _RIM <= x <= columns.max() + _RIM
            and rows.min() - _RIM <= y <= rows.max() + _RIM
        )

    def shows_edge(self, box: Box) -> bool:
        """Return whether enough of a glyph with this ink box is displayed to be noticed."""
        left, top, right, low = self._pixels(box)
        return bool(np.count_nonzero(self.ink[top:low, left:right]) >= _REMAINS)

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        x0, top, x1, bottom = box.relative_to(self.x, self.y)
        rows, columns = self.ink.shape
        left, high = max(0, round(x0 * self.scale)), max(0, round(top * self.scale))
        right, low = round(x1 * self.scale), round(bottom * self.scale)
        return left, high, min(columns, max(left + 1, right)), min(rows, max(high + 1, low))


def state_of(
    item: Any, box: Box, clip: Box | None, grounds: Grounds, *, has_layers: bool
) -> Literal["shown", "hidden", "doubted"]:
    """Return whether a text object is displayed, by its colours, clip and transparency.

    ``box`` is its displayed bounding box, ``grounds`` holds what was painted before it. The
    result "doubted" means that only a rendered picture can decide.
    """
    is_legible = _is_legible(item, box, grounds)
    if is_legible is False or (clip and _is_outside(box, clip)):
        return "hidden"
    inside = core(box)
    if (
        is_legible is None
        or (clip and inside.intersection(clip) != inside)
        or _is_masked(item)
        or (has_layers and is_in_layer(item))
    ):
        return "doubted"
    return "shown"


def _is_outside(box: Box, clip: Box) -> bool:
    """Return whether a clip leaves nothing of a text object, or less than can be seen."""
    x0, top, x1, bottom = box.intersection(clip)
    return x1 - x0 < _VISIBLE or bottom - top < _VISIBLE


def _is_legible(item: Any, box: Box, grounds: Grounds) -> bool | None:
    """Return whether text has contrast with its background; None if unknown."""
    mode = pdfium_api.text_mode(item)
    ways = (
        (FILL_MODES, pdfium_api.fill_colour),
        (_STROKE_MODES, pdfium_api.stroke_colour),
    )
    colours = [pdfium_api.colour_of(item, get) for modes, get in ways if mode in modes]
    found = [colour is None or grounds.has_contrast(colour, box) for colour in colours]
    return True if True in found else None if None in found else False


def _is_masked(item: Any) -> bool:
    """Return whether a soft mask or a blend mode may hide text."""
    colour = pdfium_api.colour_of(item, pdfium_api.fill_colour)
    return pdfium_api.has_transparency(item) and (colour is None or colour[3] == OPAQUE)


def is_dark(colour: Colour) -> bool:
    """Return whether dark text may be illegible on a background of this colour."""
    return _luminance(_blend(colour, _PAPER)) < _DARK


def covered(texts: Texts, covers: Sequence[Cover], document: Any, page: Any) -> list[TextInDoubt]:
    """Return the text objects that a cover painted later overlaps, with their bounding boxes."""
    boxes = _displayed(texts, covers[-1].earlier)
    if len(boxes) * len(covers) > _MOST_COVERED:
        return _in_doubt(texts, boxes, range(len(boxes)))
    x0, top, x1, bottom = boxes.T[:, :, None]
    margin = _CORE * np.minimum(x1 - x0, bottom - top)  # as in ``core``
    left, high, right, low = np.array([cover.box for cover in covers]).T
    under = (x0 + margin < right) & (left < x1 - margin)
    under &= (top + margin < low) & (high < bottom - margin)
    under &= np.arange(len(boxes))[:, None] < np.array([cover.earlier for cover in covers])
    stamps = [k for k in under.any(0).nonzero()[0] if covers[k].picture]
    for k in stamps[:_MOST_STAMPS]:
        if _is_see_through(document, page, covers[k]):
            under[:, k] = False
    return _in_doubt(texts, boxes, under.any(1).nonzero()[0])


def _in_doubt(
    texts: Texts, boxes: npt.NDArray[np.float64], found: Iterable[int]
) -> list[TextInDoubt]:
    return [TextInDoubt(texts.items[k], Box(*boxes[k].tolist())) for k in found]


def _displayed(texts: Texts, count: int) -> npt.NDArray[np.float64]:
    """Return x0, top, x1, bottom of the first ``count`` text objects, in displayed points."""
    found = []
    for item in texts.items[:count]:
        pdfium_api.object_bounds(item, *pdfium_api.BOUNDS_OUT)
        found.append(pdfium_api.BOUNDS.tobytes())
    bounds = np.frombuffer(b"".join(found), np.float32).reshape(-1, 4).astype(np.float64)
    starts = [start for start, _ in texts.runs if start < count]
    for start, stop, (_, matrix) in zip(starts, [*starts[1:], count], texts.runs, strict=False):
        a, b, c, d, e, f = matrix
        x, y = bounds[start:stop, 0::2], bounds[start:stop, 1::2]
        u, v = a * x + c * y + e, b * x + d * y + f
        bounds[start:stop, 0::2], bounds[start:stop, 1::2] = np.sort(u), np.sort(v)
    return bounds


def look(
    page: Any, frame: PageFrame, doubted: Sequence[TextInDoubt]
) -> tuple[dict[int, Glimpse], list[Box]]:
    """Find which text objects in doubt are displayed, and remove the others from the page.

    Returns a Glimpse for each object of which a part is displayed, by the object's address,
    and the displayed bounds of the removed objects.
    """
    shown: dict[int, Glimpse] = {}
    hidden: list[Box] = []
    around = bounding_box([box for _, box in doubted])
    x0, top = max(around.x0, 0.0), max(around.top, 0.0)
    region = Box(x0, top, min(around.x1, frame.width), min(around.bottom, frame.height))
    if region.x0 >= region.x1 or region.top >= region.bottom:
        return shown, hidden
    area = (region.x1 - region.x0) * (region.bottom - region.top)
    scale = min(_SCALE, math.sqrt(_MOST_PIXELS / area))
    whole = draw_grey(page, frame, region, scale).astype(np.int16)
    for group in _apart(doubted):
        for text in group:
            pdfium_api.set_active(text.item, False)
        glimpse = Glimpse(
            abs(whole - draw_grey(page, frame, region, scale)) >= _FAINT, x0, top, scale
        )
        for text in group:
            if not glimpse.is_blank(text.box):
                pdfium_api.set_active(text.item, True)
                shown[text.item.value] = glimpse
            else:
                hidden.append(text.box)
    return shown, hidden


def core(box: Box) -> Box:
    """Return the middle part of a text object's bounds, in which every glyph has ink."""
    margin = _CORE * min(box.x1 - box.x0, box.bottom - box.top)
    return Box(box.x0 + margin, box.top + margin, box.x1 - margin, box.bottom - margin)


def is_in_layer(item: Any) -> bool:
    """Return whether an object is marked as content of a layer."""
    return any(
        pdfium_api.mark_name(pdfium_api.mark(item, k), *_NAME_OUT)
        and _NAME.raw[: _LENGTH.value] == _LAYER
        for k in range(pdfium_api.count_marks(item))
    )


def _blend(colour: Colour, ground: Colour) -> Colour:
    """Return the opaque colour that results from a colour on an opaque background."""
    alpha = colour[3] / OPAQUE
    mixed = [round(g + alpha * (c - g)) for c, g in zip(colour[:3], ground[:3], strict=True)]
    return (*mixed, OPAQUE)


def _luminance(colour: Colour) -> float:
    """Return the relative luminance of WCAG 2, from 0 to 1."""
    red, green, blue = [_LUMINANCES[part] for part in colour[:3]]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_see_through(document: Any, page: Any, cover: Cover) -> bool:
    """Return whether an image has transparent pixels, as a stamp has.

    Text under such an image stays legible: at most parts of glyphs are hidden. A very large
    image is not tested and counts as see-through.
    """
    box = cover.box
    if (box.x1 - box.x0) * (box.bottom - box.top) > _LARGEST_PICTURE:
        return True
    item = ctypes.cast(cover.picture, raw.FPDF_PAGEOBJECT)
    bitmap = raw.FPDFImageObj_GetRenderedBitmap(document, page, item)
    if not bitmap:
        return False
    pixels = pypdfium2.PdfBitmap.from_raw(bitmap).to_numpy()  # frees the bitmap with itself
    return bool(pixels.shape[-1] == _WITH_ALPHA and pixels[..., -1].min() < OPAQUE)


def _apart(texts: Sequence[TextInDoubt]) -> list[list[TextInDoubt]]:
    """Divide text objects into groups without overlaps inside a group.

    A picture from which two overlapping texts are missing does not show which of them was
    visible. At most _MOST_PICTURES groups are made; further texts join the last one, as do texts
    after _MOST_COMPARED comparisons.
    """
    left = _MOST_COMPARED
    groups: list[tuple[defaultdict[int, list[Box]], list[TextInDoubt]]] = []
    for text in texts:
        first, last = (
            int(min(max(0.0, edge / _BAND), _MOST_BANDS))  # a damaged matrix gives any number
            for edge in (text.box.top, text.box.bottom)
        )
        bands = range(first, last + 1)
        for taken, group in groups if left > 0 else ():  # noqa: B007  (used after the loop)
            near = [box for band in bands for box in taken[band]]
            left -= len(bands) + len(near)
            if not any(_meet(text.box, box) for box in near):
                break
        else:
            if len(groups) < _MOST_PICTURES:
                groups.append((defaultdict(list), []))
            taken, group = groups[-1]
        group.append(text)
        for band in bands:
            taken[band].append(text.box)
    return [group for _, group in groups]


def _meet(one: Box, other: Box) -> bool:
    """Return whether two boxes overlap."""
    return (
        one.x0 < other.x1
        and other.x0 < one.x1
        and one.top < other.bottom
        and other.top < one.bottom
    )
