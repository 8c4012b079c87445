"""The reports of the demo: one invented city over four years, and a report of each other family.

The numbers go on from year to year: what a report carries over, the next one carries in. Two
misprints are deliberate, as in published reports: a total, and a number carried in.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from . import accountfiles, amounts, drawn, enforcement, forms, website
from .accounttables import Look
from .bodies import Body
from .content import Plan, build_report
from .model import Document, Key, Printed
from .style import Style

SEED = 2026
YEARS = (2021, 2022, 2023, 2024)
_PUBLIC = ("财政预决算", "重大建设项目", "公共资源配置")
_CITY = "临澄市"
CITY = Body(f"{_CITY}人民政府", "市政府", _CITY, "政务", _PUBLIC, "city")
DISTRICT = Body(f"{_CITY}南岭区人民政府", "区政府", f"{_CITY}南岭区", "政务", _PUBLIC, "county")
COUNTY = Body("东岑县人民政府", "县政府", "东岑县", "政务", _PUBLIC, "county")
BUREAU = Body(
    f"{_CITY}教育局", "市教育局", _CITY, "教育", ("义务教育招生", "教师招聘", "学生资助"), "city"
)
TOWN = Body(
    "东岑县柳荫镇人民政府", "镇政府", "东岑县柳荫镇", "基层政务",
    ("惠民补贴发放", "村务公开", "环境整治"), "town",
)  # fmt: skip
# New requests in the first year, and the growth in each later year
_BODIES = {
    "city": (CITY, "city", 640, 1.12),
    "district": (DISTRICT, "county", 148, 1.08),
    "county": (COUNTY, "county", 76, 1.15),
    "town": (TOWN, "few", 6, 1.2),
    "education": (BUREAU, "town", 18, 1.1),
}
_FAULTY_TOTAL = ("county", 2023, ("applications", "unavailable_not_held", "total"))
_FAULTY_CARRY = ("district", 2024)
_ACCOUNT_SEEDS = {2023: 2053, 2024: 2061}  # that draw the functions of education


def make_all(out: Path, seed: int = SEED) -> list[str]:
    """Make all files of the demo, without expected results; return their names."""
    names = []
    for name, (body, scale, requests, growth) in _BODIES.items():
        carried: list[int] | None = None
        for year in YEARS:
            rng = random.Random(f"{seed} {name} {year}")
            received = round(requests * growth ** (year - YEARS[0]) * rng.uniform(0.94, 1.06))
            if carried and (name, year) == _FAULTY_CARRY:
                carried[0] += 2
            plan = Plan(body, year, "2021", scale, brief=True)
            numbers = amounts.applications(rng, "2021", scale, False, received, carried)
            plan.printed = amounts.as_printed(
                amounts.disclosure(rng, "2021", scale)
                | numbers
                | amounts.review(rng, "town" if scale == "county" else scale)
            )
            carried = [numbers["applications", forms.CARRIED_OUT, c] for c in forms.PARTS]
            if (name, year) == _FAULTY_TOTAL[:2]:
                _misprint(plan.printed, _FAULTY_TOTAL[2])
            names.append(_write(plan, rng, out / f"{name}-{year}.pdf"))
    return [*names, *_other_families(out, seed)]


def _misprint(printed: dict[Key, Printed], key: Key) -> None:
    """Swap the last two digits of a number, or add 9."""
    raw = printed[key].raw
    swapped = raw[:-2] + raw[-1] + raw[-2] if len(set(raw[-2:])) == 2 and raw[-1] != "0" else ""
    wrong = swapped or str(int(raw) + 9)
    printed[key] = Printed(wrong, value=wrong)


def _write(plan: Plan, rng: random.Random, path: Path) -> str:
    font = rng.choice(("song", "micro", "hei"))
    style = Style(
        body_font=font,
        table_font=font,
        title_font=font,
        heading_font=font,
        body_size=15.0,
        leading=25.0,
        row_height=rng.choice((18.0, 20.0)),
        page_number=rng.choice(("- {n} -", "— {n} —")),
    )
    document = Document([build_report(plan, rng)])
    drawn.render(document, style, path, "政府信息公开工作年度报告")
    return path.stem


def _other_families(out: Path, seed: int) -> list[str]:
    """Final accounts of two years, the form of a website, and statistics of enforcement."""
    style = Style(body_font="song", table_font="song", body_size=12.0, leading=22.0,
                  table_size=9.5, row_height=17.0, margins=(50.0, 60.0, 50.0, 60.0))  # fmt: skip
    accounts = accountfiles.Plan(
        "", 0, "drawn", Look("one", function_lines=26, separators="no"), style,
        body=BUREAU, public="all", cases=("demo",),
    )  # fmt: skip
    for year, wrong in ((2023, ()), (2024, ("completion",))):
        name = f"education-accounts-{year}"
        plan = replace(
            accounts, name=name, seed=_ACCOUNT_SEEDS[year], year=year, contradictions=wrong
        )
        made = accountfiles.make(plan, out)
        made.with_suffix(".expected.json").unlink()
    form = website.make_form(out / "education-website-2024.pdf", BUREAU.name, 2024, seed)
    enforced = enforcement.make_demo(out / "county-enforcement-2024.pdf", COUNTY, 2024, seed)
    return ["education-accounts-2023", "education-accounts-2024", form, enforced]
