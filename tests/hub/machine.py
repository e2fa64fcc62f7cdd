"""A machine for a hub: its own accounts, homes and settings, which the real system never sees.

`stage.py` makes it, in namespaces that end with it. Here is what the tests ask of it: to run a command as somebody, to
write a file, to make an account. That needs root, since servers run as several users; `why_not` says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PROXY = ROOT / ".cache" / "hub-proxy"
PATH = "/opt/jupyterhub/bin:/usr/bin:/bin:/usr/sbin:/sbin"
#: What is the machine's own, and how it is for others there.
EMPTIED = dict.fromkeys(("/home", "/opt", "/srv", "/var/lib"), "755")
EMPTIED |= dict.fromkeys(("/tmp", "/var/tmp"), "1777")  # noqa: S108
UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def why_not() -> str:
    """Say why a hub with accounts cannot be tried here; an empty text if it can."""
    if os.geteuid() != 0:
        return (
            "a hub starts servers as several users, so this needs root; "
            "accounts are made in namespaces of their own, and the system's files stay as they are"
        )
    if not (PROXY / "node_modules" / ".bin" / "configurable-http-proxy").exists():
        return f"no configurable-http-proxy in {PROXY}: run `make hub`"
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    return f"namespaces cannot be made here: {tried.stderr.strip()}" if tried.returncode else ""


@dataclass(frozen=True)
class Machine:
    """A running machine: the id of its first process, and the folder of the real system that holds it."""

    pid: int
    base: Path

    @property
    def root(self) -> Path:
        """Its files, as root of the real system reaches them."""
        return Path(f"/proc/{self.pid}/root")

    def words(self, account: str, *command: str) -> list[str]:
        """Return the command line that runs a command there, as a login of that account would."""
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--"]
        return [*enter, "/usr/sbin/runuser", "-u", account, "--", *command]

    def run(
        self, account: str, *command: str, at: str = "/", **more: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder of the machine and return what came of it."""
        names = (f"HOME={self.home(account)}", f"USER={account}", f"LOGNAME={account}")
        clean = ("env", "-i", f"--chdir={at}", "LANG=C.UTF-8", f"PATH={PATH}", *names)
        words = self.words(account, *clean, *command)
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300, **more)

    def home(self, account: str) -> str:
        """Return the home that the machine's list of accounts gives."""
        lines = (self.base / "etc" / "passwd").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[5] for line in lines if line.startswith(f"{account}:"))

    def add_person(self, name: str, password: str) -> None:
        """Make an account with a password and a home that others cannot enter."""
        make = (
            "useradd",
            "--badname",
            "--create-home",
            "--key",
            "HOME_MODE=0700",
            "--shell",
            "/bin/bash",
            name,
        )
        for words, said in ((make, None), (("chpasswd",), f"{name}:{password}\n")):
            done = self.run("root", *words, input=said)
            if done.returncode:
                raise RuntimeError(done.stderr)


def plan() -> dict[str, Any]:
    """Say what the machine needs of this one: a Python with our packages, which every account there must reach."""
    if Path(sys.prefix).stat().st_mode & 0o005 != 0o005:
        raise RuntimeError(f"{sys.prefix} is closed to other accounts: chmod -R a+rX it")
    needed, code = {Path(sys.prefix), Path(sys.base_prefix)}, ROOT / "autograder"
    closed = {above for path in (*needed, code) for above in path.parents if not above.stat().st_mode & 0o001}
    emptied = {**EMPTIED, **{str(path): "755" for path in (ROOT, *closed)}}
    # Of folders that lie in one another, the outermost.
    emptied = {
        at: mode for at, mode in emptied.items() if not emptied.keys() & set(map(str, Path(at).parents))
    }
    return {
        "emptied": emptied,
        "needed": sorted(str(path) for path in needed if emptied.keys() & set(map(str, path.parents))),
        "code": str(code),
        "checkout": str(ROOT),
        "bound": {"/opt/jupyterhub": sys.prefix, "/opt/jupyterhub-proxy": str(PROXY)},
    }


@contextlib.contextmanager
def running() -> Iterator[Machine]:
    """Have a machine for a while."""
    planned = json.dumps(plan())
    base = Path(tempfile.mkdtemp(prefix="autograder-hub-"))
    (base / "plan.json").write_text(planned, encoding="utf-8")
    words = [*UNSHARE, sys.executable, str(Path(__file__).with_name("stage.py")), str(base / "plan.json")]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the machine was not made; what mount said stands above")
        first = (
            Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()[0]
        )
        yield Machine(int(first), base)
    finally:
        process.stdin.close()
        process.wait(timeout=120)
        shutil.rmtree(base)
