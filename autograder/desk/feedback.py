"""Feedback files: `autograded/` and the gradebook in, `feedback/<student>/<assignment>/<name>.html` out.

The folders are nbgrader's, so `nbgrader release_feedback` works on them as they are. One submission that
cannot be read gets a page that says so and stops nothing. A page is written only if what it is made from changed.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.desk.files import named, put
from autograder.desk.gradebook import open_gradebook
from autograder.desk.stamps import Stamps
from autograder.grading.folders import link_in_the_way, unusable_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from autograder.desk.marks import Marks
    from autograder.lesson.course import Course

log = logging.getLogger(__name__)

#: What release_feedback needs beside the page: the time of handing in, and the secret that names its copy.
_BESIDE = ("timestamp.txt", "submission_secret.txt")
_UNREADABLE = (
    "The graded notebook could not be read. This is not your mistake: show this page to your instructor."
)


@dataclass(frozen=True)
class Pages:
    """The pages of a class.

    Attributes
    ----------
    paths
        All of them, by assignment and student.
    written
        Those that are new or changed.
    assignments
        What they are of.
    """

    paths: tuple[Path, ...]
    written: tuple[Path, ...]
    assignments: tuple[str, ...]


def write_feedback(
    course: Course,
    assignment: str | None = None,
    students: Collection[str] = (),
    *,
    on_page: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Bring the page of each graded or rejected submission up to date, and return their paths.

    The same as `update_feedback` for callers who do not ask which pages changed.
    """
    return list(update_feedback(course, assignment, students, on_page=on_page).paths)


def update_feedback(
    course: Course,
    assignment: str | None = None,
    students: Collection[str] = (),
    *,
    on_page: Callable[[Path], None] | None = None,
) -> Pages:
    """Write the page of each graded or rejected submission where it is missing or out of date.

    Parameters
    ----------
    course : Course
        From ``autograder.lesson.course.open_course``.
    assignment : str, optional
        Only this assignment; all of them by default.
    students : collection of str
        Only these student ids; everyone by default.
    on_page : callable, optional
        Called with each path once its page is there, for a progress bar.
    """
    pages: list[Path] = []
    written: list[Path] = []
    assignments: list[str] = []
    absent = set(students)
    stamps = Stamps.read(course.root / course.feedback_directory)
    with open_gradebook(course.db_url) as gradebook:
        pairs = _submissions(course, gradebook, assignment)
        names = gradebook.students()
        for name in sorted({name for name, _ in pairs}):
            wanted = [
                student for one, student in pairs if one == name and (not students or student in students)
            ]
            before = len(pages)
            desk = _Desk(course, name, names, gradebook.marks(name), stamps)
            for student in wanted:
                for page in desk.pages(student):
                    pages.append(page)
                    absent.discard(student)
                    if on_page is not None:
                        on_page(page)
                _copy_beside(course, name, student)
            written += desk.written
            if len(pages) > before:
                assignments.append(name)
    stamps.write()
    for student in sorted(absent):
        log.warning("%s has nothing graded yet: run `autograder grade` first.", student)
    return Pages(tuple(pages), tuple(written), tuple(assignments))


def _submissions(course: Course, gradebook: Any, assignment: str | None) -> list[tuple[str, str]]:
    """List (assignment, student) of all that was handed in, by the folders or by the gradebook."""
    names = {assignment} if assignment else {*course.assignments(), *gradebook.assignments()}
    handed_in = {*course.submissions(assignment), *gradebook.submissions(assignment)}
    for name in names | {name for name, _ in handed_in}:
        handed_in |= {(name, student) for student in _graded(course, name)}
    return sorted(pair for pair in handed_in if not unusable_id(pair[1]))


def _graded(course: Course, assignment: str) -> Iterator[str]:
    """Yield the students who have a folder of graded work, which a rejected submission may have alone."""
    pattern = course.autograded(assignment, "*")
    if "*" in pattern.parts:
        place = pattern.parts.index("*")
        for folder in Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))):
            yield folder.parts[place]


@dataclass
class _Desk:
    """Where the pages of one assignment are made."""

    course: Course
    assignment: str
    names: Mapping[str, tuple[str, str]]
    marks: Mapping[tuple[str, str], Marks]
    stamps: Stamps
    written: list[Path] = field(default_factory=list)

    def pages(self, student: str) -> Iterator[Path]:
        """Yield the page of each notebook of a submission, up to date; nothing before it is graded."""
        folder = self.course.autograded(self.assignment, student)
        target = self.course.feedback(self.assignment, student)
        notebooks = sorted(folder.glob("*.ipynb"))
        for path in notebooks:
            yield self._page(target / f"{path.stem}.html", path, student)
        if not notebooks and (rejection := _content(folder / "rejected.json")) is not None:
            page = target / f"{self.assignment}.html"
            self._write(
                page, rejection, self.names.get(student), lambda: self._rejected(student, _reason(rejection))
            )
            yield page

    def _page(self, page: Path, path: Path, student: str) -> Path:
        marks = self.marks.get((student, path.stem))
        content = _content(path) or b""
        broken: list[Path] = []

        def make() -> str:
            try:
                return draw()
            except Exception:
                # Whatever is wrong with one notebook, the rest of the class gets its pages.
                log.exception("%s could not be turned into a page.", path)
                broken.append(path)
                return self._rejected(student, _UNREADABLE)

        def draw() -> str:
            from autograder.desk.notebook import read_notebook  # noqa: PLC0415  not needed where nothing changed
            from autograder.desk.page import render_page  # noqa: PLC0415

            ids = {"assignment": self.assignment, "notebook": path.stem, "student": student}
            return render_page(read_notebook(content), marks=marks, **ids)

        self._write(page, content, marks, make, broken)
        return page

    def _write(
        self, page: Path, content: bytes, known: object, make: Callable[[], str], broken: Sequence[Path] = ()
    ) -> None:
        """Make a page from a file's content and what the gradebook knows, unless it is there already.

        Where `make` says that something is broken, the next run tries again.
        """
        stamp = self.stamps.stamp(content, known)
        if self.stamps.holds(page, stamp):
            return
        put(page, make())
        if not broken:
            self.stamps.keep(page, stamp)
        self.written.append(page)

    def _rejected(self, student: str, reason: str) -> str:
        from autograder.desk.page import render_rejected  # noqa: PLC0415

        name = " ".join(self.names.get(student, ("", ""))).strip()
        return render_rejected(assignment=self.assignment, student=student, full_name=name, reason=reason)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _reason(rejection: bytes) -> str:
    try:
        found = json.loads(rejection)
    except ValueError:
        return ""
    return str(found.get("reason") or "") if isinstance(found, dict) else ""


def _copy_beside(course: Course, assignment: str, student: str) -> None:
    target = course.feedback(assignment, student)
    if not target.is_dir():
        return
    top = course.root / course.submitted_directory
    folders = course.autograded(assignment, student), course.submitted(assignment, student)
    for name in _BESIDE:
        for folder in folders:
            # A student's link would lead to somebody else's secret, or to a file without an end.
            if (folder / name).is_file() and link_in_the_way(folder / name, top) is None:
                # The copy in `submitted` may be read-only; contents alone are copied.
                try:
                    (target / name).unlink(missing_ok=True)
                    shutil.copyfile(folder / name, target / name, follow_symlinks=False)
                except OSError as error:
                    raise named(error, target / name) from error
                break
