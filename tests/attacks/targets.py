"""What is fuzzed: one function for each door through which a student's bytes come in.

Each takes bytes, makes of them what the door expects, and returns; it raises only where something is wrong with the
door. Hypothesis calls them in `test_fuzz`, atheris in `tools/fuzz.py`.
"""

from __future__ import annotations

import contextlib
import json
import socket
import warnings
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from autograder.check import Derivation
from autograder.check._difference import difference
from autograder.check._show import described
from autograder.derive import judge
from autograder.desk import outputs as desk_outputs
from autograder.desk import prose
from autograder.desk.redact import Redactor
from autograder.grading import exam
from autograder.grading.mend import mend
from autograder.grading.reading import UnreadableError, read_submission
from autograder.grading.text import on_one_line
from autograder.lesson.source import read_lesson
from autograder.sandbox import ran, replies, session, wire
from autograder.sandbox.doubts import copies
from autograder.sandbox.values import Unpacker

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
WANTED = (0.0, 3, "text", np.zeros((2, 3)), [1.0, 2.0], {"W": (3, 4)}, (np.ones(2), 1), None)
NUMBERS = Derivation(given="x real", start="log(sigmoid(x))", end="-softplus(-x)")
ARRAYS = Derivation(given="A (n, m); x (m); y label(n)", entry="i", last="matrix", let=("z = A @ x",))


def frames(data: bytes) -> None:
    """Read bytes from a socket as frames, to their end."""
    left, right = socket.socketpair()
    with left, right:
        left.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            left.sendall(data[: 1 << 16])
        left.shutdown(socket.SHUT_WR)
        with contextlib.suppress(wire.WireError):
            while True:
                wire.receive(right, monotonic() + 5)


def values(data: bytes) -> None:
    """Unpack a header and a payload, and do with the value what tests do."""
    header, _, payload = data.partition(b"\xff\xfe\xfd")
    try:
        tree = wire._decode(header)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    unpack(tree, payload)


def unpack(tree: object, payload: bytes) -> None:
    """Do with a tree from the sandbox what is done with an answer."""
    unpacker = Unpacker(memoryview(payload), _Function)
    try:
        with warnings.catch_warnings(action="ignore"):
            value = unpacker.unpack(tree)
    except wire.WireError:
        return
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        assert isinstance(described(value), str)
        for wanted in WANTED:
            found = difference(value, wanted)
            assert found is None or isinstance(found.verdict, str)
        copies({"0": value}, {"0": None})


class _Function:
    """Stands for a function of the submission's; nothing is there to draw from."""

    def __init__(self, number: int, name: str) -> None:
        self.__name__ = f"{name}{number}"

    def __call__(self, *_: object) -> Any:
        return [], False


def answers(data: bytes) -> None:
    """Take a record for the answer to a call: what it raised, changed, printed and warned of."""
    try:
        record = wire._decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    answer(record)


def answer(record: object) -> None:
    """Read one answer, whatever it holds."""
    if type(record) is not dict:
        return
    ours = {"0": np.zeros(3), "1": [1, 2], "=k": {"a": 1}, "2": {1}, "3": np.random.default_rng(0)}
    unpacker = Unpacker(memoryview(b"\x00" * 64))
    with warnings.catch_warnings(action="ignore"), contextlib.suppress(wire.WireError):
        replies.copy_back(record.get("changed"), ours, unpacker.unpack)
    with warnings.catch_warnings(action="ignore"):
        replies.warn_again(record.get("warnings"))
    with contextlib.suppress(wire.WireError):
        raised = replies.exception(record.get("error"), "relu")
        assert isinstance(raised, Exception)
        assert not isinstance(raised, StopIteration)
        assert len(str(raised)) < 2 * (replies.MAX_NAME + replies.MAX_TEXT)


def shown(data: bytes) -> None:
    """Take bytes for a cell's outputs, and put them on the feedback page."""
    try:
        found = ran.outputs_of(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    kept = exam._clean(session.CellRun("ok", tuple(found)))
    for piece in desk_outputs.shown(kept, Redactor()):
        harmless(str(piece))
    json.dumps(kept)


def texts(data: bytes) -> None:
    """Put a text on every page and on the terminal."""
    text = data.decode("utf-8", "replace")
    for page in (prose.markdown(text), prose.clean(text), prose.inline(text), prose.preformatted(text)):
        harmless(str(page))
    assert not set(on_one_line(text)) & set("\x1b\x07\x08\n\r\x9b\u202e")


def harmless(page: str) -> None:
    """Hold that a page runs nothing, by what stands in its markup."""
    low = page.lower()
    for word in ("<script", "<iframe", "<object", "<embed", "<form", "<base", "<meta", "<link"):
        assert word not in low, page


def lines(data: bytes) -> None:
    """Judge a text as a chain, a line to each of its lines."""
    chain = data.decode("utf-8", "replace").split("\n")[:4]
    for statement in (NUMBERS, ARRAYS):
        verdict = judge(["log(sigmoid(x))", *chain, "-softplus(-x)"], statement)
        assert len(verdict.lines) == len(chain) + 2
        assert all(isinstance(line.says, str) for line in verdict.lines)


@cache
def lesson() -> NotebookNode:
    """Return the lesson that submissions are held against."""
    return read_lesson(ROOT / "solutions/00_start_here/00_start_here.py").notebook


def notebooks(data: bytes) -> None:
    """Read bytes as a notebook that was handed in, and mend it."""
    try:
        notebook = read_submission(data)
    except UnreadableError:
        return
    mend(notebook, lesson())
    json.dumps(notebook)
    for cell in notebook.cells:
        assert cell.cell_type in {"code", "markdown", "raw"}
        assert isinstance(cell.source, str)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "frames": frames,
    "values": values,
    "answers": answers,
    "shown": shown,
    "texts": texts,
    "lines": lines,
    "notebooks": notebooks,
}

_encode = msgspec.msgpack.encode
TREES: tuple[object, ...] = (
    ["a", "<f8", [2, 2], True, 0, 32], ["a", "<U3", [2], True, 0, 24], ["g", "<f8", [], True, 0, 8], ["b", 0, 8],
    ["l", 1, 2.5, "x", None, True], ["t", ["l"], ["d", "W", ["t", 3, 4]]], ["s", 1, 2], ["z", 1], ["d", 1, 2],
    ["c", 1.0, -0.0], ["n", "f" * 40], ["n", "-1"], ["r", 0, 10, 3], ["i", None, 3, 1], ["k", 1], ["w", 1], ["m", 1, 2],
    ["y", 1, 2], ["Y", 1], ["f", 3, "relu"], ["f", -1, "g"], ["o", "DataFrame"], ["T", "float"], ["D", "<f8"],
    ["G", ["d", "bit_generator", "PCG64", "state", ["d", "state", ["n", "5"], "inc", 7], "has_uint32", 0, "uinteger", 0]],
    ["R", ["d", "bit_generator", "MT19937", "state", ["d", "key", ["a", "<u4", [624], True, 0, 2496], "pos", 624],
           "has_gauss", 0, "gauss", 0.0]],
)  # fmt: skip
ANSWERS: tuple[dict[str, object], ...] = (
    {"value": 1.0, "warnings": [["RuntimeWarning", "overflow"]], "printed": "x"},
    {
        "error": {
            "type": "ValueError",
            "bases": ["ValueError", "Exception"],
            "text": "no",
            "frames": [["f", 3]],
        }
    },
    {
        "error": {
            "type": "X",
            "bases": ["StopIteration", "SystemExit", "UnicodeDecodeError"],
            "text": "",
            "frames": 0,
        }
    },
    {
        "changed": {"0": ["a", "<f8", [3], True, 0, 24], "1": ["l", 1], "=k": ["d"], "2": ["s", 5]},
        "value": None,
    },
)
SEEDS: dict[str, list[bytes]] = {
    "frames": [b"AGW1\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x80xx", b"AGW1" + b"\xff" * 12],
    "values": [_encode(tree) + b"\xff\xfe\xfd" + b"\x01" * 64 for tree in TREES],
    "answers": [_encode(record) for record in ANSWERS],
    "shown": [
        msgspec.json.encode([
            {"output_type": "stream", "name": "stdout", "text": "x<script>"},
            {"output_type": "display_data", "metadata": {"image/png": {"alt": "a", "width": "1 onload=x"}},
             "data": {"image/png": "QUJD", "text/html": "<b onload=x>", "text/markdown": "# a", "text/latex": "$x$"}},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a"]},
        ])
    ],
    "texts": [
        b"# a\n[x](javascript:y) $\\href{a}{b}$\n<img src=x onerror=y>",
        b"\x1b[31m/usr/lib/python3.11/site-packages/x",
    ],
    "lines": [
        b"log(1 / (1 + exp(-x)))\n-log(1 + exp(-x))",
        b"sum(j, A[i, j] * x[j])\nA @ x",
        b"where(x > 1, relu(x), diff(x**2, x))",
        b"delta(i, y[i]) * z[i]\nonehot(y)\nmax(x, 0)",
    ],
    "notebooks": [
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
            {"cell_type": "code", "source": ["a = 1"], "metadata": {"nbgrader": {"grade_id": "x"}}, "outputs": []},
            {"cell_type": "markdown", "source": "t", "metadata": {"tags": ["a"]}, "attachments": {"a": {"image/png": "x"}}},
        ]}).encode(),
        b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "1"}]}]}',
    ],
}  # fmt: skip
