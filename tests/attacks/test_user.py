"""The walls hold for an ordinary user too, who has other rights than root: the core of the attacks, run as one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]
DEBIANS = Path("/usr/bin/python3")
CORE = (
    "liar-object empty-array patch-worker frame-value loop-deaf memory- fork-count disk-bomb daemon prowl-p shell "
    "write-outside picture- page-r slow-p flood- packed graders-"
)


def _why_not() -> str:
    """Say why this cannot be tried here; an ordinary user needs a Python that all can read."""
    if os.getuid() != 0:
        return "the other tests run as an ordinary user already"
    if not DEBIANS.exists():
        return f"there is no {DEBIANS}"
    code = "import sys; print(sys.version_info[:2])"
    said = subprocess.run([DEBIANS, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    if said != str(sys.version_info[:2]):
        return f"{DEBIANS} is another version"
    hidden = [p for p in (ROOT, *ROOT.parents) if not p.stat().st_mode & 0o001]
    return f"{hidden[0]} is closed to others" if hidden else ""


@pytest.fixture
def home() -> Iterator[Path]:
    """Make a home for the user daemon, with a Python in it that finds our packages."""
    if reason := _why_not():
        pytest.skip(reason)
    made = Path("/var/tmp") / f"autograder-user-{os.getpid()}"  # noqa: S108 - pytest's own folders are closed to others
    subprocess.run([DEBIANS, "-m", "venv", "--without-pip", made / "venv"], check=True)
    packages = next(made.glob("venv/lib/python3*/site-packages"))
    (packages / "ours.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
    alembic = (
        made / "venv/bin/alembic"
    )  # nbgrader starts it by name; ours may name a Python that only root can read
    alembic.write_text(f"#!{made}/venv/bin/python\nfrom alembic.config import main\nmain()\n")
    alembic.chmod(0o755)
    daemon = pwd.getpwnam("daemon")
    for path in (made, *made.rglob("*")):
        os.chown(path, daemon.pw_uid, daemon.pw_gid, follow_symlinks=False)
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize(
    "words",
    [
        (
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--basetemp={home}/pytest",
            "tests/attacks/test_attacks.py",
        ),
        ("-m", "autograder.cli", "doctor", "--course", "{home}"),
    ],
    ids=["attacks", "doctor"],
)
def test_an_ordinary_users_walls_hold(home: Path, words: tuple[str, ...]) -> None:
    environment = {"HOME": str(home), "PATH": f"{home}/venv/bin:/usr/bin:/bin", "AUTOGRADER_ATTACKS": CORE}
    command = [str(home / "venv/bin/python"), *(word.format(home=home) for word in words)]
    run = subprocess.run(
        command, user="daemon", group="daemon", extra_groups=[], env=environment, cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
