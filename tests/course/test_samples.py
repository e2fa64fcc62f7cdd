"""Every sample student gets what its author foresaw: by `autograder grade` and by stock `nbgrader autograde`."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import shutil
from typing import TYPE_CHECKING, Any

import msgspec
import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading.outcome import Outcome
from autograder.grading.table import first_reason
from autograder.lesson.course import Course, open_course
from autograder.lesson.samples import (
    Foreseen,
    Known,
    Sample,
    SampleError,
    differences,
    do_work,
    known_mistakes,
    read_samples,
    shown_in,
)

from .conftest import LESSON, HandedIn, command

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.source import Lesson

Entries = dict[str, dict[str, Any]]
graded_by = pytest.mark.sandbox


def a_copy(handed_in: HandedIn, to: Path) -> Course:
    shutil.copytree(handed_in.course.root, to)
    return open_course(to)


def gradebook_marks(course: Course, student: str) -> dict[str, float | None]:
    with Gradebook(course.db_url) as book:
        (notebook,) = book.find_submission(LESSON, student).notebooks
        return {grade.name: grade.auto_score for grade in notebook.grades}


@pytest.fixture(scope="session")
def ours(handed_in: HandedIn, tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Entries]:
    """Grade the class by `autograder grade --json`."""
    course = a_copy(handed_in, tmp_path_factory.mktemp("ours") / "course")
    file = course.root / "marks.json"
    done = command("autograder", "grade", LESSON, "--json", file, at=course.root)
    assert done.returncode == 0, done.stderr
    return course, {entry["student"]: entry for entry in json.loads(file.read_text())}


@graded_by
def test_autograder_grade_gives_what_was_foreseen(handed_in: HandedIn, ours: tuple[Course, Entries]) -> None:
    course, entries = ours
    assert entries.keys() == {sample.student for sample in handed_in.samples}
    found = []
    for sample in handed_in.samples:
        entry = entries[sample.student]
        notebook = course.autograded(LESSON, sample.student) / f"{LESSON}.ipynb"
        shown = shown_in(nbformat.read(notebook, as_version=4)) if notebook.is_file() else ""
        found += differences(sample, entry, first_reason(msgspec.convert(entry, Outcome)), shown)
    assert found == []


@graded_by
def test_the_reference_gets_everything_and_the_untouched_release_nothing(
    ours: tuple[Course, Entries],
) -> None:
    _, entries = ours
    assert (entries["amara"]["score"], entries["amara"]["max_score"]) == (54, 56)  # 2 wait for a person
    assert entries["fatima"]["score"] == 0


@graded_by
def test_the_gradebook_holds_the_same_marks(ours: tuple[Course, Entries]) -> None:
    course, entries = ours
    for student, entry in entries.items():
        if entry["status"] != "rejected":
            wanted = {
                name: None if cell["status"] == "manual" else cell["score"]
                for name, cell in entry["cells"].items()
            }
            assert gradebook_marks(course, student) == wanted, student


@graded_by
def test_stock_nbgrader_autograde_gives_the_same_marks(
    handed_in: HandedIn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    course = a_copy(handed_in, tmp_path_factory.mktemp("stock") / "course")
    done = command("nbgrader", "autograde", LESSON, "--create", at=course.root)
    refused = {sample.student for sample in handed_in.samples if sample.foreseen.stock == "refused"}
    assert done.returncode == (1 if refused else 0), done.stderr
    for sample in handed_in.samples:
        there = (course.autograded(LESSON, sample.student) / f"{LESSON}.ipynb").is_file()
        assert there == (sample.student not in refused), f"{sample.student}: {done.stderr}"
        marks = gradebook_marks(course, sample.student)
        if there:
            foreseen = sample.foreseen.points(points_of(handed_in.lesson))
            waits = {name for name, points in marks.items() if points is None}  # for a person
            assert waits <= {"explain_dead"}
            assert marks == foreseen | dict.fromkeys(waits), sample.student
        else:
            assert not any(marks.values()), sample.student


def points_of(lesson: Lesson) -> dict[str, float]:
    return {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in lesson.notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def test_the_spy_is_not_blind(handed_in: HandedIn) -> None:
    # What finds nothing in the sandbox finds the lesson where there is no wall.
    folder = handed_in.course.submitted(LESSON, "rosa")
    notebook = nbformat.read(folder / f"{LESSON}.ipynb", as_version=4)
    (spy,) = [cell.source for cell in notebook.cells if "os.walk" in cell.source]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(spy.replace('os.walk("/")', f"os.walk({str(handed_in.course.root)!r})"), {})  # noqa: S102
    for secret in (f"{LESSON}.py", f"{LESSON}.ipynb", "samples.py", "gradebook.db"):
        assert secret in said.getvalue()


def test_a_class_holds_all_kinds(handed_in: HandedIn) -> None:
    samples = handed_in.samples
    assert len(samples) >= 20
    assert {sample.foreseen.status for sample in samples} == {"graded", "partial", "rejected"}
    assert any(sample.late for sample in samples)
    assert any(not sample.last_name.isascii() and " " in sample.last_name for sample in samples)


def test_known_mistakes_are_read_from_the_lesson(lesson: Lesson) -> None:
    known = known_mistakes(lesson)
    assert known["relu"]["np.max for np.maximum"] == "def relu(x):\n    return np.max(x, 0)"
    assert len(known) == 11


ENTRY: dict[str, Any] = {
    "status": "graded",
    "cells": {
        "test_relu": {"score": 1.0, "max_score": 2.0, "mistakes": ["the absolute value"], "message": "shapes"}
    },
}
AS_IT_IS = Foreseen(
    scores={"relu": 1},
    mistakes={"relu": "the absolute value"},
    says={"relu": "shapes"},
    why="relu",
    shows="7",
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"status": "partial"}, "status graded, foreseen partial"),
        ({"scores": {"relu": 2}}, "relu: 1.0 points, foreseen 2"),
        ({"scores": {}}, "relu: 1.0 points, foreseen 2"),
        ({"scores": {"relu": 1, "sign": 3}}, "sign: None points, foreseen 3"),
        ({"mistakes": {}}, "recognised ['the absolute value'], foreseen None"),
        ({"mistakes": {"relu": "the sign"}}, "foreseen 'the sign'"),
        ({"says": {"relu": "values"}}, "says 'shapes', foreseen 'values'"),
        ({"why": "sign"}, "the reason is 'relu: shapes', foreseen 'sign'"),
        ({"shows": "8"}, "does not show '8'"),
    ],
)
def test_every_kind_of_difference_is_seen(change: dict[str, Any], said: str | None) -> None:
    sample = Sample("ada", "Ada", "L.", "", dataclasses.replace(AS_IT_IS, **change))
    found = differences(sample, ENTRY, "relu: shapes", "7 apples")
    assert [said in line for line in found if said is not None] == ([] if said is None else [True]), found


def test_a_sample_that_does_not_fit_its_lesson_is_named(lesson: Lesson, tmp_path: Path) -> None:
    moved = dataclasses.replace(lesson, path=tmp_path / lesson.path.name)
    with pytest.raises(SampleError, match=r"samples\.py is not there"):
        read_samples(moved)
    write = (tmp_path / "samples.py").write_text
    top = "from autograder.lesson.samples import Sample\n"
    write(top + "SAMPLES = [Sample('ada', 'Ada', 'L.', '', answers={'rellu': ''})]")
    with pytest.raises(SampleError, match="ada names rellu"):
        read_samples(moved)
    write(top + "SAMPLES = [Sample('ada', 'Ada', 'L.', '')] * 2")
    with pytest.raises(SampleError, match="ada is there more than once"):
        read_samples(moved)


def test_a_mistake_that_the_lesson_does_not_know_is_named(handed_in: HandedIn, tmp_path: Path) -> None:
    shutil.copy(handed_in.course.release(LESSON) / f"{LESSON}.ipynb", tmp_path)
    sample = Sample("ada", "Ada", "L.", "", answers={"relu": Known("a typo")})
    with pytest.raises(SampleError, match="relu has no mistake 'a typo'"):
        do_work(sample, handed_in.lesson, tmp_path)
