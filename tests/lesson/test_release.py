# mypy: disable-error-code="no-untyped-call"
"""Building a course: nbgrader makes the students' notebooks, always the same bytes and no secret."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.lesson.generate import BuildError
from autograder.lesson.release import SlipsFoundError, build

from .conftest import LESSON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANUAL = """\
c = get_config()
c.CourseDirectory.course_id = "plain"
"""


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file's time and content, but for the gradebook's."""
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.startswith("gradebook.db")
    }


def test_a_lesson_becomes_two_notebooks_and_only_the_instructors_has_secrets(
    make_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    make_lesson()
    for secret in ("samples.py", "answers.py", "equivalent.toml", "kept.csv"):
        (tmp_path / "solutions/doubling" / secret).write_text("SECRET = 1\n")
    (tmp_path / "solutions/doubling/data").mkdir()
    (tmp_path / "solutions/doubling/data/rows.csv").write_text("1,2\n")
    result = build(tmp_path)
    assert result.assignments == ("doubling",)
    assert [str(file.relative_to(tmp_path)) for file in result.written] == [
        "notebooks/doubling/data/rows.csv",
        "notebooks/doubling/doubling.ipynb",
        "solutions/doubling/doubling.ipynb",
    ]
    assert sorted(path.name for path in (tmp_path / "notebooks").rglob("*") if path.is_file()) == [
        "doubling.ipynb",
        "rows.csv",
    ]
    instructor = (tmp_path / "solutions/doubling/doubling.ipynb").read_text()
    student = nbformat.read(tmp_path / "notebooks/doubling/doubling.ipynb", as_version=4)
    assert "x + x" in instructor
    assert "reference.double" in instructor
    by_id = {cell.id: cell.source for cell in student.cells}
    assert by_id["double"] == "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert by_id["test_double"].endswith('because="2 + 2 = 4")\nmarks.total()')
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        assert gradebook.find_notebook("doubling", "doubling").max_score == 2
        assert "reference.double" in gradebook.find_source_cell("test_double", "doubling", "doubling").source


def test_a_second_build_touches_no_file_and_check_agrees(
    make_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    make_lesson()
    assert not build(tmp_path, check=True).in_step
    assert list(tmp_path.rglob("*.ipynb")) == []
    assert not (tmp_path / "gradebook.db").exists()
    build(tmp_path)
    before = snapshot(tmp_path)
    again = build(tmp_path)
    assert (again.written, again.removed, again.unchanged) == ((), (), 2)
    assert snapshot(tmp_path) == before
    assert build(tmp_path, check=True).in_step


def test_check_lists_what_is_out_of_step_and_build_brings_it_back(
    make_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    make_lesson()
    build(tmp_path)
    make_lesson(LESSON.replace("# # Doubling", "# # Doubling numbers"))
    released = tmp_path / "notebooks/doubling"
    (released / "left_over.txt").write_text("of an earlier build")
    (released / ".ipynb_checkpoints").mkdir()
    (released / ".ipynb_checkpoints/doubling-checkpoint.ipynb").write_text("{}")
    (tmp_path / "notebooks/gone").mkdir()
    (tmp_path / "notebooks/gone/gone.ipynb").write_text("{}")
    before = snapshot(tmp_path)
    result = build(tmp_path, check=True)
    assert [path.name for path in result.written] == ["doubling.ipynb", "doubling.ipynb"]
    assert [path.name for path in result.removed] == ["left_over.txt"]
    assert [path.name for path in result.orphans] == ["gone"]
    assert snapshot(tmp_path) == before
    assert build(tmp_path).written == result.written
    assert not (released / "left_over.txt").exists()
    assert (released / ".ipynb_checkpoints/doubling-checkpoint.ipynb").exists()
    assert (tmp_path / "notebooks/gone/gone.ipynb").exists()


def test_slips_of_all_lessons_come_together_and_nothing_is_written(
    make_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    one = make_lesson(LESSON.replace('"points": 2', '"points": 0'), "one")
    two = make_lesson(LESSON.replace("    ### END SOLUTION\n", ""), "two")
    three = make_lesson("# %%\n", "three")
    three.write_bytes(b"\xff")
    with pytest.raises(SlipsFoundError) as caught:
        build(tmp_path)
    lines = str(caught.value).splitlines()
    for file, number in ((one, 13), (two, 9), (three, 1)):
        assert any(line.startswith(f"{file}:{number}: ") for line in lines), lines
    assert list(tmp_path.rglob("*.ipynb")) == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("notes.txt", "### BEGIN SOLUTION\nx + x\n", "notes.txt: has the marker `BEGIN SOLUTION`"),
        ("draft.py", '# %% nbgrader={"grade_id": "a"}\n', "draft.py: is a lesson's source"),
        ("old/samples.py.txt", "### end hidden tests", "has the marker `end hidden tests`"),
    ],
)
def test_a_file_that_would_carry_a_secret_out_stops_the_build(
    make_lesson: Callable[..., Path], tmp_path: Path, file: str, text: str, message: str
) -> None:
    make_lesson()
    extra = tmp_path / "solutions/doubling" / file
    extra.parent.mkdir(exist_ok=True)
    extra.write_text(text)
    with pytest.raises(BuildError, match="a secret would reach the students' folder") as caught:
        build(tmp_path, check=True)
    assert message in str(caught.value)


def test_a_hidden_test_repeated_in_plain_sight_stops_the_build(
    make_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    hidden = LESSON.partition("### BEGIN HIDDEN TESTS\n")[2].partition("### END HIDDEN TESTS\n")[0]
    prose = "".join(f"# {line}\n" for line in hidden.splitlines())
    make_lesson(LESSON + "\n# %% [markdown]\n" + prose)
    with pytest.raises(BuildError, match=r"its hidden tests would be readable in doubling\.ipynb"):
        build(tmp_path)
    assert not (tmp_path / "notebooks").exists()
    assert not list(tmp_path.rglob("*.ipynb"))


def test_a_plain_nbgrader_course_is_released_as_nbgrader_does_it(tmp_path: Path) -> None:
    make = nbformat.v4.new_code_cell
    common = {"schema_version": 3, "locked": False, "task": False}
    solution = common | {"grade": False, "solution": True, "grade_id": "f"}
    test = common | {"grade": True, "solution": False, "grade_id": "f_is_right", "points": 1}
    notebook = nbformat.v4.new_notebook(
        cells=[
            make("### BEGIN SOLUTION\nf = 1\n### END SOLUTION", metadata={"nbgrader": solution}, id="a"),
            make("assert f == 1", metadata={"nbgrader": test}, id="b"),
        ],
        metadata={"kernelspec": {"display_name": "p", "language": "python", "name": "python3"}},
    )
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for course in (ours, theirs):
        (course / "source/ps1").mkdir(parents=True)
        (course / "nbgrader_config.py").write_text(MANUAL)
        nbformat.write(notebook, course / "source/ps1/problem.ipynb")
        (course / "source/ps1/helper.py").write_text("x = 1\n")
    before = snapshot(ours / "source")
    build(ours)
    nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment", "--no-db", "ps1"]
    subprocess.run(nbgrader, cwd=theirs, check=True, capture_output=True)
    assert snapshot(ours / "source") == before
    for name in ("problem.ipynb", "helper.py"):
        assert (ours / "release/ps1" / name).read_bytes() == (theirs / "release/ps1" / name).read_bytes()


def test_a_name_without_a_source_is_told(make_lesson: Callable[..., Path], tmp_path: Path) -> None:
    make_lesson()
    with pytest.raises(BuildError, match=r"No source for tripling\..*there is doubling"):
        build(tmp_path, names=["tripling"])


def test_when_nbgrader_fails_its_log_is_shown(tmp_path: Path) -> None:
    (tmp_path / "source/ps1").mkdir(parents=True)
    (tmp_path / "source/ps1/problem.ipynb").write_text(json.dumps({"cells": "none", "nbformat": 4}))
    with pytest.raises(BuildError, match="nbgrader could not make the release of ps1") as caught:
        build(tmp_path)
    assert "[nbgrader] There was an error processing assignment" in str(caught.value)


def test_a_good_build_says_nothing(
    make_lesson: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_lesson()
    build(tmp_path, check=True)
    assert tuple(capfd.readouterr()) == ("", "")
