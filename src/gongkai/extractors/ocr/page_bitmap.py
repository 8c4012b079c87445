"""A page as a picture: rendered, cleaned, turned upright, deskewed and straightened.

Ink is dark on light. Coloured ink (a red stamp) is faded by taking the brightest channel
of each pixel: black stays black. What was done to the picture is kept as a matrix, so
that every place can be told in points of the page as displayed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium

DPI = 200  # enough for every size of print met; a second look takes 300
_MOST_SKEW = 4.0  # degrees
_POINTS = 60_000  # pixels of ink are enough to tell the skew
_SAMPLE = 5  # of so many pixels in a row one is looked at for the usual shade
_AS_GOOD = 0.97  # of the best score: an angle that does as well
_SOLID = 0.11  # inches: no stroke of a letter is this thick in both directions
_EDGE = 0.4  # inches from the edge of the picture: what a scanner leaves dark
_STAMP = 60  # how much a pixel's channels differ where its ink is coloured
_NEGATIVE = 90  # a page darker than this is a negative
Pixels = Any  # a numpy array of 8-bit grey values


@dataclass(frozen=True)
class Picture:
    """The picture of one page, and the way back to the page."""

    number: int
    width: float  # points of the page as displayed
    height: float
    grey: Pixels  # upright
    coloured: Pixels  # where coloured ink was, for doubt about what stands under it
    dpi: float
    matrix: Any  # 2 x 3: upright pixels to points of the page as displayed

    def size(self) -> tuple[float, float]:
        """Width and height of the upright page in points."""
        rows, columns = self.grey.shape
        return columns * 72 / self.dpi, rows * 72 / self.dpi

    def onto_page(self) -> tuple[float, float, float, float, float, float]:
        """The way from upright points to points of the page as displayed."""
        scaled = self.matrix[:, :2] * (self.dpi / 72)
        a, b, c, d = (float(v) for v in scaled.ravel())
        return a, b, float(self.matrix[0, 2]), c, d, float(self.matrix[1, 2])


def render(document: pdfium.PdfDocument, number: int, dpi: float = DPI) -> Picture:
    """One page (from 1) as displayed."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        scale = min(dpi / 72, 6000 / max(width, height, 1.0))  # a poster is no reason to die
        pixels = page.render(scale=scale, rev_byteorder=True).to_numpy()
    finally:
        page.close()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        grey = np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))
        coloured = np.zeros_like(grey)
    else:
        channels = cv2.split(pixels[:, :, :3])
        brightest = cv2.max(cv2.max(channels[0], channels[1]), channels[2])
        darkest = cv2.min(cv2.min(channels[0], channels[1]), channels[2])
        coloured = (cv2.subtract(brightest, darkest) > _STAMP).astype(np.uint8)
        grey = brightest
    matrix = np.array([[1 / scale, 0, 0], [0, 1 / scale, 0]], np.float64)
    return Picture(number, width, height, grey, coloured, scale * 72, matrix)


def ink_of(grey: Pixels, dpi: float, contrast: int = 18) -> Pixels:
    """1 where a pixel is darker than its surroundings."""
    block = int(dpi / 5) | 1
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    return cv2.adaptiveThreshold(
        smooth, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, contrast
    )


def turned(picture: Picture, quarters: int) -> Picture:
    """The picture turned clockwise by quarters."""
    quarters %= 4
    if not quarters:
        return picture
    rows, columns = picture.grey.shape
    # (x, y) of the turned picture in the one before
    back = {
        1: [[0, 1, 0], [-1, 0, rows - 1]],
        2: [[-1, 0, columns - 1], [0, -1, rows - 1]],
        3: [[0, -1, columns - 1], [1, 0, 0]],
    }[quarters]
    return replace(
        picture,
        grey=np.ascontiguousarray(np.rot90(picture.grey, -quarters)),
        coloured=np.ascontiguousarray(np.rot90(picture.coloured, -quarters)),
        matrix=_then(np.array(back, np.float64), picture.matrix),
    )


def paper_of(grey: Pixels) -> float:
    """How light the paper is; a sample of its pixels tells."""
    return float(np.median(grey[::_SAMPLE, ::_SAMPLE]))


def cleaned(picture: Picture) -> Picture:
    """Dark on light, without dark edges of the scanner and punch holes."""
    if paper_of(picture.grey) < _NEGATIVE:
        picture = replace(picture, grey=255 - picture.grey)
    scale = 75 / picture.dpi
    small = cv2.resize(picture.grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = (small < min(128, int(np.median(small)) - 60)).astype(np.uint8)
    side = max(3, round(_SOLID * 75))
    solid = cv2.morphologyEx(
        cv2.copyMakeBorder(dark, side, side, side, side, cv2.BORDER_REPLICATE),
        cv2.MORPH_OPEN,
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)),
    )[side:-side, side:-side]
    mask = _joined_to_edge(dark)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    for k in range(1, count):
        w, h, area = (int(stats[k][i]) for i in (2, 3, 4))
        if max(w, h) < 0.45 * 75 and min(w, h) > 0.7 * max(w, h) and area > 0.6 * w * h:
            mask[labels == k] = 1
    if not mask.any():
        return picture
    mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    grown = cv2.resize(mask, picture.grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    grey = picture.grey.copy()
    grey[grown > 0] = int(paper_of(picture.grey))
    return replace(picture, grey=grey)


def _joined_to_edge(dark: Pixels) -> Pixels:
    """Dark pixels that hang together with the edge of the picture, near to it."""
    mask = np.zeros_like(dark)
    depth = round(_EDGE * 75)
    count, labels, _, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    if count < 2:
        return mask
    for turns in range(4):  # views: what is painted here is painted there
        seen, painted = np.rot90(labels, turns), np.rot90(mask, turns)
        touching = np.setdiff1d(np.unique(seen[:2]), [0])
        painted[:depth][np.isin(seen[:depth], touching)] = 1
    return mask


def deskewed(picture: Picture) -> Picture:
    """Rotated so that lines of text and ruled lines run level."""
    angle = skew(picture.grey, picture.dpi)
    if abs(angle) < 0.02:
        return picture
    rows, columns = picture.grey.shape
    forth = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    back = cv2.invertAffineTransform(forth)
    paper = int(paper_of(picture.grey))
    grey = cv2.warpAffine(
        picture.grey,
        forth,
        (columns, rows),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    coloured = cv2.warpAffine(picture.coloured, forth, (columns, rows), flags=cv2.INTER_NEAREST)
    return replace(picture, grey=grey, coloured=coloured, matrix=_then(back, picture.matrix))


def skew(grey: Pixels, dpi: float) -> float:
    """Degrees by which the page has to be turned counter-clockwise to run level.

    The rows of ink are the most distinct where the lines run level.
    """
    angle = 0.0
    for work, reach, step in ((75, _MOST_SKEW, 0.2), (150, 0.25, 0.03)):
        scale = min(1.0, work / dpi)
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        ink = ink_of(small, scale * dpi)
        ys, xs = np.nonzero(ink)
        if len(xs) < 200:
            return 0.0
        few = max(1, len(xs) // _POINTS)
        xs, ys = xs[::few], ys[::few]
        middle = small.shape[1] / 2
        candidates = np.arange(angle - reach, angle + reach + step / 2, step)
        scores = [_distinct(xs - middle, ys, small.shape[0], a) for a in candidates]
        # pixels are coarse: several angles may do as well
        good = np.array(scores) >= _AS_GOOD * max(scores)
        angle = float(candidates[good].mean())
    return angle


def _distinct(xs: Any, ys: Any, rows: int, angle: float) -> float:
    margin = rows // 8
    level = np.rint(ys - xs * np.tan(np.radians(angle)) + margin).astype(np.int32)
    profile = np.bincount(np.clip(level, 0, rows + 2 * margin), minlength=rows + 2 * margin)
    return float((np.diff(profile.astype(np.float64)) ** 2).sum())


def moved_rows(picture: Picture, shift: Any) -> Picture:
    """Straightened: each pixel is taken from ``shift`` (rows x columns, pixels) lower.

    A curve of some pixels is too slight to matter for the way back to the page.
    """
    rows, columns = picture.grey.shape
    xs, ys = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    grey = cv2.remap(
        picture.grey, xs, ys + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return replace(picture, grey=grey)


def _then(first: Any, second: Any) -> Any:
    """One 2 x 3 matrix for two applied in order."""
    return (np.vstack([second, [0, 0, 1]]) @ np.vstack([first, [0, 0, 1]]))[:2]
