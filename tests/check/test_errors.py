"""Errors: advice on the frequent ones, each provoked here; helpers not written; names that no cell defined."""

from __future__ import annotations

import math
import operator
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import grading
from autograder.check._errors import TABLE

x, m = np.array([-1.0, 2.0]), np.arange(6.0).reshape(2, 3)

PROVOKED = [
    ("max(0, x)", "Which NumPy function decides for each element?"),
    ("x if x > 0 else 0", "Which NumPy function decides for each element?"),
    ("np.max(0, x)", "The second argument of np.max or np.sum is an axis"),
    ("np.tanh(x)^2", "^ is not a power"),
    ("x[x > 0 & x < 1]", "each comparison in its own brackets"),
    ("(x > 0) - (x < 0)", "True and False are not numbers here"),
    ("np(x)", "A module is not a function"),
    ("x(1 - x)", "Is a * missing?"),
    ("x[0](1 - x)", "Is a * missing between two brackets?"),
    ("None + x", "lack its `return`"),
    ("x + None", "lack its `return`"),
    ("None.shape", "lack its `return`"),
    ("math.exp(x)", "take one number"),
    ("[1, 2] * 2.0", "A list is not an array"),
    ("[1, 2] - 1", "A list is not an array"),
    ("[1] + 1", "A list is not an array"),
    ("(2.0)[0]", "A single number has no entries"),
    ("len(np.array(1.0))", "A single number has no entries"),
    ("np.array(1.0)[0]", "A single number has no entries"),
    ("np.zeros(4 / 2)", "must be a whole number"),
    ("np.zeros(2, 3)", "A shape is one argument"),
    ("(2).shape", "Does a variable of yours have the name of an argument"),
    ("[1, 2].shape", "A list is not an array"),
    ("(lambda a, b, c: a)(*[(a, b, c) for a, b, c in [x]][0])", "How many axes, or results"),
    ("(2, 3) - 1", "A tuple stands where one number is due"),
    ("(lambda pair: pair)(*[(a, b) for a, b in [5]])", "May it be one number, or a pair?"),
    ("refuse('too large')", "Behind `raise` stands an error"),
    ("{'k': 3}['s']", "a key that it does not have"),
    ("np.arange(2).__isub__(0.5)", "Which array should hold floats?"),
    ("np.sum(x, dim=0)", "`axis` and `keepdims`"),
    ("np.maximum(x)", "more or fewer arguments"),
    ("np.log(x, 2)", "more or fewer arguments"),
    ("m.copy()[:, 0:-0].__setitem__(slice(None), m)", "Which slice ends before it begins"),
    ("m.copy()[:, :2].__setitem__(slice(None), m[:, 1:1])", "Which slice ends before it begins"),
    ("m + m[:, 3:2].reshape(2, 0)", "Which slice ends before it begins"),
    ("np.ones(1).__iadd__(m)", "has fewer numbers than what it is to take"),
    ("np.diag(np.ones((2, 2, 2)))", "a table of one vector"),
    ("x.shape[1]", "one number for each axis"),
    ("x[0][0]", "A single number has no entries"),
    ("__import__('no_such_module')", "not there when this is graded"),
    ("x + np.ones(3)", "Which axis should line up with which?"),
    ("np.tensordot(np.ones((2, 3, 3)), np.ones((4, 2, 2)))", "unless `axes=` names others"),
    ("[a @ x for a in {'W1': m, 'b1': x}]", "gives its keys"),
    ("'W1' - x", "gives its keys"),
    ("'W1' - 1.0", "gives its keys"),
    ("m @ m", "must be of one length"),
    ("m @ 2.0", "multiplied by *"),
    ("np.einsum('ncuv,fcuv->nf', m, m)", "one letter for each axis"),
    ("np.einsum('i,ij->j', m, m)", "one letter for each axis"),
    ("np.einsum('ij,jk->ik', m, m)", "Which letter has two lengths"),
    ("np.einsum('ij->ik', m)", "must stand on its left"),
    ("np.einsum('ij,jk', m)", "one group of letters for each array"),
    ("np.einsum('ij', m, m)", "one group of letters for each array"),
    ("np.pad(np.ones((1, 1, 2, 2)), ((1, 1), (1, 1)))", "for each axis"),
    ("(m, x)['loss']", "a, b = f(x) takes it apart"),
    ("[{'k': 3}]['k']", "though its entries may"),
    ("[[1, 2], [3, 4]][0, 1]", "A list has no axes"),
    ("[1, 2][1.0]", "An index must be a whole number"),
    ("'W1'['b1']", "gives its keys"),
    ("m.shape(0)", "as in x.shape[0]"),
    ("m(0)", "name now stand for a value?"),
    ("m.sum[0]", "called with round ones"),
    ("np.sum[m]", "called with round ones"),
    ("np.exp[m]", "called with round ones"),
    ("math.exp[2]", "called with round ones"),
    ("{'W1': m}[m]", "A dict's key is a name"),
    ("{'W1': m}.W1", "in square brackets: params['W1']"),
    ("setattr(m, 'shape', 7) or m", "as many entries as the old one"),
    ("operator.setitem((1, 2), 0, 1)", "A tuple cannot be changed"),
    ("operator.setitem(x[0], 0, 1)", "A single number has no entries"),
    ("x[np.array([0.0, 1.0])]", "An index must be a whole number"),
    ("x[0].T.foo", "A plain number stands where an array is due"),
    ("[i for i in 5]", "Is range(n) missing?"),
    ("np.sin({'h_a': x})", "no number stands where numbers are due"),
    ("sum(m, axis=0)", "such as np.sum and np.max"),
    ("np.concatenate([x, m])", "What are the two shapes?"),
    ("m.transpose(0)", "each axis once"),
    ("m @ x", "Here they are 3 and 2."),
    ("x @ m.T", "Here they are 2 and 3."),
    ("{'W1': m}['w1']", "capitals too"),
    ("np.dot(m, m)", "must be of one length"),
    ("x.sum(axis=1)", "How many axes does this array have?"),
    ("x[0, 0]", "more indices than the array has axes"),
    ("x[np.array([True, False, True])]", "A mask must have the shape"),
    ("x[1.0]", "An index must be a whole number"),
    ("x[2]", "has the index n - 1"),
    ("[1][2]", "has the index n - 1"),
    ("x.copy().__setitem__(0, x)", "One entry cannot hold several numbers"),
    ("np.array([1, [1, 2]])", "One entry cannot hold several numbers"),
    ("np.stack([x, np.ones(3)])", "only where their shapes agree"),
    ("x.reshape(3, 2)", "exactly as many entries"),
    ("np.where(x > 0, x)", "a condition and two values"),
    ("frozen(x).__setitem__(0, 1)", "An argument must not be written to"),
    ("math.log(0)", "`math` stops at a log or root"),
    ("math.exp(1000)", "Which step is it?"),
    ("1 / 0", "Which number is 0"),
    ("unbound(x)", "on a way that was not taken"),
    ("tanh(x)", "called np.tanh and the like"),
    ("softplus(x)", "Is the name misspelt"),
    ("np.tahn(x)", "nothing of that name"),
    ("x.maximum(0)", "It is a function: np.maximum."),
    ("x.length", "Their shape is `.shape`"),
]


def frozen(values: Any) -> Any:
    copy = values.copy()
    copy.flags.writeable = False
    return copy


def refuse(words: Any) -> None:
    raise words


def unbound(values: Any) -> Any:
    if values.size == 0:
        y = 1
    return y


def provoke(code: str) -> Exception:
    names = {
        "np": np,
        "math": math,
        "operator": operator,
        "m": m,
        "frozen": frozen,
        "unbound": unbound,
        "refuse": refuse,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python itself warns of some of these slips
        exec(f"def answer(x):\n    return {code}", names)  # noqa: S102
        with pytest.raises(Exception) as caught:  # noqa: PT011
            names["answer"](x)  # type: ignore[operator]
    return caught.value


def explained(error: Exception) -> check.Finding:
    def answer(x: Any) -> Any:  # noqa: ARG001
        raise error

    with pytest.raises(check.CheckFailed) as caught:
        check.matches(answer, np.abs, [x])
    return caught.value.finding


@pytest.mark.parametrize(("code", "said"), PROVOKED, ids=[code for code, _ in PROVOKED])
def test_a_beginners_error_gets_advice(code: str, said: str) -> None:
    error = provoke(code)
    assert said in (explained(error).advice or "")


def test_every_row_of_the_table_is_provoked() -> None:
    advised = {explained(provoke(code)).advice for code, _ in PROVOKED}
    assert {row.advice for row in TABLE} <= advised


def test_the_advice_is_the_same_from_the_sandbox() -> None:
    near = provoke("x.sum(axis=1)")
    far = ValueError(f"AxisError: {near}")  # the nearest built-in class, as it is rebuilt
    far.remote_traceback = "line 2 of answer"  # type: ignore[attr-defined]
    assert explained(far).advice == explained(near).advice
    assert explained(far).error == "ValueError (line 2 of answer)"


def test_an_unknown_error_gets_no_advice() -> None:
    assert explained(BufferError("W")).advice is None


# Helpers that are not written yet


STUB = "def softplus(x):\n    raise NotImplementedError()"


def cell(source: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run a cell as Jupyter does: each is a file of its own."""
    exec(compile(source, f"<cell {len(source)}>", "exec"), names)  # noqa: S102
    return names


def verdict(answer: str, test: str = "check.matches(log_sigmoid, np.abs, [x])") -> str:
    names = cell(answer, cell(STUB, {"np": np, "x": x, "check": check}))
    cell(f"marks = check.marks(values=1)\nwith marks.values:\n    {test}", names)
    return str(names["marks"].values.finding.verdict)


def test_a_helper_that_is_not_written_is_named() -> None:
    written = "def log_sigmoid(x):\n    return -softplus(-x)"
    said = "`log_sigmoid` calls `softplus`, which is not written yet"
    assert verdict(written) == said
    assert verdict(written, "log_sigmoid(x)") == said
    assert (
        verdict("log_sigmoid = lambda x: -softplus(-x)") == "this calls `softplus`, which is not written yet"
    )


def test_an_exercise_that_is_not_written_is_not_blamed_on_the_test() -> None:
    assert verdict("", "softplus(x)") == "not written yet"
    assert verdict("", "check.matches(softplus, np.abs, [x])") == "not written yet"
    assert verdict("", "check.matches(lambda x: softplus(x), np.abs, [x])") == "not written yet"


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ("line 2 of softplus, in line 3 of log_sigmoid",
         "`log_sigmoid` calls `softplus`, which is not written yet"),
        ("line 2 of softplus, in line 1 of <lambda>", "this calls `softplus`, which is not written yet"),
        ("line 2 of softplus", "not written yet"),
        ("", "not written yet"),
    ],
)  # fmt: skip
def test_a_helper_is_named_when_graded(trace: str, said: str) -> None:
    error = NotImplementedError()
    error.remote_traceback = trace  # type: ignore[attr-defined]
    with grading.session({}):
        assert explained(error).verdict == said


def test_raises_is_not_satisfied_by_a_helper_that_is_not_written() -> None:
    said = verdict(
        "def log_sigmoid(x):\n    return softplus(x)", "check.raises(RuntimeError, log_sigmoid, x)"
    )
    assert said == "`log_sigmoid` calls `softplus`, which is not written yet"


# Names that are missing because their cell failed


def test_a_failed_cell_is_the_reason_for_a_missing_name() -> None:
    ended = "its cell ended with SyntaxError: expected ':' (line 1)"
    with grading.session({}) as session:
        marks = check.marks("log_sigmoid", values=1, shapes=1)
        with marks.values:
            log_sigmoid(1.0)  # type: ignore[name-defined]  # noqa: F821
        with marks.shapes:
            check.close(1.0, 2.0)
        marks.total()
    (report,) = session.reports
    told = grading.told(report, {"log_sigmoid": ended})
    values = told.aspects[0].finding
    assert values is not None
    assert values.verdict == f"{ended}, so `log_sigmoid` is not defined"
    assert told.aspects[1] == report.aspects[1]
    assert grading.told(report, {"softplus": ended}) == report

    inside = check.Finding("raised NameError: name 'softplus' is not defined (line 2 of log_sigmoid)")
    calls = replace(report, aspects=(replace(report.aspects[0], finding=inside),))
    finding = grading.told(calls, {"softplus": ended}).aspects[0].finding
    assert finding is not None
    assert finding.advice == f"`softplus`: {ended}."
