"""The two rules of the house: imports point one way, and secrets live in solutions/ alone."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "autograder"

# Each room and the rooms that it may import from. What a notebook imports knows nothing of grading.
MAY_IMPORT: dict[str, set[str]] = {
    "derive": set(),
    "check": {"derive"},
    "explore": set(),
    "lesson": {"check"},
    "sandbox": {"derive", "check", "lesson"},
    "grading": {"check", "lesson", "sandbox"},
    "audit": {"check", "lesson", "sandbox", "grading"},
    "desk": {"check", "lesson", "sandbox", "grading"},
    "alike": {"lesson", "grading", "desk"},
    "doctor": {"lesson", "sandbox", "grading"},
}

# What a student's notebook needs must install without any of these.
GRADERS_TOOLS = {"nbgrader", "jupytext", "pyseccomp", "psutil", "msgspec", "typer", "rich", "sqlalchemy"}

# The author's manual shows the markers on examples of its own, which are in no lesson.
ABOUT_MARKERS = {"docs/authoring.md"}

SECRETS = ("BEGIN SOLUTION", "BEGIN HIDDEN", "END SOLUTION", "END HIDDEN")


def imported_names(source: str, package: str) -> set[str]:
    """Every module that `source`, a file of `package`, imports, at its top or inside a function, in full."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{name.name}" for name in node.names}
    return found


def imports_of(room: str) -> list[tuple[str, str]]:
    """(file, imported module) for everything that a room imports."""
    pairs = []
    for path in sorted((PACKAGE / room).rglob("*.py")):
        package = ".".join(path.parent.relative_to(ROOT).parts)
        names = imported_names(path.read_text(encoding="utf-8"), package)
        pairs += [(str(path.relative_to(ROOT)), name) for name in sorted(names)]
    return pairs


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_point_one_way(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    wrong = [
        f"{path} imports {name}"
        for path, name in imports_of(room)
        if (parts := name.split("."))[0] == "autograder" and len(parts) > 1
        if parts[1] in {*MAY_IMPORT, "cli"} - allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["derive", "check", "explore"])
def test_what_a_notebook_imports_needs_none_of_the_graders_packages(room: str) -> None:
    wrong = [
        f"{path} imports {name}" for path, name in imports_of(room) if name.split(".")[0] in GRADERS_TOOLS
    ]
    assert wrong == []


def test_relative_and_nested_imports_are_seen_too() -> None:
    source = "def f():\n    from ..grading import marks\n    from . import _show\n    import nbgrader.api\n"
    assert imported_names(source, "autograder.check") >= {
        "autograder.grading.marks",
        "autograder.check._show",
        "nbgrader.api",
    }


def tracked_files() -> list[Path]:
    """List what the next clone will hold: committed files, and new ones that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 (git as installed)
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_secret_lies_outside_solutions() -> None:
    public = [
        path for path in tracked_files() if path.relative_to(ROOT).parts[0] in {"notebooks", "assets", "docs"}
    ]
    wrong = [
        f"{path.relative_to(ROOT)} holds {secret!r}"
        for path in public
        for secret in SECRETS
        if str(path.relative_to(ROOT)) not in ABOUT_MARKERS and secret.encode() in path.read_bytes()
    ]
    assert wrong == []


def test_lesson_sources_and_sample_classes_stay_in_solutions() -> None:
    sources = {path.name for path in (ROOT / "solutions").glob("*/*.py")}
    public = [
        path for path in tracked_files() if path.relative_to(ROOT).parts[0] in {"notebooks", "assets", "docs"}
    ]
    assert [str(path.relative_to(ROOT)) for path in public if path.name in sources] == []


def test_students_get_notebooks_and_what_they_show_and_nothing_else() -> None:
    public = [path for path in tracked_files() if path.relative_to(ROOT).parts[0] == "notebooks"]
    assert {path.suffix for path in public} <= {".ipynb", ".png", ".svg", ".npz", ".csv", ".md"}


def test_tables_and_gradebooks_that_the_manuals_name_are_never_listed_for_a_commit() -> None:
    manuals = [
        ROOT / "README.md",
        *(ROOT / "docs" / f"{name}.md" for name in ("instructors", "export", "downloads")),
    ]
    text = "\n".join(manual.read_text(encoding="utf-8") for manual in manuals)
    named = {name for name in re.findall(r"[\w./~-]*\w\.(?:csv|db)\b", text) if "/" not in name}
    assert {"students.csv", "changed.csv", "gradebook-before.db"} <= named
    asked = [*sorted(named), "marks.json"]
    said = subprocess.run(
        ["git", "check-ignore", "--no-index", *asked],  # noqa: S607 (git as installed)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(said.stdout.split()) == set(asked)
