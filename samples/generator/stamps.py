"""A round stamp with a star, as offices press it on what they publish."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .fonts import FACES

_INK = {"red": (214, 32, 44), "blue": (40, 60, 190), "grey": (128, 128, 128)}
_WIDE = 1.62  # inches: 41 mm, what a county's stamp measures
_WORDS = "宁岗县人民政府办公室"


def pressed(
    pixels: Any, spot: tuple[float, float] | None, ink: str, dpi: int, chance: random.Random
) -> Any:
    """A page's pixels with the stamp around ``spot`` (points); without one as they are.

    Ink darkens what is below it, so that black print stays black.
    """
    if spot is None:
        return pixels
    size = int(_WIDE * dpi)
    mask = _mask(size, chance)
    x = int(spot[0] * dpi / 72 - size / 2 + chance.uniform(-0.3, 0.3) * dpi)
    y = int(spot[1] * dpi / 72 - size / 2 + chance.uniform(-0.3, 0.3) * dpi)
    x = min(max(0, x), pixels.shape[1] - size)
    y = min(max(0, y), pixels.shape[0] - size)
    share = np.asarray(mask, np.float32)[:, :, None] / 255 * 0.9
    colour = np.array(_INK[ink], np.float32) / 255
    part = pixels[y : y + size, x : x + size].astype(np.float32)
    result = pixels.copy()
    result[y : y + size, x : x + size] = part * (1 - share + share * colour)
    return result


def _mask(size: int, chance: random.Random) -> Image.Image:
    """Where ink is, 0..255: a ring, a star, words along the ring; thin in places."""
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    thick = max(2, size // 32)
    draw.ellipse((2, 2, size - 3, size - 3), outline=255, width=thick)
    middle, reach = size / 2, size * 0.17
    points = []
    for k in range(10):
        radius = reach if k % 2 == 0 else reach * 0.382
        angle = -math.pi / 2 + k * math.pi / 5
        points.append((middle + radius * math.cos(angle), middle + radius * math.sin(angle)))
    draw.polygon(points, fill=255)
    face = FACES["song"]
    font = ImageFont.truetype(face.path, int(size * 0.13), index=face.index)
    for k, letter in enumerate(_WORDS):
        angle = math.radians(-120 + 240 * k / (len(_WORDS) - 1))
        tile = Image.new("L", (size // 5, size // 5), 0)
        ImageDraw.Draw(tile).text((size / 10, size / 10), letter, 255, font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        x = middle + size * 0.385 * math.sin(angle) - tile.width / 2
        y = middle - size * 0.385 * math.cos(angle) - tile.height / 2
        mask.paste(255, (int(x), int(y)), tile)
    thin = Image.new("L", (16, 16))
    thin.putdata([chance.randint(150, 255) for _ in range(256)])
    faded = np.asarray(thin.resize((size, size), Image.Resampling.BICUBIC), np.float32) / 255
    mask = Image.fromarray((np.asarray(mask, np.float32) * faded).astype(np.uint8))
    return mask.rotate(chance.uniform(-25, 25), Image.Resampling.BICUBIC)
