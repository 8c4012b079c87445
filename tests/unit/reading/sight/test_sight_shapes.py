"""Known digits, and judgements about others."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

from gongkai.families.family import Family
from gongkai.model import Box, Cell, Grid, Key, Observation
from gongkai.reading.sight.claims import DIGITS, ClaimedTables, Ordinals, PlacedChar, Sample, placed
from gongkai.reading.sight.ink import Glyphs, look_at
from gongkai.reading.sight.sightings import Sighting
from gongkai.reading.sight.witness import Exchanges, Shapes
from helpers.draw import write
from helpers.pdfs import text
from helpers.sight import seen

PAGE = Box(0, 0, 200, 300)
Line = tuple[list[PlacedChar], Glyphs]


def lines(folder: Path, *contents: str) -> list[Line]:
    """The only line of each page: its characters and their glyphs."""
    with seen(folder, *contents) as (pages, pictures):
        chars = [[*placed(page.chars, page.number, PAGE)] for page in pages]
        return [(line, look_at(line, pictures)) for line in chars]


def shapes(line: Line, digits: str, *, is_ordinal: bool = False) -> Shapes:
    """Learn from a line that its characters are these digits."""
    samples = [Sample(digit, char, is_ordinal) for digit, char in zip(digits, line[0], strict=True)]
    return Shapes(samples, line[1])


def one_font(_char: PlacedChar) -> str:
    return "font"


def judged(
    learnt: Shapes, texts: str, line: Line, font_of: Callable[[PlacedChar], Hashable] = id
) -> list[Sighting]:
    """Return the sighting of each character of a line whose text layer says ``texts``."""
    chars = [char._replace(text=text) for char, text in zip(line[0], texts, strict=True)]
    return learnt.judge(chars, line[1], font_of)


def test_a_glyph_like_its_digit_agrees_and_one_like_another_digit_is_in_doubt(
    tmp_path: Path,
) -> None:
    known, asked = lines(tmp_path, text(20, 200, "01234567"), text(40, 150, "3,7"))
    learnt = shapes(known, "01234567")
    assert judged(learnt, "3,7", asked) == [Sighting("agrees")] * 3
    assert judged(learnt, "5.2", asked) == [
        Sighting("doubt", "other_digit", "3"),
        Sighting("agrees"),
        Sighting("doubt", "other_digit", "7"),
    ]


def test_a_sign_that_is_drawn_as_a_digit_is_in_doubt_and_the_reverse(tmp_path: Path) -> None:
    known, asked = lines(tmp_path, text(20, 200, "23"), text(40, 150, "-3"))
    learnt = shapes(known, "23")
    assert judged(learnt, "-3", asked) == [Sighting("agrees")] * 2
    assert judged(learnt, "23", asked)[0] == Sighting("doubt", "other_sign", "-")
    assert judged(learnt, "--", asked)[1].reason == "other_sign"


def test_a_glyph_without_ink_is_in_doubt(tmp_path: Path) -> None:
    digits = text(20, 200, "23")
    with seen(tmp_path, digits, digits + "1 g 15 195 30 20 re f\n") as (pages, pictures):
        line = [*placed(pages[0].chars, 1, PAGE)]
        covered = look_at([char._replace(page=2) for char in line], pictures)
        learnt = shapes((line, look_at(line, pictures)), "23")
    assert judged(learnt, "23", (line, covered)) == [Sighting("doubt", "no_ink")] * 2


def test_a_raised_digit_is_in_doubt(tmp_path: Path) -> None:
    known, asked = lines(tmp_path, text(20, 200, "23"), text(40, 150, "2") + text(46, 152.5, "3"))
    assert [each.reason for each in judged(shapes(known, "23"), "23", asked)] == ["", "raised"]


def test_without_samples_nothing_is_decided(tmp_path: Path) -> None:
    known, asked = lines(tmp_path, text(20, 200, "2"), text(40, 150, "3"))
    assert judged(shapes(known, "2"), "3", asked) == [Sighting("unknown", "not_known")]
    assert judged(Shapes([], known[1].select(slice(0))), "3", asked)[0].verdict == "unknown"


def test_in_its_own_font_a_glyph_unlike_its_digit_is_in_doubt(tmp_path: Path) -> None:
    known, asked = lines(tmp_path, text(20, 200, "36"), text(40, 150, "9"))
    learnt = shapes(known, "36")
    assert judged(learnt, "6", asked, one_font) == [Sighting("doubt", "unlike")]
    assert judged(learnt, "6", asked)[0].verdict == "unknown"


def test_in_its_own_font_a_glyph_unlike_the_nine_other_digits_is_the_tenth(
    tmp_path: Path,
) -> None:
    known, asked = lines(tmp_path, text(20, 200, "012345678"), text(40, 150, "9"))
    assert judged(shapes(known, "012345678"), "9", asked, one_font) == [Sighting("agrees")]
    few = known[0][1:], known[1].select(slice(1, None))
    assert judged(shapes(few, "12345678"), "9", asked, one_font)[0].verdict == "unknown"


def test_digits_exchanged_between_labels_and_cells_are_found(tmp_path: Path) -> None:
    ordinals, cells = lines(tmp_path, text(20, 200, "1238"), text(40, 150, "1328"))

    def exchanged(cell_digits: str) -> frozenset[str]:
        samples = [Sample(d, c, is_ordinal=True) for d, c in zip("1238", ordinals[0], strict=True)]
        samples += [
            Sample(d, c, is_ordinal=False) for d, c in zip(cell_digits, cells[0], strict=True)
        ]
        with seen(tmp_path, text(20, 200, "1238"), text(40, 150, "1328")) as (_, pictures):
            shown = look_at([sample.char for sample in samples], pictures)
        return Shapes(samples, shown).exchanges([frozenset("12389")], one_font).exchanged

    assert exchanged("1328") == frozenset()
    assert exchanged("1823") == {"3", "8"}


def test_labels_in_another_font_than_the_cells_are_no_exchange(tmp_path: Path) -> None:
    (line,) = lines(tmp_path, text(20, 200, "69"))
    samples = [Sample("6", line[0][0], is_ordinal=True), Sample("6", line[0][1], is_ordinal=False)]
    assert not Shapes(samples, line[1]).exchanges([frozenset("69")], id).exchanged


def test_digits_without_ordinals_are_uncertain(tmp_path: Path) -> None:
    ordinals, cells = lines(tmp_path, text(20, 200, "12345678"), text(40, 150, "0129"))
    samples = [Sample(c.text, c, is_ordinal=True) for c in ordinals[0]]
    samples += [Sample(c.text, c, is_ordinal=False) for c in cells[0]]
    with seen(tmp_path, text(20, 200, "12345678"), text(40, 150, "0129")) as (_, pictures):
        learnt = Shapes(samples, look_at([sample.char for sample in samples], pictures))
    assert learnt.exchanges([frozenset("0129"), frozenset("38")], one_font) == Exchanges(
        exchangeable={"0", "9"}
    )
    assert learnt.exchanges([frozenset("019"), frozenset("2")], one_font).exchangeable == {"0", "9"}
    assert learnt.exchanges([frozenset("01"), frozenset("29")], one_font) == Exchanges()
    only_cells = shapes(cells, "0129")
    assert only_cells.exchanges([frozenset("019")], one_font).exchangeable == {"0", "1", "9"}
    nine = cells[0][3:], cells[1].select(slice(3, 4))
    assert judged(only_cells.without({"9"}), "9", nine) == [Sighting("unknown", "not_known")]


ROWS = ("denied_state_secret", "denied_law_prohibits", "denied_three_securities_one_stability")


def table(*labels: str, rows: tuple[str, ...] = ROWS) -> tuple[dict[Key, Observation], Grid]:
    """Rows of the table of applications, with the printed labels, top to bottom."""
    cells, held = {}, []
    for k, (label, row) in enumerate(zip(labels, rows, strict=True)):
        top = 100.0 + 20 * k
        box = Box(10, top, 100, top + 20)
        held.append(Cell(k, 0, 1, 1, box, label, tuple(write(label, 12, top + 14))))
        key, value = Key("applications", row, "natural_person"), Box(100, top, 150, top + 20)
        cells[key] = Observation(
            key, "blank", None, "", None, label, "", "exact", 1, value, "pdfium"
        )
    return cells, Grid(1, Box(10, 100, 150, 160), len(held), 2, tuple(held), "pdfium")


def learnt(family: Family, *labels: str, rows: tuple[str, ...] = ROWS) -> list[str]:
    cells, grid = table(*labels, rows=rows)
    tables = ClaimedTables(cells, [grid], {}, frozenset(), frozenset(), ())
    samples = Ordinals(family).samples(tables, DIGITS, 1)
    assert all(sample.is_ordinal for sample in samples)
    return [sample.digit for sample in samples]


def test_ordinals_are_those_of_the_form(family: Family) -> None:
    assert learnt(family, "1.国家", "2.法律", "3.三安全") == ["1", "2", "3"]


def test_the_form_outweighs_a_text_layer_that_exchanges_digits(family: Family) -> None:
    assert learnt(family, "1.国家", "3.法律", "2.三安全") == ["1", "2", "3"]


def test_rows_printed_at_another_place_count_by_their_place(family: Family) -> None:
    exchanged_rows = (ROWS[0], ROWS[2], ROWS[1])
    assert learnt(family, "1.国家", "2.三安全", "3.法律", rows=exchanged_rows) == ["1", "2", "3"]
    left_out = ROWS[1:]
    assert learnt(family, "1.法律", "2.三安全", rows=left_out) == ["1", "2"]
    assert learnt(family, "2.法律", "3.三安全", rows=left_out) == ["2", "3"]


def test_a_label_without_ordinal_teaches_nothing(family: Family) -> None:
    assert learnt(family, "国家秘密", "2.法律", "（3）三安全") == ["2"]
