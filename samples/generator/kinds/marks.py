"""Replace the marked links of a printed PDF by annotations, hidden layers and invisible text.

Every engine prints a marked piece as a link whose address says what belongs there and shows where
it lies on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from ..fonts import Embedded
from ..pdffont import font_object
from ..pieces import SCHEME, picture

FONT = "sans"


@dataclass(frozen=True)
class _Place:
    """Where a number belongs: the middle of its box, and its size in points."""

    page: pikepdf.Page
    number: str
    x: float
    y: float
    size: float

    def text(self, font: Embedded, before: str = "", shift: float = 0.0) -> str:
        """Return operators that write the number in the middle, ``shift`` points to the right."""
        x = self.x - self.width(font) / 2 + shift
        y = self.y - 0.36 * self.size
        code = font.encode(self.number)
        return f"BT {before} /Number {self.size:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{code}> Tj ET"

    def width(self, font: Embedded) -> float:
        return sum(font.width(char) for char in self.number) * self.size

    def box(self, font: Embedded) -> tuple[float, float, float, float]:
        half, height = self.width(font) / 2 + 1.5, 0.62 * self.size
        return (self.x - half, self.y - height, self.x + half, self.y + height)


def replace_links(path: Path) -> None:
    """Replace the marked links of a file; a file without any stays as it is."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        found = [(page, link) for page in pdf.pages for link in _links(page)]
        if not found:
            return
        marks = _Marks(pdf)
        for page, link in found:
            what, number = unquote(str(link.A.URI)).removeprefix(SCHEME).split("/")[:2]
            x0, y0, x1, y1 = (float(v) for v in link.Rect)
            size = 0.8 * min(y1 - y0, 12.5)
            marks.put(what, _Place(page, number, (x0 + x1) / 2, (y0 + y1) / 2, size))
        marks.finish()
        pdf.save(path, deterministic_id=True)


def _links(page: pikepdf.Page) -> list[Any]:
    """Take the marked links off a page and return them."""
    everything = list(page.obj.get("/Annots", []))
    links = [a for a in everything if "/A" in a and str(a.A.get("/URI", "")).startswith(SCHEME)]
    if links:
        page.obj.Annots = Array([a for a in everything if a not in links])
    return links


class _Marks:
    """Writes numbers on the pages of one file, all in one font."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.font = Embedded(FONT)
        self.content: dict[int, tuple[pikepdf.Page, list[str]]] = {}
        self.forms: list[Stream] = []
        self.fields: list[Any] = []
        self.layer: Any = None

    def put(self, what: str, place: _Place) -> None:
        """Put one number at its place."""
        if what == "layer":
            text = place.text(self.font, shift=-0.4 * place.size)
            self._write(place.page, f"/OC /Draft BDC {text} EMC")
            self._draft()
        elif what == "clip":
            text = place.text(self.font, shift=-0.3 * place.size)
            box = _numbers((place.x, place.y + place.size, place.size, 0.3 * place.size))
            self._write(place.page, f"q {box} re W n {text} Q")
        elif what in ("mode3", "mode7"):
            text = place.text(self.font, f"{what[-1]} Tr", shift=0.3 * place.size)
            self._write(place.page, f"q {text} Q")
        elif what == "stamp":
            self._annotate(place, Dictionary(Subtype=Name.Stamp), self._picture(place))
        elif what == "free-text":
            box = _numbers(self._size(place))
            number = place.text(self.font)
            annotation = Dictionary(Subtype=Name.FreeText, Contents=pikepdf.String(place.number))
            annotation.DA = pikepdf.String("/Helv 9 Tf 0 g")
            self._annotate(place, annotation, self._form(place, f"1 g 0 0 {box} re f 0 g", number))
        elif what == "field":
            name = pikepdf.String(f"number {len(self.fields) + 1}")
            annotation = Dictionary(
                Subtype=Name.Widget, FT=Name.Tx, T=name, V=pikepdf.String(place.number)
            )
            annotation.DA = pikepdf.String("/Helv 9 Tf 0 g")
            form = self._form(place, "/Tx BMC", f"{place.text(self.font)} EMC")
            self.fields.append(self._annotate(place, annotation, form))
        else:
            raise ValueError(f"nothing is known as {what}")

    def finish(self) -> None:
        """Write the font, the content of the pages and the catalogue."""
        if not self.font.codes:  # pictures alone
            return
        font = font_object(self.pdf, self.font)
        for page, operators in self.content.values():
            page.contents_add(b"q", prepend=True)  # the page may leave its own matrix in force
            page.contents_add("\n".join(["Q", *operators]).encode("ascii"))
            page.add_resource(font, Name.Font, Name.Number)
            if self.layer is not None:
                page.add_resource(self.layer, Name.Properties, Name.Draft)
        for form in self.forms:
            form.Resources = Dictionary(Font=Dictionary(Number=font))
        if self.fields:
            self.pdf.Root.AcroForm = Dictionary(Fields=Array(self.fields))

    def _write(self, page: pikepdf.Page, operators: str) -> None:
        self.content.setdefault(page.index, (page, []))[1].append(operators)

    def _draft(self) -> None:
        if self.layer is None:
            name = pikepdf.String("draft")
            self.layer = self.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name))
            layers = Array([self.layer])
            self.pdf.Root.OCProperties = Dictionary(OCGs=layers, D=Dictionary(OFF=layers))

    def _size(self, place: _Place) -> tuple[float, float]:
        x0, y0, x1, y1 = place.box(self.font)
        return x1 - x0, y1 - y0

    def _form(self, place: _Place, before: str, text: str) -> Stream:
        """Return an appearance: operators in its own space, then operators in that of the page."""
        x0, y0, _, _ = place.box(self.font)
        moved = f"1 0 0 1 {_numbers((-x0, -y0))} cm"
        form = Stream(self.pdf, f"{before} q {moved} {text} Q".encode("ascii"))
        form.update(_appearance(self._size(place)))
        self.forms.append(form)
        return form

    def _picture(self, place: _Place) -> Stream:
        """Return an appearance with a picture of the number."""
        grey = picture(place.number, FONT)
        image = Stream(self.pdf, grey.tobytes())
        image.update(
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=grey.width,
                Height=grey.height,
                ColorSpace=Name.DeviceGray,
                BitsPerComponent=8,
            )
        )
        size = self._size(place)
        form = Stream(self.pdf, f"q {size[0]:.2f} 0 0 {size[1]:.2f} 0 0 cm /P Do Q".encode("ascii"))
        form.update(_appearance(size))
        form.Resources = Dictionary(XObject=Dictionary(P=self.pdf.make_indirect(image)))
        return form

    def _annotate(self, place: _Place, annotation: Dictionary, form: Stream) -> Any:
        annotation.Type = Name.Annot
        annotation.F = 4  # printed
        annotation.Rect = Array([round(v, 2) for v in place.box(self.font)])
        annotation.P = place.page.obj
        annotation.AP = Dictionary(N=self.pdf.make_indirect(form))
        made = self.pdf.make_indirect(annotation)
        place.page.obj.Annots.append(made)
        return made


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


def _appearance(size: tuple[float, float]) -> Dictionary:
    return Dictionary(
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(size[0], 2), round(size[1], 2)]),
    )
