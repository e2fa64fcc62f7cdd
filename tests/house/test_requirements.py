"""requirements*.txt pin what pyproject.toml asks for, and docs/dependencies.md says why each is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
NEEDED_BY_TESTS = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def pins(name: str) -> dict[str, list[Requirement]]:
    """Package name -> its lines in a requirements file (several where systems or Pythons differ)."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin = Requirement(line.strip())
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def version(pin: Requirement) -> str:
    """Return the one version that a pin allows."""
    match = re.fullmatch(r"==([^,*]+)", str(pin.specifier))
    assert match, f"{pin} is not pinned"
    return match[1]


@pytest.mark.parametrize(
    ("name", "needed"),
    [("requirements.txt", NEEDED), ("requirements-dev.txt", NEEDED + NEEDED_BY_TESTS)],
    ids=["requirements.txt", "requirements-dev.txt"],
)
def test_every_direct_dependency_is_pinned_to_a_version_that_fits(
    name: str, needed: list[Requirement]
) -> None:
    pinned = pins(name)
    missing = [str(one) for one in needed if canonicalize_name(one.name) not in pinned]
    assert missing == [], "run `make lock`"
    unfit = [
        f"{pin} for {one}"
        for one in needed
        for pin in pinned[canonicalize_name(one.name)]
        if not one.specifier.contains(version(pin))
    ]
    assert unfit == [], "run `make lock`"


def test_every_line_is_one_exact_version() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for lines in pins(name).values():
            assert all(version(pin) for pin in lines)


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    with_tools = pins("requirements-dev.txt")
    differ = [name for name, lines in pins("requirements.txt").items() if with_tools.get(name) != lines]
    assert differ == [], "run `make lock`"


def test_no_registry_and_no_folder_of_one_machine_is_named() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.findall(r"(?m)://|--(?:extra-)?index-url|--find-links|^-e|\s@\s|^\s*/", text) == []


@pytest.mark.parametrize("one", NEEDED + NEEDED_BY_TESTS, ids=lambda one: one.name)
def test_every_direct_dependency_has_its_reason(one: Requirement) -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert re.search(rf"(?mi)^\| \[?`{re.escape(one.name)}`", reasons), (
        f"docs/dependencies.md does not say why {one.name}"
    )
