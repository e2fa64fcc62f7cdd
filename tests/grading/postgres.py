"""A PostgreSQL server of one's own: in a temporary folder, on a socket there and on no port, gone at the end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIG = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = {fsync}
"""


class NoPostgresError(RuntimeError):
    """No server is installed here; the message says how to install one."""


def binaries() -> Path:
    """Return the folder of the newest server's commands."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _version(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgresError("no PostgreSQL server is installed: tools/system.sh database")
    return Path(on_path).resolve().parent


def _version(name: str) -> int:
    digits = re.match(r"\d+", name)
    return int(digits[0]) if digits else 0


def _as_somebody() -> dict[str, Any]:
    """Return what makes a command run as an ordinary user: the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


class Server:
    """A running server; `url` names one of its databases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def psql(self, words: str, database: str = "postgres") -> str:
        """Run SQL as its owner; return what it prints."""
        done = subprocess.run(
            [binaries() / "psql", "-X", "-A", "-t", "-h", self.folder, "-U", "grader", "-d", database, "-c", words],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def url(self, like: str = "template1") -> str:
        """Make a new database, empty or like another one; return nbgrader's ``db_url`` for it."""
        self._count += 1
        name = f"grades{self._count}"
        self.psql(f"CREATE DATABASE {name} TEMPLATE {like}")
        return f"postgresql://grader@/{name}?host={self.folder}"


@contextmanager
def server(*, fsync: bool = False) -> Iterator[Server]:
    """Start a server; `fsync` as in real use, where a figure is wanted.

    Raises
    ------
    NoPostgresError
        If none is installed.
    """
    commands, somebody = binaries(), _as_somebody()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    data = folder / "data"
    try:
        if somebody:
            shutil.chown(folder, somebody["user"], somebody["group"])
        folder.chmod(0o755)
        subprocess.run(
            [commands / "initdb", "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, cwd="/", **somebody,
        )  # fmt: skip
        with (data / "postgresql.conf").open("a") as config:
            config.write(_CONFIG.format(folder=folder, fsync="on" if fsync else "off"))
        control: list[str | Path] = [commands / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        subprocess.run([*control, "start"], check=True, capture_output=True, cwd="/", **somebody)
        try:
            yield Server(folder)
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/", **somebody
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
