"""The same walls under nbgrader's own command: `nbgrader autograde` with the sandbox as its preprocessors."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, MissingEntry

from . import course
from .conftest import ATTACKS, hand_in

pytestmark = pytest.mark.sandbox
TRIED = (
    "liar-object", "empty-array", "negative-credit", "patch-worker", "exit-cell", "tag-inside", "own-tests",
    "unlocked-tests", "no-tests", "fake-outputs", "hostile-html", "links", "link-notebook", "metadata-points",
)  # fmt: skip
REFUSED = {
    "links",
    "link-notebook",
}  # nbgrader has followed links by the time it asks us: such work is left ungraded


def test_attacks_gain_nothing_under_nbgraders_own_command(tmp_path: Path) -> None:
    canaries = course.Canaries.fresh()
    root = tmp_path / "course"
    course.make(root, tmp_path / "exchange", canaries)
    attacks = [a for a in ATTACKS if a.name in TRIED]
    assert len(attacks) == len(TRIED)
    for name in ("adam", "bob"):
        course.hand_in(
            root, name, course.submission(canaries, course.HONEST, after=f"# {canaries.other}"), canaries
        )
    for attack in attacks:
        hand_in(root, attack, canaries, f"ROOT, EXCHANGE, SECRET = {str(root)!r}, '/x', '/x'\n")
    for command in (["generate_assignment", "ps1"], ["autograde", "ps1", "--create"]):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *command], cwd=root, check=False, capture_output=True,
            env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
        )  # fmt: skip
    with Gradebook(f"sqlite:///{root}/gradebook.db", "attacked") as book:
        assert {n: book.find_submission("ps1", n).score for n in ("adam", "bob")} == {
            "adam": course.FULL,
            "bob": course.FULL,
        }
        for attack in attacks:
            if attack.name not in REFUSED:
                assert book.find_submission("ps1", attack.name).score == pytest.approx(attack.earns), (
                    attack.name
                )
                continue
            with suppress(MissingEntry):
                assert book.find_submission("ps1", attack.name).score == 0
    for attack in attacks:
        for path in (root / "autograded" / attack.name).rglob("*.ipynb"):
            cells = json.loads(path.read_text())["cells"]
            shown = json.dumps([cell.get("outputs") for cell in cells])
            assert [word for word in canaries.secret() if word in shown] == [], attack.name
    left = [path for name in REFUSED for path in (root / "autograded" / name).rglob("*")]
    assert [path for path in left if path.is_file()] == []
