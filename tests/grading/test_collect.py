"""Collecting follows no link that a student put into the exchange, and takes no work in another's name."""

from __future__ import annotations

import os
import shutil
from pwd import getpwuid
from typing import TYPE_CHECKING

import nbformat
from nbgrader.apps import NbGraderAPI

from autograder.lesson.course import open_course

from .conftest import lesson

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course


def course_at(root: Path, *settings: str) -> Course:
    """Make a course with an exchange beside it."""
    (root / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_setup import configure\nc = get_config()\nconfigure(c)\n"
        f"c.CourseDirectory.course_id = 'c'\nc.Exchange.root = {str(root / 'exchange')!r}\n"
        + "\n".join(settings)
    )
    return open_course(root)


def hand_in(root: Path, student: str, day: int, text: str) -> Path:
    """Put a folder into the exchange, as a student could."""
    folder = root / "exchange" / "c" / "inbound" / f"{student}+ps+2026-01-0{day} 00:00:00.000000 UTC+0"
    folder.mkdir(parents=True)
    nbformat.write(lesson(), folder / "ps.ipynb")
    (folder / "timestamp.txt").write_text(f"2026-01-0{day} 00:00:00.000000 UTC")
    (folder / "mine.txt").write_text(text)
    return folder


def collect(course: Course) -> dict[str, str]:
    """Collect, and say for each student which text arrived."""
    with course.entered():
        result = NbGraderAPI(config=course.config).collect("ps")
    assert result["success"], result
    collected = course.root.glob("submitted/*/ps/mine.txt")
    return {path.parents[1].name: path.read_text() for path in collected}


def test_links_and_special_files_stay_in_the_exchange(tmp_path: Path) -> None:
    course = course_at(tmp_path, "c.ExchangeCollect.check_owner = False")
    (tmp_path / "marks.txt").write_text("everyone's marks")
    handed_in = hand_in(tmp_path, "eve", 1, "data of my own")
    (handed_in / "stolen.db").symlink_to(tmp_path / "marks.txt")
    (handed_in / "everything").symlink_to(tmp_path)
    os.mkfifo(handed_in / "pipe")
    assert collect(course) == {"eve": "data of my own"}
    collected = {path.name for path in course.submitted("ps", "eve").iterdir()}
    assert collected == {"ps.ipynb", "timestamp.txt", "mine.txt"}


def test_what_somebody_else_put_there_in_a_students_name_is_left(tmp_path: Path) -> None:
    course = course_at(tmp_path)
    own = getpwuid(os.getuid()).pw_name
    hand_in(tmp_path, own, 1, "my own")
    hand_in(tmp_path, own, 2, "newer, and not mine")
    hand_in(tmp_path, "eve", 2, "not hers")
    pretended = tmp_path / "exchange" / "c" / "inbound" / f"{own}+ps+2026-01-02 00:00:00.000000 UTC+0"
    if os.geteuid() == 0:
        os.chown(pretended, 65534, 65534)
    else:  # only root can give a file away
        shutil.rmtree(pretended)
    assert collect(course) == {own: "my own"}
