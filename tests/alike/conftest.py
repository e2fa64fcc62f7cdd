"""The honest class, made once; who copies joins a copy of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from autograder.lesson.course import open_course

from .classroom import honest_class

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course whose class wrote everything alone; nobody may join it."""
    return honest_class(tmp_path_factory.mktemp("honest") / "course", 12)


@pytest.fixture
def course(honest: Course, tmp_path: Path) -> Course:
    """Return a copy of it that students may join."""
    return open_course(shutil.copytree(honest.root, tmp_path / "course"))
