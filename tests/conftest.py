"""How two processes share the tests: `make test` runs them with ``-n 2``, of pytest-xdist.

What is made once for a folder (a graded class, the built handout, a warm template) is made in the process that runs
the folder, so a folder goes to one process; the long ones whose files share little go file by file, and those files
that share much go together. Whole folders come first, and single files fill the end: neither process waits long for the
other.

A test that hangs ends its process, and one whose process dies is a failure like others: what it did not come to is run by
a new process, and the last lines name it. `pyproject.toml` says how long a test may take.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sharing import Groups

BY_FILE = {"audit", "check", "course", "explore", "grading", "house"}
#: Files that go together, of folders whose files go one by one: by what they share.
TOGETHER = {
    "the lessons' examiners": {
        "course/test_answers",
        "course/test_audit",
        "course/test_follow_on",
        "course/test_ways",
    },
}


def group_of(test: str) -> str:
    """Return the name of those tests that one process runs: a folder of this one, or some of its files."""
    parts = test.partition("::")[0].removeprefix("tests/").removesuffix(".py").split("/")
    group = "/".join(parts[: 2 if parts[0] in BY_FILE else 1])
    return next((shared for shared, files in TOGETHER.items() if group in files), group)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what goes to one process as a whole before single files; a run in one process keeps its order."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: "/" in group_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    """Give each group to the process that is free first, in their own order."""
    from sharing import Groups  # noqa: PLC0415 - a run in one process does without xdist

    config.option.loadscopereorder = False
    groups = Groups(group_of, config, log)
    signal.signal(signal.SIGTERM, groups.stopped)  # in this process no test runs
    return groups
