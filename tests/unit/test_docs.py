"""Pages are current, and what they tell people to do works."""

from __future__ import annotations

import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongkai.families.folders import built_in_families
from gongkai.serve.questions import ready_queries
from helpers.commands import run
from helpers.docs import DEMO, PAGES, ROOT, SAMPLES, TEN_QUESTIONS, pages

pytestmark = pytest.mark.process

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_COMMENT = re.compile(r" +# .*")
_LINK = re.compile(r"\]\(([^)#]+)\)")
DOCS = ROOT / "docs"
CHINESE = sorted(path.relative_to(DOCS / "zh").as_posix() for path in DOCS.glob("zh/**/*.md"))
# Pages without one of the same name in docs/zh, each with what Chinese readers have instead.
OTHERWISE_IN_CHINESE = {
    "accuracy.md": "accuracy.zh-CN.md",
    "queries.md": "zh/ten-questions.md",
    "problems.md": "both languages on one page",
    "dictionary/": "both languages on one page",
    "reference/python.md": "made of docstrings",
    "architecture.md": "for those who change gongkai",
    "decisions/": "for those who change gongkai",
    "drafting.md": "for those who change gongkai",
}


def test_made_pages_are_current(tmp_path: Path) -> None:
    for path, text in pages(tmp_path):
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make docs"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = {link for link in _LINK.findall(text) if "://" not in link}
    folder = (ROOT / name).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_demo_asks_a_query_of_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    question = makefile.split("define QUESTION\n")[1].split("\nendef")[0].split()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert question in [sql.split() for kind, sql in _BLOCK.findall(readme) if kind == "sql"]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) < 250


@pytest.mark.parametrize("name", TEN_QUESTIONS)
def test_ten_questions_have_answers(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    answers = re.findall(r"<!-- question:(\w+) -->\n(.*?)<!-- /question -->", text, re.DOTALL)
    assert len(answers) == 10 and all(answer.count("\n| ") >= 2 for _, answer in answers)
    asked = {each.name for each in ready_queries(built_in_families()) if each.featured}
    assert {name for name, _ in answers} == asked, "the start page of gongkai serve asks the same"


def test_every_english_page_has_a_chinese_one() -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    english = {name for name in pages if not name.startswith("zh/") and ".zh-CN" not in name}
    excused = {name for name in english for each in OTHERWISE_IN_CHINESE if name.startswith(each)}
    assert english - excused == set(CHINESE)
    assert {each for each in OTHERWISE_IN_CHINESE.values() if each.endswith(".md")} <= pages


@pytest.mark.parametrize("name", [name for name in CHINESE if name != "reference/commands.md"])
def test_a_chinese_page_has_the_commands_of_the_english_one(name: str) -> None:
    english, chinese = DOCS / name, DOCS / "zh" / name
    shown, expected = (
        [
            (kind, _COMMENT.sub("", body))
            for kind, body in _BLOCK.findall(page.read_text(encoding="utf-8"))
        ]
        for page in (chinese, english)
    )
    assert shown == expected
    for page, other, word in ((chinese, english, "English"), (english, chinese, "中文")):
        link = Path(os.path.relpath(other, page.parent)).as_posix()
        assert f"\n[{word}]({link})\n" in page.read_text(encoding="utf-8"), page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages take for granted: a folder of reports, and a file."""
    top = tmp_path_factory.mktemp("readme")
    shutil.copytree(DEMO, top / "reports")
    for samples in ("samples", "my-samples"):
        (top / samples).mkdir()
        for name in SAMPLES:
            shutil.copy(ROOT / "samples" / f"{name}.pdf", top / samples)
    shutil.copytree(DEMO, top / "samples" / "demo")
    shutil.copy(DEMO / "town-2024.pdf", top / "more.pdf")
    return top


def blocks(language: str) -> list[str]:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in PAGES]
    return [body for text in texts for kind, body in _BLOCK.findall(text) if kind == language]


def commands() -> list[str]:
    lines = [line.split("   ")[0] for block in blocks("sh") for line in block.splitlines()]
    return list(dict.fromkeys(line for line in lines if line.startswith("gongkai ")))


def works(folder: Path, command: str) -> None:
    done = run(folder, *shlex.split(command.split(" > ")[0], comments=True)[1:])
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert done.stdout, command


def test_commands_run(folder: Path) -> None:
    here = [command for command in commands() if "://" not in command]
    assert len(here) > 10
    for command in here:
        if command.split()[1] not in ("serve", "review"):  # run until they are ended: see tests/cli
            works(folder, command)


def test_commands_with_other_machines_run(folder: Path, postgres_url: str) -> None:
    """A cluster and a server on this machine, and a store in memory in place of S3."""
    from distributed import LocalCluster
    from fsspec.implementations.memory import MemoryFileSystem

    elsewhere = [command for command in commands() if "://" in command]
    MemoryFileSystem().pipe("/2024/a.pdf", (DEMO / "town-2024.pdf").read_bytes())
    start: Any = LocalCluster  # has no type hints
    with start(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as cluster:
        machines = {
            "s3://bucket/": "memory://",
            "tcp://scheduler:8786": f"{cluster.scheduler_address} --force",
            "postgresql://me@server/reports": postgres_url,
        }
        for name, here in machines.items():
            asked = [command for command in elsewhere if name in command]
            assert asked, name
            for command in asked:
                works(folder, command.replace(name, here))


def test_python_runs(folder: Path) -> None:
    for number, block in enumerate(blocks("python")):
        script = folder / f"block{number}.py"
        script.write_text(block, encoding="utf-8")
        subprocess.run([sys.executable, script.name], cwd=folder, timeout=120, check=True)
