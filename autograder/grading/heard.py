"""Tests whose answers were heard before: what one said then, it says again, and need not be run.

A test is told of a submission by answers alone. So a test that stands alone (`autograder.grading.alone`) says the same
wherever the answers are the same, bit by bit. What was asked and answered is kept as a tree: from each node the same is
asked, and each answer leads on to another node. A submission is asked along the tree. Where it answers as another did
before, what the test said then is what it says now; where it does not, the test itself is run, is handed the answers that
came already, and goes on from there.

What a test said is used again only after a second run of it on the same answers said the same, to the last letter. A test
that asks or says something else then is run each time from there on. Both runs may be of other forks of the process that
ran the lesson: what each of them hears, all are told (`autograder.grading.shared`).
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from autograder.grading.again import OneRun
from autograder.grading.shared import Shared
from autograder.grading.talks import ContradictionError, Talks
from autograder.sandbox import wire
from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.session import GRACE, SandboxDied

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from autograder.grading.talks import Node
    from autograder.sandbox.session import Submission
    from autograder.sandbox.tape import Tape

    Result = tuple[list[dict[str, Any]], list[dict[str, Any]]]
    Run = Callable[[TestDesk, float], Result]

_MOST_BYTES = 24 << 20  # of all that is kept
_QUICK = (
    0.9  # seconds: a test that took more may have lost patience, with a call or with the search for a mistake
)
_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode


class Heard:
    """What the tests of one lesson heard and said, in this process.

    Parameters
    ----------
    tests
        Those that stand alone.
    state
        Returns, for a test, what it may have changed in this process beside its own names.
    done
        Returns how many of its statements the test that was run last has come through.
    """

    def __init__(
        self, tests: Collection[str], state: Callable[[str], object], done: Callable[[], int]
    ) -> None:
        self._tests = set(tests)
        self._state = state
        self._done = done
        self._talks = Talks(_MOST_BYTES)
        self._shared = Shared(_MOST_BYTES)
        self.again = 0  # how often nothing had to be run

    def knows(self, grade_id: str) -> bool:
        """Whether a test is one that may have been heard."""
        return grade_id in self._tests

    def run(
        self, grade_id: str, names: Callable[[], list[str]], submission: Submission, seconds: float, run: Run
    ) -> tuple[OneRun, int | None]:
        """Return what a test says of a submission; where it was not run, also how many of its statements had been.

        Parameters
        ----------
        grade_id
            The test's, which is known.
        names
            Returns the names that it is told of the submission.
        submission
            With all cells before the test cell run.
        seconds
            That the test may take.
        run
            Runs it at a desk, within so many seconds.
        """
        told, began = tuple(names()), time.monotonic()
        try:
            tape = submission.tape()
        except SandboxDied:
            return run_at(TestDesk(submission), run, seconds), None
        node = self._follow(tape, self._talks.of(grade_id, told), began + seconds)
        if node is not None and node.confirmed and node.said is not None:
            tape.close()
            self.again += 1
            outputs, reports, done = _decode(node.said)
            return OneRun(outputs, reports, trouble=False), done
        tape.rewind()
        known = node is not None and node.said is not None  # nothing was moved then
        before = None if known else self._now(grade_id)
        found = run_at(TestDesk(submission, tape=tape), run, seconds)
        if not tape.is_through:
            self._give_up(grade_id, told)
            submission.spoil()
            return run_at(TestDesk(submission), run, seconds), None
        quick = time.monotonic() - began < min(_QUICK, seconds / 2)
        still = known or self._now(grade_id) == before
        if tape.whole and quick and still and not found.trouble and tuple(names()) == told:
            self._keep(grade_id, told, tape, found)
        return found, None

    def _follow(self, tape: Tape, node: Node, ends: float) -> Node | None:
        """Ask along the tree; return where the answers led, if all is asked, and nothing where they left it."""
        here: Node | None = node
        with suppress(wire.WireError, wire.Deadline, SandboxDied):
            while here is not None:
                key = None
                for step in here.steps:
                    key = tape.play(step, max(ends - time.monotonic(), 1e-3) + GRACE)
                if key is None:
                    return here
                here = here.answers.get(key)
        return None

    def begin(self) -> None:
        """Begin with another submission: learn what others have heard meanwhile."""
        self._shared.forget()
        for grade_id, told, talk in self._shared.news():
            if talk is None:
                self._tests.discard(grade_id)
            elif grade_id in self._tests:
                try:
                    self._talks.read(self._talks.of(grade_id, told), talk)
                except ContradictionError:
                    self._tests.discard(grade_id)

    def publish(self) -> None:
        """Have others know what was heard of the submission that has been examined."""
        self._shared.publish()

    def _keep(self, grade_id: str, told: tuple[str, ...], tape: Tape, found: OneRun) -> None:
        """Keep a talk and what the test said, and have others know of it."""
        said = _encode((found.outputs, found.reports, self._done()))
        try:
            talk = self._talks.keep(self._talks.of(grade_id, told), tape.steps, tape.keys, said)
        except ContradictionError:
            self._give_up(grade_id, told)
        else:
            if talk is not None:
                self._shared.add((grade_id, told, talk))

    def _give_up(self, grade_id: str, told: tuple[str, ...]) -> None:
        """Have a test be run each time from here on."""
        self._tests.discard(grade_id)
        self._shared.add((grade_id, told, None))

    def _now(self, grade_id: str) -> object:
        drawn: Any = np.random.get_state()  # noqa: NPY002 - the global state is what a test may have moved
        return drawn[1].tobytes(), drawn[2:], random.getstate(), self._state(grade_id)


def run_at(desk: TestDesk, run: Run, seconds: float) -> OneRun:
    """Run a test at a desk, and close the desk."""
    try:
        outputs, reports = run(desk, seconds)
    finally:
        desk.close()
    return OneRun(outputs, reports, desk.trouble)
