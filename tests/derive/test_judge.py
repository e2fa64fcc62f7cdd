"""Chains and their verdicts: the lesson's own derivations, and the slips that must not pass."""

from __future__ import annotations

import pytest

from autograder.derive import Derivation, Only, StatementError, judge

LOG_SIGMOID = Derivation(start="log(sigmoid(x))", end="-softplus(-x)", given="x real")
LINEAR = Derivation(
    given="dY (N, H); X (N, D); W (D, H)",
    entry="i, j",
    first="index",
    last="matrix",
    gradient=("X", "sum(i, sum(h, dY[i, h] * (X @ W)[i, h]))"),
)
PARTIAL = Derivation(
    given="x (n)",
    let=("Z = sum(k, exp(x[k]))", "s[i] = exp(x[i]) / Z"),
    entry="i, j",
    start="diff(s[i], x[j])",
    end="s[i] * (delta(i, j) - s[j])",
)


def test_a_right_chain_holds_in_small_steps() -> None:
    verdict = judge(
        ["log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))", "-softplus(-x)"], LOG_SIGMOID
    )
    assert verdict.holds
    assert verdict.steps_small
    assert verdict.own_lines
    assert [line.rules and line.rules[0].split(":")[0] for line in verdict.lines] == [
        (),
        "the definition of sigmoid",
        "a law of log",
        "the definition of softplus",
    ]


def test_the_first_line_that_differs_is_named_with_a_simple_place() -> None:
    verdict = judge(["log(sigmoid(x))", "log(1 / (1 + exp(x)))", "-softplus(-x)"], LOG_SIGMOID)
    line = verdict.first_bad
    assert line is not None
    assert (line.number, line.says) == (2, "at x = 1 line 1 is -0.313, line 2 is -1.31")
    assert not verdict.holds


def test_the_given_lines_alone_are_nothing_of_one_s_own() -> None:
    assert not judge(["log(sigmoid(x))", "-softplus(-x)"], LOG_SIGMOID).own_lines
    assert not judge(["log(sigmoid(x))", ..., "-softplus(-x)"], LOG_SIGMOID).own_lines
    assert judge(["log(sigmoid(x))", "log(sigmoid(y))", "-softplus(-x)"], LOG_SIGMOID).own_lines


def test_a_step_over_everything_is_right_but_far() -> None:
    verdict = judge(["log(sigmoid(x))", "-softplus(-x)"], LOG_SIGMOID)
    assert verdict.holds
    assert not verdict.steps_small
    assert "it takes 3 rules" in verdict.far[0].says


def test_a_chain_must_end_in_the_form_of_its_end() -> None:
    verdict = judge(["log(sigmoid(x))", "log(1 / (1 + exp(-x)))"], LOG_SIGMOID)
    assert [complaint.topic for complaint in verdict.complaints] == ["last form"]
    assert not verdict.holds


def test_index_form_then_matrix_form() -> None:
    assert judge(["sum(h, dY[i, h] * W[j, h])", "dY @ W.T"], LINEAR).holds


@pytest.mark.parametrize(
    ("chain", "number", "says"),
    [
        (["sum(h, dY[i, h] * W[h, j])", "dY @ W.T"], 1, "`h` runs over an axis of size D"),
        (["sum(h, dY[i, h] * W[j, h])", "dY @ W"], 2, "(N, H) @ (D, H)"),
        (["sum(h, dY[i, h] * W[j, h])", "W @ dY.T"], 2, "(D, N)"),
        (["2 * sum(h, dY[i, h] * W[j, h])", "2 * dY @ W.T"], 1, "the slope of the loss by X"),
        (["sum(h, dY[i, h] * W[j, h])", "dY @ W.T + 0.000001 * X"], 2, "at i = 0, j = 0"),
    ],
)
def test_a_slip_in_arrays_is_found(chain: list[str], number: int, says: str) -> None:
    bad = judge(chain, LINEAR).first_bad
    assert bad is not None
    assert bad.number == number
    assert says in bad.says


def test_the_matrix_form_is_asked_for() -> None:
    verdict = judge(["sum(h, dY[i, h] * W[j, h])", "sum(h, W[j, h] * dY[i, h])"], LINEAR)
    assert [complaint.topic for complaint in verdict.complaints] == ["last form"]


def test_cases_then_one_line_with_a_delta() -> None:
    verdict = judge(
        [
            "diff(s[i], x[j])",
            "diff(exp(x[i]) / Z, x[j])",
            "(diff(exp(x[i]), x[j]) * Z - exp(x[i]) * diff(Z, x[j])) / Z**2",
            "(delta(i, j) * exp(x[i]) * Z - exp(x[i]) * diff(Z, x[j])) / Z**2",
            "(delta(i, j) * exp(x[i]) * Z - exp(x[i]) * diff(sum(k, exp(x[k])), x[j])) / Z**2",
            "(delta(i, j) * exp(x[i]) * Z - exp(x[i]) * exp(x[j])) / Z**2",
            "delta(i, j) * s[i] - s[i] * s[j]",
            "s[i] * (1 - s[i]) if i == j else -s[i] * s[j]",
            "s[i] * (delta(i, j) - s[j])",
        ],
        PARTIAL,
    )
    assert verdict.holds
    assert verdict.steps_small


def test_the_seed_s_headed_case_is_found() -> None:
    bad = judge(["diff(s[i], x[j])", "s[i] if i == j else -s[i] * s[j]"], PARTIAL).first_bad
    assert bad is not None
    assert "i = 0, j = 0" in bad.says


@pytest.mark.parametrize(
    ("given", "chain", "where"),
    [
        ("x real", ["sqrt(x**2)", "x"], "x = -1"),
        ("x nonzero", ["log(x**2)", "2 * log(x)"], "takes the log of a negative number at x = -1"),
        ("x real", ["x", "x * x / x"], "divides by zero at x = 0"),
        ("x real", ["x", "x + sin(pi * x)"], "x = 0.5"),
        ("x real", ["abs(x)", "x * tanh(1000 * x)"], "x = "),
        ("s (n)", ["sum(i, s[i])", "sum(s) + 1e-12 * s[1]"], "s = "),
    ],
)
def test_near_identities_do_not_pass(given: str, chain: list[str], where: str) -> None:
    line = judge(chain, Derivation(given=given)).lines[1]
    assert line.status == "wrong"
    assert where in line.says


@pytest.mark.parametrize(
    "chain",
    [
        ["diff(relu(x), x)", "1 if x > 0 else 0"],
        ["diff(relu(x), x)", "1 if x >= 0 else 0"],
        ["diff(abs(x), x)", "x / abs(x)"],
        ["(-2)**3 * x", "-8 * x"],
        ["x - x", "0"],
        ["log(abs(x) + 1)", "log(relu(x) + relu(-x) + 1)"],
    ],
)
def test_right_lines_at_corners_are_never_wrong(chain: list[str]) -> None:
    assert judge(chain, Derivation(given="x real")).holds


def test_a_known_derivative_is_one_rule_and_must_be_true() -> None:
    def statement(known: str) -> Derivation:
        return Derivation(given="o (m); y label(m)", let=("s = softmax(o)",), entry="k", known=(known,))

    chain = [
        "-diff(s[y], o[k]) / s[y]",
        "-s[y] * (delta(y, k) - s[k]) / s[y]",
        "s[k] - delta(k, y)",
        "s - onehot(y)",
    ]
    verdict = judge(chain, statement("diff(s[i], o[k]) = s[i] * (delta(i, k) - s[k])"))
    assert verdict.holds
    assert verdict.lines[1].rules == ("the known derivative of s",)
    with pytest.raises(StatementError, match="not what is said"):
        judge(chain, statement("diff(s[i], o[k]) = s[i] * delta(i, k)"))


def test_a_linear_form_has_no_square_table() -> None:
    statement = Derivation(
        given="s, g (n)",
        start="(diag(s) - s @ s.T) @ g",
        end="s * (g - dot(s, g))",
        last="linear",
        end_given=False,
    )
    assert judge(["(diag(s) - s @ s.T) @ g", "diag(s) @ g - s * dot(s, g)"], statement).complaints
    assert judge(["(diag(s) - s @ s.T) @ g", "s * g - s * dot(s, g)"], statement).holds


def test_only_asks_for_some_functions() -> None:
    statement = Derivation(given="x real", start="diff(sigmoid(x), x)", last=Only("sigmoid"))
    assert judge(["diff(sigmoid(x), x)", "sigmoid(x) * sigmoid(-x)"], statement).holds
    assert not judge(["diff(sigmoid(x), x)", "exp(-x) * sigmoid(x)**2"], statement).holds


def test_a_missed_waypoint_costs_steps_alone() -> None:
    statement = Derivation(
        given="x real", start="(x + 1)**2", end="x**2 + 2*x + 1", waypoints=("x*x + x + x + 1",)
    )
    assert judge(["(x + 1)**2", "x**2 + 2*x + 1"], statement).steps_small
    other = Derivation(given="x real", start="(x + 1)**2", waypoints=("(x + 1) * x + (x + 1)",))
    verdict = judge(["(x + 1)**2", "x**2 + 2*x + 1"], other)
    assert verdict.holds
    assert not verdict.steps_small
    assert [complaint.topic for complaint in verdict.complaints] == ["waypoint"]


def test_a_line_after_an_unreadable_one_is_held_against_the_last_readable() -> None:
    verdict = judge(["x", "2x - x", "x + 0", "x + 1"], Derivation(given="x real"))
    assert [line.status for line in verdict.lines] == ["ok", "unread", "ok", "wrong"]


def test_an_author_s_slip_is_told_to_the_author() -> None:
    for statement in (
        Derivation(given="x rael"),
        Derivation(given="x real", start="y"),
        Derivation(given="x real", let=("s = ",)),
        Derivation(given="x (n)", entry="i, j", gradient=("x", "sum(x)")),
        Derivation(given="x negative", start="log(x)"),
        Derivation(given="x real", last="matrx"),
        Derivation(given="x real", entry="x"),
    ):
        with pytest.raises(StatementError):
            judge(["x"], statement)
