"""`autograder export`: what Canvas, Moodle and nbgrader read from the files is what the gradebook says."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.desk import export
from autograder.desk.export import ExportError
from autograder.desk.exporting import export_grades
from autograder.desk.fill import fill_canvas, fill_moodle
from autograder.desk.grades import Grade, Grades, NoGradesError, Student

from .graded_course import ASSIGNMENT, DUE
from .importers import CanvasUser, RefusedError, canvas_reads, moodle_reads, worksheet_reads

if TYPE_CHECKING:
    from pathlib import Path

    from .graded_course import Desk

ADA = Student("ada", "Ada", "Lovelace", "ada@example.org", "4711")
BLAISE = Student("b.pascal", "Blaise", "Pascal", "blaise@example.org", "12ab")
CARL = Student("carl", "Carl", 'Gauß, "der"', "", "")
CLASS = {who.id: who for who in (ADA, BLAISE, CARL)}
GRADES = Grades(
    CLASS,
    {"ps1": 5.0, "ps2": 16.0},
    {
        ("ada", "ps1"): Grade(4.25, 5.0),
        ("b.pascal", "ps1"): Grade(0.0, 5.0),
        ("ada", "ps2"): Grade(16.0, 16.0),
    },
)
IN_CANVAS = [
    CanvasUser(4711, "Lovelace, Ada", "ada.l"),
    CanvasUser(12, "Somebody, Else", "else"),
    CanvasUser(77, "Pascal, Blaise", "b.pascal"),
    CanvasUser(78, 'Gauß, "der", Carl', "carl"),
]
CANVAS_EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework One (991),ps2 (992),Final Score
    Points Possible,,,,,5,16,(read only)
"Lovelace, Ada",4711,,ada.l,A,,,
"Pascal, Blaise",77,,b.pascal,A,3,9,
"Turing, Alan",80,,turing,B,1,,
"""
WORKSHEET = """\
\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 31","Ada Lovelace",4711,ada@example.org,Submitted,,5.00,Yes,-,-,
"Participant 32","Blaise Pascal",,Blaise@example.org,Submitted,,5.00,Yes,-,-,Good
"Participant 33","Alan Turing",,alan@example.org,"No submission",2.00,5.00,Yes,-,-,
"""


def test_canvas_reads_every_grade_and_nobodys_twice() -> None:
    scores, nobody = canvas_reads(export.canvas(GRADES).text, IN_CANVAS)
    assert scores == {(4711, "ps1"): 4.25, (77, "ps1"): 0.0, (4711, "ps2"): 16.0}
    assert nobody == []


def test_canvas_never_takes_a_mixed_id_for_a_number() -> None:
    text = export.canvas(GRADES).text
    # Canvas would read 12 there, which is somebody else.
    assert "12ab" not in {row["ID"] for row in csv.DictReader(io.StringIO(text))}
    with pytest.raises(RefusedError):
        canvas_reads(text.replace("Section", "Group"), IN_CANVAS)


@pytest.mark.parametrize("number", ["0012", "12ab"])
def test_what_canvas_would_take_for_somebody_elses_number_is_a_sis_id(number: str) -> None:
    zero = Student("zero", "Zoë", "Null", "", number)
    made = export.canvas(Grades({zero.id: zero}, {"ps1": 5.0}, {(zero.id, "ps1"): Grade(3.0, 5.0)}))
    people = [CanvasUser(12, "Somebody, Else", "else"), CanvasUser(99, "Null, Z.", "z.null", sis_id=number)]
    assert canvas_reads(made.text, people) == ({(99, "ps1"): 3.0}, [])


def test_what_was_not_handed_in_is_empty_unless_it_is_to_be_zero() -> None:
    assert (78, "ps1") not in canvas_reads(export.canvas(GRADES).text, IN_CANVAS)[0]
    assert canvas_reads(export.canvas(GRADES, missing="0").text, IN_CANVAS)[0][78, "ps1"] == 0.0
    assert "ps1: 1 handed nothing in and has an empty cell." in export.canvas(GRADES).notes
    assert "ps1: 1 handed nothing in and has 0." in export.canvas(GRADES, missing="0").notes


def test_the_table_says_the_same_of_it_and_counts_what_is_a_grade() -> None:
    grades = Grades(
        CLASS, {"ps1": 5.0}, {("ada", "ps1"): Grade(4.0, 5.0), ("carl", "ps1"): Grade(0, 5.0, unread=True)}
    )
    for missing in ("", "0"):
        made = export.plain(grades, missing=missing)
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(io.StringIO(made.text))}
        assert scores == {"ada": "4", "b.pascal": missing, "carl": ""}
        assert made.grades == (2 if missing else 1)


def test_canvas_own_file_is_filled_by_its_own_ids_and_keeps_the_rest() -> None:
    filled = fill_canvas(GRADES, CANVAS_EXPORT, columns={"ps1": "Homework One"})
    people = [*IN_CANVAS, CanvasUser(80, "Turing, Alan", "turing")]
    scores, nobody = canvas_reads(filled.text, people)
    assert scores == {
        (4711, "Homework One"): 4.25, (77, "Homework One"): 0.0, (80, "Homework One"): 1.0,
        (4711, "ps2"): 16.0, (77, "ps2"): 9.0,
    }  # fmt: skip
    assert nobody == []
    assert "Homework One (991)" in filled.text
    assert "Final Score" not in filled.text
    assert any("carl: graded here, not in Canvas's file" in note for note in filled.notes)
    assert any("Turing, Alan: in Canvas's file, not in the gradebook" in note for note in filled.notes)


def test_canvas_with_semicolons_is_read_and_stays_so() -> None:
    text = CANVAS_EXPORT.replace(",", ";").replace("; A", ", A").replace("; B", ", B").replace("e; ", "e, ")
    filled = fill_canvas(GRADES, text, columns={"ps1": "Homework One (991)"})
    assert canvas_reads(filled.text, IN_CANVAS)[0][4711, "Homework One"] == 4.25


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        ("Name,Mail\nAda,a@b\n", {}, "not a gradebook that Canvas exported"),
        (CANVAS_EXPORT, {}, 'no column for ps1. Name it with --column "ps1=its title"'),
        (CANVAS_EXPORT.replace(",,,5,16", ",,,10,16"), {"ps1": "Homework One"}, "gives at most 10"),
        ("", {}, "is empty"),
        ('Student,ID,"', {}, "cannot be read as a table"),
    ],
)
def test_a_file_that_cannot_be_filled_says_what_to_do(text: str, columns: dict[str, str], says: str) -> None:
    with pytest.raises(ExportError, match=says.replace("(", r"\(")):
        fill_canvas(GRADES, text, columns=columns)


def test_who_is_excused_in_canvas_stays_so_and_is_named() -> None:
    text = CANVAS_EXPORT.replace("b.pascal,A,3,9", "b.pascal,A,EX,ex")
    filled = fill_canvas(GRADES, text, columns={"ps1": "Homework One"}, missing="0")
    row = next(row for row in csv.reader(io.StringIO(filled.text)) if row[3] == "b.pascal")
    assert row[5:] == ["EX", "ex"]
    assert filled.grades == 2
    said = (
        "ps1: Pascal, Blaise: excused in Canvas, and left so. To give the grade, take that back there first."
    )
    assert said in filled.notes


def test_canvas_may_write_first_and_last_names_apart() -> None:
    text = (
        CANVAS_EXPORT.replace("Student,ID", "LastName,FirstName,ID")
        .replace("Points Possible,", "Points Possible,,")
        .replace('"Lovelace, Ada"', "Lovelace,Ada")
        .replace('"Pascal, Blaise"', "Pascal,Blaise")
        .replace('"Turing, Alan"', "Turing,Alan")
    )
    filled = fill_canvas(GRADES, text, columns={"ps1": "Homework One"})
    rows = list(csv.reader(io.StringIO(filled.text)))
    assert rows[0] == [*text.split("\n", 1)[0].split(",")[:6], "Homework One (991)", "ps2 (992)"]
    assert [row[:3] + row[6:] for row in rows[2:]] == [
        ["Lovelace", "Ada", "4711", "4.25", "16"],
        ["Pascal", "Blaise", "77", "0", "9"],
        ["Turing", "Alan", "80", "1", ""],
    ]
    assert any(note.startswith("Turing, Alan: in Canvas's file") for note in filled.notes)


def test_another_maximum_is_scaled_when_asked() -> None:
    text = CANVAS_EXPORT.replace(",,,5,16", ",,,10,16")
    filled = fill_canvas(GRADES, text, columns={"ps1": "Homework One"}, scale=True)
    assert canvas_reads(filled.text, IN_CANVAS)[0][4711, "Homework One"] == 8.5


@pytest.mark.parametrize(
    ("map_from", "users"),
    [
        ("Username", {who: who for who in CLASS}),
        ("Email address", {"ada@example.org": "ada", "blaise@example.org": "b.pascal", "": "carl"}),
    ],
)
def test_moodle_reads_every_grade(map_from: str, users: dict[str, str]) -> None:
    found = moodle_reads(export.moodle(GRADES).text, users, map_from)
    assert found["ada", "ps1"] == 4.25
    assert found["b.pascal", "ps1"] == 0.0
    assert found["carl", "ps1"] is None
    assert found["ada", "ps2"] == 16.0


def test_moodles_worksheet_is_filled_and_nothing_else_in_it_changes() -> None:
    filled = fill_moodle(GRADES, "ps1", WORKSHEET)
    people = {31: "ada", 32: "b.pascal", 33: "turing"}
    assert worksheet_reads(filled.text, people, 5.0) == {"ada": 4.25, "b.pascal": 0.0, "turing": 2.0}
    before = list(csv.DictReader(io.StringIO(WORKSHEET.removeprefix("\ufeff"))))
    after = list(csv.DictReader(io.StringIO(filled.text)))
    assert [row | {"Grade": ""} for row in after] == [row | {"Grade": ""} for row in before]


@pytest.mark.parametrize("head", ["Maximum grade", "Maximum Grade"])
def test_moodle_is_not_given_what_it_would_drop_in_silence(head: str) -> None:
    with pytest.raises(ExportError, match="ps2 has 16 points, and Moodle gives at most 5"):
        fill_moodle(GRADES, "ps2", WORKSHEET.replace("Maximum grade", head))
    scaled = fill_moodle(GRADES, "ps2", WORKSHEET, scale=True)
    assert worksheet_reads(scaled.text, {31: "ada"}, 5.0) == {"ada": 5.0}
    with pytest.raises(ExportError, match="no column Grade"):
        fill_moodle(GRADES, "ps1", WORKSHEET.replace(",Grade,", ",Bewertung,"))


@given(
    st.dictionaries(st.text("abcxyz.-", min_size=1, max_size=8), st.floats(0, 1000), min_size=1, max_size=8)
)
def test_what_is_written_is_read_again_whatever_the_points(points: dict[str, float]) -> None:
    students = {name: Student(name, last_name=f"{name}; {name}") for name in points}
    grades = Grades(students, {"a": 1000.0}, {(name, "a"): Grade(p, 1000.0) for name, p in points.items()})
    users = [CanvasUser(place, "", name) for place, name in enumerate(points, start=5000)]
    scores, nobody = canvas_reads(export.canvas(grades).text, users)
    assert nobody == []
    for user in users:
        assert scores[user.number, "a"] == pytest.approx(points[user.login], abs=1e-4)


def test_a_spreadsheet_is_given_no_formula() -> None:
    evil = Student("=cmd|' /C calc'!A0", "+1", "@sum", "-2", "")
    made = export.plain(Grades({evil.id: evil}, {"a": 1.0}, {(evil.id, "a"): Grade(1.0, 1.0)}))
    for row in list(csv.reader(io.StringIO(made.text)))[1:]:
        assert not [cell for cell in row if cell.startswith(("=", "+", "@", "-"))]


@pytest.mark.parametrize("system", ["canvas", "moodle"])
def test_nor_is_it_by_a_name_in_what_other_systems_read(system: str) -> None:
    evil = Student("eve", '=HYPERLINK("http://x.example")', "@sum", "eve@example.org", "4711")
    write = export.canvas if system == "canvas" else export.moodle
    made = write(Grades({evil.id: evil}, {"a": 1.0}, {(evil.id, "a"): Grade(1.0, 1.0)}))
    for row in list(csv.reader(io.StringIO(made.text)))[1:]:
        assert not [cell for cell in row if cell.startswith(("=", "+", "@", "-"))]
    if system == "canvas":
        assert canvas_reads(made.text, [CanvasUser(4711, "Eve", "e")]) == ({(4711, "a"): 1.0}, [])
    else:
        assert moodle_reads(made.text, {"eve": "eve"}, "Username") == {("eve", "a"): 1.0}


@pytest.fixture
def graded(desk: Desk) -> Desk:
    """Three students: one marked by hand and late, one whose work could not be read, one who handed nothing in."""
    desk.hand_in("ada", None, first_name="Ada", last_name="Lovelace")
    desk.hand_in("blaise", None)
    with Gradebook(desk.course.db_url) as book:
        book.update_or_create_student("carl", email="carl@example.org", lms_user_id="12")
        grade = book.find_grade("test_sign", ASSIGNMENT, ASSIGNMENT, "ada")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
        late = book.find_submission(ASSIGNMENT, "ada")
        late.timestamp = DUE + dt.timedelta(hours=5)
        late.notebooks[0].late_submission_penalty = 0.75
        for grade in book.find_submission(ASSIGNMENT, "blaise").notebooks[0].grades:
            grade.auto_score, grade.needs_manual_grade = None, True
        book.db.commit()
    return desk


def test_the_table_says_what_nbgraders_own_export_says(graded: Desk, tmp_path: Path) -> None:
    from nbgrader.plugins.export import CsvExportPlugin  # noqa: PLC0415

    with Gradebook(graded.course.db_url) as book:
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(book)
    theirs = {row["student_id"]: row for row in csv.DictReader((tmp_path / "theirs.csv").open())}
    ours = {
        row["student_id"]: row
        for row in csv.DictReader(io.StringIO(export_grades(graded.course, "csv").text, newline=""))
    }
    for name in ("last_name", "first_name", "duedate", "timestamp"):
        assert ours["ada"][name] == theirs["ada"][name]
    for name in ("raw_score", "late_submission_penalty", "score", "max_score"):
        assert float(ours["ada"][name]) == float(theirs["ada"][name])
    assert float(ours["ada"]["late_submission_penalty"]) == 0.75
    # nbgrader's 0.0 for these two is no grade at all.
    assert (theirs["blaise"]["score"], ours["blaise"]["score"]) == ("0.0", "")
    assert ours["blaise"]["status"] == "could not be read"
    assert (theirs["carl"]["score"], ours["carl"]["status"]) == ("0.0", "not handed in")


def test_the_command_writes_the_file_and_says_what_comes_next(graded: Desk) -> None:
    run = CliRunner().invoke(app, ["export", "--to", "canvas", "--course", str(graded.course.root)])
    assert run.exit_code == 0, run.output
    assert "1 grade in" in run.output
    assert "1 could not be read" in run.output
    assert "In Canvas: Grades, Import." in run.output
    text = (graded.course.root / "grades-canvas.csv").read_text()
    scores, _ = canvas_reads(text, [CanvasUser(1, "", "ada"), CanvasUser(12, "", "carl")])
    assert set(scores) == {(1, ASSIGNMENT)}
    wrong = CliRunner().invoke(app, ["export", "nope", "--course", str(graded.course.root)])
    assert wrong.exit_code == 1
    assert f"no assignment nope. It has {ASSIGNMENT}." in wrong.output


def test_a_lesson_that_nobody_handed_in_makes_no_column_unless_it_is_named(graded: Desk) -> None:
    with Gradebook(graded.course.db_url) as book:
        book.add_assignment("next_week")
    for system in ("csv", "canvas", "moodle"):
        made = export_grades(graded.course, system)
        assert "next_week" not in made.text
        assert "Nobody has a grade for next_week: left out." in made.notes
    assert "next_week" in export_grades(graded.course, "canvas", [ASSIGNMENT, "next_week"]).text


@pytest.mark.parametrize(
    ("content", "says"),
    [("Student,ID\nGauß".encode("cp1252"), "CSV UTF-8"), (None, "No such file or directory.")],
)
def test_a_file_to_fill_that_cannot_be_read_is_named(graded: Desk, content: bytes | None, says: str) -> None:
    given = graded.course.root / "Grades-export.csv"
    if content is not None:
        given.write_bytes(content)
    with pytest.raises(ExportError, match=says) as raised:
        export_grades(graded.course, "canvas", into=given)
    assert str(raised.value).startswith(str(given))


def test_an_ungraded_course_says_so(desk: Desk) -> None:
    with pytest.raises(NoGradesError, match="autograder grade"):
        export_grades(desk.course, "csv")
