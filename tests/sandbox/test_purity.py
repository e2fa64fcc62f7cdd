"""Which functions leave no trace: a test that calls them alone gets no process of its own, every other one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograder.sandbox.proxy import TestDesk

if TYPE_CHECKING:
    from autograder.sandbox.session import Submission

pytestmark = pytest.mark.sandbox
PURE = (
    "def f(x):\n    return np.maximum(x, 0)",
    "def f(x, by=2.0):\n    y = x * by\n    y[y < 0] = 0\n    return y",
    "def g(x):\n    return x.sum(axis=0, keepdims=True)\n\ndef f(x):\n    return x - g(x)",
    "def f(x):\n    if x.ndim == 0:\n        raise ValueError('no')\n    return [v for v in sorted(x) if v > 1]",
    "def f(x):\n    return sum(float(v) for v in x)",
    "def f(x):\n    try:\n        return np.linalg.norm(x)\n    except ValueError:\n        return 0",
    "SCALE = 3\n\ndef f(x):\n    def inner(y):\n        return y * SCALE\n    return inner(x)",
    "f = lambda x: -x",
    "def make(n):\n    return lambda x: n * x\n\nf = make(3)",
    "from math import exp\n\ndef f(x):\n    import numpy\n    return numpy.array([exp(v) for v in x])",
    "def f(x):\n    with np.errstate(all='ignore'):\n        return np.log(x)",
    "def f(x):\n    yield from x",
    "W = np.ones((3, 2))\nlayers = [{'W': W, 'b': 0.0}]\n\ndef f(x):\n    return x @ layers[0]['W'] + layers[0]['b']",
    "def g(x):\n    return x\n\nkinds = {'g': g}\n\ndef f(x, kind='g'):\n    return kinds[kind](x)",
    "seen = []\n\ndef f(x):\n    seen.append(1)\n    return len(seen)",
    "def f(x, seen=[]):\n    seen.append(1)\n    return len(seen)",
    "data = np.zeros(1)\n\ndef f(x):\n    data[0] += 1\n    return data[0]",
    "def f(x):\n    np.random.seed(len(x))\n    return np.random.rand()",
    "def f(x):\n    import random\n    return random.random()",
    "rng = np.random.default_rng(0)\n\ndef f(x):\n    return rng.normal()",
    "def f(x):\n    return np.lib.stride_tricks.sliding_window_view(x, 2).sum()",
)
IMPURE = (
    "n = 0\n\ndef f(x):\n    global n\n    n += 1\n    return n",
    "def f(x):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
    "def g():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n        return n\n    return f\n\nf = g()",
    (
        "class C:\n    n = 0\n    def __call__(self, x):\n        self.n += 1\n        return self.n\n\n"
        "np.linalg.norm = C()\n\ndef f(x):\n    return np.linalg.norm(x)"
    ),
    "n = [0]\n\ndef f(x):\n    globals()['n'] = [n[0] + 1]\n    return n[0]",
    "def f(x):\n    np.seterr(all='raise')\n    return 1",
    "def f(x):\n    np.typecodes['mine'] = np.typecodes.get('mine', 0) + 1\n    return np.typecodes['mine']",
    "def f(x):\n    exec('pass')\n    return 1",
    "class A:\n    n = 0\n\ndef f(x):\n    A.n += 1\n    return A.n",
    "import functools\n\n@functools.cache\ndef g():\n    return []\n\ndef f(x):\n    g().append(1)\n    return len(g())",
    "np.mine = []\n\ndef f(x):\n    np.mine.append(1)\n    return len(np.mine)",
    "import itertools\n\nnumbers = itertools.count()\n\ndef f(x):\n    return next(numbers)",
    "large = np.zeros(1_000_000)\n\ndef f(x):\n    large[0] += 1\n    return large[0]",
    "many = list(range(100_000))\n\ndef f(x):\n    return many[:2]",
    "class Row(list):\n    pass\n\nrows = Row()\n\ndef f(x):\n    rows.append(1)\n    return len(rows)",
    "def f(x):\n    with np.errstate(all='ignore'):\n        yield from x",
    (
        "part = np.zeros(4)[2:]\n\ndef f(x):\n    whole = np.lib.stride_tricks.as_strided(part, (4,), (-8,))\n"
        "    whole[1] += 1\n    return whole[1]"
    ),
    "part = np.zeros(4)[1:]\n\ndef f(x):\n    part.base[0] += 1\n    return part.base[0]",
)


def call(submission: Submission, argument: object = None) -> tuple[object, bool]:
    """Look `f` up as a test does, and call it; return what it gave, and whether a process was made for it."""
    desk = TestDesk(submission)
    before = set(submission.processes())
    try:
        value = desk.look_up(["f"])["f"](np.arange(3.0) if argument is None else argument)
        if hasattr(value, "__next__"):
            value = next(value)
        return value, bool(set(submission.processes()) - before)
    finally:
        desk.close()


@pytest.mark.parametrize("source", PURE)
def test_what_leaves_no_trace_is_answered_at_home(submission: Submission, source: str) -> None:
    assert submission.run_cell("import numpy as np").fate == "ok"
    assert submission.run_cell(source).fate == "ok"
    first, forked = call(submission)
    assert not forked
    again, forked = call(submission)
    np.testing.assert_array_equal(again, first)
    assert not forked


@pytest.mark.parametrize("source", IMPURE)
def test_what_may_leave_one_has_its_own_process(submission: Submission, source: str) -> None:
    assert submission.run_cell("import numpy as np").fate == "ok"
    assert submission.run_cell(source).fate == "ok"
    first, forked = call(submission)
    assert forked
    assert call(submission) == (first, True)


@pytest.mark.parametrize(
    "cell", ["import threading\nthreading.Timer(60, print).start()", "np.seterrcall(print); np.seterr(all='call')",
             "import sys\nsys.setprofile(lambda *_: None)"],
)  # fmt: skip
def test_nothing_is_answered_at_home_where_more_goes_on(submission: Submission, cell: str) -> None:
    submission.run_cell("import numpy as np\n\ndef f(x):\n    return 1")
    assert call(submission) == (1, False)
    assert submission.run_cell(cell).fate == "ok"
    assert call(submission) == (1, True)


def test_a_long_notebook_is_not_run_again(submission: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that takes the process down would have it run again."""
    submission.run_cell("def f(x):\n    return 1")
    assert call(submission) == (1, False)
    monkeypatch.setattr("autograder.sandbox.submission.LONG", 0.0)
    assert call(submission) == (1, True)


def test_one_that_leaves_a_trace_costs_nothing_where_it_is_not_called(submission: Submission) -> None:
    submission.run_cell(
        "n = 0\n\ndef count(x):\n    global n\n    n += 1\n    return n\n\ndef f(x):\n    return 1"
    )
    for name in ("f", "count", "f", "count"):
        desk = TestDesk(submission)
        names = desk.look_up(["f", "count"])
        before = set(submission.processes())
        assert names[name](1) == 1
        assert bool(set(submission.processes()) - before) == (name == "count")
        desk.close()


def test_what_a_test_does_to_the_names_is_gone_with_it(submission: Submission) -> None:
    submission.run_cell("def g(x):\n    return 1\n\ndef f(x):\n    return g(x)")
    desk = TestDesk(submission)
    namespace = desk.look_up(["f", "g"])
    desk.watch(namespace)
    del namespace["g"]
    with pytest.raises(NameError):
        namespace["f"](1)
    desk.close()
    assert call(submission) == (1, False)
