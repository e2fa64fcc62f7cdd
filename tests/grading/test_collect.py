"""Collecting follows no link that a student put into the exchange."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import nbformat
from nbgrader.apps import NbGraderAPI

from autograder.lesson.course import open_course

from .conftest import lesson

if TYPE_CHECKING:
    from pathlib import Path


def test_links_and_special_files_stay_in_the_exchange(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_setup import configure\nc = get_config()\nconfigure(c)\n"
        f"c.CourseDirectory.course_id = 'c'\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
    )
    (tmp_path / "marks.txt").write_text("everyone's marks")
    handed_in = tmp_path / "exchange" / "c" / "inbound" / "eve+ps+2026-01-01 00:00:00.000000 UTC+0"
    handed_in.mkdir(parents=True)
    nbformat.write(lesson(), handed_in / "ps.ipynb")
    (handed_in / "timestamp.txt").write_text("2026-01-01 00:00:00.000000 UTC")
    (handed_in / "mine.txt").write_text("data of my own")
    (handed_in / "stolen.db").symlink_to(tmp_path / "marks.txt")
    (handed_in / "everything").symlink_to(tmp_path)
    os.mkfifo(handed_in / "pipe")

    course = open_course(tmp_path)
    with course.entered():
        result = NbGraderAPI(config=course.config).collect("ps")
    assert result["success"], result
    collected = {path.name for path in course.submitted("ps", "eve").iterdir()}
    assert collected == {"ps.ipynb", "timestamp.txt", "mine.txt"}
