"""Install the wheel where nothing of this repository is, and use it there.

``wheel``: into an empty environment of the Python that runs this. ``container``: follow the
Containerfile in a small Debian with the newest Python, since CI has no container engine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = (
    "samples/chengjiang-district-2023.pdf",
    "samples/final-accounts/look-a.pdf",
    "samples/website-annual-report",
    "samples/scans/ccitt-200.pdf",
)
NEWEST, SUITE, MIRROR = "python3.14", "forky", "http://deb.debian.org/debian"

# What a user does with an installation: arguments of gongkai, and what stdout or stderr has.
USES = (
    ("ingest reports --db gongkai.db", "in gongkai.db"),
    ("query 'SELECT received_new FROM panel WHERE year = 2023' --db gongkai.db", "358"),
    ("check --db gongkai.db", "chengjiang-district-2023.pdf"),
    ("search 公开 --db gongkai.db --limit 1", "公开"),
    ("export --to out --format xlsx --db gongkai.db", "datapackage.json"),
    ("fields", "received_new"),
    ("families", "final-accounts"),
    ("families draft reports/look-a.pdf --to drafted", "drafted"),
)
PLAIN = (*USES, ("export --to out --format parquet --db gongkai.db", "gongkai[parquet]"))
LIBRARIES = "import camelot, cv2, jieba, pandas, pdfplumber, sqlalchemy, typer; print('imported')"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="gongkai-installed-") as folder:
        if sys.argv[1:] == ["wheel"]:
            try_wheel(Path(folder))
        elif sys.argv[1:] == ["container"]:
            try_container(Path(folder) / "root")
        else:
            sys.exit(__doc__)


def try_wheel(folder: Path) -> None:
    """Build the wheel, install it into a new environment, and use it from an empty folder."""
    run([sys.executable, "-m", "venv", str(folder / "env")])
    pip = [str(folder / "env/bin/python"), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)])
    [wheel] = folder.glob("gongkai-*.whl")
    constraints = str(ROOT / "constraints.txt")
    run([*pip, "install", "--quiet", "--constraint", constraints, str(wheel)])
    home = folder / "home"
    copy_samples(home / "reports")
    use(PLAIN, [], str(folder / "env/bin"), home)
    megabytes = sum(f.lstat().st_size for f in (folder / "env").rglob("*") if f.is_file()) / 1e6
    print(f"installed: Python {sys.version.split()[0]}, {megabytes:.0f} MB with pip")


def try_container(root: Path) -> None:
    """Follow the Containerfile in a Debian with the newest Python, and use what it makes."""
    packages = f"{NEWEST},{NEWEST}-venv,ca-certificates"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={packages}", SUITE, root, MIRROR,
         "/usr/share/debootstrap/scripts/sid"],
        check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    if made.returncode:
        print(f"not tested: {NEWEST} cannot be had from {MIRROR} {SUITE}")
        return
    for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
        shutil.copy(Path("/") / name, root / name)
    inside = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    inside.append(f"--root={root}")
    if subprocess.run([*inside, "true"], check=False).returncode:
        print("not tested: this machine lets nobody change the root folder of a process")
        return
    run([*inside, f"/usr/bin/{NEWEST}", "-m", "venv", "/usr/local"])  # as in the image's base
    download = "pip download --quiet --no-deps --dest /tmp typer"
    if subprocess.run([*inside, "sh", "-c", f"/usr/local/bin/{download}"], check=False).returncode:
        print("not tested: pip reaches no package index from the new root folder")
        return
    user, entry = "root", []
    for word, rest in instructions(ROOT / "Containerfile"):
        match word:
            case "WORKDIR":
                (root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = rest.split()
                for source in sources:
                    copy(ROOT / source, root / target.lstrip("/"), into=len(sources) > 1)
            case "RUN":
                run([*inside, "sh", "-c", f"export PATH=/usr/local/bin:$PATH; {rest}"])
            case "USER":
                user = rest
            case "ENTRYPOINT":
                entry = json.loads(rest)
    copy_samples(root / "data/reports")
    if entry != ["gongkai"] or user == "root":
        sys.exit("the Containerfile starts something else than gongkai, or as root")
    as_user = [*inside, "--wd=/data", "setpriv"]
    as_user += [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    scan = ("query 'SELECT outcome FROM files' --db gongkai.db", "loaded")
    parquet = ("export --to out --format parquet --db gongkai.db", "datapackage.json")
    environment = use((*USES, scan, parquet), as_user, "/usr/local/bin", None)
    serve([*as_user, *entry, "serve", "--db", "gongkai.db", "--port", "0"], environment)
    print(f"installed: {NEWEST} as the Containerfile says")


def instructions(path: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Containerfile: word and rest."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, rest = line.split(maxsplit=1)
            yield word, rest


def copy(source: Path, target: Path, *, into: bool) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target / source.name if into else target)


def copy_samples(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in SAMPLES:
        copy(ROOT / name, folder / Path(name).name, into=False)


def use(
    uses: Sequence[tuple[str, str]], before: list[str], binaries: str, home: Path | None
) -> dict[str, str]:
    """Run the commands with an environment that names nothing of this repository; return it."""
    environment = {"PATH": f"{binaries}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp"}
    commands = [(f"gongkai {arguments}", expected) for arguments, expected in uses]
    commands += [(f'python -W error::SyntaxWarning -c "{LIBRARIES}"', "imported")]
    for command, expected in commands:
        shell = [*before, "sh", "-c", command]
        done = subprocess.run(
            shell,
            check=False,
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            timeout=600,
        )
        if expected not in done.stdout + done.stderr:
            sys.exit(f"{command}: no {expected!r} in\n{done.stdout}\n{done.stderr}")
    return environment


def serve(command: list[str], environment: dict[str, str]) -> None:
    """Start the server and fetch its first page."""
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as server:  # fmt: skip
        try:
            link = next(found for line in server.stdout if (found := re.search(r"http\S+", line)))
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with browser.open(link.group(), timeout=60) as answer:
                page = answer.read().decode()
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # also what runs as another user
    if "/-/family/" not in page:
        sys.exit(f"serve shows no family of reports:\n{page[:2000]}")


def run(command: Sequence[str | Path]) -> None:
    print("+", *command, flush=True)
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
