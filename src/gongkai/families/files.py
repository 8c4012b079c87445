"""Reads data files into frozen models that refuse unknown keys."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from platform import python_version
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from gongkai.errors import FamilyError
from gongkai.families.renamed import new_name, new_place
from gongkai.families.toml_lines import toml_line
from gongkai.kept import keep, kept

# Several words in one column of a CSV file, separated by spaces.
WordList = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: v.split() if isinstance(v, str) else v)
]


class DataLine(BaseModel):
    """One line of a CSV file, or one table of a TOML file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_L = TypeVar("_L", bound=DataLine)


def read_lines(path: Path, model: type[_L]) -> Iterator[tuple[int, _L]]:
    """Each line of a CSV file as (line number, model).

    A column whose field has a default may be left out, its cells may be empty, and a line may
    end before it.

    Raises FamilyError, naming file and line, if the header or a line does not fit the model.
    """
    if not path.is_file():
        raise FamilyError(f"{path}: missing")
    with io.StringIO(read_utf8(path), newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        needed = _needed_columns(model)
        _check_header(path, header, model, needed)
        least = max((k for k, name in enumerate(header, 1) if name in needed), default=0)
        for row in reader:
            if not row:  # an empty line
                continue
            where = f"{path}:{reader.line_num}"
            if not least <= len(row) <= len(header):
                raise FamilyError(f"{where}: expected {len(header)} columns")
            try:
                cells = zip(header, row, strict=False)
                values = {name: text for name, text in cells if text or name in needed}
                yield reader.line_num, model.model_validate(values)
            except ValidationError as error:
                problems = error.errors(include_url=False)
                raise FamilyError(f"{where}: {'; '.join(map(_problem, problems))}") from error


def read_optional_lines(path: Path, model: type[_L]) -> Iterator[tuple[int, _L]]:
    """The lines of a CSV file as ``read_lines`` gives them; none if there is no such file."""
    return read_lines(path, model) if path.is_file() else iter(())


def read_all(path: Path, model: type[_L]) -> tuple[_L, ...]:
    """All lines of a CSV file."""
    return tuple(line for _, line in read_lines(path, model))


def _needed_columns(model: type[DataLine]) -> frozenset[str]:
    """The columns whose fields have no default."""
    fields = model.model_fields.items()
    return frozenset(field.alias or name for name, field in fields if field.is_required())


def _check_header(
    path: Path, header: Sequence[str], model: type[DataLine], needed: Collection[str]
) -> None:
    """Raise FamilyError if a CSV file has other columns than its model."""
    known = [field.alias or name for name, field in model.model_fields.items()]
    problems = []
    for column in header:
        if column in known:
            continue
        new = new_name(path.name, column)
        problems.append(
            f"`{column}` is now called `{new}`" if new else f"unknown column `{column}`"
        )
    renamed = {new_name(path.name, column) for column in header}
    problems += [
        f"missing column `{column}`"
        for column in known
        if column in needed and column not in header and column not in renamed
    ]
    if problems:
        raise FamilyError(f"{path}:1: {'; '.join(problems)}; expected: {', '.join(known)}")


def read_toml(path: Path, model: type[_L]) -> _L:
    """Load a TOML file as a model.

    Raises FamilyError, naming file and line, for unknown and missing keys and wrong types.
    """
    if not path.is_file():
        raise FamilyError(f"{path}: missing")
    text = read_utf8(path)
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FamilyError(f"{path}: {error}") from error
    except ValidationError as error:
        problems = _without_renamed(error.errors(include_url=False), path.name)
        by_line = sorted(
            (toml_line(text, each["loc"]), _problem(each, path.name)) for each in problems
        )
        where = f"{path}:{by_line[0][0]}"
        raise FamilyError(f"{where}: {'; '.join(text for _, text in by_line)}") from error


def _without_renamed(problems: Sequence[ErrorDetails], file: str) -> list[ErrorDetails]:
    """The problems, except "missing key" if the file has the key under its old name."""
    written = {
        new_name(file, _dotted(problem["loc"])) for problem in problems if _is_unknown(problem)
    }
    return [
        problem
        for problem in problems
        if problem["type"] != "missing" or _dotted(problem["loc"]) not in written
    ]


def check_patterns(path: Path, patterns: Iterable[str]) -> None:
    """Raise FamilyError, naming file and line, for the first pattern that does not compile.

    Those of all families take 0.1 s, so it is kept that the patterns of a file compile.
    """
    patterns = tuple(patterns)
    name, version = (
        f"{path.parent.name}-{path.name}.checked",
        "\n".join((python_version(), *patterns)),
    )
    if kept(name, version) is not None:
        return
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            line = _line_of(read_utf8(path), pattern)
            raise FamilyError(f"{path}{line}: {error}: {pattern}") from error
    keep(name, version, b"")


def _line_of(text: str, pattern: str) -> str:
    """The line of a quoted pattern in a TOML file, as ":4"; "" if it is written otherwise."""
    for quote in "'\"":
        before, found, _ = text.partition(f"{quote}{pattern}{quote}")
        if found:
            return f":{before.count(chr(10)) + 1}"
    return ""


def position(path: Path, location: Sequence[str | int]) -> str:
    """Path and line of a key of a TOML file, as "pipeline.toml:4"."""
    return f"{path}:{toml_line(read_utf8(path), location)}"


def read_utf8(path: Path) -> str:
    """A data file's text, without the byte order mark that Excel writes."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FamilyError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from error


def _problem(problem: ErrorDetails, file: str = "") -> str:
    """The message for one problem that pydantic found."""
    name = _dotted(problem["loc"])
    if _is_unknown(problem):
        if new := new_name(file, name):
            return f"`{name}` is now called `{new}`"
        if place := new_place(file, name):
            return f"`{name}` now belongs in {place}"
        return f"unknown key `{name}`"
    if problem["type"] == "missing":
        return f"missing key `{name}`"
    return f"{name}: {problem['msg']}"


def _is_unknown(problem: ErrorDetails) -> bool:
    return problem["type"] == "extra_forbidden"


def _dotted(location: Sequence[str | int]) -> str:
    """A key as people write it: history.jump_cells, sections.numero for any of [[sections]]."""
    return ".".join(part for part in location if isinstance(part, str))
