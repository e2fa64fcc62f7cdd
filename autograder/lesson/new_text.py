"""The text of a new exercise, filled in from `templates/`: cells, a lesson around them, answers, a config.

Every template is a whole exercise that runs, so that what is built from it can be graded at once. Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Collection

Kind = Literal["function", "derivation", "value", "words"]
#: What a hidden test of a function uses.
HIDDEN = ("cases", "mistake", "reference")
#: What a test cell of each kind uses of what a lesson's setup imports.
USES: dict[Kind, tuple[str, ...]] = {
    "function": ("np", "check"),
    "derivation": ("check",),
    "value": ("check",),
    "words": (),
}
#: What an author looks for in the text, and what stands there.
SPOTS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "function": (
        ("# ## ", "the question: predict first, then say all that is marked"),
        ("def {0}", "what students see: name, arguments, docstring"),
        ("### BEGIN SOLUTION", "your solution; students get a stub in its place"),
        ("marks = ", "the aspects and their points, and the checks that students see"),
        ("### BEGIN HIDDEN TESTS", "the cases that only grading tries"),
        ("@mistake", "a known mistake, and what you would say to it"),
    ),
    "derivation": (
        ("# ## ", "the question: predict first, then say all that is marked"),
        ("{0} = ", "the line that is given first"),
        ("### BEGIN SOLUTION", "your lines; students write theirs in their place"),
        ("statement = ", "what is given, where it starts and ends, how large a step may be"),
    ),
    "value": (
        ("# ## ", "the question"),
        ("### BEGIN SOLUTION", "the answer"),
        ("with marks.values.form", "whether it looks like an answer at all: all that students see"),
        ("### BEGIN HIDDEN TESTS", "the answer again, wrong answers that you know, and what you would say to them"),
    ),
    "words": (
        ("# **Question", "the question"),
        ("# ### BEGIN SOLUTION", "an answer, for whoever marks it"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """What the cells of an exercise are made with.

    Attributes
    ----------
    name, kind
        The exercise's id, and what is asked for.
    heading
        Of its section.
    points
        Of its test.
    """

    name: str
    kind: Kind
    heading: str
    points: float

    @property
    def rest(self) -> float:
        """Points of its second aspect."""
        return 1.0 if self.points >= 2 else self.points / 2  # noqa: PLR2004 - one of two or more


def exercise_text(group: Group, bound: Collection[str]) -> str:
    """Return the cells of an exercise, given what the cells above it bind."""
    imports = [name for name in HIDDEN if name not in bound]
    return _render(
        f"{group.kind}.py.j2",
        name=group.name,
        heading=group.heading,
        points=f"{group.points:g}",
        most=f"{group.points - group.rest:g}",
        rest=f"{group.rest:g}",
        hidden_imports=", ".join(imports),
    )


def setup_text(name: str, imports: Collection[str], *, whole: bool = False) -> str:
    """Return a locked cell with the imports that an exercise, or a whole lesson, needs."""
    return _render("setup.py.j2", grade_id=name, imports=imports, whole=whole)


def lesson_text(title: str, exercise: str) -> str:
    """Return a lesson around an exercise."""
    setup = setup_text("setup", ("np", "check"), whole=True)
    return _render("lesson.py.j2", title=title, setup=setup, exercise=exercise)


def answers_text(group: Group, variable: str) -> str:
    """Return the lines of an answers.py that list a few answers to the exercise, and what each earns."""
    most = f"{group.points - group.rest:g}"
    return _render("answers.py.j2", name=group.name, kind=group.kind, variable=variable, most=most)


def config_text(course_id: str) -> str:
    """Return the nbgrader_config.py of a new course."""
    return _render("config.py.j2", course_id=course_id)


def spots(group: Group, text: str, first: int = 1) -> list[tuple[int, str]]:
    """Return (line, what stands there) for each place of the exercise's text that an author fills in."""
    lines = text.split("\n")
    found = []
    for pattern, what in SPOTS[group.kind]:
        begin = pattern.format(group.name)
        at = next(number for number, line in enumerate(lines) if line.strip().startswith(begin))
        found.append((first + at, what))
    return found


def _render(template: str, /, **values: object) -> str:
    return _environment().get_template(template).render(values).strip("\n")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("autograder.lesson"),
        autoescape=False,  # noqa: S701 - this is Python, and no page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
