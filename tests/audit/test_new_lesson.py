"""A lesson that an instructor has just written: no answers, few mistakes, plain asserts and ours side by side."""

from __future__ import annotations

import io
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from autograder.audit import auditing
from autograder.audit.report import as_data, print_end, print_lesson, table, write_page
from autograder.cli import app
from autograder.lesson.course import open_course

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.audit.findings import AuditedExercise, AuditedLesson

pytestmark = pytest.mark.sandbox

LESSON = '''# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np
from autograder import check

# %% nbgrader={"grade_id": "mean_of_rows", "solution": true}
def mean_of_rows(x):
    """The mean of each row; `x` is left as it was."""
    ### BEGIN SOLUTION
    return x.mean(axis=1)
    ### END SOLUTION

# %% nbgrader={"grade_id": "correct_means", "grade": true, "points": 1}
assert np.allclose(mean_of_rows(np.ones((2, 2))), 1.0)

# %% nbgrader={"grade_id": "grows", "solution": true}
def grows(limit, step=1):
    ### BEGIN SOLUTION
    n = 0
    while n < limit:
        n += step
    return n
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_grows", "grade": true, "points": 2}
marks = check.marks("grows", values=2)
with marks.values:
    check.equal(grows(4, 3), 6, because="3 is not enough")
    check.equal(grows(5), 5, because="steps of 1")
    check.equal(grows(0), 0, because="0 is enough")
### BEGIN HIDDEN TESTS
from autograder.check import cases, mistake, reference
with marks.values:
    check.matches(grows, reference.grows, [(7, 2), (9, 4)])

@mistake("one step short", "Is the last number at least the limit?")
def grows(limit, step=1):
    return reference.grows(limit, step) - step

@mistake("no step too many", "Count again.")
def grows(limit, step=1):
    return reference.grows(limit, step)
### END HIDDEN TESTS
marks.total()

# %% nbgrader={"grade_id": "nobody_looks", "solution": true}
### BEGIN SOLUTION
a_number = 3
### END SOLUTION
'''

EQUIVALENT = """
[[mean_of_rows]]
operator = "axis"
was = "return x.mean(axis=1)"
now = "return x.mean(axis=-1)"
reason = "There are two axes, so the last one is axis 1."

[[grows]]
operator = "comparison"
was = "while n < limit:"
now = "while n <= limit:"
reason = "This is not so."

[[grows]]
operator = "sign"
was = "return n"
now = "*"
tried = false
reason = "Only said for the test: it would lose points."
"""

ANSWERS = '''from autograder.lesson.answers import right
ANSWERS = [
    right("grows", "rounded up", """
def grows(limit, step=1):
    return max(0, -(-limit // step) * step)
"""),
    right("grows", "whole steps alone", """
def grows(limit, step=1):
    return limit - limit % step
"""),
]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("course")
    lesson = course / "source" / "rows"
    lesson.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.SandboxedExecute.call_seconds = 1\n")
    (lesson / "rows.py").write_text(LESSON)
    (lesson / "equivalent.toml").write_text(EQUIVALENT)
    (lesson / "answers.py").write_text(ANSWERS)
    return course


@pytest.fixture(scope="module")
def audited(folder: Path) -> AuditedLesson:
    (found,) = auditing.audit(open_course(folder))
    return found


@pytest.fixture(scope="module")
def exercise(audited: AuditedLesson) -> dict[str, AuditedExercise]:
    return {one.name: one for one in audited.exercises}


def living(exercise: AuditedExercise) -> set[str]:
    return {judged.mutant.now for judged in exercise.mutants if judged.state == "alive"}


def test_what_a_weak_test_does_not_notice_lives(exercise: dict[str, AuditedExercise]) -> None:
    alive = living(exercise["mean_of_rows"])
    assert {"return x.mean()", "return x.mean(axis=0)"} <= alive
    assert "return x.sum(axis=1)" not in alive
    assert not exercise["mean_of_rows"].sound


def test_a_listed_mutant_is_equivalent_with_its_reason(exercise: dict[str, AuditedExercise]) -> None:
    (judged,) = [j for j in exercise["mean_of_rows"].mutants if j.state == "equivalent"]
    assert judged.reason == "There are two axes, so the last one is axis 1."


def test_a_good_test_kills_every_mutant_those_that_never_end_too(
    exercise: dict[str, AuditedExercise],
) -> None:
    grows = exercise["grows"]
    assert "n -= step" in {judged.mutant.now for judged in grows.mutants}  # which never gets there
    assert living(grows) == set()


def test_a_mistake_is_caught_and_named_or_said_to_keep_its_points(
    exercise: dict[str, AuditedExercise],
) -> None:
    short, none = exercise["grows"].mistakes
    assert not short.marked.full
    assert short.named
    assert none.marked.full


def test_right_variants_are_graded_and_one_that_loses_points_is_told(
    exercise: dict[str, AuditedExercise],
) -> None:
    rounded, whole = exercise["grows"].variants
    assert rounded.marked.full
    assert not whole.marked.full


def test_a_listed_mutant_that_loses_points_is_to_be_taken_out(exercise: dict[str, AuditedExercise]) -> None:
    (fault,) = exercise["grows"].faults
    assert "loses points" in fault


def test_a_mutant_that_is_not_to_be_tried_counts_as_equivalent(exercise: dict[str, AuditedExercise]) -> None:
    (judged,) = [judged for judged in exercise["grows"].mutants if judged.state == "equivalent"]
    assert judged.mutant.now == "return -n"


def test_an_exercise_without_a_test_is_told(exercise: dict[str, AuditedExercise]) -> None:
    assert exercise["nobody_looks"].faults == ("No test looks at it: whatever is handed in passes.",)


def test_answers_that_cannot_be_run_are_told(folder: Path, tmp_path: Path) -> None:
    course = shutil.copytree(folder, tmp_path / "course")
    (course / "source/rows/answers.py").write_text("ANSWERS = [*SLIP]\n")
    (found,) = auditing.audit(open_course(course), exercise="nobody_looks")
    (fault,) = (fault for fault in found.faults if "answers.py" in fault)
    assert fault.endswith("answers.py cannot be run: NameError: name 'SLIP' is not defined")


def test_what_may_be_added_is_said(exercise: dict[str, AuditedExercise]) -> None:
    said = "\n".join(exercise["mean_of_rows"].remarks)
    assert "No known mistake" in said
    assert "No right variant" in said


def test_the_table_counts_and_shows_no_code(audited: AuditedLesson) -> None:
    rows = table(audited).split("\n")
    assert "return" not in "\n".join(rows)
    cells = next(row for row in rows if row.startswith("| grows")).split(" | ")
    made = len(audited.exercises[1].mutants)
    assert cells[1:] == [str(made), str(made - 1), "1", "0", "2", "1", "1", "2", "1 |"]


def test_the_data_are_json(audited: AuditedLesson) -> None:
    (lesson,) = json.loads(json.dumps(as_data([audited])))
    assert lesson["exercises"][1]["counts"]["named"] == 1


def test_living_mutants_are_shown_with_what_to_add(audited: AuditedLesson) -> None:
    console = Console(file=io.StringIO(), width=400)
    print_lesson(console, audited)
    print_end(console, [audited])
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "        - return x.mean(axis=1)\n        + return x.mean()\n" in shown
    assert "No test has an array that tells the axes apart" in shown
    assert "the mistake 'no step too many' keeps all its points" in shown
    assert "the right variant 'whole steps alone' gets 0 of 2 points" in shown
    assert (
        "No right variant is in answers.py: another way to write it, which must pass too: mean_of_rows\n"
        in shown
    )
    assert "1 of 2 mistakes caught and rightly named; 1 of 2 variants passed" in shown


def test_a_page_keeps_all_but_the_table(audited: AuditedLesson, tmp_path: Path) -> None:
    page = tmp_path / "audit.md"
    page.write_text("# Ours\n\n<!-- audit of rows -->\nold\n<!-- end of rows -->\n\nKept.\n")
    write_page(page, [audited])
    text = page.read_text()
    assert text == page_with(table(audited))
    write_page(page, [audited])
    assert page.read_text() == text


def page_with(rows: str) -> str:
    return f"# Ours\n\n<!-- audit of rows -->\n{rows}\n<!-- end of rows -->\n\nKept.\n"


def test_a_page_that_is_not_there_is_begun(audited: AuditedLesson, tmp_path: Path) -> None:
    write_page(tmp_path / "audit.md", [audited])
    assert (tmp_path / "audit.md").read_text().startswith("# Audit\n\n## rows\n\n<!-- audit of rows -->\n|")


def test_the_command_ends_with_1_while_something_is_left(folder: Path) -> None:
    asked = ["audit", "rows", "--course", str(folder), "--exercise", "mean_of_rows", "--entries"]
    result = CliRunner().invoke(app, [*asked, "--jobs", "1", "--json", str(folder / "audit.json")])
    assert result.exit_code == 1
    assert '[[mean_of_rows]]\noperator = "axis"\n' in result.output
    assert result.output.endswith("Next: mend what is marked above, and run the same command again.\n")
    assert json.loads((folder / "audit.json").read_text())[0]["name"] == "rows"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no nothing in"),
        (["rows", "--exercise", "nothing"], "no exercise is called nothing"),
        (["rows", "--exercise", "grows", "--write", "x.md"], "leave out --exercise"),
    ],
)
def test_what_cannot_be_audited_is_said(folder: Path, words: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["audit", *words, "--course", str(folder)])
    assert result.exit_code == 1
    assert said in result.output
