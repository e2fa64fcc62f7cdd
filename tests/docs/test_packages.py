"""What builds the handout is pinned, beside the same versions that everything else runs on, and has its reason."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .site import ROOT

_EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
NEEDED = [Requirement(line) for line in _EXTRAS["docs"]]


def pins(name: str) -> dict[str, set[str]]:
    """Package name -> its lines in a requirements file (several where systems or Pythons differ)."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            assert re.match(r"[\w.-]+==[\w.]+( ;|$)", line.strip()), f"{line} is not one version"
            found.setdefault(canonicalize_name(Requirement(line.strip()).name), set()).add(line.strip())
    return found


@pytest.mark.parametrize("one", NEEDED, ids=lambda one: one.name)
def test_every_direct_dependency_is_pinned_and_has_its_reason(one: Requirement) -> None:
    lines = pins("requirements-docs.txt")[canonicalize_name(one.name)]
    for line in lines:
        assert one.specifier.contains(line.split("==")[1].split()[0]), "run `make lock`"
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert f"| `{one.name}` |" in reasons


def test_the_handout_is_built_with_the_versions_that_are_shipped() -> None:
    ours = pins("requirements-docs.txt")
    shipped = {**pins("requirements-dev.txt"), **pins("requirements.txt")}
    # Which Pythons need a package may differ: another extra may need it on all of them.
    versions = {name: {line.split(" ;")[0] for line in lines} for name, lines in shipped.items()}
    differ = {n for n, known in versions.items() if {x.split(" ;")[0] for x in ours.get(n, ())} - known}
    assert differ == set(), "run `make lock`"
    assert set(pins("requirements.txt")) <= set(ours)
