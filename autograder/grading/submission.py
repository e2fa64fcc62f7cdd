"""One submission's way through grading: read, mend, examine, write down. Knows nothing of the class around it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import nbformat
from nbgrader.utils import parse_utc

from autograder.grading import marks
from autograder.grading.exercises import outline
from autograder.grading.handin import find_notebooks, read_bytes
from autograder.grading.mend import mend
from autograder.grading.other import others_of, refuse_other_lessons
from autograder.grading.outcome import CellOutcome, ExamRequest, Outcome
from autograder.grading.places import remember, without_places
from autograder.grading.pool import SourceFailsError
from autograder.grading.reading import UnreadableError, read_submission
from autograder.grading.sources import extra_files, link_in_the_way, readable
from autograder.grading.withhold import withhold
from autograder.lesson.stubbing import stubs_of
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nbformat import NotebookNode

    from autograder.grading.pool import LessonSource, Pool
    from autograder.lesson.course import Course
    from autograder.sandbox.limits import Limits

MAX_TIMESTAMP = 100  # bytes
MAX_LEFT = 5  # files left out that are named
REJECTED = "rejected.json"
UNSAFE = "graded without a sandbox: this mark could have been forged"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What every submission of an assignment is graded with."""

    course: Course
    name: str
    sources: Mapping[str, LessonSource]
    checksums: Mapping[tuple[str, str], Mapping[str, str]]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Graded:
    """What is written into the gradebook for one submission."""

    outcome: Outcome
    notebooks: dict[str, NotebookNode | None] = field(default_factory=dict)
    timestamp: datetime | None = None


def grade_submission(assignment: Assignment, student: str, pool: Pool) -> Graded:
    """Grade one submission and write its ``autograded`` folder; whatever it is, there is an outcome."""
    remember(assignment.course.root)
    folder = assignment.course.submitted(assignment.name, student)
    target = assignment.course.autograded(assignment.name, student)
    try:
        refuse_links(folder, assignment.course.root / assignment.course.submitted_directory)
        graded = _grade(assignment, student, folder, pool)
        with _replacing(target) as fresh:
            _write(graded, folder, fresh, assignment)
    except (NoSandboxError, SourceFailsError):
        raise  # nobody's work can be graded
    except Exception as error:  # noqa: BLE001 - whatever was handed in, the class goes on
        reason = str(error) if isinstance(error, UnreadableError) else _ours(error)
        graded = _rejected(assignment, student, reason, _timestamp(folder))
        with _replacing(target) as fresh:
            _write(graded, None, fresh, assignment)
    return graded


def refuse_links(folder: Path, top: Path) -> None:
    """Raise `UnreadableError` where a submission is reached through a link, which may lead to somebody else's."""
    link = link_in_the_way(folder, top)
    if link is not None:
        raise UnreadableError(
            f"{readable(link.name)} is a link to another folder. Hand in the folder itself."
        )


def _ours(error: Exception) -> str:
    said = (error.strerror or "") if isinstance(error, OSError) else without_places(str(error))[:200]
    return (
        f"grading it failed ({': '.join(filter(None, (type(error).__name__, said)))}). This is not your fault: "
        "ask for it to be graded again."
    ).encode("utf-8", "replace").decode()  # fmt: skip


def _grade(assignment: Assignment, student: str, folder: Path, pool: Pool) -> Graded:
    ignore = assignment.course.ignore
    found, notes = find_notebooks(folder, list(assignment.sources))
    stops: list[str] = []
    beside, left = extra_files(folder, ignore, assignment.limits.disk_mib << 19)
    files = dict(beside)
    notes += left[:MAX_LEFT]
    notebooks: dict[str, NotebookNode | None] = {}
    outcomes: dict[str, CellOutcome] = {}
    cut_short = False
    for name, source in assignment.sources.items():
        path = found.get(name)
        if path is None:
            notebooks[name] = None
            notes.append(f"{name}.ipynb was not handed in")
            outcomes |= _nothing(source.notebook)
            continue
        notebook = read_submission(read_bytes(path), notes)
        lesson = outline(source.notebook, stubs_of(assignment.course.config))
        others = others_of(assignment.course, assignment.name)
        refuse_other_lessons(notebook, lesson, others, assignment.name)
        notes += mend(notebook, lesson)
        checksums = assignment.checksums.get((assignment.name, name), {})
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if checksums.get(grade_id):
                cell.metadata["nbgrader"]["checksum"] = checksums[grade_id]
        own = dict(extra_files(source.folder, ignore, assignment.limits.disk_mib << 19)[0])
        request = ExamRequest(marks.plan(notebook), list((files | own).items()), readable(student))
        result = pool.get(source, assignment.limits).examine(request)
        if result.error:
            raise UnreadableError(
                f"{without_places(result.error)}. This is not your fault: ask for it to be graded again."
            )
        marks.write_outputs(notebook, result)
        withhold(notebook)
        stops += result.notes
        cut_short |= marks.is_cut_short(result)
        outcomes |= marks.outcomes(notebook, result)
        notebooks[name] = notebook
    status = "partial" if cut_short else "graded"
    sandboxed = not any(source.unsafe for source in assignment.sources.values())
    if not sandboxed:
        stops.append(UNSAFE)
    for graded in notebooks.values():
        if graded is not None:
            record = {"status": status, "mends": notes, "notes": stops, "sandboxed": sandboxed}
            graded.metadata["autograder"] = record
    outcome = _outcome(assignment, student, status, outcomes, [*notes, *stops])
    outcome = msgspec.structs.replace(outcome, sandboxed=sandboxed)
    return Graded(outcome, notebooks, _timestamp(folder))


def _outcome(
    assignment: Assignment,
    student: str,
    status: str,
    cells: dict[str, CellOutcome],
    notes: list[str],
    reason: str = "",
) -> Outcome:
    return Outcome(
        student=student,
        assignment=assignment.name,
        status=status,  # type: ignore[arg-type]
        score=sum(cell.score for cell in cells.values()),
        max_score=sum(cell.max_score for cell in cells.values()),
        cells=cells,
        reason=reason,
        mends=notes,
    )


def _rejected(assignment: Assignment, student: str, reason: str, timestamp: datetime | None) -> Graded:
    cells: dict[str, CellOutcome] = {}
    for source in assignment.sources.values():
        cells |= _nothing(source.notebook)
    return Graded(_outcome(assignment, student, "rejected", cells, [], reason), {}, timestamp)


def _nothing(source: NotebookNode) -> dict[str, CellOutcome]:
    """Every graded cell of a notebook, with no points."""
    found = {}
    for cell in source.cells:
        if "nbgrader" in cell.metadata and (
            cell.metadata.nbgrader.get("grade") or cell.metadata.nbgrader.get("task")
        ):
            name, points = cell.metadata.nbgrader["grade_id"], float(cell.metadata.nbgrader.get("points", 0))
            found[name] = CellOutcome(0.0, points, "not run", "not handed in as a readable notebook")
    return found


def _timestamp(folder: Path) -> datetime | None:
    path = folder / "timestamp.txt"
    with suppress(Exception):  # a student could have written anything there; without a time it is not late
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                return parse_utc(file.read(MAX_TIMESTAMP).decode().strip())  # type: ignore[no-any-return]
    return None


class _replacing:  # noqa: N801 - reads as a statement
    """Write a folder beside its place and put it there whole, so that a killed run leaves no half of one."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Path:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._fresh = Path(tempfile.mkdtemp(prefix=f".{self._target.name}-", dir=self._target.parent))
        return self._fresh

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            shutil.rmtree(self._fresh, ignore_errors=True)
            return
        self._fresh.chmod(0o755)
        if self._target.exists():
            shutil.rmtree(self._target)
        self._fresh.rename(self._target)


def _write(graded: Graded, folder: Path | None, fresh: Path, assignment: Assignment) -> None:
    """Write what nbgrader's autograded step would hold: the notebooks, what lay beside them, the timestamp."""
    if graded.outcome.status == "rejected":
        (fresh / REJECTED).write_text(
            json.dumps({"reason": graded.outcome.reason}, ensure_ascii=False) + "\n"
        )
    for name, notebook in graded.notebooks.items():
        if notebook is not None:
            (fresh / f"{name}.ipynb").write_text(
                nbformat.writes(notebook, version=4) + "\n", encoding="utf-8"
            )
    if folder is None:
        return
    beside = extra_files(folder, assignment.course.ignore, assignment.limits.disk_mib << 20)[0]
    for name, data in beside:
        if name == REJECTED:
            continue  # the grader's word, not a student's
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
