"""The newer checks on functions that live in the sandbox: parts, cost, a function that calls ours back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading import marks
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.sandbox

SOLUTIONS = {
    "softmax_vjp": "def softmax_vjp(s, dy):\n    return s * (dy - s @ dy)",
    "numerical_gradient": """
def numerical_gradient(f, x, h=1e-5):
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h; above = f(x)
        x[i] = kept - h; below = f(x)
        x[i] = kept
        g[i] = (above - below) / (2 * h)
    return g""",
    "backward": "def backward(dY, X, W):\n    return dY @ W.T, X.T @ dY, dY.sum(axis=0)",
}
TESTS = {
    "softmax_vjp": """
marks = check.marks("softmax_vjp", values=1, cost=1)
with marks.values:
    check.matches(softmax_vjp, reference.softmax_vjp, cases.draw(lambda r, n: (r.random(n + 2), r.random(n + 2))))
with marks.cost:
    check.cost(softmax_vjp, reference.softmax_vjp, [(np.linspace(0, 1, 1_000_000), np.ones(1_000_000))])
marks.total()""",
    "numerical_gradient": """
def sum_of_squares(x): return float(np.sum(x ** 2))
points = cases.draw(lambda r, n: (sum_of_squares, cases.normal(r, n + 1, n + 2)))
marks = check.marks("numerical_gradient", values=1, restored=1)
with marks.values:
    check.matches(numerical_gradient, reference.numerical_gradient, points)
with marks.restored:
    check.leaves_arguments_alone(numerical_gradient, points, within=1e-12)
marks.total()""",
    "backward": """
nets = cases.draw(
    lambda r, n: (cases.normal(r, n + 1, n + 2), cases.normal(r, n + 1, n + 4), cases.normal(r, n + 4, n + 2))
)
marks = check.marks("backward", dX=1, dW=1, db=1)
ones = np.ones((2, 2))
with marks.db:
    check.close(backward(ones, ones, ones)[2], [2.0, 2.0])
### BEGIN HIDDEN TESTS
with marks.dX:
    check.close(backward(ones, ones, -ones)[0], -2 * ones)
for name, place in (("dX", 0), ("dW", 1), ("db", 2)):
    with getattr(marks, name):
        check.matches(backward, reference.backward, nets, part=(name, place))
@mistake("weights averaged", "Sum or mean?")
def backward(dY, X, W):
    return dY @ W.T, X.T @ dY / len(X), dY.sum(axis=0)
### END HIDDEN TESTS
marks.total()""",
}


def cell(grade_id: str, source: str, **nbgrader: Any) -> Any:
    metadata = {
        "grade_id": grade_id, "grade": False, "solution": False, "locked": False, "task": False,
        "schema_version": 3, **nbgrader,
    }  # fmt: skip
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": metadata})


def lesson(**answers: str) -> Any:
    setup = "import numpy as np\nfrom autograder import check\nfrom autograder.check import cases, mistake, reference"
    cells = [cell("setup", setup, locked=True)]
    for name, solution in (SOLUTIONS | answers).items():
        points = float(TESTS[name].count("=1"))
        cells += [
            cell(name, solution, solution=True),
            cell(f"test_{name}", TESTS[name], grade=True, locked=True, points=points),
        ]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("source")
    limits = Limits(cell_seconds=5, call_seconds=2, memory_mib=512, restarts=2)
    made = Examiner(LessonSource(lesson(), folder, (folder, Path.cwd())), limits)
    yield made
    made.close()


def graded(examiner: Examiner, **answers: str) -> dict[str, tuple[float | None, str]]:
    """Return the points and the message of each exercise."""
    notebook = lesson(**answers)
    result = examiner.examine(ExamRequest(marks.plan(notebook)))
    assert not result.error
    marks.write_outputs(notebook, result)
    outcomes = marks.outcomes(notebook, result)
    return {
        name.removeprefix("test_"): (outcome.score, outcome.message) for name, outcome in outcomes.items()
    }


def test_right_answers(examiner: Examiner) -> None:
    assert {name: points for name, (points, _) in graded(examiner).items()} == {
        "softmax_vjp": 2.0, "numerical_gradient": 2.0, "backward": 3.0,
    }  # fmt: skip


def test_a_table_of_a_million_times_a_million(examiner: Examiner) -> None:
    table = "def softmax_vjp(s, dy):\n    return (np.diag(s) - np.outer(s, s)) @ dy"
    points, message = graded(examiner, softmax_vjp=table)["softmax_vjp"]
    assert points == 1.0
    assert "does not cope with n = 1,000,000: it runs out of memory (Unable to allocate 7.28 TiB" in message


def test_a_loop_over_a_million_rows(examiner: Examiner) -> None:
    rows = "def softmax_vjp(s, dy):\n    return np.array([s[i] * (dy[i] - np.sum(s * dy)) for i in range(len(s))])"
    points, message = graded(examiner, softmax_vjp=rows)["softmax_vjp"]
    assert points == 1.0
    assert "does not cope with n = 1,000,000: softmax_vjp had not returned after 2 s" in message


def test_memory_that_is_really_taken(examiner: Examiner) -> None:
    hoards = "def softmax_vjp(s, dy):\n    kept = [np.ones(len(s)) for _ in range(1000)]\n    return s * (dy - s @ dy)"
    points, message = graded(examiner, softmax_vjp=hoards)["softmax_vjp"]
    assert points == 1.0
    assert "does not cope with n = 1,000,000: " in message


def test_x_left_shifted_by_the_last_step(examiner: Examiner) -> None:
    shifted = SOLUTIONS["numerical_gradient"].replace("        x[i] = kept\n", "")
    points, message = graded(examiner, numerical_gradient=shifted)["numerical_gradient"]
    assert points == 1.0
    assert "f = sum_of_squares, x = [[" in message
    assert "the call changed its argument `x` and did not put it back: x went from" in message


def test_parts_across_the_wall(examiner: Examiner) -> None:
    averaged = "def backward(dY, X, W):\n    return [dY @ W.T, X.T @ dY / len(X), dY.sum(axis=0)]"
    points, message = graded(examiner, backward=averaged)["backward"]
    assert points == 2.0
    assert "row 0: expected [" in message
    assert "A known slip gives just this: weights averaged. Sum or mean?" in message


def test_a_visible_call_is_quoted_and_a_hidden_one_is_not(examiner: Examiner) -> None:
    wrong = "def backward(dY, X, W):\n    return dY @ abs(W).T, X.T @ dY, dY.mean(axis=0)"
    points, message = graded(examiner, backward=wrong)["backward"]
    assert points == 1.0
    assert "at backward(ones, ones, ones)[2]: expected [2, 2], got [1, 1]" in message
    assert "at row 0: expected [-2, -2], got [2, 2]" in message
    gone = "def backward(dY, X, W):\n    return dY @ W.T"
    _, message = graded(examiner, backward=gone)["backward"]
    assert "at backward(ones, ones, ones)[2]: raised IndexError" in message
