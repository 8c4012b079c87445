"""Digits of a scan compared with those that sums prove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from gongkai.model import Key
from gongkai.reading.sight.ink import PICTURE_SIZE, Floats
from gongkai.reading.sight.scanned import Kinds
from gongkai.reading.sight.sightings import Sighting

NOISE = np.random.default_rng(3)
SHAPES = np.random.default_rng(1).normal(size=(10, PICTURE_SIZE))
SHAPES[6] = SHAPES[5] + 0.8 * SHAPES[6]  # two digits that look alike


def _pictures(digit: int, count: int, noise: float = 0.15) -> Floats:
    each = SHAPES[digit] + NOISE.normal(size=(count, PICTURE_SIZE)) * noise * SHAPES[digit].std()
    found: Floats = (each / np.linalg.norm(each, axis=1, keepdims=True)).astype(np.float32)
    return found


def _known(digits: Sequence[int], count: int = 5) -> Mapping[str, Floats]:
    return {str(digit): _pictures(digit, count) for digit in digits}


def _judged(kinds: Kinds, claimed: Sequence[int], pictures: Sequence[Floats]) -> list[Sighting]:
    """Each digit as a number of its own."""
    keys = [Key("t", str(k), "c") for k in range(len(claimed))]
    numbers = {
        key: ([str(digit)], picture)
        for key, digit, picture in zip(keys, claimed, pictures, strict=True)
    }
    return list(kinds.judge(numbers).values())


def _verdict(kinds: Kinds, claimed: int, printed: int, noise: float = 0.15) -> tuple[str, str]:
    [found] = _judged(kinds, [claimed], [_pictures(printed, 1, noise)])
    return found.verdict, found.seen


def test_a_digit_like_its_own_kind_is_seen() -> None:
    kinds = Kinds(_known(range(10)), {})
    assert {_verdict(kinds, digit, digit)[0] for digit in range(10)} == {"agrees"}


def test_a_digit_like_another_kind_is_in_doubt() -> None:
    kinds = Kinds(_known(range(10)), {})
    assert _verdict(kinds, 3, 8) == ("doubt", "8")
    assert _verdict(kinds, 5, 6) == ("doubt", "6")


def test_a_blurred_digit_is_left_open() -> None:
    assert _verdict(Kinds(_known(range(10)), {}), 3, 3, noise=0.9)[0] == "unknown"


def test_a_digit_is_not_its_neighbour_although_nobody_knows_its_own_kind() -> None:
    kinds = Kinds(_known([0, 1, 2, 5]), {})
    assert _verdict(kinds, 5, 6)[0] == "unknown"
    assert _verdict(kinds, 6, 6)[0] == "unknown"


def test_a_digit_unlike_all_nine_others_is_the_tenth_in_their_font() -> None:
    kinds = Kinds(_known([0, 1, 2, 3, 4, 5, 6, 7, 8]), {})
    others = [_pictures(digit, 1) for digit in (3, 4, 7)]
    assert _judged(kinds, [3, 4, 7, 9], [*others, _pictures(9, 1)])[3].verdict == "agrees"
    assert _verdict(kinds, 9, 9)[0] == "unknown"  # nothing shows that it has their font
    unlike = [*others[:2], _pictures(7, 1, noise=0.9), _pictures(9, 1)]
    assert _judged(kinds, [3, 4, 7, 9], unlike)[3].verdict == "unknown"
    assert _verdict(kinds, 9, 8) == ("doubt", "8")


def test_one_picture_of_a_digit_is_not_enough() -> None:
    few = dict(_known(range(9))) | {"7": _pictures(7, 1)}
    assert _verdict(Kinds(few, {}), 7, 7)[0] == "unknown"


@pytest.mark.parametrize("same_font", [True, False])
def test_ordinals_show_digits_where_labels_and_cells_share_a_font(same_font: bool) -> None:
    ordinals = _known([1, 2, 3, 4], count=1) if same_font else _known([5, 5, 7], count=1)
    if not same_font:
        ordinals = {"1": _pictures(3, 1), "2": _pictures(2, 1), "3": _pictures(3, 1)} | ordinals
    kinds = Kinds(_known([0, 1, 2, 3]), {**ordinals, "4": _pictures(4, 1)})
    assert _verdict(kinds, 4, 4)[0] == ("agrees" if same_font else "unknown")


def test_the_worst_digit_decides_about_a_number() -> None:
    kinds, key = Kinds(_known(range(10)), {}), Key("t", "r", "c")
    pictures = np.concatenate([_pictures(4, 1), _pictures(1, 1), _pictures(7, 1)])
    assert kinds.judge({key: (["4", "1", "7"], pictures)})[key].verdict == "agrees"
    assert kinds.judge({key: (["4", "1", "1"], pictures)})[key].verdict == "doubt"


def test_without_proved_digits_nothing_is_seen() -> None:
    assert _verdict(Kinds({}, {}), 4, 4) == ("unknown", "")
