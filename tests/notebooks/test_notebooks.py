"""The notebooks run from a fresh checkout, draw what they say, and draw it in Chinese."""

from __future__ import annotations

import base64
import io
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image, ImageChops

from gongkai.ingestion.batch import ingest
from helpers.registry import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PICTURES = {"01": 1, "02": 1, "03": 2, "04": 3}
# of the samples enough to have each status, and the body with three years
SOME = ("*-20??.pdf", "corpus/blank-*.pdf", "corpus/fault-*.pdf", "corpus/missing-*.pdf",
        "corpus/rows-swapped-browser.pdf", "corpus/two-numbers-*.pdf")  # fmt: skip
BODIES = 40  # instead of three thousand

# asyncio and zmq close after pytest has looked
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in small: notebooks, and samples already read into samples.db."""
    top = tmp_path_factory.mktemp("checkout")
    notebooks, samples = top / "notebooks", top / "samples"
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("*.db*", "__*"))
    samples.mkdir()
    for pattern in SOME:
        for pdf in (ROOT / "samples").glob(pattern):
            shutil.copy(pdf, samples)
    ingest([samples], notebooks / "samples.db")
    return notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(folder: Path, path: Path) -> None:
    notebook = nbformat.read(folder / path.name, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = f"BODIES = {BODIES}"
    notebook.cells.insert(
        0, nbformat.v4.new_code_cell("import altair\naltair.renderers.enable('png')")
    )
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute()
    pictures = [image for cell in notebook.cells for image in _pictures(cell)]
    assert len(pictures) == PICTURES[path.stem[:2]]
    for image in pictures:
        assert image.width > 300 and len(image.getcolors(1 << 24) or ()) > 20, "empty"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_clean(path: Path) -> None:
    """No outputs, no counters: what a reader sees in a diff is what changed."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert cell.source.count("\n") < 35, "small and instructive"


def test_chinese_text_is_drawn_as_characters() -> None:
    """Characters that a font lacks all look alike, so two words must look different."""
    import altair as alt
    import vl_convert

    sys.path.insert(0, str(ROOT / "notebooks"))
    try:
        import charts
    finally:
        sys.path.pop(0)

    def drawn(word: str) -> Image.Image:
        spec = alt.Chart(alt.Data(values=[{}])).mark_text(text=word, font=charts.FONTS, size=30)
        return Image.open(io.BytesIO(vl_convert.vegalite_to_png(spec.to_dict()))).convert("L")

    one, other, missing = (drawn(word) for word in ("公开率", "不掌握", "\U000e0101\U000e0101"))
    assert ImageChops.difference(one, other).getbbox(), "install a Chinese font"
    assert ImageChops.difference(one, missing).getbbox()


def _pictures(cell: Any) -> list[Image.Image]:
    found = []
    for output in cell.get("outputs", []):
        png = output.get("data", {}).get("image/png")
        if png:
            found.append(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
    return found
