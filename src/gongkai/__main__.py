"""``python -m gongkai`` is the command ``gongkai``."""

from gongkai.cli import main

main()
