"""The bare exec of a lesson's submissions: what their cells and tests cost without a grader around them.

    .venv/bin/python benchmarks/bare.py 01_activations [--size 20] [--each] [--right] [--folder COURSE]

One warm process has run the lesson's whole source once, so every import is done and the references are there. For each
submission it forks. The fork execs the handed-in code cells in order in one dict, with the source's own test cells
(hidden tests included) in their places, on the student's own functions. No IPython, no sandbox, no proxies, no outputs
kept, no figure drawn, nothing written. Counted are the CPU-seconds, user and system, of the fork from its start to its
end and of the parent while it forks. Reading the notebook is not counted.
"""

# ruff: noqa: INP001, T201 - a folder of scripts, run from here; this one prints

from __future__ import annotations

import os

os.environ |= {
    "MPLBACKEND": "agg",
    "OPENBLAS_NUM_THREADS": "1",
}  # as the grader has it; before NumPy is loaded

import argparse
import ast
import gc
import io
import json
import linecache
import random
import signal
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np

from autograder.check import grading
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

SECONDS = 120.0  # of CPU, after which a submission is taken for one that never ends


@dataclass(frozen=True)
class Bare:
    """What one submission cost, in CPU-seconds.

    Attributes
    ----------
    fork, exec_cells, exec_tests, total
        Of the parent while it forks; of the student's cells; of the tests; of all, the end of the process included.
    earned
        Points, from the reports of the tests, or None where a test made none.
    """

    student: str
    fork: float
    exec_cells: float
    exec_tests: float
    total: float
    earned: float | None


def prepare(source: NotebookNode) -> tuple[dict[str, Any], grading.Mistakes]:
    """Run a lesson's source once; return its references and its known mistakes."""
    reference: dict[str, Any] = {"__name__": "__main__", "display": _nothing}
    mistakes = grading.Mistakes()
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        for at, cell in enumerate(source.cells):
            if cell.cell_type == "code":
                with grading.session(reference=reference, mistakes=mistakes):
                    error = run_cell(cell.source, f"<source {at}>", reference)
                if error is not None:
                    raise error
    mistakes.close()
    return reference, mistakes


def run_cell(source: str, name: str, namespace: dict[str, Any]) -> BaseException | None:
    """Exec one cell, its magics left out; return the exception that ended it."""
    lines = ["" if line.startswith(("%", "!")) else line for line in source.split("\n")]
    text = "\n".join(lines)
    linecache.cache[name] = len(text), None, [f"{line}\n" for line in lines], name
    try:
        exec(compile(text, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), namespace)  # noqa: S102
    except BaseException as error:  # noqa: BLE001 - as a notebook goes on after any error
        return error
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and pyplot.get_fignums():
            pyplot.close("all")
    return None


def measure(source: NotebookNode, submissions: Iterable[tuple[str, Path]], folder: Path) -> list[Bare]:
    """Return what each submission costs, its cells run in `folder`, where the lesson's data lies."""
    os.chdir(folder)
    reference, mistakes = prepare(source)
    tests = {str(cells.grade_id(c)): c.source for c in source.cells if cells.is_test(c)}
    found = []
    for student, path in submissions:
        plan = _plan(json.loads(path.read_text()), tests)
        gc.collect()
        gc.freeze()
        found.append(_in_fork(student, plan, reference, mistakes))
        gc.unfreeze()
    return found


def _plan(notebook: dict[str, Any], tests: dict[str, str]) -> list[tuple[str, bool]]:
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            test = tests.get(cell["metadata"].get("nbgrader", {}).get("grade_id"))
            found.append(("".join(cell["source"]) if test is None else test, test is not None))
    return found


def _in_fork(
    student: str, plan: list[tuple[str, bool]], reference: dict[str, Any], mistakes: grading.Mistakes
) -> Bare:
    read, write = os.pipe()
    began = time.process_time()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.write(write, json.dumps(_run(student, plan, reference, mistakes)).encode())
            code = 0
        finally:
            os._exit(code)
    forked = time.process_time() - began
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        data = pipe.read()
    _, status, used = os.wait4(pid, 0)
    if status or not data:
        raise RuntimeError(f"{student}: the process ended with {os.waitstatus_to_exitcode(status)}")
    in_cells, in_tests, earned = json.loads(data)
    return Bare(student, forked, in_cells, in_tests, forked + used.ru_utime + used.ru_stime, earned)


def _run(
    student: str, plan: list[tuple[str, bool]], reference: dict[str, Any], mistakes: grading.Mistakes
) -> tuple[float, float, float | None]:
    """Exec everything, in the fork; return the CPU-seconds of cells and of tests, and the points."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # its default action ends the process
    np.random.seed(0)  # noqa: NPY002 - as the grader does
    random.seed(0)
    namespace: dict[str, Any] = {"__name__": "__main__", "display": _nothing}
    sys.modules["__main__"].__dict__.update(namespace)
    spent = [0.0, 0.0]
    earned: float | None = None
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        began = time.process_time()
        for at, (source, is_test) in enumerate(plan):
            if is_test:
                with grading.session(reference=reference, mistakes=mistakes, student=student) as session:
                    run_cell(source, f"<cell {at}>", namespace)
                    if session.reports:
                        earned = (earned or 0.0) + session.reports[-1].earned
            else:
                run_cell(source, f"<cell {at}>", namespace)
            ended = time.process_time()
            spent[is_test] += ended - began
            began = ended
    return spent[0], spent[1], earned


def _nothing(*_: object, **__: object) -> None: ...


def bare(name: str, course: Path, which: Iterable[int]) -> list[Bare]:
    """Measure submissions to a lesson of a course of our own layout, by their number in the class."""
    source = nbformat.read(course / "solutions" / name / f"{name}.ipynb", as_version=4)
    handed_in = sorted((course / "submitted").glob(f"*/{name}/{name}.ipynb"))
    chosen = [handed_in[number] for number in which if number < len(handed_in)]
    with tempfile.TemporaryDirectory(prefix="autograder-bare-") as folder:
        for beside in (course / "solutions" / name).iterdir():
            if beside.suffix not in {".py", ".ipynb", ".toml", ""}:
                (Path(folder) / beside.name).write_bytes(beside.read_bytes())
        here = Path.cwd()
        try:
            return measure(source, [(path.parts[-3], path) for path in chosen], Path(folder))
        finally:
            os.chdir(here)


def _side_by_side(name: str, course: Path, size: int, jobs: int) -> list[Bare]:
    if jobs == 1:
        return bare(name, course, range(size))
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        parts = [pool.submit(bare, name, course, range(job, size, jobs)) for job in range(jobs)]
        return sorted((one for part in parts for one in part.result()), key=lambda one: one.student)


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description="CPU of the bare exec of a lesson's submissions.")
    parser.add_argument("lesson", help="as in solutions/")
    parser.add_argument("--size", type=int, default=20, help="students")
    parser.add_argument(
        "--folder", type=Path, help="a course with submissions; a lifelike class when left out"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side, as the grader has them")
    parser.add_argument("--json", type=Path, help="write the figures of each student to this file")
    parser.add_argument("--each", action="store_true", help="a line for each student")
    chosen = parser.parse_args()
    course = chosen.folder
    if course is None:
        from classes import lesson_class  # noqa: PLC0415 - the makers of classes, where one is made

        course = lesson_class([chosen.lesson], chosen.size).course
    found = _side_by_side(chosen.lesson, course.resolve(), chosen.size, chosen.jobs)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(one) for one in found]))
    if chosen.each:
        for one in found:
            earned = "" if one.earned is None else f"{one.earned:6g} points"
            print(
                f"{one.student}  {1000 * one.total:7.1f} ms  cells {1000 * one.exec_cells:6.1f}  "
                f"tests {1000 * one.exec_tests:6.1f}  {earned}"
            )
    mean = {
        step: 1000 * statistics.mean(getattr(one, step) for one in found)
        for step in ("total", "fork", "exec_cells", "exec_tests")
    }
    rest = mean["total"] - mean["fork"] - mean["exec_cells"] - mean["exec_tests"]
    print(
        f"{chosen.lesson}: bare exec {mean['total']:.1f} CPU-ms a submission, {len(found)} of them: fork "
        f"{mean['fork']:.1f}, cells {mean['exec_cells']:.1f}, tests {mean['exec_tests']:.1f}, the fork's own {rest:.1f}"
    )


if __name__ == "__main__":
    main()
