"""The student's functions as a test sees them: proxies that call into the sandbox.

A proxy passes plain values in and gets plain values back. What a student's function raises is raised here as
the built-in exception it was (or came from), with its words; a function that hangs raises `TookTooLong`, one
that takes its process down raises `ProcessDied`, and the next call starts from a fresh fork.
"""

from __future__ import annotations

import builtins
import copy
import io
import time
import warnings
from contextlib import redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, Any

from autograder.check import ProcessDied, TookTooLong
from autograder.sandbox import wire
from autograder.sandbox.replies import SubmissionError
from autograder.sandbox.series import parts
from autograder.sandbox.session import GRACE, SandboxDied
from autograder.sandbox.stand_ins import TOO_OFTEN, may_change_nothing
from autograder.sandbox.surroundings import Surroundings
from autograder.sandbox.talk import MEANING, Conversation, StudentFunction
from autograder.sandbox.values import Packer, Unpacker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.sandbox.doubts import Callee
    from autograder.sandbox.link import TestLink
    from autograder.sandbox.series import Packed
    from autograder.sandbox.session import Submission
    from autograder.sandbox.stand_ins import StandIns
    from autograder.sandbox.tape import Tape

PATIENCE = (
    4  # times the limit of a call in which functions stand in: each way through the wall takes its time
)

__all__ = ["StudentFunction", "SubmissionError", "TestDesk"]


class TestDesk(Conversation):
    """Where one test cell meets the submission: it looks names up and makes calls.

    Parameters
    ----------
    submission
        The sandbox, with all cells before the test cell run.
    stand_ins
        What is the reference's in this test, in the place of the submission's.
    tape
        A link that was opened for it.
    """

    __test__ = False

    def __init__(
        self, submission: Submission, stand_ins: StandIns | None = None, tape: Tape | None = None
    ) -> None:
        super().__init__(submission, stand_ins)
        self._tape = tape
        self._deadline = time.monotonic() + self._limits.test_seconds
        self._names: list[str] = []
        self._around = Surroundings()
        self._standing: set[int] = set()  # the numbers of the functions that stand in

    def close(self) -> None:
        """End what answered."""
        self._drop(spoilt=self.trouble)

    def watch(self, namespace: dict[str, Any]) -> None:
        """Carry over what the test does to the submission's functions there: deletes one, puts its own in place.

        Called with the names laid into `namespace`, before the test is run in it.
        """
        self._around.watch(namespace, [name for name in self._names if name in self._numbers])

    def look_up(self, names: list[str]) -> dict[str, Any]:
        """Return what the names are bound to in the submission: proxies for functions, copies of data."""
        self._names = names
        self.stand_ins.begin_test()
        self._made = []
        found = self._describe()
        return found if self.doubts is None else self.doubts.names(found, self._made)

    def _describe(self) -> dict[str, Any]:
        link = self._open()
        laid, cells = self.stand_ins.laid, self.stand_ins.cells
        at_once = self._generation == 1 and (not cells or may_change_nothing(cells))
        found = self._found(link, again=cells if laid else ()) if at_once or not laid else None
        if found is None:
            link.leaves_trace()
            self._prepare(link, cells)
            found = self._found(link) or {}
        elif laid:  # no cell has to be run again, and so the other names are what they were
            self._prepare(link, [])
            found |= {name: self._laid(name) for name in laid if name in self._names}
        for name, value in found.items():
            if type(value) is StudentFunction:
                value.top_level = True
                value.whose = name
                self._numbers[name] = value._number  # noqa: SLF001 - a proxy belongs to its desk
                value.__name__ = name
        return found

    def _found(self, link: TestLink, again: Sequence[str] = ()) -> dict[str, Any] | None:
        """Ask what the test's names are bound to; None where cells that are to be run `again` would change that."""
        try:
            seconds = min(30, self._deadline + GRACE - time.monotonic())
            under_way = self._generation > 1
            answer, payload = link.describe(self._names, seconds, under_way=under_way, again=again)
            if again and answer.get("unchanged") is not True:
                return None
            trees = answer.get("names")
            if type(trees) is not dict:
                raise wire.WireError("no names")
            found = {}
            for name, tree in trees.items():
                if name in self._names:
                    found[name] = Unpacker(payload, self._function).unpack(tree)
        except SandboxDied as death:
            raise self._gone(death) from None
        except (wire.WireError, wire.Deadline) as error:
            self._lost()
            raise ProcessDied(f"its names could not be read ({error})") from None
        except TookTooLong:
            self._lost()
            raise
        return found

    def _laid(self, name: str) -> Any:
        """Return what a name is bound to where something stands in for it."""
        value = self.stand_ins.laid[name]
        if not callable(value):
            return copy.deepcopy(value)
        number = next(n for n, passed in enumerate(self._passed) if passed is value)
        return self._function(-1 - number, name)

    def _prepare(self, link: TestLink, cells: Sequence[str]) -> None:
        """Have what stands in put into its place for this test, and cells run again with it."""
        seconds = min(self._limits.cell_seconds, self._deadline - time.monotonic())
        self._allowed.append(set())
        self.stand_ins.in_cells = True
        try:
            packer = Packer(self._register)
            message = self.stand_ins.message(packer, seconds, cells)
            self._standing = set(self._allowed[-1])
            with redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
                self._converse(link, "the cells", message, packer, {}, seconds)
            self.stand_ins.are_prepared()
        except (wire.WireError, TookTooLong) as error:
            self._lost()
            raise ProcessDied(f"the cells could not be run again ({error})") from None
        finally:
            self.stand_ins.in_cells = False
            self._allowed.pop()

    def _open(self) -> TestLink:
        if self._link is None:
            spent = self._submission.again_seconds
            try:
                self._link = self._first() or self._submission.test()
            except SandboxDied as death:
                raise self._gone(death) from None
            finally:
                self._deadline += self._submission.again_seconds - spent
            self._generation += 1
            self._around.renew()
        return self._link

    def _first(self) -> TestLink | None:
        """Return the link that was opened for this desk; another one is not kept, and so the first alone is no more."""
        tape = self._tape
        if tape is None or self._generation == 0:
            return tape
        tape.whole = False
        return None

    def _gone(self, death: SandboxDied) -> ProcessDied:
        self._lost()
        return ProcessDied(f"the submission {MEANING.get(death.fate, death.fate)}")

    def call(self, function: StudentFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a student's function with plain values; see the module's words for what it may raise."""
        name = function.__name__
        if self._hung >= max(self._limits.hung_calls, 1):
            raise TookTooLong(f"{name} was not called again: {self._hung} calls before did not end")
        if self._link is None:
            if not function.top_level:
                raise ProcessDied(f"{name} belonged to a process that is gone")
            self._describe()  # a fresh fork of the same state: the same names, new numbers
        number = self._numbers[name] if function.top_level else function._number  # noqa: SLF001
        link = self._open()
        if function.top_level:  # one that a call returned can do no more than that call's function
            link.calls(name)
        patience = self._limits.call_seconds * (PATIENCE if self._standing else 1)
        seconds = min(patience, self._deadline - time.monotonic())
        if seconds <= 0:
            raise TookTooLong(
                f"the test's {self._limits.test_seconds:g} s were used up before {name} was called"
            )
        if not self._allowed:
            self.stand_ins.begin_call([*args, *kwargs.values()])
        self._allowed.append(self._around.carried | function.grants | self._standing)
        try:
            return self._call(link, function.whose, name, number, args, kwargs, seconds)
        finally:
            self._allowed.pop()

    def _call(
        self,
        link: TestLink,
        whose: Callee | None,
        name: str,
        number: int,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        seconds: float,
    ) -> Any:
        arguments = dict(enumerate(args)) | {f"={key}": value for key, value in kwargs.items()}
        try:
            packer = Packer(self._register)
            around = self._around.changes(packer)
            if any(hasattr(builtins, gone) for gone in around.get("deleted", ())):
                link.leaves_trace()  # in the place of the submission's function stands Python's own now
            message = {
                "op": "call", "id": number, "seconds": seconds,
                "args": {str(key): packer.pack(value) for key, value in arguments.items()},
            } | around  # fmt: skip
        except wire.WireError as error:
            raise TypeError(f"a value that cannot be handed to {name}: {error}") from None
        given = {str(key): value for key, value in arguments.items()}
        self._too_often = False
        value = self._converse(link, name, message, packer, given, seconds, whose)
        if self._too_often:
            raise RuntimeError(TOO_OFTEN)
        return value

    def takes_series(self, function: StudentFunction, *, around: bool = True) -> bool:
        """Whether calls of a function may go together now, and, if that matters, nothing has changed around them."""
        return (
            self._link is not None
            and function.top_level
            and not (self._hung or self._allowed or self.stand_ins.laid or function.grants)
            and (not around or self._around.quiet)
        )

    def send_series(
        self, function: StudentFunction, calls: Sequence[Packed], *, careful: bool
    ) -> list[Callable[[tuple[Any, ...]], Any]]:
        """Make calls in one message; return what takes each answer, short of those that did not come."""
        link, name, left = self._open(), function.__name__, self._deadline - time.monotonic()
        link.calls(name)
        seconds = min(self._limits.call_seconds, left)
        message = {
            "op": "calls", "id": self._numbers[name], "seconds": seconds, "left": left, "careful": careful,
            "calls": [call.message for call in calls],
        }  # fmt: skip
        found: list[Callable[[tuple[Any, ...]], Any]] = []
        ended = False
        try:
            link.send(message, [buffer for call in calls for buffer in call.buffers])
            while not ended:
                answer, payload = link.receive(time.monotonic() + seconds + GRACE)
                for one, part in parts(answer, payload, len(calls) - len(found)):
                    found.append(partial(self._take, name, one, part, seconds))
                ended = answer.get("end") is True or len(found) == len(calls)
        except (wire.WireError, wire.Deadline):
            if self._submission.over_memory:  # nothing can be called again
                self._lost()
                found.append(partial(self._died, name))
        finally:
            if not ended and self._link is link:
                self._drop(spoilt=True)
        return found

    def _take(
        self, name: str, answer: dict[str, Any], payload: memoryview, seconds: float, args: tuple[Any, ...]
    ) -> Any:
        """Return the value of one call among several, or raise what it raised."""
        self._allowed.append(set())
        try:
            arguments = {str(at): arg for at, arg in enumerate(args)}
            return self._result(name, answer, payload, arguments, seconds, name)
        except wire.WireError as error:
            self._lost()
            raise ProcessDied(f"{name}: its answer could not be read ({error})") from None
        finally:
            self._allowed.pop()

    def _died(self, name: str, _: tuple[Any, ...]) -> Any:
        raise ProcessDied(f"{name} {MEANING['memory']}")
