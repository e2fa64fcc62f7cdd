"""One warm template for all tests of this room; each test gets fresh sandboxes from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.sandbox import wall
from autograder.sandbox.limits import Limits
from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.session import Submission, Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SMALL = Limits(
    cell_seconds=2, call_seconds=1, test_seconds=20, memory_mib=300, processes=20, disk_mib=8, output_kib=16
)


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    made = Template(wall.configuration([ROOT], ["numpy", "matplotlib.pyplot"]))
    yield made
    made.close()


@pytest.fixture
def submission(template: Template) -> Iterator[Submission]:
    with template.start(SMALL) as started:
        yield started


@pytest.fixture
def desk(submission: Submission) -> Iterator[Callable[[str], TestDesk]]:
    """Run a cell, then open a test's desk on it."""
    opened: list[TestDesk] = []

    def run(source: str) -> TestDesk:
        assert submission.run_cell(source).fate == "ok"
        opened.append(TestDesk(submission))
        return opened[-1]

    yield run
    for one in opened:
        one.close()
