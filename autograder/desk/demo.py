"""The demo: a sample class hands in through nbgrader's own exchange, is graded in the sandbox and hears back.

All of it happens in one folder, made anew each time, with the settings of an ordinary course. At its end what
grading gave is compared with what the authors of the samples foresaw.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import shlex
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import nbformat

from autograder.desk.feedback import write_feedback
from autograder.desk.report import write_report
from autograder.grading import run
from autograder.grading.progress import bar
from autograder.grading.table import first_reason, print_table
from autograder.lesson.course import Course, open_course
from autograder.lesson.release import build
from autograder.lesson.samples import Sample, differences, do_work, read_samples, shown_in
from autograder.lesson.source import Lesson, read_lesson
from autograder.sandbox.holder import bwrap_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from autograder.grading.outcome import Outcome

#: Lies in every folder that a demo made, and allows the next one to remove it.
STAMP = ".autograder-demo"
GRADES = "grades.json"
CONFIG = '''\
"""The demo's course: this project's settings, an exchange of its own, and limits that are soon reached."""

from pathlib import Path

from autograder.nbgrader_setup import configure

HERE = Path(__file__).resolve().parent

c = get_config()
configure(c, layout=True, root=HERE)

c.CourseDirectory.course_id = "demo"
c.CourseDirectory.root = str(HERE)
c.Exchange.root = str(HERE / "exchange")
c.Exchange.cache = str(HERE / "exchange" / "cache")
c.ExchangeCollect.check_owner = False  # one user of this machine plays the whole class

c.SandboxedExecute.cell_seconds = 5
c.SandboxedExecute.call_seconds = 2
'''

NO_PROJECT = "No lesson in {} has a samples.py. Run the demo in the project's folder."


class DemoError(RuntimeError):
    """The demo cannot be given here; the message says what to do."""


@dataclass(frozen=True)
class Demo:
    """What a demo came to.

    Attributes
    ----------
    course : Course
        The course that was made for it.
    outcomes : tuple of Outcome
        One for each sample student.
    surprises : tuple of str
        Where grading differs from what was foreseen; empty when it does not.
    pages : tuple of Path
        The feedback pages.
    reports : tuple of Path
        The report on each class.
    """

    course: Course
    outcomes: tuple[Outcome, ...]
    surprises: tuple[str, ...]
    pages: tuple[Path, ...]
    reports: tuple[Path, ...]


def give_demo(project: Course, folder: Path, console: Console, *, jobs: int | None = None) -> Demo:
    """Let the sample classes of a project hand in, grade them, and write their feedback and reports.

    Parameters
    ----------
    project : Course
        Where the lessons are; those with a `samples.py` take part.
    folder : Path
        Made anew. A folder that no demo made is left alone.
    console : Console
        What happens is told here as it happens.
    jobs : int, optional
        Submissions graded at a time; as many as there are cores by default.

    Raises
    ------
    NoSandboxError
        Before anything is written, where bubblewrap is missing.
    DemoError
        If there is no sample class, or the folder is somebody's own.
    """
    bwrap_path()

    def tell(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    course, classes = hand_in(project, folder, tell)
    tell("")
    pairs = run.to_grade(course, None, ())
    with bar(console, len(pairs)) as progress:
        outcomes = run.grade(course, pairs, jobs=jobs, progress=progress, say=progress.say)
    (course.root / GRADES).write_bytes(msgspec.json.format(msgspec.json.encode(outcomes), indent=1) + b"\n")
    print_table(console, outcomes)
    surprises = [
        line for name, samples in classes.items() for line in _surprises(course, name, samples, outcomes)
    ]
    pages = tuple(write_feedback(course))
    reports = tuple(report.page for report in write_report(course))
    return Demo(course, tuple(outcomes), tuple(surprises), pages, reports)


def hand_in(
    project: Course, folder: Path, tell: Callable[[str], None] = lambda _: None
) -> tuple[Course, dict[str, tuple[Sample, ...]]]:
    """Make a fresh course in a folder, release a project's lessons there and let their sample classes hand in.

    Parameters
    ----------
    project, folder
        As for `give_demo`.
    tell
        Called with a line for each thing that happens.

    Returns
    -------
    Course, dict
        The new course, everything collected, and the sample class of each lesson.
    """
    lessons = _lessons(project)
    classes = {lesson.name: read_samples(lesson) for lesson in lessons}
    course = _fresh_course(project, folder.resolve(), lessons)
    tell(f"Building and releasing {', '.join(classes)} in {course.root}")
    build(course.root)
    for lesson in lessons:
        samples = classes[lesson.name]
        tell(f"\n{len(samples)} sample students fetch {lesson.name} and hand in through nbgrader's exchange:")
        _hand_in(course, lesson, samples, tell)
    return course, classes


def tell_end(demo: Demo, console: Console, *, shown: str = "emil") -> None:
    """Say whether all was foreseen, and what to open next."""

    def tell(text: str, style: str | None = None) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True, style=style)

    total, odd = len(demo.outcomes), {line.split(":", 1)[0] for line in demo.surprises}
    for line in demo.surprises:
        tell(f"  {line}", "red")
    tell(f"{total - len(odd)} of {total} as foreseen.", "red" if odd else "green")
    root = demo.course.root
    page = next((page for page in demo.pages if page.parent.parent.name == shown), demo.pages[0])
    jupyter = shlex.quote(str(Path(sys.executable).with_name("jupyter")))
    lab = f"{jupyter} lab{' --allow-root' if os.geteuid() == 0 else ''}"
    tell("\nOpen next:")
    tell(f"  a student's feedback   {page}")
    tell(f"  everyone's feedback    {root / demo.course.feedback_directory}")
    for report in demo.reports:
        tell(f"  the report on a class  {report}")
    tell(f"  every mark, as JSON    {root / GRADES}")
    tell(f"  the gradebook          cd {shlex.quote(str(root))} && {lab}")
    tell("                         and there the menu Nbgrader, Formgrader")


def _lessons(project: Course) -> list[Lesson]:
    """Read the lessons that have a sample class."""
    found = [
        project.source(name) / f"{name}.py"
        for name in project.assignments()
        if (project.source(name) / "samples.py").is_file()
    ]
    if not found:
        where = project.root / project.source_directory
        raise DemoError(NO_PROJECT.format(where))
    return [read_lesson(path) for path in found]


def _fresh_course(project: Course, folder: Path, lessons: Sequence[Lesson]) -> Course:
    """Make the demo's course folder, in the place of the last demo's."""
    if folder.exists() and not (folder / STAMP).is_file() and any(folder.iterdir()):
        raise DemoError(f"{folder} was not made by a demo, so it is left alone. Name another with --folder.")
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:  # the last demo was another user's, or a server still writes there
        raise DemoError(f"{folder} cannot be made anew: {error}. Name another with --folder.") from None
    (folder / STAMP).write_text("Made by `autograder demo`, and removed by the next one.\n")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    for lesson in lessons:
        shutil.copytree(project.source(lesson.name), folder / "solutions" / lesson.name)
    (folder / "exchange").mkdir()
    return open_course(folder)


def _hand_in(course: Course, lesson: Lesson, samples: Sequence[Sample], tell: Callable[[str], None]) -> None:
    """Release, then fetch, work and submit as each student, then collect: nbgrader's own exchange in each step."""
    exchange = _Exchange(course, lesson.name)
    exchange.release()
    with _gradebook(course) as book:
        for sample in samples:
            book.update_or_create_student(
                sample.student, first_name=sample.first_name, last_name=sample.last_name
            )
    for sample in sorted(samples, key=lambda sample: (sample.late, sample.student)):
        if sample.late:
            exchange.due()  # now: what comes after is late by the clock
        tell(f"  {sample.student:<9}{sample.first_name} {sample.last_name}: {sample.story}")
        home = course.root / "students" / sample.student
        home.mkdir(parents=True, exist_ok=True)
        exchange.fetch(sample.student, home)
        do_work(sample, lesson, home / lesson.name)
        exchange.submit(sample.student, home)
    exchange.collect()


class _Exchange:
    """nbgrader's exchange of one assignment, as the course's config sets it up."""

    def __init__(self, course: Course, assignment: str) -> None:
        from nbgrader.auth import Authenticator  # noqa: PLC0415 - nbgrader is slow to import
        from nbgrader.exchange import ExchangeFactory  # noqa: PLC0415

        self._course, self._assignment, self._closed = course, assignment, False
        self._log = logging.Logger("autograder.desk.demo", level=logging.CRITICAL)  # noqa: LOG001 - registered nowhere
        self._factory = ExchangeFactory(config=course.config, log=self._log)
        self._authenticator = Authenticator(config=course.config, log=self._log)

    def _start(self, step: Any, student: str = "*", home: Path | None = None) -> None:
        where = {} if home is None else {"assignment_dir": str(home)}
        folder = self._course.coursedir(assignment_id=self._assignment, student_id=student, log=self._log)
        with self._course.entered():
            step(
                coursedir=folder,
                authenticator=self._authenticator,
                config=self._course.config,
                log=self._log,
                **where,
            ).start()

    def release(self) -> None:
        self._start(self._factory.ReleaseAssignment)

    def fetch(self, student: str, home: Path) -> None:
        self._start(self._factory.FetchAssignment, student, home)

    def submit(self, student: str, home: Path) -> None:
        self._start(self._factory.Submit, student, home)

    def collect(self) -> None:
        self._start(self._factory.Collect)

    def due(self) -> None:
        """Let the assignment be due now, once."""
        if not self._closed:
            self._closed = True
            with _gradebook(self._course) as book:
                book.update_or_create_assignment(
                    self._assignment, duedate=dt.datetime.now(dt.UTC).isoformat()
                )


@contextmanager
def _gradebook(course: Course) -> Iterator[Any]:
    from nbgrader.api import Gradebook  # noqa: PLC0415 - nbgrader is slow to import

    with course.entered(), Gradebook(course.db_url, course.course_id) as book:
        yield book


def _surprises(
    course: Course, assignment: str, samples: Sequence[Sample], outcomes: Sequence[Outcome]
) -> list[str]:
    """Return where the outcomes differ from what was foreseen."""
    found: list[str] = []
    graded = {outcome.student: outcome for outcome in outcomes if outcome.assignment == assignment}
    with _gradebook(course) as book:
        late = {s.student_id for s in book.assignment_submissions(assignment) if s.total_seconds_late > 0}
    for sample in samples:
        outcome = graded.get(sample.student)
        if outcome is None:
            found.append(f"{sample.student}: not graded at all")
            continue
        path = course.autograded(assignment, sample.student) / f"{assignment}.ipynb"
        shown = shown_in(nbformat.read(path, as_version=4)) if path.is_file() else ""
        found += differences(sample, msgspec.to_builtins(outcome), first_reason(outcome), shown)
        if sample.late != (sample.student in late):
            found.append(f"{sample.student}: {'in time' if sample.late else 'late'} in the gradebook")
    return found
