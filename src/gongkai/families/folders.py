"""Where the folders of families and countries are, and the digest of their files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gongkai.errors import FamilyError
from gongkai.language import tr

BUILT_IN = "ogi-annual-report"
SETTINGS = "pipeline.toml"  # a folder that holds this file is a family's
COUNTRY_SETTINGS = "country.toml"  # a folder that holds this file is a country's
_DATA_FILES = {".csv", ".toml", ".txt"}


def pipelines_folder() -> Path:
    """The folder of the built-in families: inside the package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "pipelines", package.parents[1] / "pipelines"):
        if folder.is_dir():
            return folder
    raise FamilyError("the built-in pipelines are missing from this installation")


def built_in_families() -> list[str]:
    """The names of the families that come with gongkai."""
    return sorted(built_in_settings())


def built_in_settings() -> dict[str, Path]:
    """The file pipeline.toml of each family that comes with gongkai, by the family's name."""
    return {path.parent.name: path for path in pipelines_folder().glob(f"*/{SETTINGS}")}


def find_family(name_or_folder: str | Path) -> Path:
    """The folder of a family: the given one, or that of a built-in family by its name."""
    for folder in (Path(name_or_folder), pipelines_folder() / str(name_or_folder)):
        if (folder / SETTINGS).is_file():
            return folder
    raise FamilyError(
        tr(
            "no family {name!r}: neither a folder with a {file} nor one of the built-in ones "
            "({names})",
            name=str(name_or_folder),
            file=SETTINGS,
            names=", ".join(built_in_families()),
        )
    )


def find_country(name_or_path: str, family: Path) -> Path | None:
    """The folder of the country that a family's pipeline.toml names; None if there is none.

    The name is a path relative to the family's folder, the name of a folder beside it, or that
    of a built-in country.
    """
    for parent in (family, family.parent, pipelines_folder()):
        folder = parent / name_or_path
        if (folder / COUNTRY_SETTINGS).is_file():
            return folder
    return None


def built_in_countries() -> list[str]:
    """The names of the countries that come with gongkai."""
    return sorted(path.parent.name for path in pipelines_folder().glob(f"*/{COUNTRY_SETTINGS}"))


def digest_of(*folders: Path) -> str:
    """SHA-256 over the names and contents of all data files of some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.iterdir() if p.suffix in _DATA_FILES):
            digest.update(path.name.encode())
            # A checkout on Windows may change line ends; the data are the same.
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
