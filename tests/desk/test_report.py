"""The report on a class: what it says of real courses, and that it says nothing that the class does not carry."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from autograder.check import AspectResult, Report
from autograder.check._chain import Chain, ChainLine
from autograder.desk.report import tallies, write_report
from autograder.desk.report.lines import next_week
from autograder.desk.report.page import points_table
from autograder.desk.report.pseudonyms import NAME, PseudonymError, key_of, pseudonym
from autograder.desk.report.reading import read_class
from autograder.desk.report.statistics import items

from .graded_course import (
    ASSIGNMENT,
    POINTS,
    RELU_REPORT,
    TEST_RELU,
    TEST_SIGN,
    check_cell,
    failed_assert,
    lesson,
    nbf,
    reported,
    solution,
)

if TYPE_CHECKING:
    from pathlib import Path

    from nbgrader.api import Gradebook

    from autograder.desk.report.record import ClassRecord

    from .graded_course import Desk

MADE = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
RIGHT = replace(
    RELU_REPORT, earned=3.0, aspects=tuple(AspectResult(a.name, a.points, a.points, "passed") for a in RELU_REPORT.aspects)
)  # fmt: skip


def all_right() -> Any:
    return marked(reported(RIGHT), [])


def marked(relu: list[Any], sign: list[Any], **metadata: Any) -> Any:
    cells = [
        solution("relu", "def relu(x):\n    return np.maximum(x, 0)"),
        check_cell("test_relu", TEST_RELU, 3, relu),
        solution("sign", "def sign(x):\n    return np.sign(x)"),
        check_cell("test_sign", TEST_SIGN, 2, sign),
    ]
    return nbf.new_notebook(cells=cells, metadata=metadata)


def a_class(desk: Desk, wrong: int, right: int) -> None:
    for number in range(wrong):
        desk.hand_in(f"w{number:02}", first_name="Wanda", last_name=f"Wrong{number}")
    for number in range(right):
        desk.hand_in(f"r{number:02}", all_right(), scores=dict(POINTS), last_name=f"Right{number}")


def page_of(desk: Desk, *, names: bool = True, **options: Any) -> str:
    (written,) = write_report(desk.course, ASSIGNMENT, made=MADE, names=names, **options)
    assert written.page == desk.course.root / "reports" / f"{ASSIGNMENT}{'' if names else '-no-names'}.html"
    return written.page.read_text(encoding="utf-8")


def words(page: str) -> str:
    """Return what a reader reads."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL).split())


def record_of(desk: Desk) -> ClassRecord:
    return read_class(desk.course, ASSIGNMENT)


def lines_of(record: ClassRecord) -> dict[str, str]:
    statistics = items(points_table(record), [item.points for item in record.items])
    return {line.about: line.text for line in next_week(record, statistics)}


def test_a_class_of_twelve(desk: Desk) -> None:
    a_class(desk, wrong=4, right=8)
    said = words(page_of(desk))
    assert "handed in, graded 12" in said
    assert "median 5 of 5 points" in said
    # Four earn 1 of 5: the mean is 44 / 12, the deviation by n - 1 is 4 * sqrt(8 / 33).
    assert "12 students: mean 3.67, standard deviation 1.97, from 1 to 5 of 5 points." in said
    assert (
        "sign: the class earned 67 % of its points, and 4 of 12 earned none. Next come relu (78 %)." in said
    )
    assert "relu: 4 of the 12 who wrote it made the same mistake: np.max for np.maximum." in said
    assert "Ask them: np.max reduces an array to one number. What shape should relu(x) have?" in said
    assert "`values`" not in said
    assert "values in relu: 4 of the 12 who wrote it lost this and nothing else." in said
    assert "4 of 12 np.max" not in said
    assert "4 of 12 relu np.max for np.maximum np.max reduces an array" in said
    assert "4 sign a negative number has sign -1" in said
    assert "What needs your eye Nothing: every submission was read" in said


def test_points_by_hand_extra_credit_and_penalties_count(desk: Desk) -> None:
    desk.hand_in("ada", penalty=0.5, late=dt.timedelta(hours=26))
    desk.hand_in("bo")

    def edit(book: Gradebook) -> None:
        grade = book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "ada")
        grade.manual_score, grade.extra_credit = 1.5, 0.25

    desk.change(edit)
    record = record_of(desk)
    assert [work.score for work in record.works] == [1 + 1.75 - 0.5, 1]
    (_, sign) = record.items
    assert [(result.score, result.state, result.by_hand) for result in record.results(sign)] == [
        (1.75, "part", True),
        (0, "none", False),
    ]
    said = words(page_of(desk))
    assert "late 1 0.5 points taken off" in said
    assert "1 handed in late, by 1 day 2 hours to 1 day 2 hours, which cost 0.5 points in all." in said
    assert "1 mark was given or changed by hand" in said


def test_nobody(desk: Desk) -> None:
    assert write_report(desk.course) == []
    said = words(page_of(desk))
    assert "Nothing is graded yet, so there is nothing to say about the class." in said
    assert "Histogram" not in said


def test_one_student(desk: Desk) -> None:
    desk.hand_in("ada")
    page = page_of(desk)
    said = words(page)
    assert "1 submission is graded, and a pattern needs 10." in said
    assert "1 student: mean 1, from 1 to 1 of 5 points." in said
    assert "with fewer than 10 students a correlation says more about these people" in said
    assert "item-rest correlation, with its" not in page


def test_a_class_that_earned_nothing(desk: Desk) -> None:
    for number in range(10):
        desk.hand_in(f"s{number}", scores={"test_relu": 0.0, "test_sign": 0.0})
    said = words(page_of(desk))
    assert "median 0 of 5 points" in said
    assert "relu: the class earned 0 % of its points, and 10 of 10 earned none." in said
    assert said.count("no spread") == 2


def test_a_course_of_plain_asserts(desk: Desk) -> None:
    for number in range(10):
        nb = marked(
            [nbf.new_output("execute_result", data={"text/plain": "3"}, execution_count=1)], failed_assert()
        )
        desk.hand_in(f"s{number}", nb, scores={"test_relu": 3.0, "test_sign": 0.0})
    said = words(page_of(desk))
    assert "These tests are plain asserts: they name no aspects" in said
    assert "sign: 10 of 10 were told the same: a negative number has sign -1" in said
    assert "10 sign a negative number has sign -1" in said


def test_an_exercise_as_it_was_released_is_not_a_mistake(desk: Desk) -> None:
    finding = {"verdict": "not written yet", "case": None, "advice": None, "mistake": None}
    report = Report.from_dict(
        RELU_REPORT.as_dict()
        | {"earned": 0.0}
        | {
            "aspects": [
                {
                    "name": name,
                    "points": 1.0,
                    "earned": 0.0,
                    "status": "failed",
                    "notes": [],
                    "finding": finding,
                }
                for name in ("values", "shapes")
            ]
        }
    )
    stub = nbf.new_output("error", ename="NotImplementedError", evalue="", traceback=["NotImplementedError"])
    for number in range(10):
        desk.hand_in(
            f"s{number}", marked(reported(report), [stub]), scores={"test_relu": 0.0, "test_sign": 0.0}
        )
    record = record_of(desk)
    assert [tallies.states(record, item)["unwritten"] for item in record.items] == [10, 10]
    assert all(one.looked == 0 for one in tallies.aspects(record))
    assert lines_of(record)["Time"] == (
        "10 of 10 left relu as it was released, and 10 left the last one, sign. Nobody was late."
    )


def test_an_answer_in_words_that_nobody_wrote_is_unwritten_and_tells_no_difficulty(desk: Desk) -> None:
    why = solution("why", "")
    why.metadata["nbgrader"] |= {"grade": True, "points": 2}

    def add(book: Gradebook) -> None:
        book.add_grade_cell("why", ASSIGNMENT, ASSIGNMENT, max_score=2, cell_type="markdown")

    desk.change(add)
    for number in range(12):
        nb = all_right()
        nb.cells.append(why)
        desk.hand_in(f"s{number:02}", nb, scores=dict(POINTS) | {"why": 0.0})

    def wait(book: Gradebook) -> None:
        for number in range(9):
            grade = book.find_grade("why", ASSIGNMENT, ASSIGNMENT, f"s{number:02}")
            grade.auto_score, grade.needs_manual_grade = None, True

    desk.change(wait)
    record = record_of(desk)
    item = next(item for item in record.items if item.grade_id == "why")
    assert tallies.states(record, item) == {"full": 0, "part": 0, "none": 0, "unwritten": 3, "waiting": 9}
    said = words(page_of(desk))
    assert "why 2 \N{EN DASH}" in said  # points, difficulty
    assert "The hardest is why" not in page_of(desk)

    def mark(book: Gradebook) -> None:
        for number in range(9):
            grade = book.find_grade("why", ASSIGNMENT, ASSIGNMENT, f"s{number:02}")
            grade.manual_score, grade.needs_manual_grade = (2.0 if number else 0.0), False

    desk.change(mark)
    assert tallies.states(record_of(desk), item)["none"] == 1  # a person gave 0
    assert "why 2 67 %" in words(page_of(desk))


def test_what_needs_an_eye(desk: Desk) -> None:
    desk.hand_in("ada", lesson(autograder={"status": "partial", "reason": "your cell was stopped"}))
    desk.hand_in("bo", lesson(autograder={"status": "graded", "sandboxed": False}))
    desk.hand_in("cy")
    tagged = lesson()
    tagged.cells[5].metadata["tags"] = ["in-sandbox"]
    desk.hand_in("di", tagged)
    for student in ("ed", "flo"):
        desk.course.submitted(ASSIGNMENT, student).mkdir(parents=True)
    rejected = desk.course.autograded(ASSIGNMENT, "ed")
    rejected.mkdir(parents=True)
    (rejected / "rejected.json").write_text(json.dumps({"reason": "the file is empty. Hand it in again."}))

    def edit(book: Gradebook) -> None:
        book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "cy").needs_manual_grade = True
        book.add_notebook("second", ASSIGNMENT)
        book.add_grade_cell("test_tanh", "second", ASSIGNMENT, max_score=1, cell_type="code")

    desk.change(edit)
    found = {
        (look.kind, look.work.student if look.work else ""): look for look in tallies.looks(record_of(desk))
    }
    assert found["not readable", "ed"].why == "the file is empty"
    assert found["handed in and not graded yet", "flo"]
    assert found["graded in part", "ada"].why == "their cell was stopped"
    assert found["graded without a sandbox", "bo"]
    assert found["waits for points by hand", "cy"].exercises == (f"{ASSIGNMENT}: sign",)
    assert found["marked inside the sandbox", ""].exercises == (f"{ASSIGNMENT}: sign",)
    assert found["a notebook is missing", "di"].why == "second"
    said = words(page_of(desk))
    assert "Not readable 1 ed : the file is empty" in said
    assert "handed in, graded 4 of 6" in said


def test_a_hand_in_of_an_older_release_is_shown_and_not_held_against_the_exercise(desk: Desk) -> None:
    later = "sign came into the lesson after this notebook was released: 2 points more, of which it has none"
    unwritten = [nbf.new_output("error", ename="NotImplementedError", evalue="", traceback=[])]
    for number in range(3):
        old = marked(reported(RIGHT), unwritten, autograder={"status": "graded", "mends": [later]})
        desk.hand_in(f"old{number}", old, scores={"test_relu": 3.0, "test_sign": 0.0})
    changed = ["test_relu was changed in the lesson since this notebook was released; the new one counts"]
    for number in range(8):
        fresh = marked(reported(RIGHT), [], autograder={"status": "graded", "mends": changed})
        desk.hand_in(f"new{number}", fresh, scores=dict(POINTS))
    desk.change(
        lambda book: setattr(book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "old2"), "manual_score", 1)
    )
    record = record_of(desk)
    looks = {look.work.student: look.exercises for look in tallies.looks(record) if look.work}
    assert looks == {f"old{number}": ("sign",) for number in range(3)}
    sign = record.items[1]
    assert tallies.states(record, sign) == {"full": 8, "part": 1, "none": 0, "unwritten": 0, "waiting": 0}
    assert lines_of(record)["Time"].startswith("It was enough: nobody left an exercise unwritten.")
    assert [work.score for work in record.works] == [*[5] * 8, 3, 3, 4]
    said = words(page_of(desk))
    assert "Of an older release, with no points for what came later 3" in said
    assert "of these, of an older release 3" in said
    assert (
        "3 hand-ins are of an older release and have no points for what came into the lesson later." in said
    )
    assert f"nbgrader release_assignment {ASSIGNMENT} --force" in said
    assert "mended before grading" not in said  # the students did nothing to their notebooks
    assert "old0" not in page_of(desk, names=False)


def test_a_class_that_is_all_of_an_older_release_is_one_line(desk: Desk) -> None:
    later = "sign came into the lesson after this notebook was released: 2 points more, of which it has none"
    for number in range(3):
        old = marked(reported(RIGHT), failed_assert(), autograder={"status": "graded", "mends": [later]})
        desk.hand_in(f"old{number}", old, scores={"test_relu": 3.0, "test_sign": 0.0})
    (look,) = tallies.looks(record_of(desk))
    assert (look.work, look.exercises, look.why) == (None, ("sign",), "all that were handed in lack it")
    said = words(page_of(desk))
    assert "need your eye 0" in said
    assert "with no points for what came later sign; all that were handed in lack it" in said


def test_who_needs_an_eye_for_two_reasons_is_one_person(desk: Desk) -> None:
    nb = lesson(autograder={"status": "partial", "reason": "a cell was stopped", "sandboxed": False})
    desk.hand_in("ada", nb)
    assert "need your eye 1" in words(page_of(desk))


def test_what_is_cut_is_cut_between_words(desk: Desk) -> None:
    for student, reason in (("ada", "several words " * 20), ("bo", "w" * 300)):
        desk.hand_in(student, lesson(autograder={"status": "partial", "reason": reason}))
    whole, unbroken = (work.reason for work in record_of(desk).works)
    assert whole.endswith(("several…", "words…"))
    assert 140 < len(whole) <= 160
    assert unbroken == "w" * 159 + "…"


def test_a_folder_whose_name_no_gradebook_can_hold_is_shown(desk: Desk) -> None:
    desk.hand_in("ada")
    folder = desk.course.submitted(ASSIGNMENT, os.fsdecode(b"M\xfcller"))
    folder.mkdir(parents=True)
    said = words(page_of(desk))
    assert "handed in, graded 1 of 2" in said
    assert re.search(r"Not readable 1 \S*M\S*ller : the folder \S+ has a name that is no text", said)
    assert "ller" not in words(page_of(desk, names=False))


def test_what_a_student_wrote_stays_text(desk: Desk) -> None:
    evil = "<script>alert(1)</script>"
    for number in range(3):
        broken = nbf.new_output("error", ename="ValueError", evalue=evil, traceback=[evil])
        desk.hand_in(
            f"s{number}",
            marked(reported(chained(f"{evil} + 1")), [broken]),
            first_name=evil,
            last_name="=1+1",
        )
    desk.hand_in(
        "t", lesson(autograder={"status": "partial", "reason": f"\x1b[31m{evil} /home/grader/secret/x.csv"})
    )
    page = page_of(desk, csv=desk.course.root / "csv")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "\x1b" not in page
    assert "/home" not in page
    rows = rows_of(desk.course.root / "csv" / f"{ASSIGNMENT}-marks.csv")
    assert {row["name"] for row in rows} == {f"{evil} =1+1", ""}


def chained(line: str, latex: str = "") -> Report:
    """Build the report of a derivation whose second line is wrong."""
    lines = (
        ChainLine("x", "x", "start"),
        ChainLine(line, latex, "wrong", "at x = 1 line 1 is 1, line 2 is 2"),
    )
    return replace(RELU_REPORT, chains=(Chain("values", lines),))


def test_derivations_break_where_they_break(desk: Desk) -> None:
    for number, (line, latex) in enumerate(
        [("x+1", "x + 1"), ("x  + 1", "x + 1"), ("1+x", "1 + x"), ("x + 1", "x + 1")]
    ):
        desk.hand_in(f"s{number}", marked(reported(chained(line, latex)), []))
    desk.hand_in(
        "t", marked(reported(replace(RIGHT, chains=(Chain("values", (ChainLine("x", "x", "start"),)),))), [])
    )
    (chain,) = tallies.chains(record_of(desk))
    assert (chain.broken, chain.judged, dict(chain.places)) == (4, 5, {2: 4})
    # The same line, however it is spaced; what one student alone wrote is not shown.
    assert [(step.students, step.example.line[0]) for step in chain.steps] == [(3, "x+1")]
    page = page_of(desk)
    assert "1+x" not in page
    said = words(page)
    assert "4 of 5 chains break: 4 at line 2. With a wrong line: 4." in said
    assert "relu: 4 of 5 chains break, 4 of them at line 2. 3 wrote the same line there: x+1" in said


def test_a_line_needs_three_students_and_says_so(desk: Desk) -> None:
    a_class(desk, wrong=2, right=10)
    lines = lines_of(record_of(desk))
    assert lines["Talk about"] == "No mistake was made by 3 students or more in the same way."
    assert lines["Practise"] == "No aspect alone was lost by 3 students or more."
    assert len(lines) == 5


def test_a_small_class_has_five_lines_and_the_first_is_a_warning(desk: Desk) -> None:
    a_class(desk, wrong=4, right=0)
    lines = lines_of(record_of(desk))
    assert len(lines) == 5
    assert lines["A small class"].startswith("4 submissions are graded, and a pattern needs 10.")


def test_without_names_nothing_on_the_page_or_in_the_sheets_tells_who_is_who(desk: Desk) -> None:
    a_class(desk, wrong=2, right=1)
    desk.hand_in("ada_l", lesson(autograder={"status": "partial", "reason": "ada_l.csv was left out"}))
    folder = desk.course.root / "csv"
    page_of(desk, csv=folder)  # with names: another file, which stays
    page = page_of(desk, names=False, csv=folder)
    assert sorted(path.name.removeprefix(ASSIGNMENT) for path in folder.iterdir()) == [
        "-items.csv", "-marks-no-names.csv", "-marks.csv",
    ]  # fmt: skip
    assert "w00" in (folder / f"{ASSIGNMENT}-marks.csv").read_text()
    sheets = "".join(
        (folder / f"{ASSIGNMENT}-{name}.csv").read_text() for name in ("marks-no-names", "items")
    )
    for secret in ("Wanda", "Wrong0", "Right0", "ada_l", "w00", "r00"):
        assert secret not in page + sheets
    key = key_of(desk.course.root)
    assert pseudonym(key, "ada_l") in page
    assert page_of(desk, names=False) == page, "the same names each time"
    assert stat.S_IMODE((desk.course.root / NAME).stat().st_mode) == 0o600


def test_a_pseudonym_needs_the_courses_key(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = key_of(tmp_path / "a"), key_of(tmp_path / "b")
    assert first == key_of(tmp_path / "a") != second
    names = {pseudonym(first, f"s{number}") for number in range(2000)}
    assert len(names) == 2000
    assert all(re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", name) for name in names)
    assert not names & {pseudonym(second, f"s{number}") for number in range(2000)}


@pytest.mark.parametrize("content", ["", "no key", "00"])
def test_a_key_that_is_none_is_not_used(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content)
    with pytest.raises(PseudonymError, match="holds no key"):
        key_of(tmp_path)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_the_sheets_are_tidy(desk: Desk) -> None:
    a_class(desk, wrong=1, right=1)
    (written,) = write_report(desk.course, csv=desk.course.root / "csv")
    marks, exercises = map(rows_of, written.sheets)
    assert [(row["student"], row["exercise"], row["points"], row["state"]) for row in marks] == [
        ("r00", "relu", "3", "full"),
        ("r00", "sign", "2", "full"),
        ("w00", "relu", "1", "part"),
        ("w00", "sign", "0", "none"),
    ]
    assert marks[2]["mistakes"] == "np.max for np.maximum"
    assert marks[2]["aspects_lost"] == "values"
    assert [
        (row["exercise"], row["n"], row["mean"], row["difficulty"], row["item_rest"]) for row in exercises
    ] == [
        ("relu", "2", "2.0000", "0.6667", "1.0000"),
        ("sign", "2", "1.0000", "0.5000", "1.0000"),
    ]


def test_a_spreadsheet_takes_no_id_for_a_formula(desk: Desk) -> None:
    desk.hand_in("=HYPERLINK(1)", last_name="-Minus")
    (written,) = write_report(desk.course, csv=desk.course.root / "csv")
    (first, _) = rows_of(written.sheets[0])
    assert (first["student"], first["name"]) == ("'=HYPERLINK(1)", "'-Minus")


def test_figures_have_words_and_the_pages_own_colours(desk: Desk) -> None:
    a_class(desk, wrong=4, right=8)
    page = page_of(desk)
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 4
    assert all(re.match(r'<svg class="figure" role="img" aria-label="[^"]{40,}"', one) for one in drawn)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not re.search(r"#0[1-9]0[1-9]0[1-9]|https?://(?!www\.w3\.org)", "".join(drawn))
    assert "var(--full)" in drawn[0]


def test_an_assignment_that_is_none_is_named(desk: Desk) -> None:
    with pytest.raises(LookupError, match="none"):
        write_report(desk.course, "none")


def test_a_graded_notebook_that_cannot_be_read_keeps_its_points(desk: Desk) -> None:
    desk.hand_in("ada")
    (desk.course.autograded(ASSIGNMENT, "ada") / f"{ASSIGNMENT}.ipynb").write_text("[]")
    (work,) = record_of(desk).works
    assert (work.status, work.score) == ("graded", 1)
