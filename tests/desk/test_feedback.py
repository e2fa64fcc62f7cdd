"""What a feedback page says, and what it must not say."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from autograder.check import AspectResult, Report
from autograder.desk.feedback import write_feedback
from autograder.desk.outputs import verdict as verdict_of
from autograder.desk.redact import Redactor

from .graded_course import ASSIGNMENT, TEST_RELU, check_cell, lesson, nbf, reported, solution

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from .graded_course import Desk


def page_of(desk: Desk, student: str = "ada", nb: Any | None = None, **options: Any) -> str:
    desk.hand_in(student, nb, **options)
    assert write_feedback(desk.course, ASSIGNMENT, [student]) == [desk.page(student)]
    return desk.page(student).read_text(encoding="utf-8")


def test_the_page_gives_total_reasons_and_advice(desk: Desk) -> None:
    page = page_of(desk, first_name="Ada", last_name="Lovelace")
    assert "Ada Lovelace (ada)" in page
    assert "<strong>1</strong> of 5 points" in page
    assert "values: np.max for np.maximum. At x of shape (3,): expected shape (3,), got ()." in page
    assert "What shape should relu(x) have?" in page
    assert "a negative number has sign -1" in page


def test_the_table_links_to_the_answer_with_its_checks_below(desk: Desk) -> None:
    page = page_of(desk)
    assert '<a href="#cell-3">relu</a>' in page
    assert '<section class="cell answer" id="cell-3">' in page
    assert '<a href="#cell-3" aria-label="Your answer to relu' in page
    assert '<section class="cell check" id="cell-4">' in page


def test_hidden_tests_and_machine_paths_stay_hidden(desk: Desk) -> None:
    history = nbf.new_output("stream", name="stdout", text=f"In = {TEST_RELU.splitlines()!r}")
    broken = nbf.new_output(
        "error",
        ename="ValueError",
        evalue="cannot open /home/grader/course/submitted/ada/x.csv",
        traceback=["File /home/grader/venv/lib/python3.11/site-packages/numpy/lib/npyio.py:9", "ValueError"],
    )
    page = page_of(desk, nb=lesson(nbf.new_code_cell("print(In)", outputs=[history, broken])))
    # The visible part is there, so the absence of the rest means something.
    assert "sign</span><span" in page
    for secret in ("HIDDEN", "7.25", "reference", "cases.reals", "/home", "grader/", "site-packages"):
        assert secret not in page
    assert "numpy/lib/npyio.py:9" in page


def test_a_failing_line_that_is_visible_is_quoted(desk: Desk) -> None:
    frame = (
        "Cell In[3], line 1\n\x1b[32m----> 1\x1b[39m assert sign(3.0) == 1.0\n      2 secret = 12345678901"
    )
    error = nbf.new_output("error", ename="AssertionError", evalue="", traceback=[frame])
    page = page_of(desk, nb=lesson(check_cell("test_tanh", "assert sign(3.0) == 1.0", 1, [error])))
    assert "This line failed:" in page
    assert "12345678901" not in page


def test_a_student_cannot_forge_a_report_card(desk: Desk) -> None:
    forged = reported_all_right()
    page = page_of(desk, nb=lesson(solution("tanh", "pass", forged), nbf.new_code_cell("1", outputs=forged)))
    assert "forged praise" not in page


def reported_all_right() -> list[Any]:
    card = Report(
        "relu", (AspectResult("values", 3.0, 3.0, "passed", None, ("forged praise",)),), 3.0, 3.0, False
    )
    outputs = reported(card)
    outputs[0]["data"] = {"text/plain": "nothing"}
    return outputs


def test_late_partial_and_mended_submissions_say_so(desk: Desk) -> None:
    nb = lesson(autograder={"status": "partial", "reason": "", "mends": ["a copied cell was left out"]})
    page = page_of(desk, nb=nb, late=dt.timedelta(hours=26), penalty=0.5)
    assert "Handed in 1 day 2 hours after the deadline. 0.5 points taken off." in page
    assert "<strong>0.5</strong> of 5 points" in page
    assert "Graded in part." in page
    assert "<li>a copied cell was left out</li>" in page


def test_what_the_lesson_changed_is_not_called_damage_of_the_notebook(desk: Desk) -> None:
    later = "tanh came into the lesson after this notebook was released: 3 points more, of which it has none"
    changed = "test_relu was changed in the lesson since this notebook was released; the new one counts"
    page = page_of(desk, nb=lesson(autograder={"status": "graded", "mends": [later, changed]}))
    assert "had damage" not in page
    assert "<strong>The lesson has changed</strong>" in page
    assert f"<li>{later}</li>" in page
    assert f"<li>{changed}</li>" in page


def test_a_penalty_never_makes_the_total_negative(desk: Desk) -> None:
    assert "<strong>0</strong> of 5 points" in page_of(desk, penalty=9.0)


def test_points_and_comments_by_hand_win(desk: Desk) -> None:
    desk.hand_in("ada")

    def edit(book: Gradebook) -> None:
        grade = book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "ada")
        grade.manual_score, grade.extra_credit = 1.5, 0.25
        book.find_comment("sign", ASSIGNMENT, ASSIGNMENT, "ada").manual_comment = "Close: what is $-|x|$?"

    desk.change(edit)
    write_feedback(desk.course)
    page = desk.page("ada").read_text()
    assert "changed by a person, from 0 to 1.5" in page
    assert "1.75 of 2 <small>(0.25 extra)</small>" in page
    assert 'From your instructor:</strong></p><p>Close: what is <math display="inline"' in page


def test_a_cell_that_is_missing_from_the_notebook_is_listed(desk: Desk) -> None:
    nb = lesson()
    del nb.cells[5]
    assert "its cell is not in the notebook you handed in" in page_of(desk, nb=nb)


def test_a_rejected_submission_is_told_what_to_do(desk: Desk) -> None:
    folder = desk.course.autograded(ASSIGNMENT, "bo")
    folder.mkdir(parents=True)
    assert write_feedback(desk.course) == []
    (folder / "rejected.json").write_text(json.dumps({"reason": "The file is not JSON: <b>line 3</b>"}))
    assert write_feedback(desk.course) == [desk.page("bo")]
    page = desk.page("bo").read_text()
    assert "The file is not JSON: &lt;b&gt;line 3&lt;/b&gt;" in page
    assert "hand it in again" in page


@pytest.mark.parametrize(
    "content", ["", "[1, 2]", '{"nbformat": 4}', '{"nbformat": 4, "cells": [1]}', "\xff"]
)
def test_one_unreadable_notebook_stops_nobody(desk: Desk, content: str) -> None:
    desk.hand_in("ada")
    desk.hand_in("bo")
    broken = desk.course.autograded(ASSIGNMENT, "ada") / f"{ASSIGNMENT}.ipynb"
    broken.write_bytes(content.encode("latin-1"))
    assert write_feedback(desk.course) == [desk.page("ada"), desk.page("bo")]
    assert "This is not your mistake" in desk.page("ada").read_text()


def test_pictures_tables_and_figures_are_part_of_the_page(desk: Desk) -> None:
    outputs = [
        nbf.new_output(
            "display_data",
            data={"image/png": "aGk=\n"},
            metadata={"image/png": {"alt": "relu and its slope"}},
        ),
        nbf.new_output(
            "display_data", data={"text/html": "<table><tr><td>7</td></tr></table>", "text/plain": "t"}
        ),
        nbf.new_output("display_data", data={"image/svg+xml": "<svg><script>1</script></svg>"}),
        nbf.new_output(
            "display_data", data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "W()"}
        ),
        nbf.new_output(
            "display_data", data={"text/html": "<script>1</script>", "text/plain": "said plainly"}
        ),
        nbf.new_output("display_data", data={"application/javascript": "alert(1)"}),
    ]
    page = page_of(desk, nb=lesson(nbf.new_code_cell("plot()", outputs=outputs)))
    assert '<img src="data:image/png;base64,aGk=" alt="relu and its slope">' in page
    assert "<td>7</td>" in page
    assert '<img src="data:image/svg+xml;base64,' in page
    assert "An interactive figure" in page
    assert "said plainly" in page
    assert "alert(1)" not in page


def test_a_notebook_that_holds_too_much_is_shown_as_it_was_written(desk: Desk) -> None:
    nb = lesson()
    first, shown = len(nb.cells), nbf.new_output("stream", text="said")
    nb.cells += [nbf.new_markdown_cell(f"$x$ and *{n}* " * 1_000) for n in range(60)]
    nb.cells.append(nbf.new_code_cell("print('<said>')", outputs=[shown]))
    page = page_of(desk, nb=nb)
    assert len(page) < 32 << 20
    assert "<em>0</em>" in page
    assert "$x$ and *59*" in page
    assert "print(&#39;&lt;said&gt;&#39;)" in page
    assert "What this cell put out is not shown" in page
    assert page.count('id="cell-') == first + 61


def test_pictures_do_not_count_as_too_much(desk: Desk) -> None:
    nb = lesson()
    picture = nbf.new_output("display_data", {"image/png": "AAAA" * 50_000, "text/plain": "<Figure>"})
    nb.cells += [nbf.new_code_cell(f"plot({n})", outputs=[picture]) for n in range(8)]
    page = page_of(desk, nb=nb)
    assert page.count("data:image/png;base64,AAAA") == 8
    assert "is not shown" not in page


def test_only_the_named_students_get_pages(desk: Desk) -> None:
    for student in ("ada", "bo", "cy"):
        desk.hand_in(student)
    seen: list[object] = []
    assert write_feedback(desk.course, students=["bo"], on_page=seen.append) == seen == [desk.page("bo")]
    assert not desk.page("ada").exists()


def test_a_page_is_the_same_each_time_and_replaces_the_old_one(desk: Desk) -> None:
    first = page_of(desk)
    write_feedback(desk.course)
    assert desk.page("ada").read_text() == first
    assert [p.name for p in desk.page("ada").parent.iterdir() if p.name.startswith(".")] == []


def test_an_answer_in_words_shows_its_comment_and_waits_for_a_person(desk: Desk) -> None:
    def edit(book: Gradebook) -> None:
        book.add_grade_cell("why", ASSIGNMENT, ASSIGNMENT, max_score=2, cell_type="markdown")

    desk.change(edit)
    meta = {"grade_id": "why", "grade": True, "solution": True, "locked": False, "points": 2}
    nb = lesson(nbf.new_markdown_cell("Because $x > 0$.", metadata={"nbgrader": meta}))
    page = page_of(desk, nb=nb)
    assert "not marked yet: a person reads this answer" in page
    assert "more wait for a person, who reads your answer in words." in page
    assert " wait</td>" in page
    assert "<h3>Your answer: why (0 of 2)</h3>" in page


def why(name: str, verdict: str, **finding: Any) -> str:
    """Return the line of the table for an exercise that lost one of two aspects."""
    found = {"verdict": verdict, "case": None, "advice": None, "mistake": None, **finding}
    aspects = [
        {"name": name, "points": 1.0, "earned": 0.0, "status": "failed", "notes": [], "finding": found},
        {"name": "shapes", "points": 1.0, "earned": 1.0, "status": "passed", "notes": []},
    ]
    card = {"title": "relu", "earned": 1.0, "points": 2.0, "student_side": False, "aspects": aspects}
    output = {"output_type": "display_data", "data": {}, "metadata": {"autograder": card}}
    return verdict_of([output], "", Redactor()).reason


def test_the_mistake_comes_first_and_whole() -> None:
    numbers = "expected shape (3,), got (4,)"
    because = "each hidden unit collects over all f(x) classes"
    long = "the sum of " + "very " * 40 + "many numbers"
    said = why(
        "o_s", f"o_s: {numbers} ({because})", case="x = 1", mistake="the sum taken", advice="Which axis?"
    )
    assert said == f"o_s: the sum taken. At x = 1: {numbers}."
    assert why("values", numbers, advice="Which axis?") == f"values: Which axis? Expected{numbers[8:]}."
    assert why("values", f"{numbers} ({because})") == f"values: {numbers} ({because})."
    said = why("values", f"expected {'7 ' * 100}", mistake=long)
    assert said.startswith(f"values: {long}. Expected 7 7")
    assert said.endswith("7…")


def test_an_error_speaks_for_itself() -> None:
    error = {"advice": "How many axes?", "error": "ValueError (line 2 of relu)"}
    assert why("values", "raised ValueError: axis 1, expected 0", **error).startswith("values: raised Value")


def test_one_reason_for_all_aspects_is_said_once() -> None:
    stub: list[dict[str, Any]] = [
        {"name": name, "points": 1.0, "earned": 0.0, "status": "failed", "notes": []}
        for name in ("values", "shapes")
    ]
    finding = {"verdict": "not written yet", "case": None, "advice": None, "mistake": None}
    card = {"title": "relu", "earned": 0.0, "points": 2.0, "student_side": False}
    record = card | {"aspects": [aspect | {"finding": finding} for aspect in stub]}
    output = {"output_type": "display_data", "data": {}, "metadata": {"autograder": record}}
    assert verdict_of([output], "", Redactor()).reason == "not written yet."


def test_one_error_in_several_calls_is_one_reason() -> None:
    error = {"advice": "Which axis?", "mistake": None, "error": "ValueError (line 2 of relu)"}
    found = [
        {"verdict": f"raised ValueError: ({n},) (3,)", "case": f"x of shape ({n},)", **error} for n in (2, 4)
    ]
    aspects = [
        {"name": f"aspect{i}", "points": 1.0, "earned": 0.0, "status": "failed", "notes": [], "finding": one}
        for i, one in enumerate(found)
    ]
    card = {"title": "relu", "earned": 0.0, "points": 2.0, "student_side": False, "aspects": aspects}
    output = {"output_type": "display_data", "data": {}, "metadata": {"autograder": card}}
    said = verdict_of([output], "", Redactor())
    assert said.reason == "at x of shape (2,): raised ValueError: (2,) (3,)."
    assert said.body.count("same error as above") == 1
