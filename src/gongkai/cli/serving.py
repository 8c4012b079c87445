"""`gongkai serve`: where to look, and until when."""

from __future__ import annotations

from ipaddress import ip_address

from gongkai.cli.streams import say
from gongkai.database.locations import Location
from gongkai.serve.datasette_app import serve


def run(db: Location, host: str, port: int) -> None:
    """Serve until Ctrl-C."""
    if not _is_loopback(host):
        say(f"everyone who reaches {host} can read {db}: there is no password")
    serve(db, host, port, ready=lambda address: say(f"{address} shows {db}; Ctrl-C ends it"))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
