"""Which of the submission's names a test can come to: what it speaks of, and what the lesson's code does that it runs."""

from __future__ import annotations

import math
from functools import partial

import pytest

from autograder.grading.names import Ledger

from .conftest import cell

STEP, JUMP = "def step(n):\n    return n + 1", "def jump(n):\n    return n + 2"
BOX = "class Box:\n    def put(self, f):\n        self.f = f\n    def take(self):\n        return self.f()"


def told(*above: tuple[str, str], test: str) -> set[str]:
    """Return the names that a test is told where `step` and `jump` are the submission's and `above` stands above it."""
    ledger, namespace = Ledger(), dict[str, object](__name__="__main__")
    cells = [cell("step", STEP, solution=True), cell("jump", JUMP, solution=True)]
    for number, (kind, source) in enumerate(above):
        graded = {"grade": True, "points": 1} if kind == "test" else {}
        cells.append(cell(f"{kind}_{number}", source, locked=True, **graded))
    cells.append(cell("test_all", "if False:\n    step, jump", grade=True, locked=True, points=1))
    cells.append(cell("test_it", test, grade=True, locked=True, points=1))
    for one in cells:
        code = one.source if "%" not in one.source else ""
        ledger.run(one, namespace, partial(exec, code, namespace))
    ledger.close()
    assert ledger.all_names("test_it") == ["step", "jump"]
    return set(ledger.names("test_it"))


def test_a_test_is_told_what_it_speaks_of() -> None:
    assert told(test="assert step(1) == 2") == {"step"}
    assert told(("test", "assert jump(1) == 3"), test="assert step(1) == 2") == {"step"}
    assert told(("locked", "%matplotlib inline"), test="assert step(1) == 2") == {"step"}


@pytest.mark.parametrize(
    ("above", "test"),
    [
        ([("locked", "def twice(n):\n    return step(step(n))")], "assert twice(1) == 3"),
        ([("locked", "def once(n):\n    return step(n)"), ("locked", "def twice(n):\n    return once(once(n))")],
         "assert twice(1) == 3"),
        ([("locked", "steps = []"), ("test", "steps.append(lambda: step(1))")], "assert steps[0]() == 2"),
        ([("locked", f"{BOX}\nbox = Box()"), ("locked", "box.put(lambda: step(1))")], "assert box.take() == 2"),
        ([("locked", f"{BOX}\nclass Deep(Box):\n    def put(self, f):\n        self.f = lambda: step(1)"),
          ("test", "deep = Deep()\ndeep.put(None)")], "assert deep.take() == 2"),
        ([("locked", "import math\nmath.step = lambda: step(1)")], "import math\nassert math.step() == 2"),
        ([("locked", "def twice(n):\n    return step(step(n))"), ("test", "marks = twice")],
         "assert marks(1) == 3\nmarks = 5"),
    ],
)  # fmt: skip
def test_what_the_lessons_own_code_calls_for_it_belongs_to_it(
    above: list[tuple[str, str]], test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(math, "step", None, raising=False)  # is taken out again
    assert told(*above, test=test) == {"step"}


@pytest.mark.parametrize(
    "test",
    [
        "assert eval('step(1)') == 2",
        "%time step(1)",
        "import sys\nassert sys.modules",
        "assert globals()['step'](1) == 2",
    ],
)
def test_a_test_that_comes_to_names_by_their_text_is_told_all_of_them(test: str) -> None:
    assert told(test=test) == {"step", "jump"}


def test_numbers_lead_nowhere_and_neither_does_what_a_test_binds_anew() -> None:
    above = (("locked", "numbers = [1, 2]"), ("test", "marks = object()\nassert jump(numbers[0]) == 3"))
    assert told(*above, test="marks = object()\nassert step(numbers[0]) == 2") == {"step"}
