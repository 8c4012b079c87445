"""Which text of a page is displayed: covers, clips, layers, transparency and contrast."""

from __future__ import annotations

import time
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from gongkai.extractors.pdf import visibility
from gongkai.extractors.pdf.pdfium import may_have_layers, read_pages
from gongkai.extractors.pdf.pdfplumber_reader import read_with_pdfplumber
from gongkai.model import Box
from helpers.pdfs import text

SEEN = text(30, 260, "5")
OLD = text(30, 200, "417")
BOX = "28 196 30 14 re"  # around OLD
PAGE = "0 0 200 300 re"


def words(path: Path) -> str:
    return "".join(char.text for char in read_pages(path)[0].chars)


class Made:
    """A page of 200 by 300 points with the resources that its content names."""

    def __init__(self, path: Path) -> None:
        self.path = path / "made.pdf"
        self.pdf = pikepdf.new()
        self.pdf.add_blank_page(page_size=(200, 300))
        self.page = self.pdf.pages[0]
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        kinds = ("XObject", "ExtGState", "Properties")
        self.resources = self.pdf.make_indirect(
            Dictionary({"/Font": Dictionary(F=font), **{f"/{k}": Dictionary() for k in kinds}})
        )
        self.page.Resources = self.resources
        named = {"Draft": "draft", "Final": "final"}
        self.layers = {
            key: self.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name))
            for key, name in named.items()
        }
        self.resources.Properties = Dictionary({f"/{k}": v for k, v in self.layers.items()})
        self.resources.ExtGState = Dictionary(
            Pale=Dictionary(ca=0.02),
            Half=Dictionary(ca=0.5),
            Multiply=Dictionary(BM=Name.Multiply),
            Masked=Dictionary(
                SMask=Dictionary(S=Name.Luminosity, G=self.form("0 g " + PAGE + " f"))
            ),
        )

    def form(self, content: str, **entries: object) -> pikepdf.Object:
        form = self.pdf.make_stream(content.encode("ascii"), Type=Name.XObject, Subtype=Name.Form)
        form.BBox = Array([0, 0, 200, 300])
        form.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        form.Resources = self.resources
        for key, value in entries.items():
            form[Name("/" + key)] = value
        return form

    def image(self, *greys: int, **entries: object) -> pikepdf.Object:
        image = self.pdf.make_stream(
            bytes(greys), Type=Name.XObject, Subtype=Name.Image, Width=len(greys), Height=1
        )
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        for key, value in entries.items():
            image[Name("/" + key)] = value
        return image

    def named(self, **objects: pikepdf.Object) -> Made:
        for key, value in objects.items():
            self.resources.XObject[Name("/" + key)] = value
        return self

    def with_layers(self, **settings: object) -> Made:
        self.pdf.Root.OCProperties = Dictionary(
            OCGs=Array(list(self.layers.values())), D=Dictionary(**settings)
        )
        return self

    def save(self, content: str, **options: object) -> Path:
        self.page.Contents = self.pdf.make_stream(content.encode("ascii"))
        self.pdf.save(self.path, **options)
        return self.path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


# ------------------------------------------------------------------- covers


@pytest.mark.parametrize(
    "cover",
    [
        f"1 g {BOX} f",
        f"0 g {BOX} f",  # a black bar
        f"1 g 1 G {BOX} B",
        "1 g 28 196 m 58 196 l 58 203 l 58 210 l 40 210 l 28 210 l h f",  # no plain rectangle
        "q 30 0 0 14 28 196 cm /White Do Q",
        f"1 g {PAGE} f",
        "/Over Do",  # in a form
    ],
)
def test_text_under_something_painted_later_is_not_read(made: Made, cover: str) -> None:
    made.named(White=made.image(255), Over=made.form(f"1 g {BOX} f"))
    assert words(made.save(f"{OLD} q {cover} Q {SEEN} {text(90, 200, '9')}")) == "59"


def test_the_number_over_a_white_box_replaces_that_under_it(made: Made) -> None:
    assert words(made.save(f"{OLD} q 1 g {BOX} f Q {text(31, 200, '926')}")) == "926"


@pytest.mark.parametrize(
    "over",
    [
        f"/Multiply gs 1 1 0 rg {BOX} f",  # a highlight
        f"/Half gs 1 1 0 rg {BOX} f",
        "q 30 0 0 14 28 196 cm /Pale Do Q",
        "q 30 0 0 14 28 196 cm /Stamp Do Q",  # its left half covers a digit and a half
        f"1 g 150 100 20 20 re {BOX} W n f",  # a clipped cover elsewhere
        "1 0 0 rg 28 196 m 40 210 l 58 196 l 40 204 l 36 202 l 28 196 l f",  # a red star
        f"0 G {BOX} S",
        "1 g 28 206 30 40 re f",  # touches the tops of the digits
    ],
)
def test_text_that_shines_through_is_read(made: Made, over: str) -> None:
    stamp = made.image(128, SMask=made.image(255, 0))
    made.named(Pale=made.image(128, SMask=made.image(90)), Stamp=stamp)
    assert words(made.save(f"{OLD} q {over} Q")) == "417"


def test_text_over_an_area_painted_before_it_is_read(made: Made) -> None:
    assert words(made.save(f"q 1 g {BOX} f Q {OLD} q 1 g 28 216 30 14 re f Q")) == "417"


def test_the_covered_half_of_a_number_is_not_read(made: Made) -> None:
    """Helvetica's digits are 5.6 points wide: the box ends in the middle of the 7."""
    assert words(made.save(f"{OLD} q 1 g 35 196 10 14 re f Q")) == "4"
    assert words(made.save(f"{OLD} q 1 g 20 196 12 14 re f Q")) == "417"  # of the 4 a margin


# -------------------------------------------------------------------- clips


@pytest.mark.parametrize(
    "clip", ["28 100 30 14 re", "100 196 30 14 re", "28 206 30 90 re", "0 0 m"]
)
def test_text_outside_its_clip_is_not_read(made: Made, clip: str) -> None:
    assert words(made.save(f"{SEEN} q {clip} W n {OLD} Q")) == "5"


@pytest.mark.parametrize(
    ("right", "shown", "remains"),
    [(30.3, "", 0), (31.2, "", 1), (36, "4", 0), (37.6, "4", 1), (40, "41", 0), (42.2, "41", 1)],
)
def test_the_edge_of_a_cut_digit_is_kept_apart(
    made: Made, right: float, shown: str, remains: int
) -> None:
    """Helvetica draws 417 with its digits 5.6 wide, from 30 on."""
    [page] = read_pages(made.save(f"q 28 196 {right - 28} 14 re W n {OLD} Q"))
    assert "".join(char.text for char in page.chars) == shown
    assert len(page.remains) == remains


def test_the_clip_of_a_form_holds_for_its_text(made: Made) -> None:
    made.named(Copy=made.form(OLD), Small=made.form(OLD, BBox=Array([0, 0, 20, 300])))
    assert words(made.save(f"{SEEN} q 0 0 20 300 re W n /Copy Do Q /Small Do")) == "5"
    assert words(made.save(f"{SEEN} q 0 0 90 300 re W n /Copy Do Q")) == "5417"


def test_a_number_cut_by_its_clip_keeps_what_shows(made: Made) -> None:
    assert words(made.save(f"q 28 196 13 14 re W n {OLD} Q")) == "41"


def test_text_beside_the_page_is_not_read(made: Made) -> None:
    made.page.CropBox = Array([20, 50, 120, 290])
    beside = "".join(text(x, y, "8") for x, y in ((10, 200), (130, 200), (30, 40), (30, 292)))
    assert words(made.save(beside + SEEN)) == "5"
    assert words(made.save(text(108, 200, "417"))) == "41"


# ------------------------------------------------------------------- layers


def in_layer(name: str, content: str) -> str:
    return f"/OC /{name} BDC {content} EMC "


def test_text_in_a_layer_that_is_off_is_not_read(made: Made) -> None:
    made.with_layers(OFF=Array([made.layers["Draft"]]))
    both = in_layer("Draft", text(30, 200, "8")) + in_layer("Final", text(30, 200, "6"))
    assert words(made.save(SEEN + both)) == "56"
    nested = in_layer("Draft", in_layer("Final", text(30, 200, "8")))
    assert words(made.save(SEEN + nested)) == "5"


def test_a_layer_is_off_by_the_state_of_all_others(made: Made) -> None:
    made.with_layers(BaseState=Name.OFF, ON=Array([made.layers["Final"]]))
    content = in_layer("Draft", text(30, 200, "8")) + in_layer("Final", text(60, 200, "6"))
    assert words(made.save(content)) == "6"


def test_a_form_is_in_a_layer(made: Made) -> None:
    made.with_layers(OFF=Array([made.layers["Draft"]]))
    made.named(Draft=made.form(OLD, OC=made.layers["Draft"]), Final=made.form(text(60, 200, "6")))
    assert words(made.save(f"{SEEN} /Draft Do /Final Do")) == "56"


def test_other_marks_are_no_layers(made: Made) -> None:
    """A mark with a long name after one of a layer."""
    made.with_layers(OFF=Array([made.layers["Draft"]]))
    content = in_layer("Draft", text(30, 200, "8")) + f"/Artifact BMC {text(30, 200, '6')} EMC"
    assert words(made.save(content)) == "6"


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode))
@pytest.mark.parametrize("is_locked", [False, True])
def test_layers_are_found_in_compressed_and_encrypted_files(
    made: Made, mode: pikepdf.ObjectStreamMode, is_locked: bool
) -> None:
    lock = pikepdf.Encryption(owner="o", user="") if is_locked else False
    options = {"object_stream_mode": mode, "encryption": lock}
    made.with_layers(OFF=Array([made.layers["Draft"]]))
    path = made.save(SEEN + in_layer("Draft", OLD), **options)
    assert may_have_layers(path)
    assert words(path) == "5"


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode))
def test_a_file_without_layers_has_none(made: Made, mode: pikepdf.ObjectStreamMode) -> None:
    assert not may_have_layers(made.save(SEEN, object_stream_mode=mode))


# ------------------------------------------------- transparency and contrast


@pytest.mark.parametrize(
    ("before", "is_seen"),
    [
        ("/Pale gs", False),
        ("/Masked gs", False),
        ("/Half gs", True),
        ("0.97 g", False),
        ("0.95 g", False),
        ("1 1 0.9 rg", False),
        ("0 0 0.05 0 k", False),
        ("0.9 g", True),  # the palest watermark
        ("0.96 G 0.97 g 2 Tr", False),
        ("0 G 0.97 g 2 Tr", True),
    ],
)
def test_text_needs_contrast_to_its_paper(made: Made, before: str, is_seen: bool) -> None:
    path = made.save(f"{SEEN} q {before} {OLD} Q")
    assert words(path) == ("5417" if is_seen else "5")


def test_a_transparent_form_hides_its_text(made: Made) -> None:
    made.named(Copy=made.form("/Half gs " + OLD), Plain=made.form(OLD))
    assert words(made.save(f"{SEEN} q /Pale gs /Copy Do Q")) == "5"
    assert words(made.save(f"{SEEN} q /Masked gs /Plain Do Q")) == "5"
    assert words(made.save(f"{SEEN} q /Half gs /Plain Do Q")) == "5417"


@pytest.mark.parametrize(
    ("ground", "colour", "is_seen"),
    [
        ("0.2 g", "1 g", True),
        ("0.2 g", "0.2 g", False),
        ("0.2 g", "0.1 0.1 0.9 rg", True),
        ("0.93 g", "0.95 g", False),
        ("0.95 g", "1 g", False),
        ("0.6 g", "1 g", True),
    ],
)
def test_text_needs_contrast_to_its_ground(
    made: Made, ground: str, colour: str, is_seen: bool
) -> None:
    path = made.save(f"{SEEN} q {ground} {BOX} f Q q {colour} {OLD} Q")
    assert words(path) == ("5417" if is_seen else "5")


def test_text_in_a_black_frame_is_read(made: Made) -> None:
    """A frame is a path with a hole: the ground of its text is the paper."""
    frame = "q 0 g 2 190 180 40 re 4 192 176 36 re f* Q"
    assert words(made.save(f"{SEEN} {frame} {OLD}")) == "5417"


def test_white_text_on_a_picture_is_read_where_the_picture_is_dark(made: Made) -> None:
    white = f"q 30 0 0 14 28 196 cm /Im Do Q q 1 g {OLD} Q"
    assert words(made.named(Im=made.image(60)).save(white)) == "417"
    assert words(made.named(Im=made.image(255)).save(SEEN + white)) == "5"


# ------------------------------------------------------------ the second reader


def test_pdfplumber_leaves_out_what_is_not_displayed(made: Made) -> None:
    new = text(31, 200, "926")
    path = made.save(f"{OLD} q 1 g {BOX} f Q {new} q 0 0 1 1 re W n {text(90, 90, '8')} Q {SEEN}")
    [page] = read_with_pdfplumber(path, [1])
    assert "".join(char.text for char in page.chars) == "9265"


# ------------------------------------------------------------------- hostile pages


@pytest.mark.parametrize("limit", ["_MOST_COMPARED", "_MOST_COVERED", "_MOST_STAMPS"])
def test_a_page_with_too_much_to_compare_is_looked_at_instead(
    made: Made, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(visibility, limit, 0)
    mask = made.image(0, 255)
    made.named(Stamp=made.image(0, 0, SMask=mask), White=made.image(255))
    pale = "0.1 g 20 100 60 30 re f\n" + text(30, 110, "63", before="0.1 g ")
    content = SEEN + OLD + text(30, 150, "8") + pale
    covers = "q 30 0 0 14 28 196 cm /White Do Q\nq 30 0 0 14 28 146 cm /Stamp Do Q\n"
    assert words(made.save(content + covers)) == "58"


def test_areas_are_compared_with_text_so_many_times_at_most() -> None:
    grounds = visibility.Grounds(painted=[(Box(0, 0, 9, 9), (0, 0, 0, 255))] * 2_000)
    asked = [grounds.has_contrast((9, 9, 9, 255), Box(1, 1, 2, 2)) for _ in range(3_000)]
    assert (asked[0], asked[-1]) == (False, None)


def test_texts_in_doubt_are_compared_so_many_times_at_most() -> None:
    texts = [visibility.TextInDoubt(None, Box(k, 0.0, k + 1.0, 9.0)) for k in range(20_000)]
    started = time.process_time()
    groups = visibility._apart(texts)
    assert time.process_time() - started < 5
    assert sum(map(len, groups)) == len(texts)
    assert len(groups[0]) > 1_000
