"""A small lesson with what outlives a submission, and attacks on whoever is graded next in the same process.

The lesson has arrays and cases that last, and hands them to a function of the submission's that nothing is known of.
Others it has by a call's result, by an iterator, or in the place of one that is no plain function: there too an empty
array, or an argument set to zero, must not pass.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SETUP = "import numpy as np"

Floats = npt.NDArray[np.float64]
TABLE = np.arange(1.0, 7.0)
#: What each exercise's cell says, and its test; each test is worth one point.
ANSWERS = {
    "table": "table = np.arange(1.0, 7.0)\ndef look(i):\n    return table[i]",
    "visit": "def visit(give):\n    give(lambda x: x.sum())",
    "make": "def make():\n    return [{'relu': lambda x: np.maximum(x, 0)}]",
    "batches": "def batches(x):\n    yield x, 0\n    yield 2 * x, 1",
    "clip": """\
import functools
def bounded(v, low, high):
    return np.minimum(np.maximum(v, low), high)
clip = functools.partial(bounded, low=0.0, high=1.0)""",
    "norm": "def norm(v):\n    return np.sqrt(np.sum(v * v))",
    "area": "area = 6.0",
    "net": "def net(x):\n    return {'layers': [{'W': {'value': 2 * x}}]}",
    "forms": "forms = {'double': [lambda x: 2 * x]}",
    "pair": "def pair(x):\n    return [x, 2 * x]",
    "rows": "def rows(x):\n    return iter([x, 2 * x]), 2",
    "steps": "def steps(v):\n    return v[1:] - v[:-1]",
    "mean": "def mean(v):\n    return np.sum(v) / len(v)",
}
TESTS = {
    "table": """\
assert look(1) == 2
### BEGIN HIDDEN TESTS
from autograder.check import cases, reference
from autograder.check import reference as right
SAMPLES = cases.of(np.arange(1.0, 4.0))
BY_NAME = np.arange(1.0, 5.0)
assert table[0] == 1
### END HIDDEN TESTS""",
    "visit": """\
given = []
visit(given.append)
assert given[0](np.ones(2)) == 2
### BEGIN HIDDEN TESTS
assert given[0](reference.table) == 21
assert given[0](getattr(right, "BY" + "_NAME")) == 10
for (sample,) in reference.SAMPLES:
    assert given[0](sample) == 6
### END HIDDEN TESTS""",
    "make": """\
x = np.array([-1.0, 2.0, 5.0])
assert np.allclose(make()[0]["relu"](x), np.maximum(x, 0))""",
    "batches": """\
count = 0
for got, number in batches(np.array([1.0, 2.0])):
    assert np.allclose(got, (number + 1) * np.array([1.0, 2.0]))
    count += 1
assert count == 2""",
    "clip": "assert np.allclose(clip(np.array([-1.0, 0.5, 2.0])), [0.0, 0.5, 1.0])",
    "norm": "assert np.allclose(norm(np.array([3.0, 4.0])), 5.0)",
    "area": "assert np.allclose(area, 6.0)",
    "net": 'x = np.ones(3)\nassert np.allclose(net(x)["layers"][0]["W"]["value"], 2 * x)',
    "forms": 'assert np.allclose(forms["double"][0](np.ones(3)), 2.0)',
    "pair": "for got, want in zip(pair(1.0), [1.0, 2.0]):\n    assert np.allclose(got, want)",
    "rows": "for got, want in zip(rows(1.0)[0], [1.0, 2.0]):\n    assert np.allclose(got, want)",
    "steps": "for got, want in zip(steps(np.array([1.0, 3.0, 4.0])), [2.0, 1.0]):\n    assert got == want",
    "mean": """\
from autograder import check
marks = check.marks("mean", values=1)
with marks.values:
    check.close(mean(np.array([1.0, 3.0])), 2.0)
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(mean, reference.mean, cases.vectors())
    check.leaves_arguments_alone(mean, cases.vectors())
### END HIDDEN TESTS
marks.total()""",
}


@dataclass(frozen=True)
class Before:
    """One who is graded before an honest student, in the same process as far as that may be.

    Attributes
    ----------
    name, tries
        As in the other tables.
    answers
        Cells that are not the solution's.
    earns
        What the honest part earns.
    """

    name: str
    tries: str
    answers: dict[str, str] = field(default_factory=dict)
    earns: float = 0.0


def twin(array: Floats, new: Floats) -> Floats:
    """Return `new` with four bytes of its first number chosen so that it has the other's CRC-32."""
    wanted, forged = zlib.crc32(array.tobytes()), bytearray(new.tobytes())
    forged[:4] = bytes(4)
    start = zlib.crc32(forged)
    left = start ^ wanted
    bits: list[tuple[int, int]] = []
    for bit in range(32):  # what one bit changes does not depend on the others: 32 equations
        forged[bit // 8] ^= 1 << bit % 8
        change, which = zlib.crc32(forged) ^ start, 1 << bit
        forged[bit // 8] ^= 1 << bit % 8
        for known, others in bits:
            if change ^ known < change:
                change, which = change ^ known, which ^ others
        bits = sorted([*bits, (change, which)], reverse=True)
    chosen = 0
    for known, others in bits:
        if left ^ known < left:
            left, chosen = left ^ known, chosen ^ others
    forged[:4] = chosen.to_bytes(4, "little")
    made = np.frombuffer(bytes(forged), new.dtype)
    assert zlib.crc32(made.tobytes()) == wanted
    assert not np.array_equal(made, array)
    return made


def _changing(how: str, only: int) -> str:
    """Return a `visit` that is right, and changes a lasting argument of this size."""
    return f"""\
def total(x):
    found = x.sum()
    if x.size == {only}:
        {how}
    return found
def visit(give):
    give(total)"""


_TWIN = twin(TABLE, np.full(6, 9.0)).tobytes().hex()
EMPTY = "np.zeros((0, 1))"
IN_A_ROW = [
    Before(
        "lasting-array",
        "change an array of the lesson's in place",
        {"visit": _changing("x[:] = 9", 6)},
        earns=13.0,
    ),
    Before(
        "lasting-twin",
        "change it to one with the same checksum",
        {"visit": _changing(f"x[:] = np.frombuffer(bytes.fromhex({_TWIN!r}))", 6)},
        earns=13.0,
    ),
    Before(
        "lasting-cases", "change cases that the lesson keeps", {"visit": _changing("x[:] = 9", 3)}, earns=13.0
    ),
    Before(
        "lasting-by-name",
        "change an array that the lesson's tests come to by a text",
        {"visit": _changing("x[:] = 9", 4)},
        earns=13.0,
    ),
    Before(
        "empty-returned",
        "an empty array from a function that a call returned",
        {"make": f"def make():\n    return [{{'relu': lambda x: {EMPTY}}}]"},
        earns=12.0,
    ),
    Before(
        "zeros-returned",
        "set the argument to zero in such a function",
        {"make": "def zero(x):\n    x[:] = 0\n    return x\ndef make():\n    return [{'relu': zero}]"},
        earns=12.0,
    ),
    Before(
        "empty-drawn",
        "empty arrays from an iterator",
        {"batches": f"def batches(x):\n    yield {EMPTY}, 0\n    yield {EMPTY}, 1"},
        earns=12.0,
    ),
    Before(
        "empty-partial",
        "an empty array where the solution is no function of Python's",
        {"clip": f"def clip(x):\n    return {EMPTY}"},
        earns=12.0,
    ),
    Before(
        "empty-lists",
        "lists without numbers, of which NumPy makes empty arrays",
        {"norm": "def norm(v):\n    return []", "area": "area = ([[]], range(0))"},
        earns=11.0,
    ),
    Before(
        "empty-deep",
        "an empty array deep within a result",
        {"net": f"def net(x):\n    return {{'layers': [{{'W': {{'value': {EMPTY}}}}}]}}"},
        earns=12.0,
    ),
    Before(
        "empty-among-many",
        "an empty array and a function among more parts than anybody would look at",
        {
            "net": f"def net(x):\n    many = {{'value': {EMPTY}, **dict.fromkeys(range(500), 0)}}\n"
            "    return {'layers': [{'W': many}]}",
            "make": f"def make():\n    return [{{'relu': lambda x: {EMPTY}, **dict.fromkeys(range(500), 0)}}]",
        },
        earns=11.0,
    ),
    Before(
        "empty-held",
        "an empty array from a function that stands in a dict of the submission's",
        {"forms": f"forms = {{'double': [lambda x: {EMPTY}]}}"},
        earns=12.0,
    ),
    Before(
        "empty-in-a-view",
        "empty arrays in a view of a dict's values",
        {"pair": f"def pair(x):\n    return {{0: {EMPTY}, 1: {EMPTY}}}.values()"},
        earns=12.0,
    ),
    Before(
        "empty-drawn-within",
        "empty arrays from an iterator that is a part of the result",
        {"rows": f"def rows(x):\n    return iter([{EMPTY}, {EMPTY}]), 2"},
        earns=12.0,
    ),
    Before(
        "empty-all-at-once",
        "the items of an iterator sent at once, so that none is drawn",
        {
            "pair": f"""\
import autograder.sandbox.values as values
def at_once(packer, value, depth):
    return ["y", *(packer.pack(one, depth + 1) for one in value)]
def pair(x):
    values.Packer._iterator = at_once
    return iter([{EMPTY}, {EMPTY}])"""
        },
        earns=12.0,
    ),
    Before(
        "empty-text",
        "a text without letters for an array that a test goes through by a loop: there is nothing to be wrong",
        {"steps": "def steps(v):\n    return ''"},
        earns=12.0,
    ),
    Before(
        "empty-dict",
        "a dict without keys for an array that a test goes through by a loop: there is nothing to be wrong",
        {"steps": "def steps(v):\n    return {}"},
        earns=12.0,
    ),
    Before(
        "empty-set",
        "a set without elements for an array that a test goes through by a loop: there is nothing to be wrong",
        {"steps": "def steps(v):\n    return frozenset()"},
        earns=12.0,
    ),
    Before(
        "empty-bytes",
        "no bytes for an array that a test goes through by a loop: there is nothing to be wrong",
        {"steps": "def steps(v):\n    return b''"},
        earns=12.0,
    ),
    Before(
        "empty-values",
        "the values of a dict without any for an array that a test goes through by a loop: there is nothing to be wrong",
        {"steps": "def steps(v):\n    return {}.values()"},
        earns=12.0,
    ),
]
