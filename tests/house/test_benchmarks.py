"""The benchmark counts what it says: CPU of whole process trees, the bare exec, classes that stay the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
LESSON = "02_softmax"
BURN = "import time\nwhile time.process_time() < 0.5: pass"
# The fork outlives its parent, so nobody but who adopts orphans hears of its end.
ORPHAN = f"import os\nif os.fork() == 0:\n    {BURN.replace(chr(10), chr(10) + '    ')}"
MEASURE = """
import json, sys
from pathlib import Path
from measure import adopt_orphans, cost
adopt_orphans()
print(json.dumps([cost([sys.executable, "-c", code], Path(sys.argv[1])).cpu for code in sys.argv[2:]]))
"""


def script(code: str, *words: str | Path) -> str:
    """Run Python with the benchmark's own modules at hand, and return what it prints."""
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})\n{code}",
        *map(str, words),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_cpu_of_a_process_that_outlives_its_parent_is_counted(tmp_path: Path) -> None:
    idle, busy, orphan = json.loads(script(MEASURE, tmp_path, "pass", BURN, ORPHAN))
    assert busy - idle > 0.4
    assert orphan - idle > 0.4


def test_a_command_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as raised:
        script(MEASURE, tmp_path, "raise SystemExit('no such course')")
    assert "no such course" in raised.value.stderr


CHOICES = """
import json, random
from classes import ROOT, _Choices, read_lesson
choices = _Choices(read_lesson(ROOT / "solutions" / sys.argv[1] / f"{sys.argv[1]}.py"))
print(json.dumps([choices.of_a_student(random.Random(f"{n}")) for n in range(60)] + [choices._own]))
"""


def test_a_class_is_lifelike_and_always_the_same() -> None:
    said = script(CHOICES, LESSON)
    assert said == script(CHOICES, LESSON)
    *first, own = json.loads(said)
    assert len({json.dumps(one) for one in first}) == len(first), "nobody hands in what somebody else does"
    right = sum(one.get(name) == text for one in first for name, text in own.items())
    assert 0.5 < right / (len(first) * len(own)) < 0.75


BARE = """
import json, nbformat
from pathlib import Path
import bare
from autograder.lesson.source import read_lesson
lesson = read_lesson(Path(sys.argv[1]))
handed_in = json.loads(nbformat.writes(lesson.notebook))
for cell in handed_in["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test_square":
        cell["source"] = "raise RuntimeError('my own test')"
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "square":
        cell["source"] = sys.argv[3]
Path(sys.argv[2], "work.ipynb").write_text(json.dumps(handed_in))
(one,) = bare.measure(lesson.notebook, [("ada", Path(sys.argv[2], "work.ipynb"))], Path(sys.argv[2]))
print(json.dumps([one.earned, one.total, one.exec_cells, one.exec_tests]))
"""
SQUARES = """
# %% nbgrader={"grade_id": "setup", "locked": true}
%matplotlib inline
import numpy as np
from autograder import check

# %% nbgrader={"grade_id": "square", "solution": true}
def square(x):
    return x * x

# %% nbgrader={"grade_id": "test_square", "grade": true, "points": 2}
marks = check.marks("square", values=2)
### BEGIN HIDDEN TESTS
from autograder.check import cases, mistake, reference
with marks.values:
    check.matches(square, reference.square, cases.reals())
### END HIDDEN TESTS
marks.total()
"""


@pytest.mark.parametrize(
    ("answer", "earned"), [("def square(x):\n    return x ** 2", 2.0), ("def square(x):\n    return x", 0.0)]
)
def test_the_bare_exec_runs_the_sources_tests_on_the_students_functions(
    tmp_path: Path, answer: str, earned: float
) -> None:
    source = tmp_path / "squares" / "squares.py"
    source.parent.mkdir()
    source.write_text(SQUARES)
    assert json.loads(script(BARE, source, tmp_path, answer))[0] == earned


def test_the_bare_exec_counts_what_the_fork_spends(tmp_path: Path) -> None:
    source = tmp_path / "squares" / "squares.py"
    source.parent.mkdir()
    source.write_text(SQUARES)
    slow = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    _, total, in_cells, in_tests = json.loads(
        script(BARE, source, tmp_path, f"def square(x): return x\n{slow}")
    )
    assert total > in_cells + in_tests
    assert in_cells > 0.3 > in_tests


def test_otters_tests_are_the_same_cells() -> None:
    code = "from otter_peer import _test\nprint(_test(sys.argv[1], 'test_it', 2.0))"
    whole = script(code, "points = 0\nif f(2) == 4:\n    points += 2\npoints")
    plain = script(code, "assert f(2) == 4\nassert f(3) == 9")
    for made, passes in ((whole, True), (plain, True), (whole, False), (plain, False)):
        environment = {"f": (lambda x: x * x) if passes else (lambda x: x)}
        text = made.replace("from otter.test_files import test_case", "test_case = lambda: lambda f: f")
        names: dict[str, object] = {}
        exec(text, names)  # noqa: S102 - what the line above made
        test = names["test_cell"]
        assert callable(test)
        if passes:
            test(environment)
        else:
            with pytest.raises(AssertionError):
                test(environment)
