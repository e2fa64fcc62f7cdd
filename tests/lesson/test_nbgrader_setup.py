"""One call in a course's config: nbgrader's own commands keep lesson sources at home and use our steps."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.lesson.course import open_course
from autograder.lesson.source import read_lesson
from autograder.nbgrader_setup import AUTOGRADE, NBGRADER_IGNORES, SANITIZE, configure, ensure_on_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_nbgraders_own_release_keeps_lesson_sources_at_home(
    make_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    lesson = read_lesson(make_lesson())
    folder = lesson.path.parent
    (folder / "doubling.ipynb").write_text(lesson.notebook_text())
    for secret in ("samples.py", "answers.py", "equivalent.toml", "kept.npz", "kept.csv"):
        (folder / secret).write_text("SECRET = 1\n")
    (folder / "helper.py").write_text("x = 1\n")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "--no-db", "doubling"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert sorted(file.name for file in (tmp_path / "notebooks/doubling").iterdir()) == [
        "doubling.ipynb",
        "helper.py",
    ]


def test_a_plain_course_keeps_its_own_folders(tmp_path: Path) -> None:
    c = Config()
    configure(c, root=tmp_path)
    plain = CourseDirectory(config=c)
    assert (plain.source_directory, plain.release_directory) == ("source", "release")


def test_folders_may_be_named(tmp_path: Path) -> None:
    c = Config()
    configure(c, source_directory="master", release_directory="handout", root=tmp_path)
    assert (c.CourseDirectory.source_directory, c.CourseDirectory.release_directory) == ("master", "handout")


def test_autograde_gets_our_steps_in_order(tmp_path: Path) -> None:
    c = Config()
    configure(c, root=tmp_path)
    converter = Autograde(coursedir=CourseDirectory(config=c), config=c)
    assert tuple(converter.sanitize_preprocessors) == SANITIZE
    assert tuple(converter.autograde_preprocessors) == AUTOGRADE


def test_the_steps_that_are_not_ours_are_nbgraders_defaults() -> None:
    """A new nbgrader with another order should be noticed here, not in a student's marks."""

    def defaults(trait: str) -> list[str]:
        steps = [step.__name__ for step in getattr(Autograde(), trait)]
        return [name for name in steps if name not in {"Execute", "IgnorePattern"}]

    assert [name.rpartition(".")[2] for name in SANITIZE[1:]] == defaults("sanitize_preprocessors")
    assert [name.rpartition(".")[2] for name in AUTOGRADE[1:]] == defaults("autograde_preprocessors")
    assert list(NBGRADER_IGNORES) == CourseDirectory().ignore


def test_ignored_names_of_the_course_are_kept_and_a_second_call_adds_none(tmp_path: Path) -> None:
    (tmp_path / "source/ps1").mkdir(parents=True)
    c = Config()
    c.CourseDirectory.ignore.append("*.secret")
    configure(c, root=tmp_path)
    once = list(c.CourseDirectory.ignore)
    configure(c, root=tmp_path)
    assert {"*.secret", "ps1.py", "samples.py", *NBGRADER_IGNORES} <= set(once)
    assert c.CourseDirectory.ignore == once


def test_lesson_sources_are_ignored_even_if_the_config_forgets(tmp_path: Path) -> None:
    (tmp_path / "source/ps1").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("c.CourseDirectory.ignore = ['*.bak']\n")
    assert {"*.bak", "ps1.py", "samples.py"} <= set(open_course(tmp_path).ignore)


def test_alembic_is_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    ensure_on_path()
    ensure_on_path()
    here = os.path.dirname(sys.executable)  # noqa: PTH120
    assert os.environ["PATH"] == f"{here}:/usr/bin:/bin"
