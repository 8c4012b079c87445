"""A folder that does not hold together stops a run at its start; the message has file and line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.conflicts import refuse_conflicts, refuse_unknown_cells
from gongkai.families.files import check_patterns
from gongkai.families.load import load_family
from helpers.families import TREES

CODES = "code,name_zh,name_en,parent\n201,一般公共服务,General,\n20106,财政事务,Finance,201\n"
TABLES = "table_id,title_zh,section,layout,corner_zh,rows\n"
FIELDS = TREES["fields.csv"].splitlines()[0] + "\n"
CODED = {
    "codes-kinds.csv": CODES,
    "tables.csv": TABLES + "trees,古树名木普查情况表,,rows_and_columns,类别,kinds\n",
    "fields.csv": FIELDS
    + "trees,total,number,2010,合计,现存株数,株,,count\ntrees,*,number,2010,*,现存株数,株,,count\n",
    "identities.csv": TREES["identities.csv"].splitlines()[0] + "\n",
}
ACROSS = "check,other_family,other_cell,other_label_zh,meaning_zh,terms\n"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in {**TREES, **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def added(name: str, line: str) -> dict[str, str]:
    """A file of the minimal family with one more line."""
    return {name: TREES[name] + line + "\n"}


CASES: list[tuple[str, dict[str, str], str]] = [
    (
        "missing key",
        {"pipeline.toml": TREES["pipeline.toml"].replace("years =", "# years =")},
        "pipeline.toml:1: missing key `years`",
    ),
    (
        "unknown key",
        {"pipeline.toml": TREES["pipeline.toml"].replace("years =", "yaers = 1\nyears =")},
        "pipeline.toml:5: unknown key `yaers`",
    ),
    (
        "wrong pattern",
        {
            "pipeline.toml": TREES["pipeline.toml"].replace(
                "author_patterns = []", "author_patterns = ['(公开']"
            )
        },
        "pipeline.toml:19: missing ), unterminated subpattern",
    ),
    (
        "missing column",
        {"tables.csv": "table_id,title_zh,layout,corner_zh\n"},
        "tables.csv:1: missing column `section`",
    ),
    (
        "unknown column",
        {"forms.csv": "form,first_year,legal_basis,colour\n2010,2010,条例,红\n"},
        "forms.csv:1: unknown column `colour`",
    ),
    (
        "cells without a column",
        added("forms.csv", "2020,2020,条例,更多"),
        "forms.csv:3: expected 3 columns",
    ),
    (
        "unknown form",
        added("fields.csv", "trees,old,number,1999,老树,现存株数,株,,count"),
        "fields.csv:5: forms.csv has no form '1999'",
    ),
    (
        "unknown table of a field",
        added("fields.csv", "bushes,old,number,2010,灌木,现存株数,株,,count"),
        "fields.csv:5: tables.csv has no table 'bushes'",
    ),
    (
        "field listed twice",
        added("fields.csv", "trees,total,number,2010,总计,现存株数,株,,count"),
        "fields.csv:5: trees.total.number of form 2010 is listed in line 4",
    ),
    (
        "table without fields",
        added("tables.csv", "bushes,灌木表,,rows_and_columns,"),
        "tables.csv:3: fields.csv has no line of the table 'bushes'",
    ),
    (
        "named bodies without a sum",
        {
            "tables.csv": TABLES + "trees,古树表,,rows_and_columns,单位,names\n",
            "fields.csv": FIELDS + "trees,*,number,2010,,现存株数,株,,count\n",
        },
        "tables.csv:2: rows: fields.csv lists no row for the sum of 'trees'",
    ),
    (
        "table listed twice",
        added("tables.csv", "trees,古树表,,rows_and_columns,"),
        "tables.csv:3: the table 'trees' is listed twice",
    ),
    (
        "spelling of an unknown row",
        added("labels.csv", "row,trees,bush,,灌木,,"),
        "labels.csv:2: fields.csv has no row 'bush'",
    ),
    (
        "identity over an unknown row",
        added("identities.csv", "sum,must,trees,column,eq,,bush,1,"),
        "identities.csv:5: fields.csv has no row_id 'bush' in 'trees'",
    ),
    (
        "identity over an unknown cell",
        added("identities.csv", "all,must,trees,cells,eq,,trees.bush.number,1,"),
        "identities.csv:5: fields.csv has no cell 'trees.bush.number'",
    ),
    (
        "missing code list",
        {**CODED, "tables.csv": CODED["tables.csv"].replace("kinds", "species")},
        "tables.csv:2: rows: there is no codes-species.csv",
    ),
    (
        "cycle in a code tree",
        {
            **CODED,
            "codes-kinds.csv": "code,name_zh,name_en,parent\n201,甲,A,20106\n20106,乙,B,201\n",
        },
        "codes-kinds.csv:2: the parent '20106' is not listed above",
    ),
    (
        "code below itself",
        {**CODED, "codes-kinds.csv": CODES + "202,丙,C,202\n"},
        "codes-kinds.csv:4: the parent '202' is not listed above",
    ),
    (
        "code without its parent",
        {**CODED, "codes-kinds.csv": CODES.replace("Finance,201", "Finance,")},
        "codes-kinds.csv:3: 20106 names no parent, such as 201",
    ),
    (
        "code list without the column of parents",
        {**CODED, "codes-kinds.csv": "code,name_zh,name_en\n201,甲,A\n"},
        "codes-kinds.csv:1: missing column `parent`",
    ),
    (
        "empty code list",
        {**CODED, "codes-kinds.csv": "code,name_zh,name_en,parent\n"},
        "codes-kinds.csv:1: no codes",
    ),
    (
        "comparison without a cell",
        {"across.csv": f"{ACROSS}all,other,total,报告的数,合计,trees.total.number\n"},
        "across.csv:2: 'total' is not table.row.column",
    ),
    (
        "comparison over two tables",
        {"across.csv": f"{ACROSS}all,other,t.r.c,报告的数,合计,trees.total.number bushes.a.b\n"},
        "across.csv:2: the terms of 'all' change the table",
    ),
]


@pytest.mark.parametrize(("files", "message"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_a_fault_is_named_with_file_and_line(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    folder = write(tmp_path / "trees", files)
    with pytest.raises(FamilyError) as caught:
        load_family(folder).load_all()
    assert str(caught.value).startswith(f"{folder}/{message}")


def test_the_minimal_families_of_these_tests_are_sound(tmp_path: Path) -> None:
    load_family(write(tmp_path / "trees", {})).load_all()
    assert load_family(write(tmp_path / "coded", CODED)).tables[0].is_open


def test_two_families_that_claim_one_title_are_named(tmp_path: Path) -> None:
    first, second = (
        load_family(
            write(
                tmp_path / name,
                {"pipeline.toml": TREES["pipeline.toml"].replace("tree-census", name)},
            )
        )
        for name in ("first", "second")
    )
    with pytest.raises(FamilyError) as caught:
        refuse_conflicts([first, second])
    where = f"{second.folder / 'pipeline.toml'}:14: title_words.subject_words: '古树名木普查'"
    assert str(caught.value).startswith(where)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,tree-census,trees.bush.number,数,合计,trees.total.number", "no cell 'trees.bush"),
        ("a,other,t.r.c,数,合计,trees.bush.number", "no cell 'trees.bush"),
    ],
)
def test_a_comparison_with_an_unknown_cell_is_named(
    tmp_path: Path, line: str, message: str
) -> None:
    family = load_family(write(tmp_path / "trees", {"across.csv": f"{ACROSS}{line}\n"}))
    with pytest.raises(FamilyError) as caught:
        refuse_unknown_cells([family])
    assert str(caught.value).startswith(f"{family.folder / 'across.csv'}:2: ")
    assert message in str(caught.value)


def test_patterns_that_compile_are_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    file = tmp_path / "narrative.toml"
    file.write_text("right = '公开'\nwrong = '(公开'\n", encoding="utf-8")
    check_patterns(file, ["公开"])
    with monkeypatch.context() as patch:
        patch.setattr("gongkai.families.files.re.compile", None)
        check_patterns(file, ["公开"])
    for _ in range(2):
        with pytest.raises(FamilyError, match=r"narrative\.toml:2: missing \)"):
            check_patterns(file, ["公开", "(公开"])
