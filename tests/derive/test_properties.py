"""What holds for every line: it prints and reads back as itself, right rewrites pass, wrong ones do not."""

from __future__ import annotations

import ast

import latex2mathml.converter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autograder.derive import Derivation, judge
from autograder.derive._read import read

from .trees import GIVEN, arrays, numbers

STATEMENT = Derivation(given=GIVEN, rules=1)
FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

RIGHT = (
    "({0}) + 0",
    "1 * ({0})",
    "-(-({0}))",
    "({0}) / 2 + ({0}) / 2",
    "({0}) + x - x",
    "log(exp({0}))",
    "({0}) * (sin(x)**2 + cos(x)**2)",
    "({0}) * sum(q, softmax(v)[q])",
    "({0}) + relu(x) - relu(-x) - x",
    "({0}) * exp(c) * exp(-c)",
    "where(x > 1, {0}, {0})",
    "({0}) + sum(q, sum(r, v[q] * delta(q, r) * w[r])) - dot(v, w)",
)
WRONG = (
    "({0}) + 1e-12",
    "({0}) + 1e-9 * relu(x - 1)",
    "({0}) + relu(-x) * 1e-6",
    "({0}) + sin(pi * x) * 1e-8",
    "({0}) + 1e-10 * x * v[1]",
    "({0}) + 1e-10 * sum(q, delta(q, 1) * w[q])",
    "({0}) + (sigmoid(x) + sigmoid(-x))",
)


@FEW
@given(st.one_of(numbers(), arrays()))
def test_a_line_reads_back_as_itself(text: str) -> None:
    again = ast.unparse(read(text))
    verdict = judge([text, again], STATEMENT)
    assert verdict.lines[1].status in {"ok", "unjudged"}
    if verdict.holds:
        assert verdict.lines[1].rules == ()


@FEW
@given(st.one_of(numbers(), arrays()))
def test_every_line_can_be_typeset(text: str) -> None:
    (line,) = judge([text], STATEMENT).lines
    assert line.latex
    assert line.latex.count("{") == line.latex.count("}")
    assert not set(line.latex) & set("$#%")
    latex2mathml.converter.convert(line.latex)


@FEW
@given(numbers(), st.sampled_from(RIGHT))
def test_right_rewrites_pass(text: str, rewrite: str) -> None:
    line = judge([text, rewrite.format(text)], STATEMENT).lines[1]
    assert line.status in {"ok", "far", "unjudged"}, line.says


@FEW
@given(numbers(depth=2, everywhere=True), st.sampled_from(WRONG))
def test_wrong_rewrites_do_not(text: str, rewrite: str) -> None:
    verdict = judge([text, rewrite.format(text)], STATEMENT)
    assume(verdict.lines[0].status == "ok")
    assert not verdict.holds
    assert verdict.lines[1].status in {"wrong", "unjudged"}


@FEW
@given(arrays())
def test_a_vector_off_in_one_entry_is_wrong(text: str) -> None:
    verdict = judge([text, f"({text}) + 1e-9 * onehot(y)"], Derivation(given=f"{GIVEN}; y label(n)"))
    assert verdict.lines[1].status == "wrong"


@FEW
@given(st.text(max_size=60))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = judge([text], STATEMENT)
    assert len(verdict.lines) == 1


@FEW
@given(st.text(alphabet="xcv()[]+-*/.,:<>=!@ ijsumexp0123456789ETdif_", max_size=60))
def test_any_text_of_a_line_s_own_letters_gets_a_verdict(text: str) -> None:
    judge([text, "x"], STATEMENT)
