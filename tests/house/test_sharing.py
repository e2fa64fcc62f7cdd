"""What `make test` does with a test that hangs, one whose process dies, and a run that is stopped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
[tool.pytest.ini_options]
faulthandler_timeout = {}
faulthandler_exit_on_timeout = true
"""
TESTS = """
import os, time
def test_before(): pass
def test_hangs(): time.sleep(600)
def test_after(): assert os.getpid() == 0
def test_dies(): os._exit(0)
def test_last(): pass
"""
STOPS = """
import os, time
def test_fails(): assert os.getpid() == 0
def test_runs(): time.sleep(600)
"""


def run(folder: Path, tests: str, seconds: int, *, stop: str = "") -> str:
    """Run some tests as `make test` runs ours, until its end or until it says a word; return what stands at the end."""
    (folder / "pyproject.toml").write_text(SETTINGS.format(seconds))
    (folder / "tests" / "some").mkdir(parents=True)
    for name in ("conftest.py", "sharing.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests")
    (folder / "tests" / "some" / "test_some.py").write_text(tests)
    (folder / "tests" / "test_other.py").write_text("def test_other(): pass\n")
    rule = re.search(
        r"(?m)^\t\$\(BIN\)/pytest -n \$\(WORKERS\) (.*) \$\(PYTEST\)$", (ROOT / "Makefile").read_text()
    )
    assert rule
    words = [sys.executable, "-m", "pytest", "-v", "-n", "2", *rule[1].split()]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    said = ""
    with subprocess.Popen(words, cwd=folder, env=clean, stdout=subprocess.PIPE, text=True) as ran:
        assert ran.stdout
        for line in ran.stdout:
            said += line
            if stop and stop in line:
                ran.terminate()
                stop = ""
    assert ran.returncode
    return said.rpartition("short test summary info")[2]


def test_what_hangs_or_dies_is_named_and_the_others_run(tmp_path: Path) -> None:
    said = run(tmp_path, TESTS, seconds=2)
    assert re.findall(r"FAILED \S+::(\w+)", said) == ["test_hangs", "test_after", "test_dies"]
    assert "3 failed, 3 passed" in said


def test_a_run_that_is_stopped_says_what_had_failed_and_what_ran(tmp_path: Path) -> None:
    said = run(tmp_path, STOPS, seconds=600, stop="FAILED")
    assert re.findall(r"FAILED \S+::(\w+)", said) == ["test_fails"]
    assert "stopped; running were" in said
    assert "test_some.py::test_runs" in said
