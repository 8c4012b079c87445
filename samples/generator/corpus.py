"""The corpus: test cases alone and combined, made from a fixed seed.

The core corpus packs all cases into few small files.  The full corpus prints each case alone in
each of its engines, and adds files that combine cases.
"""

from __future__ import annotations

import random
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from . import bodies, browser, content, drawn, office, postprocess, truth
from .cases import CASES, Case, Job
from .cases.registry import Step
from .drawer import A4
from .model import Document
from .style import Style

ENGINES = ("drawn", "browser", "office")


@dataclass(frozen=True)
class Task:
    """One file to make."""

    name: str
    engine: str
    cases: tuple[Case, ...]
    seed: int
    brief: bool  # little prose and few fonts, for a small file


# Fonts of small files; the repetitions favour fonts whose subsets are small.
SMALL_FONTS = ("micro", "micro", "micro", "hei", "hei", "song", "uming")


def random_style(rng: random.Random, brief: bool) -> Style:
    """Draw fonts, sizes and margins for one file; small files use few fonts."""
    body = rng.choice(SMALL_FONTS if brief else ("song", "kai", "uming", "ukai"))
    table = body if brief else rng.choice(("song", "uming", "micro", "hei"))
    style = Style(
        body_font=body,
        table_font=table,
        title_font=body if brief else rng.choice(("uming", "hei", "song")),
        heading_font=body if brief else "hei",
        latin_font=rng.choice(("serif", "serif", "sans")),
        table_size=rng.choice((9.0, 9.5, 10.0, 10.5)),
        value_size=rng.choice((0.0, 0.0, 11.0, 12.0)),
        leading=rng.choice((26.0, 27.0, 28.0, 29.0)),
        row_height=rng.choice((17.0, 19.0, 21.0, 23.0)),
        rule_width=rng.choice((0.4, 0.5, 0.6, 0.75)),
        margins=(
            rng.uniform(70, 88),
            rng.uniform(74, 96),
            rng.uniform(68, 84),
            rng.uniform(74, 90),
        ),
        page_number=rng.choice(("- {n} -", "— {n} —", "{n}")),
        number_side=rng.choice(("center", "outer")),
    )
    if brief:
        style.body_size = 15.0
        style.leading = 25.0
    return style


def _vary_column_widths(job: Job) -> None:
    """Vary the column widths of the table in section 三; its longest number still fits."""
    style, table = job.style, job.table("applications")
    size = style.value_size or style.table_size
    longest = max(len(cell.text) for cell in table.cells if cell.role == "value")
    number = max(job.rng.uniform(30, 36), longest * size * 0.56 + 2 * style.pad + 2)
    group, sub = job.rng.uniform(26, 40), job.rng.uniform(42, 58)
    service = job.rng.uniform(0, 10)
    text_width = A4[0] - style.margins[0] - style.margins[2]
    leaf = max(84.0, text_width - group - sub - 7 * number - service)
    table.widths = [group, sub, leaf, *[number] * 4, number + service, number, number]


def build(task: Task) -> Job:
    """Build the report of a file, before an engine prints it."""
    rng = random.Random(task.seed)
    body = bodies.make(rng)
    year = rng.choice((2021, 2022, 2023, 2024)) if rng.random() < 0.75 else rng.choice((2019, 2020))
    scale = {"town": "few", "city": "city"}.get(body.level, rng.choice(("few", "town", "county")))
    plan = content.Plan(body, year, "2019" if year < 2021 else "2021", scale, brief=task.brief)
    if any(case.slots & {"form"} for case in task.cases) and plan.form == "2019":
        plan.form, plan.year = "2021", 2022
    job = Job(task.engine, rng, plan, random_style(rng, task.brief))
    _run_changes(task, "change_plan", job)
    content.fill_numbers(plan, rng)
    _run_changes(task, "change_cells", job)
    job.report = content.build_report(plan, rng)
    if "applications" not in plan.missing:
        _vary_column_widths(job)
    _run_changes(task, "change_report", job)
    job.document = Document([job.report])
    _run_changes(task, "change_document", job)
    return job


def _run_changes(task: Task, step: Step, job: Job) -> None:
    for case in task.cases:
        case.run(step, job)


def print_file(task: Task, job: Job, out: Path, docx: Path) -> Path:
    """Print one file and write its expected results.

    Files of the engine ``office`` are only written to the folder ``docx``; ``convert_all`` converts
    them later, all at once.
    """
    path = out / f"{task.name}.pdf"
    document = job.document
    assert document is not None
    names = [case.name for case in task.cases]
    title = "" if job.rng.random() < 0.4 else "政府信息公开工作年度报告"
    if task.engine == "drawn":
        positions = drawn.render(document, job.style, path, title)
        truth.write(path, "drawn", names, document, positions)
        return path
    if task.engine == "browser":
        browser.render(document, job.style, path, title, tagged=not task.brief)
        post_process(path, job.after_print)
    else:
        office.write(document, job.style, docx / f"{task.name}.docx", title)
        (docx / f"{task.name}.after").write_text("\n".join(job.after_print), encoding="utf-8")
    truth.write(path, task.engine, names, document)
    return path


def post_process(path: Path, steps: list[str]) -> None:
    """Make the bytes of a file reproducible and apply the changes that its cases ask for."""
    postprocess.make_reproducible(path)
    for step in steps:
        if step == "encrypt":
            postprocess.set_owner_password(path)
        elif step.startswith("rotate:"):
            postprocess.rotate_pages(path, int(step.removeprefix("rotate:")))


def convert_all(docx: Path, out: Path) -> None:
    """Convert the Word files of a folder; LibreOffice starts once for all of them."""
    sources = sorted(docx.glob("*.docx"))
    if sources:
        office.convert(sources, out)
    for source in sources:
        steps = source.with_suffix(".after").read_text(encoding="utf-8").split()
        post_process(out / source.with_suffix(".pdf").name, steps)


def seed_of(seed: int, name: str) -> int:
    return zlib.crc32(f"{seed}:{name}".encode())


def _combination(rng: random.Random, engine: str, count: int) -> tuple[Case, ...]:
    """Draw up to ``count`` cases that can be combined in one report."""
    pool = [case for case in CASES.values() if engine in case.engines]
    rng.shuffle(pool)
    chosen: list[Case] = []
    used_slots: set[str] = set()
    for case in pool:
        if len(chosen) < count and not case.slots & used_slots:
            chosen.append(case)
            used_slots |= case.slots
    return tuple(sorted(chosen, key=lambda c: list(CASES).index(c.name)))


# Cases that share no file of the core corpus, so that their expected result stays their own.
UNCOMBINED = (
    "to-unicode-missing",
    "to-unicode-wrong",
    "rows-swapped",
    "rows-swapped-renumbered",
    "rows-swapped-apart",
    "two-numbers",
    "rules-none",
    "rules-white",
    "rules-horizontal",
    "missing-applications",
    "missing-review",
    "missing-disclosure",
    "blank-all",
    "font-outside",
)


def _core_files(seed: int) -> list[tuple[str, tuple[Case, ...]]]:
    """Return engine and cases of each core file; at most three cases share a file."""
    order = list(CASES)
    bins: list[tuple[set[str], list[Case]]] = []
    rng = random.Random(seed_of(seed, "core"))
    shuffled = sorted(CASES.values(), key=lambda c: (-len(c.slots), len(c.engines), rng.random()))
    for case in shuffled:
        for engines, members in bins:
            used_slots = {slot for m in members for slot in m.slots}
            groups = {m.group for m in members}
            if (
                len(members) < 3
                and not {m.name for m in (*members, case)} & set(UNCOMBINED)
                and not used_slots & case.slots
                and case.group not in groups
                and engines & set(case.engines)
            ):
                engines &= set(case.engines)
                members.append(case)
                break
        else:
            bins.append((set(case.engines), [case]))
    out = []
    for index, (engines, members) in enumerate(bins):
        available = [engine for engine in ENGINES if engine in engines]
        members.sort(key=lambda c: order.index(c.name))
        out.append((available[index % len(available)], tuple(members)))
    return out


def tasks(seed: int, core: bool) -> list[Task]:
    """List the files of the full corpus or of the core corpus."""
    out: list[Task] = []
    if core:
        for engine, cases in _core_files(seed):
            name = "+".join(case.name for case in cases) + f"-{engine}"
            out.append(Task(name, engine, cases, seed_of(seed, name), True))
        return out
    for case in CASES.values():
        engines = [engine for engine in ENGINES if engine in case.engines]
        if len(engines) == 1:
            engines *= 2
        for index, engine in enumerate(engines):
            number = f"-{index + 1}" if len(case.engines) == 1 else ""
            name = f"{case.name}-{engine}{number}"
            out.append(Task(name, engine, (case,), seed_of(seed, name), False))
    for index in range(36):
        engine = ENGINES[index % 3]
        name = f"together-{index + 1:02d}-{engine}"
        rng = random.Random(seed_of(seed, name))
        cases = _combination(rng, engine, rng.randint(3, 5))
        out.append(Task(name, engine, cases, seed_of(seed, name), False))
    return out


def make_all(out: Path, seed: int, core: bool, only: str = "") -> list[Path]:
    """Make the corpus and return its files."""
    made: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="generator-") as folder:
        docx = Path(folder)
        for task in tasks(seed, core):
            if only in task.name:
                made.append(print_file(task, build(task), out, docx))
        convert_all(docx, out)
    return made
