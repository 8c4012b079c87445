"""A temporary PostgreSQL server in its own folder, which only this machine can reach."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USER = "gongkai"
UNPRIVILEGED_USER = (
    "postgres"  # a user that the server's package creates; the server refuses to run as root
)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where no server is installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    # Debian keeps each version in a folder that is not on the PATH.
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(folders, key=lambda folder: int(folder.parent.name.split(".")[0]))
    return newest[-1] if newest else None


@contextlib.contextmanager
def postgres(bin_folder: Path) -> Iterator[str]:
    """Start a server; gives the URL of its first database, without the database's name."""
    with tempfile.TemporaryDirectory(prefix="gongkai-pg-") as name:
        folder = Path(name)
        data, log = folder / "data", folder / "log"
        if _is_root():
            shutil.chown(folder, UNPRIVILEGED_USER)
        _run(bin_folder, "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8",
             "--no-locale", "--no-sync")  # fmt: skip
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off"
        if sys.platform != "win32":
            options += f" -c unix_socket_directories={folder}"
        _run(bin_folder, "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}"
        finally:
            _run(bin_folder, "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _run(bin_folder: Path, program: str, *arguments: object) -> None:
    as_user: dict[str, Any] = {"user": UNPRIVILEGED_USER} if _is_root() else {}
    # Output to a file: the server would keep a pipe open, and run() would wait for it.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [bin_folder / program, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=tempfile.gettempdir(),
            check=False, **as_user,
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{program}: {output.read().decode(errors='replace')}")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
