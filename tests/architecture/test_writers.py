"""Files for people are written whole or not at all: by whole_files, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from helpers.registry import ROOT

SOURCE = ROOT / "src" / "gongkai"

# Functions and methods that make, change or move a file.
WRITERS = {
    "write_text", "write_bytes", "touch", "rename", "mkstemp", "mkdtemp", "NamedTemporaryFile",
    "TemporaryFile", "SpooledTemporaryFile", "TemporaryDirectory", "copy", "copy2", "copyfile",
    "copytree", "copymode", "move", "rmtree", "truncate", "fdopen", "FileHandler", "Workbook",
    "write_dataset", "write_table", "to_csv", "to_excel", "to_parquet", "savefig", "imwrite",
    "get_file", "symlink_to", "hardlink_to", "unlink",
}  # fmt: skip
MODES = set("wax+")  # of open()

# Every module that calls one of them.
ALLOWED = {
    "whole_files.py": {
        "copymode",
        "mkdtemp",
        "open",
        "rmtree",
        "truncate",
    },  # the only one that chooses the place
    # Into a path that whole_files gives:
    "cli/decision_files.py": {"open"},
    "cli/formats.py": {"open"},
    "cli/proof.py": {"write_bytes"},
    "cli/report.py": {"write_bytes"},
    "drafting/folder.py": {"write_text"},
    "export/__init__.py": {"unlink"},  # parts that a later export replaced
    "export/csv_files.py": {"open"},
    "export/codebook.py": {"write_text"},
    "export/package.py": {"open", "write_text"},
    "export/parquet_files.py": {"write_table"},
    "export/workbook.py": {"Workbook"},
    "kept.py": {"write_bytes"},
    # Into a temporary folder of a run:
    "ingestion/cluster.py": {"TemporaryDirectory", "write_bytes"},
    "ingestion/process.py": {"TemporaryDirectory"},
    "ingestion/remote.py": {"TemporaryDirectory", "get_file", "unlink"},
    # Not a file for people:
    "extractors/pdf/camelot_reader.py": {"imwrite"},  # in camelot's temporary folder
    "cli/logs.py": {"FileHandler"},  # grows by lines
    "ingestion/limits.py": {"open"},  # the null device
}


def test_files_are_written_in_one_way_only() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        calls = set(_writing_calls(ast.parse(path.read_text(encoding="utf-8"))))
        if calls:
            found[path.relative_to(SOURCE).as_posix()] = calls
    assert found == ALLOWED


def _writing_calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in WRITERS and not _is_shallow_copy(node):
            yield name
        if name == "open" and any(map(_is_mode, [*node.args, *(k.value for k in node.keywords)])):
            yield name


def _is_shallow_copy(call: ast.Call) -> bool:
    """``values.copy()`` copies no file."""
    return getattr(call.func, "attr", "") == "copy" and not call.args


def _is_mode(argument: ast.expr) -> bool:
    """Whether an argument of ``open`` is a mode that writes."""
    value = argument.value if isinstance(argument, ast.Constant) else None
    return isinstance(value, str) and bool(MODES & {*value}) and {*value} <= MODES | set("rbt")
