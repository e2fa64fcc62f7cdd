"""The commands: what README, CI and the commit hooks call exists in the Makefile, and says what it does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more package

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"(?m)^([a-z-]+):", MAKEFILE))
MANUALS = ["README.md", "CONTRIBUTING.md"]


def make(*words: str) -> str:
    """Run make and return what it prints."""
    ran = subprocess.run(["make", *words], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S607
    return ran.stdout


@pytest.mark.parametrize("manual", MANUALS)
def test_every_make_command_of_a_manual_exists(manual: str) -> None:
    text = (ROOT / manual).read_text(encoding="utf-8")
    # In code only, at its start: "to make sure" is no command.
    code = [*re.findall(r"`(make [^`\n]*)`", text), *re.findall(r"(?m)^ {4}(make .*)$", text)]
    assert code
    assert {words.split()[1] for words in code} <= TARGETS


def test_the_readme_names_the_test_command() -> None:
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111, "not executable"
    text = script.read_text(encoding="utf-8")
    assert "make test" in text
    assert "set -euo pipefail" in text


@pytest.mark.parametrize("target", ["demo", "test", "lab", "bench"])
def test_make_alone_lists_the_command(target: str) -> None:
    assert re.search(rf"(?m)^make {target} +\w", make())


def test_make_test_runs_every_check() -> None:
    steps = make("--dry-run", "--always-make", "test")
    for step in ["ruff check", "ruff format --check", "mypy", "autograder build --check", "pytest"]:
        assert f".venv/bin/{step}" in steps


def test_the_commit_hooks_fetch_nothing() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")


def test_both_licences_are_there_and_say_what_they_cover() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    lessons = (ROOT / "LICENSE-lessons").read_text(encoding="utf-8")
    assert "CC BY 4.0" in lessons
    assert "solutions/" in lessons
    assert "notebooks/" in lessons
