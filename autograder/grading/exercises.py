"""What a lesson's exercises look like to one who knows no grade ids: names, untouched cells, texts.

All is learned from the lesson's source. What students wrote is only searched, by lines and regular expressions,
never parsed: a parser can be made to fall over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from autograder.lesson import notebook as cells
from autograder.lesson.node import Node, copied
from autograder.lesson.stubbing import Stubs, language_of, stubs_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

_UNWRITTEN = ("raise NotImplementedError", "pass", "...", "# YOUR")
_LONG = 200_000  # characters of a cell that are searched
_KEPT = 4_096  # cells whose lines and names are remembered: each is held against every exercise
_ABOUT = ("kernelspec", "language_info")
_WORD = re.compile(r"[^\W\d]\w*")
_BINDS = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+(\w+)|class[ \t]+(\w+)"
    r"|((?:\w+[ \t]*,[ \t]*)*\w+)[ \t]*(?::[^=\n]*)?=(?!=)|(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(.+))",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Exercise:
    """One exercise: the cell that students write in and what tests ask of it.

    Attributes
    ----------
    name
        The grade id of its solution cell.
    asked
        Names that its cell binds and that its tests speak of.
    tests
        Grade ids of its tests.
    given
        The lines of its cell as students get it.
    cell
        The cell as students get it.
    """

    name: str
    asked: frozenset[str]
    tests: tuple[str, ...]
    given: frozenset[str]
    cell: NotebookNode

    def is_untouched(self, source: str) -> bool:
        """Whether this is the cell as students got it, or less: nobody's answer."""
        return all(line in self.given or line.startswith(_UNWRITTEN) for line in squeezed(source))

    def is_answer(self, source: str) -> bool:
        """Whether this text binds what the tests ask for, and is not the cell as students got it."""
        return bool(self.asked and self.asked & bound(source)) and not self.is_untouched(source)


@dataclass(frozen=True)
class Outline:
    """A lesson's cells by grade id, its exercises in order, and its texts.

    Attributes
    ----------
    known
        The source's cells by grade id, in order.
    exercises
        By the grade id of their solution cell.
    texts
        What its cells of prose say.
    above
        What the cell above a solution cell says.
    about
        The notebook's kernel and language.
    """

    known: dict[str, NotebookNode]
    exercises: dict[str, Exercise]
    texts: frozenset[tuple[str, ...]]
    above: dict[str, tuple[str, ...]]
    about: NotebookNode

    def present(self, notebook: NotebookNode) -> float:
        """Return the share of the lesson's exercises that a notebook holds, by id or by what it binds."""
        ids = {cells.grade_id(cell) for cell in notebook.cells}
        names: set[str] = set()
        for cell in notebook.cells:
            names |= bound(cell.source)
        held = sum(
            one.name in ids or not ids.isdisjoint(one.tests) or bool(one.asked and one.asked <= names)
            for one in self.exercises.values()
        )
        return held / len(self.exercises) if self.exercises else 1.0


def outline(source: NotebookNode, stubs: Stubs | None = None) -> Outline:
    """Return what is known of a lesson from its source; without `stubs` these are nbgrader's."""
    released = _released(source, stubs_of(None) if stubs is None else stubs)
    known = {name: cell for cell in source.cells if (name := cells.grade_id(cell)) is not None}
    tests: dict[str, list[NotebookNode]] = {}
    last = None
    for cell in source.cells:
        name = cells.grade_id(cell)
        if name is not None and cells.is_solution(cell):
            last = name
            tests[name] = []
        elif name is not None and cells.is_test(cell) and last is not None:
            tests[last].append(cell)
    exercises = {
        name: Exercise(
            name,
            _asked(known[name].source, tuple(c.source for c in found))
            if _is_code(known[name])
            else frozenset(),
            tuple(str(cells.grade_id(cell)) for cell in found),
            frozenset(squeezed(released[name].source)),
            released[name],
        )
        for name, found in tests.items()
    }
    texts = frozenset(said(c.source) for c in source.cells if c.cell_type == "markdown")
    pairs = zip(source.cells, source.cells[1:], strict=False)
    above = {str(cells.grade_id(c)): said(before.source) for before, c in pairs if cells.is_solution(c)}
    about = Node({name: copied(source.metadata[name]) for name in _ABOUT if name in source.metadata})
    return Outline(known, exercises, texts - {()}, above, about)


@lru_cache(maxsize=_KEPT)
def squeezed(source: str) -> tuple[str, ...]:
    """Return the lines of a cell that say something: no blank ones, no comments, no indentation."""
    lines = (line.strip() for line in source[:_LONG].split("\n"))
    return tuple(line for line in lines if line and not line.startswith("# YOUR"))


@lru_cache(maxsize=_KEPT)
def said(source: str) -> tuple[str, ...]:
    """Return what a student can read of a source's cell, to compare it with a submission's."""
    return squeezed(cells.strip_hidden(source))


@lru_cache(maxsize=_KEPT)
def bound(source: str) -> frozenset[str]:
    """Return the names that a cell's text gives a value at the top level; it may be no Python at all."""
    found: set[str] = set()
    for function, kind, names, imported in _BINDS.findall(source[:_LONG]):
        if imported:
            parts = (part.split("#")[0].split() for part in imported.strip("()").split(","))
            found |= {part[-1].split(".")[0] for part in parts if part}
        else:
            found |= {name.strip() for name in (function or kind or names).split(",")}
    return frozenset(found)


def _is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def _released(source: NotebookNode, stubs: Stubs) -> dict[str, NotebookNode]:
    """Return the cells that students write in, as they get them."""
    language = language_of(source, stubs)
    found = {str(cells.grade_id(cell)): copied(cell) for cell in source.cells if cells.is_solution(cell)}
    for cell in found.values():
        cell["source"] = stubs.stubbed(cell, language)
    return found


@lru_cache(maxsize=4096)  # a class hands the same lesson in
def _asked(solution: str, tests: tuple[str, ...]) -> frozenset[str]:
    """Return the names that a solution cell binds and its tests speak of; all it binds if they speak of none."""
    binds = bound(solution)
    spoken = {word for test in tests for word in _WORD.findall(test)}
    return binds & spoken or binds
