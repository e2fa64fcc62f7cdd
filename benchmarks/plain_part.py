"""The plain nbgrader course beside its peers: `autograder grade`, `nbgrader autograde`, feedback, otter-grader."""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING

import otter_peer
from classes import CACHE, PLAIN, copy_of, plain_class
from course.plain.students import ALIKE, CLASS
from measure import CommandFailedError, Cost, cost
from nbgrader.api import Gradebook
from results import Row

if TYPE_CHECKING:
    from classes import Class

BIN = Path(sys.executable).parent
WARNS = [name for name in CLASS[PLAIN] if name not in ALIKE[PLAIN]]
EVERY_TEST = "\nc = get_config()\nc.SandboxedExecute.reuse_results = False\n"
OURS = "from autograder.nbgrader_setup import configure\n\nc = get_config()\nconfigure(c)\n"


def ours(course: Path, assignment: str | None, jobs: int, *more: str) -> Cost:
    """Grade with our command."""
    names = [assignment] if assignment else []
    return cost([BIN / "autograder", "grade", *names, "--course", course, "--jobs", str(jobs), *more], course)


def graders(size: int, jobs: int, folder: Path) -> list[Row]:
    """Have both graders grade the class, and both write its feedback."""
    made = plain_class(size)
    theirs = copy_of(made, folder / "theirs")
    mine = copy_of(made, folder / "mine")
    (mine.course / "nbgrader_config.py").write_text(OURS)
    stock = cost([BIN / "nbgrader", "autograde", PLAIN, "--create"], theirs.course)
    spent = ours(mine.course, PLAIN, jobs)
    every = copy_of(made, folder / "every").course
    (every / "nbgrader_config.py").write_text(OURS + EVERY_TEST)
    slower = ours(every, PLAIN, jobs)
    said = _agreement(made, theirs.course, mine.course)
    pages = cost([BIN / "nbgrader", "generate_feedback", PLAIN], theirs.course)
    page = cost([BIN / "autograder", "feedback", PLAIN, "--course", mine.course], mine.course)
    return [
        Row("plain", PLAIN, "nbgrader autograde", size, stock),
        Row(
            "plain",
            PLAIN,
            "autograder grade",
            size,
            spent,
            ratio=stock.cpu / spent.cpu,
            goal=">= 40",
            note=said,
        ),
        Row("plain", PLAIN, "the same, every test run", size, slower, ratio=stock.cpu / slower.cpu),
        Row("feedback", PLAIN, "nbgrader generate_feedback", size, pages),
        Row("feedback", PLAIN, "autograder feedback", size, page, ratio=pages.cpu / page.cpu, goal=">= 10"),
    ]


def otter(size: int, folder: Path, mine: Row | None) -> list[Row]:
    """Have otter-grader grade the first students of the same class, or say why it does not."""
    made = plain_class(size)
    try:
        python = otter_peer.install(CACHE)
        (source,) = (made.course / "source" / PLAIN).glob("*.ipynb")
        archive = otter_peer.assignment(json.loads(source.read_text()), folder / "otter", python)
        submissions = []
        for path in sorted((made.course / "submitted").glob(f"*/{PLAIN}/*.ipynb")):
            target = folder / "otter" / f"{path.parts[-3]}.ipynb"
            target.write_text(json.dumps(otter_peer.converted(json.loads(path.read_text()))))
            submissions.append(target)
        spent, scores = otter_peer.grade(python, archive, submissions, folder / "otter")
    except (CommandFailedError, OSError, ValueError, SubprocessError) as error:
        why = " ".join(str(getattr(error, "stderr", "") or error).split())[-300:]
        return [
            Row("otter", PLAIN, f"otter-grader {otter_peer.VERSION}", 0, None, note=f"not measured: {why}")
        ]
    ratio = None
    if mine is not None and mine.cost is not None:
        ratio = (spent.cpu / size) / (mine.cost.cpu / mine.submissions)
    note = f"{sum(scores.values()) / size:.1f} points on the average, no partial ones"
    name = f"otter-grader {otter_peer.VERSION}, no containers"
    return [Row("otter", PLAIN, name, size, spent, ratio=ratio, note=note)]


def _agreement(made: Class, theirs: Path, mine: Path) -> str:
    """Say how many got the same marks from both."""
    scores = []
    for course in (theirs, mine):
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            scores.append({s.student.id: s.score for s in book.assignment_submissions(PLAIN)})
    unlike = sorted(student for student, score in scores[0].items() if scores[1].get(student) != score)
    models = list(CLASS[PLAIN])
    kinds = sorted({models[int(student[-4:]) % len(models)] for student in unlike})
    size = made.submissions[PLAIN]
    said = f"the same marks for {size - len(unlike)} of {size}"
    if not kinds:
        return said
    known = "; it warns, which costs all points there" if kinds == WARNS else ""
    return f"{said}; other marks for work of the kind {', '.join(kinds)}{known}"
