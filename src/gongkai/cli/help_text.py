"""Help pages and messages of wrong use, in the language of the user.

typer writes both in English. Here its formatter is replaced by one that translates each text and
folds lines by the columns of a terminal, of which a Chinese character takes two.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

from gongkai.cli.folding import folded
from gongkai.cli.streams import say
from gongkai.language import tr, tr_filled, tr_noop

if TYPE_CHECKING:
    from typer.core import TyperCommand, TyperGroup

# What typer itself says. ``{}`` in braces are the words of the user.
_TYPER_TEXTS = (
    tr_noop("Arguments"),
    tr_noop("Options"),
    tr_noop("Commands"),
    tr_noop("Show this message and exit."),
    tr_noop("required"),
    tr_noop("default: {value}"),
    tr_noop("Missing command."),
    tr_noop("Missing argument {name}."),
    tr_noop("Missing option {name}. Choose from:{choices}"),
    tr_noop("Missing option {name}."),
    tr_noop("No such command {name}. Did you mean {names}?"),
    tr_noop("No such command {name}."),
    tr_noop("No such option: {name} (Possible options: {names})"),
    tr_noop("No such option: {name}"),
    tr_noop("Got unexpected extra argument(s) ({words})"),
    tr_noop("Option {name} does not take a value."),
    tr_noop("Option {name} requires an argument."),
    tr_noop("Invalid value for {name}: {value} is not one of {choices}."),
    tr_noop(
        "Invalid value for {name}: Input should be a valid integer, unable to parse string as an "
        "integer"
    ),
    tr_noop(
        "Invalid value for {name}: Input should be a valid number, unable to parse string as a "
        "number"
    ),
    tr_noop("Invalid value for {name}: Input should be greater than or equal to {least}"),
    tr_noop("Invalid value for {name}: Input should be less than or equal to {most}"),
    tr_noop("Invalid value for {name}: {reason}"),
)
# What typer writes for what the user types; metavars of gongkai's own options stand with them.
_METAVARS = (
    tr_noop("OPTIONS"),
    tr_noop("COMMAND"),
    tr_noop("ARGS"),
    tr_noop("<int>"),
    tr_noop("<str>"),
    tr_noop("<float>"),
    tr_noop("<path>"),
    tr_noop("<int range>"),
    tr_noop("<float range>"),
)
_TYPE = re.compile(r"^([^-<]\S*) <\S+>")  # typer's type of an argument, which says nothing
_METAVAR = re.compile(r"<[a-z ]+>|[A-Z]+(?:\|[A-Z]+)?")
_NOTES = re.compile(r"(.*?)(?:  \[([^\[\]]+)\])?", re.DOTALL)  # help, and typer's notes on it
_PYDANTIC_PREFIX = re.compile(r"\bValue\serror, ")  # before the reason of a refused choice
_AS_IT_IS = "\b"  # the first line of a paragraph that is not folded
_WIDEST, _INDENT, _GAP, _NAMES = 100, 2, 2, 28  # terminal columns


class HelpPage:
    """What typer writes help pages and usage lines with: ``HelpFormatter`` of click."""

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        columns = width or shutil.get_terminal_size().columns - 2
        self.width = max(min(columns, max_width or _WIDEST), 20)
        self._indent = 0
        self._parts: list[str] = []

    def getvalue(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    def write_usage(self, prog: str, args: str = "") -> None:
        """Write the line that shows how a command is called."""
        self._write_block(f"{tr('Usage: ')}{prog} ", _with_metavars(args))

    def write_paragraph(self) -> None:
        """Write an empty line, but not at the beginning."""
        if self._parts:
            self._parts.append("\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, folded; those that begin with a line ``\\b`` as they are."""
        blocks: list[str] = []
        for paragraph in text.strip("\n").split("\n\n"):
            first, _, rest = paragraph.partition("\n")
            if first.strip() == _AS_IT_IS:
                lines = [tr(rest.partition("\n")[0]), *rest.split("\n")[1:]]
            else:
                lines = list(folded(tr(" ".join(paragraph.split())), self.width - self._indent))
            blocks.append("".join(f"{' ' * self._indent}{line}\n" for line in lines))
        self._parts.append("\n".join(blocks))

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write names with what they mean in two columns."""
        named = [(_with_metavars(_TYPE.sub(r"\1", name)), _with_notes(text)) for name, text in rows]
        widest = min(max(_columns(name) for name, _ in named), _NAMES)
        for name, text in named:
            gap = widest + _GAP - _columns(name)
            first = f"{name}{' ' * gap}" if gap >= _GAP else f"{name}\n"
            self._write_block(first, text, widest + _GAP)

    @contextlib.contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Write a heading; what follows is indented below it."""
        self.write_paragraph()
        self._parts.append(tr("{heading}:", heading=tr(name)) + "\n")
        with self.indentation():
            yield

    @contextlib.contextmanager
    def indentation(self) -> Iterator[None]:
        """Indent what follows."""
        self._indent += _INDENT
        try:
            yield
        finally:
            self._indent -= _INDENT

    def _write_block(self, first: str, text: str, column: int | None = None) -> None:
        """Write a text behind its first words, further lines below its beginning."""
        indent = self._indent + (_columns(first) if column is None else column)
        lines = list(folded(text, max(self.width - indent, 10))) or [""]
        pad = " " * indent
        if first.endswith("\n"):
            first += pad
        self._parts.append(f"{' ' * self._indent}{first}{lines[0]}\n")
        self._parts.extend(f"{pad}{line}\n" for line in lines[1:])


class _Context(typer.Context):
    formatter_class: Any = HelpPage


def in_users_language(app: typer.Typer) -> TyperCommand | TyperGroup:
    """The commands of an application, with help pages in the current language."""
    from typer.main import get_command

    command: Any = get_command(app)
    waiting = [command]
    while waiting:
        each = waiting.pop()
        each.context_class = _Context
        each.short_help = each.short_help or first_paragraph(each.help or "")
        waiting += getattr(each, "commands", {}).values()
    return command  # type: ignore[no-any-return]


def first_paragraph(text: str) -> str:
    """The first paragraph of a help text, on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def say_wrong_use(error: typer.TyperException) -> None:
    """Write how a command is called, and what was wrong with the call, to stderr."""
    context = getattr(error, "ctx", None)
    text = _PYDANTIC_PREFIX.sub("", error.format_message())
    if type(error).__name__ == "NoArgsIsHelpError":  # the text is the help page
        say(text)
        return
    if context is not None:
        say(context.get_usage())
        say(tr("`{command} --help` explains it.", command=context.command_path))
        say("")
    say(tr("Error: {message}", message=tr_filled(text, _TYPER_TEXTS)))


def _with_metavars(text: str) -> str:
    return _METAVAR.sub(lambda found: tr(found[0]), text)


def _with_notes(text: str) -> str:
    """A help text with typer's notes: the default, whether it is required."""
    found = _NOTES.fullmatch(text)
    assert found is not None
    words = tr(found[1]) if found[1] else ""
    if not found[2]:
        return words
    notes = [tr_filled(note, _TYPER_TEXTS) for note in found[2].split("; ")]
    return tr("{text} [{notes}]", text=words, notes=tr("; ").join(notes)).lstrip()


def _columns(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
