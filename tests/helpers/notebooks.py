"""Run the notebooks and store what they show: ``python -m helpers.notebooks``."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers.registry import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TIMEOUT = 120  # seconds for a cell


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run every cell in a folder; the outputs replace those of the cells."""
    client = NotebookClient(
        notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()


def main() -> None:
    """Store the outputs, without the times of their running."""
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        run(notebook, path.parent)
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
