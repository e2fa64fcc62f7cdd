"""The whole class is graded once, attackers and two honest students together; the tests then look at what came out."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import psutil
import pytest
from nbformat import NotebookNode

from autograder.grading.run import grade, to_grade
from autograder.lesson.course import open_course

from . import course
from .answers import ANSWERS
from .at_home import AT_HOME
from .attack import Attack, Scene
from .exhaust import EXHAUST
from .forge import FORGED
from .lies import LIES
from .pages import PAGES
from .papers import PAPERS
from .search import SEARCH
from .shown import SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.grading.outcome import Outcome

ATTACKS = [*LIES, *SEARCH, *FORGED, *EXHAUST, *PAPERS, *SHOWN, *PAGES, *ANSWERS, *AT_HOME]


@dataclass(frozen=True)
class Class:
    """What came out of grading: outcomes by student, the course folder, the canaries; and who ran before it."""

    root: Path
    secret: Path
    canaries: course.Canaries
    outcomes: dict[str, Outcome]
    before: frozenset[psutil.Process]  # processes of other tests, such as a template that is kept warm

    def cells(self, student: str) -> list[NotebookNode]:
        """Return the cells of the autograded notebook; none for one that was rejected."""
        path = self.root / "autograded" / student / "ps1" / "ps1.ipynb"
        return list(nbformat.read(path, as_version=4).cells) if path.is_file() else []

    def shown(self, student: str) -> str:
        """Return what its cells show."""
        return json.dumps([cell.get("outputs", []) for cell in self.cells(student)])

    def written(self, student: str) -> str:
        """Return all that grading wrote down about a student, but for its own canary and the tests' sources."""
        folder = self.root / "autograded" / student / "ps1"
        texts = [repr(self.outcomes[student])]
        for path in folder.rglob("*"):
            if path.suffix == ".ipynb":
                notebook = nbformat.read(path, as_version=4)
                for cell in notebook.cells:
                    if cell.metadata.get("nbgrader", {}).get("grade"):
                        cell.source = ""  # the lesson's own, hidden lines and all
                texts.append(json.dumps(notebook))
            elif path.is_file() and path.name != "own.txt":
                texts.append(path.read_text("utf-8", "surrogateescape"))
        return "\n".join(texts)


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    with pytest.MonkeyPatch.context() as patch:
        yield _grade(tmp_path_factory.mktemp("attacked"), patch)


def _grade(base: Path, patch: pytest.MonkeyPatch) -> Class:
    canaries, before = course.Canaries.fresh(), children()
    root, exchange = base / "course", base / "exchange"
    course.make(root, exchange, canaries)
    secret = Path.home() / f".autograder-attacked-{os.getpid()}"
    patch.setenv("GRADERS_SECRET", canaries.environment)
    for name in ("adam", "zoe"):  # first and last in order: what lies between must not touch the one after it
        course.hand_in(root, name, course.submission(canaries, course.HONEST), canaries)
    other = course.submission(canaries, course.HONEST, after=f"# {canaries.other}")
    course.hand_in(root, "bob", other, canaries)
    for attack in wanted():
        hand_in(
            root,
            attack,
            canaries,
            f"ROOT, EXCHANGE, SECRET = {str(root)!r}, {str(exchange)!r}, {str(secret)!r}\n",
        )
    opened = open_course(root)
    secret.write_text(canaries.home)
    try:
        first = grade(opened, [("ps1", "bob")], jobs=1)  # so that there is a gradebook to find
        with (root / "gradebook.db").open("ab") as book:
            book.write(canaries.gradebook.encode())
        outcomes = grade(opened, to_grade(opened, "ps1", []), jobs=2)
    finally:
        secret.unlink()
    return Class(root, secret, canaries, {o.student: o for o in [*first, *outcomes]}, before)


def children() -> frozenset[psutil.Process]:
    """Return the processes that came of this one and still run."""
    found = psutil.Process().children(recursive=True)
    return frozenset(process for process in found if process.status() != psutil.STATUS_ZOMBIE)


def wanted() -> list[Attack]:
    """Return the attacks to run; AUTOGRADER_ATTACKS names some of them, for the one who works on them."""
    chosen = os.environ.get("AUTOGRADER_ATTACKS", "").split()
    return [a for a in ATTACKS if not chosen or any(word in a.name for word in chosen)]


def hand_in(root: Path, attack: Attack, canaries: course.Canaries, places: str = "") -> None:
    before = places + attack.before if attack.before and not attack.before.startswith("!") else attack.before
    notebook = course.submission(canaries, attack.cells, before, attack.after)
    if attack.edit is not None:
        attack.edit(notebook)
    raw = attack.raw if attack.raw is not None else json.dumps(notebook).encode()
    folder = course.hand_in(root, attack.name, raw, canaries)
    if attack.files is not None:
        attack.files(Scene(folder, root, canaries))
