"""cost: a million numbers, in the student's kernel and in a grading session."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import _cost, grading
from check.test_functions import refused

Array = np.ndarray[Any, Any]
MILLION = [(np.linspace(0.0, 1.0, 1_000_000), np.ones(1_000_000))]


def vjp(s: Array, dy: Array) -> Array:
    return np.asarray(s * (dy - s @ dy))


def by_table(s: Array, dy: Array) -> Array:
    return np.asarray((np.diag(s) - np.outer(s, s)) @ dy)


def test_work_in_proportion_passes() -> None:
    check.cost(lambda s, dy: s * dy - s * np.sum(s * dy), vjp, MILLION)


def test_a_table_is_never_made_in_a_students_kernel() -> None:
    finding = refused(check.cost, by_table, vjp, MILLION, because="the answer has n numbers")
    assert finding.verdict.startswith("does not cope with n = 1,000,000: memory grows about as n^2, from ")
    assert finding.verdict.endswith(" TB (the answer has n numbers)")
    assert finding.advice is not None
    assert "every pair" in finding.advice


def test_only_axes_of_the_length_that_grows_are_cut() -> None:
    X, W = np.ones((10_000, 3)), np.ones((1500, 2))  # noqa: N806
    cut = _cost._cut((X, W, 2), 10_000, 1000)
    assert cut[0].shape == (1000, 3)
    assert np.array_equal(cut[1], W)
    assert cut[2] == 2


def test_work_that_never_ends_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cost, "SECONDS", 0.5)

    def by_rows(s: Array, dy: Array) -> Array:
        return np.array([s[i] * dy[i] - np.sum(s[i] * s * dy) for i in range(len(s))])

    finding = refused(check.cost, by_rows, vjp, MILLION)
    assert finding.verdict == "does not cope with n = 1,000,000: not done after 0.5 s"
    assert "grows as n^2" in str(finding.advice)


@pytest.mark.parametrize(
    ("fate", "what"),
    [
        (MemoryError("Unable to allocate 7.28 TiB"), "it runs out of memory (Unable to allocate 7.28 TiB)"),
        (check.TookTooLong("vjp had not returned after 5 s"), "vjp had not returned after 5 s"),
        (check.ProcessDied("vjp used more memory than it may"), "vjp used more memory than it may"),
    ],
)
def test_the_ends_that_a_sandbox_reports(fate: Exception, what: str) -> None:
    def ended(_s: Array, _dy: Array) -> Array:
        raise fate

    with grading.session(reference={"vjp": vjp}) as session:
        marks = check.marks("softmax_vjp", cost=1)
        with marks.cost:
            check.cost(ended, vjp, MILLION)
        marks.total()
    finding = session.reports[0].aspects[0].finding
    assert finding is not None
    assert finding.verdict == f"does not cope with n = 1,000,000: {what}"


def test_wrong_numbers_are_said_to_be_wrong_and_not_explained() -> None:
    finding = refused(check.cost, lambda s, dy: s * dy, vjp, MILLION)
    assert finding.verdict == "the cost was not judged, because the numbers are wrong (see values)"
    assert finding.advice == "Once they are right, time and memory are looked at."
    assert finding.comparison is not None
    finding = refused(check.cost, lambda *_: None, vjp, MILLION)
    assert "are wrong (see values): expected " in finding.verdict


def test_another_error_reads_as_ever() -> None:
    assert "ZeroDivisionError" in refused(check.cost, lambda s, dy: 1 / 0, vjp, MILLION).verdict  # noqa: ARG005


def test_a_stub_is_not_written_yet() -> None:
    def stub(_s: Array, _dy: Array) -> Array:
        raise NotImplementedError

    assert refused(check.cost, stub, vjp, MILLION).verdict == "not written yet"
