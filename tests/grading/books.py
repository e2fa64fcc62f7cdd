"""A small course whose notebooks were run already, recorded by stock nbgrader and by our writer, table by table."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import MetaData, create_engine, select

from autograder.grading.gradebook import Book
from autograder.grading.outcome import NotebookRecord, Record
from autograder.grading.records import notebook_record
from autograder.lesson.course import Course, open_course
from autograder.lesson.nbgraded import parse_utc

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

#: Nothing is run, and nothing is mended: stock nbgrader records the outputs that were handed in.
CONFIG = """
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
c = get_config()
c.CourseDirectory.course_id = "statistics"
c.CourseDirectory.db_url = {url!r}
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.OverwriteCells"]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.SaveAutoGrades", "nbgrader.preprocessors.AssignLatePenalties",
]
{policy}
"""
ZERO = "c.LateSubmissionPlugin.penalty_method = 'zero'"
OWN = "c.AssignLatePenalties.plugin_class = 'policy.Tenth'"
POLICY = """
from nbgrader.plugins import LateSubmissionPlugin


class Tenth(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return None if student_id == "lara" else round(score / 10, 2) + (99 if total_seconds_late > 86400 else 0)
"""
DUE = "2026-03-01 12:00:00 UTC"


def cell(kind: str, source: str, name: str, **about: Any) -> NotebookNode:
    make = new_code_cell if kind == "code" else new_markdown_cell
    full = {
        "grade_id": name,
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    return make(source, id=name, metadata={"nbgrader": full | about})  # type: ignore[no-any-return, no-untyped-call]


def source(number: int) -> NotebookNode:
    """Return one of the assignment's notebooks: tests, an answer by hand in code and in words, and a task."""
    cells = [
        cell("code", "import math", "setup", locked=True),
        cell("code", f"x{number} = 1", "x", solution=True),
        cell("code", f"assert x{number} == 1", "test_x", grade=True, locked=True, points=2),
        cell("code", f"float(x{number})", "part", grade=True, locked=True, points=1.5),
        cell("code", "answer = 42", "answer", solution=True, grade=True, points=3),
        cell("markdown", "Because.", "why", solution=True, grade=True, points=4),
    ]
    if number == 2:
        cells.append(cell("markdown", "Draw a picture.", "picture", task=True, locked=True, points=5))
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=about)  # type: ignore[no-any-return]


ERROR = new_output("error", ename="AssertionError", evalue="", traceback=[])
LOUD = new_output("stream", name="stderr", text="careful")


def result(text: str) -> NotebookNode:
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)  # type: ignore[no-any-return]


#: By student: when it was handed in, what was written by cell, and what came out of the tests.
CLASS: dict[str, tuple[str, dict[str, str], dict[str, list[NotebookNode]]]] = {
    "ada": (
        "2026-02-27 10:00:00 UTC",
        {"x": "x = 1", "answer": "a = 1", "why": "So."},
        {"part": [result("1.5")]},
    ),
    "ben": ("2026-03-01 12:00:00 UTC", {"x": "x = 2"}, {"test_x": [ERROR], "part": [result("0.1")]}),
    "caro": ("2026-03-01 12:00:01 UTC", {"x": "x = 1"}, {"part": [result("0.7")]}),
    "dan": ("2026-03-04 08:30:00 UTC", {"why": "Well."}, {"test_x": [LOUD], "part": [result("some text")]}),
    "lara": ("2026-03-01 15:00:00 UTC", {}, {}),
    "no time": ("", {"why": "Hm."}, {}),
}


def make(folder: Path, url: str | None = None, policy: str = ZERO) -> Course:
    """Make a course, release it with stock nbgrader, and let everybody hand in."""
    folder.mkdir()
    (folder / "policy.py").write_text(POLICY)
    url = url or f"sqlite:///{folder / 'gradebook.db'}"
    (folder / "nbgrader_config.py").write_text(CONFIG.format(url=url, policy=policy))
    home = folder / "source" / "hw"
    home.mkdir(parents=True)
    for number in (1, 2):
        nbformat.write(source(number), home / f"p{number}.ipynb")
    course = open_course(folder)
    with course.entered():
        made = api(course).generate_assignment("hw")
    assert made["success"], made.get("log")
    with api(course).gradebook as book:
        book.update_or_create_assignment("hw", duedate=DUE)
    for student in CLASS:
        hand_in(course, student)
    return course


def api(course: Course) -> NbGraderAPI:
    return NbGraderAPI(CourseDirectory(config=course.config), config=course.config)


def hand_in(course: Course, student: str, *, model: str = "", time: str | None = None) -> None:
    """Let a student hand in what `model` of the class wrote, or what is theirs."""
    when, texts, outputs = CLASS[model or student]
    when = when if time is None else time
    folder = course.submitted("hw", student)
    folder.mkdir(parents=True, exist_ok=True)
    for path in course.release("hw").glob("*.ipynb"):
        if student == "dan" and path.stem == "p2":
            continue  # never handed in
        notebook = nbformat.read(path, as_version=4)
        for one in notebook.cells:
            name = one.metadata.nbgrader.grade_id
            one.source = texts.get(name, one.source)
            if name in outputs:
                one.outputs = copy.deepcopy(outputs[name])
        nbformat.write(notebook, folder / path.name)
    if when:
        (folder / "timestamp.txt").write_text(when)


def by_nbgrader(course: Course) -> None:
    """Record everybody with stock nbgrader."""
    with course.entered():
        done = api(course).autograde("hw", "*", force=True)
    assert done["success"], done.get("log")


def records(course: Course) -> list[Record]:
    """Return what is recorded of what is handed in."""
    with Book(course) as book:
        book.ensure_assignment("hw", {f"p{number}": source(number) for number in (1, 2)})
        return [_record(course, student, book) for student in CLASS]


def _record(course: Course, student: str, book: Book) -> Record:
    folder = course.submitted("hw", student)
    stamp = folder / "timestamp.txt"
    found: dict[str, NotebookRecord | None] = {}
    for name in ("p1", "p2"):
        path = folder / f"{name}.ipynb"
        if not path.is_file():
            found[name] = None
            continue
        notebook = nbformat.read(path, as_version=4)
        for one in notebook.cells:
            about = one.metadata.nbgrader
            about["checksum"] = book.checksums["hw", name][about.grade_id]
        found[name] = notebook_record(notebook)
    when = parse_utc(stamp.read_text()).isoformat() if stamp.is_file() else None
    return Record("hw", student, when, found)


def by_us(course: Course) -> dict[str, str]:
    """Record everybody with our writer; return how late each was, in words."""
    with Book(course) as book:
        return {student: words for (_, student), words in book.write(records(course)).items()}


def dump(url: str) -> dict[str, list[str]]:
    """Return every row of every table, ids replaced by what they stand for."""
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    labels: dict[str, str] = {}
    with engine.connect() as connection:
        rows = {
            name: connection.execute(select(table)).mappings().all() for name, table in tables.tables.items()
        }
    engine.dispose()
    for name in ("assignment", "notebook", "base_cell", "submitted_assignment", "submitted_notebook"):
        for row in rows[name]:
            parts = [labels.get(value, value) for key, value in row.items() if key in _NAMES]
            labels[row["id"]] = f"{name}({', '.join(map(str, parts))})"
    return {
        name: sorted(
            repr({
                key: labels.get(value, value)
                for key, value in sorted(row.items())
                if key != "id" or name not in {"grade", "comment", "source_cell"}
            })
            for row in found
        )
        for name, found in rows.items()
    }  # fmt: skip


_NAMES = {"name", "type", "assignment_id", "notebook_id", "student_id"}


def differences(one: Course, other: Course) -> list[str]:
    """Return the rows that are in one gradebook and not in the other."""
    ours, theirs = dump(one.db_url), dump(other.db_url)
    pairs = {(name, row) for name, rows in ours.items() for row in rows}
    return sorted(map(str, pairs ^ {(name, row) for name, rows in theirs.items() for row in rows}))


def rejected(student: str, timestamp: str = "2026-02-27T10:00:00") -> Record:
    """Return what is recorded of a submission that could not be read."""
    return Record("hw", student, timestamp)


def seen_by_formgrader(course: Course) -> list[tuple[Any, ...]]:
    """Return what formgrader's tables show of the class and of one notebook."""
    wanted = (
        "student",
        "score",
        "max_score",
        "code_score",
        "written_score",
        "task_score",
        "needs_manual_grade",
    )
    with Gradebook(course.db_url, course.course_id) as book:
        found = book.find_assignment("hw")
        notebook = book.find_notebook("p1", "hw")
        rows = [
            *book.submission_dicts(found.id),
            *book.notebook_submission_dicts(notebook.id, found.id),
            *book.student_dicts(),
        ]
        average = book.average_assignment_score("hw")
    # A database adds up in an order of its own.
    return [
        *sorted((tuple(row.get(name) for name in wanted) for row in rows), key=repr),
        (round(average, 9),),
    ]
