"""Which tests stand alone: what one says follows from the submission's answers to it, and from nothing else that differs.

Such a test need not be run again where a submission answers as another did before (`autograder.grading.heard`). It takes
nothing from the tests above it, which may have heard other answers, nor from locked cells that use the submission's
functions or know whose it is; it asks no clock; and nothing below takes from it what depends on answers.

Tests share helpers: a function or a list of sizes that one defines and others use. Such statements use nothing of the
submission's, so they are the same each time. They are *given*, and run also where the rest of their test is not.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.grading.names import assigned, is_shells, parse
from autograder.grading.reached import ANY
from autograder.grading.read_first import read_first

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from autograder.grading.names import Booked, Ledger

#: Words of code whose results differ from one submission or one moment to the next.
MOVING = frozenset({
    "student_id", "environ", "getenv", "getuser", "getpass", "getpid", "gethostname", "uname", "platform", "uuid", "uuid1",
    "uuid4", "secrets", "SystemRandom", "urandom", "time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic",
    "monotonic_ns", "process_time", "process_time_ns", "thread_time", "ctime", "localtime", "gmtime", "strftime",
    "datetime", "now", "today", "timeit", "cost", "tracemalloc", "getrusage", "gc", "id", "listdir", "glob", "getcwd",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Unit:
    """One statement of a cell."""

    node: ast.stmt
    first: frozenset[str]  # that it reads, functions' bodies included
    binds: frozenset[str]
    leads: bool  # whether it binds an object that others may change, or that holds one
    moves: bool

    @property
    def is_function(self) -> bool:
        """Whether it defines a function as it stands."""
        return isinstance(self.node, ast.FunctionDef) and not self.node.decorator_list


@dataclass(frozen=True, slots=True)
class _Cell:
    booked: Booked
    first: frozenset[str]  # what it may read of what was before
    units: tuple[_Unit, ...]
    changes: frozenset[str]  # names whose values it changes in place
    moves: bool

    @classmethod
    def of(
        cls, booked: Booked, leads: Collection[str], source: str, lasting: Collection[str]
    ) -> _Cell | None:
        """Return what is known of a cell; None where it may come to any name."""
        tree = parse(source)
        if tree is None or booked.mentions is None or booked.mentions & ANY - {"get_ipython"}:
            return None
        units = tuple(_unit(node, leads, lasting, booked.bound) for node in tree.body)
        own = frozenset[str]().union(*(unit.binds for unit in units))
        first = read_first(tree)
        moves = any(unit.moves for unit in units)
        return cls(
            booked,
            booked.mentions if first is None else first,
            units,
            booked.bound - own - set(lasting),
            moves,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How one test stands to those around it.

    Attributes
    ----------
    alone
        Whether what it says follows from its answers.
    given
        The numbers of its given statements, as far as anything below uses what they define.
    above
        The tests and the locked cells that are run beside them, above it and in order.
    reads
        The names of others that it can come to.
    """

    alone: bool
    given: tuple[int, ...]
    above: tuple[str, ...]
    reads: frozenset[str]


def standings(
    ledger: Ledger, sources: Sequence[str], lasting: Collection[str], inside: Collection[str] = ()
) -> dict[str, Standing]:
    """Return how each test stands, by grade id; nothing where that cannot be told.

    Parameters
    ----------
    ledger
        What is known of each code cell of the lesson's source, which was run.
    sources
        The texts of these cells, in the same order.
    lasting
        Names that are bound to the same thing all the time, such as imported modules.
    inside
        Tests that are run where the submission is: they leave nothing here.
    """
    if any(cell.mentions is None or cell.elsewhere for cell in ledger.reaching):
        return {}
    leads = {cell.grade_id: cell.leads - cell.fixed for cell in ledger.reaching}
    lesson = _Lesson(lasting)
    for booked, source in zip(ledger.booked, sources, strict=True):
        cell = _Cell.of(booked, leads.get(booked.grade_id, ()), source, lasting)
        if cell is None:
            return {}
        if booked.kind == "student":
            lesson.students(cell)
        elif booked.grade_id not in inside and (booked.kind == "test" or booked.grade_id in ledger.essential):
            lesson.add(cell, differs=booked.grade_id in ledger.following)
    return {} if lesson.past else lesson.standings()


class _Lesson:
    """What is known of a lesson's cells, added in their order."""

    def __init__(self, lasting: Collection[str]) -> None:
        self.past = False  # whether a cell uses what was shown before
        self._lasting = lasting
        self._students: set[str] = set()  # names
        self._differing: set[str] = set()
        self._above: list[_Cell] = []
        self._rows: list[_Row] = []

    def students(self, cell: _Cell) -> None:
        """Add a cell that students write in."""
        self._students |= cell.booked.bound
        if cell.moves:  # so may a reference, wherever it is asked
            self._differing |= cell.booked.bound

    def add(self, cell: _Cell, *, differs: bool) -> None:
        """Add a test or a locked cell."""
        reads = _followed(cell.first, self._above)
        self.past |= any(map(_is_of_the_past, reads - cell.booked.bound))
        differs |= cell.moves or not reads.isdisjoint(self._differing)
        self._above.append(cell)
        objects = {name for one in self._above for unit in one.units if unit.leads for name in unit.binds}
        cell = replace(
            cell, changes=cell.changes | reads & objects
        )  # or what they hold, for all that is known
        is_test = cell.booked.kind == "test"
        others = self._students | self._differing
        given = _given(cell, self._above, others, self._lasting) if is_test else ()
        row = _Row(cell, reads, tuple(given), differs)
        if is_test or differs:
            self._differing |= row.binds
        self._rows.append(row)

    def standings(self) -> dict[str, Standing]:
        """Return how each test stands."""
        found = {}
        later: set[str] = set()
        for at, row in reversed(list(enumerate(self._rows))):
            if row.cell.booked.kind == "test":
                wanted = later.union(*(unit.first for unit in row.given))
                units = enumerate(row.cell.units)
                given = tuple(n for n, unit in units if unit in row.given and unit.binds & wanted)
                above = tuple(other.cell.booked.grade_id for other in self._rows[:at])
                alone = not row.differs and row.binds.isdisjoint(later)
                found[row.cell.booked.grade_id] = Standing(alone, given, above, row.reads)
            later |= row.reads
        return found


@dataclass(frozen=True, slots=True)
class _Row:
    cell: _Cell
    reads: frozenset[str]
    given: tuple[_Unit, ...]
    differs: bool

    @property
    def binds(self) -> frozenset[str]:
        """The names that it binds or changes by other statements than the given ones."""
        rest = [unit.binds for unit in self.cell.units if unit not in self.given]
        return self.cell.changes.union(*rest)


def _unit(node: ast.stmt, leads: Collection[str], lasting: Collection[str], bound: Collection[str]) -> _Unit:
    tree = ast.Module([node], [])
    first, words = read_first(tree), _words(tree)
    binds = frozenset(assigned(tree) | _roots(tree) | _defined(node, bound) | _imported(node) - set(lasting))
    reads = frozenset(words) if first is None else first
    return _Unit(node, reads, binds, not binds.isdisjoint(leads), not MOVING.isdisjoint(words))


def _defined(node: ast.stmt, bound: Collection[str]) -> set[str]:
    """Return the name that a definition binds; one with a decorator, as a known mistake has, may bind none."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set()
    return {node.name} if node.name in bound or not node.decorator_list else set()


def _imported(node: ast.stmt) -> set[str]:
    inside = [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name.split(".")[0] for one in inside for alias in one.names}


def _roots(tree: ast.Module) -> set[str]:
    """Return the names in whose values a statement puts something: ``x[0] = 1``, ``x.y = 1``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            root: ast.AST = node
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name):
                found.add(root.id)
    return found


def _followed(names: Iterable[str], above: Sequence[_Cell]) -> frozenset[str]:
    """Return these names, and those that code can come to by what they stand for."""
    units = [unit for cell in above for unit in cell.units]
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        binding = [unit for unit in units if name in unit.binds]
        if any(unit.leads for unit in binding):
            binding = [unit for unit in units if name in unit.binds | unit.first]
        for unit in binding:
            waiting |= unit.first - found
            if not unit.is_function:
                waiting |= unit.binds - found
    return frozenset(found)


def _given(
    cell: _Cell, above: Sequence[_Cell], others: Collection[str], lasting: Collection[str]
) -> list[_Unit]:
    """Return the statements of a test that use nothing of a submission's, nor of what differs."""
    found: list[_Unit] = []
    counts: dict[str, int] = {}
    for unit in cell.units:
        for name in unit.binds:
            counts[name] = counts.get(name, 0) + 1
    own = frozenset[str]().union(*(unit.binds for unit in cell.units))
    there: set[str] = set()  # what was given above in this cell
    for unit in cell.units:
        if (
            unit.moves
            or any(counts[name] > 1 for name in unit.binds)
            or not unit.binds
            or unit.binds & set(lasting)
        ):
            continue
        if not _is_plain(unit) or unit.binds & cell.changes:
            continue
        reads = frozenset() if unit.is_function else _followed(unit.first, above)
        if unit.is_function:
            assert isinstance(unit.node, ast.FunctionDef)  # noqa: S101
            reads = _followed(_defaults(unit.node), above)
        if reads.isdisjoint(others) and reads & own <= there | unit.binds:
            found.append(unit)
            there |= unit.binds
    return found


def _defaults(node: ast.FunctionDef) -> set[str]:
    parts: list[ast.AST] = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    return {one.id for part in parts for one in ast.walk(part) if isinstance(one, ast.Name)}


def _is_plain(unit: _Unit) -> bool:
    """Whether a statement only binds names: a function, data, or cases."""
    if unit.is_function:
        return True
    node = unit.node
    names = isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets)
    return names and not unit.leads


def _is_of_the_past(name: str) -> bool:
    """Whether IPython binds this name, to what a cell before showed."""
    return (
        is_shells(name) and not name.startswith("__") and name not in {"get_ipython", "open", "exit", "quit"}
    )


def _words(tree: ast.Module) -> set[str]:
    """Return all names that a cell's code has, behind dots, too; of imports those that are given another name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias) and node.asname:
            found.update(node.name.split("."))
    return found
