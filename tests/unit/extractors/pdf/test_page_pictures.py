"""Parts of displayed pages as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from gongkai.extractors.pdf.page_pictures import PagePictures, Part, Window, page_pictures
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfium_api import files_kept_open
from gongkai.model import Box
from helpers.pdfs import PdfPage, from_objects, pdf, text

SQUARE = "50 200 20 20 re f\n"  # on the displayed page: 50 to 70 across, 80 to 100 down
RED_SQUARE = f"1 0 0 rg {SQUARE}"


@contextmanager
def pictures(folder: Path, data: bytes) -> Iterator[PagePictures]:
    path = folder / "page.pdf"
    path.write_bytes(data)
    with page_pictures(path) as shown:
        assert shown is not None
        yield shown


def test_a_part_of_a_page_is_shown_at_its_scale(tmp_path: Path) -> None:
    with pictures(tmp_path, pdf(SQUARE)) as shown:
        grey, _, scales = shown.grey([Part(1, Box(40, 80, 80, 100), 2.0)])
    assert scales == [2.0]
    assert grey.shape == (40, 80)
    assert (grey[:, 20:60] == 0).all()
    assert (grey[:, :20] == 255).all()
    assert (grey[:, 60:] == 255).all()


def test_points_are_those_of_the_page_as_displayed(tmp_path: Path) -> None:
    page = PdfPage(SQUARE, rotate=90)  # displayed, the left edge is the top
    with pictures(tmp_path, pdf(page)) as shown:
        grey, _, _ = shown.grey([Part(1, Box(200, 50, 220, 70), 1.0)])
    assert (grey == 0).all()


@pytest.mark.parametrize(
    ("content", "outside", "expected"),
    [
        (SQUARE, [], True),
        (SQUARE, [Box(49, 79, 71, 101)], False),
        (SQUARE, [Box(49, 79, 60, 101)], True),
        ("50 200 1 1 re f\n", [], False),  # dust
        (RED_SQUARE + "0 g 50 120 3 3 re f\n", [Box(49, 176, 54, 181)], False),  # a stamp
        (f"0.9 g 0 0 300 300 re f 0 g {SQUARE}", [Box(49, 79, 71, 101)], False),  # grey paper
        ("0.9 g 0 0 300 300 re f\n", [], False),
    ],
)
def test_ink_outside_known_places(
    tmp_path: Path, content: str, outside: list[Box], expected: bool
) -> None:
    with pictures(tmp_path, pdf(content)) as shown:
        assert shown.has_ink(Part(1, Box(0, 50, 200, 250), 2.0), outside) is expected


@pytest.mark.parametrize("turn", ["0 1 -1 0 300 0", "-1 0 0 -1 200 300", "0 -1 1 0 0 200"])
def test_content_that_is_drawn_turned_is_shown_upright(tmp_path: Path, turn: str) -> None:
    content = text(50, 200, "387") + "0.5 w 40 190 m 90 190 l S\n"
    media = (0, 0, 200, 300) if turn.startswith("-1") else (0, 0, 300, 200)
    shown = []
    for page in (PdfPage(content), PdfPage(f"q {turn} cm {content}Q\n", media=media)):
        path = tmp_path / "page.pdf"
        path.write_bytes(pdf(page))
        with files_kept_open():
            read_pages(path)
            with page_pictures(path) as pictures_of:
                assert pictures_of is not None
                shown.append(pictures_of.grey([Part(1, Box(40, 80, 100, 120), 4.0)]).pixels)
                assert pictures_of.font_at(1, 53, 97) is not None
    assert (shown[0] < 100).any()
    assert np.abs(shown[0].astype(int) - shown[1]).mean() < 4


def test_a_very_large_part_is_shown_at_a_smaller_scale(tmp_path: Path) -> None:
    with pictures(tmp_path, pdf("")) as shown:
        grey, _, [scale] = shown.grey([Part(1, Box(0, 0, 200, 300), 1000.0)])
    assert grey.size <= 4_100_000
    assert scale < 10


def test_parts_of_several_pages_are_shown_one_below_the_other(tmp_path: Path) -> None:
    parts = [Part(2, Box(50, 80, 70, 100), 1.0), Part(1, Box(60, 90, 70, 100), 2.0)]
    with pictures(tmp_path, pdf(SQUARE, "")) as shown:
        grey, tops, scales = shown.grey([*parts, parts[0]])
    assert (tops, scales) == ([0, 20, 40], [1.0, 2.0, 1.0])
    assert (grey[20:40] == 0).all()
    assert (grey[:20] == 255).all()
    assert (grey[40:] == 255).all()


def test_only_the_wanted_boxes_of_a_part_are_drawn(tmp_path: Path) -> None:
    parts = [Part(1, Box(60, 80, 70, 90), 1.0), Part(1, Box(60, 90, 70, 100), 2.0)]
    wanted = [np.array([[50.0, 70.0, 62.0, 200.0]]), np.empty((0, 4))]
    with pictures(tmp_path, pdf(SQUARE)) as shown:
        grey, _, _ = shown.grey(parts, wanted)
    assert (grey[:10, :3] == 0).all()
    assert (grey[:10, 3:] == 255).all()
    assert (grey[10:] == 255).all()


def test_red_ink_vanishes_and_black_ink_stays(tmp_path: Path) -> None:
    both = RED_SQUARE + "0 g 80 200 20 20 re f\n"
    with pictures(tmp_path, pdf(both)) as shown:
        picture, _ = shown.without_red(Part(1, Box(50, 80, 100, 100), 1.0))
    assert (picture[:, :20] == 255).all()
    assert (picture[:, 30:] == 0).all()


def test_a_part_with_red_ink_only_keeps_it(tmp_path: Path) -> None:
    with pictures(tmp_path, pdf(RED_SQUARE)) as shown:
        picture, _ = shown.without_red(Part(1, Box(40, 80, 70, 100), 1.0))
    assert (picture[:, 10:] == 0).all()


def test_windows_have_one_size_whatever_their_scale(tmp_path: Path) -> None:
    places = [Window(1, 60, 90, 1.0), Window(1, 60, 90, 0.5), Window(2, 60, 90, 1.0)]
    with pictures(tmp_path, pdf(SQUARE, "")) as shown:
        squares = shown.windows(places, 30, 40)
    assert squares.shape == (3, 30, 40)
    assert [int((square == 0).sum()) for square in squares] == [400, 100, 0]


def test_windows_can_leave_out_red_ink(tmp_path: Path) -> None:
    both = RED_SQUARE + "0 g 80 200 20 20 re f\n"
    with pictures(tmp_path, pdf(both)) as shown:
        grey = shown.windows([Window(1, 75, 90, 1.0)], 20, 50)
        picture = shown.windows([Window(1, 75, 90, 1.0)], 20, 50, without_red=True)
    assert (grey[:, :, :20] < 200).all()
    assert (picture[:, :, :20] == 255).all()
    assert (picture[:, :, 30:] == 0).all()


def test_no_windows_are_no_pictures(tmp_path: Path) -> None:
    with pictures(tmp_path, pdf("")) as shown:
        assert shown.windows([], 30, 40).shape == (0, 30, 40)


def test_what_is_typed_into_form_fields_is_shown(tmp_path: Path) -> None:
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (n) /V (8) /F 4 /P 3 0 R "
        b"/Rect [50 200 70 220] /DA (/F 12 Tf 0 g) /AP << /N 6 0 R >> >>"
    )
    look = b"0 0 20 20 re f"
    data = from_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /DR << /Font << >> >> "
            b"/DA (/F 12 Tf 0 g) >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Annots [5 0 R] "
            b"/Contents 4 0 R >>",
            b"<< /Length 0 >>\nstream\n\nendstream",
            field,
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 20 20] /Length %d >>\n"
            b"stream\n%s\nendstream" % (len(look), look),
        ]
    )
    with pictures(tmp_path, data) as shown:
        grey, _, _ = shown.grey([Part(1, Box(50, 80, 70, 100), 1.0)])
    assert (grey < 128).mean() > 0.8


@pytest.mark.parametrize("rotate", [0, 90])
def test_characters_of_one_font_have_one_identity(tmp_path: Path, rotate: int) -> None:
    page = PdfPage(text(50, 200, "3") + text(90, 200, "8"), rotate=rotate)
    places = [(53, 97), (93, 97)] if rotate == 0 else [(203, 53), (203, 93)]
    with pictures(tmp_path, pdf(page)) as shown:
        fonts = {shown.font_at(1, x, y) for x, y in places}
        nothing = shown.font_at(1, 20, 20)
    assert len(fonts) == 1
    assert None not in fonts
    assert nothing is None


def test_a_file_that_pdfium_cannot_open_has_no_pictures(tmp_path: Path) -> None:
    path = tmp_path / "page.docx"
    path.write_bytes(b"no PDF")
    with page_pictures(path) as shown:
        assert shown is None
