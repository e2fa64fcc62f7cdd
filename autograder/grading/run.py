"""A class through grading: what is handed in, on as many workers as there are cores, into one gradebook."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from autograder.grading import kept
from autograder.grading.asked import NothingToGradeError, to_grade
from autograder.grading.causes import between
from autograder.grading.changes import change_of
from autograder.grading.dry import of_the_book, scratch
from autograder.grading.engines.engine import EngineError, Task
from autograder.grading.engines.local import Local
from autograder.grading.folder import CannotWriteError
from autograder.grading.folders import readable, unusable_id
from autograder.grading.gradebook import Book, BookBusyError, BookError, OtherCellsError
from autograder.grading.interrupted import CtrlC
from autograder.grading.limits import limits_of
from autograder.grading.lock import alone_in
from autograder.grading.outcome import Outcome
from autograder.grading.ready import setting_of
from autograder.grading.sources import source_notebooks
from autograder.sandbox.holder import bwrap_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from autograder.grading.changes import Change
    from autograder.grading.engines.engine import Engine
    from autograder.grading.kept import Former
    from autograder.grading.outcome import Graded
    from autograder.grading.setting import Setting
    from autograder.lesson.course import Course

__all__ = ["GO_ON", "NothingToGradeError", "StoppedError", "grade", "to_grade"]
_BATCH = 200  # submissions that are written into the gradebook at once
_SECONDS = 2.0  # after which those that wait are written all the same
_PATIENCE = 0.5  # seconds between two tries to write into a gradebook that is in use
Result = TypeVar("Result")
GO_ON = "Run the same command again to go on: what is graded stays graded."


class StoppedError(RuntimeError):
    """Grading had to stop; the message says why and how to go on. What was graded before is kept.

    Parameters
    ----------
    code
        What a command ends with.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def grade(
    course: Course, pairs: Iterable[tuple[str, str]], *, jobs: int | None = None, unsafe: bool = False,
    again: bool = False, progress: Callable[[Outcome], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None, engine: Callable[[Mapping[str, Setting]], Engine] | None = None,
    dry: bool = False, changed: Callable[[Change], None] = lambda _: None,
    totals: dict[tuple[str, str], float] | None = None,
) -> list[Outcome]:  # fmt: skip
    """Grade submissions; one outcome for each, in the order of `pairs`.

    What was graded before, and has not changed since, is not graded again: the gradebook is made to agree with it.

    Parameters
    ----------
    course
        Its config decides folders, gradebook and limits.
    pairs
        (assignment, student), as from `to_grade`.
    jobs
        Submissions at a time; as many as there are cores when None.
    unsafe
        Do without a sandbox; every outcome says so.
    again
        Grade all of them, changed or not.
    progress
        Called with each outcome as it is there.
    say
        Called with words on what is waited for.
    engine
        Makes what grades, from the settings of the assignments; forks on this machine when None.
    dry
        Write nothing that lasts: neither gradebook nor ``autograded`` folders. No other run is waited for.
    changed
        Called with what became of each submission that was graded before, once its marks are written.
    totals
        Is given each submission's points in the gradebook: with what a person gave, without what being late costs.

    Raises
    ------
    NoSandboxError, SourceFailsError
        If no wall can be built, or a lesson's source does not run.
    StoppedError
        If a folder or the gradebook cannot be written, or the run was interrupted.
    """
    if not unsafe and engine is None:  # another engine's sandboxes may be on other machines
        bwrap_path()
    asked = list(pairs)
    after = "Nothing was written." if dry else GO_ON
    found = {(name, student): _nameless(name, student) for name, student in asked if unusable_id(student)}
    todo = sorted(pair for pair in asked if pair not in found)
    names = sorted({assignment for assignment, _ in todo})
    try:
        with ExitStack() as stack:
            desk, held = _Desk(course, say, progress, changed, found, {} if totals is None else totals), []
            if dry:
                desk.apart = stack.enter_context(scratch(course, desk.patiently))
            else:
                held.append(stack.enter_context(alone_in(course.root, f"grading {', '.join(names)}", say)))
            stack.enter_context(desk)
            ctrl_c = stack.enter_context(CtrlC())
            settings = {name: desk.setting(name, unsafe=unsafe) for name in names}
            made = engine or (lambda all_: Local(all_, jobs=jobs or os.cpu_count() or 1, held=held))
            working = made(settings)
            try:
                for graded in working.grade(_changed(course, settings, todo, desk, again=again)):
                    desk.take(graded)
                    ctrl_c.heed()
            finally:
                working.close()
    except CannotWriteError as error:
        raise StoppedError(
            f"{error.strerror}. Make room, or set right who may write there. {after}"
        ) from error
    except (BookError, EngineError) as error:
        raise StoppedError(f"{error} {after}") from error
    except KeyboardInterrupt:
        done = (
            "Stopped."
            if dry
            else f"Stopped: {len(found)} of {len(asked)} {'is' if len(found) == 1 else 'are'} graded."
        )
        raise StoppedError(f"{done} {after}", 130) from None
    return [found[pair] for pair in asked]


def _changed(
    course: Course, settings: Mapping[str, Setting], pairs: Sequence[tuple[str, str]], desk: _Desk, *, again: bool
) -> Iterator[Task]:  # fmt: skip
    """Yield the submissions that have to be graded; give the others to the desk as they are."""
    prints = {name: kept.fingerprint_of(setting) for name, setting in settings.items()}
    top = str(course.root / course.submitted_directory)
    for assignment, student in pairs:
        folder = course.submitted(assignment, student)
        target = course.autograded(assignment, student)
        mark = kept.fingerprint(
            prints[assignment], student, folder
        )  # before anybody reads what it stands for
        former = kept.former(target, mend=desk.apart is None)
        if former is not None and former.stands(mark) and not again:
            desk.take(former.graded, former)
            continue
        desk.expect(assignment, student, former, mark)
        yield Task(assignment, student, str(folder), top, str(desk.place(target)), mark)


class _Desk:
    """Where results arrive: they are shown, written into the gradebook in batches, and compared with what was.

    Attributes
    ----------
    apart
        For a dry run, the course with a gradebook of its own and the folder for all that is written.
    """

    def __init__(
        self, course: Course, say: Callable[[str], None], progress: Callable[[Outcome], None],
        changed: Callable[[Change], None], found: dict[tuple[str, str], Outcome], totals: dict[tuple[str, str], float],
    ) -> None:  # fmt: skip
        self._course = course
        self._say = say
        self._progress = progress
        self._tell = changed
        self._found = found
        self._totals = totals
        self._waiting: list[Graded] = []
        self._former: dict[tuple[str, str], tuple[Former | None, str | None]] = {}
        self._written = time.monotonic()
        self.apart: tuple[Course, Path] | None = None

    def __enter__(self) -> Self:
        course = self.apart[0] if self.apart else self._course
        self._book: Book = self.patiently(lambda: Book(course))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._write()
            else:  # once, without waiting: what is not written now will be by the next run
                with suppress(BookError):
                    self._record()
        finally:
            self._book.close()

    def setting(self, assignment: str, *, unsafe: bool) -> Setting:
        """Make an assignment known to the gradebook; return what it is graded with."""
        notebooks = source_notebooks(self._course, assignment)
        try:
            self.patiently(lambda: self._book.ensure_assignment(assignment, notebooks))
        except OtherCellsError as error:
            if self.apart is None:
                raise
            told = of_the_book(error, self._course, self.apart[1])
            self._say(f"`autograder grade` will refuse this: {told}")
            self._book.forget(assignment)  # in the copy
            self._book.ensure_assignment(assignment, notebooks)
        limits = limits_of(self._course.config)
        made = setting_of(
            self._course, assignment, notebooks, limits, checksums=self._book.checksums, unsafe=unsafe
        )
        if self.apart is None:
            return made
        return msgspec.structs.replace(made, hidden=[*made.hidden, str(self.apart[1])])

    def place(self, target: Path) -> Path:
        """Return where a submission's graded work is written to, whose ``autograded`` folder this is."""
        return target if self.apart is None else self.apart[1] / "work" / target.relative_to(target.anchor)

    def expect(self, assignment: str, student: str, former: Former | None, fingerprint: str) -> None:
        """Note what is known of a submission that is graded now."""
        self._former[assignment, student] = former, fingerprint

    def take(self, graded: Graded, former: Former | None = None) -> None:
        """Take the result of one submission; it is as it was, where `former` is given."""
        key = graded.outcome.assignment, graded.outcome.student
        if former is not None:
            self._former[key] = former, None
        elif self.apart is not None:  # of a large class, only what is under way takes room
            shutil.rmtree(self.place(self._course.autograded(*key)), ignore_errors=True)
        self._waiting.append(graded)
        self._progress(graded.outcome)
        if len(self._waiting) >= _BATCH or time.monotonic() - self._written > _SECONDS:
            self._write()

    def _write(self) -> None:
        self.patiently(self._record)
        self._written = time.monotonic()

    def _record(self) -> None:
        records = [graded.record for graded in self._waiting]
        steady = [key for key, about in self._former.items() if _is_same_work(*about)]
        late = self._book.write(records, steady) if records else {}
        for graded in self._waiting:
            outcome = graded.outcome
            key = outcome.assignment, outcome.student
            if words := late.get(key):
                outcome = msgspec.structs.replace(outcome, mends=[*outcome.mends, words])
            self._found[key] = outcome
            former, fingerprint = self._former.pop(key)
            self._totals[key] = self._book.differences[key].after
            change = change_of(former, fingerprint, graded, self._book.differences[key])
            if change is not None:
                self._tell(change)
        self._waiting = []

    def patiently(self, work: Callable[[], Result]) -> Result:
        """Do something with the gradebook, however long another program is at it."""
        said = False
        while True:
            try:
                return work()
            except BookBusyError as busy:
                if not said:
                    self._say(f"Waiting for the gradebook: {busy}.")
                said = True
                time.sleep(_PATIENCE)


def _is_same_work(former: Former | None, fingerprint: str | None) -> bool:
    """Whether a submission is what it was when it was last graded; without a fingerprint it was not graded again."""
    return former is not None and (fingerprint is None or between(former.fingerprint, fingerprint).same_work)


def _nameless(assignment: str, student: str) -> Outcome:
    """Return the outcome of a submission whose folder has no name that a gradebook can hold."""
    return Outcome(readable(student), assignment, "rejected", 0.0, 0.0, reason=unusable_id(student))
