"""One process may grade several submissions in a row: only where nothing is left of one for the next."""

from __future__ import annotations

import contextlib
import contextvars
import math
import os
import pickle
import warnings
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder import check
from autograder.check import _context
from autograder.derive import _prepared
from autograder.grading.lesson import Lesson
from autograder.grading.steady import Steady
from autograder.grading.traces import reached_by_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType


def run(*sources: str) -> tuple[Steady, dict[str, Any]]:
    """Run a lesson of these cells; return what is remembered of it, and its namespace."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for source in sources:
        exec(source, namespace)  # noqa: S102 - the test's own
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    codes = {source: [compile(source, "a cell", "exec")] for source in sources}
    return Steady(nbformat.from_dict(notebook), codes, namespace), namespace


PLAIN = """
import numpy as np
from collections import Counter
RATES = [0.1, {"late": (1, 2)}]
table = np.arange(6.0)
def f(x, scale=2):
    return RATES[0] * scale * np.sum(x) + table[0]
class Pair:
    limit = 3
    def __init__(self, x):
        self.x = x
pair = Pair([1])
def g(x):
    return pair.x + [Pair(x).limit]
"""


def test_nothing_is_left_of_plain_code() -> None:
    steady, names = run(PLAIN, "assert f(np.ones(3)) == 2 * 0.1 * 3\ng(1)")
    assert not steady.reason
    names["f"](np.ones(4)), names["g"](2)
    assert steady.holds()


@pytest.mark.parametrize(
    "change",
    [
        lambda names: names["RATES"].append(1),
        lambda names: names["RATES"][1].update(late=0),
        lambda names: names["table"].fill(7),
        lambda names: names.update(f=abs),
        lambda names: setattr(names["f"], "calls", 1),
        lambda names: setattr(names["f"], "__defaults__", (3,)),
        lambda names: setattr(names["Pair"], "limit", 4),
        lambda names: setattr(names["pair"], "y", 1),
        lambda names: names["pair"].x.clear(),
    ],
)
def test_an_object_that_was_changed_is_seen(change: Callable[[dict[str, Any]], object]) -> None:
    steady, names = run(PLAIN)
    assert steady.holds()
    change(names)
    assert not steady.holds()


@pytest.mark.parametrize(
    "source",
    [
        "seen = []\ndef f(x):\n    seen.append(x)",
        "def f(x, seen={}):\n    seen[x] = 1",
        "count = 0\ndef f(x):\n    global count\n    count += 1",
        "def counting():\n    n = 0\n    def f(x):\n        nonlocal n\n        n += 1\n    return f\nf = counting()",
        "def f(x):\n    f.last = x",
        "import numpy as np\nrng = np.random.default_rng(0)\ndef f(x):\n    return rng.uniform()",
        "import functools\ndef add(seen, x):\n    seen.append(x)\ng = functools.partial(add, [])\ndef f(x):\n    g(x)",
    ],
)
def test_what_a_function_keeps_of_its_calls_is_seen(source: str) -> None:
    steady, names = run(source)
    assert steady.holds()
    names["f"](1)
    assert not steady.holds()


def test_a_value_of_the_same_place_in_memory_is_another() -> None:
    steady, names = run("big = [10**9 + 1]\ndef f():\n    return big")
    for _ in range(20):
        names["big"][0] = 10**9 + 1 + int(names["big"][0] > 0)
    assert not steady.holds()


@pytest.mark.parametrize(
    "set_up",
    [
        lambda patch: patch.setitem(os.environ, "AUTOGRADER_TEST", "1"),
        lambda patch: patch.setattr(math, "pi", 3),
        lambda patch: patch.setattr("builtins.sum", max),
        lambda patch: patch.chdir("/"),
        lambda patch: patch.setattr("sys.stdout", None),
        lambda _: warnings.simplefilter("error"),
        lambda _: np.seterr(all="raise"),
        lambda _: np.set_printoptions(precision=2),
        lambda patch: patch.setattr(warnings, "_showwarnmsg_impl", print),
    ],
)
def test_what_the_process_shares_is_seen(
    set_up: Callable[[pytest.MonkeyPatch], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with np.printoptions(), np.errstate(), warnings.catch_warnings(), monkeypatch.context() as patch:
        steady, _ = run("x = 1")
        assert steady.holds()
        set_up(patch)
        assert not steady.holds()


def test_an_aspect_that_was_never_left_is_seen() -> None:
    """A test that is out of time may be stopped anywhere, also on its way in or out of a `with`."""
    steady, _ = run("x = 1")
    around = contextvars.copy_context()
    assert around.run(steady.holds)
    around.run(_context.aspect.set, check.marks(values=1).values)
    assert not around.run(steady.holds)


@pytest.mark.parametrize(
    "source",
    [
        "import tempfile",
        "from . import helpers",
        "import os\nos.chdir('/')",
        "from os import chdir",
        "from unittest import mock",
        "import unittest.mock",
        "import unittest\nx = unittest.mock",
        "exec('x = 1')",
        "open('x', 'a').close()",
        "import math\nmath.pi = 3",
        "del np.float_",
        "x = ().__class__.__subclasses__()",
        "%matplotlib inline",
    ],
)
def test_code_that_could_keep_something_elsewhere_is_refused(source: str) -> None:
    notebook = nbformat.from_dict(new_notebook(cells=[new_code_cell(source)]))
    codes: dict[str, list[CodeType]] = {}
    with contextlib.suppress(SyntaxError):
        codes[source] = [compile(source, "a cell", "exec")]
    assert Steady(notebook, codes, {}).reason


@pytest.mark.parametrize(
    "source",
    [
        "items = iter([1, 2])\ndef f():\n    return next(items)",
        "import functools\n@functools.lru_cache\ndef f(x):\n    return [x]\ndef g(x):\n    return f(x)",
        "import io\nlog = io.StringIO()\ndef f(x):\n    log.write(x)",
        "import itertools\nids = itertools.count()\nf = lambda: next(ids)",
        "import collections\nlast = collections.deque()\ndef f(x):\n    last.append(x)",
    ],
)
def test_an_object_that_cannot_be_looked_into_is_refused(source: str) -> None:
    assert "it holds a" in run(source)[0].reason


def test_what_no_code_comes_to_again_does_not_matter() -> None:
    spoken_of_once = "import io\nsaid = io.StringIO()\nsteps = iter([1])\nassert [x for x in steps] == [1]"
    assert not run(spoken_of_once)[0].reason


def test_a_derivation_that_was_judged_leaves_nothing() -> None:
    doubling = check.Derivation(given="x real", start="exp(x + log(2))", end="2 * exp(x)")
    cells = ["from autograder import check", f"chain = {[doubling.start]}\nstatement = check.{doubling!r}"]
    cells.append("check.show_chain(chain, statement)")
    lesson = Lesson(new_notebook(cells=[new_code_cell(source) for source in cells]))
    before = pickle.dumps(_prepared.remembered)
    lesson.begin()
    check.show_chain([doubling.start, "exp(x) * exp(log(2))", "exp(x) * 3"], doubling)
    assert pickle.dumps(_prepared.remembered) != before
    assert lesson.is_as_before()
    assert pickle.dumps(_prepared.remembered) == before


@pytest.mark.parametrize(
    ("source", "reached"),
    [
        ("from autograder.check import cases, reference  # a reference\ncheck.matches(f, reference.f, cases)", False),
        ("for name in NAMES:\n    check.close(values[name], getattr(reference, name))", True),
        ("from autograder.check import reference as right\ncheck.close(a, getattr(right, name))", True),
        ("right = check.reference\ncheck.close(a, getattr(right, name))", True),
        ("compare(values, reference, NAMES)", True),
        ("from operator import attrgetter", True),
    ],
)  # fmt: skip
def test_a_reference_that_is_handed_on_may_be_asked_for_any_name(source: str, reached: bool) -> None:
    assert reached_by_text(new_notebook(cells=[new_code_cell(source)])) is reached
