"""What the page shows: the ink in cells, and pictures of single characters.

A picture of a character is a vector of zero mean and unit length. The dot product of two
pictures is their likeness, at most 1. The same digit in the same font has 0.98 to 1.00, two
different digits at most 0.80.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from gongkai.extractors.pdf.page_pictures import LEAST_INK, PagePictures, Part, Pixels, Window
from gongkai.model import Box, Char, bounding_box
from gongkai.reading.sight.claims import ClaimedCell, PlacedChar

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Boxes = npt.NDArray[np.float64]  # rows of x0, top, x1, bottom

POINT, MINUS = ".", "-"

_WHITE = 255
_USUAL_SIZE = 10.5  # points: the font size assumed where no character gives one
_COARSE, _FINE = 10, 20  # pixels a font size, to render a whole table and a single cell
_EDGE = 2  # pixels at coarse scale inside a cell's edges, where its rules run
_INWARDS = np.array((1, 1, -1, -1))
_CROSSING = 0.05  # font sizes that a character may extend beyond the edge of its cell
_FEW = 3  # dark pixels at coarse scale that may be the blurred edge of a character
_PATCH = np.arange(-4, 4)[:, None], np.arange(-3, 3)  # pixels around the middle of a character
_ZEROS = frozenset("0０")
_ALIKE = 0.8  # likeness to the average of other zeros at coarse scale; less is another shape

EM = 28  # pixels: characters are rendered at this font size
_HEIGHT, _WIDTH = 36, 30  # of the window around a character, in pixels
_ROWS, _COLUMNS = 16, 12  # of a picture; each value is an average of pixels
PICTURE_SIZE = _ROWS * _COLUMNS
_ROW, _COLUMN = 0.90 * EM / _ROWS, 0.72 * EM / _COLUMNS  # pixels averaged into one value
_STEP = 4  # one in this many rows and columns is used to find the colour of the paper
_PALE = 0.25  # of the darkest ink: paler pixels are a watermark
_DARK = 0.4  # of the darkest ink: paler pixels do not count for height and width

# In font sizes.
_RULE_MARGIN = 0.15  # inside a cell's edges
_CHAR_MARGIN = 0.1  # around claimed characters
_LEAST_AREA = 0.02  # of ink, in squares of the font size: less is dust
_RULE_SHARE = 0.7  # of a row or column of pixels: more ink is a rule inside a cell


class UnclearCells(NamedTuple):
    """The indices of cells that may show something else than their characters."""

    ink: frozenset[int]  # cells with ink outside all characters, or a character without ink
    zeros: frozenset[int]  # other cells with a 0 that does not look like the other zeros
    crossing: frozenset[int]  # cells with a character that crosses their edge


def unclear_cells(tables: Sequence[Sequence[ClaimedCell]], pictures: PagePictures) -> UnclearCells:
    """Render cells once, at a coarse scale; return those that need a finer one.

    Each of ``tables`` holds cells of one table on one page, at least one. The returned indices
    count the cells of all tables in order.
    """
    parts = [_coarse_part(cells) for cells in tables]
    cells = [cell for each in tables for cell in each]
    chars = [char for cell in cells for char in cell.chars]
    counts = [len(each) for each in tables]
    table = np.repeat(np.arange(len(tables)), counts)
    owner = np.repeat(np.arange(len(cells)), [len(cell.chars) for cell in cells])
    boxes = np.array([cell.box for cell in cells])
    claimed = np.array([(c.x0, c.top, c.x1, c.bottom) for c in chars]).reshape(-1, 4)
    sizes = [char.size for char in chars]
    outside = ((boxes[owner] - claimed) * _INWARDS).max(1, initial=0) > np.multiply(
        _CROSSING, sizes
    )
    inner = boxes + np.repeat([_EDGE / part.scale for part in parts], counts)[:, None] * _INWARDS
    wanted = np.split(_including(inner, claimed, owner), np.cumsum(counts)[:-1])
    shown, tops, scales = pictures.grey(parts, wanted)
    # the top left corner of each table in the picture, twice
    corners = np.array(
        [
            (part.box.x0, part.box.top - top / scale) * 2
            for part, top, scale in zip(parts, tops, scales, strict=True)
        ]
    )
    factors = np.array(scales)[:, None]
    boxes = (boxes - corners[table]) * factors[table]
    claimed = (claimed - corners[table[owner]]) * factors[table[owner]]
    unclear = {*_with_unclaimed_ink(shown, claimed, boxes)}
    patches = _patches(shown, claimed)
    unclear |= {*owner[patches.max(1, initial=0) < LEAST_INK].tolist()}
    zeros = np.array([k for k, char in enumerate(chars) if char.text in _ZEROS], int)
    odd = zeros[_unlike_the_others(patches[zeros], table[owner[zeros]])]
    unlike = frozenset(owner[odd].tolist()) - unclear
    return UnclearCells(frozenset(unclear), unlike, frozenset(owner[outside].tolist()))


def _coarse_part(cells: Sequence[ClaimedCell]) -> Part:
    sizes = [cell.chars[0].size for cell in cells if cell.chars]
    box = bounding_box([cell.box for cell in cells])
    return Part(cells[0].page, box, _COARSE / (median(sizes) if sizes else _USUAL_SIZE))


def _including(inner: Boxes, claimed: Boxes, owner: Indices) -> Boxes:
    """Widen the inner boxes of cells so that they include the boxes of the cells' characters.

    ``owner`` holds the index of each character's cell; it is sorted.
    """
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    held, wide = owner[first], inner.copy()
    if len(first):
        wide[held, :2] = np.minimum(inner[held, :2], np.minimum.reduceat(claimed[:, :2], first))
        wide[held, 2:] = np.maximum(inner[held, 2:], np.maximum.reduceat(claimed[:, 2:], first))
    return wide


def _with_unclaimed_ink(shown: Pixels, claimed: Boxes, boxes: Boxes) -> Iterator[int]:
    """Yield the indices of cells with dark pixels outside their characters' boxes."""
    dark = shown < _WHITE - LEAST_INK
    blanked = np.maximum(claimed + np.array((-1, -1, 2, 2)), 0).astype(int)
    for x0, top, x1, bottom in blanked.tolist():
        dark[top:bottom, x0:x1] = False
    if np.count_nonzero(dark) <= _FEW:  # as in most reports
        return
    inside = np.array((_EDGE, _EDGE, 1 - _EDGE, 1 - _EDGE))
    inner = np.maximum(boxes.astype(int) + inside, 0)
    for k, (x0, top, x1, bottom) in enumerate(inner.tolist()):
        if np.count_nonzero(dark[top:bottom, x0:x1]) > _FEW:
            yield k


def _patches(shown: Pixels, claimed: Boxes) -> Pixels:
    """Return the darkness of the pixels around the middle of each character, one row each."""
    x = ((claimed[:, 0] + claimed[:, 2]) / 2).astype(int)[:, None, None] + _PATCH[1]
    y = ((claimed[:, 1] + claimed[:, 3]) / 2).astype(int)[:, None, None] + _PATCH[0]
    rows, columns = shown.shape
    np.minimum(np.maximum(x, 0, out=x), columns - 1, out=x)
    np.minimum(np.maximum(y, 0, out=y), rows - 1, out=y)
    return (_WHITE - shown[y, x]).reshape(len(claimed), _PATCH[0].size * _PATCH[1].size)


def _unlike_the_others(patches: Pixels, table: Indices) -> Flags:
    """Return which of some zeros differ from the average of the other zeros of their table.

    A zero that is the only one of its table differs. ``table`` is sorted.
    """
    flat = patches.astype(np.float32)
    flat -= flat.mean(1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1)
    _, first, count = np.unique(table, return_index=True, return_counts=True)
    # a product of matrices would start threads, whose CPU is many times that of the sum
    usual = np.repeat(np.add.reduceat(flat, first), count, axis=0) - flat
    differs: Flags = (flat * usual).sum(1) <= _ALIKE * np.linalg.norm(usual, axis=1)
    return differs


def ink_fault(cell: ClaimedCell, pictures: PagePictures) -> str:
    """Render one cell at a fine scale; return what is wrong with its ink, or "".

    The result is a key of ``sightings.REASONS``: no_ink, ink_beside or ink_in_blank.
    """
    size = median([char.size for char in cell.chars]) if cell.chars else _USUAL_SIZE
    shown, scale = pictures.without_red(Part(cell.page, cell.box, _FINE / size))
    ink = np.abs(shown - np.median(shown))
    most = 0.0
    rest = ink.copy()
    for char in cell.chars:
        x0, top, x1, bottom = _pixels(char, cell.box, scale)
        own = float(ink[top : bottom + 1, x0 : x1 + 1].max(initial=0))
        if own < LEAST_INK and char.text.strip():
            return "no_ink"
        most = max(most, own)
        x0, top, x1, bottom = _pixels(char, cell.box, scale, _CHAR_MARGIN * size)
        rest[top : bottom + 1, x0 : x1 + 1] = 0
    dark = rest >= max(LEAST_INK, most / 2)
    edge = round(_RULE_MARGIN * _FINE)
    dark = dark[edge:-edge, edge:-edge]
    if not dark.size:
        return ""
    across, upright = dark.mean(1) > _RULE_SHARE, dark.mean(0) > _RULE_SHARE
    dark[across] = False
    dark[:, upright] = False
    if dark.sum() < _LEAST_AREA * _FINE**2:
        return ""
    return "ink_beside" if cell.chars else "ink_in_blank"


def _pixels(
    char: Char, corner: Box, scale: float, margin: float = 0.0
) -> tuple[int, int, int, int]:
    """Return the pixels of a character's box, widened by a margin in points."""
    return (
        max(0, int((char.x0 - margin - corner.x0) * scale)),
        max(0, int((char.top - margin - corner.top) * scale)),
        max(0, int((char.x1 + margin - corner.x0) * scale)),
        max(0, int((char.bottom + margin - corner.top) * scale)),
    )


# --------------------------------------------------------------------------- characters


@dataclass(frozen=True)
class Glyphs:
    """The printed shapes at the places of some characters.

    Each array has one entry for each character; lengths are in font sizes.
    """

    pictures: Floats  # one row each
    has_ink: Flags
    height: Floats
    width: Floats
    foot: Floats  # how far the ink reaches below the baseline of the text layer

    def __len__(self) -> int:
        return len(self.has_ink)

    def select(self, chosen: Indices | Flags | slice) -> Self:
        """Return the chosen glyphs."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def signs(self) -> list[str]:
        """Return "." for a point or comma, "-" for a minus sign, "" for all others.

        Only the size of the ink and its place on the line decide.
        """
        point = (self.height < 0.4) & (self.width < 0.22) & (self.foot > -0.12)
        minus = (self.height < 0.2) & (self.width > 0.18) & (self.foot < -0.12)
        signs: list[str] = np.where(point, POINT, np.where(minus, MINUS, "")).tolist()
        return signs

    def could_be_digits(self) -> Flags:
        """Return whether each glyph has the size of a digit."""
        tall = (self.height > 0.4) & (self.height < 0.95)
        return self.has_ink & tall & (self.width < 0.95)


def look_at(
    chars: Sequence[PlacedChar], pictures: PagePictures, *, without_red: bool = False
) -> Glyphs:
    """Render the places of some characters; return their glyphs, in the given order.

    ``without_red`` leaves out red stamps, which takes longer.
    """
    ink, most, feet = ink_of(chars, pictures, without_red=without_red)
    dark = ink >= np.maximum(LEAST_INK, _DARK * most)[:, None, None]
    first_row, end_row = extent(dark.any(2))
    first_column, end_column = extent(dark.any(1))
    return Glyphs(
        unit_pictures(ink),
        end_row > first_row,
        (end_row - first_row) / np.float32(EM),
        (end_column - first_column) / np.float32(EM),
        (end_row - feet) / np.float32(EM),
    )


def ink_of(
    chars: Sequence[PlacedChar], pictures: PagePictures, *, without_red: bool, zoom: int = 1
) -> tuple[Floats, Floats, Floats]:
    """Render a window around each character.

    Returns the ink in it, its darkest ink, and the row of its baseline in the text layer.
    """
    height, width = zoom * _HEIGHT, zoom * _WIDTH
    windows, spaces, feet = [], [], []
    for _, char, page, space, size in chars:
        scale = zoom * EM / size
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        windows.append(Window(page, x, y, scale))
        left, top = width / 2 - x * scale, height / 2 - y * scale  # of the page's origin
        spaces.append([edge * scale + by for edge, by in zip(space, (left, top) * 2, strict=True)])
        feet.append(char.baseline * scale + top)
    shown = pictures.windows(windows, height, width, without_red=without_red)
    ink, most = _ink(shown, np.array(spaces, np.float32).reshape(-1, 4, 1))
    return ink, most, np.array(feet, np.float32)


def _ink(shown: npt.NDArray[np.uint8], spaces: Floats) -> tuple[Floats, Floats]:
    """Return the contrast of each pixel to the paper, and its maximum in each window.

    The contrast is set to 0 outside the space of the character (left, top, right, bottom in
    pixels of its window), and in watermarks.
    """
    sample = np.sort(shown[:, ::_STEP, ::_STEP].reshape(len(shown), -1))
    paper = sample[:, sample.shape[1] // 2].astype(np.float32)
    ink = shown - paper[:, None, None]
    np.abs(ink, out=ink)
    x, y = np.arange(shown.shape[2]) + 0.5, np.arange(shown.shape[1]) + 0.5
    left, top, right, bottom = spaces.transpose(1, 0, 2)
    across, upright = (x > left) & (x < right), (y > top) & (y < bottom)
    ink *= upright[:, :, None] & across[:, None, :]
    most = ink.max((1, 2), initial=0)
    ink *= ink >= _PALE * most[:, None, None]
    return ink, most


def extent(drawn: Flags) -> tuple[Floats, Floats]:
    """Return the index of the first True in each row of ``drawn``, and the one after the last."""
    first = drawn.argmax(1)
    last = drawn.shape[1] - drawn[:, ::-1].argmax(1)
    return first.astype(np.float32), np.where(drawn.any(1), last, first).astype(np.float32)


def unit_pictures(ink: Floats) -> Floats:
    """Turn windows of ink (windows × rows × columns) into pictures, one row each.

    The ink is averaged over the cells of a fixed grid whose centre is the ink's centre of mass.
    """
    rows, columns = (np.ones(n, np.float32) for n in ink.shape[1:])
    across = _shares(rows @ ink, _COLUMNS, _COLUMN)
    upright = _shares(ink @ columns, _ROWS, _ROW)
    sums = upright @ ink @ across.transpose(0, 2, 1)  # of all ink before two edges
    bands = sums[:, 1:] - sums[:, :-1]
    small = (bands[:, :, 1:] - bands[:, :, :-1]).reshape(len(ink), PICTURE_SIZE)
    small -= small.mean(1, keepdims=True)
    length = np.sqrt((small * small).sum(1, keepdims=True))
    pictures: Floats = small / np.maximum(length, np.float32(1))
    return pictures


def _shares(profile: Floats, bins: int, step: float) -> Floats:
    """Return the share of each pixel before each edge of bins that are centred on the ink.

    The bins are ``step`` pixels wide.
    """
    pixels = np.arange(profile.shape[1], dtype=np.float32)
    centre = profile @ pixels / np.maximum(profile.sum(1), 1) + 0.5
    edges = (centre - step * bins / 2)[:, None] + step * np.arange(bins + 1, dtype=np.float32)
    shares: Floats = edges[:, :, None] - pixels
    return shares.clip(0, 1, out=shares)
