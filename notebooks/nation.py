"""Make a database with plausible reports of many agencies and years.

The names of places are real; all numbers are invented, from a seeded random generator. The
requests carried out of one year are carried into the next. The sums are correct, except in a few
reports with a print fault; a few others have a doubtful cell. The database says nothing about any
real agency.

    python nation.py nation.db --bodies 3000
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.checks.table_checks import status_of
from gongkai.families.folders import pipelines_folder
from gongkai.families.load import load_family
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Box, Check, Key, Observation, Report, Section

YEARS = (2019, 2020, 2021, 2022, 2023)
PRINT_FAULTS, DOUBTS = 0.02, 0.01  # shares of reports with one
_STEADINESS = 60  # the higher, the less the shares vary from year to year
NOTE = "本报告的数字由程序随机生成，用于演示，不是任何机关的真实数据。"

_COLUMNS = {  # share of requests from each kind of applicant
    "natural_person": 0.957,
    "commercial_enterprise": 0.026,
    "research_institution": 0.001,
    "social_welfare_organization": 0.003,
    "legal_service_organization": 0.009,
    "other_organization": 0.004,
}
_RESULTS = {  # share of requests with each result in the first year, and its change per year
    "granted": (0.43, -0.012),
    "granted_in_part": (0.05, 0.002),
    "denied_state_secret": (0.003, 0),
    "denied_law_prohibits": (0.006, 0),
    "denied_three_securities_one_stability": (0.006, 0),
    "denied_third_party_rights": (0.02, 0),
    "denied_internal_affairs": (0.02, 0.001),
    "denied_process_information": (0.025, 0.002),
    "denied_enforcement_files": (0.018, 0.002),
    "denied_administrative_inquiry": (0.012, 0.001),
    "unavailable_not_held": (0.21, 0.004),
    "unavailable_needs_creation": (0.03, 0),
    "unavailable_still_unclear": (0.02, 0),
    "not_processed_petition": (0.05, 0.002),
    "not_processed_duplicate": (0.02, 0.001),
    "not_processed_publication": (0.005, 0),
    "not_processed_excessive": (0.004, 0.001),
    "not_processed_reconfirmation": (0.006, 0),
}
_OTHER = ("other_no_supplement", "other_unpaid_fee", "other_misc")
_DEPARTMENTS = {
    "公安": "公安局",
    "教育": "教育局",
    "自然资源": "自然资源局",
    "生态环境": "生态环境局",
    "市场监管": "市场监督管理局",
    "卫生健康": "卫生健康委员会",
    "人力资源": "人力资源和社会保障局",
    "住建": "住房和城乡建设局",
}
_ELSEWHERE = ("71", "81", "82")  # divisions under other law, which publish no such reports
_USUAL = {"province": 900.0, "prefecture": 260.0, "county": 45.0}  # requests a year

Values = dict[Key, Decimal]


@dataclass
class Body:
    """An agency with the characteristics that it keeps over the years."""

    agency: Agency
    requests: float  # in an average year
    openness: float  # above 1: it grants more requests than others
    carried: dict[str, int] = field(default_factory=dict)  # into the next year, by applicant


def build(
    path: Path,
    bodies: int = 3000,
    years: Sequence[int] = YEARS,
    *,
    seed: int = 2019,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a database with one report per agency and year.

    ``progress`` gets the number of reports written so far and the number of all reports.
    """
    family = load_family()
    identities = IdentityChecks(family)
    rng = random.Random(seed)
    all_bodies = [_body(agency, rng) for agency in _agencies(bodies, rng)]
    done = 0
    with Writer(path, family) as writer:
        for year in years:
            for body in all_bodies:
                report = made_report(body, year, identities, rng)
                name = f"made/{year}/{body.agency.name}.pdf"
                writer.store(name, f"made-{seed}-{name}", "loaded", None, [report])
                done += 1
                if progress:
                    progress(done, len(all_bodies) * len(years))
        writer.finish(files_offered=done, files_loaded=done, reports_loaded=done)


def made_report(body: Body, year: int, identities: IdentityChecks, rng: random.Random) -> Report:
    """Make one report in the form of its year."""
    form = "2021" if year >= 2021 else "2019"
    values = {
        **_disclosure(body, form, rng),
        **_applications(body, form, year, rng),
    }
    values |= _disputes(values, rng)
    fault = rng.random()
    if fault < PRINT_FAULTS:
        wrong_total = Key("applications", "granted", "total")
        values[wrong_total] += rng.choice((-1, 1, 10)) if values[wrong_total] else 1
    cells = {key: _cell(key, value) for key, value in values.items()}
    if PRINT_FAULTS <= fault < PRINT_FAULTS + DOUBTS:
        doubtful_key = rng.choice(list(cells))
        cells[doubtful_key] = replace(cells[doubtful_key], flagged=True, doubt="两种读法不一致")
    forms = dict.fromkeys(("proactive_disclosure", "applications", "review_litigation"), form)
    checks = [_with_cause(check) for check in identities.check(cells, forms)]
    received = values[Key("applications", "received_new", "total")]
    return Report(
        page_first=1,
        page_last=5,
        title=f"{body.agency.name}{year}年政府信息公开工作年度报告",
        agency=body.agency.name,
        year=year,
        form=form,
        status=status_of(checks, cells.values()),
        table_forms=forms,
        observations=tuple(cells.values()),
        sections=(
            Section("一", "一、总体情况", f"{NOTE}全年新收申请{received}件。", 1, 1),
            Section("五", "五、存在的主要问题及改进情况", "无。", 5, 5),
        ),
        checks=tuple(checks),
        agency_ref=body.agency,
    )


def _with_cause(check: Check) -> Check:
    """Set the cause of a failing check: the printed number itself is wrong."""
    return replace(check, cause="print") if check.status == "fail" else check


def _cell(key: Key, value: Decimal) -> Observation:
    return Observation(
        key=key,
        state="number",
        value=value,
        raw_text=format(value, "f"),
        unit=None,
        row_label=key.row,
        column_label=key.column,
        label_match="exact",
        page={"proactive_disclosure": 2, "applications": 3}.get(key.table, 4),
        box=Box(300.0, 200.0, 340.0, 220.0),
        reader="pdfium",
    )


def _agencies(count: int, rng: random.Random) -> list[Agency]:
    """Return agencies: all provinces and cities first, then counties and departments of cities."""
    provinces, cities, counties, departments = [], [], [], []
    names: dict[str, str] = {}
    for line in _divisions():
        code, name, level = line["code"], line["name"], line["kind"]
        names[code] = name
        if line["last"] or level not in _USUAL or code.startswith(_ELSEWHERE):
            continue
        place: dict[str, str] = {"division_code": code, "province": names[f"{code[:2]}0000"]}
        if level != "province" and (city := names.get(f"{code[:4]}00")):
            place["city"] = city
        if level == "county":
            place["county"] = name
        parent = place.get("city", place["province"]) if level == "county" else ""
        body = Agency(
            key=f"{code}|government",
            name=f"{parent}{name}人民政府",
            level=level,  # type: ignore[arg-type]
            body_type="government",
            **place,  # type: ignore[arg-type]
        )
        {"province": provinces, "prefecture": cities, "county": counties}[level].append(body)
        if level == "prefecture":
            departments += [
                replace(
                    body,
                    key=f"{code}|{sector}",
                    name=f"{name}{office}",
                    body_type="department",
                    sector=sector,
                )
                for sector, office in _DEPARTMENTS.items()
            ]
    rng.shuffle(counties)
    rng.shuffle(departments)
    rest = [agency for pair in zip(counties, departments, strict=False) for agency in pair]
    if count < 400:  # a small database also has all levels
        return (provinces[:: max(1, 200 // count)] + cities[::8] + rest)[:count]
    return (provinces + cities + rest + counties[len(departments) :])[:count]


def _divisions() -> Iterator[Mapping[str, str]]:
    path = pipelines_folder() / "cn" / "divisions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _body(agency: Agency, rng: random.Random) -> Body:
    usual = _USUAL[agency.level or "county"] * (0.4 if agency.sector else 1.0)
    return Body(agency, usual * rng.lognormvariate(0, 0.8), min(1.7, rng.lognormvariate(0, 0.25)))


def _split(count: int, shares: Mapping[str, float], rng: random.Random) -> dict[str, int]:
    """Split a count at random by shares; the parts add up to the count."""
    weights = [share * rng.gammavariate(_STEADINESS, 1 / _STEADINESS) for share in shares.values()]
    total = sum(weights)
    parts = [int(count * weight / total) for weight in weights]
    for place in rng.choices(range(len(parts)), weights, k=count - sum(parts)):
        parts[place] += 1
    return dict(zip(shares, parts, strict=True))


def _applications(body: Body, form: str, year: int, rng: random.Random) -> Values:
    growth = 1 + 0.06 * (year - YEARS[0]) - (0.1 if year == 2020 else 0)
    new = _split(int(body.requests * growth * rng.lognormvariate(0, 0.15)), _COLUMNS, rng)
    shares = {
        row: (share + drift * (year - YEARS[0])) * (body.openness if row == "granted" else 1.0)
        for row, (share, drift) in _RESULTS.items()
    }
    others = dict(zip(_OTHER, (0.035, 0.001, 0.03), strict=True))
    shares |= others if form == "2021" else {"other": sum(others.values())}
    counts: dict[str, dict[str, int]] = {"received_new": new, "carried_over_in": {}}
    counts |= {row: {} for row in shares} | {"total_processed": {}, "carried_over_out": {}}
    for column in _COLUMNS:
        pending = new[column] + body.carried.get(column, 0)
        out = int(pending * rng.uniform(0.0, 0.06) + 0.5)
        counts["carried_over_in"][column] = body.carried.get(column, 0)
        for row, number in _split(pending - out, shares, rng).items():
            counts[row][column] = number
        counts["total_processed"][column] = pending - out
        counts["carried_over_out"][column] = body.carried[column] = out
    return {
        Key("applications", row, column): Decimal(number)
        for row, numbers in counts.items()
        for column, number in {**numbers, "total": sum(numbers.values())}.items()
    }


def _disputes(values: Values, rng: random.Random) -> Values:
    processed = int(values[Key("applications", "total_processed", "total")])
    shares = {"upheld": 0.55, "corrected": 0.14, "other": 0.2, "pending": 0.11}
    made: Values = {}
    for row, share in (
        ("reconsideration", 0.07),
        ("litigation_direct", 0.015),
        ("litigation_after_reconsideration", 0.02),
    ):
        total = int(processed * share * rng.lognormvariate(0, 0.5))
        parts = _split(total, shares, rng)
        made |= {
            Key("review_litigation", row, column): Decimal(number)
            for column, number in {**parts, "total": total}.items()
        }
    return made


def _disclosure(body: Body, form: str, rng: random.Random) -> Values:
    size = body.requests**0.5

    def random_count(scale: float) -> Decimal:
        return Decimal(int(size * scale * rng.lognormvariate(0, 0.3)))

    def put(row: str, **numbers: Decimal) -> Values:
        return {Key("proactive_disclosure", row, c): number for c, number in numbers.items()}

    made: Values = {}
    for row, scale in (("rules", 0.0), ("normative_documents", 1.2)):
        issued, repealed = random_count(scale), random_count(scale / 2)
        if form == "2021":
            stock = issued + random_count(scale * 6)
            made |= put(row, issued_this_year=issued, repealed_this_year=repealed, in_force=stock)
        else:
            total = issued + random_count(scale * 5)
            made |= put(
                row, made_this_year=issued, disclosed_this_year=issued, disclosed_total=total
            )
    offices: dict[str, float] = {
        "administrative_licensing": 900.0,
        "administrative_penalties": 300.0,
        "administrative_coercion": 12.0,
    }
    if form == "2019":
        offices["other_external_services"] = 200.0
    for row, scale in offices.items():
        made |= put(row, decisions=random_count(scale))
        if form == "2019":
            made |= put(
                row, items_last_year=random_count(6), items_change=random_count(1) - random_count(1)
            )
    if form == "2021":
        fees = Decimal(round(float(random_count(8000)) * rng.random() / 100, 2)).quantize(
            Decimal("0.01")
        )
        return made | put("administrative_fees", fees_collected=fees)
    made |= put("administrative_fees", items_last_year=random_count(2), items_change=Decimal(0))
    return made | put(
        "centralized_procurement",
        procurement_items=random_count(3),
        procurement_amount=random_count(90_000),
    )


def main() -> None:
    """Build a database from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--bodies", type=int, default=3000)
    arguments = parser.parse_args()

    def show_progress(done: int, total: int) -> None:
        if done % 100 == 0 or done == total:
            sys.stderr.write(f"\r{done}/{total}")

    build(arguments.path, arguments.bodies, progress=show_progress)
    sys.stderr.write("\n")


if __name__ == "__main__":
    main()
