"""A pipeline folder that does not hold together is refused at start, with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family

Change = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in family, to break, and beside it one of its country."""
    shutil.copytree(pipelines_folder() / "cn", tmp_path / "cn")
    return Path(shutil.copytree(pipelines_folder() / BUILT_IN, tmp_path / "own"))


def find(folder: Path, name: str) -> Path:
    """A data file of the family, or else of its country."""
    path = folder / name
    return path if path.is_file() else folder.parent / "cn" / name


def add(folder: Path, name: str, line: str) -> int:
    """Append a line to a data file; the number it has there."""
    path = find(folder, name)
    text = path.read_text(encoding="utf-8")
    text = text if text.endswith("\n") else text + "\n"
    path.write_text(f"{text}{line}\n", encoding="utf-8", newline="\n")
    return text.count("\n") + 1


def swap(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first ``old`` in a data file; the number of its line."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    return text[: text.index(old)].count("\n") + 1


def refused(folder: Path) -> str:
    with pytest.raises(FamilyError) as caught:
        load_family(folder)
    return str(caught.value)


def test_the_copy_is_loaded_like_the_original(folder: Path, family: Family) -> None:
    copy = load_family(folder)
    assert copy.digest == family.digest
    assert copy.fields == family.fields
    assert load_family(str(folder)).digest == family.digest


def test_what_the_built_in_pipeline_holds(family: Family) -> None:
    keys = family.fields_by_key
    by_form = {
        form: {key for key, lines in keys.items() if any(form in line.forms for line in lines)}
        for form in ("2019", "2021")
    }
    one_row = {key for key in by_form["2021"] if key.row == "other"}
    assert len(by_form["2019"]) == 198
    assert len(by_form["2021"] - one_row) == 200
    assert len(one_row) == 7
    assert [s.number for s in family.settings.sections] == list("一二三四五六")
    assert [table.id for table in family.tables] == [
        "proactive_disclosure",
        "applications",
        "review_litigation",
        "statistics_2014",
    ]


CASES = [
    pytest.param(
        "labels.csv",
        "row,applications,grantedd,,（一）给予公开,print,",
        "grantedd",
        id="a label for a row that is not there",
    ),
    pytest.param(
        "labels.csv",
        "column,applications,nobody,,无人,print,",
        "nobody",
        id="a label for a column that is not there",
    ),
    pytest.param(
        "labels.csv",
        "row,nowhere,granted,,（一）给予公开,print,",
        "granted",
        id="a label of a table that is not there",
    ),
    pytest.param(
        "labels.csv",
        "section,,七,,七、附件,print,",
        "七",
        id="a heading of a section that is not there",
    ),
    pytest.param(
        "labels.csv",
        "line,applications,granted,,（一）给予公开,print,",
        "kind",
        id="an unknown kind of label",
    ),
    pytest.param(
        "labels.csv",
        "row,applications,granted,,（二）部分公开,print,",
        "granted_in_part",
        id="one spelling for two rows",
    ),
    pytest.param("labels.csv", "row,applications,granted", "columns", id="a line cut short"),
    pytest.param(
        "labels.csv",
        "row,applications,granted,,（一）给予公开,print,,,more",
        "columns",
        id="a line too long",
    ),
    pytest.param(
        "identities.csv",
        "results_sum,must,applications,column,eq,,refused,1,",
        "refused",
        id="an identity that names an unknown row",
    ),
    pytest.param(
        "identities.csv",
        "row_total,must,applications,row,eq,,children,1,",
        "children",
        id="an identity that names an unknown column",
    ),
    pytest.param(
        "identities.csv",
        "results_sum,usually,applications,column,eq,,granted,1,",
        "results_sum",
        id="an identity that changes its class",
    ),
    pytest.param(
        "identities.csv",
        "more,must,applications,column,eq,,granted,2,",
        "sign",
        id="a sign that is none",
    ),
    pytest.param(
        "identities.csv",
        "more,must,applications,column,lt,,granted,1,",
        "relation",
        id="an unknown relation",
    ),
    pytest.param(
        "identities.csv",
        "more,perhaps,applications,column,eq,,granted,1,",
        "severity",
        id="an unknown class",
    ),
    pytest.param(
        "fields.csv",
        "applications,granted,nobody,2021,三,无人,件,,number",
        "value_type",
        id="an unknown type of value",
    ),
    pytest.param("units.csv", "箱,箱,many,", "factor", id="a factor that is no number"),
    pytest.param("forms.csv", "2024,soon,", "first_year", id="a first year that is no number"),
    pytest.param(
        "fields.csv",
        "applications,granted,total,2024,三,总计,件,,count",
        "2024",
        id="a field of a form that is not there",
    ),
    pytest.param("variants.csv", "ab,c,two letters", "source", id="a variant of two letters"),
    pytest.param("tables.csv", "more,更多,三,sideways,", "layout", id="an unknown layout"),
]


@pytest.mark.parametrize(("name", "line", "expected"), CASES)
def test_a_bad_line_is_named(folder: Path, name: str, line: str, expected: str) -> None:
    number = add(folder, name, line)
    message = refused(folder)
    assert f"{find(folder, name)}:{number}" in message
    assert expected in message


def test_two_lines_that_contradict_name_both(folder: Path) -> None:
    number = add(folder, "labels.csv", "row,applications,granted,,（二）部分公开,print,")
    message = refused(folder)
    assert f"labels.csv:{number}" in message
    assert "(line 2)" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("min_label_similarity = 0.6", "min_lable_similarity = 0.6", "min_lable_similarity"),
        ("min_label_similarity = 0.6", 'min_label_similarity = "much"', "min_label_similarity"),
        ("[thresholds]", "[thresholds", "line"),
        ('name = "ogi-annual-report"', 'nom = "ogi"', "name"),
        ("order = [", "order = 1 # [", "order"),
        ('number = "六"', 'numero = "六"', "numero"),
    ],
    ids=[
        "unknown key",
        "wrong type",
        "no TOML",
        "missing key",
        "readers that are no list",
        "nested key",
    ],
)
def test_a_bad_setting_is_named(folder: Path, old: str, new: str, expected: str) -> None:
    swap(folder, "pipeline.toml", old, new)
    message = refused(folder)
    assert str(folder / "pipeline.toml") in message
    assert expected in message


def test_an_unknown_column_in_the_head_is_named(folder: Path) -> None:
    swap(folder, "labels.csv", "kind,table_id", "sort,table_id")
    message = refused(folder)
    assert "labels.csv" in message
    assert "kind" in message
    assert "sort" in message


@pytest.mark.parametrize(
    "name",
    [
        "forms.csv",
        "fields.csv",
        "tables.csv",
        "labels.csv",
        "identities.csv",
        "marks.csv",
        "units.csv",
        "variants.csv",
    ],
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    path = find(folder, name)
    path.unlink()
    assert f"{path}: missing" in refused(folder)


def test_a_file_in_gbk_is_named(folder: Path) -> None:
    """A Chinese Windows saves CSV in GBK by default."""
    path = folder / "labels.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes("".join(text.split("\ufeff")).encode("gb18030"))
    message = refused(folder)
    assert str(path) in message
    assert "UTF-8" in message.upper()


def test_a_byte_order_mark_is_no_harm(folder: Path, family: Family) -> None:
    """Excel puts one before a CSV saved as UTF-8."""
    path = folder / "labels.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_family(folder).labels == family.labels


def test_line_ends_of_windows_are_the_same_knowledge(folder: Path, family: Family) -> None:
    for path in (*folder.iterdir(), *(folder.parent / "cn").iterdir()):
        unix = path.read_bytes().replace(b"\r\n", b"\n")
        path.write_bytes(unix.replace(b"\n", b"\r\n"))
    changed = load_family(folder)
    assert changed.digest == family.digest
    assert changed.labels == family.labels
    assert changed.marks == family.marks


def test_a_changed_line_is_other_knowledge(folder: Path, family: Family) -> None:
    add(folder, "labels.csv", "row,applications,granted,,（一）给予公开,print,")
    assert load_family(folder).digest != family.digest


def test_tables_without_fields_are_refused(folder: Path) -> None:
    add(folder, "tables.csv", "appendix,附表,六,rows_and_columns,")
    assert "appendix" in refused(folder)


@pytest.mark.parametrize("name", ["no-such-report", "", "../pipelines"])
def test_an_unknown_pipeline_lists_those_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(FamilyError, match=BUILT_IN):
        load_family(tmp_path / name if name == "" else name)


def test_a_folder_of_one_s_own_needs_no_python(folder: Path) -> None:
    swap(folder, "pipeline.toml", 'name = "ogi-annual-report"', 'name = "my-report"')
    assert load_family(folder).name == "my-report"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x,A,某数,Some number,件,某某,,,0,unheard_of", "'unheard_of'"),  # a name without a pattern
        ("x,A,某数,Some number,件,某某,,,0", "10 columns"),  # a cell short
    ],
)
def test_a_metric_that_does_not_hold_together_is_refused(
    folder: Path, line: str, expected: str
) -> None:
    number = add(folder, "narrative.csv", line)
    with pytest.raises(FamilyError, match=f"narrative.csv:{number}.*{expected}"):
        load_family(folder).load_all()


def test_a_pattern_that_is_none_is_refused(folder: Path) -> None:
    add(folder, "narrative.toml", "broken = '(公开'")
    with pytest.raises(FamilyError, match=r"narrative\.toml.*\(公开"):
        load_family(folder).load_all()
