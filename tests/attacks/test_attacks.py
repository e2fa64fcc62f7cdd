"""No attack gains a mark, reads a secret, or stops the run.

Each row of the tables (`lies`, `search`, `forge`, `exhaust`, `papers`) is a student of one class.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.grading.limits import limits_of
from autograder.grading.sources import lesson_source, source_notebooks
from autograder.grading.table import print_table
from autograder.lesson.course import open_course
from autograder.sandbox import wall
from autograder.sandbox.session import Template

from . import course
from .conftest import Class, children, wanted
from .course import FULL

if TYPE_CHECKING:
    from .attack import Attack

pytestmark = pytest.mark.sandbox
each_attack = pytest.mark.parametrize("attack", wanted(), ids=lambda a: a.name)


@pytest.mark.parametrize("student", ["adam", "bob", "zoe"])
def test_the_honest_have_full_marks_among_attackers(graded: Class, student: str) -> None:
    assert (graded.outcomes[student].status, graded.outcomes[student].score) == ("graded", FULL)


@each_attack
def test_an_attack_earns_what_its_honest_part_earns(graded: Class, attack: Attack) -> None:
    outcome = graded.outcomes[attack.name]
    assert outcome.max_score == FULL
    assert outcome.status in attack.statuses, outcome.reason
    if outcome.status == "rejected":
        assert outcome.score == 0
    else:
        assert outcome.score == pytest.approx(attack.earns), outcome.cells
    assert "This is not your fault" not in outcome.reason, outcome.reason


@each_attack
def test_an_attack_ran_and_got_nowhere(graded: Class, attack: Attack) -> None:
    """Its own words say so: a search finds the attacker's own canary, and what is counted stays small."""
    shown = graded.shown(attack.name)
    for word in attack.shows:
        assert word in shown
    assert "BROKEN" not in shown


@each_attack
def test_nobody_read_a_secret(graded: Class, attack: Attack) -> None:
    written = graded.written(attack.name)
    assert {
        name for name in vars(graded.canaries) if name != "own" and getattr(graded.canaries, name) in written
    } == set()


def test_nothing_was_written_where_secrets_lie(graded: Class) -> None:
    outside = [
        path
        for path in graded.root.parent.rglob("*")
        if "autograded" not in path.parts and "submitted" not in path.parts
    ]
    assert [path for path in outside if path.name == "planted"] == []
    assert "PLANTED" not in "".join(p.read_text("utf-8", "replace") for p in outside if p.is_file())
    assert not Path("/tmp/pwned").exists()  # noqa: S108 - where the attack would put it


@each_attack
def test_no_script_reaches_a_page(graded: Class, attack: Attack) -> None:
    """Outputs hold no HTML but the grader's own card, in which what came from the student is escaped."""
    for cell in graded.cells(attack.name):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            page = data.get("text/html", "")
            assert not page or cell.metadata["nbgrader"]["grade_id"] == "test_mean"
            assert "<script" not in page
            assert "onerror=" not in page
            assert set(data) <= {
                "text/plain",
                "text/html",
                "text/latex",
                "text/markdown",
                "image/png",
                "image/jpeg",
            }
            assert "<script" not in data.get("image/png", "")
            if "autograder" in output.get("metadata", {}):
                assert cell.metadata["nbgrader"]["grade_id"] == "test_mean"
            else:
                assert all(set(about) <= {"alt"} for about in output.get("metadata", {}).values())


@each_attack
def test_no_terminal_obeys_what_is_told(graded: Class, attack: Attack) -> None:
    outcome = graded.outcomes[attack.name]
    screen = io.StringIO()
    print_table(Console(file=screen, width=200), [outcome])
    for text in (screen.getvalue(), *(cell.message for cell in outcome.cells.values()), outcome.reason):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@each_attack
def test_what_is_written_down_stays_small(graded: Class, attack: Attack) -> None:
    assert len(graded.written(attack.name)) < 2 << 20


def test_the_gradebook_has_the_same_marks(graded: Class) -> None:
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db", "attacked") as book:
        for student, outcome in graded.outcomes.items():
            submission = book.find_submission("ps1", student)
            if outcome.status != "rejected":
                assert submission.score == pytest.approx(outcome.score), student


def test_no_process_outlives_the_run(graded: Class) -> None:
    assert graded.outcomes
    left = children() - graded.before
    assert [p.name() for p in left if p.name() == "bwrap" or "autograder" in " ".join(p.cmdline())] == []


def test_the_exchange_is_hidden_where_the_system_is_shown(tmp_path: Path) -> None:
    """By default nbgrader's exchange lies under /usr, with everything that anybody handed in."""
    course.make(tmp_path / "course", Path("/usr/share/doc"), course.Canaries.fresh(), handed_in=False)
    opened = open_course(tmp_path / "course")
    source = lesson_source(opened, "ps1", source_notebooks(opened, "ps1")["ps1"])
    template = Template(wall.configuration(source.hidden, []))
    try:
        with template.start(limits_of(opened.config)) as submission:
            run = submission.run_cell(
                "import os; print(os.listdir('/usr/share/doc'), len(os.listdir('/usr/share')) > 1)"
            )
    finally:
        template.close()
    assert [output.text for output in run.outputs] == ["[] True\n"]
