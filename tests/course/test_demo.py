"""`autograder demo`: it ends with 0 when all is as foreseen, with 1 when not, and touches nobody's folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from autograder.lesson.course import open_course

from .conftest import LESSON, ROOT, command

if TYPE_CHECKING:
    import subprocess

    from autograder.lesson.course import Course
    from autograder.lesson.source import Lesson

pytestmark = pytest.mark.sandbox

ONE_STUDENT = """
from autograder.lesson.samples import Foreseen, Sample

SAMPLES = [Sample("ada", "Ada", "L.", "all right, foreseen wrongly", Foreseen(scores={"relu": 1}))]
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Course]:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    done = command("autograder", "demo", "--folder", folder, at=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done, open_course(folder)


def rows(text: str) -> dict[str, list[str]]:
    """Read the first line of each row of the grade table: student to its other columns."""
    cells = [
        [cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if "│" in line
    ]
    return {name: rest for name, *rest in cells if name}


def test_the_table_has_a_row_for_everyone(demo: tuple[subprocess.CompletedProcess[str], Course]) -> None:
    done, course = demo
    entries = json.loads((course.root / "grades.json").read_text())
    table = rows(done.stdout)
    assert len(table) == len(entries) >= 20
    for entry in entries:
        status, points, why = table[entry["student"]]
        assert status == entry["status"]
        waiting = sum(cell["max_score"] for cell in entry["cells"].values() if cell["status"] == "manual")
        told = f"{entry['score']:g} of {entry['max_score'] - waiting:g}"
        assert points == (f"{told}, {waiting:g} wait" if waiting else told)
        assert why
    assert f"{len(entries)} of {len(entries)} as foreseen." in done.stdout


@pytest.mark.parametrize(
    ("student", "row"),
    [
        ("amara", ["graded", "54 of 54, 2 wait", "everything right; 1 answer waits for a person"]),
        ("fatima", ["graded", "0 of 56", "17 exercises: not written yet"]),
        ("dora", ["graded", "48 of 54, 2 wait", "sigmoid: e^x / (1 + e^x) everywhere (and 5 more)"]),
        (
            "mateo",
            [
                "partial",
                "54 of 54, 2 wait",
                "a cell of your own was stopped after 5 seconds; 1 answer waits for a person",
            ],
        ),
        (
            "lena",
            [
                "rejected",
                "0 of 56",
                "the file is empty. Save the notebook (File, Save) and hand it in again.",
            ],
        ),
    ],
)
def test_its_rows_are_right(
    demo: tuple[subprocess.CompletedProcess[str], Course], student: str, row: list[str]
) -> None:
    assert rows(demo[0].stdout)[student] == row


def test_everyone_gets_a_page_and_the_named_one_is_there(
    demo: tuple[subprocess.CompletedProcess[str], Course],
) -> None:
    done, course = demo
    for entry in json.loads((course.root / "grades.json").read_text()):
        pages = list(course.feedback(LESSON, entry["student"]).glob("*.html"))
        assert pages, entry["student"]
    (named,) = [line.split()[-1] for line in done.stdout.splitlines() if "a student's feedback" in line]
    assert "np.max for np.maximum" in Path(named).read_text(encoding="utf-8")


def test_names_and_lateness_reach_the_gradebook(
    demo: tuple[subprocess.CompletedProcess[str], Course],
) -> None:
    _, course = demo
    with Gradebook(course.db_url) as book:
        assert book.find_student("zoe").last_name == "Ångström-Núñez de la Cruz"
        late = [s.student_id for s in book.assignment_submissions(LESSON) if s.total_seconds_late > 0]
    assert late == ["tomas"]


def test_what_was_not_foreseen_is_listed_and_ends_with_1(lesson: Lesson, tmp_path: Path) -> None:
    source = tmp_path / "solutions" / LESSON
    source.mkdir(parents=True)
    shutil.copy(lesson.path, source)
    (source / "samples.py").write_text(ONE_STUDENT)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    done = command("autograder", "demo", at=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ada: relu: 2.0 points, foreseen 1\n0 of 1 as foreseen." in done.stdout
    assert (tmp_path / "demo" / "grades.json").is_file()


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("three years of work")
    done = command("autograder", "demo", "--folder", tmp_path, at=ROOT)
    assert done.returncode == 1
    assert "was not made by a demo, so it is left alone" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_project_without_a_sample_class_is_told(tmp_path: Path) -> None:
    done = command("autograder", "demo", at=tmp_path)
    assert done.returncode == 1
    assert "Run the demo in the project's folder" in done.stderr
    (tmp_path / "nbgrader_config.py").write_text("")
    done = command("autograder", "demo", at=tmp_path)
    assert done.returncode == 1
    assert "Run the demo in the project's folder" in done.stderr


def test_without_bubblewrap_nothing_is_begun(tmp_path: Path) -> None:
    # bubblewrap itself shows the machine without bubblewrap
    bwrap = shutil.which("bwrap") or pytest.fail("bubblewrap is not installed")
    hide = ("--dev-bind", "/", "/", "--ro-bind", "/dev/null", bwrap)
    done = run_in_bwrap(bwrap, *hide, at=ROOT, folder=tmp_path / "demo")
    assert done.returncode == 1, done.stdout
    assert "sudo apt-get install bubblewrap" in done.stderr
    assert not (tmp_path / "demo").exists()


def run_in_bwrap(bwrap: str, *hide: str, at: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    import subprocess  # noqa: PLC0415 - only here
    import sys  # noqa: PLC0415

    words = [bwrap, *hide, str(Path(sys.executable).parent / "autograder"), "demo", "--folder", str(folder)]
    return subprocess.run(words, cwd=at, capture_output=True, text=True, check=False, timeout=120)
