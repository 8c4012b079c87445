"""The witness that looks at tables: verdicts about cells that no sum proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from msgspec import structs

from gongkai.families.family import Family
from gongkai.model import Box, Cell, Grid, Key, Observation, Page
from gongkai.reading.sight.claims import ClaimedTables
from gongkai.reading.sight.sightings import Sighting
from gongkai.reading.sight.witness import SightWitness
from helpers.pdfs import text
from helpers.sight import chars_in, seen

ROWS = (
    "denied_state_secret",
    "denied_law_prohibits",
    "denied_three_securities_one_stability",
    "denied_third_party_rights",
    "denied_internal_affairs",
    "denied_process_information",
    "denied_enforcement_files",
    "denied_administrative_inquiry",
)
KEYS = tuple(Key("applications", row, "natural_person") for row in ROWS)


def content(*numbers: str) -> str:
    """A table of labels with ordinals and numbers, one row each."""
    rows = (
        f"0.5 w 20 {200 - 20 * k} 80 20 re S 100 {200 - 20 * k} 60 20 re S\n"
        + text(24, 206 - 20 * k, f"{k + 1}. row")
        + text(120, 206 - 20 * k, number)
        for k, number in enumerate(numbers)
    )
    return "".join(rows)


def tables(page: Page, claims: Mapping[int, str], proved: Sequence[int]) -> ClaimedTables:
    """What is read from the page; ``claims`` are the numbers that the text layer has instead."""
    cells, held = {}, []
    for k, key in enumerate(KEYS):
        top = 80.0 + 20 * k
        label, box = Box(20, top, 100, top + 20), Box(100, top, 160, top + 20)
        printed, chars = chars_in(page, label), chars_in(page, box)
        if k in claims:
            chars = tuple(
                structs.replace(char, text=digit)
                for char, digit in zip(chars, claims[k], strict=True)
            )
        shown = "".join(char.text for char in chars)
        held.append(Cell(k, 0, 1, 1, label, "".join(char.text for char in printed), printed))
        held.append(Cell(k, 1, 1, 1, box, shown, chars))
        value = Decimal(shown) if shown else None
        state = "number" if shown else "blank"
        cells[key] = Observation(key, state, value, shown, None, "", "", "exact", 1, box, "pdfium")
    grid = Grid(1, Box(20, 80, 160, 240), len(KEYS), 2, tuple(held), "pdfium")
    return ClaimedTables(cells, [grid], {1: page}, {KEYS[k] for k in proved}, frozenset(), ())


def verdicts(
    folder: Path,
    family: Family,
    numbers: Sequence[str],
    claims: Mapping[int, str] | None = None,
    proved: Sequence[int] = (),
    extra: str = "",
    exchangeable: str = "",
) -> list[Sighting | None]:
    """The sighting of each row."""
    padded = [*numbers, *[""] * (len(KEYS) - len(numbers))]
    with seen(folder, content(*padded) + extra) as ((page,), pictures):
        read = tables(page, claims or {}, proved)
        read = replace(read, exchangeable=[frozenset(exchangeable)])
        found = SightWitness(family).look(read, pictures)
    return [found.get(key) for key in KEYS[: len(numbers)]]


AGREES = Sighting("agrees")


def test_numbers_that_look_as_they_are_read_agree(tmp_path: Path, family: Family) -> None:
    assert verdicts(tmp_path, family, ["12", "3", "44", ""]) == [AGREES, AGREES, AGREES, None]


def test_a_number_that_looks_otherwise_is_in_doubt(tmp_path: Path, family: Family) -> None:
    first, *others = verdicts(tmp_path, family, ["12", "3", "44", ""], claims={0: "13"})
    assert first is not None
    assert (first.verdict, first.reason) == ("doubt", "other_digit")
    assert first.message("13") == "文字层作“13”，其中一字页面上像“2”"
    assert others == [AGREES, AGREES, None]


def test_the_edge_of_a_digit_that_a_clip_cuts_off_leaves_its_cell_in_doubt(
    tmp_path: Path, family: Family
) -> None:
    cut = f"q 0 0 160 300 re W n {text(159, 146, '7')} {text(159, 166, '7')} Q\n"
    *others, beside, blank = verdicts(tmp_path, family, ["12", "3", "44", ""], extra=cut)
    assert others == [AGREES, AGREES]
    assert (beside, blank) == (Sighting("doubt", "ink_beside"), Sighting("doubt", "ink_in_blank"))


def test_ink_in_a_cell_that_is_read_as_blank_is_in_doubt(tmp_path: Path, family: Family) -> None:
    found = verdicts(tmp_path, family, ["12", "3", "44", ""], extra="125 146 6 8 re f\n")
    assert found[3] is not None
    assert found[3].reason == "ink_in_blank"


def test_a_digit_on_a_rule_leaves_both_cells_in_doubt(tmp_path: Path, family: Family) -> None:
    crossing = text(130, 157, "0")
    *others, low, high = verdicts(tmp_path, family, ["12", "3", "", ""], extra=crossing)
    assert others == [AGREES, AGREES]
    assert (low, high) == (Sighting("doubt", "edge"), Sighting("doubt", "crossed"))


def test_a_digit_on_a_rule_leaves_a_blank_cell_in_doubt_whose_sum_holds_without_it(
    tmp_path: Path, family: Family
) -> None:
    crossing, doubt = text(130, 157, "0"), Sighting("doubt", "crossed")
    found = verdicts(tmp_path, family, ["12", "3", "", ""], extra=crossing, proved=[3])
    assert found == [AGREES, AGREES, Sighting("doubt", "edge"), doubt]
    found = verdicts(tmp_path, family, ["12", "3", "", "4"], extra=crossing, proved=[3])
    assert found[3] is None


def test_a_zero_that_another_digit_covers_is_in_doubt(tmp_path: Path, family: Family) -> None:
    found = verdicts(tmp_path, family, ["0", "0", "0", "4"], claims={3: "0"}, proved=[0])
    assert [each and each.verdict for each in found] == [None, None, None, "doubt"]


def test_a_zero_without_other_zeros_is_compared_with_known_digits(
    tmp_path: Path, family: Family
) -> None:
    found = verdicts(tmp_path, family, ["8", "3"], claims={0: "0"})
    assert found == [Sighting("doubt", "other_digit", "8"), AGREES]


def test_all_zeros_are_compared_where_the_page_shows_one_that_is_read_otherwise(
    tmp_path: Path, family: Family
) -> None:
    numbers = ["0", "8", "0", "0", "0", "0", "0", "20"]
    found = verdicts(tmp_path, family, numbers, claims={0: "8", 1: "0"}, proved=[7])
    assert found[:3] == [
        Sighting("doubt", "other_digit", "0"),
        Sighting("doubt", "other_digit", "8"),
        None,
    ]


def test_a_number_without_known_digits_is_in_doubt_if_its_shape_is_another_digit(
    tmp_path: Path, family: Family
) -> None:
    found = verdicts(tmp_path, family, ["9", "90", "99"], claims={0: "0", 1: "96"})
    assert [each and each.verdict for each in found] == ["doubt", "doubt", "unknown"]


def test_cells_that_sums_prove_are_not_judged_but_teach_digits(
    tmp_path: Path, family: Family
) -> None:
    numbers = ["91", "9", "0", "3"]
    assert verdicts(tmp_path, family, numbers, proved=[0, 2]) == [None, AGREES, None, AGREES]
    unknown = verdicts(tmp_path, family, numbers)[1]
    assert unknown is not None
    assert unknown.verdict == "unknown"


def test_a_digit_unlike_the_nine_others_of_its_font_agrees(tmp_path: Path, family: Family) -> None:
    assert verdicts(tmp_path, family, ["9", "0", "0"], proved=[1]) == [AGREES, None, None]


def test_a_sum_does_not_prove_digits_that_nothing_tells_apart(
    tmp_path: Path, family: Family
) -> None:
    numbers = ["9", "0", "4", "9"]  # the labels show 1 to 8, and 4 in the font of the cells
    found = verdicts(tmp_path, family, numbers, proved=[0, 1, 2], exchangeable="09")
    assert [each and each.verdict for each in found] == ["unknown", None, None, "unknown"]


def test_digits_exchanged_in_sums_that_hold_are_in_doubt(tmp_path: Path, family: Family) -> None:
    found = verdicts(
        tmp_path,
        family,
        ["2", "2", "31", "4"],
        claims={0: "3", 1: "3"},
        proved=[0, 1],
        exchangeable="23",
    )
    assert [each and each.reason for each in found] == ["exchanged", "exchanged", "exchanged", ""]


def test_cells_that_ocr_read_are_left_out(tmp_path: Path, family: Family) -> None:
    with seen(tmp_path, content("12", "3", "44", "")) as ((page,), pictures):
        read = tables(page, {}, ())
        by_ocr = {key: structs.replace(o, reader="ocr") for key, o in read.cells.items()}
        assert SightWitness(family).look(replace(read, cells=by_ocr), pictures) == {}
