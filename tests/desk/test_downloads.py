"""What Canvas and Moodle give out for download: each notebook goes to the student whose it clearly is, or to nobody."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.desk.downloads import read_worksheet, sort_out
from autograder.desk.grades import Student
from autograder.desk.roster import Roster

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "downloads.md").read_text(encoding="utf-8")
NAME = "01_activations"
BOOK = f"{NAME}.ipynb"
STUDENTS = """id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@example.org,4711
b.pascal,Blaise,Pascal,blaise@example.org,
jane,Jane,Doe,jane@example.org,
jd,Jane,Doe,jd@example.org,
"""
WORKSHEET = """\ufeffIdentifier,"Full name","Email address",Status,Grade,"Last modified (grade)"
"Participant 31","Ada Lovelace",ADA@example.org,Submitted,,-
"Participant 32","Jane Doe",jd@example.org,Submitted,,-
"Participant 33","Blaise Pascal",,Submitted,,-
"Participant 34","Alan Turing",alan@example.org,Submitted,,-
"""
CLASS = {
    line.split(",")[0]: Student(*line.split(",")) for line in STUDENTS.strip().split("\n")[1:]
}  # fmt: skip


def whose(*paths: str, worksheet: Path | None = None) -> list[tuple[str, str]]:
    """Return each file's student and name; for one that goes to nobody, nothing and why."""
    sheet = read_worksheet(worksheet) if worksheet else None
    found = sort_out([Path(path) for path in paths], Roster(CLASS), worksheet=sheet, expected=[BOOK])
    return [(one.student, one.file if one.student else one.why) for one in found]


@pytest.mark.parametrize(
    ("path", "student", "file"),
    [
        (f"lovelaceada_4711_90_{BOOK}", "ada", BOOK),
        (f"lovelaceada_LATE_4711_90_{BOOK}", "ada", BOOK),
        (f"submissions/lovelaceada_4711_90_{NAME}-2.ipynb", "ada", BOOK),
        ("lovelaceada_4711_90_mine-2.ipynb", "ada", "mine-2.ipynb"),
        (f"lovelaceada_4711_90_work/{BOOK}", "ada", BOOK),  # a zip that was handed in, taken apart
        ("pascalblaise_5_91_12_34_x.ipynb", "b.pascal", "12_34_x.ipynb"),
        (f"Ada Lovelace_31_assignsubmission_file_/{BOOK}", "ada", BOOK),
        (f"course-01-77/Lovelace Ada_31_assignsubmission_file/{BOOK}", "ada", BOOK),
        (f"Blaise Pascal_33_assignsubmission_file_{BOOK}", "b.pascal", BOOK),
        (
            f"of_20_26_course/Blaise Pascal_33_assignsubmission_file/a_4711_2_{BOOK}",
            "b.pascal",
            f"a_4711_2_{BOOK}",
        ),
        (
            f"Blaise Pascal_3_assignsubmission_file_Ada Lovelace_4_assignsubmission_file_{BOOK}",
            "b.pascal",
            f"Ada Lovelace_4_assignsubmission_file_{BOOK}",
        ),
        (
            f"Blaise Pascal_3_assignsubmission_file/Ada Lovelace_4_assignsubmission_file/{BOOK}",
            "b.pascal",
            BOOK,
        ),
    ],
)
def test_a_clear_name_has_its_student(path: str, student: str, file: str) -> None:
    assert whose(path) == [(student, file)]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (f"turingalan_7_90_{BOOK}", "nobody in the gradebook has the lms_user_id 7, and nobody is called turingalan"),
        (f"lovelaceada_12_90_{BOOK}", "the only one called lovelaceada has another number: ada"),
        (f"turingalan_4711_90_{BOOK}", "ada has the number 4711 in the gradebook, and another name"),
        (f"doejane_12_90_{BOOK}", "more than one is called doejane: jane or jd"),
        (f"anon_4Xb1z_90_{BOOK}", "without names"),
        (f"LATE_anon_4711_90_{BOOK}", "without names"),
        (f"Jane Doe_32_assignsubmission_file_/{BOOK}", "more than one is called Jane Doe: jane or jd"),
        (f"Participant_32_assignsubmission_file_/{BOOK}", "nobody is called Participant"),
        (f"pascalblaise_5_90_mine/lovelaceada_4711_91_{BOOK}", "by more than one of its names"),
        (f"ada/{BOOK}", "neither Canvas nor Moodle names files so"),
    ],
)  # fmt: skip
def test_what_is_not_clear_goes_to_nobody_and_says_why(path: str, why: str) -> None:
    ((student, said),) = whose(path)
    assert student == ""
    assert why in said


def test_two_that_clash_go_both_to_nobody() -> None:
    twice = whose(
        f"lovelaceada_4711_90_{BOOK}", f"lovelaceada_4711_91_{NAME}-1.ipynb", f"pascalblaise_5_92_{BOOK}"
    )
    assert [student for student, _ in twice] == ["", "", "b.pascal"]
    assert f"ada has another {BOOK}: lovelaceada_4711_91_{NAME}-1.ipynb" in twice[0][1]
    namesakes = whose(
        f"Blaise Pascal_1_assignsubmission_file_/{BOOK}", "Blaise Pascal_2_assignsubmission_file_/b.ipynb"
    )
    assert {why for _, why in namesakes} == {"Blaise Pascal (1) and Blaise Pascal (2) would both be b.pascal"}


@pytest.mark.parametrize("mine", ["lovelaceada_4711_90_work", "turingalan_7_91_work", "anon_4Xb1z_90_work"])
def test_a_zip_from_canvas_is_nobody_elses_by_a_folder_in_it(mine: str) -> None:
    """Who hands it in names the folders in it, and may name one as Moodle would name another's."""
    forged = f"{mine}/Blaise Pascal_3_assignsubmission_file/{BOOK}"
    found = whose(forged, f"pascalblaise_5_92_{BOOK}")
    assert [student for student, _ in found] == ["", "b.pascal"]
    assert f"{mine} and Blaise Pascal_3_assignsubmission_file" in found[0][1]
    ((student, _),) = whose(forged.replace("turingalan_7", "lovelaceada_4711"))
    assert student == ""


def test_moodles_worksheet_says_who_is_who(tmp_path: Path) -> None:
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text(WORKSHEET, encoding="utf-8")
    folder = "{}_assignsubmission_file/" + BOOK
    people = [
        "Ada Lovelace_31",
        "Jane Doe_32",
        "Blaise Pascal_33",
        "Alan Turing_34",
        "Ada Lovelace_32",
        "Ada_35",
    ]
    found = whose(*map(folder.format, people), worksheet=sheet)
    assert found == [
        ("ada", BOOK),
        ("jd", BOOK),
        ("b.pascal", BOOK),
        ("", "nobody is called Alan Turing"),
        ("", "worksheet.csv calls participant 32 Jane Doe: it is another assignment's"),
        ("", "worksheet.csv has no participant 35"),
    ]


IN_MOODLE = "{}_assignsubmission_file/" + BOOK


def test_a_group_before_every_name_is_no_part_of_it() -> None:
    people = ["Group A-Ada Lovelace_31", "Group A-Blaise Pascal_33"]
    assert whose(*map(IN_MOODLE.format, people)) == [("ada", BOOK), ("b.pascal", BOOK)]
    people = ["A-1-Ada Lovelace_31", "A-1-Blaise Pascal_33"]
    assert [one for one, _ in whose(*map(IN_MOODLE.format, people))] == ["ada", "b.pascal"]


@pytest.mark.parametrize(
    "people",
    [
        ["Anna-Ada Lovelace_31"],  # it may be her name
        ["Anna-Ada Lovelace_31", "Otto-Blaise Pascal_33"],
        ["Anna-Ada Lovelace_31", "Blaise Pascal_33"],
        ["Anna-Ada Lovelace_31", "Anna-Alan Turing_34"],
    ],
)
def test_what_may_be_part_of_a_name_is_not_taken_off(people: list[str]) -> None:
    student, why = whose(*map(IN_MOODLE.format, people))[0]
    assert student == ""
    assert why.startswith(
        "nobody is called Anna-Ada Lovelace (is it Ada Lovelace, with a group before the name?"
    )
    assert "All participants" in why


GERMAN = """\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status
"Teilnehmer/in 31","Ada Lovelace",ada@example.org,Abgegeben
"Teilnehmer/in 32","Jane Doe",jd@example.org,Abgegeben
"""


def test_a_worksheet_says_it_of_groups_and_in_other_languages(tmp_path: Path) -> None:
    sheet = tmp_path / "worksheet.csv"
    folders = [IN_MOODLE.format(one) for one in ("Group A-Ada Lovelace_31", "Group B-Jane Doe_32")]
    for text in (WORKSHEET, GERMAN):
        sheet.write_text(text, encoding="utf-8")
        assert whose(*folders, worksheet=sheet) == [("ada", BOOK), ("jd", BOOK)]
        ((student, why),) = whose(IN_MOODLE.format("Group A-Jane Doe_31"), worksheet=sheet)
        assert (student, "calls participant 31 Ada Lovelace" in why) == ("", True)


def test_without_names_nobody_is_found_in_any_language() -> None:
    found = whose(*map(IN_MOODLE.format, ["Teilnehmerin_31", "Teilnehmerin_32"]))
    assert {student for student, _ in found} == {""}
    assert all("without names: reveal identities first" in why for _, why in found)


def test_another_table_is_no_worksheet(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name;Grade\nAda;3\n")
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.csv").write_text("Task,Name,Points\ntask 1,Ada,3\ntask two,Bo,4\n")
    assert [read_worksheet(tmp_path / name) for name in ("a.csv", "b.csv", "c.csv")] == [None, None, None]


def commands(heading: str) -> list[str]:
    """Return what a section of the page has one type."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"(?m)^    (mkdir .*|cp .*|\.venv/bin/.*)$", section)


def typed(course: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Type a command of the page in a course of one's own."""
    bin_ = Path(sys.executable).parent
    return subprocess.run(
        ["/bin/bash", "-euc", line.replace(".venv/bin", shlex.quote(str(bin_)))], cwd=course, text=True, check=False,
        env={**os.environ, "HOME": str(course), "PATH": f"{bin_}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip


def downloaded(course: Path, *paths: str) -> None:
    """Have the other system give out a zip; each file says where in it it was."""
    with zipfile.ZipFile(course / "Downloads" / "submissions.zip", "w") as archive:
        for path in paths:
            notebook = nbformat.v4.new_notebook(metadata={"from": path})
            archive.writestr(path, nbformat.writes(notebook) if path.endswith(".ipynb") else path)


def collected(course: Path) -> dict[str, str]:
    """Return what each student has, by where it was in the zip."""
    found = sorted(course.glob(f"submitted/*/{NAME}/*"))
    return {
        f"{path.parents[1].name}/{path.name}": nbformat.read(path, 4).metadata["from"]
        for path in found
    }  # fmt: skip


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Begin a course whose gradebook knows the class."""
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_setup import configure\nc = get_config()\nconfigure(c)\n"
    )
    for folder in ("Downloads", f"release/{NAME}"):
        (course / folder).mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), course / "release" / NAME / BOOK)
    (course / "students.csv").write_text(STUDENTS)
    (line,) = commands("Once: who is in the class")
    assert typed(course, line).returncode == 0
    return course


@pytest.fixture
def course(begun: Path) -> Path:
    """Return the course with nothing downloaded and nothing handed in."""
    for name in ("submitted", "downloaded"):
        shutil.rmtree(begun / name, ignore_errors=True)
    return begun


def test_the_page_from_canvas_and_again(course: Path) -> None:
    files = [
        f"lovelaceada_LATE_4711_901_{BOOK}",
        f"pascalblaise_5_902_{NAME}-1.ipynb",
        "turingalan_7_905_x.txt",
    ]
    downloaded(course, *files)
    for line in commands("From Canvas"):
        done = typed(course, line)
        assert done.returncode == 0, done.stdout
    assert collected(course) == {f"ada/{BOOK}": files[0], f"b.pascal/{BOOK}": files[1]}
    assert "Canvas calls late: ada." in done.stdout
    assert (
        typed(course, commands("From Canvas")[-1]).returncode == 1
    )  # nothing is overwritten without --force
    downloaded(course, f"lovelaceada_4711_999_{BOOK}")
    for line in commands("Again, when more came in"):
        done = typed(course, line)
        assert done.returncode == 0, done.stdout
    assert collected(course) == {f"ada/{BOOK}": f"lovelaceada_4711_999_{BOOK}", f"b.pascal/{BOOK}": files[1]}
    assert done.stdout.count("Clearing existing files") == 2  # the downloads, and ada's


def test_the_page_from_moodle(course: Path) -> None:
    files = [
        f"{who}_assignsubmission_file/{BOOK}" for who in ("Ada Lovelace_31", "Jane Doe_32", "Ada Lovelace_33")
    ]
    downloaded(course, *files, "Jane Doe_32_assignsubmission_onlinetext/onlinetext.html")
    (course / "Downloads" / "worksheet.csv").write_text(WORKSHEET, encoding="utf-8")
    for line in commands("From Moodle"):
        done = typed(course, line)
        assert done.returncode == 0, done.stdout
    assert collected(course) == {f"ada/{BOOK}": files[0], f"jd/{BOOK}": files[1]}
    assert "worksheet.csv calls participant 33 Blaise Pascal: it is another assignment's" in done.stdout


def test_what_the_page_shows_is_what_is_said(course: Path) -> None:
    shown = PAGE.split("## What goes to nobody\n", 1)[1].split("\n\n")[0]
    paths = re.findall(r"submissions/(\S+\.ipynb)", shown)
    downloaded(course, *paths, f"lovelaceada_4711_901_{BOOK}", f"pascalblaise_5_902_{BOOK}")
    *_, done = [typed(course, line) for line in commands("From Canvas")]
    said = [line.strip().removeprefix("[ZipCollectApp | WARNING] ") for line in done.stdout.split("\n")]
    lines = [line.strip() for line in shown.strip("\n").split("\n")]
    assert said[said.index(lines[0]) :][: len(lines)] == lines
    assert set(collected(course)) == {f"ada/{BOOK}", f"b.pascal/{BOOK}"}


def test_nobody_is_found_in_an_empty_gradebook_and_that_is_said(course: Path, tmp_path: Path) -> None:
    downloaded(course, f"lovelaceada_4711_901_{BOOK}")
    lines = commands("From Canvas")
    lines[-1] += f" --CourseDirectory.db_url=sqlite:///{tmp_path}/none.db"
    *_, done = [typed(course, line) for line in lines]
    assert "nbgrader db student import students.csv" in done.stdout
    assert collected(course) == {}


def test_a_course_with_a_pattern_of_its_own_has_nbgraders_way(course: Path) -> None:
    downloaded(course, f"eve_{BOOK}")
    (pattern,) = re.findall(r"c\.FileNameCollectorPlugin\.named_regexp = r\"(.*)\"", PAGE)
    lines = commands("From Canvas")
    lines[-1] += f" '--FileNameCollectorPlugin.named_regexp={pattern}'"
    *_, done = [typed(course, line) for line in lines]
    assert done.returncode == 0, done.stdout
    assert collected(course) == {f"eve/{BOOK}": f"eve_{BOOK}"}
