"""Marks: aspects, partial credit, and the total on both sides of the wall."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest

from autograder import check
from autograder.check import grading


def test_each_aspect_earns_its_own_points(capsys: pytest.CaptureFixture[str]) -> None:
    marks = check.marks("relu", values=2, shapes=1)
    with marks.values:
        check.close(1.0, 1.0)
    with marks.shapes:
        check.shape(np.ones(3), (1, 3))
    assert marks.total() == 2.0
    assert capsys.readouterr().out.splitlines()[0] == "relu   2 of 3"


def test_all_entries_of_an_aspect_must_pass_and_the_first_failure_is_the_reason() -> None:
    with grading.session({}) as session:
        marks = check.marks(values=1)
        with marks.values:
            check.close(1.0, 1.0)
        with marks.values:
            check.close(1.0, 2.0)
        with marks.values:
            check.close(1.0, 3.0)
        assert marks.total() == 0.0
    (aspect,) = session.reports[0].aspects
    assert aspect.finding is not None
    assert aspect.finding.verdict == "expected 2, got 1"


def test_a_students_total_is_full_while_nothing_visible_fails(capsys: pytest.CaptureFixture[str]) -> None:
    marks = check.marks("relu", values=2, shapes=1)
    with marks.values:
        check.close(1.0, 1.0)
    assert marks.total() == 3.0
    assert capsys.readouterr().out == (
        "relu   every check here passes\n"
        "  values   2/2\n"
        "  shapes   -/1  checked when graded\n"
        "  Grading tries more cases than the ones here.\n"
    )


def test_a_students_total_counts_nothing_unseen_once_something_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    marks = check.marks("relu", values=2, shapes=1, stability=1)
    with marks.values:
        check.close(1.0, 2.0)
    with marks.shapes:
        check.shape(1.0, ())
    assert marks.total() == 1.0
    assert capsys.readouterr().out.splitlines() == [
        "relu   1 of 4",
        "  values      0/2  expected 2, got 1",
        "  shapes      1/1",
        "  stability   -/1  checked when graded",
        "  Grading tries more cases than the ones here.",
    ]


def slip(answer: object) -> check.Marks:
    marks = check.marks("find_the_slip", values=1)
    with marks.values.form:
        check.between(answer, 1, 5)
    return marks


def test_a_form_that_is_right_says_nothing_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert slip(3).total() == 1.0
    assert capsys.readouterr().out == (
        "find_the_slip   checked when graded\n  values   -/1  checked when graded\n"
    )


def test_a_form_that_is_wrong_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert slip(7).total() == 0.0
    assert "values   0/1  expected a value in [1, 5], got 7" in capsys.readouterr().out


def test_while_grading_a_form_alone_earns_nothing() -> None:
    with grading.session({}) as session:
        slip(3).total()
        marks = slip(3)
        with marks.values:
            check.equal(3, 3)
        marks.total()
    assert [report.earned for report in session.reports] == [0.0, 1.0]


def test_while_grading_an_unchecked_aspect_earns_nothing_and_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with grading.session({}) as session:
        marks = check.marks("relu", values=2, shapes=1)
        with marks.values:
            check.close(1.0, 1.0)
        assert marks.total() == 2.0
    assert capsys.readouterr().out == ""
    (report,) = session.reports
    assert [aspect.status for aspect in report.aspects] == ["passed", "unchecked"]
    assert report.aspects[1].finding is not None
    assert not report.student_side


def run(cell: str, **names: object) -> check.AspectResult:
    """Return what one aspect of a test cell came to."""
    source = f"marks = check.marks(values=1)\nwith marks.values:\n    {cell}\nmarks.total()"
    with grading.session({}) as session:
        exec(compile(source, "<test cell>", "exec"), {"check": check, "np": np, **names})  # noqa: S102
    return session.reports[0].aspects[0]


def reason(cell: str, **names: object) -> check.Finding:
    """Return why an aspect failed."""
    finding = run(cell, **names).finding
    assert finding is not None
    return finding


def raising(error: Exception) -> object:
    def function(*_: object) -> None:
        raise error

    return function


def test_the_stub_reads_not_written_yet() -> None:
    stub = raising(NotImplementedError("write relu"))
    assert reason("relu(1.0)", relu=stub).what == "not written yet"
    assert reason("check.matches(relu, abs, [1.0])", relu=stub).what == "not written yet"


def test_a_missing_name_is_told_from_a_name_error_inside_the_function() -> None:
    assert reason("check.close(relu(1.0), 1.0)").what == "`relu` is not defined: no cell above defines it"
    marks = check.marks(values=1)
    with marks.values:
        softmax(1.0)  # type: ignore[name-defined]  # noqa: F821
    assert marks.values.finding is not None
    assert marks.values.finding.what == "`softmax` is not defined: run its cell"
    assert "Folded cells have to be run too" in marks.values.finding.hint

    def relu(x: float) -> float:
        return undefined(x)  # type: ignore[name-defined,no-any-return]  # noqa: F821

    assert reason("relu(1.0)", relu=relu).what == "raised NameError: name 'undefined' is not defined"
    far = NameError("name 'undefined' is not defined", name="undefined")
    far.remote_traceback = "line 2 of relu"  # type: ignore[attr-defined]
    assert reason("relu(1.0)", relu=raising(far)).what.endswith("(line 2 of relu)")
    near = NameError("name 'undefined' is not defined", name="undefined")
    near.remote_traceback = "line 2 of relu"  # type: ignore[attr-defined]
    assert reason("raise near", near=near).what.endswith("(line 2 of relu)")


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (
            check.TookTooLong("relu had not returned after 5 s"),
            "took too long: relu had not returned after 5 s",
        ),
        (check.ProcessDied(), "Python itself ended during the call"),
        (RecursionError(), "called itself without end"),
        (MemoryError(), "ran out of memory"),
        (ValueError("no"), "raised ValueError: no"),
        (ValueError(), "raised ValueError"),
        (AssertionError("relu(0) is 0"), "relu(0) is 0"),
        (AssertionError(), "an assertion does not hold"),
    ],
)
def test_exceptions_are_reasons(error: Exception, what: str) -> None:
    assert reason("relu(1.0)", relu=raising(error)).what == what


def test_an_exception_that_cannot_say_itself() -> None:
    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise TypeError

    assert reason("relu(1.0)", relu=raising(Mute())).what == "raised Mute"


def test_grading_never_quotes_its_own_lines() -> None:
    lines = "def helper(x):\n    return x['a hidden line']\nhelper(relu)"
    cell = "exec(compile(lines, '<hidden>', 'exec'), {'relu': 1})"
    assert "hidden" not in str(reason(cell, lines=lines))


def test_an_interrupt_is_not_swallowed() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    marks = check.marks(values=1)
    with pytest.raises(KeyboardInterrupt), marks.values:
        interrupt()


def test_warnings_become_notes_and_cost_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # even where warnings are errors
        result = run("np.exp(np.array([1000.0])); np.exp(np.array([2000.0]))")
    assert result.earned == 1.0
    assert result.notes == ("RuntimeWarning: overflow encountered in exp; points kept",)
    assert capfd.readouterr().err == ""


def test_the_references_own_warnings_are_not_the_students() -> None:
    def loud(x: np.ndarray) -> object:
        warnings.warn("the author's own business", stacklevel=1)
        return np.exp(x)

    result = run(
        "check.matches(quiet, loud, check.cases.extremes())", loud=loud, quiet=lambda x: np.zeros(x.shape)
    )
    assert result.status == "failed"
    assert result.notes == ()


def test_a_title_is_the_first_function_when_left_out() -> None:
    with grading.session({}) as session:
        marks = check.marks(values=1)

        def halve(x: float) -> float:
            return x / 2

        with marks.values:
            check.matches(halve, lambda x: x * 0.5, [3.0])
        marks.total()
    assert session.reports[0].title == "halve"


@pytest.mark.parametrize("wrong", [{}, {"values": 0}, {"values": -1}, {"total": 1}, {"_x": 1}])
def test_an_authors_slip_is_an_error(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"aspect|points"):
        check.marks("relu", **wrong)


def test_an_unknown_aspect_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="these marks have values, shapes"):
        _ = check.marks(values=1, shapes=1).stability


def test_a_report_survives_json() -> None:
    with grading.session({}) as session:
        marks = check.marks("relu", values=1, shapes=1)
        with marks.values:
            check.close(np.ones((2, 2)), np.eye(2))
        with marks.shapes:
            warnings.warn("mind the axis", stacklevel=1)
        marks.total()
    report = session.reports[0]
    assert check.Report.from_dict(json.loads(json.dumps(report.as_dict()))) == report


def test_importing_check_needs_numpy_alone() -> None:
    heavy = "IPython", "matplotlib", "nbgrader", "ipywidgets", "jupytext"
    code = f"import sys, autograder.check; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_ipython_shows_the_card_then_the_number() -> None:
    cell = "m = check.marks('relu', values=1)\nwith m.values: check.close(1.0, 1.0)\nm.total()"
    code = f"from autograder import check\n{cell}"
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c"]
    done = subprocess.run([*command, code], check=True, capture_output=True, text=True)
    assert "relu   every check here passes" in done.stdout
