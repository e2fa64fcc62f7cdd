"""The examination of one submission: its cells in the sandbox in order, its tests outside in between.

A cell that takes its process down costs itself alone: the run is started again without it, as often as the
limits allow.
"""

from __future__ import annotations

import re
import time
from functools import partial
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from autograder.grading.again import better
from autograder.grading.credit import counted
from autograder.grading.heard import run_at
from autograder.grading.outcome import CellResult, ExamResult
from autograder.grading.text import scrub
from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.session import GRACE, CellRun, SandboxDied

if TYPE_CHECKING:
    from autograder.grading.again import OneRun
    from autograder.grading.lesson import Lesson, TestCell
    from autograder.grading.outcome import ExamRequest, PlanCell
    from autograder.sandbox.limits import Limits
    from autograder.sandbox.session import Output, Submission, Template
    from autograder.sandbox.stand_ins import StandIns

MAX_OUTPUTS = 1_000  # of one cell
MAX_NAME = 200  # characters of an exception's name
# What a cell shows was cut by the recorder, which student code can pass by: so once more here.
MAX_SHOWN = 24 << 20  # characters of all cells together, pictures included
TRACEBACK = 128 << 10  # characters beside a cell's own output
_MIMES = ("text/plain", "text/latex", "text/markdown", "image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_STOPPED = {
    "timeout": "This cell was stopped after {seconds:g} seconds. Look for a loop that never ends.",
    "died": "This cell ended the Python process (os._exit, abort or a crash). Take out what ends it.",
    "memory": "This cell was stopped: it used more than {memory} MiB of memory. Look for something that keeps growing.",
    "garbled": "This cell damaged the connection to the grader. Leave file descriptors that are not yours alone.",
    "late": "Not run: the whole notebook may take {total:g} seconds, and they were used up.",
    "given up": "Not run: cells above ended the Python process {restarts} times.",
}
_NOTES = {
    "timeout": "was stopped after {seconds:g} seconds",
    "died": "ended the Python process",
    "memory": "was stopped: it used more than {memory} MiB of memory",
    "garbled": "damaged the connection to the grader",
}
_AGAIN = " The other cells were run without it."


class Exam:
    """One submission's examination; `run` it once."""

    def __init__(self, lesson: Lesson, template: Template, limits: Limits, request: ExamRequest) -> None:
        self._lesson = lesson
        self._template = template
        self._limits = limits
        self._request = request
        self._submission: Submission | None = None
        self._done: list[PlanCell] = []
        self._restarts = 0
        self._ends = time.monotonic() + limits.submission_seconds
        self._stopped = False
        self._notes: list[str] = []
        self._earned: dict[str, float] = {}  # by the tests that were run
        self._room = MAX_SHOWN

    def run(self) -> ExamResult:
        """Examine every cell of the request."""
        self._lesson.begin(self._request.student)
        try:
            cells = self._request.cells
            results = [self._examine(*two) for two in zip_longest(cells, cells[1:])]
        finally:
            self._close()
        return ExamResult(results, self._notes, self._stopped)

    def _close(self) -> None:
        if self._submission is not None:
            self._submission.close()
            self._submission = None

    def _examine(self, cell: PlanCell, following: PlanCell | None) -> CellResult:
        if time.monotonic() > self._ends:
            return self._refused(cell, "late")
        submission = self._alive()
        if submission is None:
            return self._refused(cell, "given up")
        if cell.kind == "test":
            return self._test(cell, submission)
        inside = self._lesson.tests[cell.grade_id] if cell.kind == "inside" else None
        if inside is not None and not inside.inside:
            raise ValueError(f"{cell.grade_id} is not a test that its author lets run inside")
        source = inside.source if inside is not None else cell.source
        seconds = min(self._limits.cell_seconds, max(self._ends - time.monotonic(), 0.1))
        tested = following is not None and following.kind == "test"
        names = self._lesson.names(following.grade_id) if following is not None and tested else None
        run = submission.run_cell(source, seconds=seconds, pictures=cell.pictures, names=names)
        if run.fate in {"ok", "error"}:
            self._done.append(cell)
            if cell.kind == "run" and self._lesson.needs(cell.grade_id):
                self._run_along(cell, submission)
            return CellResult(cell.index, self._kept(_counted(_clean(run), inside), inside), run.fate)
        self._stopped = True
        which = f"the cell {cell.grade_id}" if cell.grade_id else "a cell of your own"
        self._notes.append(f"{which} {self._words(_NOTES[run.fate])}")
        if run.outputs:  # interrupted from within: it goes on from here
            self._done.append(cell)
            outputs = [*self._kept(_clean(run)[:-1]), self._message("timeout")]
            return CellResult(cell.index, outputs, run.fate)
        self._close()
        return CellResult(cell.index, [self._message(run.fate, _AGAIN)], run.fate)

    def _kept(self, outputs: list[dict[str, Any]], inside: TestCell | None = None) -> list[dict[str, Any]]:
        """Return a cell's outputs, or a word in their place where that is more than a page can hold."""
        words = sum(_length(output, pictures=False) for output in outputs)
        size = sum(_length(output) for output in outputs)
        if inside is not None:
            return outputs
        if words <= (self._limits.output_kib << 10) + TRACEBACK and size <= self._room:
            self._room -= size
            return outputs
        text = "[not kept: more output than a page can hold]\n"
        return [{"output_type": "stream", "name": "stdout", "text": text}]

    def _test(self, cell: PlanCell, submission: Submission) -> CellResult:
        points = self._lesson.tests[cell.grade_id].points
        tested = self._run_test(cell, submission)
        if self._limits.cost_once and tested.earned(points) < points:
            tested = self._again(cell, tested, points)
        self._earned[cell.grade_id] = tested.earned(points)
        self._stopped |= tested.trouble
        return CellResult(cell.index, tested.outputs, "timeout" if tested.trouble else "ok", tested.reports)

    def _run_test(self, cell: PlanCell, submission: Submission, stand_ins: StandIns | None = None) -> OneRun:
        seconds = min(self._limits.test_seconds, max(self._ends - time.monotonic(), 0.1)) + GRACE
        if stand_ins is None and self._limits.reuse_results and self._lesson.heard.knows(cell.grade_id):
            return self._lesson.tested(cell.grade_id, submission, seconds)
        run = self._lesson.run_test if stand_ins is None else self._lesson.run_test_again
        return run_at(TestDesk(submission, stand_ins), partial(run, cell.grade_id), seconds)

    def _again(self, cell: PlanCell, first: OneRun, points: float) -> OneRun:
        """Run a test that lost marks once more, where its exercise builds on one that had lost marks before."""
        above = takewhile(lambda other: other is not cell, self._request.cells)
        stand_ins = self._lesson.follow.stand_ins(cell.grade_id, self._earned, above)
        submission = self._alive() if stand_ins is not None else None
        if stand_ins is None or submission is None:
            return first
        second = self._run_test(cell, submission, stand_ins)
        if stand_ins.too_often:
            return first
        return better(first, second, stand_ins.used, points, values=stand_ins.has_values)

    def _run_along(self, cell: PlanCell, submission: Submission) -> None:
        """Run a locked cell on the trusted side too, where the tests will look for what it binds."""
        seconds = min(self._limits.test_seconds, max(self._ends - time.monotonic(), 0.1))
        desk = TestDesk(submission) if self._lesson.follows(cell.grade_id) else None
        try:
            self._lesson.run_locked(cell.grade_id, desk, seconds + GRACE)
        finally:
            if desk is not None:
                desk.close()
                self._stopped |= desk.trouble

    def _alive(self) -> Submission | None:
        """Return the running sandbox; a dead one is replaced, and the cells that were run are run again."""
        if self._submission is not None and self._submission.alive:
            return self._submission
        again = self._submission is not None or self._stopped
        self._close()
        while not again or self._restarts < self._limits.restarts:
            self._restarts += again
            again = True
            submission = self._template.start(self._limits, self._request.student)
            try:
                for path, data in self._request.files:
                    if not submission.write_file(path, data):
                        self._notes.append(f"{path}: no room for it in the sandbox")
                if all(submission.run_cell(c.source).fate in {"ok", "error", "timeout"} for c in self._done):
                    self._submission = submission
                    return submission
            except SandboxDied:
                pass
            submission.close()
        return None

    def _refused(self, cell: PlanCell, why: str) -> CellResult:
        self._stopped = True
        return CellResult(cell.index, [self._message(why)], "not run")

    def _message(self, why: str, rest: str = "") -> dict[str, Any]:
        text = self._words(_STOPPED.get(why, why)) + rest
        return {"output_type": "error", "ename": "CellStopped", "evalue": text, "traceback": [text]}

    def _words(self, text: str) -> str:
        limits = self._limits
        return text.format(
            seconds=limits.cell_seconds, memory=limits.memory_mib, total=limits.submission_seconds,
            restarts=self._restarts,
        )  # fmt: skip


def _counted(outputs: list[dict[str, Any]], inside: TestCell | None) -> list[dict[str, Any]]:
    """Have a mark that was made inside be one that nbgrader takes."""
    for output in outputs if inside is not None else ():
        if inside is not None and output["output_type"] == "execute_result":
            output["data"] = {"text/plain": counted(output["data"], inside.points)}
    return outputs


def _clean(run: CellRun) -> list[dict[str, Any]]:
    """Turn what the sandbox sent into nbformat outputs: text, pictures and formulas; no HTML, no script."""
    return [clean for output in run.outputs[:MAX_OUTPUTS] if (clean := _clean_one(output)) is not None]


def _clean_one(output: Output) -> dict[str, Any] | None:
    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": scrub(output.text or "")}
    if kind == "error":
        lines = [scrub(line) for line in output.traceback or []]
        return {
            "output_type": "error",
            "ename": scrub(output.ename or "Error")[:MAX_NAME],
            "evalue": scrub(output.evalue or ""),
            "traceback": lines,
        }
    data = {
        mime: value if mime.startswith("image/") else scrub(value)
        for mime, value in (output.data or {}).items()
        if mime in _MIMES and _is_fit(mime, value)
    }
    if not data:
        return None
    metadata = {mime: about for mime, about in _described(output.metadata or {}).items() if mime in data}
    shown = {"output_type": kind, "data": data, "metadata": metadata}
    return shown | ({"execution_count": None} if kind == "execute_result" else {})


def _length(output: dict[str, Any], *, pictures: bool = True) -> int:
    """Return how many characters an output holds."""
    texts = (output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ()))
    shown = (
        data for mime, data in output.get("data", {}).items() if pictures or not mime.startswith("image/")
    )
    return sum(map(len, (*texts, *shown)))


def _described(metadata: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Keep of a picture's metadata the words that stand for it: a width, say, would stand in a page without quotes."""
    return {mime: {"alt": about["alt"][:2000]} for mime, about in metadata.items() if "alt" in about}


def _is_fit(mime: str, value: str) -> bool:
    """Whether a picture is one at all: its text stands inside a page's markup later."""
    return not mime.startswith("image/") or _BASE64.fullmatch(value) is not None
