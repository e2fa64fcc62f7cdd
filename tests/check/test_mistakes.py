"""Known mistakes: what names them, what does not, and who keeps the student's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import grading

Array = np.ndarray[Any, Any]

CELL = """
marks = check.marks("softmax", values=2, stability=1, shapes=1)
with marks.values:
    check.matches(softmax, reference.softmax, cases.logits())
with marks.stability:
    check.matches(softmax, reference.softmax, cases.logits(rows=[-1000, 0, 1000]))
with marks.shapes:
    check.leaves_arguments_alone(softmax, cases.logits())

@mistake("no maximum subtracted", "What is exp(1000) in floats?")
def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)

@mistake("normalised over the whole array", "What does each row sum to?")
def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()

@mistake("the axis forgotten", "Which axis?")
def softmax(x):
    return x.softmax()

marks.total()
"""


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def grade(student: Any, mistakes: grading.Mistakes | None = None) -> dict[str, check.AspectResult]:
    """Run the test cell as the grader does."""
    space: dict[str, Any] = {
        "np": np, "check": check, "cases": check.cases,
        "mistake": check.mistake, "reference": check.reference, "softmax": student,
    }  # fmt: skip
    with grading.session({"softmax": softmax}, mistakes) as session:
        exec(compile(CELL, "<test cell>", "exec"), space)  # noqa: S102
    assert space["softmax"] is student, "a mistake must never take the student's place"
    return {aspect.name: aspect for aspect in session.reports[0].aspects}


def named(result: check.AspectResult) -> str | None:
    assert result.finding is not None
    return result.finding.mistake


def test_right_stays_right() -> None:
    assert [aspect.status for aspect in grade(softmax).values()] == ["passed"] * 3


def test_a_known_mistake_is_named_with_its_advice() -> None:
    def naive(x: Array) -> Array:
        return np.asarray(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True))

    naive.__name__ = "softmax"
    found = grade(naive)
    assert found["values"].status == "passed"
    assert named(found["stability"]) == "no maximum subtracted"
    assert found["stability"].finding is not None
    assert found["stability"].finding.hint == (
        "A known slip gives just this: no maximum subtracted. What is exp(1000) in floats?"
    )


def test_a_mistake_must_explain_every_call_seen() -> None:
    def once_right(x: Array) -> Array:
        e = np.exp(x - x.max())
        return np.asarray(e / e.sum()) if len(x) < 4 else softmax(x)

    once_right.__name__ = "softmax"
    assert named(grade(once_right)["values"]) is None


def test_a_mistake_explains_only_the_aspect_it_breaks() -> None:
    def naive_in_place(x: Array) -> Array:
        np.exp(x, out=x)
        x /= x.sum(axis=-1, keepdims=True)
        return x

    naive_in_place.__name__ = "softmax"
    found = grade(naive_in_place)
    assert named(found["stability"]) == "no maximum subtracted"
    assert found["shapes"].status == "failed"
    assert named(found["shapes"]) is None


def test_a_right_answer_that_changes_its_argument_is_no_known_mistake() -> None:
    def in_place(x: Array) -> Array:
        x[...] = softmax(x)
        return x

    in_place.__name__ = "softmax"
    cell = """
@mistake("works on the argument itself", "Whose array is x?")
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
marks = check.marks(shapes=1)
with marks.shapes:
    check.matches(softmax, reference.softmax, check.cases.logits())
    check.leaves_arguments_alone(softmax, check.cases.logits())
marks.total()
"""
    space = {
        "np": np,
        "check": check,
        "mistake": check.mistake,
        "reference": check.reference,
        "softmax": in_place,
    }
    with grading.session({"softmax": softmax}) as session:
        exec(cell, space)  # noqa: S102
    (aspect,) = session.reports[0].aspects
    assert aspect.status == "failed"
    assert named(aspect) is None


def test_raising_the_same_error_is_giving_the_same() -> None:
    def lost(x: Array) -> Array:
        return x.softmax()  # type: ignore[attr-defined,no-any-return]

    lost.__name__ = "softmax"
    assert named(grade(lost)["values"]) == "the axis forgotten"


def test_a_lambda_is_known_by_the_reference_it_meets() -> None:
    assert named(grade(lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum())["values"]) == (
        "normalised over the whole array"
    )


def test_a_shared_registry_does_not_grow() -> None:
    mistakes = grading.Mistakes()
    grade(softmax, mistakes)
    grade(softmax, mistakes)
    assert len(mistakes) == 3
    assert mistakes.of("softmax")[0].name == "no maximum subtracted"


def test_a_missing_function_stays_missing() -> None:
    space: dict[str, Any] = {"check": check, "mistake": check.mistake}
    cell = """
@mistake("doubled", "Count.")
def relu(x):
    return 2 * x
marks = check.marks("relu", values=1)
with marks.values:
    check.close(relu(1.0), 2.0)
marks.total()
"""
    with grading.session({}) as session:
        exec(cell, space)  # noqa: S102
    (aspect,) = session.reports[0].aspects
    assert aspect.finding is not None
    assert aspect.finding.verdict == "`relu` is not defined: no cell above defines it"


def test_reference_is_the_sessions_inside_and_the_notebooks_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import __main__  # noqa: PLC0415

    ours: Any = abs
    monkeypatch.setattr(__main__, "halve", ours, raising=False)
    assert check.reference.halve is ours
    with grading.session({"halve": softmax}):
        assert check.reference.halve is softmax
        with pytest.raises(AttributeError, match="no reference for 'third'"):
            _ = check.reference.third
    assert check.reference.halve is ours


def test_a_wrong_call_late_in_a_long_run_is_still_evidence() -> None:
    cell = """
@mistake("loses large numbers", "Large?")
def keep(x):
    return x if x < 50 else 0.0
marks = check.marks("keep", values=1)
with marks.values:
    check.matches(keep, reference.keep, [float(i) for i in range(60)])
marks.total()
"""

    def keep(x: float) -> float:
        return x if x < 50 else 0.0

    space = {"check": check, "mistake": check.mistake, "reference": check.reference, "keep": keep}
    with grading.session({"keep": lambda x: x}) as session:
        exec(cell, space)  # noqa: S102
    assert named(session.reports[0].aspects[0]) == "loses large numbers"
