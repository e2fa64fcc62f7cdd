"""What a test is told, and what it leaves behind, is the same where the notebook's own process answers it as in a fork."""

# ruff: noqa: E501 - notebooks, each in a line

from __future__ import annotations

import gc
import os
import re
import signal
import warnings
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.check import ProcessDied, TookTooLong
from autograder.sandbox import proxy
from autograder.sandbox.proxy import StudentFunction, TestDesk
from autograder.sandbox.series import Packed
from autograder.sandbox.stand_ins import StandIns
from autograder.sandbox.submission import Submission

from .conftest import SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.sandbox.session import Template

pytestmark = pytest.mark.sandbox
SETUP = (
    "import functools\nimport itertools\nimport math\nimport random\nimport warnings\nimport numpy as np\n"
)
#: What functions of odd notebooks do to what is around them; each defines `f`, whose name is then made unlike the others'.
ODD = (
    "def f(x):\n    return np.maximum(x, 0)",
    "def f(x):\n    print('called with', type(x).__name__)\n    return x",
    "data = np.zeros(3)\n\ndef f(x):\n    data[0] += 1\n    return data",
    "view = np.arange(6.0)[::2]\n\ndef f(x):\n    view[:] = view[::-1].copy()\n    return view.sum()",
    "whole = np.arange(4.0)\npart = whole[1:3]\n\ndef f(x):\n    part.base[0] += 1\n    return whole[0]",
    "grows = np.zeros(2)\n\ndef f(x):\n    grows.resize(grows.size + 1, refcheck=False)\n    return grows.size",
    "seen = []\n\ndef f(x):\n    seen.append(1)\n    return len(seen)",
    "deep = {'a': [np.zeros(1)], 'n': (1, [2])}\n\ndef f(x):\n    deep['a'][0][0] += 1\n    deep['n'][1].append(3)\n    return deep",
    "words = {'b', 'a'}\n\ndef f(x):\n    words.add(str(len(words)))\n    return len(words)",
    "memo = {}\n\ndef f(x):\n    memo[len(memo)] = memo.get(0, 1)\n    return len(memo)",
    "n = 0\n\ndef f(x):\n    global n\n    n += 1\n    return n",
    "def f(x, seen=[]):\n    seen.append(1)\n    return len(seen)",
    "def f(x, *, table={}):\n    table[len(table)] = 1\n    return len(table)",
    "def f(x):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
    "def make():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n        return n\n    return f\n\nf = make()",
    "def make():\n    seen = []\n    def f(x):\n        seen.append(1)\n        return len(seen)\n    return f\n\nf = make()",
    "def f(x):\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n        return n\n    return count",
    "def f(x):\n    n = 0\n    while True:\n        yield n\n        n += 1",
    "counter = itertools.count()\n\ndef f(x):\n    return next(counter)",
    "@functools.cache\ndef table():\n    return []\n\ndef f(x):\n    table().append(1)\n    return len(table())",
    "def f(x):\n    return np.random.rand(2)",
    "def f(x):\n    np.random.seed(3)\n    return random.random() + np.random.normal()",
    "def f(x):\n    import random\n    return random.gauss(0, 1)",
    "from random import random as draw\n\ndef f(x):\n    return draw()",
    "rng = np.random.default_rng(1)\n\ndef f(x):\n    return rng.normal(size=2)",
    "def f(x, rng=np.random.default_rng(2)):\n    return rng.integers(100)",
    "def f(x):\n    np.seterr(all='ignore')\n    return 1",
    "def f(x):\n    with np.errstate(all='ignore'):\n        return np.log(np.zeros(1))[0]",
    "def f(x):\n    return float(np.log(np.zeros(1))[0])",
    "def f(x):\n    return float(np.mean(np.zeros(0)))",
    "def f(x):\n    warnings.warn('mind')\n    return 1",
    "def f(x):\n    with np.errstate(all='ignore'):\n        yield 1\n        yield 2",
    "old = np.linalg.norm\n\ndef f(x):\n    np.linalg.norm = lambda v: 7\n    return np.linalg.norm(np.ones(2))",
    "np.mine = []\n\ndef f(x):\n    np.mine.append(1)\n    return len(np.mine)",
    "def f(x):\n    np.typecodes['mine'] = 'x'\n    return len(np.typecodes)",
    "class Thing:\n    n = 0\n\ndef f(x):\n    Thing.n += 1\n    return Thing.n",
    "class Layer:\n    def __init__(self):\n        self.w = 0\n    def step(self):\n        self.w += 1\n        return self.w\n\nlayer = Layer()\n\ndef f(x):\n    return layer.step()",
    "def f(x):\n    globals()['made'] = 1\n    return 1",
    "def f(x):\n    raise ValueError('no')",
    "def f(x):\n    return undefined",
    "def f(x):\n    return 1 if x < 1 else f(x - 1) + 1",
    "def f(x):\n    x[:] = [0]\n    return x",
    "kept = []\n\ndef f(x):\n    kept.append(x)\n    return len(kept)",
    "def f(x):\n    return sum([v for v in range(3)])\n\ndef sum(values):\n    tally.append(1)\n    return len(tally)\n\ntally = []",
    "table = {'f': [lambda x: steps.append(x)]}\nsteps = []\n\ndef f(x):\n    table['f'][0](1)\n    return len(steps)",
    "order = {'a': 1, 'b': 2}\n\ndef f(x):\n    order['a'] = order.pop('a')\n    return list(order)",
)  # fmt: skip
STATE = """
def _shown(value):
    if isinstance(value, np.ndarray):
        return (value.shape, value.tobytes(), value.flags.num)
    if isinstance(value, dict):
        return [(_shown(k), _shown(v)) for k, v in value.items()]
    if isinstance(value, (list, tuple)):
        return [_shown(v) for v in value]
    if callable(value) and hasattr(value, '__code__'):
        return [_shown(value.__defaults__), _shown(value.__kwdefaults__), _shown(vars(value)),
                _shown([c.cell_contents for c in value.__closure__ or ()])]
    return sorted(value) if isinstance(value, set) else value if isinstance(value, (int, float, str)) else type(value)

for _name, _value in sorted(globals().items()):
    if not _name.startswith('_') and _name not in ('In', 'Out', 'get_ipython', 'exit', 'quit', 'open'):
        print(_name, _shown(_value))
print(np.random.rand(), random.random(), np.geterr(), np.linalg.norm(np.ones(4)), len(np.typecodes), vars().get('made'))
print(np.log(np.zeros(1)), np.mean(np.zeros(0)))
import signal, sys
print(signal.getsignal(signal.SIGALRM), type(sys.stdout), __import__('os').listdir())
"""
CELLS = ("f{n}(1)", "print(f{n}(2))", "z = f{n}(1)", STATE, "np.random.seed(5)", "x = 3")
TESTS = (
    "call", "twice", "array", "series", "passed", "deleted", "seeded", "bound", "two", "standing", "again",
)  # fmt: skip
Step = tuple[str, int, int]  # a cell or a test, and which functions it is about


def as_plain(value: Any) -> object:
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes(), value.flags.writeable
    if isinstance(value, StudentFunction):
        return [as_plain(told(value)) for _ in range(2)]
    if isinstance(value, dict):
        return [(as_plain(key), as_plain(part)) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [as_plain(part) for part in value]
    if hasattr(value, "__next__"):
        return [as_plain(next(value)) for _ in range(2)]
    return value.__name__ if callable(value) else repr(value)


def told(function: Any, *args: Any) -> object:
    """Call a function as a test does; return all that the test could find out."""
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(StringIO()) as printed:
        warnings.simplefilter("always")
        try:
            value = as_plain(function(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be the same
            value = type(error).__name__, str(error), getattr(error, "remote_traceback", "")
    return value, as_plain(args), printed.getvalue(), [(w.category, str(w.message)) for w in caught]


def run_test(submission: Submission, kind: str, names: Sequence[str]) -> list[object]:
    """Run one of the tests on some of the functions."""
    stands = {names[0]: lambda _: 12, "n": 7} if kind == "standing" else {"n": 7} if kind == "again" else {}
    cells = [NOTEBOOK[int(name[1:])] for name in names] if kind == "again" else []
    desk = TestDesk(submission, StandIns(stands, cells))
    try:
        found = desk.look_up([*names, "data", "seen", "n", "x"])
        first, last = found[names[0]], found[names[-1]]
        said: list[object] = [
            as_plain({k: v for k, v in found.items() if not isinstance(v, StudentFunction)})
        ]
        desk.watch(found)
        if kind in {"twice", "again"}:
            said += [told(first, 1), told(last, 2), told(first, 1)]
        elif kind == "array":
            said += [told(first, np.arange(3.0)), told(last, [1, 2])]
        elif kind == "series":
            calls = desk.send_series(first, [Packed((n,)) for n in range(3)], careful=False)
            said += [told(lambda take=take: take((0,))) for take in calls]
        elif kind == "passed":
            said += [told(lambda: last(first)), told(last, lambda x: x)]
        elif kind == "deleted":
            del found[names[0]]
            said += [told(last, 1)]
        elif kind == "seeded":
            np.random.seed(4)  # noqa: NPY002 - as tests do
            said += [told(first, 1), told(last, 1)]
        elif kind == "bound":
            found[names[0]] = lambda _: 12
            said += [told(last, 1)]
        elif kind == "standing":
            said += [told(last, 1), told(last, 2)]
            del found[names[0]]
            said += [told(last, 1)]
        elif kind == "two":
            again = TestDesk(submission)
            desk.close()
            said += [told(again.look_up(list(names))[names[0]], 1)]
            again.close()
        else:
            said += [told(first, 1)]
    finally:
        desk.close()
    return said


def without_places(outputs: object) -> str:
    """Return outputs without the places in memory that they name."""
    return re.sub(r"0x[0-9a-f]+", "0x", repr(outputs))


def transcript(template: Template, notebook: Sequence[str], steps: Sequence[Step]) -> list[object]:
    """Run a notebook, and tests in between; return all that came of it."""
    said: list[object] = []
    with template.start(SMALL) as submission:
        for source in (SETUP, *notebook):
            run = submission.run_cell(source)
            said.append((run.fate, without_places(run.outputs)))
        for kind, first, second in steps:
            if kind in TESTS:
                names = [f"f{first}", f"f{second}"]
                said.append((kind, names, run_test(submission, kind, names)))
                continue
            run = submission.run_cell(kind.replace("{n}", str(first)))
            said.append((kind, run.fate, without_places(run.outputs)))
        run = submission.run_cell(STATE)
        said.append((run.fate, without_places(run.outputs)))
    return said


NOTEBOOK = [re.sub(r"\bf\b(?!')", f"f{at}", source) for at, source in enumerate(ODD)]


def both(
    template: Template, monkeypatch: pytest.MonkeyPatch, notebook: Sequence[str], steps: Sequence[Step]
) -> tuple[list[object], list[object]]:
    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # what tests before this one left open would be warned of in its calls
    with (
        monkeypatch.context() as patch
    ):  # also after something could not be put back: that is how it is found
        patch.setattr(Submission, "spoil", lambda self: setattr(self, "_spoilt", True))
        at_home = transcript(template, notebook, steps)
    with monkeypatch.context() as patch:
        patch.setattr(Submission, "answers_tests", False)
        patch.setattr(proxy, "may_change_nothing", lambda _: False)  # and cells are really run again
        return at_home, transcript(template, notebook, steps)


WARNING = [at for at, source in enumerate(ODD) if re.search("np.log|np.mean|warn", source)]


def around_cells(kind: str) -> list[Step]:
    """Test each function, between cells that warn: what was warned of once is not shown again."""
    warn = [("f{n}(1)", at, at) for at in WARNING]
    return [*warn, *((kind, at, at) for at in range(len(ODD))), *warn]


STEPS = st.tuples(st.sampled_from([*CELLS, *TESTS * 2]), *[st.integers(0, len(ODD) - 1)] * 2)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_a_test_at_home_finds_and_leaves_what_one_in_a_fork_does(
    template: Template, monkeypatch: pytest.MonkeyPatch, steps: list[Step]
) -> None:
    at_home, in_forks = both(template, monkeypatch, NOTEBOOK, steps)
    for one, other in zip(at_home, in_forks, strict=True):
        assert one == other


@pytest.mark.parametrize("kind", TESTS)
def test_each_odd_function_in_turn(template: Template, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    steps = around_cells(kind)
    at_home, in_forks = both(template, monkeypatch, NOTEBOOK, steps)
    for one, other in zip(at_home, in_forks, strict=True):
        assert one == other


@pytest.mark.parametrize(
    "weaker",
    [
        "purity._Look._is_plain = lambda *_: True",
        "instructions.are_plain = lambda *_: True",
        "purity._Look._is_data = lambda *_: True",
        "purity._TELLING = frozenset()",
        "keepsakes.Keepsakes.put_back = lambda _: True",
        "home.Home._keep_states = lambda _: None",
        "plain.is_as_defined = lambda *_: True",
    ],
)
def test_a_weaker_analysis_is_noticed(
    template: Template, monkeypatch: pytest.MonkeyPatch, weaker: str
) -> None:
    """The comparison above would not be passed by one that lets more be answered at home, or puts less back."""
    steps = [step for kind in ("twice", "seeded") for step in around_cells(kind)]
    if weaker.startswith("plain"):
        called = [("f{n}(1)", at, at) for at in range(len(ODD))]
        steps = [*called, *(("again", at, at) for at in range(len(ODD)))]
    notebook = [
        f"from autograder.sandbox import home, instructions, keepsakes, plain, purity\n{weaker}",
        *NOTEBOOK,
    ]
    at_home, in_forks = both(template, monkeypatch, notebook, steps)
    assert at_home != in_forks


HANGS = "def f(x):\n    while x:\n        pass\n    return x"
HANGS_IN_C = "def f(x):\n    return len(str(7 ** 10**8)) if x else x"


@pytest.mark.parametrize(("source", "error"), [(HANGS, TookTooLong), (HANGS_IN_C, TookTooLong)])
def test_a_call_that_hangs_at_home_costs_that_call_alone(
    submission: Submission, source: str, error: type[Exception]
) -> None:
    submission.write_file("data.txt", b"5")
    submission.run_cell("n = int(open('data.txt').read())\nprint('once')")
    submission.run_cell(source)
    room = submission._room
    desk = TestDesk(submission)
    f = desk.look_up(["f"])["f"]
    with pytest.raises(error):
        f(1)
    assert f(0) == 0
    desk.close()
    assert desk.trouble
    assert submission.alive
    assert submission._room is not room  # made again
    assert submission.run_cell("print(n, f(0))").outputs[0].text == "5 0\n"
    assert told(lambda: run_test(submission, "call", ["n", "f"]))
    assert not submission.answers_tests


def test_a_process_that_ends_at_home_costs_that_call_alone(submission: Submission) -> None:
    submission.run_cell(SETUP + "def f(x):\n    return x")
    desk = TestDesk(submission)
    f = desk.look_up(["f"])["f"]
    assert f(1) == 1
    os.kill(max(submission.processes()), signal.SIGKILL)
    with pytest.raises(ProcessDied, match="ended the Python process"):
        f(1)
    assert f(2) == 2
    desk.close()
    assert submission.run_cell("print(f(3))").outputs[0].text == "3\n"


def told_value(function: Any, value: Any) -> Any:
    return function(value)


def test_nested_calls_stay_in_one_process(submission: Submission) -> None:
    """A test's own function that calls what leaves a trace, while it is called back."""
    submission.run_cell(
        "seen = set()\ndef f(g):\n    return g(1)\ndef count(x):\n    seen.add(len(seen))\n    return len(seen)"
    )
    for _ in range(2):
        desk = TestDesk(submission)
        names = desk.look_up(["f", "count"])
        assert names["f"](names["count"]) == 1
        assert names["f"](partial(told_value, names["count"])) == 2
        assert names["count"](1) == 3
        desk.close()
    assert submission.run_cell("print(seen)").outputs[0].text == "set()\n"
