"""How two processes share the tests: `make test` runs them with ``-n 2 --dist loadgroup``, of pytest-xdist.

What is made once for a folder (a graded class, the built handout, a warm template) is made in the process that runs
the folder, so a folder goes to one process; the long ones whose files share little go file by file.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
BY_FILE = {"audit", "check", "course", "explore", "grading", "house"}


def group_of(path: Path) -> str:
    """Return the name of those tests that one process runs: a folder, or one of its files."""
    parts = path.relative_to(HERE).with_suffix("").parts
    return "/".join(parts[: 2 if parts[0] in BY_FILE else 1])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name each test's group; xdist reads it."""
    if hasattr(config, "workerinput"):
        for item in items:
            item.add_marker(pytest.mark.xdist_group(group_of(item.path)))
