"""What is shown of the machine, and when nothing is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autograder.sandbox import wall
from autograder.sandbox.holder import SYSTEM, NoSandboxError


def test_python_is_shown_and_no_folder_twice() -> None:
    shown = wall.shown_folders()
    system = map(Path, SYSTEM)  # shown in any case
    assert any(Path(os.__file__).resolve().is_relative_to(folder) for folder in (*shown, *system))
    assert not any(one in other.parents for one in shown for other in shown)


def test_of_this_package_only_the_sandbox_is_shown() -> None:
    config = wall.configuration([], [])
    shown = [Path(path) for path in config["shown"]]
    assert wall.PACKAGE / "sandbox" in shown
    around = [path for path in shown if wall.PACKAGE.is_relative_to(path)]
    assert (str(wall.PACKAGE) in config["hidden"]) == bool(around)


def test_an_installed_package_is_hidden_by_each_way_to_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "venv/lib/site-packages/autograder"
    for room in ("sandbox", "derive", "check"):
        (package / room).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "venv")
    monkeypatch.setattr(wall, "PACKAGE", package)
    monkeypatch.setattr(wall, "shown_folders", lambda _=None: [tmp_path / "link", tmp_path / "venv"])
    config = wall.configuration([], [], checks=True)
    places = [tmp_path / way / "lib/site-packages/autograder" for way in ("link", "venv")]
    assert config["hidden"] == [str(place) for place in places]
    assert config["shown"][2:] == [
        str(place / room) for place in places for room in ("sandbox", "derive", "check")
    ]


def test_a_python_that_lies_around_the_home_folder_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(NoSandboxError, match="which holds your home folder"):
        wall.shown_folders()
