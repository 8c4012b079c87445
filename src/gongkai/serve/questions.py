"""Ready questions: prepared queries with titles, as data of this package and of the families."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

import msgspec

from gongkai.families.folders import pipelines_folder
from gongkai.language import current_language, tr, tr_noop

_FILE = "queries.toml"
_PARAMETER = re.compile(r"(?<!:):(\w+)")
_PARAMETER_NAMES = {
    "agency": tr_noop("body"),
    "metric_id": tr_noop("metric"),
    "year": tr_noop("year"),
}


class ReadyQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prepared query with its titles. ``:name`` in it is a parameter."""

    name: str
    title_en: str
    title_zh: str
    columns_zh: str  # the Chinese names of the columns of the answer, in their order
    sql: str
    family: str = ""  # whose reports it asks about; "" for reports of any family
    featured: bool = False  # one of the questions on the start page
    example: Mapping[str, str] = {}  # a value of each parameter, for the documentation

    @property
    def title(self) -> str:
        """The title in the current language."""
        return self.title_zh if current_language() == "zh" else self.title_en

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters in their order."""
        return tuple(dict.fromkeys(_PARAMETER.findall(self.sql)))

    @property
    def sql_in_language(self) -> str:
        """The query; in Chinese its columns and parameters have Chinese names."""
        if current_language() != "zh":
            return self.sql
        columns = ", ".join(f'"{name}"' for name in self.columns_zh.split())
        asked = _PARAMETER.sub(lambda match: f":{parameter_name(match[1])}", self.sql)
        return f"WITH answer ({columns}) AS (\n{asked})\nSELECT * FROM answer"

    @property
    def example_sql(self) -> str:
        """The query with the example's values in place of the parameters."""
        return _PARAMETER.sub(lambda match: f"'{self.example[match[1]]}'", self.sql)


def parameter_name(name: str) -> str:
    """What a parameter is called in the current language."""
    return tr(_PARAMETER_NAMES.get(name, name)) if current_language() == "zh" else name


def ready_queries(families: Iterable[str]) -> tuple[ReadyQuery, ...]:
    """The prepared queries for a database with reports of the given families.

    A family that is not built in has none.
    """
    return tuple(_read("", files("gongkai.serve").joinpath(_FILE).read_text(encoding="utf-8"))) + (
        tuple(query for name in families for query in _of_family(name))
    )


def _of_family(name: str) -> Iterator[ReadyQuery]:
    file = pipelines_folder().joinpath(name, _FILE)
    if file.is_file():
        yield from _read(name, file.read_text(encoding="utf-8"))


def _read(family: str, text: str) -> Iterator[ReadyQuery]:
    for line in tomllib.loads(text)["query"]:
        yield msgspec.convert(line | {"sql": line["sql"].strip(), "family": family}, ReadyQuery)
