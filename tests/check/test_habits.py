"""Each habit has one slip that it must recognise, and near misses on which it must not say a word."""

# ruff: noqa: E501 - the table keeps a slip and its near misses together

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import check
from autograder.check import cases
from autograder.check._diagnose import Trial, diagnose, recognised

Array = np.ndarray[Any, Any]


def advice(wrong: Any, right: Any, made: Any) -> str:
    """Return what a student reads under the verdict."""
    with pytest.raises(check.CheckFailed) as caught:
        check.matches(wrong, right, made)
    return caught.value.finding.advice or ""


def same(x: Array) -> Array:
    return x * 1.0


def shares(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def bump(x: Array) -> Array:
    return np.asarray(np.sin(x) + 2 * x)


pairs = cases.draw(lambda rng, n: (cases.normal(rng, n + 2, 3), cases.normal(rng, n + 2, 3)))
labelled = cases.draw(lambda rng, n: (cases.normal(rng, n + 3), n % 3))
images = cases.draw(lambda rng, n: cases.normal(rng, n + 2, 3, 4, 5))
tall = cases.matrices(sizes=((3, 4), (5, 3), (4, 6)))
layers = cases.draw(
    lambda rng, n: (
        cases.normal(rng, n + 2, n + 3),
        cases.normal(rng, n + 3, n + 4),
        cases.normal(rng, n + 4),
    )
)
spread = cases.draw(lambda rng, n: cases.normal(rng, n + 3, 4) + 1000.0 * (np.arange(n + 3) % 2)[:, None])

# What the advice holds, the slip, the right version, the cases; then near misses: slips that look a little like it.
TABLE: list[tuple[str, Any, Any, Any, list[Any]]] = [
    ("log10(e)", lambda x: np.log10(x * x + 2), lambda x: np.log(x * x + 2), cases.vectors(),
     [lambda x: np.log(x * x + 2) * 0.44, lambda x: np.log10(x * x + 2) + 1]),
    ("log2(e)", lambda x: np.log2(x * x + 2), lambda x: np.log(x * x + 2), cases.vectors(),
     [lambda x: np.log(x * x + 2) * 1.45, lambda x: np.log2(x * x + 3)]),
    ("takes degrees", np.rad2deg, same, cases.vectors(), [lambda x: 57.0 * x, lambda x: np.rad2deg(x) + 1]),
    ("the number of rows of x over the length of axis 1", lambda x: x * x.shape[0] / x.shape[1], same, cases.matrices(),
     [lambda x: x * x.shape[0] / (x.shape[1] + 1), lambda x: x * x.shape[0] / x.shape[1] + 1]),
    ("rounded to 4 decimals", lambda x: np.round(bump(x), 4), bump, cases.vectors(),
     [lambda x: np.round(bump(x), 4) + 1e-5, lambda x: bump(x) + 1e-4]),
    ("10^-10 times", lambda x: x * 1e-10, same, cases.vectors(), [lambda x: x * 1.1e-10, lambda x: np.sign(x) * 1e-10]),
    ("Nearly right", lambda x: 2.718**x, np.exp, cases.vectors(), [lambda x: 2.5**x, lambda x: np.exp(x) + 0.3]),
    ("number of places along axes 0, 2 and 3", lambda x: x.mean(axis=(0, 2, 3)), lambda x: x.sum(axis=(0, 2, 3)), images,
     [lambda x: x.sum(axis=(0, 2, 3)) / 7, lambda x: x.sum(axis=(0, 2, 3)) / x.shape[0] ** 2]),
    ("the square of what was expected", lambda x: bump(x) ** 2, bump, cases.vectors(),
     [lambda x: bump(x) ** 2 + 1, lambda x: bump(x) ** 3]),
    ("1 minus what was expected", lambda x: 1 - bump(x), bump, cases.vectors(), [lambda x: 2 - bump(x), lambda x: 1 - x]),
    ("the logarithm of what was expected.", lambda x: np.log(shares(x)), shares, tall,
     [lambda x: np.log(shares(x) + 1), lambda x: np.log(shares(x)) * 1.5]),
    ("e to the power of what was expected", shares, lambda x: np.log(shares(x)), tall,
     [lambda x: shares(x) + 0.1, lambda x: shares(x) ** 0.7]),
    ("cut off at 1", lambda x: np.minimum(bump(x), 1), bump, cases.vectors(),
     [lambda x: np.minimum(bump(x), 2.5), lambda x: np.minimum(x, 1)]),
    ("1 over what was expected", lambda x: 1 / bump(x), bump, cases.vectors(), [lambda x: 2 / bump(x), lambda x: 1 / x]),
    ("rounded down", lambda x: np.floor(bump(x)), bump, cases.vectors(), [lambda x: np.floor(bump(x)) + 0.1, np.floor]),
    ("the sigmoid of `x`", lambda x: 1 / (1 + np.exp(-x)), bump, cases.vectors(),
     [lambda x: 1.01 / (1 + np.exp(-x)), lambda x: 1 / (2 + np.exp(-x))]),
    ("`x` squared", np.square, bump, cases.vectors(), [lambda x: x * x + 1e-3, lambda x: np.abs(x) ** 2.1]),
    ("e to the power of `x`, less its row's maximum", lambda x: np.exp(x - x.max(axis=-1, keepdims=True)), shares, tall,
     [lambda x: np.exp(x - x.max()), lambda x: np.exp(x - x.min(axis=-1, keepdims=True))]),
    ("`g`, summed up over its axis 1", lambda g, x: g[:3].sum(axis=1), lambda g, x: g.sum(axis=0),  # noqa: ARG005
     cases.draw(lambda rng, n: (cases.normal(rng, 3, 3), cases.normal(rng, n + 1))),
     [lambda g, x: g.sum(axis=1) + 1, lambda g, x: (g * g).sum(axis=1)]),  # noqa: ARG005
    ("What came is too small by `b` each time", lambda x, w, b: x @ w, lambda x, w, b: x @ w + b, layers,  # noqa: ARG005
     [lambda x, w, b: x @ w + b * b, lambda x, w, b: x @ w + b.sum()]),
    ("What came is off by twice `b`", lambda x, w, b: x @ w - b, lambda x, w, b: x @ w + b, layers,
     [lambda x, w, b: x @ w - np.abs(b), lambda x, w, b: x @ w - b[::-1]]),
    ("Which argument does your result not look at: `g`?", lambda g, z: np.cos(z), lambda g, z: g * np.cos(z), pairs,  # noqa: ARG005
     [lambda g, z: g + np.cos(z), lambda g, z: np.abs(g) * np.cos(z)]),
    ("one factor too many: `z`", lambda g, z: g * z * np.cos(z), lambda g, z: g * np.cos(z), pairs,
     [lambda g, z: g * z * np.sin(z), lambda g, z: g * (z + 1) * np.cos(z)]),
    ("in reverse order along axis 1", lambda x: bump(x)[:, ::-1], bump, tall,
     [lambda x: bump(x[:, ::-1] + 1), lambda x: np.sort(bump(x))]),
    ("turned by 180 degrees", lambda x: bump(x)[..., ::-1, ::-1], bump, images,
     [lambda x: bump(x)[..., ::-1] + 1, lambda x: bump(x)[..., ::-1, ::-1] * 1.5]),
    ("one place too far along axis 0", lambda x: np.roll(bump(x), 1), bump, cases.vectors(),
     [lambda x: np.roll(bump(x), 2) + 1e-3, lambda x: np.roll(x, 1)]),
    ("reshape keeps them in the order", lambda x: bump(x).T.reshape(x.shape), bump, tall,
     [lambda x: bump(x.T.reshape(x.shape) + 1), lambda x: bump(x).T.reshape(x.shape) * np.arange(1, x.shape[1] + 1)]),
    ("Right everywhere but in the last row", lambda x: np.vstack([bump(x)[:-1], 0 * x[-1:]]), bump, tall,
     [lambda x: np.vstack([bump(x)[:-2], 0 * x[-2:]]), lambda x: np.vstack([bump(x)[:-1] + 1, 0 * x[-1:]])]),
    ("Right everywhere but in the first column", lambda x: bump(x) * (np.arange(x.shape[1]) > 0), bump, tall,
     [lambda x: bump(x) * (np.arange(x.shape[1]) > 1), lambda x: bump(x) * (np.arange(x.shape[1]) < 1)]),
    ("The last number is missing", lambda x: bump(x)[:-1], bump, cases.vectors(),
     [lambda x: x[:-1], lambda x: np.cos(x)[1:]]),
    ("The first number is missing", lambda x: bump(x)[1:], bump, cases.vectors(), [lambda x: x[1:], lambda x: bump(x)[::-1][1:]]),
    ("The last row is too many", lambda x: np.vstack([bump(x), x[:1]]), bump, tall,
     [lambda x: np.vstack([x, x[:1]]), lambda x: np.vstack([bump(x) + 1, x[:1]])]),
    ("Your columns add up to 1", lambda x: shares(x.T).T, shares, tall,
     [lambda x: shares(x) * 2, lambda x: shares(x.T).T + 0.1]),
    ("All entries together add up to 1", lambda x: np.exp(x) / np.exp(x).sum(), shares, tall,
     [lambda x: np.exp(x) / np.exp(x).max(), lambda x: np.exp(x) / (np.exp(x).sum() + 1)]),
    ("wrong where it is negative", lambda x: np.where(x > 0, bump(x), bump(x) + 1), bump, cases.vectors(),
     [lambda x: np.where(np.abs(x) > 2, bump(x), bump(x) + x), lambda x: bump(x) + np.sin(x)]),
    ("nan where x is negative", lambda x: np.where(x < 0, np.nan, bump(x)), bump, cases.vectors(),
     [lambda x: np.where(np.sin(9 * x) < 0, np.nan, bump(x)), lambda x: bump(x) + np.log(np.abs(x) + 2)]),
    ("nan at x = 0 alone", lambda x: x / np.abs(x), np.sign, cases.reals(), [lambda x: np.sign(x + 1), np.sqrt]),
    ("Right everywhere but at the entry of `y`", lambda x, y: x + 2.0 * (np.arange(len(x)) == y), lambda x, y: x - (np.arange(len(x)) == y), labelled,
     [lambda x, y: x - (np.arange(len(x)) == y + 1), lambda x, y: x - 1.0]),  # noqa: ARG005
    ("Rows of small numbers are lost", lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum(axis=1, keepdims=True), shares, spread,
     [lambda x: shares(x * 1.1), lambda x: np.where(x > 50, 0.5, shares(x))]),
    ("stops at -27.63, the logarithm of 10^-12", lambda x: np.log(np.exp(-np.abs(x)) + 1e-12), lambda x: -np.abs(x),
     cases.vectors() + cases.extremes(), [lambda x: np.log(np.exp(-np.abs(x)) + 1e-1), lambda x: -np.minimum(np.abs(x), 90)]),
    ("it stops at 2. Is something cut off", lambda x: np.minimum(bump(x), 2), bump, cases.vectors(),
     [lambda x: np.minimum(bump(x), x), lambda x: np.clip(bump(x), -2, 2)]),
    ("Right where `x` has 2 axes, wrong where it has 1 axis", lambda x: x / (x.sum() if x.ndim == 1 else 1), same,
     cases.matrices() + cases.vectors(), [lambda x: x / x.sum(), lambda x: x / (x.sum() if len(x) % 2 else 1)]),
    ("Right where `x` is as high as it is wide", lambda x: x + np.cos(x) * (x.shape[0] != x.shape[1]), same,
     cases.matrices(sizes=((2, 2), (2, 3), (3, 3), (4, 3), (5, 5))), [lambda x: x * (1 + len(x) % 2), lambda x: x * len(x)]),
    ("as long as axis 1 of x each time", lambda x: np.ones((x.shape[1], x.shape[0] + 1)), lambda x: np.ones((x.shape[0], x.shape[0] + 1)),
     cases.matrices(), [lambda x: np.ones((7, x.shape[0] + 1)), lambda x: np.ones((x.shape[1] + 2, x.shape[0] + 1))]),
    ("The right number is among those that came", lambda x, y: bump(x), lambda x, y: bump(x)[y], labelled,  # noqa: ARG005
     [lambda x, y: bump(x) + 1, lambda x, y: np.cos(x)]),  # noqa: ARG005
    ("Several results came", lambda x: (bump(x), x), bump, cases.vectors(), [lambda x: [bump(x)[:1], x], lambda x: (1.0, 2.0)]),  # noqa: ARG005
    ("A list is asked for", lambda n: n, lambda n: [n], [(3,), (4,), (5,)], [lambda n: [n + 1] * n, lambda n: "n"]),  # noqa: ARG005
    ("more is missing", lambda n: [n], lambda n: [n, n + 1], [(3,), (4,), (5,)], [lambda n: [n + 2], lambda n: [n - 1, n, n + 1, 9]]),
    ("others with them", lambda n: [0, n], lambda n: [n], [(3,), (4,), (5,)], [lambda n: [0, n + 1], lambda n: []]),  # noqa: ARG005
    ("their order is not", lambda n: [n + 1, n], lambda n: [n, n + 1], [(3,), (4,), (5,)], [lambda n: [n + 1, n + 2], lambda n: [n, n]]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "slip", "right", "made", "near"), TABLE, ids=[row[0] for row in TABLE])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_slip_is_recognised_and_near_misses_are_not(
    said: str, slip: Any, right: Any, made: Any, near: list[Any]
) -> None:
    assert said in advice(slip, right, made)
    for other in near:
        assert said not in advice(other, right, made)


def test_a_wrong_number_of_channels_is_no_loop_that_begins_late() -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close((9, 28, 44), (6, 28, 44))
    assert caught.value.finding.advice is None
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array([9.0, 28.0, 44.0]), [6.5, 28.0, 44.0])
    assert "begin one too late" in (caught.value.finding.advice or "")


def test_what_one_case_shows_is_said_of_that_case() -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array([2.0, 5.0, -8.0]), [1.0, 2.5, -4.0])
    assert (
        caught.value.finding.advice
        == "In this case every entry is off by one factor: it is 2 times what was expected."
    )
    assert "In this case" not in advice(lambda x: 4 * x, lambda x: 2 * x, cases.vectors())


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ([0.25, 0.75], [0.75, 0.25]),  # a sign inside, or two results exchanged: two numbers do not say which
        (
            [[0.25, 0.5], [0.75, 0.5]],
            [[0.25, 0.75], [0.5, 0.5]],
        ),  # looks transposed, and may be normalised wrongly
        ([1.0, 2.0], [2.0, 1.0]),
    ],
)
def test_a_few_numbers_in_other_places_say_nothing(got: Any, want: Any) -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array(got), want)
    assert "right, but" not in str(caught.value.finding.advice)


def test_a_constant_says_whatever_the_input_after_two() -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array([0.5, 0.5, 0.5]), [1.0, 2.0, 4.0])
    assert caught.value.finding.advice == "In this case every entry is 0.5, and they should differ."


def test_a_call_that_gives_the_result_of_the_one_before() -> None:
    kept: list[Array] = []

    def cached(x: Array) -> Array:
        kept.append(bump(x))
        return kept[max(len(kept) - 2, 0)]

    made = [np.array([float(n), n * n + 1.0]) for n in range(5)]
    assert "A call gives what an earlier call should have given" in advice(cached, bump, made)
    assert "earlier call" not in advice(lambda x: bump(x[::-1]), bump, made)


def test_a_rule_that_fails_costs_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.check import _diagnose  # noqa: PLC0415

    def broken(_pairs: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(_diagnose, "RULES", (broken,))
    assert diagnose([Trial((), 1.0, 2.0)]) is None


numbers = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=4),
    elements=st.floats(-100, 100, width=16),
)


@settings(max_examples=150, deadline=None)
@given(numbers, st.integers(0, 10_000))
def test_noise_has_no_habit(want: Array, seed: int) -> None:
    rng = np.random.default_rng(seed)
    other = want * 0.37 + 2.1  # a second case, so that nothing is said of one alone
    trials = [
        Trial((), side + rng.uniform(5.0, 50.0, want.shape) * rng.choice((-1, 1), want.shape), side)
        for side in (want, other)
    ]
    assert recognised(trials) is None


@settings(max_examples=100, deadline=None)
@given(numbers, st.sampled_from((-1.0, 2.0, 0.5, 1 / 3, -2.0, 1000.0)))
def test_a_factor_is_told_truly(want: Array, ratio: float) -> None:
    assume(np.ptp(np.abs(want)) > 1)
    said = recognised([Trial((), want * ratio, want), Trial((), (want + 1) * ratio, want + 1)])
    assert said is not None
    factor = {
        -1.0: "opposite sign",
        2.0: "2 times",
        0.5: "1/2 of",
        1 / 3: "1/3 of",
        -2.0: "-2 times",
        1000.0: "1000 times",
    }
    assert factor[ratio] in said or "too" in said  # or as long as an axis


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 5), st.integers(2, 5), st.integers(2, 5), st.integers(0, 1000))
def test_a_missing_bias_is_told_for_every_size(n: int, d: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    trials = []
    for more in (0, 1):
        x, w, b = rng.normal(size=(n + more, d)), rng.normal(size=(d, k)), rng.normal(size=k)
        trials.append(Trial((x, w, b), x @ w, x @ w + b, ("x", "w", "b")))
    assert recognised(trials) in (
        "What came is too small by `b` each time. Where does it enter?",
        "Every row is off by the same amounts. Which term adds one number to each column?",
    )
