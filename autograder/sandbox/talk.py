"""What a test's desk and the sandbox say to each other about one call: arguments, calls back, results.

A function of the submission's is a proxy here, known by a number there; a function of the test's is known there by a
number, and called back by it. Nothing that comes is believed further than its form.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from autograder.check import ProcessDied, TookTooLong
from autograder.sandbox import replies, wire
from autograder.sandbox.doubts import Callee, Doubts, copies
from autograder.sandbox.series import series
from autograder.sandbox.session import GRACE
from autograder.sandbox.stand_ins import Asked, StandIn, StandIns, TooOftenError
from autograder.sandbox.stand_ins import answer as answer_to
from autograder.sandbox.touched import Touched
from autograder.sandbox.values import Packer, Unpacker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from autograder.sandbox.link import TestLink
    from autograder.sandbox.proxy import TestDesk
    from autograder.sandbox.session import Submission

_MOST_KEPT = 2_000  # answers that the sandbox may give again
MEANING = {
    "timeout": "did not end in time",
    "died": "ended the Python process",
    "memory": "used more memory than a submission may",
    "garbled": "damaged the connection to the grader",
}


class Conversation:
    """What a test's desk says to the sandbox, and hears from it.

    Parameters
    ----------
    submission
        The sandbox, with all cells before the test cell run.
    stand_ins
        What is the reference's in this test, in the place of the submission's.
    """

    def __init__(self, submission: Submission, stand_ins: StandIns | None = None) -> None:
        self._submission = submission
        self._limits = submission.limits
        self._link: TestLink | None = None
        self._generation = 0
        self._hung = 0
        self._numbers: dict[str, int] = {}
        self._passed: list[Callable[..., Any]] = []  # by the number under which the sandbox calls them back
        self._allowed: list[set[int]] = []  # which of these, for each call under way
        self.stand_ins = stand_ins or StandIns({})
        self.doubts: Doubts | None = None  # of what the test is told; without, all is taken as it comes
        self._made: list[StudentFunction] = []  # by the answer that is being read
        self._answered: list[tuple[StandIn, Asked]] = []  # what may be answered in the sandbox, by its number
        self._too_often = False  # whether it did that once too often, in the call that was made last
        self.touched = Touched()  # arguments that calls have changed
        self.trouble = False  # whether a call hung or took its process down

    def _lost(self) -> None:
        self.trouble = True
        self._drop(now=True, spoilt=True)

    def _drop(self, *, now: bool = False, spoilt: bool = False) -> None:
        """Give up what answered; the next call forks a fresh worker."""
        if self._link is not None:
            self._link.close(now=now, spoilt=spoilt)
            self._link = None

    def _function(self, number: int, name: str) -> StudentFunction:
        made = StudentFunction(cast("TestDesk", self), number, name, self._generation)
        if self._allowed:
            made.grants = frozenset(self._allowed[-1])
        self._made.append(made)
        return made

    def _register(self, function: Any) -> int:
        """Return the number of a function that is handed in; the submission's own have negative ones.

        A call may call back what was handed in with it, and what the functions in it were made with: a function
        kept from an earlier call, a reference perhaps, does not answer for the submission.
        """
        if isinstance(function, StudentFunction):
            self._allowed[-1] |= function.grants
            if function.top_level and self._link is not None:
                self._link.calls(function.__name__)
            known = self._numbers.get(function.__name__) if function.top_level else None
            return -1 - (function._number if known is None else known)  # noqa: SLF001
        number = next((n for n, passed in enumerate(self._passed) if passed is function), len(self._passed))
        if number == len(self._passed):
            self._passed.append(function)
        self._allowed[-1].add(number)
        return number

    def _converse(
        self, link: TestLink, name: str, message: dict[str, Any], packer: Packer,
        arguments: dict[str, Any], seconds: float, callee: Callee | None = None,
    ) -> Any:  # fmt: skip
        deadline = time.monotonic() + seconds + GRACE
        answered = False
        try:
            with link.conversation():
                link.send(message, packer.buffers)
                answer, payload = link.receive(deadline)
                self._count(answer)
                callbacks = 0
                while "callback" in answer:
                    callbacks += 1
                    if time.monotonic() > deadline:  # what has come already is read without waiting
                        raise wire.Deadline
                    if callbacks > self._limits.callbacks:
                        raise wire.WireError(f"more than {self._limits.callbacks} calls back")
                    self._call_back(link, answer, payload)
                    answer, payload = link.receive(deadline)
                    self._count(answer)
            answered = True
            return self._result(name, answer, payload, arguments, seconds, callee)
        except wire.Deadline:
            self._hung += 1
            self._lost()
            raise TookTooLong(f"{name} had not returned after {seconds:.3g} s") from None
        except wire.Closed:
            self._lost()
            fate = "memory" if self._submission.over_memory else "died"
            raise ProcessDied(f"{name} {MEANING[fate]}") from None
        except wire.WireError as error:
            self._lost()
            raise ProcessDied(f"{name}: its answer could not be read ({error})") from None
        finally:
            if not answered and self._link is link:
                self._lost()  # the test's time ended meanwhile; an answer that comes late is no answer to the next call

    def _count(self, answer: dict[str, Any]) -> None:
        """Count what the sandbox answered itself since its last message, as if it had asked."""
        again = answer.get("repeated", [])
        if type(again) is not list or len(again) > len(self._answered):
            raise wire.WireError("answers that were not given")
        for one in again:
            if type(one) is not list or [type(part) for part in one] != [int, int]:
                raise wire.WireError("answers of no known form")
            number, times = one
            if not (0 <= number < len(self._answered) and times > 0):
                raise wire.WireError("an answer that was not given")
            function, asked = self._answered[number]
            try:
                function.ask_again(asked, times, in_cells=self.stand_ins.in_cells)
            except TooOftenError:
                self._too_often = True

    def _call_back(self, link: TestLink, answer: dict[str, Any], payload: memoryview) -> None:
        """Evaluate one of the test's own functions on the plain values that came."""
        number, trees, named = answer["callback"], answer.get("args"), answer.get("kwargs")
        if (
            type(number) is not int
            or number not in self._allowed[-1]
            or type(trees) is not list
            or type(named) is not dict
        ):
            raise wire.WireError("a call back to no function")
        replies.print_again(answer.get("printed"))
        unpacker = Unpacker(payload, self._known)
        args = [unpacker.unpack(tree) for tree in trees]
        kwargs = {key: unpacker.unpack(tree) for key, tree in named.items()}
        function, in_cells = self._passed[number], self.stand_ins.in_cells
        reply, buffers, asked = answer_to(function, args, kwargs, self._register, in_cells=in_cells)
        if asked is not None and isinstance(function, StandIn) and len(self._answered) < _MOST_KEPT:
            reply["keep"] = len(self._answered)
            self._answered.append((function, asked))
        if self._link is not link:
            raise wire.Closed("a call within the call lost the worker")
        link.send(reply, buffers)

    def _known(self, number: int, name: str) -> Any:
        """Return the function behind a number that came: the submission's, or one that had been passed in."""
        if number >= 0:
            return self._function(number, name)
        if -1 - number not in self._allowed[-1]:  # one kept from an earlier call is no answer to this one
            raise wire.WireError("a function of no known number")
        return self._passed[-1 - number]

    def _result(
        self,
        name: str,
        answer: dict[str, Any],
        payload: memoryview,
        arguments: dict[str, Any],
        seconds: float,
        callee: Callee | None = None,
    ) -> Any:
        if answer.get("timeout"):
            self._hung += 1
            self.trouble = True
            raise TookTooLong(f"{name} had not returned after {seconds:.3g} s")
        unpacker = Unpacker(payload, self._known)
        before = copies(arguments, answer.get("changed")) if self.doubts is not None else {}
        changed = answer.get("changed")
        for key in changed if type(changed) is dict else ():
            self.touched.add(arguments.get(key))
        replies.copy_back(changed, arguments, unpacker.unpack)
        if self.doubts is not None:
            self.doubts.changed(callee, arguments, before)
        replies.print_again(answer.get("printed"))
        replies.warn_again(answer.get("warnings"))
        if "error" in answer:
            raise replies.exception(answer["error"], name)
        if "value" not in answer:
            raise wire.WireError("neither a value nor an error")
        self._made = []
        value = unpacker.unpack(answer["value"])
        if self.doubts is None:
            return value
        given = {**arguments, **before}
        for function, whose in self.doubts.functions(callee, given, value, self._made):
            function.whose = whose
        return self.doubts.value(callee, given, value)


class StudentFunction:
    """A function of the submission's, by name or as another one returned it."""

    def __init__(self, desk: TestDesk, number: int, name: str, generation: int) -> None:
        self._desk = desk
        self._number = number
        self._generation = generation
        self.__name__ = name
        self.__qualname__ = name
        self.top_level = False
        self.whose: Callee | None = None  # what of the reference's is like it
        self.grants: frozenset[int] = frozenset()  # functions it was made with, and may call back

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call into the sandbox; see `proxy.TestDesk.call`."""
        return self._desk.call(self, args, kwargs)

    def series_of_calls(self, items: Iterable[Any], **wishes: Any) -> Iterator[Any]:
        """Make many calls at a time, as if one by one; see `series.series`."""
        return series(self._desk, self, items, **wishes)

    def __repr__(self) -> str:
        return f"<the submission's {self.__name__}>"
