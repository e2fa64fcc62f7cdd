"""Options that are taken as they stand are what Typer and Pydantic would have made of them; in all else these speak."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest
import typer
from typer.testing import CliRunner

from autograder.commands import Commands

LINES = [
    "", "one", "one --number 3", "--number 03", "--number 0", "--number 101", "--number -1", "--number x", "--number 1_0",
    "--number 2.0", "--number ٣", "--number 99999999999", "--word two --word three", "--word", "--kind b", "--kind c",
   "--kind B",
    "--folder .", "--folder nowhere/at/all", "--folder -", "--folder /etc/shadow/x", "--file pyproject.toml", "--file .",
    "--file nowhere", "--yes", "--no-such", "--help", "one two",
]  # fmt: skip


def made(app: typer.Typer) -> typer.Typer:
    """Return the app with a command that says what it was given."""

    @app.command()
    def say(
        name: Annotated[str | None, typer.Argument()] = None,
        number: Annotated[int, typer.Option(min=1, max=100)] = 7,
        word: Annotated[list[str] | None, typer.Option()] = None,
        kind: Annotated[Literal["a", "b"], typer.Option()] = "a",
        folder: Annotated[Path, typer.Option()] = Path(),
        file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
        *,
        yes: bool = False,
    ) -> None:
        print([name, number, word, kind, folder, file, yes])  # noqa: T201 - what is compared

    return app


@pytest.mark.parametrize("line", LINES)
def test_an_option_is_what_it_would_have_been(line: str) -> None:
    ours, theirs = (CliRunner().invoke(made(app), line.split()) for app in (Commands(), typer.Typer()))
    assert (ours.exit_code, ours.output) == (theirs.exit_code, theirs.output)


@pytest.mark.parametrize(
    "words", [["grade", "x", "--jobs", "2", "--student", "ada", "--engine", "local"], ["feedback", "x"]]
)
def test_a_command_does_without_pydantic(words: list[str], tmp_path: Path) -> None:
    program = f"""\
import sys
from autograder.cli import app
try:
    app({[*words, "--course", str(tmp_path / "none")]!r}, standalone_mode=False)
finally:
    print("pydantic" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "is not a folder" in done.stderr
    assert done.stdout.endswith("False\n")
