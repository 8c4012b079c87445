"""Pages made from the program: DICTIONARY.md, docs/problems.md, docs/architecture.svg, and
queries with their answers.

``make docs`` writes them; a test compares. Each query is between
``<!-- query:NAME -->`` and ``<!-- /query -->``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from gongkai.cli.app import app
from gongkai.cli.formats import RowFormat, Target, write_rows
from gongkai.cli.help_text import in_users_language
from gongkai.database.dictionary_page import codes_page, dictionary_page
from gongkai.families.folders import BUILT_IN, built_in_families
from gongkai.families.load import load_family
from gongkai.ingestion.batch import ingest
from gongkai.language import Language, in_language
from gongkai.problems import catalogue
from gongkai.queries.sql import query
from gongkai.render.stored_texts import in_reader_language
from gongkai.serve.questions import ReadyQuery, ready_queries
from helpers.architecture import picture

ROOT = Path(__file__).resolve().parents[2]
TEN_QUESTIONS: dict[str, Language] = {
    "docs/ten-questions.md": "en",
    "docs/zh/ten-questions.md": "zh",
}
WITH_QUERIES: dict[str, Language] = {
    "README.md": "en",
    "README.zh-CN.md": "zh",
    "docs/queries.md": "en",
}
# every page for users, with the commands and scripts that tests run
PAGES = (
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    *(f"docs/{path.relative_to(ROOT / 'docs')}" for path in sorted((ROOT / "docs").rglob("*.md"))),
)
DEMO = ROOT / "samples" / "demo"
SAMPLES = ("chengjiang-district-2023", "hexi-county-education-2022", "wuzhong-public-security-2019")
_PROBLEMS_HEAD = """# Problems

Everything that gongkai reports about files and reports, apart from failed checks. `make docs`
writes this page from `src/gongkai/problems.toml`. Words in braces are filled in.

- **info**: nothing is lost.
- **warning**: something is missing or was replaced.
- **error**: the file is not in the database.
"""
_SCOPES = {
    "report": "Problems of a report (table `problems`, column `code`)",
    "file": "Reasons why a file is not loaded (table `files`, column `reason`)",
}
COMMAND_PAGES: dict[str, Language] = {
    "docs/reference/commands.md": "en",
    "docs/zh/reference/commands.md": "zh",
}
_COMMANDS_HEADS: dict[Language, str] = {
    "en": """# Every command

[中文](../zh/reference/commands.md)

`make docs` writes this page from the program. [Commands](../commands.md) shows how to use them.
""",
    "zh": """# 命令大全

[English](../../reference/commands.md)

本页由 `make docs` 从程序写出。怎样使用见[命令](../commands.md)。
""",
}
_TERMINAL = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
_BLOCK = re.compile(r"(<!-- query:(\w+) -->\n).*?(<!-- /query -->)", re.DOTALL)
_QUESTION = re.compile(r"(<!-- question:(\w+) -->\n).*?(<!-- /question -->)", re.DOTALL)


def pages(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every made page with what it should say; ``folder`` takes a database."""
    yield ROOT / "DICTIONARY.md", dictionary_page(load_family())
    for name in built_in_families():
        if name != BUILT_IN:
            page = ROOT / "docs" / "dictionary" / f"{name}.md"
            yield page, dictionary_page(load_family(name))
    yield ROOT / "docs" / "dictionary" / "codes.md", codes_page()
    yield ROOT / "docs" / "problems.md", problems_page()
    for name, language in COMMAND_PAGES.items():
        yield ROOT / name, commands_page(language)
    yield ROOT / "docs" / "architecture.svg", picture()
    db = folder / "readme.db"
    ingest([DEMO], db, workers=0, ocr="never")
    ready = {each.name: each for each in ready_queries(built_in_families())}
    for name, language in WITH_QUERIES.items():
        path = ROOT / name
        text = path.read_text(encoding="utf-8")

        def block(match: re.Match[str], language: Language = language) -> str:
            return match[1] + _answered(ready[match[2]], db, language) + match[3]

        yield path, _BLOCK.sub(block, text)
    for name, language in TEN_QUESTIONS.items():
        questions = (ROOT / name).read_text(encoding="utf-8")
        with in_language(language):
            answered = _QUESTION.sub(lambda m: f"{m[1]}{_in_sql(ready[m[2]], db)}{m[3]}", questions)
        yield ROOT / name, answered


def commands_page(language: Language) -> str:
    """The help of every command, as the program prints it."""
    parts = [_COMMANDS_HEADS[language]]
    command = in_users_language(app)
    for words in _commands(command, ()):
        out = io.StringIO()
        with (
            in_language(language),
            mock.patch.dict(os.environ, _TERMINAL),
            contextlib.redirect_stdout(out),
        ):
            command.main([*words, "--help"], prog_name="gongkai", standalone_mode=False)
        text = "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())
        parts.append(f"## {' '.join(('gongkai', *words))}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words of each command and group, in the order of the help."""
    yield words
    for name, each in getattr(command, "commands", {}).items():
        yield from _commands(each, (*words, name))


def problems_page() -> str:
    """The catalogue of problems, in both languages."""
    parts = [_PROBLEMS_HEAD]
    for scope, heading in _SCOPES.items():
        parts.append(f"## {heading}\n")
        for code, kind in catalogue().items():
            if kind.scope == scope:
                parts.append(
                    f"### `{code}` ({kind.severity})\n\n"
                    f"**{kind.title_en}.** {kind.message_en}. {kind.advice_en}\n\n"
                    f"**{kind.title_zh}。** {kind.message_zh}。{kind.advice_zh}。\n"
                )
    return "\n".join(parts)


def _answered(asked: ReadyQuery, db: Path, language: Language) -> str:
    """A question in SQL and its answer, as Markdown."""
    title = asked.title_zh if language == "zh" else asked.title_en
    with in_language(language):
        return f"**{title}**\n\n{_in_sql(asked, db)}"


def _in_sql(asked: ReadyQuery, db: Path) -> str:
    """The SQL of a question, with the example's parameters, and its answer."""
    return f"```sql\n{asked.example_sql}\n```\n\n{_answer(asked.example_sql, db)}"


def _answer(sql: str, db: Path) -> str:
    out = io.StringIO()
    with query(db, sql) as result, contextlib.redirect_stdout(out):
        rows = in_reader_language(result.columns, result.rows)
        write_rows(result.columns, rows, Target(RowFormat.MD))
    return f"{out.getvalue()}\n"


def main() -> None:
    """Write what is not current."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in pages(Path(folder)):
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
