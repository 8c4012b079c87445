"""The first reader against small PDFs of which every operator is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import UnreadableFile
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfium_api import compose
from gongkai.model import Box, Page, bounding_box
from helpers.pdfs import Form, PdfPage, circle, from_objects, locked_pdf, pdf, text, write_pdf

# a letter near the head of the page, on its left: 30 from the left, 40 from the top
CORNER = text(30, 260, "H", 20)
LINE = "q 0.8 w 30 200 m 130 200 l S Q\n"


def read(tmp_path: Path, *pages: PdfPage | str) -> list[Page]:
    return read_pages(write_pdf(tmp_path / "made.pdf", *pages))


def only(tmp_path: Path, page: PdfPage | str) -> Page:
    [made] = read(tmp_path, page)
    return made


def words(page: Page) -> str:
    return "".join(char.text for char in page.chars)


def near(one: tuple[float, ...], other: tuple[float, float, float, float], by: float = 1.1) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


# ------------------------------------------------------------------ the page


def test_a_page_has_its_size_number_and_reader(tmp_path: Path) -> None:
    first, second = read(tmp_path, CORNER, PdfPage(LINE, media=(0, 0, 400, 100)))
    assert (first.number, first.width, first.height, first.reader) == (1, 200, 300, "pdfium")
    assert (second.number, second.width, second.height) == (2, 400, 100)
    assert (words(first), words(second)) == ("H", "")
    assert first.rules == ()


def test_a_character_has_the_box_of_its_ink_from_the_top_left(tmp_path: Path) -> None:
    [char] = only(tmp_path, CORNER).chars
    assert char.size == pytest.approx(20)
    assert char.baseline == pytest.approx(40)
    # Helvetica's H is 0.72 high, stands on the line, and has small bearings
    assert near(Box(char.x0, char.top, char.x1, char.bottom), (31.5, 25.6, 43, 40))


@pytest.mark.parametrize(
    ("rotate", "size", "line"),
    [
        (0, (200, 300), (30, 100, 130, 100)),
        (90, (300, 200), (200, 30, 200, 130)),
        (180, (200, 300), (70, 200, 170, 200)),
        (270, (300, 200), (100, 70, 100, 170)),
    ],
)
def test_a_turned_page_is_read_as_displayed(
    tmp_path: Path, rotate: int, size: tuple[int, int], line: tuple[int, int, int, int]
) -> None:
    page = only(tmp_path, PdfPage(LINE, rotate=rotate))
    assert (page.width, page.height) == size
    [rule] = page.rules
    assert near(rule, line)


@pytest.mark.parametrize(
    ("rotate", "turn"),
    [(90, "0 1 -1 0 160 30"), (180, "-1 0 0 -1 170 40"), (270, "0 -1 1 0 40 270")],
)
def test_text_set_for_a_turned_page_stands_upright(tmp_path: Path, rotate: int, turn: str) -> None:
    """A landscape table on a turned page: the text runs along the displayed line."""
    media = (0, 0, 200, 300)
    content = f"q {turn} cm BT /F 10 Tf 0 0 Td (12) Tj 30 0 Td (34) Tj ET Q"
    page = only(tmp_path, PdfPage(content, media=media, rotate=rotate))
    assert words(page) == "1234"
    assert len({round(char.baseline, 1) for char in page.chars}) == 1
    starts = [char.x0 for char in page.chars]
    assert starts == sorted(starts)
    assert all(char.size == pytest.approx(10) for char in page.chars)
    assert all(char.bottom - char.top == pytest.approx(7, abs=0.7) for char in page.chars)


@pytest.mark.parametrize(
    ("turn", "media", "to_displayed"),
    [
        ("0 1 -1 0 300 0", (0, 0, 300, 200), (0, 1, 0, -1, 0, 200)),
        ("-1 0 0 -1 200 300", (0, 0, 200, 300), (-1, 0, 200, 0, -1, 300)),
        ("0 -1 1 0 0 200", (0, 0, 300, 200), (0, -1, 300, 1, 0, 0)),
    ],
)
def test_content_that_is_drawn_turned_is_read_upright(
    tmp_path: Path, turn: str, media: tuple[int, int, int, int], to_displayed: tuple[float, ...]
) -> None:
    content = CORNER + LINE + text(30, 150, "12 34")
    upright = only(tmp_path, content)
    page = only(tmp_path, PdfPage(f"q {turn} cm {content}Q\n", media=media))
    assert (page.width, page.height) == (200, 300)
    assert page.to_displayed == pytest.approx(to_displayed)
    assert words(page) == words(upright)
    for one, other in zip(page.chars, upright.chars, strict=True):
        assert near((one.x0, one.top, one.x1, one.bottom), bounding_box([other]))
        assert (one.baseline, one.size) == pytest.approx((other.baseline, other.size))
        assert one.upright
    [rule], [same] = page.rules, upright.rules
    assert near(rule, same)


def test_a_page_with_some_turned_text_keeps_its_direction(tmp_path: Path) -> None:
    label = "q 0 1 -1 0 150 100 cm BT /F 10 Tf 0 0 Td (on its side) Tj ET Q\n"
    page = only(tmp_path, text(30, 200, "more text that is upright") + label)
    assert (page.width, page.to_displayed) == (200, None)
    page = only(tmp_path, text(30, 200, "upright") + label)  # no direction has nearly all of it
    assert (page.width, page.to_displayed) == (200, None)


def test_a_crop_box_moves_the_origin(tmp_path: Path) -> None:
    page = only(tmp_path, PdfPage(CORNER + LINE, crop=(20, 50, 180, 290)))
    assert (page.width, page.height) == (160, 240)
    [char] = page.chars
    [rule] = page.rules
    assert char.baseline == pytest.approx(30)
    assert char.x0 == pytest.approx(11.5, abs=0.6)
    assert near(rule, (10, 90, 110, 90))


def test_a_crop_box_on_a_turned_page(tmp_path: Path) -> None:
    page = only(tmp_path, PdfPage(LINE, crop=(20, 50, 180, 290), rotate=90))
    assert (page.width, page.height) == (240, 160)
    [rule] = page.rules
    assert near(rule, (150, 10, 150, 110))


def test_a_media_box_away_from_the_origin(tmp_path: Path) -> None:
    page = only(tmp_path, PdfPage(LINE, media=(-100, -50, 100, 250)))
    [rule] = page.rules
    assert near(rule, (130, 50, 230, 50))


# -------------------------------------------------------------- what is seen


@pytest.mark.parametrize(
    ("before", "seen"),
    [
        ("", True),
        ("3 Tr", False),  # invisible, as under a scanned picture
        ("7 Tr", False),  # only a clip
        ("1 Tr 1 G", False),  # white outlines of letters that are not filled
        ("1 g", False),  # white on white paper
        ("0.5 g", True),
        ("1 1 1 rg", False),
        ("1 0 0 rg", True),
        ("1 Tr 0 G", True),  # outlines only
        ("2 Tr", True),
        ("1 g 1 Tr 0 G", True),  # white inside, but its outline is black
    ],
)
def test_only_text_that_a_person_sees_is_read(tmp_path: Path, before: str, seen: bool) -> None:
    page = only(tmp_path, text(30, 200, "417", before=before) + text(30, 100, "8"))
    assert words(page) == ("4178" if seen else "8")


def test_white_text_on_a_dark_header_is_seen(tmp_path: Path) -> None:
    dark = "q 0.2 g 20 190 100 30 re f Q\n"
    assert words(only(tmp_path, dark + text(30, 200, "417", before="1 g"))) == "417"
    assert words(only(tmp_path, dark + text(30, 100, "417", before="1 g"))) == ""


def test_a_watermark_written_aslant_is_no_text_of_the_page(tmp_path: Path) -> None:
    aslant = "q 0.7 0.7 -0.7 0.7 30 100 cm BT 0.8 g /F 30 Tf 0 0 Td (DRAFT) Tj ET Q\n"
    assert words(only(tmp_path, aslant + text(30, 200, "417"))) == "417"


def test_small_print_apart_from_large_has_its_own_size_and_line(tmp_path: Path) -> None:
    page = only(tmp_path, text(30, 200, "41", 12) + text(80, 203, "5", 8))
    assert [(c.text, round(c.size)) for c in page.chars] == [("4", 12), ("1", 12), ("5", 8)]
    assert page.chars[-1].baseline == pytest.approx(97)


def test_a_footnote_sign_is_smaller_and_higher_than_its_number(tmp_path: Path) -> None:
    page = only(tmp_path, text(30, 200, "41", 12) + text(44, 205, "7", 6))
    assert [(c.text, round(c.size)) for c in page.chars] == [("4", 12), ("1", 12), ("7", 6)]
    assert page.chars[-1].baseline == pytest.approx(95)


def test_blanks_are_no_characters(tmp_path: Path) -> None:
    assert words(only(tmp_path, text(30, 200, "a b  c"))) == "abc"


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        ("0.8 w 30 200 m 130 200 l S", [(30, 99.6, 130, 100.4)]),
        ("30 200 100 0.5 re f", [(30, 99.5, 130, 100)]),
        ("0.6 G 0.1 w 30 200 m 30 100 l S", [(30, 100, 30, 200)]),
        ("1 G 30 200 m 130 200 l S", []),
        ("1 g 30 200 100 0.5 re f", []),
        ("30 200 100 0.5 re n", []),
        ("1 g 0 0 200 300 re f", []),
        ("0 0 200 300 re f", []),  # an area, not a line
        ("0.9 g 30 200 100 40 re f", []),  # a shaded header
        ("30 200 m 130 240 l S", []),  # a slanted line
    ],
    ids=[
        "stroke",
        "thin fill",
        "grey hairline",
        "white stroke",
        "white thin fill",
        "not painted",
        "white page",
        "black area",
        "shading",
        "slanted",
    ],
)
def test_what_is_a_rule(
    tmp_path: Path, content: str, rules: list[tuple[float, float, float, float]]
) -> None:
    found = only(tmp_path, f"q {content} Q").rules
    assert len(found) == len(rules)
    assert all(near(a, b) for a, b in zip(found, rules, strict=True))


def test_an_outline_has_four_sides(tmp_path: Path) -> None:
    sides = [(30, 60, 130, 60), (30, 100, 130, 100), (30, 60, 30, 100), (130, 60, 130, 100)]
    for content in (
        "1 w 30 200 100 40 re S",
        "1 w 30 200 m 130 200 l 130 240 l 30 240 l s",  # closed by the operator
        "1 w 30 200 m 130 200 l 130 240 l 30 240 l h S",
        "1 w 1 g 30 200 100 40 re B",  # filled white and outlined
    ):
        rules = only(tmp_path, f"q {content} Q").rules
        assert all(any(near(rule, side, 1.1) for rule in rules) for side in sides), content
        assert all(any(near(rule, side, 1.1) for side in sides) for rule in rules), content


def test_a_ring_of_two_rectangles_has_four_sides(tmp_path: Path) -> None:
    """Browsers fill a border as the space between an outer and an inner rectangle."""
    rules = only(tmp_path, "q 30 200 100 40 re 31 201 98 38 re f* Q").rules
    for side in ((30, 60, 130, 61), (30, 99, 130, 100), (30, 60, 31, 100), (129, 60, 130, 100)):
        assert any(near(rule, side, 0.1) for rule in rules), side
    assert len(rules) == 4


@pytest.mark.parametrize("close", ["", "h "])
@pytest.mark.parametrize(
    "content",
    ["1 0 0 RG 3 w {circle}{close}S", "1 0 0 rg {circle}{close}{inner}{close}f*"],
    ids=["stroke", "ring"],
)
def test_a_round_stamp_has_no_rules(tmp_path: Path, content: str, close: str) -> None:
    path = content.format(circle=circle(100, 150, 60), inner=circle(100, 150, 58), close=close)
    assert not only(tmp_path, f"q {path} Q").rules


def test_a_frame_with_round_corners_has_four_sides(tmp_path: Path) -> None:
    corners = (
        "40 200 m 120 200 l 126 200 130 204 130 210 c 130 230 l 130 236 126 240 120 240 c "
        "40 240 l 34 240 30 236 30 230 c 30 210 l 30 204 34 200 40 200 c h S"
    )
    sides = [(40, 60, 120, 60), (40, 100, 120, 100), (30, 70, 30, 90), (130, 70, 130, 90)]
    rules = only(tmp_path, f"q 1 w {corners} Q").rules
    assert len(rules) == len(sides)
    assert all(any(near(rule, side, 1.1) for rule in rules) for side in sides)


def test_a_straight_line_drawn_as_a_curve_is_a_rule(tmp_path: Path) -> None:
    rules = only(tmp_path, "q 0.8 w 30 200 m 60 200 100 200 130 200 c S Q").rules
    assert near(bounding_box([Box(*rule) for rule in rules]), (30, 99.6, 130, 100.4))


def test_a_thin_picture_is_a_rule_and_a_large_one_is_area(tmp_path: Path) -> None:
    page = only(
        tmp_path,
        PdfPage("q 100 0 0 0.5 30 200 cm /Im Do Q q 100 0 0 150 50 20 cm /Im Do Q", images=["Im"]),
    )
    [rule] = page.rules
    assert near(rule, (30, 99.5, 130, 100), 0.1)
    assert page.image_share == pytest.approx(0.25, abs=0.01)


def test_a_picture_beyond_the_page_counts_only_where_it_shows(tmp_path: Path) -> None:
    page = only(tmp_path, PdfPage("q 400 0 0 300 0 0 cm /Im Do Q", images=["Im"]))
    assert page.image_share == pytest.approx(1.0)
    page = only(tmp_path, PdfPage("q 200 0 0 300 100 0 cm /Im Do Q", images=["Im"]))
    assert page.image_share == pytest.approx(0.5)


def test_a_line_outside_its_clip_is_not_seen(tmp_path: Path) -> None:
    """Chromium draws the rest of a cut table under a clip that hides it."""
    hidden = "q 0 150 200 150 re W n 0.8 w 30 100 m 130 100 l S Q\n"
    shown = "q 0 150 200 150 re W n 0.8 w 30 200 m 130 200 l S Q\n"
    [rule] = only(tmp_path, hidden + shown).rules
    assert near(rule, (30, 100, 130, 100))


# --------------------------------------------------------------- nested forms


def test_forms_inside_forms_keep_their_places(tmp_path: Path) -> None:
    inner = Form("q 0.5 w 0 0 m 50 0 l S Q", matrix=(1, 0, 0, 1, 5, 7))
    outer = Form(
        "q 1 0 0 1 10 20 cm /In Do Q " + text(0, 0, "9"),
        matrix=(2, 0, 0, 2, 0, 0),
        forms={"In": inner},
    )
    page = only(tmp_path, PdfPage("q 1 0 0 1 20 30 cm /Out Do Q", forms={"Out": outer}))
    [rule] = page.rules
    # (0, 0) to (50, 0): + (5, 7), + (10, 20), twice as large, + (20, 30)
    assert near(rule, (50, 216, 150, 216))
    [char] = page.chars
    assert char.baseline == pytest.approx(270)
    assert char.size == pytest.approx(20)


@pytest.mark.parametrize(
    "matrix", ["1 0 0 1 60 80", "1 0 0 1 3 0", "2 0 0 2 10 20", "0 1 -1 0 150 20"]
)
@pytest.mark.parametrize("own", [(1, 0, 0, 1, 0, 0), (1, 0, 0, 1, 5, 7)])
def test_text_with_another_text_stands_where_its_form_is_drawn(
    tmp_path: Path, matrix: str, own: tuple[float, ...]
) -> None:
    """pdfium gives the place inside the form for text with /ActualText, as browsers write it."""

    def characters(before: str, after: str) -> list[tuple[object, ...]]:
        parts = text(20, 40, "1"), before, text(30, 40, "2"), after, text(40, 40, "3")
        page = PdfPage(f"q {matrix} cm /X Do Q", forms={"X": Form(" ".join(parts), own)})
        [read] = read_pages(write_pdf(tmp_path / "form.pdf", page))
        return [
            (c.text, *(round(n, 1) for n in (c.x0, c.top, c.x1, c.bottom, c.baseline, c.size)))
            for c in read.chars
        ]

    plain = characters("", "")
    assert [character[0] for character in plain] == ["1", "2", "3"]
    assert characters("/Span <</ActualText (2)>> BDC", "EMC") == plain


def test_a_form_that_holds_itself_does_not_hang(tmp_path: Path) -> None:
    deep = Form(LINE)
    for _ in range(30):
        deep = Form("/In Do", forms={"In": deep})
    page = only(tmp_path, PdfPage(CORNER + "/Out Do", forms={"Out": deep}))
    assert words(page) == "H"


def test_matrices_compose_innermost_first() -> None:
    twice, right = (2.0, 0.0, 0.0, 2.0, 0.0, 0.0), (1.0, 0.0, 0.0, 1.0, 5.0, 0.0)
    assert compose(twice, right) == (2, 0, 0, 2, 5, 0)
    assert compose(right, twice) == (2, 0, 0, 2, 10, 0)


# ------------------------------------------------------- white frames, tables


TABLE = "".join(
    f"q 0.5 w {30 + 50 * c} {150 + 20 * r} 50 20 re S Q\n"
    f"{text(40 + 50 * c, 155 + 20 * r, f'{r}{c}')}"
    for r in range(3)
    for c in range(2)
)


def test_a_white_frame_around_the_page_changes_nothing(tmp_path: Path) -> None:
    plain = only(tmp_path, TABLE)
    for white in (
        "q 1 g 5 5 190 290 re f Q\n",
        "q 1 1 1 rg 5 5 190 290 re f Q\n",
        "q 1 G 3 w 5 5 190 290 re S Q\n",
        "q 1 g 1 G 5 5 190 290 re B Q\n",
        "q 1 g 28 140 110 90 re f Q\n",  # a white box behind the table itself
    ):
        framed = only(tmp_path, white + TABLE)
        assert framed.rules == plain.rules
        assert find_grids(framed) == find_grids(plain)
    [grid] = find_grids(plain)
    assert [cell.text for cell in grid.cells] == ["20", "21", "10", "11", "00", "01"]


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    assert read(tmp_path, TABLE, CORNER) == read(tmp_path, TABLE, CORNER)


# ------------------------------------------------------------ hostile sources


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空"),
        (b"hello", "不是PDF"),
        ("年度报告".encode("gb18030") * 99, "不是PDF"),
        (b"%PDF-1.4\nnothing more", "损坏|截断|不是PDF"),
        (pdf(TABLE)[:200], "损坏|截断"),
        (pdf(), "没有页面"),
        (locked_pdf(TABLE, "secret"), "密码"),
    ],
    ids=["empty", "text", "gbk text", "head only", "truncated", "no pages", "locked"],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=reason):
        read_pages(path)


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pdf", tmp_path):
        with pytest.raises(UnreadableFile, match="读不出"):
            read_pages(path)


def test_an_owner_password_alone_does_not_lock(tmp_path: Path) -> None:
    path = tmp_path / "owned.pdf"
    path.write_bytes(locked_pdf(text(30, 200, "417"), ""))
    [page] = read_pages(path)
    assert words(page) == "417"


def test_a_page_without_content_is_an_empty_page(tmp_path: Path) -> None:
    page = only(tmp_path, "")
    assert (page.chars, page.rules, page.image_share) == ((), (), 0.0)


def test_a_page_without_area_does_not_divide_by_zero(tmp_path: Path) -> None:
    page = only(tmp_path, PdfPage(LINE, media=(0, 0, 0, 0)))
    assert page.width >= 1
    assert page.height >= 1


def test_letters_without_a_character_are_not_blanks(tmp_path: Path) -> None:
    """A glyph without a character is drawn all the same: it is read as U+FFFD."""
    assert words(only(tmp_path, text(30, 200, r"A\001\002B"))) == "A\ufffd\ufffdB"
    two_lines = text(30, 200, "one") + text(30, 180, "two")
    assert words(only(tmp_path, two_lines)) == "onetwo"  # pdfium's own line ends are none


def annotated(kind: str, flags: int, appearance: str) -> bytes:
    """A page with the text "page" and one annotation whose appearance shows more."""
    content = text(20, 250, "page").encode()
    shown = appearance.encode()
    font = b"<< /Font << /F 6 0 R >> >>"
    return from_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents 4 0 R "
            b"/Resources " + font + b" /Annots [5 0 R] >>",
            b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
            b"<< /Type /Annot /Subtype /%s /Rect [20 100 120 120] /F %d /AP << /N 7 0 R >> >>"
            % (kind.encode(), flags),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources "
            + font
            + b" /Length %d >>\nstream\n" % len(shown)
            + shown
            + b"\nendstream",
        ]
    )


@pytest.mark.parametrize(
    ("kind", "flags", "seen"),
    [
        ("FreeText", 4, "page27"),
        ("Widget", 4, "page27"),
        ("Stamp", 4, "page27"),
        ("FreeText", 2, "page"),  # a hidden one
    ],
)
def test_text_of_annotations_is_read_where_it_is_shown(
    tmp_path: Path, kind: str, flags: int, seen: str
) -> None:
    path = tmp_path / "annotated.pdf"
    path.write_bytes(annotated(kind, flags, text(5, 5, "27")))
    [page] = read_pages(path)
    assert words(page) == seen
    if seen == "page27":
        assert near(bounding_box(page.chars[-2:]), (25, 187, 37, 195), 2)
