"""What `autograder new-exercise` says at its end: what was written, what to put where, and what comes next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.lesson.new import Asked, Made


def begun(config: Path) -> str:
    """Say that a course was begun."""
    return f"Begun: the course {config.parent.name}, with {shown(config)}."


def told(made: Made, asked: Asked, course: Path) -> str:
    """Say what was written for an exercise, and what comes next."""
    where = f"{shown(made.path)}:{made.line}" if made.line else shown(made.path)
    lines = [f"Written: {asked.name}, in {where}. It runs as it is, with an example in the place of yours."]
    lines += [f"  {shown(made.path)}:{line}  {what}" for line, what in made.spots]
    lines += [f"  {shown(path)}  answers, and what you foresee that they earn" for path in made.others]
    lines += list(made.notes)
    there = "" if course == Path() else f" --course {shlex.quote(str(course))}"
    if asked.kind == "words":
        lines.append(f"Next: autograder build {shlex.quote(asked.lesson)}{there}")
    else:
        lines += [
            f"Next: autograder build {shlex.quote(asked.lesson)}{there}",
            f"then: autograder audit {shlex.quote(asked.lesson)} --exercise {asked.name}{there}",
        ]
    return "\n".join(lines)


def shown(path: Path) -> str:
    """Return a path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
