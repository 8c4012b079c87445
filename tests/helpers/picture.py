"""docs/printed.png: a printed table with every cell outlined as it was read.

Green: proved by the sums. Red: in a sum that is wrong in the report itself.
    PYTHONPATH=tests python -m helpers.picture
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from gongkai.ingestion.batch import ingest
from gongkai.model import bounding_box
from gongkai.queries.report_loader import show
from helpers.docs import ROOT

SAMPLE = "chengjiang-district-2023"
SCALE = 2.0  # pixels a point
MARGIN = 16  # points around the table
LABELS = 205  # points to the left of the numbers
PROVED, BROKEN = (46, 125, 50), (198, 40, 40)


def picture(pdf: Path, folder: Path) -> Image.Image:
    """The first page of table 三, cut to its upper part."""
    db = folder / "picture.db"
    ingest([pdf], db, workers=0)
    report = show(db, "1").report
    cells = [o for o in report.observations if o.key.table == "applications"]
    page = min(cell.page for cell in cells)
    cells = [cell for cell in cells if cell.page == page]
    broken = {key for check in report.failures("must") for key in check.cells}
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        image: Image.Image = document[page - 1].render(scale=SCALE).to_pil().convert("RGB")
    draw = ImageDraw.Draw(image)
    for cell in sorted(cells, key=lambda cell: cell.key in broken):
        colour, width = (BROKEN, 4) if cell.key in broken else (PROVED, 2)
        draw.rectangle([side * SCALE for side in cell.box], outline=colour, width=width)
    box = bounding_box([cell.box for cell in cells])
    return image.crop(
        (
            round((box.x0 - LABELS) * SCALE),
            round((box.top - 4 * MARGIN) * SCALE),
            round((box.x1 + MARGIN) * SCALE),
            round((box.bottom + MARGIN) * SCALE),
        )
    )


def main() -> None:
    """Draw the image again."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = picture(ROOT / "samples" / f"{SAMPLE}.pdf", Path(folder))
    (ROOT / "docs").mkdir(exist_ok=True)
    drawn.quantize(64).save(ROOT / "docs" / "printed.png", optimize=True)


if __name__ == "__main__":
    main()
