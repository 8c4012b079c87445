"""A small PDF writer over pikepdf: every character and rule is placed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from .fonts import Embedded
from .pdffont import font_object
from .post import owner_lock

Color = tuple[float, float, float]
BLACK: Color = (0.0, 0.0, 0.0)


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


class PdfPage:
    """One page; the origin of all arguments is its top left corner, y grows downwards."""

    def __init__(self, pdf: PdfFile, width: float, height: float) -> None:
        self.pdf, self.width, self.height = pdf, width, height
        self.ops: list[str] = []
        self.images: set[str] = set()
        self.rotate = 0

    def raw(self, *ops: str) -> None:
        self.ops.extend(ops)

    def text(
        self,
        font: Embedded,
        size: float,
        x: float,
        baseline: float,
        text: str,
        *,
        spacing: float = 0.0,
        color: Color = BLACK,
        mode: int = 0,
        matrix: tuple[float, float, float, float] = (1, 0, 0, 1),
    ) -> None:
        a, b, c, d = (_n(v) for v in matrix)
        self.ops.append(
            f"BT /{self.pdf.font_name(font)} {_n(size)} Tf {_n(spacing)} Tc {mode} Tr "
            f"{' '.join(_n(v) for v in color)} rg {a} {b} {c} {d} {_n(x)} "
            f"{_n(self.height - baseline)} Tm <{font.encode(text)}> Tj ET"
        )

    def line(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 0.6,
        color: Color = BLACK,
        dash: Sequence[float] = (),
    ) -> None:
        pattern = " ".join(_n(v) for v in dash)
        self.ops.append(
            f"q {_n(width)} w {' '.join(_n(v) for v in color)} RG [{pattern}] 0 d "
            f"{_n(x0)} {_n(self.height - y0)} m {_n(x1)} {_n(self.height - y1)} l S Q"
        )

    def rect(
        self,
        x0: float,
        top: float,
        x1: float,
        bottom: float,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        width: float = 0.6,
        dash: Sequence[float] = (),
    ) -> None:
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[
            (fill is not None, stroke is not None)
        ]
        ops = ["q"]
        if fill is not None:
            ops.append(f"{' '.join(_n(v) for v in fill)} rg")
        if stroke is not None:
            ops.append(f"{_n(width)} w {' '.join(_n(v) for v in stroke)} RG")
            ops.append(f"[{' '.join(_n(v) for v in dash)}] 0 d")
        ops.append(
            f"{_n(x0)} {_n(self.height - bottom)} {_n(x1 - x0)} {_n(bottom - top)} re {paint} Q"
        )
        self.ops.append(" ".join(ops))

    def image(self, name: str, x0: float, top: float, x1: float, bottom: float) -> None:
        self.ops.append(
            f"q {_n(x1 - x0)} 0 0 {_n(bottom - top)} {_n(x0)} {_n(self.height - bottom)} cm "
            f"/{name} Do Q"
        )
        self.images.add(name)


class PdfFile:
    """Collects pages, fonts and images, and saves them."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.pages: list[PdfPage] = []
        self.fonts: dict[str, Embedded] = {}
        self.pdf = pikepdf.new()
        self.xobjects: dict[str, pikepdf.Object] = {}

    def new_page(self, width: float, height: float) -> PdfPage:
        page = PdfPage(self, width, height)
        self.pages.append(page)
        return page

    def font_name(self, font: Embedded) -> str:
        for name, known in self.fonts.items():
            if known is font:
                return name
        name = f"F{len(self.fonts) + 1}"
        self.fonts[name] = font
        return name

    def add_image(
        self, name: str, width: int, height: int, rgb: bytes, alpha: bytes | None = None
    ) -> None:
        """A picture of ``width`` x ``height`` RGB pixels, with an optional soft mask."""
        stream = Stream(self.pdf, rgb)
        stream.update(_picture(width, height, Name.DeviceRGB))
        if alpha is not None:
            mask = Stream(self.pdf, alpha)
            mask.update(_picture(width, height, Name.DeviceGray))
            stream.SMask = self.pdf.make_indirect(mask)
        self.xobjects[name] = self.pdf.make_indirect(stream)

    def save(self, path: Path, *, owner_password: bool = False) -> None:
        fonts = Dictionary({f"/{n}": font_object(self.pdf, f) for n, f in self.fonts.items()})
        fonts = self.pdf.make_indirect(fonts)
        states = Dictionary(
            Faint=Dictionary(Type=Name.ExtGState, ca=0.35, CA=0.35),
            Solid=Dictionary(Type=Name.ExtGState, ca=1, CA=1),
        )
        for page in self.pages:
            resources = Dictionary(Font=fonts, ExtGState=states)
            if page.images:
                resources.XObject = Dictionary(
                    {f"/{name}": self.xobjects[name] for name in sorted(page.images)}
                )
            turn, width, height = _turn(page)
            content = Stream(self.pdf, "\n".join([*turn, *page.ops]).encode("ascii"))
            body = Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, round(width, 2), round(height, 2)]),
                Resources=resources,
                Contents=self.pdf.make_indirect(content),
            )
            if page.rotate:
                body.Rotate = page.rotate
            self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(body)))
        if self.title:
            self.pdf.docinfo["/Title"] = self.title
        self.pdf.save(
            path,
            encryption=owner_lock() if owner_password else False,
            deterministic_id=not owner_password,
            static_id=owner_password,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )


def _turn(page: PdfPage) -> tuple[list[str], float, float]:
    """The matrix and page box that make a page with /Rotate look upright when displayed."""
    width, height = page.width, page.height
    if page.rotate == 90:
        return [f"0 1 -1 0 {_n(height)} 0 cm"], height, width
    if page.rotate == 180:
        return [f"-1 0 0 -1 {_n(width)} {_n(height)} cm"], width, height
    if page.rotate == 270:
        return [f"0 -1 1 0 0 {_n(width)} cm"], height, width
    return [], width, height


def _picture(width: int, height: int, space: pikepdf.Object) -> Dictionary:
    return Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=space,
        BitsPerComponent=8,
    )
