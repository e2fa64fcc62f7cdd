"""A course in which an honest class has handed in lesson 01, and the work of those who join it."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.lesson.course import open_course
from autograder.lesson.fitting import read_answers
from autograder.lesson.samples import do_work, read_samples
from autograder.lesson.source import read_lesson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.lesson.course import Course

ROOT = Path(__file__).parents[2]
LESSON = "01_activations"

#: Answers that nobody else would write like this, in three exercises and in words.
ORIGINAL = {
    "softplus": """def softplus(x):
    # far away from the corner it is a straight line
    corner = np.maximum(x, 0)
    missing = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        distance = abs(float(x[place]))
        if distance < 40:
            missing[place] = np.log(1 + 2.718281828459045 ** -distance)
    return corner + missing
""",
    "sign": """def sign(x):
    # counts the borders that x has passed
    borders = [-1e-300, 1e-300]
    passed = np.zeros(x.shape, dtype=int)
    for border in borders:
        passed = passed + np.where(x > border, 1, 0)
    return passed - len(borders) // 2
""",
    "l1_grad": """def l1_grad(x):
    flat = list(x.reshape(-1))
    slopes = []
    while flat:
        number = flat.pop(0)
        slopes.append(number / abs(number) if number else 0.0)
    return np.array(slopes).reshape(x.shape)
""",
    "explain_dead": (
        "Think of a light switch that somebody has glued down: however long you press the other buttons in the "
        "house, that lamp stays dark. The bend with a flat half is such a lamp, and the smooth one is only dim."
    ),
}
NAMES = {
    "corner": "a", "missing": "res", "place": "idx", "distance": "d", "borders": "lims", "passed": "n",
    "border": "lim", "flat": "todo", "slopes": "out", "number": "v", "x": "z",
}  # fmt: skip


def renamed(source: str) -> str:
    """Return code with every name of its writer's own changed."""
    return re.sub(r"(?<![.\w])[a-z]+\b", lambda found: NAMES.get(found[0], found[0]), source)


def commented(source: str) -> str:
    """Return code with other comments, other blank lines and other spaces."""
    lines = [line for line in source.split("\n") if not line.strip().startswith("#")]
    wider = [re.sub(r" ([-+/<>]|//) ", r"  \1  ", line) for line in lines]
    return "\n\n".join(
        f"{line}  # step {n}, as in chapter {n * n}" if line else "" for n, line in enumerate(wider)
    )


def own_cell(source: str, kind: str = "code") -> dict[str, Any]:
    """Return a cell that a student added."""
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def honest_class(folder: Path, size: int) -> Course:
    """Make a course in which the lesson's sample class, and `size` more with right and wrong answers, handed in."""
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for where in ("solutions", "notebooks"):
        shutil.copytree(
            ROOT / where / LESSON, folder / where / LESSON, ignore=shutil.ignore_patterns("__pycache__")
        )
    course = open_course(folder)
    lesson = read_lesson(course.source(LESSON) / f"{LESSON}.py")
    for sample in read_samples(lesson):
        place = course.submitted(LESSON, sample.student)
        shutil.copytree(course.release(LESSON), place)
        do_work(sample, lesson, place)
    right: dict[str, list[str]] = {}
    for answer in read_answers(lesson):
        if answer.kind in {"right", "wrong"}:
            right.setdefault(answer.exercise, []).append(str(answer.source))
    for number in range(size):
        chance = random.Random(number)  # noqa: S311 - a class, no secret
        hand_in(course, f"honest{number}", {name: chance.choice(of) for name, of in right.items()})
    return course


def hand_in(course: Course, student: str, answers: Mapping[str, str], *added: dict[str, Any]) -> Path:
    """Hand in the released notebook with these answers, and with cells of one's own in front of its end."""
    notebook = json.loads((course.release(LESSON) / f"{LESSON}.ipynb").read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in answers:
            cell["source"] = answers[name]
    notebook["cells"] += added
    place = course.submitted(LESSON, student)
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{LESSON}.ipynb").write_text(json.dumps(notebook))
    return place / f"{LESSON}.ipynb"
