"""Reads data files: each line through a frozen model that refuses unknown keys."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from gongkai.errors import FamilyError

# Several words in one column of a CSV file, separated by spaces.
Words = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: v.split() if isinstance(v, str) else v)
]


class DataLine(BaseModel):
    """One line of a CSV file, or one table of a TOML file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_L = TypeVar("_L", bound=DataLine)


def read_lines(path: Path, model: type[_L]) -> Iterator[tuple[int, _L]]:
    """Each line of a CSV file as (line number, model)."""
    if not path.is_file():
        raise FamilyError(f"{path}: missing")
    with io.StringIO(read_utf8(path), newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            where = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise FamilyError(f"{where}: expected {len(reader.fieldnames or ())} columns")
            try:
                yield reader.line_num, model.model_validate(row)
            except ValidationError as error:
                raise FamilyError(f"{where}: {_in_one_line(error)}") from error


def read_toml(path: Path, model: type[_L]) -> _L:
    """A TOML file as its model."""
    if not path.is_file():
        raise FamilyError(f"{path}: missing")
    try:
        return model.model_validate(tomllib.loads(read_utf8(path)))
    except tomllib.TOMLDecodeError as error:
        raise FamilyError(f"{path}: {error}") from error
    except ValidationError as error:
        raise FamilyError(f"{path}: {_in_one_line(error)}") from error


def read_utf8(path: Path) -> str:
    """A data file's text, without the byte order mark that Excel writes."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FamilyError(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from error


def _in_one_line(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)
    )
