"""Normalizing sentences, and cutting them into words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

from gongkai.kept import cache_folder
from gongkai.normalizers.narrative import segmenting
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.normalizers.narrative.segmenting import (
    CharacterMask,
    Segmenter,
    normalize_sentence,
    text_before,
    word_files,
)
from helpers.gold import PROSE

TEXT = "统一部署，及时公开网站和微信信息一百二十余条，参与和谐社区建设"


@pytest.fixture
def segmenter(figure_reader: FigureReader) -> Segmenter:
    return figure_reader.segmenter


def test_the_words_joined_are_the_text(segmenter: Segmenter) -> None:
    assert "".join(segmenter.cut(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("text", "inside"),
    [("统一部署", 1), ("一次性告知", 2), ("逐一核对", 1), ("每季度通报一次办", 7)],
)
def test_a_numeral_within_a_word_has_no_bound(text: str, inside: int, segmenter: Segmenter) -> None:
    assert not segmenter.has_bounds(text, inside)


@pytest.mark.parametrize(
    ("text", "bound"), [("举办培训一期", 4), ("设立两名联络员", 4), ("编发简报二十七期", 4)]
)
def test_a_numeral_of_its_own_has_bounds(text: str, bound: int, segmenter: Segmenter) -> None:
    assert segmenter.has_bounds(text, bound)


def test_words_of_a_word_list_are_not_cut(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("嘎查苏木 9000 n\n\n鲲鹏台\n", encoding="utf-8")
    words = Segmenter(word_files(tmp_path)).cut("嘎查苏木建成鲲鹏台")
    assert words == ("嘎查苏木", "建成", "鲲鹏台")


def test_only_characters_within_longer_words_are_masked(segmenter: Segmenter) -> None:
    mask = CharacterMask("和及与")
    text = segmenter.mask_within_words(TEXT, mask, frozenset())
    assert text.count("和") == 1
    assert "及" not in text
    assert len(text) == len(TEXT)
    assert mask.unmask(text) == TEXT
    assert mask.unmask(mask.mask("参与")) == "参与"
    kept = segmenter.mask_within_words("涉及申请", CharacterMask("及"), frozenset({"涉及"}))
    assert "及" in kept


def test_bounds_without_cutting_equal_bounds_by_cutting(segmenter: Segmenter) -> None:
    text = (PROSE / "seen.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        bounds = list(accumulate(map(len, segmenter.cut(line)), initial=0))
        assert [at for at in range(len(line) + 1) if segmenter.has_bounds(line, at)] == bounds
        alone = sum(word in ("和", "及") for word in segmenter.cut(line))
        masked = segmenter.mask_within_words(line, CharacterMask("和及"), frozenset())
        assert masked.count("和") + masked.count("及") == alone


def test_the_start_of_the_word_before_an_offset(segmenter: Segmenter) -> None:
    assert segmenter.start_of_word("公开网站和微信等", 7) == 5
    assert segmenter.start_of_word("微信等", 2) == 0


def test_several_bounds_are_asked_at_once(segmenter: Segmenter) -> None:
    assert segmenter.has_bounds("举办培训一期", 4, 6)
    assert not segmenter.has_bounds("统一部署", 0, 1)
    assert not segmenter.has_bounds("统一部署", 1, 4)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("公开 信息\n１２条。", "公开信息12条。"),
        ("收到1,204件,其中网上3件;", "收到1,204件，其中网上3件；"),
        ("开通9:30直播(2场)", "开通9:30直播（2场）"),
        ("12 34条", "12 34条"),
    ],
)
def test_a_sentence_is_normalized(text: str, normalized: str) -> None:
    assert normalize_sentence(text)[0] == normalized


def test_each_character_keeps_its_offset_in_the_original_text() -> None:
    text = "公开 信息 １２ 条。"
    normalized, offsets = normalize_sentence(text)
    assert [text[at] for at in offsets] == list("公开信息１２条。")
    assert len(normalized) == len(offsets)


def test_the_text_before_a_number_ends_at_a_full_stop() -> None:
    assert text_before("一。收到3件", 4) == "收到"


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A cache folder for the test, and a process that has loaded and kept no words."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    _next_process()
    yield
    _next_process()


def _next_process() -> None:
    segmenting._common_words.cache_clear()
    segmenting.keep_common_words.cache_clear()


@pytest.mark.usefixtures("own_cache")
def test_kept_words_are_those_of_the_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    made = segmenting._common_words()
    assert (made["公共汽车"], made["公共汽"]) == (56, 0)  # a word, and only the beginning of one
    segmenting.keep_common_words()
    _next_process()
    monkeypatch.setattr(segmenting, "_made_words", None)  # nothing is made again
    segmenting.keep_common_words()
    assert segmenting._common_words() == made


@pytest.mark.usefixtures("own_cache")
def test_damaged_words_are_made_again_and_kept_again() -> None:
    made = segmenting._common_words()
    segmenting.keep_common_words()
    [file] = [path for path in cache_folder().rglob("*") if path.is_file()]
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    _next_process()
    assert segmenting._common_words() == made
    segmenting.keep_common_words()
    assert file.read_bytes() == whole


@pytest.mark.usefixtures("own_cache")
def test_words_of_another_version_of_jieba_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    segmenting.keep_common_words()
    _next_process()
    monkeypatch.setattr(segmenting.metadata, "version", lambda _: "0.43")
    monkeypatch.setattr(segmenting, "_made_words", lambda: {"新": 1})
    assert segmenting._common_words() == {"新": 1}
