"""docs/exercises.md and the lessons agree: every id, its signature, its parts and their points, both ways."""

from __future__ import annotations

import ast
import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from our_lessons import all_lessons

from autograder.lesson import notebook as cells
from autograder.lesson.fitting import aspects
from autograder.lesson.source import Lesson, read_lesson

ROOT = Path(__file__).parents[2]
LESSONS = all_lessons()
_ROW = re.compile(r"^\| (\w+) \| `([^`]+)`[^|]* \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$")


@dataclass(frozen=True)
class Row:
    """One exercise, as the documentation has it."""

    name: str
    signature: str
    parts: str


def rows(text: str) -> dict[str, list[Row]]:
    """Read the tables: lesson to rows."""
    found: dict[str, list[Row]] = {}
    for line in text.splitlines():
        if line.startswith("## "):
            found[line.removeprefix("## ").strip()] = []
        elif match := _ROW.match(line):
            list(found.values())[-1].append(Row(match[1], match[2], match[5].strip()))
        elif line.startswith("|") and not line.startswith(("| id |", "| ---")):
            pytest.fail(f"docs/exercises.md: not a row: {line}")
    return found


TABLES = rows((ROOT / "docs" / "exercises.md").read_text(encoding="utf-8"))


def signature(lesson: Lesson, name: str) -> str:
    """Return what the reference defines under this name: ``f(x, n=1)``, or the name where it is a value."""
    (source,) = [cell.source for cell in lesson.notebook.cells if cells.grade_id(cell) == name]
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            bare = ast.parse(ast.unparse(node.args).join(["def f(", "): 0"])).body[0]
            assert isinstance(bare, ast.FunctionDef)
            for argument in ast.walk(bare.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
            return f"{name}({ast.unparse(bare.args)})"
        if isinstance(node, ast.Assign) and name in {ast.unparse(target) for target in node.targets}:
            return name
    return f"nothing is called {name}"


def in_words(lesson: Lesson) -> dict[str, str]:
    """Return the questions that a person marks, as their rows' last column has them."""
    return {
        name: f"a person {cells.points(cell):g}"
        for cell in lesson.notebook.cells
        if cells.is_graded(cell) and cells.is_solution(cell) and (name := cells.grade_id(cell))
    }


def problems(table: list[Row], lesson: Lesson) -> list[str]:
    """Return where one lesson and its table differ, each with what to write."""
    found = []
    marked = aspects(lesson)
    graded = {
        name.removeprefix("test_"): cells.points(cell)
        for cell in lesson.notebook.cells
        if cells.is_graded(cell) and (name := cells.grade_id(cell))
    }
    solved = {cells.grade_id(cell) for cell in lesson.notebook.cells if cells.is_solution(cell)}
    written_answers = in_words(lesson)
    listed = {row.name for row in table}
    found += [f"{name} is in the lesson and has no row" for name in graded if name not in listed]
    found += [f"{row.name} is listed more than once" for row in {r for r in table if table.count(r) > 1}]
    for row in table:
        if row.name not in graded:
            found.append(f"{row.name}: the lesson has no cell test_{row.name}")
        elif row.name not in solved:
            found.append(f"{row.name}: the lesson has no solution cell of that name")
        elif row.name in written_answers:
            if (row.signature, row.parts) != ("in words", written_answers[row.name]):
                found.append(f"{row.name}: write `in words` and {written_answers[row.name]!r}")
        else:
            parts = marked.get(row.name, {})
            written = ", ".join(f"{aspect} {points:g}" for aspect, points in parts.items())
            if row.parts != written:
                found.append(f"{row.name}: parts are {row.parts!r}; the test cell has {written!r}")
            if sum(parts.values()) != graded[row.name]:
                found.append(f"{row.name}: {written} is not the cell's {graded[row.name]} points")
            if row.signature != (true := signature(lesson, row.name)):
                found.append(f"{row.name}: signature is {row.signature!r}; the reference has {true!r}")
    order = [name for name in graded if name in listed]
    if order != [row.name for row in table if row.name in order]:
        found.append(f"the rows are not in the lesson's order: {', '.join(order)}")
    return found


def test_every_lesson_has_a_table_and_every_table_a_lesson() -> None:
    assert TABLES.keys() == LESSONS.keys()


@pytest.mark.parametrize("name", TABLES)
def test_the_table_is_what_the_lesson_asks(name: str) -> None:
    assert name in LESSONS, f"solutions/{name}/{name}.py is not there"
    assert problems(TABLES[name], LESSONS[name]) == []


def test_the_errata_name_every_exercise_that_asks_for_a_slip() -> None:
    errata = (ROOT / "docs" / "errata.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(find_the_slip\w*)` in (\w+)", errata))
    there = {(name, lesson) for lesson in LESSONS for name in aspects(LESSONS[lesson])}
    assert named == {pair for pair in there if pair[0].startswith("find_the_slip")}


SOURCE = """
# %% nbgrader={"grade_id": "square", "solution": true}
def square(x: float, *, n: int = 2):
    return x**n

# %% nbgrader={"grade_id": "test_square", "grade": true, "points": 3}
marks = check.marks("square", values=2, shapes=1)
marks.total()

# %% nbgrader={"grade_id": "line", "solution": true}
line = 4

# %% nbgrader={"grade_id": "test_line", "grade": true, "points": 1}
marks = check.marks("line", values=1)
marks.total()

# %% [markdown] nbgrader={"grade_id": "why", "grade": true, "solution": true, "points": 2}
# Because.
"""
RIGHT = [
    Row("square", "square(x, *, n=2)", "values 2, shapes 1"),
    Row("line", "line", "values 1"),
    Row("why", "in words", "a person 2"),
]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table, _: table, None),
        (lambda table, _: table[:1], "line is in the lesson and has no row"),
        (lambda table, text: swap(table, text, 'points": 2', 'points": 3'), "write `in words` and 'a person 3'"),
        (lambda table, _: [*table, Row("cube", "cube(x)", "")], "cube: the lesson has no cell test_cube"),
        (lambda table, _: table[::-1], "not in the lesson's order"),
        (lambda table, _: [table[0], *table], "square is listed more than once"),
        (lambda table, _: swap(table, signature="square(x, n=2)"), "the reference has 'square(x, *, n=2)'"),
        (lambda table, _: swap(table, parts="values 3"), "the test cell has 'values 2, shapes 1'"),
        (lambda table, text: swap(table, text, 'points": 3', 'points": 4'), "is not the cell's 4.0 points"),
        (lambda table, text: swap(table, text, "def square", "def sqare"), "nothing is called square"),
        (lambda table, text: swap(table, text, '"line", "solution"', '"lin", "solution"'), "no solution cell"),
    ],
)  # fmt: skip
def test_every_kind_of_difference_is_named(change: object, said: str | None, tmp_path: Path) -> None:
    assert callable(change)
    text = [SOURCE]
    table = change(RIGHT, text)
    path = tmp_path / "squares" / "squares.py"
    path.parent.mkdir()
    path.write_text(text[0])
    found = problems(table, read_lesson(path))
    assert bool(found) == (said is not None), found
    assert said is None or any(said in line for line in found), found


def swap(
    table: list[Row], text: list[str] | None = None, old: str = "", new: str = "", **fields: str
) -> list[Row]:
    """Change the first row, or the lesson's text."""
    if text is not None:
        text[0] = text[0].replace(old, new)
        return table
    return [dataclasses.replace(table[0], **fields), *table[1:]]


def test_a_line_that_is_no_row_is_named() -> None:
    with pytest.raises(pytest.fail.Exception, match="not a row"):
        rows("## 01\n| relu | relu(x) | B1a | max | values 1 |")
