"""FileOcr of printed lines into characters: PP-OCR's recogniser, free and restricted.

The model lies inside the rapidocr wheel and nothing is ever downloaded: a missing model
is told in one line. Only the recogniser is used; where the lines are, the picture tells.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.errors import OcrMissing
from gongkai.problems import message

INSTALL = "pip install 'gongkai[ocr]'"
HEIGHT = 48  # pixels: what the model wants a line scaled to
_STEP = 8  # pixels of the scaled line for each step of the model
_NARROWEST = 64  # pixels: the model is unsure of narrower pictures
_BATCH = 4_096  # pixels of width in one run: bounds the memory of a worker
_MODEL = "PP-OCRv6_rec_small.onnx"
# glyphs that the model may give for a digit or mark where only those can stand
_ALIKE = {
    "0": "OoＯ〇○ΟОо０",
    "1": "lI|丨ｌＩ１",
    ".": "．·",
    ",": "，",
    "/": "／∕",
    "-": "－−‐–",
    "+": "＋",
    "—": "一―─",
}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One recognised character: where in its picture it stands (0..1), and how sure."""

    text: str
    place: float
    score: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one picture says, read freely and with the alphabet of a number cell."""

    free: tuple[Glyph, ...]
    number: tuple[Glyph, ...]
    other: float  # 0..1: how much the model saw beside the alphabet, at its worst step

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.free)

    def certain(self) -> tuple[Glyph, ...]:
        """The number, trusted the less the more the model saw something else there."""
        trust = 1.0 - max(0.0, self.other - 0.02)
        return tuple(Glyph(g.text, g.place, g.score * trust) for g in self.number)


def is_installed() -> bool:
    """Is everything there that reading a picture needs?"""
    return _model_file() is not None and all(
        importlib.util.find_spec(name) for name in ("onnxruntime", "cv2", "numpy")
    )


@functools.cache
def recogniser(alphabet: str) -> Recogniser:
    """The recogniser, loaded once a process.

    ``alphabet`` holds the characters that a number cell may hold. Raises OcrMissing
    where the packages that read pictures are not installed.
    """
    model = _model_file()
    if model is None or not is_installed():
        raise OcrMissing(message("ocr_missing", command=INSTALL))
    return Recogniser(model, alphabet)


class Recogniser:
    """One model, one thread: workers must not fight for cores."""

    def __init__(self, model: Path, alphabet: str) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # the arena keeps the largest batch for ever
        self._session = onnxruntime.InferenceSession(
            os.fspath(model), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        known = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *(c.rstrip("\r") for c in known), " "]  # 0 is the blank step
        self._alphabet = alphabet
        self._numeric = {*alphabet, *(c for letter in alphabet for c in _ALIKE.get(letter, ""))}
        self._numeric -= {"l", "I", "丨", "O", "o"} - set(alphabet)
        places = {character: k for k, character in enumerate(self._characters) if character}
        self._classes = [
            [places[c] for c in (letter, *_ALIKE.get(letter, "")) if c in places]
            for letter in alphabet
        ]

    def is_number(self, text: str) -> bool:
        """Does a text read freely hold nothing but what a number cell may hold?"""
        return bool(text.strip()) and all(c in self._numeric or c.isspace() for c in text)

    def read(self, pictures: Sequence[Any]) -> list[Recognised]:
        """What each picture (grey, dark on light, trimmed to a line of ink) says."""
        scaled = [_scaled(picture) for picture in pictures]
        results: dict[int, Recognised] = {}
        for batch in _batches([picture.shape[1] for picture in scaled]):
            for k, steps, share in self._run([scaled[i] for i in batch]):
                results[batch[k]] = self._decoded(steps, share)
        return [results[k] for k in range(len(scaled))]

    def _run(self, pictures: Sequence[Any]) -> Iterable[tuple[int, Any, float]]:
        import numpy as np

        width = max(_NARROWEST, *(-(-p.shape[1] // _STEP) * _STEP for p in pictures))
        # 0 is mid grey: what the model was taught to take for padding
        data = np.zeros((len(pictures), 3, HEIGHT, width), np.float32)
        for k, picture in enumerate(pictures):
            data[k, :, :, : picture.shape[1]] = picture.astype(np.float32) / 127.5 - 1.0
        found = self._session.run(None, {self._input: data})[0]
        for k, picture in enumerate(pictures):
            yield k, found[k], width / picture.shape[1]

    def _decoded(self, steps: Any, share: float) -> Recognised:
        """``share``: by how much the padded picture is wider than the picture itself."""
        import numpy as np

        allowed = np.stack([steps[:, 0], *(steps[:, c].sum(axis=1) for c in self._classes)], axis=1)
        best = steps.argmax(axis=1)
        return Recognised(
            free=_collapsed(best, steps.max(axis=1), self._characters, share),
            number=_collapsed(
                allowed.argmax(axis=1), allowed.max(axis=1), ["", *self._alphabet], share
            ),
            other=float(max(0.0, 1.0 - allowed.sum(axis=1).min())),
        )


def _collapsed(
    best: Any, scores: Any, characters: Sequence[str], share: float
) -> tuple[Glyph, ...]:
    """Runs of the same class are one character; class 0 parts them."""
    glyphs: list[Glyph] = []
    runs: list[tuple[int, int, int, float]] = []  # class, first step, last step, best score
    before = 0
    for k, (kind, score) in enumerate(zip(best.tolist(), scores.tolist(), strict=True)):
        if kind and kind == before:
            runs[-1] = (kind, runs[-1][1], k, max(score, runs[-1][3]))
        elif kind:
            runs.append((kind, k, k, score))
        before = kind
    for kind, first, last, score in runs:
        place = ((first + last) / 2 + 0.5) / len(best) * share
        glyphs.append(Glyph(characters[kind], min(place, 1.0), score))
    return tuple(glyphs)


def _scaled(picture: Any) -> Any:
    import cv2

    height, width = picture.shape[:2]
    wanted = max(_STEP, round(width * HEIGHT / height))
    shrink = height > HEIGHT
    return cv2.resize(
        picture, (wanted, HEIGHT), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
    )


def _batches(widths: Sequence[int]) -> Iterable[list[int]]:
    """Indices in runs of like width, so that little of a batch is padding."""
    batch: list[int] = []
    for k in sorted(range(len(widths)), key=lambda k: widths[k]):
        widest = max(_NARROWEST, widths[k])
        narrow = batch and widths[batch[0]] < 0.75 * widest and widest > _NARROWEST
        if batch and (narrow or widest * (len(batch) + 1) > _BATCH):
            yield batch
            batch = []
        batch.append(k)
    if batch:
        yield batch


@functools.cache
def _model_file() -> Path | None:
    # the package itself is not imported: it would bring and load much that is not needed
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        return None
    model = Path(spec.submodule_search_locations[0]) / "models" / _MODEL
    return model if model.is_file() else None
