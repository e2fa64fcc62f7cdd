"""What is shown of the machine, and when nothing is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from autograder.sandbox import wall
from autograder.sandbox.holder import NoSandboxError

if TYPE_CHECKING:
    from pathlib import Path


def test_python_and_the_package_are_shown_and_no_folder_twice() -> None:
    shown = wall.shown_folders()
    assert wall.PACKAGE in shown or any(folder in wall.PACKAGE.parents for folder in shown)
    assert not any(one in other.parents for one in shown for other in shown)


def test_a_python_that_lies_around_the_home_folder_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(NoSandboxError, match="which holds your home folder"):
        wall.shown_folders()
