"""`autograder similar`: what it writes, in words and as CSV, and what stands in its way."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from autograder.alike.write import write_similar
from autograder.cli import app

from .classroom import LESSON, ORIGINAL, hand_in, own_cell, renamed

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course

CODE = {name: source for name, source in ORIGINAL.items() if name != "explain_dead"}


def words_of(page: Path) -> str:
    """Return what a page says."""
    body = page.read_text().partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body).replace("&#39;", "'"))


@pytest.fixture
def alone(course: Course) -> Course:
    """Return a course in which nobody has handed in."""
    (course.root / course.submitted_directory).rename(course.root / "gone")
    return course


def test_the_command_says_what_it_did(course: Course) -> None:
    hand_in(course, "ada", CODE)
    hand_in(course, "bo", {name: renamed(source) for name, source in CODE.items()})
    done = CliRunner().invoke(
        app, ["similar", LESSON, "--course", str(course.root), "--csv", str(course.root / "numbers")]
    )
    assert done.exit_code == 0, done.output
    assert "; 1 pair is alike beyond the lesson. Read both cells" in done.output
    page = words_of(course.root / "reports" / f"{LESSON}-alike.html")
    assert "It does not say why." in page
    assert "under other names: x is z" in page
    assert re.search(r"They share \d+ words of their own: \d+ % of the \d+ that ada wrote", page)
    with (course.root / "numbers" / f"{LESSON}-alike.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["student"], row["other_student"], row["cell"]) for row in rows] == [
        ("ada", "bo", name) for name in ("softplus", "sign", "l1_grad")
    ]
    assert sum(int(row["words"]) for row in rows) == int(rows[0]["pair_words"])


def test_students_without_names(course: Course) -> None:
    answer = {name: f"# ada l. wrote it\n{source}" for name, source in CODE.items()}
    hand_in(course, "ada", answer)
    hand_in(course, "bo", answer)
    named = write_similar(course, LESSON, csv=course.root)
    written = write_similar(course, LESSON, names=False, csv=course.root)
    assert written.sheet is not None
    assert not {named.page, named.sheet} & {written.page, written.sheet}
    for text in (words_of(written.page), written.sheet.read_text()):
        assert not re.search(r"\b(?:ada|bo|lena)\b", text)
        assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", text)


def test_what_cannot_be_read_is_named_and_stops_nobody(course: Course) -> None:
    hand_in(course, "ada", CODE)
    hand_in(course, "bo", CODE)
    hand_in(course, "torn", {}).write_text('{"cells": [')
    hand_in(course, "wide", {"softplus": "x = [\n" + "1, " * 400_000 + "]"})
    hand_in(course, "talk", {"softplus": "I could not do this one, sorry (((\n" * 9}, own_cell("\x00\ud7ff"))
    hand_in(course, "linked", {}).unlink()
    written = write_similar(course, LESSON)
    said = words_of(written.page)
    assert written.pairs == 1
    assert "torn: the file is not a readable notebook: it breaks off in line 1" in said
    assert "linked: 01_activations.ipynb was expected" in said
    assert (
        "The ends of what wide wrote: of a cell 40,000 characters are read, of a student 10,000 words" in said
    )


def test_a_text_that_went_around_is_shown_and_counts_for_no_pair(course: Course) -> None:
    for number in range(7):
        source = renamed(ORIGINAL["sign"]) if number % 2 else ORIGINAL["sign"]
        hand_in(course, f"ring{number}", {"sign": source})
    written = write_similar(course, LESSON)
    said = words_of(written.page)
    assert written.pairs == 0
    assert re.search(
        r"What many wrote .* sign \d+ words, 7 students borders = .* // 2 Who ?ring0, ring1, ", said
    )
    assert said.count("7 students") == 1  # once, under whatever names


@pytest.mark.parametrize(
    ("students", "says"),
    [
        ([], "Nobody has handed in. There is nothing to compare."),
        (["ada"], "One student's work is there. There is nothing to compare it with."),
        (["ada", "bo"], "None: no two students share 25 words of their own in passages."),
    ],
)
def test_small_classes(alone: Course, students: list[str], says: str) -> None:
    for student in students:
        hand_in(alone, student, {})
    written = write_similar(alone, LESSON)
    assert written.pairs == 0
    assert says in words_of(written.page)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("01_activation", "There is no assignment 01_activation in "),
        ("01_activation", "Did you mean 01_activations?"),
        (LESSON, f"Nothing is handed in for {LESSON}."),
    ],
)
def test_a_name_that_nothing_has(alone: Course, name: str, says: str) -> None:
    done = CliRunner().invoke(app, ["similar", name, "--course", str(alone.root)])
    assert done.exit_code == 1
    assert says in done.output
    assert not (alone.root / "reports").exists()


def test_a_lesson_whose_source_is_gone(course: Course) -> None:
    for path in course.source(LESSON).glob(f"{LESSON}.*"):
        path.unlink()
    done = CliRunner().invoke(app, ["similar", LESSON, "--course", str(course.root)])
    assert done.exit_code == 1
    assert "holds no notebook" in done.output


def test_a_flood_of_the_same_takes_no_time(alone: Course) -> None:
    flood = "y = y + np.roll(y, 1)[::-1] * 7 if y.any() else y @ y.T\n" * 20_000
    for student in ("ada", "bo", "cy"):
        hand_in(alone, student, {}, own_cell(flood), own_cell("word " * 200_000, "markdown"))
    assert write_similar(alone, LESSON).pairs <= 3
