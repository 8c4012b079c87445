"""Made scans: the pages of made reports printed, stamped, laid on a scanner and published.

``python -m generator scans --out DIR`` takes reports that are there already, with their
truth beside them, and gives each list line of ``SCANS`` its PDF of pictures and its truth.
The truth is the source's; places are carried along where a page is turned or lies askew.
"""

from __future__ import annotations

import io
import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageChops
from PIL.TiffImagePlugin import TiffImageFile

from .jbig2 import jbig2
from .stamps import pressed

Pixels = Any
_MANY_NUMBERS = 40  # on the right half of a page: table three stands there


@dataclass(frozen=True)
class Scan:
    """One made scan: of which report, and what the scanner and its user did to it."""

    name: str
    source: str  # file name of the report, without .pdf
    dpi: int = 200
    colour: str = "grey"  # grey, colour, bilevel
    codec: str = "jpeg"  # jpeg, jpx, flate, ccitt, jbig2
    quality: int = 75
    skew: float = 0.0  # degrees clockwise
    turn: int = 0  # degrees clockwise that the sheet lies turned by
    noise: float = 4.0  # grey levels
    stamp: str = ""  # red, blue, grey: over numbers of table three
    edges: bool = False
    holes: bool = False
    curve: float = 0.0  # points by which the sheet bends up at its sides
    paper: int = 250
    only: tuple[int, ...] = ()  # pages that are scanned; the others stay as they are
    layer: str = ""  # "under": a poor text layer under the picture; "invisible"
    core: bool = False  # small enough to be committed

    @property
    def cases(self) -> list[str]:
        """What the accuracy table counts this scan under."""
        kind = f"scan-stamp-{self.stamp}" if self.stamp else "scan"
        found = [kind, f"scan-{self.dpi}-dpi", f"scan-{self.codec}"]
        marks = {
            "skew": abs(self.skew) > 0.5,
            "turned": self.turn,
            "edges": self.edges,
            "holes": self.holes,
            "curved": self.curve,
            "mixed": self.only,
            "text-layer": self.layer,
        }
        return found + [f"scan-{name}" for name, on in marks.items() if on]


def make(scan: Scan, sources: Path, out: Path) -> Path:
    """One scan and its truth."""
    random_numbers = np.random.default_rng(sum(map(ord, scan.name)))
    chance = random.Random(scan.name)
    source = sources / f"{scan.source}.pdf"
    truth = json.loads((sources / f"{scan.source}.expected.json").read_text(encoding="utf-8"))
    document = pdfium.PdfDocument(source)
    target = pikepdf.open(source)
    wanted = scan.only or tuple(range(1, len(document) + 1))
    for number in wanted:
        page = document[number - 1]
        width, height = page.get_size()
        pixels = page.render(scale=scan.dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3]
        if scan.stamp:
            pixels = pressed(pixels, _spot(page, chance), scan.stamp, scan.dpi, chance)
        pixels = _scanned(pixels, scan, random_numbers)
        own = replace(scan, skew=scan.skew and scan.skew * (1 if number % 2 else -0.8))
        pixels = _laid(pixels, own)
        _put(target, number, pixels, (width, height), own)
        _carry(truth, number, (width, height), own)
    document.close()
    truth["file"], truth["cases"] = f"{scan.name}.pdf", scan.cases
    for report in truth["reports"]:
        for cell in report["observations"]:
            cell["expect"] = "right" if cell["expect"] == "either" else cell["expect"]
    target.remove_unreferenced_resources()
    path = out / f"{scan.name}.pdf"
    target.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    text = json.dumps(truth, ensure_ascii=False, separators=(",", ":"))
    (out / f"{scan.name}.expected.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def _spot(page: pdfium.PdfPage, chance: random.Random) -> tuple[float, float] | None:
    """A number of a large table on this page, for the stamp to lie on."""
    text = page.get_textpage()
    width, height = page.get_size()
    spots = []
    for k in range(text.count_chars()):
        if text.get_text_range(k, 1).isdigit():
            left, bottom, right, top = text.get_charbox(k)
            if left > 0.5 * width:
                spots.append(((left + right) / 2, height - (top + bottom) / 2))
    text.close()
    return chance.choice(spots) if len(spots) >= _MANY_NUMBERS else None


# ------------------------------------------------------------------- scanner


def _scanned(pixels: Pixels, scan: Scan, random_numbers: Any) -> Pixels:
    """Ink spreads, paper is not white, the sensor makes noise."""
    image = pixels.astype(np.float32)
    if scan.colour != "colour":
        image = image @ np.array([0.299, 0.587, 0.114], np.float32)
        image = image[:, :, None]
    tone = np.array([1.0, 0.99, 0.96], np.float32) if image.shape[2] == 3 else np.ones(1)
    image = 28 + image / 255 * (scan.paper - 28) * tone
    spread = 0.25 * (
        np.roll(image, 1, 0) + np.roll(image, -1, 0) + np.roll(image, 1, 1) + np.roll(image, -1, 1)
    )
    image = 0.6 * image + 0.4 * spread
    if scan.curve:
        image = _bent(image, scan.curve * scan.dpi / 72)
    if scan.edges:
        image = _edged(image, scan.dpi, random_numbers)
    if scan.holes:
        image = _punched(image, scan.dpi)
    image += random_numbers.normal(0, scan.noise, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def _bent(image: Pixels, most: float) -> Pixels:
    rows, columns = image.shape[:2]
    x = np.linspace(-1, 1, columns)
    shift = most * (x * x - 1 / 3)
    bent = np.empty_like(image)
    ys = np.arange(rows)
    for k in range(columns):
        place = np.clip(ys + shift[k], 0, rows - 1.001)
        low = place.astype(int)
        share = (place - low)[:, None]
        bent[:, k] = image[low, k] * (1 - share) + image[low + 1, k] * share
    return bent


def _edged(image: Pixels, dpi: int, random_numbers: Any) -> Pixels:
    """A dark strip along the left side and the head, as under an open lid."""
    rows, columns = image.shape[:2]
    depth = 0.12 * dpi + np.cumsum(random_numbers.normal(0, 0.3, rows))
    for y in range(rows):
        image[y, : max(0, int(depth[y]))] = 40
    image[: int(0.06 * dpi), :] = 50
    shade = np.linspace(0.82, 1.0, int(0.3 * dpi))[None, :, None]
    start = int(0.12 * dpi)
    image[:, start : start + shade.shape[1]] *= shade
    del columns
    return image


def _punched(image: Pixels, dpi: int) -> Pixels:
    rows = image.shape[0]
    radius = 0.118 * dpi  # 6 mm across
    ys, xs = np.ogrid[: image.shape[0], : image.shape[1]]
    for y in (rows / 2 - 1.57 * dpi, rows / 2 + 1.57 * dpi):
        image[(ys - y) ** 2 + (xs - 0.47 * dpi) ** 2 < radius**2] = 45
    return image


def _laid(pixels: Pixels, scan: Scan) -> Pixels:
    """Askew and turned on the glass."""
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    paper = scan.paper if image.mode == "L" else (scan.paper,) * 3
    if scan.skew:
        image = image.rotate(-scan.skew, Image.Resampling.BICUBIC, fillcolor=paper)
    if scan.turn:
        way = {
            90: Image.Transpose.ROTATE_270,
            180: Image.Transpose.ROTATE_180,
            270: Image.Transpose.ROTATE_90,
        }
        image = image.transpose(way[scan.turn])
    return image


# ----------------------------------------------------------------------- PDF


def _put(
    target: pikepdf.Pdf, number: int, image: Image.Image, size: tuple[float, float], scan: Scan
) -> None:
    """Replaces a page by its picture."""
    if scan.turn in (90, 270):
        size = size[1], size[0]
    page = target.pages[number - 1]
    stream = _coded(target, image, scan)
    shown = f"q {size[0]:g} 0 0 {size[1]:g} 0 0 cm /Im0 Do Q".encode()
    resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
    if scan.layer:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
        font.BaseFont = pikepdf.Name.Helvetica
        resources.Font = pikepdf.Dictionary(F=font)
        words = _poor_text(size[1], invisible=scan.layer == "invisible")
        shown = words + shown if scan.layer == "under" else shown + words
    page.obj.Contents = target.make_stream(shown)
    page.obj.Resources = resources
    page.obj.MediaBox = pikepdf.Array([0, 0, *size])
    for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/Annots"):
        if name in page.obj:
            del page.obj[name]


def _poor_text(height: float, *, invisible: bool) -> bytes:
    """What a cheap program for recognition leaves behind: numbers, some of them wrong."""
    lines = [f"BT {'3 Tr' if invisible else '0 Tr'} /F 10 Tf"]
    for k in range(20):
        lines.append(f"1 0 0 1 {90 + 20 * k} {height - 120 - 30 * k:g} Tm ({k * 7} O l 0 8) Tj")
    return " ".join([*lines, "ET "]).encode()


def _coded(target: pikepdf.Pdf, image: Image.Image, scan: Scan) -> pikepdf.Object:
    attributes: dict[str, Any] = {
        "Type": pikepdf.Name.XObject,
        "Subtype": pikepdf.Name.Image,
        "Width": image.width,
        "Height": image.height,
        "BitsPerComponent": 8,
        "ColorSpace": pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB,
    }
    if scan.colour == "bilevel":
        image = image.point(lambda v: 255 if v > 150 else 0).convert("1")
        attributes["BitsPerComponent"] = 1
    data = io.BytesIO()
    if scan.codec == "jpeg":
        image.save(data, "JPEG", quality=scan.quality)
        attributes["Filter"] = pikepdf.Name.DCTDecode
    elif scan.codec == "jpx":
        image.save(data, "JPEG2000", quality_mode="rates", quality_layers=[scan.quality])
        attributes["Filter"] = pikepdf.Name.JPXDecode
        del attributes["ColorSpace"], attributes["BitsPerComponent"]
    elif scan.codec == "ccitt":
        data.write(fax(image))
        attributes["Filter"] = pikepdf.Name.CCITTFaxDecode
        attributes["DecodeParms"] = pikepdf.Dictionary(
            K=-1, Columns=image.width, Rows=image.height, BlackIs1=False
        )
    elif scan.codec == "jbig2":
        data.write(jbig2(image, fax(image)))
        attributes["Filter"] = pikepdf.Name.JBIG2Decode
    else:
        data.write(image.tobytes())
    return target.make_stream(data.getvalue(), {f"/{key}": v for key, v in attributes.items()})


def fax(image: Image.Image) -> bytes:
    """The bits of a black and white picture in CCITT group 4."""
    data = io.BytesIO()
    # Pillow codes what is set as ink, and white is set
    ImageChops.invert(image).save(data, "TIFF", compression="group4", tiffinfo={278: image.height})
    data.seek(0)
    with Image.open(data) as tiff:
        assert isinstance(tiff, TiffImageFile)
        offsets, counts = tiff.tag_v2[273], tiff.tag_v2[279]
        assert len(offsets) == 1, "one strip"
        start, length = offsets[0], counts[0]
    return data.getvalue()[start : start + length]


# --------------------------------------------------------------------- truth


def _carry(truth: dict[str, Any], number: int, size: tuple[float, float], scan: Scan) -> None:
    """Places of a page's cells after it was laid askew and turned."""
    for report in truth["reports"]:
        for cell in report["observations"]:
            if cell["page"] != number or not cell["box"]:
                continue
            x0, top, x1, bottom = cell["box"]
            corners = [_moved(x, y, size, scan) for x in (x0, x1) for y in (top, bottom)]
            xs, ys = [c[0] for c in corners], [c[1] for c in corners]
            cell["box"] = [round(v, 1) for v in (min(xs), min(ys), max(xs), max(ys))]


def _moved(x: float, y: float, size: tuple[float, float], scan: Scan) -> tuple[float, float]:
    width, height = size
    angle = np.radians(scan.skew)
    dx, dy = x - width / 2, y - height / 2
    x = width / 2 + dx * np.cos(angle) - dy * np.sin(angle)
    y = height / 2 + dx * np.sin(angle) + dy * np.cos(angle)
    turned = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    return turned[scan.turn]
