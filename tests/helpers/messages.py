"""The texts that gongkai shows to people, found in its source and in its commands.

``python -m helpers.messages`` brings ``messages.zh.json`` in line with them: it adds what is
missing with an empty translation, and drops what is no longer used.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from gongkai import errors
from gongkai.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "gongkai"
CATALOGUE = SOURCE / "messages.zh.json"
TRANSLATORS = ("tr", "tr_noop")
_PLAIN = "\b"  # begins a paragraph of a help text that is not folded: only its heading is a text
_CHINESE = re.compile("[\u4e00-\u9fff]")
_TWO_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}")
_WORD = re.compile(r"(?!gongkai\b)\b[A-Za-z]{2,}|[\u4e00-\u9fff]")
_STYLE = re.compile(r"(bold|dim)( \w+)?")  # of rich
_ERRORS = {name for name, each in inspect.getmembers(errors, inspect.isclass)}
_SPEAKERS = ("say", "fail", "print_safely")


def commands() -> Iterator[tuple[str, Any]]:
    """Every command and group with its full name."""
    waiting: list[tuple[str, Any]] = [("gongkai", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        waiting += [(f"{name} {k}", v) for k, v in getattr(command, "commands", {}).items()]


_IN_TEMPLATE = re.compile(r'\btr\("([^"]+)"')


def help_texts() -> dict[str, str]:
    """The texts of help pages, each with where it stands."""
    found: dict[str, str] = {}
    for name, command in commands():
        for paragraph in (command.help or "").strip("\n").split("\n\n"):
            lines = [line.strip() for line in paragraph.strip("\n").split("\n")]
            text = lines[1] if lines[0] == _PLAIN else " ".join(lines)
            if text:
                found.setdefault(text, f"the help of `{name}`")
        for parameter in command.params:
            if parameter.help:
                found.setdefault(parameter.help, f"{parameter.opts[0]} of `{name}`")
            if parameter.metavar:
                found.setdefault(parameter.metavar, f"{parameter.opts[0]} of `{name}`")
    return found


def marked_texts() -> dict[str, str]:
    """The texts in calls of ``tr`` and ``tr_noop``, each with where it stands."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in TRANSLATORS and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.setdefault(text.value, f"{_place(path)}:{node.lineno}")
    for path in sorted(SOURCE.rglob("templates/*.html")):
        for text in _IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            found.setdefault(text, _place(path))
    return found


def all_texts() -> dict[str, str]:
    """Every text that needs a translation, with where it stands."""
    return help_texts() | marked_texts()


def unmarked_texts(path: Path) -> Iterator[str]:
    """Texts of a module for people that no ``tr`` translates, as ``line: text``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    excused = {id(part) for node in ast.walk(tree) for part in _excused(node)}
    for node in ast.walk(tree):
        if id(node) in excused:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _is_prose(node.value):
                yield f"{node.lineno}: {node.value!r}"
        elif isinstance(node, ast.JoinedStr):
            literal = "".join(
                part.value
                for part in node.values
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            if _WORD.search(literal):
                yield f"{node.lineno}: {literal!r}"
        elif isinstance(node, ast.Call) and _name(node.func) in _SPEAKERS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and _WORD.search(str(argument.value)):
                    yield f"{node.lineno}: {argument.value!r}"


def untranslated_errors(layer: str) -> Iterator[str]:
    """Errors of ``gongkai.errors`` whose message is in one language only, as ``place: text``."""
    for path in sorted((SOURCE / layer).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in _ERRORS and node.args:
                excused = {
                    id(part)
                    for call in ast.walk(node.args[0])
                    if isinstance(call, ast.Call)
                    for part in ast.walk(call)
                }
                for part in ast.walk(node.args[0]):
                    if id(part) in excused or not isinstance(part, ast.Constant):
                        continue
                    if isinstance(part.value, str) and _WORD.search(part.value):
                        yield f"{_place(path)}:{node.lineno}: {part.value!r}"


def duplicate_keys() -> list[str]:
    """English texts that stand twice in the catalogue."""
    keys = Counter(
        key
        for pairs in [json.loads(CATALOGUE.read_text(encoding="utf-8"), object_pairs_hook=list)]
        for key, _ in pairs
    )
    return [key for key, count in keys.items() if count > 1]


def _excused(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node that are no messages: docstrings, translated texts, help texts."""
    if isinstance(node, ast.Call):
        if _name(node.func) in TRANSLATORS and node.args:
            yield from ast.walk(node.args[0])
        if _name(node.func) in ("Option", "Argument", "Typer"):  # walked as help texts
            yield from (part for word in node.keywords for part in ast.walk(word.value))
    elif isinstance(node, ast.JoinedStr):  # looked at as a whole
        yield from node.values
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield first.value


def _is_prose(text: str) -> bool:
    if _STYLE.fullmatch(text):
        return False
    return bool(_CHINESE.search(text) or _TWO_WORDS.search(text))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main() -> None:
    """Add what is missing in the catalogue, and drop what is not used."""
    known = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    texts = {text: known.get(text, "") for text in sorted(all_texts())}
    CATALOGUE.write_text(json.dumps(texts, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    missing = [text for text, chinese in texts.items() if not chinese]
    sys.stdout.write(f"{len(missing)} to translate in {_place(CATALOGUE)}\n")


if __name__ == "__main__":
    main()
