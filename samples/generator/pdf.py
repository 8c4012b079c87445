"""Write a PDF file with pikepdf, placing each character, rule and image explicitly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from .fonts import Embedded
from .pdffont import font_object
from .postprocess import owner_encryption

Color = tuple[float, float, float]  # red, green, blue from 0 to 1
Box = tuple[float, float, float, float]  # left, top, right, bottom in points
BLACK: Color = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class TextStyle:
    """How text is painted, apart from its font and size."""

    spacing: float = 0.0  # points between characters (operator Tc)
    color: Color = BLACK
    mode: int = 0  # text rendering mode (operator Tr); 3 is invisible
    matrix: tuple[float, float, float, float] = (1, 0, 0, 1)  # scale and rotation of Tm
    bold: bool = False  # the text is painted twice, slightly shifted


PLAIN = TextStyle()


def _n(value: float) -> str:
    """Return a number as PDF writes it: at most three decimals, no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _operands(values: Sequence[float]) -> str:
    return " ".join(_n(value) for value in values)


class PdfPage:
    """The content of one page.

    Coordinates are in points from the top left corner of the page; y grows downwards.
    """

    def __init__(self, pdf: PdfFile, width: float, height: float) -> None:
        self.pdf, self.width, self.height = pdf, width, height
        self.ops: list[str] = []
        self.images: set[str] = set()
        self.links: list[tuple[str, Box]] = []
        self.rotate = 0

    def raw(self, *ops: str) -> None:
        """Add content stream operators as they are."""
        self.ops.extend(ops)

    def text(
        self,
        font: Embedded,
        size: float,
        x: float,
        baseline: float,
        text: str,
        style: TextStyle = PLAIN,
    ) -> None:
        """Write text that starts at ``x`` on a baseline; ``style.bold`` is ignored."""
        self.ops.append(
            f"BT /{self.pdf.font_name(font)} {_n(size)} Tf {_n(style.spacing)} Tc {style.mode} Tr "
            f"{_operands(style.color)} rg {_operands(style.matrix)} {_n(x)} "
            f"{_n(self.height - baseline)} Tm <{font.encode(text)}> Tj ET"
        )

    def line(
        self, ends: Box, width: float = 0.6, color: Color = BLACK, dash: Sequence[float] = ()
    ) -> None:
        """Draw a line between the points ``ends[:2]`` and ``ends[2:]``."""
        x0, y0, x1, y1 = ends
        self.ops.append(
            f"q {_n(width)} w {_operands(color)} RG [{_operands(dash)}] 0 d "
            f"{_n(x0)} {_n(self.height - y0)} m {_n(x1)} {_n(self.height - y1)} l S Q"
        )

    def rect(
        self,
        box: Box,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        width: float = 0.6,
        dash: Sequence[float] = (),
    ) -> None:
        """Draw a rectangle: filled, outlined with lines of ``width`` points, or both."""
        x0, top, x1, bottom = box
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[
            (fill is not None, stroke is not None)
        ]
        ops = ["q"]
        if fill is not None:
            ops.append(f"{_operands(fill)} rg")
        if stroke is not None:
            ops.append(f"{_n(width)} w {_operands(stroke)} RG")
            ops.append(f"[{_operands(dash)}] 0 d")
        ops.append(
            f"{_n(x0)} {_n(self.height - bottom)} {_n(x1 - x0)} {_n(bottom - top)} re {paint} Q"
        )
        self.ops.append(" ".join(ops))

    def link(self, address: str, box: Box) -> None:
        """Make a box a link to an address."""
        self.links.append((address, box))

    def image(self, name: str, box: Box) -> None:
        """Draw the image that ``PdfFile.add_image`` stored under ``name``, stretched to a box."""
        x0, top, x1, bottom = box
        self.ops.append(
            f"q {_n(x1 - x0)} 0 0 {_n(bottom - top)} {_n(x0)} {_n(self.height - bottom)} cm "
            f"/{name} Do Q"
        )
        self.images.add(name)


class PdfFile:
    """Collects pages, fonts and images, and saves them as one file."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.pages: list[PdfPage] = []
        self.fonts: dict[str, Embedded] = {}
        self.pdf = pikepdf.new()
        self.xobjects: dict[str, pikepdf.Object] = {}
        self.states: dict[str, Dictionary] = {}  # further graphics states

    def new_page(self, width: float, height: float) -> PdfPage:
        """Add an empty page of a size in points."""
        page = PdfPage(self, width, height)
        self.pages.append(page)
        return page

    def font_name(self, font: Embedded) -> str:
        """Return the resource name of a font, and give it one at its first use."""
        for name, known in self.fonts.items():
            if known is font:
                return name
        name = f"F{len(self.fonts) + 1}"
        self.fonts[name] = font
        return name

    def add_image(
        self, name: str, width: int, height: int, rgb: bytes, alpha: bytes | None = None
    ) -> None:
        """Store an image of ``width`` x ``height`` RGB pixels, with an optional soft mask."""
        stream = Stream(self.pdf, rgb)
        stream.update(_image_dictionary(width, height, Name.DeviceRGB))
        if alpha is not None:
            mask = Stream(self.pdf, alpha)
            mask.update(_image_dictionary(width, height, Name.DeviceGray))
            stream.SMask = self.pdf.make_indirect(mask)
        self.xobjects[name] = self.pdf.make_indirect(stream)

    def save(self, path: Path, *, owner_password: bool = False) -> None:
        """Write the file; the same content gives the same bytes."""
        fonts = Dictionary({f"/{n}": font_object(self.pdf, f) for n, f in self.fonts.items()})
        fonts = self.pdf.make_indirect(fonts)
        states = Dictionary(
            Faint=Dictionary(Type=Name.ExtGState, ca=0.35, CA=0.35),
            Solid=Dictionary(Type=Name.ExtGState, ca=1, CA=1),
        )
        for state, values in self.states.items():
            states[f"/{state}"] = values
        for page in self.pages:
            resources = Dictionary(Font=fonts, ExtGState=states)
            if page.images:
                resources.XObject = Dictionary(
                    {f"/{name}": self.xobjects[name] for name in sorted(page.images)}
                )
            rotation, width, height = _rotation(page)
            content = Stream(self.pdf, "\n".join([*rotation, *page.ops]).encode("ascii"))
            body = Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, round(width, 2), round(height, 2)]),
                Resources=resources,
                Contents=self.pdf.make_indirect(content),
            )
            if page.rotate:
                body.Rotate = page.rotate
            if page.links:
                body.Annots = Array([_link(page, *link) for link in page.links])
            self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(body)))
        if self.title:
            self.pdf.docinfo["/Title"] = self.title
        self.pdf.save(
            path,
            encryption=owner_encryption() if owner_password else False,
            deterministic_id=not owner_password,
            static_id=owner_password,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )


def _rotation(page: PdfPage) -> tuple[list[str], float, float]:
    """Return the matrix, width and height with which a page with /Rotate is displayed upright."""
    width, height = page.width, page.height
    if page.rotate == 90:
        return [f"0 1 -1 0 {_n(height)} 0 cm"], height, width
    if page.rotate == 180:
        return [f"-1 0 0 -1 {_n(width)} {_n(height)} cm"], width, height
    if page.rotate == 270:
        return [f"0 -1 1 0 0 {_n(width)} cm"], height, width
    return [], width, height


def _link(page: PdfPage, address: str, box: Box) -> Dictionary:
    x0, top, x1, bottom = box
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(v, 2) for v in (x0, page.height - bottom, x1, page.height - top)]),
        A=Dictionary(S=Name.URI, URI=pikepdf.String(address)),
    )


def _image_dictionary(width: int, height: int, space: pikepdf.Object) -> Dictionary:
    return Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=space,
        BitsPerComponent=8,
    )
