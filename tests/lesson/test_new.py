"""`autograder new-exercise`: where it writes, what it leaves alone, and what it says to what cannot be."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.lesson import new_files
from autograder.lesson.new_names import NewError
from autograder.lesson.slips import read_slips
from autograder.lesson.source import read_lesson

from .conftest import LESSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
OLD = b'{"cell_type": "markdown", "metadata": {"nbgrader": {"schema_version": 1}}, "source": []}'


def ask(course: Path, *words: str) -> tuple[int, str]:
    """Run the command; return how it ended and what it said, on one line."""
    result = CliRunner().invoke(app, ["new-exercise", *words, "--course", str(course)])
    return result.exit_code, " ".join(result.output.split())


def ids(path: Path) -> list[str]:
    return [
        cell.metadata.nbgrader.grade_id
        for cell in read_lesson(path).notebook.cells
        if "nbgrader" in cell.metadata
    ]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy this project's lessons."""
    course = tmp_path_factory.mktemp("house")
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, course)
    shutil.copytree(
        ROOT / "solutions", course / "solutions", ignore=shutil.ignore_patterns("*.ipynb", "*.npz")
    )
    return course


@pytest.mark.parametrize(
    ("words", "before", "heading"),
    [
        # At the end of a lesson: before its closing part, with the next number.
        (("01_activations", "swish"), "## What you can do now", "## 1.14 Swish"),
        (("04_cnn_shapes", "explain_more", "--kind", "words"), "## What you can do now", "## 4.17 Explain more"),
        # Below an exercise and what follows it, before the next heading.
        (("01_activations", "swish2", "--after", "relu"), "## 1.2", "## Swish2"),
        # The next heading stands inside a cell, which is cut in two.
        (("02_softmax", "swish", "--after", "find_the_slip_minus"), "## 2.11 In your own words", "## Swish"),
        # Another exercise comes before the next heading: directly below the test.
        (("02_softmax", "derive_more", "--kind", "derivation", "--after", "derive_translation_invariance"),
         "Neither critic's", "## Derive more"),
        (("03_mlp_backprop", "out_shape", "--kind", "value", "--after", "test_n_parameters"), "", "## Out shape"),
    ],
)  # fmt: skip
def test_it_goes_where_it_was_asked_for_and_nothing_else_changes(
    house: Path, words: tuple[str, ...], before: str, heading: str
) -> None:
    path = house / "solutions" / words[0] / f"{words[0]}.py"
    was = path.read_text()
    code, said = ask(house, *words, "--title", heading.lstrip("# 0123456789."))
    assert code == 0, said
    text = path.read_text()
    gone = Counter(was.split("\n")) - Counter(text.split("\n"))
    assert [line for line in gone if line.strip(" #")] == []
    assert f"# {heading}\n" in text
    below = text[text.index(f'"{words[1]}", "') :].partition(
        "marks.total()\n" if "words" not in words else "END SOLUTION\n"
    )[2]
    assert before in "\n".join(below.split("\n")[:4])
    assert read_slips(read_lesson(path)) == []


def test_the_house_style_holds(house: Path) -> None:
    for lesson in ("01_activations", "02_softmax"):
        assert ask(house, lesson, "styled")[0] == 0
        assert ask(house, lesson, "styled_value", "--kind", "value", "--after", "styled")[0] == 0
    ruff = [sys.executable, "-m", "ruff", "format", "--check", "--no-cache", str(house / "solutions")]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_answers_are_added_where_they_are_kept(house: Path) -> None:
    answers = house / "solutions" / "04_cnn_shapes" / "answers.py"
    was = answers.read_text()
    assert ask(house, "04_cnn_shapes", "halve")[0] == 0
    text = answers.read_text()
    assert "    *HALVE,\n]\n" in text
    assert '\nHALVE = [\n    right(\n        "halve",' in text
    assert not Counter(was.split("\n")) - Counter(text.split("\n"))


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ("from autograder.lesson.answers import right\nANSWERS = [right('double', 'x', 'x')]\n",
         "ANSWERS = [*ANSWERS, *HALVE]"),
        ("import autograder.lesson.answers as a\nHALVE = 1\nANSWERS = [\n    a.right('double', 'x', 'x'),\n]\n",
         "    *HALVE_ANSWERS,\n]"),
        ('"""Ours."""\nANSWERS = ()\n', "ANSWERS = [*ANSWERS, *HALVE]"),
    ],
    ids=["on one line", "another import", "a tuple"],
)  # fmt: skip
def test_answers_that_are_written_otherwise_are_added_to(
    make_lesson: Callable[..., Path], answers: str, wanted: str
) -> None:
    lesson = make_lesson()
    path = lesson.with_name("answers.py")
    path.write_text(answers)
    assert ask(lesson.parents[2], "doubling", "halve")[0] == 0
    assert wanted in path.read_text()
    listed: dict[str, list[object]] = {}
    exec(path.read_text(), listed)  # noqa: S102 - what an author's answers.py is for
    assert len(listed["ANSWERS"]) >= 10


def test_windows_lines_rights_and_links_stay(make_lesson: Callable[..., Path], tmp_path: Path) -> None:
    lesson = make_lesson()
    real = tmp_path / "elsewhere.py"
    real.write_bytes(LESSON.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    lesson.unlink()
    lesson.symlink_to(real)
    assert ask(tmp_path, "doubling", "halve")[0] == 0
    assert lesson.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    data = real.read_bytes()
    assert data.startswith(LESSON.replace("\n", "\r\n").encode())
    assert data.count(b"\n") == data.count(b"\r\n")
    assert ids(real)[-3:] == ["setup_halve", "halve", "test_halve"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("doubling", "double"), "has a cell double already"),
        (("doubling", "test_half"), "is what a test is called"),
        (("doubling", "column-means"), "is no name in Python"),
        (("doubling", "moyenne_é"), "is no name in Python"),
        (("doubling", "2nd"), "is no name in Python"),
        (("doubling", "lambda"), "is no name in Python"),
        (("doubling", "x" * 61), "has 61 letters"),
        (("doubling", "sum"), "is a name that Python itself has. Give it another, such as my_sum."),
        (("doubling", "marks"), "is a name that lessons use"),
        (("dubling", "halve"), "There is no lesson dubling in {solutions}. Did you mean doubling? There is: doubling."),
        (("other", "halve"), "To begin it: --new-lesson."),
        (("doubling", "halve", "--after", "dubble"), "no exercise dubble in doubling.py. Did you mean double? It has:"),
        (("doubling", "halve", "--points", "0"), "0 points cannot be given"),
        (("doubling", "halve", "--points", "nan"), "nan points cannot be given"),
        (("doubling", "halve", "--notebook", "two"), "There is no notebook two"),
        (("doubling", "halve", "--new-lesson"), "is there already. Leave out --new-lesson"),
        (("answers", "halve", "--new-lesson"), "files called answers.py are never released"),
        (("a/b", "halve", "--new-lesson"), "cannot be a lesson's name"),
        (("third", "halve", "--new-lesson", "--after", "double"), "A new lesson has no exercise yet"),
        (("doubling", "halve", "--new-course"), "is a course already"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_written(
    make_lesson: Callable[..., Path], words: tuple[str, ...], said: str
) -> None:
    lesson = make_lesson()
    course = lesson.parents[2]
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    code, output = ask(course, *words)
    assert code == 1
    assert said.format(solutions=course / "solutions") in output
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LESSON.replace("### END SOLUTION", ""), "`BEGIN SOLUTION` is never closed"),
        (LESSON.replace("return x + x", "return x +"), "doubling.py:10: this cell is no Python"),
        (LESSON.replace('"test_double"', '"double"'), "grade id `double` is already taken"),
    ],
)
def test_a_source_with_errors_is_left_alone(make_lesson: Callable[..., Path], text: str, said: str) -> None:
    lesson = make_lesson(text)
    code, output = ask(lesson.parents[2], "doubling", "halve")
    assert code == 1
    assert said in output
    assert "Nothing was written: mend doubling.py first" in output
    assert lesson.read_text() == text
    assert not lesson.with_name("answers.py").exists()


def test_answers_with_errors_leave_both_alone(make_lesson: Callable[..., Path]) -> None:
    lesson = make_lesson()
    lesson.with_name("answers.py").write_text("ANSWERS = [\n")
    code, output = ask(lesson.parents[2], "doubling", "halve")
    assert code == 1
    assert "answers.py:1: is no Python" in output
    assert lesson.read_text() == LESSON


def test_what_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "first", tmp_path / "second"
    second.write_text("theirs")
    with pytest.raises(NewError, match="changed by somebody else"):
        new_files.put_in_place({first: (None, b"new"), second: (b"as read", b"ours")})
    assert [path.name for path in tmp_path.rglob("*")] == ["second"]
    assert second.read_text() == "theirs"


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Be nobody in particular for a while: root may write everywhere."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


def test_without_the_right_to_write_nothing_changes_and_the_mend_is_said(
    request: pytest.FixtureRequest,
) -> None:
    with tempfile.TemporaryDirectory(prefix="autograder-rights-") as name:
        folder = Path(name)
        (folder / "lesson.py").write_text("old")
        (folder / "lesson.py").chmod(0o444)
        folder.chmod(0o555)
        request.getfixturevalue("ordinary_user")
        changes = {folder / "lesson.py": (b"old", b"new"), folder / "answers.py": (None, b"new")}
        with pytest.raises(
            NewError, match=r"lesson\.py cannot be written: Permission denied\. Nothing was changed"
        ):
            new_files.put_in_place(changes)
        with pytest.raises(NewError, match=f"{name} cannot be written: Permission denied"):
            new_files.put_in_place(dict(reversed(changes.items())))
        assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("lesson.py", "old")]
        if os.getuid() == 0:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_folder_in_the_way_is_named_and_nothing_stays_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NewError, match="cannot be written: Not a directory"):
        new_files.put_in_place({tmp_path / "one": (None, b"1"), tmp_path / "file" / "two": (None, b"2")})
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_a_folder_that_is_no_course_is_told_how_to_begin(tmp_path: Path) -> None:
    code, output = ask(tmp_path, "hw1", "halve")
    assert code == 1
    assert "--new-course" in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("hw1", "sum"), ("a b", "halve"), ("hw1", "halve", "--points", "-1")], ids=" ".join
)
def test_a_name_that_cannot_be_begins_no_course(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert ask(tmp_path / "new", *words, "--new-course")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_no_secret_is_begun_where_nbgrader_would_release_it(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    code, output = ask(tmp_path, "hw1", "halve", "--new-lesson")
    assert code == 1
    assert "configure(c)" in output
    assert [path.name for path in tmp_path.iterdir()] == ["nbgrader_config.py"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{ broken", "is no notebook that can be read"),
        (b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}', "is of an old format (3)"),
        (b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": {"name": "ir", "language": "R"}}, "cells": []}',
         "is in R; new exercises are in Python"),
        (b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [' + OLD + b"]}", "Run first: nbgrader update"),
    ],
)  # fmt: skip
def test_a_notebook_that_cannot_be_taken_is_left_alone(tmp_path: Path, data: bytes, said: str) -> None:
    notebook = tmp_path / "source" / "ps" / "ps.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes(data)
    code, output = ask(tmp_path, "ps", "halve")
    assert code == 1
    assert said in output
    assert notebook.read_bytes() == data


def test_a_lesson_of_several_notebooks_asks_for_one(tmp_path: Path) -> None:
    folder = tmp_path / "source" / "ps"
    folder.mkdir(parents=True)
    cell = nbformat.v4.new_markdown_cell("# One\n\nText.\n\n## The end")
    for name in ("one", "two"):
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import numpy as np"), cell]),
            folder / f"{name}.ipynb",
        )
    assert ask(tmp_path, "ps", "halve") == (
        1,
        f"{folder} has several notebooks: one, two. Name one: --notebook one",
    )
    assert ask(tmp_path, "ps", "halve", "--notebook", "two")[0] == 0
    made = nbformat.read(folder / "two.ipynb", nbformat.NO_CONVERT)
    nbformat.validate(made)
    assert "import numpy" not in made.cells[2].source  # it is there already
    assert len({cell.id for cell in made.cells}) == len(made.cells)
