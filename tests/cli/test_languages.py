"""Every command speaks one language: Chinese or English."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from helpers import commands
from helpers.messages import commands as all_commands

CHINESE = re.compile("[\u4e00-\u9fff]")
NAMES = [name.split()[1:] for name, _ in all_commands()]
EXAMPLE = re.compile(r"^ +gongkai .*$", re.MULTILINE)  # Chinese arguments, in both languages
COLUMNS_OF_SHEET = re.compile("核定|印的是|理由|【…】")  # as they are named in the file


@pytest.mark.parametrize("words", NAMES, ids=" ".join)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_is_in_one_language(tmp_path: Path, words: list[str], language: str) -> None:
    page = commands.run(tmp_path, *words, "--help", "--lang", language).stdout
    prose = COLUMNS_OF_SHEET.sub("", EXAMPLE.sub("", page))
    if language == "en":
        assert page.startswith("Usage: ") and not CHINESE.search(prose)
    else:
        assert page.startswith("用法：")
        assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", prose.partition("\n")[2])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["query"], "错误：缺少参数 'SQL'。"),
        (["qury"], "错误：没有命令 'qury'。是不是 'query'？"),
        (["export", "--tp"], "错误：没有选项 --tp（相近的有 --help, --to）"),
        (["export"], "错误：缺少选项 '--to'。"),
        (["query", "a", "b"], "错误：多余的参数：b"),
        (["query", "--timeout"], "错误：选项 '--timeout' 需要一个值。"),
        (["query", "a", "--timeout", "x"], "错误：'--timeout' 的值不对：应为数字"),
        (["query", "a", "--max-rows", "0"], "错误：'--max-rows' 的值不对：不得小于 1"),
        (["ingest", "--force=1", "a"], "错误：选项 '--force' 不带值。"),
        (["ingest", "--ocr", "x", "a"], "错误：'--ocr' 的值不对：'x' 不在可选值之内"),
    ],
)
def test_wrong_use_is_explained_in_chinese(tmp_path: Path, words: list[str], message: str) -> None:
    done = commands.run(tmp_path, "--lang", "zh", *words)
    assert done.returncode == 2 and message in done.stderr, done.stderr
    assert "Error" not in done.stderr and "Usage" not in done.stderr


def test_the_environment_chooses_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = partial(commands.run, tmp_path, "show", "1")
    monkeypatch.setenv("GONGKAI_LANG", "zh")
    assert run().stderr.startswith("gongkai：")
    assert run("--lang", "en").stderr.startswith("gongkai: ")
    monkeypatch.setenv("GONGKAI_LANG", "fr")
    assert run().stderr == "gongkai: GONGKAI_LANG is fr: set it to zh or en\n"
