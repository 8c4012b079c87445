"""The made scans, one line each."""

from __future__ import annotations

from pathlib import Path

from .scans import Scan, make

HEXI = "hexi-county-education-2022"
WUZHONG = "wuzhong-public-security-2019"
CHENGJIANG = "chengjiang-district-2023"

SCANS = (
    # resolution, colour and compression
    Scan("grey-150", HEXI, dpi=150, skew=0.7),
    Scan("grey-200", WUZHONG, skew=-0.6),
    Scan("grey-300", CHENGJIANG, dpi=300, skew=0.4),
    Scan("grey-400", "large-numbers+attachment+noto-fonts-drawn", dpi=400, quality=50),
    Scan("colour-200", "signed+rules-fill+text-twice-drawn", colour="colour", paper=244),
    Scan("colour-150", "thousands+disclosure-article-outside+label-enumeration-drawn", dpi=150,
         colour="colour", quality=60, core=True),
    Scan("ccitt-200", "fault-detail+owner-password+row-cut-drawn", colour="bilevel",
         codec="ccitt", skew=0.8, core=True),
    Scan("ccitt-300", WUZHONG, dpi=300, colour="bilevel", codec="ccitt", skew=-1.1),
    Scan("jbig2-200", "blank-details+pages-rotated+label-full-width-drawn", colour="bilevel",
         codec="jbig2", core=True),
    Scan("jbig2-400", "mark-hyphen+header-rotated+title-degree-first-drawn", dpi=400,
         colour="bilevel", codec="jbig2", skew=0.3),
    Scan("jpx-200", "decimals+two-reports+label-cut-drawn", codec="jpx", quality=14),
    Scan("jpx-300", "rules-stroke+title-three-lines+label-ordinals-lost-office", dpi=300,
         codec="jpx", quality=20, colour="colour"),
    Scan("low-quality-200", "break-no-header+rules-grey+title-year-degree-browser", quality=25,
         noise=9),
    Scan("grey-paper-200", "mark-slash+page-frame+title-one-line-browser", paper=205, noise=6),
    # sheets that are skewed, rotated, curved or smaller than the glass
    Scan("skew-3", "fault-received-total+landscape-rotate+label-variants-2021-drawn", skew=3.0),
    Scan("skew-2-150", CHENGJIANG, dpi=150, skew=-2.2),
    Scan("skew-25-ccitt", "unit-pieces+inside-longer+page-frame-white-drawn", skew=2.5,
         colour="bilevel", codec="ccitt"),
    Scan("turned-90", HEXI, turn=90, skew=0.5),
    Scan("turned-180", "header-one-char+values-top+title-affairs-browser", turn=180, core=True,
         quality=55, noise=2.5, dpi=150),
    Scan("turned-270", WUZHONG, turn=270, skew=-0.9),
    Scan("edges-200", "open-sides+title-chinese-year+label-misprints-browser", edges=True,
         skew=1.2),
    Scan("edges-holes-300", "fault-several+block-header-lonely+title-place-only-browser", dpi=300,
         edges=True, holes=True),
    Scan("holes-150", "running-header+title-number-first+heading-ordinal-lost-office", dpi=150,
         holes=True, skew=-0.5),
    Scan("curved-200", HEXI, curve=2.5),
    Scan("curved-300", "blank-zeros+break-twice+fake-bold-office", dpi=300, curve=3.5, skew=0.4),
    # stamps over the numbers of the table in section 三
    Scan("stamp-red-200", HEXI, colour="colour", stamp="red", skew=0.5),
    Scan("stamp-red-150", WUZHONG, dpi=150, colour="colour", stamp="red", skew=-0.4),
    Scan("stamp-red-300", CHENGJIANG, dpi=300, colour="colour", stamp="red"),
    Scan("stamp-blue-200", "large-numbers+attachment+noto-fonts-drawn", colour="colour",
         stamp="blue"),
    Scan("stamp-grey-200", HEXI, stamp="grey", skew=-0.7),
    Scan("stamp-grey-300", WUZHONG, dpi=300, stamp="grey"),
    Scan("stamp-grey-150", "fault-row-total+header-narrow+label-short-others-browser", dpi=150,
         stamp="grey"),
    Scan("stamp-ccitt-200", "fault-detail+owner-password+row-cut-drawn", colour="bilevel",
         codec="ccitt", stamp="red", core=True),
    # files with some scanned pages, with a wrong text layer, with swapped rows
    Scan("mixed-page", CHENGJIANG, only=(3,), core=True, quality=55, noise=2.5, dpi=150),
    Scan("mixed-turned", "fault-column+form-mixed-section+title-no-year-drawn", only=(2,),
         turn=180),
    Scan("text-layer-invisible", WUZHONG, layer="invisible", dpi=150),
    Scan("text-layer-under", "digits-full-width+rules-dashed+disclosure-split-drawn",
         layer="under"),
    Scan("rows-swapped", "rows-swapped-browser", dpi=200, skew=0.6),
    Scan("rows-swapped-apart", "rows-swapped-apart-office", dpi=150),
)  # fmt: skip


def make_all(sources: list[Path], out: Path, core: bool, only: str) -> list[Path]:
    """Make all scans, or only the core scans, or those whose name contains a text."""
    scans = [s for s in SCANS if only in s.name and (s.core or not core)]
    made = []
    for scan in scans:
        folder = next((f for f in sources if (f / f"{scan.source}.pdf").is_file()), sources[0])
        made.append(make(scan, folder, out))
    return made
