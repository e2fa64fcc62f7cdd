"""Submissions that are graded one after the other in a process: their order and company change nothing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import nbformat
import pytest
from nbformat.v4 import new_notebook

from autograder.grading.outcome import Handin, Work
from autograder.grading.pool import ExaminerProcess, Question
from autograder.grading.setting import alone
from autograder.grading.sources import LessonSource
from autograder.lesson.notebook import strip_hidden
from autograder.lesson.stubbing import stubs_of
from autograder.sandbox import wire

from .conftest import LIMITS, cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.sandbox
SETUP = """import numpy as np
from autograder import check
from autograder.check import mistake, reference
seen = []
class Box:
    items = []
def note(x):
    seen.append(x)
    return len(seen)"""
ANSWERS = {
    "draw": "def draw(n):\n    return [1] * n",
    "mean": "def mean(x):\n    return sum(x) / len(x)",
    "table": "table = {'a': [1, 2]}",
    "chain": 'chain = ["exp(x + log(2))", "exp(x) * exp(log(2))", "2 * exp(x)"]',
}
TESTS = {
    "draw": """x = np.random.uniform(size=3)
assert len(draw(3)) == 3, x
assert note(draw(1)) == 1, seen
note(x)
Box.items.append(1)""",
    "mean": """marks = check.marks("mean", values=2)
with marks.values:
    check.matches(mean, reference.mean, [(list(map(float, range(1, n))),) for n in range(3, 9)])
    check.close(mean([1.0, 4.0]), 2.5)
@mistake("the middle", "Is every number counted?")
def mean(x):
    return x[len(x) // 2]
marks.total()""",
    "table": "table['b'] = 1\nassert sorted(table) == ['a', 'b'], table\n2.0 * (len(table['a']) == len(Box.items) + 1)",
    "chain": """doubling = check.Derivation(given="x real", start="exp(x + log(2))", end="2 * exp(x)", rules=1)
marks = check.marks("chain", holds=1, steps=1)
with marks.holds:
    check.derives(chain, doubling)
with marks.steps:
    check.small_steps(chain, doubling)
marks.total()""",
}
DIRTY = {  # what a lesson may do so that its submissions have a process each; its own run does it twice
    "nothing": "1",
    "settings": """n = np.get_printoptions()["precision"]
np.set_printoptions(precision=n - 1)
float(n > 5)""",
    "a default": """def remembering(x, kept=[]):
    kept.append(x)
    return len(kept)
float(reference.remembering(1) < 4)""",
    "the environment": """import os
os.environ["X"] = os.environ.get("X", "") + "x"
float(len(os.environ["X"]) < 4)""",
}
STUDENTS: dict[str, dict[str, str]] = {
    "right": {},
    "wrong": {
        "mean": "def mean(x):\n    return x[len(x) // 2]",
        "table": "table = {}",
        "chain": 'chain = ["exp(x + log(2))", "exp(x) + 2", "2 * exp(x)"]',
    },
    "seeding": {
        "draw": "import numpy as np\nnp.random.seed(3)\ndef draw(n):\n    return np.random.uniform(size=n + 1)"
    },
    "big": {
        "table": "import numpy as np\ntable = {'a': np.zeros(12_000_000)}",
        "chain": 'chain = ["2 * exp(x)", "2 * exp(x) + 0 * x"]',
    },
    "raising": {"draw": "def draw(n):\n    raise KeyError('\\u202eodd')", "mean": "mean = 3"},
    "ending": {"mean": "import os\ndef mean(x):\n    os._exit(3)"},
    "grabbing": {"draw": "class L(list):\n    def __len__(self): return 3\ndef draw(n):\n    return L()"},
    "keeping": {"mean": "kept = []\ndef mean(x):\n    kept.append(x)\n    return len(kept)"},
    "empty": {"draw": "", "mean": "", "table": "", "chain": ""},
}


def source(dirty: str) -> nbformat.NotebookNode:
    cells = [cell("setup", SETUP, locked=True)]
    for name, answer in ANSWERS.items():
        cells += [
            cell(name, f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", solution=True),
            cell(f"test_{name}", TESTS[name], grade=True, locked=True, points=2.0),
        ]
    cells.append(cell("test_more", DIRTY[dirty], grade=True, locked=True, points=1.0))
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})  # type: ignore[no-any-return]


def handed_in(student: str, lesson: nbformat.NotebookNode) -> Handin:
    notebook = nbformat.from_dict(lesson)
    for one in notebook.cells:
        name = one.metadata["nbgrader"]["grade_id"]
        one.source = (
            STUDENTS[student].get(name, ANSWERS[name]) if name in ANSWERS else strip_hidden(one.source)
        )
    return Handin(
        "ps", student, {"": nbformat.writes(notebook).encode()}, timestamp="2026-01-01T00:00:00+00:00"
    )


@pytest.fixture(scope="module", params=DIRTY)
def examiner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("source")
    lesson = source(request.param)
    setting = msgspec.structs.replace(
        alone(LessonSource(lesson, folder, (folder, Path.cwd())), LIMITS), stubs=stubs_of(None)
    )
    made = ExaminerProcess(setting, jobs=1)
    made.wait()
    yield made, lesson
    made.close()


def graded(examiner: tuple[ExaminerProcess, Any], students: Sequence[str]) -> dict[str, bytes]:
    """Have all of them graded, asked at once: as many in one process as may be."""
    process, lesson = examiner
    connections = {name: process.ask(Question(handin=handed_in(name, lesson))) for name in students}
    found = {}
    for name, connection in connections.items():
        with connection:
            answer, payload = wire.receive(connection)
            assert not answer, answer
            found[name] = bytes(payload)
    return found


def test_order_and_company_change_nothing(examiner: tuple[ExaminerProcess, Any]) -> None:
    alone_ = {name: graded(examiner, [name])[name] for name in STUDENTS}
    scores = {
        name: msgspec.msgpack.decode(one, type=Work).graded.outcome.score for name, one in alone_.items()
    }
    assert scores["right"] == 9
    assert scores["wrong"] < 4
    order = random.Random(0).sample(list(STUDENTS), len(STUDENTS))  # noqa: S311 - no secret
    assert graded(examiner, order) == alone_
    assert graded(examiner, order[::-1]) == alone_
