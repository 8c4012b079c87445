"""Made scans: pages of made reports that are rendered, stamped, scanned and put into a PDF.

``python -m generator scans --out DIR`` takes existing made reports with their expected results.  It
makes for each line of ``SCANS`` a PDF of images and its expected results: those of the source, with
the boxes of the cells moved along where a page is rotated or skewed.
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
from .stamps import add_stamp

Pixels = Any
_MIN_DIGITS = 40  # digits on the right half of a page that has the table of section 三


@dataclass(frozen=True)
class Scan:
    """A made scan: its source report and the effects of the scanner."""

    name: str
    source: str  # file name of the report, without .pdf
    dpi: int = 200
    colour: str = "grey"  # grey, colour, bilevel
    codec: str = "jpeg"  # jpeg, jpx, flate, ccitt, jbig2
    quality: int = 75
    skew: float = 0.0  # degrees clockwise
    turn: int = 0  # degrees clockwise by which the sheet is rotated
    noise: float = 4.0  # grey levels
    stamp: str = ""  # red, blue or grey: over numbers of the table in section 三
    edges: bool = False
    holes: bool = False
    curve: float = 0.0  # points by which the sheet is curved at its sides
    paper: int = 250
    only: tuple[int, ...] = ()  # scanned pages; the other pages stay digital
    layer: str = ""  # a wrong text layer: "under" the image, or "invisible"
    core: bool = False  # small enough to be committed

    @property
    def cases(self) -> list[str]:
        """The case names under which the accuracy table counts this scan."""
        kind = f"scan-stamp-{self.stamp}" if self.stamp else "scan"
        names = [kind, f"scan-{self.dpi}-dpi", f"scan-{self.codec}"]
        effects = {
            "skew": abs(self.skew) > 0.5,
            "turned": self.turn,
            "edges": self.edges,
            "holes": self.holes,
            "curved": self.curve,
            "mixed": self.only,
            "text-layer": self.layer,
        }
        return names + [f"scan-{name}" for name, present in effects.items() if present]


def make(scan: Scan, sources: Path, out: Path) -> Path:
    """Make one scan and its expected results."""
    noise_rng = np.random.default_rng(sum(map(ord, scan.name)))
    rng = random.Random(scan.name)
    source = sources / f"{scan.source}.pdf"
    truth = json.loads((sources / f"{scan.source}.expected.json").read_text(encoding="utf-8"))
    document = pdfium.PdfDocument(source)
    target = pikepdf.open(source)
    numbers = scan.only or tuple(range(1, len(document) + 1))
    for number in numbers:
        page = document[number - 1]
        width, height = page.get_size()
        pixels = page.render(scale=scan.dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3]
        if scan.stamp:
            pixels = add_stamp(pixels, _stamp_position(page, rng), scan.stamp, scan.dpi, rng)
        pixels = _scan_effects(pixels, scan, noise_rng)
        page_scan = replace(scan, skew=scan.skew and scan.skew * (1 if number % 2 else -0.8))
        pixels = _skew_and_turn(pixels, page_scan)
        _replace_page(target, number, pixels, (width, height), page_scan)
        _move_boxes(truth, number, (width, height), page_scan)
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


def _stamp_position(page: pdfium.PdfPage, rng: random.Random) -> tuple[float, float] | None:
    """Return the position of a random digit of a large table, or None if the page has none."""
    text = page.get_textpage()
    width, height = page.get_size()
    positions = []
    for k in range(text.count_chars()):
        if text.get_text_range(k, 1).isdigit():
            left, bottom, right, top = text.get_charbox(k)
            if left > 0.5 * width:
                positions.append(((left + right) / 2, height - (top + bottom) / 2))
    text.close()
    return rng.choice(positions) if len(positions) >= _MIN_DIGITS else None


# ------------------------------------------------------------------- scanner


def _scan_effects(pixels: Pixels, scan: Scan, noise_rng: Any) -> Pixels:
    """Blur the ink, tint the paper, add noise and the other effects of a scan."""
    image = pixels.astype(np.float32)
    if scan.colour != "colour":
        image = image @ np.array([0.299, 0.587, 0.114], np.float32)
        image = image[:, :, None]
    tint = np.array([1.0, 0.99, 0.96], np.float32) if image.shape[2] == 3 else np.ones(1)
    image = 28 + image / 255 * (scan.paper - 28) * tint
    spread = 0.25 * (
        np.roll(image, 1, 0) + np.roll(image, -1, 0) + np.roll(image, 1, 1) + np.roll(image, -1, 1)
    )
    image = 0.6 * image + 0.4 * spread
    if scan.curve:
        image = _curve_sheet(image, scan.curve * scan.dpi / 72)
    if scan.edges:
        image = _dark_edges(image, scan.dpi, noise_rng)
    if scan.holes:
        image = _punch_holes(image, scan.dpi)
    image += noise_rng.normal(0, scan.noise, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def _curve_sheet(image: Pixels, max_shift: float) -> Pixels:
    """Shift columns of pixels by up to ``max_shift``, as on a curved sheet."""
    rows, columns = image.shape[:2]
    x = np.linspace(-1, 1, columns)
    shift = max_shift * (x * x - 1 / 3)
    curved = np.empty_like(image)
    ys = np.arange(rows)
    for k in range(columns):
        place = np.clip(ys + shift[k], 0, rows - 1.001)
        low = place.astype(int)
        share = (place - low)[:, None]
        curved[:, k] = image[low, k] * (1 - share) + image[low + 1, k] * share
    return curved


def _dark_edges(image: Pixels, dpi: int, noise_rng: Any) -> Pixels:
    """Darken the left and the top edge, as under an open scanner lid."""
    rows = image.shape[0]
    depth = 0.12 * dpi + np.cumsum(noise_rng.normal(0, 0.3, rows))
    for y in range(rows):
        image[y, : max(0, int(depth[y]))] = 40
    image[: int(0.06 * dpi), :] = 50
    shade = np.linspace(0.82, 1.0, int(0.3 * dpi))[None, :, None]
    start = int(0.12 * dpi)
    image[:, start : start + shade.shape[1]] *= shade
    return image


def _punch_holes(image: Pixels, dpi: int) -> Pixels:
    """Draw two dark punch holes at the left edge."""
    rows = image.shape[0]
    radius = 0.118 * dpi  # 6 mm across
    ys, xs = np.ogrid[: image.shape[0], : image.shape[1]]
    for y in (rows / 2 - 1.57 * dpi, rows / 2 + 1.57 * dpi):
        image[(ys - y) ** 2 + (xs - 0.47 * dpi) ** 2 < radius**2] = 45
    return image


def _skew_and_turn(pixels: Pixels, scan: Scan) -> Pixels:
    """Skew and rotate a page."""
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    paper = scan.paper if image.mode == "L" else (scan.paper,) * 3
    if scan.skew:
        image = image.rotate(-scan.skew, Image.Resampling.BICUBIC, fillcolor=paper)
    if scan.turn:
        transposes = {
            90: Image.Transpose.ROTATE_270,
            180: Image.Transpose.ROTATE_180,
            270: Image.Transpose.ROTATE_90,
        }
        image = image.transpose(transposes[scan.turn])
    return image


# ----------------------------------------------------------------------- PDF


def _replace_page(
    target: pikepdf.Pdf, number: int, image: Image.Image, size: tuple[float, float], scan: Scan
) -> None:
    """Replace a page by its image."""
    if scan.turn in (90, 270):
        size = size[1], size[0]
    page = target.pages[number - 1]
    stream = _image_stream(target, image, scan)
    content = f"q {size[0]:g} 0 0 {size[1]:g} 0 0 cm /Im0 Do Q".encode()
    resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
    if scan.layer:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
        font.BaseFont = pikepdf.Name.Helvetica
        resources.Font = pikepdf.Dictionary(F=font)
        text_layer = _poor_text_layer(size[1], invisible=scan.layer == "invisible")
        under = scan.layer == "under"
        content = text_layer + content if under else content + text_layer
    page.obj.Contents = target.make_stream(content)
    page.obj.Resources = resources
    page.obj.MediaBox = pikepdf.Array([0, 0, *size])
    for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/Annots"):
        if name in page.obj:
            del page.obj[name]


def _poor_text_layer(height: float, *, invisible: bool) -> bytes:
    """Return a text layer as poor OCR leaves it: numbers, some of them wrong."""
    lines = [f"BT {'3 Tr' if invisible else '0 Tr'} /F 10 Tf"]
    for k in range(20):
        lines.append(f"1 0 0 1 {90 + 20 * k} {height - 120 - 30 * k:g} Tm ({k * 7} O l 0 8) Tj")
    return " ".join([*lines, "ET "]).encode()


def _image_stream(target: pikepdf.Pdf, image: Image.Image, scan: Scan) -> pikepdf.Object:
    """Return a page image as a stream in the compression of the scan."""
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
        data.write(ccitt_group_4(image))
        attributes["Filter"] = pikepdf.Name.CCITTFaxDecode
        attributes["DecodeParms"] = pikepdf.Dictionary(
            K=-1, Columns=image.width, Rows=image.height, BlackIs1=False
        )
    elif scan.codec == "jbig2":
        data.write(jbig2(image, ccitt_group_4(image)))
        attributes["Filter"] = pikepdf.Name.JBIG2Decode
    else:
        data.write(image.tobytes())
    return target.make_stream(data.getvalue(), {f"/{key}": v for key, v in attributes.items()})


def ccitt_group_4(image: Image.Image) -> bytes:
    """Return a bilevel image as CCITT group 4 data."""
    data = io.BytesIO()
    # Pillow encodes set bits as ink, but in this image set bits are white.
    ImageChops.invert(image).save(data, "TIFF", compression="group4", tiffinfo={278: image.height})
    data.seek(0)
    with Image.open(data) as tiff:
        assert isinstance(tiff, TiffImageFile)
        offsets, counts = tiff.tag_v2[273], tiff.tag_v2[279]
        assert len(offsets) == 1, "one strip"
        start, length = offsets[0], counts[0]
    return data.getvalue()[start : start + length]


# ---------------------------------------------------------- expected results


def _move_boxes(truth: dict[str, Any], number: int, size: tuple[float, float], scan: Scan) -> None:
    """Move the boxes of a page's cells as the page was skewed and rotated."""
    for report in truth["reports"]:
        for cell in report["observations"]:
            if cell["page"] != number or not cell["box"]:
                continue
            x0, top, x1, bottom = cell["box"]
            corners = [_scanned_point(x, y, size, scan) for x in (x0, x1) for y in (top, bottom)]
            xs, ys = [c[0] for c in corners], [c[1] for c in corners]
            cell["box"] = [round(v, 1) for v in (min(xs), min(ys), max(xs), max(ys))]


def _scanned_point(
    x: float, y: float, size: tuple[float, float], scan: Scan
) -> tuple[float, float]:
    """Return where a point of the digital page, in points, is on the scanned page."""
    width, height = size
    angle = np.radians(scan.skew)
    dx, dy = x - width / 2, y - height / 2
    x = width / 2 + dx * np.cos(angle) - dy * np.sin(angle)
    y = height / 2 + dx * np.sin(angle) + dy * np.cos(angle)
    turned = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    return turned[scan.turn]
