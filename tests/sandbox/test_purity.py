"""A test goes on with the worker of the one before where that leaves no trace, and with a fresh one everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.series import Packed

if TYPE_CHECKING:
    from autograder.sandbox.session import Submission

PURE = (
    "def f(x):\n    return np.maximum(x, 0)",
    "def f(x, by=2.0):\n    y = x * by\n    y[y < 0] = 0\n    return y",
    "def g(x):\n    return x.sum(axis=0, keepdims=True)\n\ndef f(x):\n    return x - g(x)",
    "def f(x):\n    if x.ndim == 0:\n        raise ValueError('no')\n    return [v for v in sorted(x) if v > 1]",
    "def f(x):\n    return sum(float(v) for v in x)",
    "def f(x):\n    try:\n        return np.linalg.norm(x)\n    except ValueError:\n        return 0",
    "SCALE = 3\n\ndef f(x):\n    def inner(y):\n        return y * SCALE\n    return inner(x)",
)
IMPURE = (
    "seen = []\n\ndef f(x):\n    seen.append(1)\n    return len(seen)",
    "n = 0\n\ndef f(x):\n    global n\n    n += 1\n    return n",
    "def f(x, seen=[]):\n    seen.append(1)\n    return len(seen)",
    "def f(x):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
    "def g():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n        return n\n    return f\n\nf = g()",
    (
        "class C:\n    n = 0\n    def __call__(self, x):\n        self.n += 1\n        return self.n\n\n"
        "np.linalg.norm = C()\n\ndef f(x):\n    return np.linalg.norm(x)"
    ),
    "def g():\n    seen.append(1)\n    return len(seen)\n\nseen = []\n\ndef f(x):\n    return g()",
    "def f(x):\n    np.random.seed(len(x))\n    return np.random.rand()",
    "def f(x):\n    import random\n    return random.random()",
    "def f(x):\n    np.seterr(all='raise')\n    return 1",
    "def f(x):\n    np.typecodes['mine'] = np.typecodes.get('mine', 0) + 1\n    return np.typecodes['mine']",
    "def f(x):\n    globals()['n'] = 1\n    return 1",
    "def f(x):\n    exec('pass')\n    return 1",
    "data = np.zeros(1)\n\ndef f(x):\n    data[0] += 1\n    return data[0]",
    "class A:\n    n = 0\n\ndef f(x):\n    A.n += 1\n    return A.n",
    "import functools\n\n@functools.cache\ndef g():\n    return []\n\ndef f(x):\n    g().append(1)\n    return len(g())",
    "np.mine = []\n\ndef f(x):\n    np.mine.append(1)\n    return len(np.mine)",
)


def call(submission: Submission, argument: object = None) -> object:
    """Look `f` up as a test does, and call it."""
    desk = TestDesk(submission)
    try:
        f = desk.look_up(["f"])["f"]
        return f(np.arange(3.0) if argument is None else argument)
    finally:
        desk.close()


def workers(submission: Submission) -> set[int]:
    return set(submission.processes())


@pytest.mark.parametrize("source", PURE)
def test_what_leaves_no_trace_shares_a_worker(submission: Submission, source: str) -> None:
    assert submission.run_cell("import numpy as np").fate == "ok"
    assert submission.run_cell(source).fate == "ok"
    first = call(submission)
    with_worker = workers(submission)
    np.testing.assert_array_equal(call(submission), first)
    assert workers(submission) == with_worker


@pytest.mark.parametrize("source", IMPURE)
def test_what_may_leave_one_has_its_own(submission: Submission, source: str) -> None:
    assert submission.run_cell("import numpy as np").fate == "ok"
    assert submission.run_cell(source).fate == "ok"
    first = call(submission)
    with_worker = workers(submission)
    assert call(submission) == first
    assert workers(submission) != with_worker


def test_a_worker_follows_cells_that_define(submission: Submission) -> None:
    submission.run_cell("import numpy as np\n\ndef g(x):\n    return 1\n\ndef f(x):\n    return g(x)")
    assert call(submission) == 1
    with_worker = workers(submission)
    submission.run_cell("def g(x):\n    return 2\n")
    assert call(submission) == 2
    submission.run_cell("ONE = 1\n\ndef f(x):\n    return g(x) + ONE")
    assert call(submission) == 3
    assert workers(submission) == with_worker


@pytest.mark.parametrize(
    "cell", ["g = lambda x: 2", "%precision 3", "print(g(1))", "def g(x=len('ab')):\n    return x", "1 / 0"]
)
def test_a_worker_follows_no_other_cell(submission: Submission, cell: str) -> None:
    submission.run_cell("def g(x):\n    return 1\n\ndef f(x):\n    return g(1)")
    call(submission)
    with_worker = workers(submission)
    submission.run_cell(cell)
    call(submission)
    assert workers(submission) != with_worker


def test_one_that_leaves_a_trace_spoils_nothing_where_it_is_not_called(submission: Submission) -> None:
    submission.run_cell(
        "seen = []\n\ndef count(x):\n    seen.append(x)\n    return len(seen)\n\ndef f(x):\n    return 1"
    )
    before = workers(submission)
    for name, again in (("f", False), ("f", True), ("count", True), ("count", False), ("f", False)):
        desk = TestDesk(submission)
        assert desk.look_up(["f", "count"])[name](1) == 1
        desk.close()
        assert (workers(submission) == before) == again
        before = workers(submission)


def test_a_series_that_breaks_off_is_not_gone_on_with(submission: Submission) -> None:
    submission.run_cell("def f(x):\n    while x:\n        pass\n    return x")
    desk = TestDesk(submission)
    f = desk.look_up(["f"])["f"]
    assert f(0) == 0
    series = desk.send_series(f, [Packed((0,)), Packed((1,))], careful=False)
    with pytest.raises(Exception, match="had not returned"):
        [take((0,)) for take in series]
    desk.close()
    assert call(submission, argument=0) == 0


def test_a_worker_that_hung_is_not_kept(submission: Submission) -> None:
    submission.run_cell("def f(x):\n    while True:\n        pass")
    with pytest.raises(Exception, match="had not returned"):
        call(submission)
    with_worker = workers(submission)
    submission.run_cell("def f(x):\n    return 1")
    assert call(submission) == 1
    assert workers(submission) != with_worker


def test_what_a_test_does_to_the_names_is_gone_with_it(submission: Submission) -> None:
    submission.run_cell("def g(x):\n    return 1\n\ndef f(x):\n    return g(x)")
    desk = TestDesk(submission)
    namespace = desk.look_up(["f", "g"])
    desk.watch(namespace)
    del namespace["g"]
    with pytest.raises(NameError):
        namespace["f"](1)
    desk.close()
    assert call(submission) == 1
