"""A round stamp with a star, as offices put it on published reports."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .fonts import FACES

_INK = {"red": (214, 32, 44), "blue": (40, 60, 190), "grey": (128, 128, 128)}
_WIDE = 1.62  # inches: 41 mm, the diameter of a county's stamp
_WORDS = "宁岗县人民政府办公室"


def add_stamp(
    pixels: Any, position: tuple[float, float] | None, ink: str, dpi: int, rng: random.Random
) -> Any:
    """Return the pixels of a page with a stamp around ``position``, in points.

    Without a position the page stays as it is.  Ink darkens the page, so black print stays black.
    """
    if position is None:
        return pixels
    size = int(_WIDE * dpi)
    mask = _mask(size, rng)
    x = int(position[0] * dpi / 72 - size / 2 + rng.uniform(-0.3, 0.3) * dpi)
    y = int(position[1] * dpi / 72 - size / 2 + rng.uniform(-0.3, 0.3) * dpi)
    x = min(max(0, x), pixels.shape[1] - size)
    y = min(max(0, y), pixels.shape[0] - size)
    opacity = np.asarray(mask, np.float32)[:, :, None] / 255 * 0.9
    colour = np.array(_INK[ink], np.float32) / 255
    covered = pixels[y : y + size, x : x + size].astype(np.float32)
    result = pixels.copy()
    result[y : y + size, x : x + size] = covered * (1 - opacity + opacity * colour)
    return result


def _mask(size: int, rng: random.Random) -> Image.Image:
    """Return the ink of a stamp, 0 to 255: a ring, a star and words, partly faded."""
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    thick = max(2, size // 32)
    draw.ellipse((2, 2, size - 3, size - 3), outline=255, width=thick)
    center, star_radius = size / 2, size * 0.17
    points = []
    for k in range(10):
        radius = star_radius if k % 2 == 0 else star_radius * 0.382
        angle = -math.pi / 2 + k * math.pi / 5
        points.append((center + radius * math.cos(angle), center + radius * math.sin(angle)))
    draw.polygon(points, fill=255)
    face = FACES["song"]
    font = ImageFont.truetype(face.path, int(size * 0.13), index=face.index)
    for k, letter in enumerate(_WORDS):
        angle = math.radians(-120 + 240 * k / (len(_WORDS) - 1))
        tile = Image.new("L", (size // 5, size // 5), 0)
        ImageDraw.Draw(tile).text((size / 10, size / 10), letter, 255, font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        x = center + size * 0.385 * math.sin(angle) - tile.width / 2
        y = center - size * 0.385 * math.cos(angle) - tile.height / 2
        mask.paste(255, (int(x), int(y)), tile)
    density = Image.new("L", (16, 16))
    density.putdata([rng.randint(150, 255) for _ in range(256)])
    ink_density = (
        np.asarray(density.resize((size, size), Image.Resampling.BICUBIC), np.float32) / 255
    )
    mask = Image.fromarray((np.asarray(mask, np.float32) * ink_density).astype(np.uint8))
    return mask.rotate(rng.uniform(-25, 25), Image.Resampling.BICUBIC)
