"""The author's manual, followed to the letter: from an empty folder to an audited and graded exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .following import Reader, Step, steps
from .site import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sandbox
MANUAL = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
LESSON, ANSWERS = "source/hw1/hw1.py", "source/hw1/answers.py"
SECTION = "A teacher's own exercise in ten minutes"


def walk(reader: Reader, blocks: list[Step]) -> list[tuple[str, str, str]]:
    """Do what each block says; return (command, what the manual shows, what was said)."""
    done = []
    written = 0
    for step in blocks:
        if step.kind == "console":
            done += [(command, shown, reader.types(command)) for command, shown in step.commands()]
            continue
        written += 1
        if written == 1:  # "from the cell with its heading to marks.total()"
            cell, _, rest = step.text.partition("\n")
            assert f"{cell}\n# ## Center" in (reader.folder / LESSON).read_text(encoding="utf-8")
            reader.puts(rest, LESSON, "# ## Center", "marks.total()")
        elif written == 2:  # "in the place of the example's list"
            reader.puts(step.text, ANSWERS, "CENTER = [", "]")
        else:  # "below the last check.matches"
            matches = "    check.matches(center, reference.center, cases.matrices())"
            reader.puts(f"{matches}\n{step.text}", LESSON, matches, matches)
    assert written == 3
    return done


def test_an_exercise_in_ten_minutes(tmp_path: Path) -> None:
    folder = tmp_path / "stats101"
    folder.mkdir()
    done = walk(Reader(folder), steps(MANUAL, SECTION))
    assert [command for command, _, _ in done if command.startswith("autograder")] == [
        'autograder new-exercise hw1 center --new-course --title "Center the columns"',
        "autograder build hw1",
        "autograder audit hw1 --exercise center",
        "autograder audit hw1 --exercise center",
        "autograder build hw1",
        "autograder grade hw1",
    ]
    for command, shown, said in done:
        assert said == shown, command
