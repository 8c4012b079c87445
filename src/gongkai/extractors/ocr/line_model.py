"""A model that reads images of printed lines: PP-OCR's recognition, run by onnxruntime.

PP-OCR's detection of lines is not used, since the ink of the bitmap gives the lines.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

HEIGHT = 48  # pixels: the height of a line in the model's input
_STEP = 8  # pixels of the scaled line for each step of the model
_MIN_WIDTH = 64  # pixels: the model is unsure of narrower images
_LONG = 6.0  # heights: only a wider image is squeezed, down to this width
_MAX_BATCH_WIDTH = 2_048  # pixels in one run: bounds the memory of a worker
_MAX_OTHER = 0.02  # probability of characters outside the alphabet that does not lower scores
# characters that the model may return for a digit or mark; they look the same
LOOKALIKES = {
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
    """One recognised character: its middle in the width of its image (0..1), and its score."""

    text: str
    position: float
    score: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """The glyphs of one image, read freely and with the alphabet of a number cell.

    ``other`` is the highest probability, over the model's steps, of all characters outside
    the alphabet.
    """

    free: tuple[Glyph, ...]
    number: tuple[Glyph, ...]
    other: float

    @property
    def text(self) -> str:
        """The text of the free reading."""
        return "".join(glyph.text for glyph in self.free)

    def discounted_number(self) -> tuple[Glyph, ...]:
        """The number, with scores lowered by the probability of other characters."""
        discount = 1.0 - max(0.0, self.other - _MAX_OTHER)
        return tuple(Glyph(g.text, g.position, g.score * discount) for g in self.number)


class LineModel:
    """One model in one thread: workers must not compete for cores.

    ``names`` are its characters in the order of its classes; without them, the file has them.
    ``alphabet`` has the characters that a number cell may hold.
    """

    def __init__(self, file: Path, alphabet: str, names: Sequence[str] = ()) -> None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report its use to a server
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # the arena would keep the largest batch's memory
        self._session = onnxruntime.InferenceSession(
            os.fspath(file), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        names = names or self._own_names()
        self._characters = ["", *(c.rstrip("\r") for c in names), " "]  # class 0: no character
        places = {character: k for k, character in enumerate(self._characters) if character}
        groups = {"": [0]}  # the classes of each character of the alphabet that the model knows
        for letter in alphabet:
            if own := [places[c] for c in (letter, *LOOKALIKES.get(letter, "")) if c in places]:
                groups[letter] = own
        self._alphabet = [*groups]
        self._classes = [number for group in groups.values() for number in group]
        self._group_starts = [*accumulate(map(len, groups.values()), initial=0)][:-1]

    def _own_names(self) -> list[str]:
        metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return metadata["character"].split("\n")

    def read(self, images: Sequence[Any], squeeze: float = 1.0) -> list[Recognition]:
        """Read images of one line each: grey, dark on light, trimmed to the ink.

        Long images are made narrower by ``squeeze``, which saves as much of the time.
        """
        scaled = [_scale(image, squeeze) for image in images]
        results: dict[int, Recognition] = {}
        for batch in _batches([image.shape[1] for image in scaled]):
            for k, steps, stretch in self._run([scaled[i] for i in batch]):
                results[batch[k]] = self._decode(steps, stretch)
        return [results[k] for k in range(len(scaled))]

    def _run(self, images: Sequence[Any]) -> Iterable[tuple[int, Any, float]]:
        """For each image: its index, the class probabilities by step, and the stretch."""
        import numpy as np

        width = max(_MIN_WIDTH, *(-(-p.shape[1] // _STEP) * _STEP for p in images))
        # 0 is mid grey, which the model was trained to take as padding
        data = np.zeros((len(images), 3, HEIGHT, width), np.float32)
        for k, image in enumerate(images):
            data[k, :, :, : image.shape[1]] = image.astype(np.float32) / 127.5 - 1.0
        found = self._session.run(None, {self._input: data})[0]
        for k, image in enumerate(images):
            yield k, found[k], width / image.shape[1]

    def _decode(self, steps: Any, stretch: float) -> Recognition:
        """Decode one image; ``stretch`` is the padded width as a multiple of the image's width."""
        import numpy as np

        allowed = np.add.reduceat(steps[:, self._classes], self._group_starts, axis=1)
        best = steps.argmax(axis=1)
        scores = np.take_along_axis(steps, best[:, None], axis=1)[:, 0]
        return Recognition(
            free=_collapse(best, scores, self._characters, stretch),
            number=_collapse(allowed.argmax(axis=1), allowed.max(axis=1), self._alphabet, stretch),
            other=float(max(0.0, 1.0 - allowed.sum(axis=1).min())),
        )


def _collapse(
    best: Any, scores: Any, characters: Sequence[str], stretch: float
) -> tuple[Glyph, ...]:
    """Make one glyph of each run of steps with the same class; class 0 separates glyphs."""
    glyphs: list[Glyph] = []
    runs: list[tuple[int, int, int, float]] = []  # class, first step, last step, best score
    previous = 0
    for k, (label, score) in enumerate(zip(best.tolist(), scores.tolist(), strict=True)):
        if label and label == previous:
            runs[-1] = (label, runs[-1][1], k, max(score, runs[-1][3]))
        elif label:
            runs.append((label, k, k, score))
        previous = label
    for label, first, last, score in runs:
        position = ((first + last) / 2 + 0.5) / len(best) * stretch
        glyphs.append(Glyph(characters[label], min(position, 1.0), score))
    return tuple(glyphs)


def is_long(image: Any) -> bool:
    """Is an image so wide that it may be squeezed?"""
    height, width = image.shape[:2]
    return bool(width > _LONG * height)


def _scale(image: Any, squeeze: float) -> Any:
    import cv2

    height, width = image.shape[:2]
    scale = HEIGHT / height
    squeezed = max(squeeze * width, _LONG * height) if is_long(image) else width
    new_width = max(_STEP, round(squeezed * scale))
    shrinks = height > HEIGHT or new_width < width
    return cv2.resize(
        image, (new_width, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )


def _batches(widths: Sequence[int]) -> Iterable[list[int]]:
    """Indices of images in batches of similar width, so that little of a batch is padding."""
    batch: list[int] = []
    for k in sorted(range(len(widths)), key=lambda k: widths[k]):
        widest = max(_MIN_WIDTH, widths[k])
        is_wider = batch and widths[batch[0]] < 0.75 * widest and widest > _MIN_WIDTH
        if batch and (is_wider or widest * (len(batch) + 1) > _MAX_BATCH_WIDTH):
            yield batch
            batch = []
        batch.append(k)
    if batch:
        yield batch
