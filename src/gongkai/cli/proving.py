"""`gongkai proof`: a page into a file, or one number on stdout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gongkai.cli.streams import say
from gongkai.errors import UsageError
from gongkai.proof import NumberProof, describe, prove_number, prove_report
from gongkai.render.sanitize import escape_controls

_PAGE, _PICTURE = (".html", ".htm"), (".png",)


def run(
    db: Path, report: str, field: str | None, pdf_root: Path, output: Path | None, pipeline: str
) -> None:
    """Write what was asked for; of a page, its path to stdout."""
    if field is None:
        target = _target(output or Path("proof.html"), _PAGE, "a page")
        page = prove_report(db, report, pdf_root, pipeline=pipeline)
        _write(target, page.encode("utf-8"))
        print(escape_controls(str(target)))  # noqa: T201
        return
    picture = output and _target(output, _PICTURE, "the picture of one number")
    number = prove_number(db, report, field, pdf_root, pipeline=pipeline)
    for line in lines(number):
        print(escape_controls(line))  # noqa: T201
    if picture:
        _write(picture, number.png)


def lines(number: NumberProof) -> Iterator[str]:
    """One number as text: what, where, who read it, and the sums over it."""
    stored, origin = number.evidence.stored, number.evidence.origin
    report = stored.report
    yield f"{report.agency} {f'{report.year}年' if report.year else '年份不明'}"
    for cell in number.cells:
        seen = cell.observation
        yield f"字段  {describe.full_label_zh(cell)}（{describe.full_label_en(cell)}；{seen.key}）"
        yield f"数值  {describe.value_text(cell)}"
        yield f"印作  “{describe.printed_text(seen)}”"
        yield f"判断  {describe.status_reason(cell)}"
        if needed := describe.implied_value_note(seen):
            yield f"推算  {needed}"
        yield f"位置  {describe.location(seen)}"
        yield f"标签  {describe.printed_labels(seen)}"
        yield f"读自  {describe.reader_name(seen)}"
        if cell.decided:
            yield f"核定  {describe.decision_note(cell)}"
        for place in cell.checks:
            check = report.checks[place]
            sign, word = describe.CHECK_SYMBOL[check.status], describe.CHECK_NAME[check.status]
            yield f"核对  {sign} {word}  {check.message}（{check.check_id}）"
    yield f"文件  {stored.file_name}，SHA-256 {origin.sha256}"
    yield (
        f"读出  gongkai {origin.code_version}（{origin.code_digest}），"
        f"按规则 {origin.pipeline}（{origin.pipeline_digest}）"
    )


def _target(path: Path, endings: Sequence[str], what: str) -> Path:
    """Only a file of its kind is written: nobody loses a database to a slip of the hand."""
    if path.suffix.lower() not in endings:
        raise UsageError(f"{what} goes into a file ending in {endings[0]}, not {path.name}")
    return path


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
    say(f"{len(data) / 1e3:.0f} kB in {path}")
