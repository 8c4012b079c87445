"""Errors of the programs and fonts that the generator needs."""


class MissingToolError(RuntimeError):
    """A program or font is missing, or a program failed; the message names it in one line."""
