"""The notebooks run in a fresh checkout and draw their charts with Chinese text."""

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
CHARTS = {"01": 1, "02": 1, "03": 2, "04": 3, "05": 2}
ACCOUNTS = ("look-b", "column-slid", "wrong-cell")  # of samples/final-accounts
# Samples with each status.
SAMPLES = ("*-20??.pdf", "corpus/blank-*.pdf", "corpus/fault-*.pdf", "corpus/missing-*.pdf",
        "corpus/rows-swapped-browser.pdf", "corpus/two-numbers-*.pdf")  # fmt: skip
BODIES = 40  # instead of 3,000

# asyncio and zmq close their resources after pytest has checked for leaks
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout with the notebooks and some samples, which samples.db already has."""
    top = tmp_path_factory.mktemp("checkout")
    notebooks, samples = top / "notebooks", top / "samples"
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("*.db*", "__*"))
    samples.mkdir()
    for pattern in SAMPLES:
        for pdf in (ROOT / "samples").glob(pattern):
            shutil.copy(pdf, samples)
    ingest([samples], notebooks / "samples.db", workers=0)
    accounts = samples / "final-accounts"
    accounts.mkdir()
    for name in ACCOUNTS:
        shutil.copy(ROOT / "samples" / "final-accounts" / f"{name}.pdf", accounts)
    return notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_draws_its_charts(folder: Path, path: Path) -> None:
    notebook = nbformat.read(folder / path.name, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = f"BODIES = {BODIES}"
    notebook.cells.insert(
        0, nbformat.v4.new_code_cell("import altair\naltair.renderers.enable('png')")
    )
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute()
    images = [image for cell in notebook.cells for image in _images(cell)]
    assert len(images) == CHARTS[path.stem[:2]]
    for image in images:
        assert image.width > 300 and len(image.getcolors(1 << 24) or ()) > 20, "the chart is empty"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_without_outputs(path: Path) -> None:
    """Outputs and execution counts would hide the real changes in a diff."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert cell.source.count("\n") < 35, "a cell has at most 35 lines"


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


def _images(cell: Any) -> list[Image.Image]:
    found = []
    for output in cell.get("outputs", []):
        png = output.get("data", {}).get("image/png")
        if png:
            found.append(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
    return found
