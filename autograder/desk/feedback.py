"""Feedback files: `autograded/` and the gradebook in, `feedback/<student>/<assignment>/<name>.html` out.

The folders are nbgrader's, so `nbgrader release_feedback` works on them as they are. One submission that
cannot be read gets a page that says so and stops nothing.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from autograder.desk.marks import read_marks, read_name
from autograder.desk.page import render_page, render_rejected
from autograder.grading.sources import link_in_the_way, unusable_id
from autograder.nbgrader_setup import ensure_on_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from autograder.lesson.course import Course

log = logging.getLogger(__name__)

#: What release_feedback needs beside the page: the time of handing in, and the secret that names its copy.
_BESIDE = ("timestamp.txt", "submission_secret.txt")
_UNREADABLE = (
    "The graded notebook could not be read. This is not your mistake: show this page to your instructor."
)


def write_feedback(
    course: Course,
    assignment: str | None = None,
    students: Collection[str] = (),
    *,
    on_page: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Write one page for each graded or rejected submission.

    Parameters
    ----------
    course : Course
        From ``autograder.lesson.course.open_course``.
    assignment : str, optional
        Only this assignment; all of them by default.
    students : collection of str
        Only these student ids; everyone by default.
    on_page : callable, optional
        Called with each path once its page is written, for a progress bar.

    Returns
    -------
    list of Path
        The pages, in the order they were written. A page that was there before is replaced.
    """
    from nbgrader.api import Gradebook  # noqa: PLC0415  slow to import

    ensure_on_path()
    pages: list[Path] = []
    absent = set(students)
    with Gradebook(course.db_url) as gradebook:
        for name, student in _submissions(course, gradebook, assignment):
            if students and student not in students:
                continue
            for notebook, html in _pages(course, gradebook, name, student):
                page = course.feedback(name, student) / f"{notebook}.html"
                _write(page, html)
                pages.append(page)
                absent.discard(student)
                if on_page is not None:
                    on_page(page)
            _copy_beside(course, name, student)
    for student in sorted(absent):
        log.warning("%s has nothing graded yet: run `autograder grade` first.", student)
    return pages


def _submissions(course: Course, gradebook: Any, assignment: str | None) -> list[tuple[str, str]]:
    """List (assignment, student) of all that was handed in, by the folders or by the gradebook."""
    names = (
        {assignment} if assignment else {*course.assignments(), *(one.name for one in gradebook.assignments)}
    )
    handed_in = set(course.submissions(assignment))
    for name in names | {name for name, _ in handed_in}:
        handed_in |= {(name, one.student_id) for one in gradebook.assignment_submissions(name)}
        handed_in |= {(name, student) for student in _graded(course, name)}
    return sorted(pair for pair in handed_in if not unusable_id(pair[1]))


def _graded(course: Course, assignment: str) -> Iterator[str]:
    """Yield the students who have a folder of graded work, which a rejected submission may have alone."""
    pattern = course.autograded(assignment, "*")
    if "*" in pattern.parts:
        place = pattern.parts.index("*")
        for folder in Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))):
            yield folder.parts[place]


def _pages(course: Course, gradebook: Any, assignment: str, student: str) -> Iterator[tuple[str, str]]:
    """Yield (notebook name, HTML) for each notebook of a submission; nothing before it is graded."""
    folder = course.autograded(assignment, student)
    notebooks = sorted(folder.glob("*.ipynb"))
    for path in notebooks:
        try:
            marks = read_marks(gradebook, assignment, path.stem, student)
            ids = {"assignment": assignment, "notebook": path.stem, "student": student}
            yield path.stem, render_page(read_notebook(path), marks=marks, **ids)
        except Exception:
            # Whatever is wrong with one notebook, the rest of the class gets its pages.
            log.exception("%s could not be turned into a page.", path)
            yield path.stem, _rejected(gradebook, assignment, student, _UNREADABLE)
    rejection = folder / "rejected.json"
    if not notebooks and rejection.is_file():
        yield assignment, _rejected(gradebook, assignment, student, _reason(rejection))


def read_notebook(path: Path) -> Any:
    """Read a graded notebook as plain dicts, without validating again what nbgrader wrote."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(nb, dict):
        raise TypeError("not a notebook")
    if nb.get("nbformat") != nbformat.current_nbformat:
        nb = nbformat.convert(nbformat.from_dict(nb), nbformat.current_nbformat)
    if not isinstance(nb["cells"], list):
        raise TypeError("its cells are no list")
    return nb


def _rejected(gradebook: Any, assignment: str, student: str, reason: str) -> str:
    name = read_name(gradebook, student)
    return render_rejected(assignment=assignment, student=student, full_name=name, reason=reason)


def _reason(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(found.get("reason") or "") if isinstance(found, dict) else ""


def _write(page: Path, html: str) -> None:
    """Put the page in place in one step, so that nobody ever reads half of one."""
    page.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=page.parent, prefix=".page-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(html)
    Path(name).chmod(0o664 if page.parent.stat().st_mode & 0o020 else 0o644)
    Path(name).replace(page)


def _copy_beside(course: Course, assignment: str, student: str) -> None:
    target = course.feedback(assignment, student)
    if not target.is_dir():
        return
    top = course.root / course.submitted_directory
    for name in _BESIDE:
        for folder in (course.autograded(assignment, student), course.submitted(assignment, student)):
            # A student's link would lead to somebody else's secret, or to a file without an end.
            if link_in_the_way(folder / name, top) is None and (folder / name).is_file():
                # The copy in `submitted` may be read-only; contents alone are copied.
                (target / name).unlink(missing_ok=True)
                shutil.copyfile(folder / name, target / name, follow_symlinks=False)
                break
