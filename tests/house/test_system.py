"""tools/system.sh on bare machines: it installs nothing by itself here, so each message can be read.

A bare machine is a PATH with few commands. The script comes by standard input: the ordinary user that it
runs as need not be able to read the project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "system.sh"
NOBODY = 65534

Machine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Run system.sh as an ordinary user who has these commands and no others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)

        def run(need: str, **commands: str) -> subprocess.CompletedProcess[str]:
            for command, text in {"id": "", **commands}.items():
                there = folder / command.replace("_", "-")
                if text:
                    there.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
                    there.chmod(0o755)
                else:
                    there.symlink_to(shutil.which(command) or f"/usr/bin/{command}")
            with SCRIPT.open(encoding="utf-8") as script:
                return subprocess.run(
                    ["/bin/sh", "-s", need],
                    stdin=script,
                    env={"PATH": name},
                    cwd="/",
                    user=NOBODY if os.geteuid() == 0 else None,
                    group=NOBODY if os.geteuid() == 0 else None,
                    extra_groups=[] if os.geteuid() == 0 else None,
                    capture_output=True,
                    check=False,
                    text=True,
                )

        yield run


def test_no_python_is_said_plainly(machine: Machine) -> None:
    ran = machine("python")
    assert ran.returncode == 1
    assert "Python 3.11 or newer is needed" in ran.stderr


def test_python_3_11_may_be_called_python3(machine: Machine) -> None:
    """A name whose command fails, as a version manager's empty shim does, counts as absent."""
    ran = machine("python", **{"python3.11": "exit 127", "python3": "exit 0"})
    assert ran.stdout == "python3\n"


def test_a_python_without_ensurepip_names_the_package_that_brings_it(machine: Machine) -> None:
    python = 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo python3.11-venv ;; esac'
    ran = machine("python", python3=python, apt_get="exit 99")
    assert ran.returncode == 1
    assert "sudo apt-get update && sudo apt-get install -y python3.11-venv" in ran.stderr
    assert ran.stdout == ""


def test_a_missing_sandbox_gives_an_ordinary_user_the_exact_command(machine: Machine) -> None:
    ran = machine("grading", apt_get="exit 99")
    assert ran.returncode == 1
    assert "sudo apt-get update && sudo apt-get install -y bubblewrap" in ran.stderr


def test_a_missing_system_call_filter_is_found_by_loading_it(machine: Machine) -> None:
    python = 'case "$2" in *ctypes*) exit 1 ;; esac'
    ran = machine("grading", bwrap="exit 0", python3=python, apt_get="exit 99")
    assert ran.returncode == 1
    assert "apt-get install -y libseccomp2" in ran.stderr


def test_where_there_is_no_apt_the_package_is_named(machine: Machine) -> None:
    ran = machine("grading")
    assert ran.returncode == 1
    assert "The grading sandbox needs: bubblewrap" in ran.stderr
    assert "sudo" not in ran.stderr


def test_a_machine_that_has_everything_is_left_alone(machine: Machine) -> None:
    ran = machine("grading", bwrap="exit 0", python3="exit 0")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
