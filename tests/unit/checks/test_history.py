"""A report compared with the report of the year before."""

from __future__ import annotations

from decimal import Decimal

from gongkai.checks.history import HistoryChecks, YearlyReport, repeated_share
from gongkai.families.family import Family
from gongkai.model import Key


def key(name: str) -> Key:
    return Key(*name.split("."))


def book(year: int, cells: dict[str, int], text: str = "") -> YearlyReport:
    numbers = {key(name): Decimal(value) for name, value in cells.items()}
    return YearlyReport(year, year, numbers, {"一": text})


def test_carried_over_requests(family: Family) -> None:
    before = book(2022, {"applications.carried_over_out.total": 121})
    for carried, status in ((121, "pass"), (120, "fail")):
        after = book(2023, {"applications.carried_over_in.total": carried})
        [check] = HistoryChecks(family).compare(before, after)
        assert check.check_id == "applications.carry_over.total"
        assert (check.status, check.severity) == (status, "usually")
        assert "2022年" in check.message


def test_stock_and_flow(family: Family) -> None:
    name = "proactive_disclosure.normative_documents."
    before = book(2023, {f"{name}in_force": 597})
    cells = {
        f"{name}in_force": 420,
        f"{name}issued_this_year": 50,
        f"{name}repealed_this_year": 227,
    }
    checks = {c.check_id: c for c in HistoryChecks(family).compare(before, book(2024, cells))}
    assert checks["proactive_disclosure.stock_and_flow.normative_documents"].status == "pass"


def test_a_sudden_jump(family: Family) -> None:
    name = "applications.received_new.total"
    checks = list(HistoryChecks(family).compare(book(2022, {name: 10}), book(2023, {name: 800})))
    assert [(c.check_id, c.status) for c in checks] == [("applications.jump.received_new", "fail")]
    calm = list(HistoryChecks(family).compare(book(2022, {name: 1}), book(2023, {name: 9})))
    assert calm[0].status == "pass"


def test_the_share_of_repeated_text(family: Family) -> None:
    text = "坚持以公开为常态、不公开为例外，围绕中心工作主动回应社会关切，不断提升透明度。"
    other = "聚焦群众急难愁盼，创新举措抓落实，推动数字政府建设迈上新台阶，服务质效持续增强。"
    assert repeated_share(text, text, 8) == 1
    assert repeated_share(text, other, 8) == 0
    assert repeated_share(text, text + other, 8) == Decimal("0.49")
    assert repeated_share("短", text, 8) is None
    [check] = HistoryChecks(family).compare(book(2022, {}, text), book(2023, {}, text))
    assert (check.check_id, check.status) == ("narrative.repeated_text.一", "fail")
