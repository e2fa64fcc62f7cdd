"""Lines that are noise, or meant to harm: every one ends in a verdict, soon, and runs nothing."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder import check

from .test_derivation import report

SCALAR = check.Derivation(start="log(sigmoid(x))", end="-softplus(-x)", given="x real")
MATRIX = check.Derivation(
    gradient=("X", "sum(i, sum(h, dY[i, h] * (X @ W)[i, h]))"),
    entry="i, j",
    last="matrix",
    given="X (N, D); W (D, H); dY (N, H); y labels(N, H)",
)
MARKS = {"unjudged", "start", "right", "far", "astray", "wrong", "unread"}

#: Not a time to meet: far more than any line takes, so that one that would never end is seen.
HANGS = timedelta(seconds=20)

SCALAR_PIECES = [
    *[
        "log",
        "exp",
        "sigmoid",
        "softplus",
        "x",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "**",
        "1",
        "2",
        "0.5",
        "if",
        "else",
    ],
    *["==", "<", ",", ".", "e", "np.", "sum", "diff", "j"],
]
MATRIX_PIECES = [
    *[
        "dY",
        "W",
        "X",
        ".T",
        "@",
        "[i, h]",
        "[j, h]",
        "[i, j]",
        "[",
        "]",
        "sum(h, ",
        "i",
        "j",
        "h",
        "delta(",
        "diag(",
    ],
    *[
        "outer(",
        "ones(N)",
        ",",
        ")",
        "(",
        "*",
        "+",
        "-",
        "y",
        "onehot(y)",
        "softmax(",
        "axis=0",
        ":",
        "eye(",
        "diff(",
    ],
]


def told(chain: list[str], statement: check.Derivation) -> None:
    """Judge a chain as a test cell does; the marks hold whatever is in it, so look at what they hold."""
    found = report(chain, statement)
    for aspect in found.aspects:
        if aspect.finding:
            assert aspect.finding.error is None or "raised" not in aspect.finding.verdict, aspect.finding
            assert "raised" not in aspect.finding.verdict, aspect.finding
    (shown,) = found.chains
    assert len(shown.lines) == len(chain)
    assert {line.mark for line in shown.lines} <= MARKS
    json.dumps(found.as_dict())
    assert str(found)
    assert found._repr_html_()


@given(st.text(max_size=60))
@example("\ud800")
@example("x\x00")
@example("\\N{DIGIT ONE}")
@settings(deadline=HANGS, max_examples=150)
def test_any_text_gets_a_verdict(line: str) -> None:
    told(["log(sigmoid(x))", line], SCALAR)


@given(st.lists(st.sampled_from(SCALAR_PIECES), max_size=14).map(" ".join))
@settings(deadline=HANGS, max_examples=200)
def test_any_words_of_the_language_get_a_verdict(line: str) -> None:
    told(["log(sigmoid(x))", line], SCALAR)


@given(st.lists(st.sampled_from(MATRIX_PIECES), max_size=14).map("".join))
@settings(deadline=HANGS, max_examples=200)
def test_any_words_about_matrices_get_a_verdict(line: str) -> None:
    told([line, "dY @ W.T"], MATRIX)


NUMBERS = st.sampled_from(["x", "1", "0", "2", "0.5", "10", "c"])
EXPRESSIONS = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]}) ** ({t[1]})"),
        st.tuples(st.sampled_from(["exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "abs", "relu", "sin", "-"]), inner)
        .map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} > 0 else {t[2]})"),
        inner.map(lambda one: f"diff({one}, x)"),
    ),
    max_leaves=10,
)  # fmt: skip


@given(EXPRESSIONS)
@example("((10) ** (10)) ** (10)")
@example("exp(exp(exp(exp(10))))")
@example("log(0)")
@example("(0) ** (0)")
@example("(x) ** (x)")
@example("diff(abs(x), x)")
@example("diff((x) ** (0.5), x)")
@settings(deadline=HANGS, max_examples=200)
def test_any_expression_gets_a_verdict_and_equals_itself(line: str) -> None:
    statement = check.Derivation(start="x", given="x real; c real")
    told(["x", line], statement)
    second, third = report(["x", line, f"(0 + {line}) * 1"], statement).chains[0].lines[1:]
    if second.mark == "right" or "line 2 is" in second.note:  # it has values
        assert third.mark not in {"wrong", "unread"}, third.note


def test_the_hostile_lines_of_the_table_cost_no_more_than_a_second_each() -> None:
    """All of them in a process that has a second of the processor for each line, and little memory."""
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from derive import table_hostile
from derive.test_table import found
lines = [(row, section.statement) for section in table_hostile.SECTIONS for row in section.rows]
print(len(lines))
import resource
resource.setrlimit(resource.RLIMIT_CPU, (len(lines), len(lines)))
for row, statement in lines:
    assert found(row, statement)[0] == row.verdict
"""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, tests], capture_output=True, text=True, preexec_fn=bounded, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= 60


def test_the_same_chain_always_gets_the_same_verdict() -> None:
    chain = ["log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "log(1 + exp(-x))"]
    first = report(chain, SCALAR)
    check._derivation._verdicts.clear()
    assert report(chain, SCALAR) == first
