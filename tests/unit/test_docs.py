"""Pages are current, and what they tell people to do works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.families.folders import built_in_families
from gongkai.serve.questions import ready_queries
from helpers.commands import run
from helpers.docs import DEMO, PAGES, ROOT, SAMPLES, TEN_QUESTIONS, pages

pytestmark = pytest.mark.process

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+)\)")


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


def test_ten_questions_have_answers() -> None:
    text = (ROOT / TEN_QUESTIONS).read_text(encoding="utf-8")
    answers = re.findall(r"<!-- question:(\w+) -->\n(.*?)<!-- /question -->", text, re.DOTALL)
    assert len(answers) == 10 and all(answer.count("\n| ") >= 2 for _, answer in answers)
    asked = {each.name for each in ready_queries(built_in_families()) if each.featured}
    assert {name for name, _ in answers} == asked, "the start page of gongkai serve asks the same"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages take for granted: a folder of reports, and a file."""
    top = tmp_path_factory.mktemp("readme")
    shutil.copytree(DEMO, top / "reports")
    (top / "samples").mkdir()
    for name in SAMPLES:
        shutil.copy(ROOT / "samples" / f"{name}.pdf", top / "samples")
    shutil.copy(ROOT / "samples" / f"{SAMPLES[0]}.pdf", top / "more.pdf")
    return top


def blocks(language: str) -> list[str]:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in PAGES]
    return [body for text in texts for kind, body in _BLOCK.findall(text) if kind == language]


def test_commands_run(folder: Path) -> None:
    lines = [line.split("   ")[0] for block in blocks("sh") for line in block.splitlines()]
    commands = list(dict.fromkeys(line for line in lines if line.startswith("gongkai ")))
    assert len(commands) > 10
    for command in commands:
        words = shlex.split(command.split(" > ")[0], comments=True)[1:]
        if words[0] in ("serve", "review"):
            continue  # runs until it is ended: see tests/cli
        done = run(folder, *words)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout, command


def test_python_runs(folder: Path) -> None:
    for number, block in enumerate(blocks("python")):
        script = folder / f"block{number}.py"
        script.write_text(block, encoding="utf-8")
        subprocess.run([sys.executable, script.name], cwd=folder, timeout=120, check=True)
