"""The notebooks run in a fresh checkout and draw their charts with Chinese text."""

from __future__ import annotations

import base64
import io
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image, ImageChops

from gongkai.ingestion.batch import ingest
from helpers.notebooks import NOTEBOOKS, run
from helpers.registry import ROOT

PICTURES = {"01": 1, "02": 2, "03": 2, "04": 3, "05": 2}  # charts, and pages of reports
MOST_CPU = 20  # seconds for a notebook
ACCOUNTS = ("look-b", "column-slid", "wrong-cell")  # of samples/final-accounts
BODIES = 40  # instead of 3,000

# asyncio and zmq close their resources after pytest has checked for leaks
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout with the notebooks and the samples that they read."""
    top = tmp_path_factory.mktemp("checkout")
    notebooks, samples = top / "notebooks", top / "samples"
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("*.db*", "__*"))
    shutil.copytree(ROOT / "samples" / "demo", samples / "demo")
    ingest([samples / "demo"], notebooks / "samples.db", workers=0, ocr="never")
    accounts = samples / "final-accounts"
    accounts.mkdir()
    for name in ACCOUNTS:
        shutil.copy(ROOT / "samples" / "final-accounts" / f"{name}.pdf", accounts)
    return notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_shows_what_it_stores(folder: Path, path: Path) -> None:
    notebook = nbformat.read(folder / path.name, as_version=4)
    stored = [_kinds(cell) for cell in notebook.cells]
    for cell in notebook.cells:
        if _is_parameters(cell):
            cell.source = f"BODIES = {BODIES}"
    before = os.times()
    run(notebook, folder)
    after = os.times()
    assert [_kinds(cell) for cell in notebook.cells] == stored, "make notebooks stores it anew"
    used = after.children_user + after.children_system
    assert used - before.children_user - before.children_system < MOST_CPU
    images = [image for cell in notebook.cells for image in _images(cell)]
    assert len(images) == PICTURES[path.stem[:2]]
    for image in images:
        assert image.width > 300 and len(image.getcolors(1 << 24) or ()) > 20, (
            "the picture is empty"
        )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stored_with_its_outputs(path: Path) -> None:
    """Readers see the answers without running it; ``make notebooks`` writes them."""
    text = path.read_text(encoding="utf-8")
    assert str(Path.home()) not in text and str(ROOT) not in text, "a path of this machine"
    assert "vega" not in text, "a chart that needs a network to be seen"
    code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [*range(1, len(code) + 1)]
    assert all(cell.outputs for cell in code if not _is_parameters(cell))
    assert all(cell.source.count("\n") < 35 for cell in code), "a cell has at most 35 lines"


def test_charts_draw_chinese_characters() -> None:
    """A font draws all missing characters alike, so two words must look different."""
    import altair as alt
    import vl_convert

    sys.path.insert(0, str(ROOT / "notebooks"))
    try:
        import charts
    finally:
        sys.path.pop(0)

    def draw(word: str) -> Image.Image:
        spec = alt.Chart(alt.Data(values=[{}])).mark_text(text=word, font=charts.FONTS, size=30)
        return Image.open(io.BytesIO(vl_convert.vegalite_to_png(spec.to_dict()))).convert("L")

    one, other, missing = (draw(word) for word in ("公开率", "不掌握", "\U000e0101\U000e0101"))
    assert ImageChops.difference(one, other).getbbox(), "install a Chinese font"
    assert ImageChops.difference(one, missing).getbbox()


def _is_parameters(cell: Any) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def _kinds(cell: Any) -> list[tuple[str, list[str]]]:
    """What kinds of outputs a cell has; their text differs with paths and times."""
    outputs = cell.get("outputs", [])
    return [(output.output_type, sorted(output.get("data", {}))) for output in outputs]


def _images(cell: Any) -> list[Image.Image]:
    found = []
    for output in cell.get("outputs", []):
        png = output.get("data", {}).get("image/png")
        if png:
            found.append(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
    return found
