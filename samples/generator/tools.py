"""What goes wrong outside the generator."""


class MissingToolError(RuntimeError):
    """A program or font is not there, or did not do its work; the message says which in a line."""
