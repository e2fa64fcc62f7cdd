"""A test that takes too long fails, and nothing else does: wherever its time ends, there is a result."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograder.check import TookTooLong
from autograder.grading import credit
from autograder.grading.lesson import Lesson
from autograder.grading.timer import timer
from autograder.sandbox import wall
from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.session import Template

from .conftest import LIMITS, lesson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.sandbox.session import Submission

pytestmark = pytest.mark.sandbox
SLOW = "import time\ndef double(x):\n    time.sleep(0.002)\n    return 2 * x"


@pytest.fixture(scope="module")
def source() -> Lesson:
    return Lesson(lesson())


@pytest.fixture
def submission() -> Iterator[Submission]:
    template = Template(wall.configuration([Path.cwd()], ["numpy"]))
    try:
        with template.start(LIMITS) as started:
            started.run_cell(SLOW)
            yield started
    finally:
        template.close()


def earned(source: Lesson, submission: Submission, seconds: float) -> float:
    desk = TestDesk(submission)
    try:
        outputs, _ = source.run_test("test_double", desk, seconds)
    finally:
        desk.close()
    return credit.earned_by(outputs, 2.0)


def test_the_end_of_its_time_may_come_anywhere_in_a_test(source: Lesson, submission: Submission) -> None:
    source.begin()
    source.run_locked("setup", None, 60.0)
    seen = set()
    for seconds in np.geomspace(0.0001, 0.05, 100):
        seen.add(earned(source, submission, float(seconds)))
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert 0.0 in seen
    assert earned(source, submission, 60.0) == 2.0  # and no answer of an earlier call is left over


def test_an_answer_that_comes_late_is_no_answer_to_the_next_call(submission: Submission) -> None:
    submission.run_cell("import time\ndef double(x):\n    time.sleep(0.5 * (x == 1))\n    return 2 * x")
    desk = TestDesk(submission)
    names = desk.look_up(["double"]) | {"TookTooLong": TookTooLong}
    cell = "try:\n    double(1)\nexcept TookTooLong as error:\n    said = str(error)\nnext_one = double(5)"
    with timer(0.1):
        exec(compile(cell, "<ipython-input-1>", "exec"), names)  # noqa: S102 - as the shell would
    desk.close()
    assert names["said"] == "the test was not done after 0.1 s"
    assert names["next_one"] == 10


def test_a_locked_cell_too(source: Lesson) -> None:
    for seconds in np.geomspace(0.0001, 0.01, 50):
        source.run_locked("setup", None, float(seconds))
