"""A test's talk with the sandbox, kept step by step: what was asked, what came, in their order.

With the steps of an earlier talk the same can be asked again, of another submission, without the test (`Tape.play`). And
a test can be given a talk that was begun like this (`Tape.rewind`): as long as it asks what was asked, it is handed what
came, and from there on it talks with the sandbox itself.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.sandbox import wire
from autograder.sandbox.link import TestLink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograder.sandbox.submission import Submission

    Answer = tuple[dict[str, Any], memoryview]

_MOST = 8 << 20  # bytes of all that is sent, above which a talk is not kept
_TIMES = ("seconds", "left")  # in a message: they differ from one time to the next


class Diverged(BaseException):
    """The test asks something else than was asked before it; a BaseException, so that no test takes it for its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a talk.

    Attributes
    ----------
    what
        Its kind and what it says, as plain values: equal for equal steps.
    message, buffers
        What was sent, without its times.
    seconds
        How long an answer may take, or the sender says that it may.
    """

    what: tuple[Any, ...]
    message: dict[str, Any] | None = None
    buffers: bytes = b""
    seconds: float = 0.0

    @property
    def asks(self) -> bool:
        """Whether something comes in answer."""
        return self.what[0] in {"receive", "describe"}

    def written(self) -> list[Any]:
        """Return the step as plain values, for another process."""
        return [self.what, self.seconds]

    @classmethod
    def read(cls, written: Sequence[Any]) -> Step:
        """Return the step that was written so."""
        kept, seconds = written
        what = tuple(tuple(part) if type(part) is list else part for part in kept)
        if kept[0] == "send":
            return cls(what, wire.decoded(kept[1]), kept[2], seconds)
        return cls(what, seconds=seconds)


class Tape(TestLink):
    """A test's link that keeps what goes over it.

    Attributes
    ----------
    steps
        What was done, in order.
    keys
        What tells one answer from another, for each step that asks.
    whole
        Whether the steps are all that there was, and nothing in them depends on more than the answers.
    diverged
        Whether the test asked something else than had been asked before it.
    """

    def __init__(self, submission: Submission, number: int) -> None:
        super().__init__(submission, number)
        self.steps: list[Step] = []
        self.keys: list[bytes] = []
        self.whole = True
        self.diverged = False
        self._came: list[Answer | BaseException | None] = []  # by step
        self._at: int | None = None  # the next step that is handed out again
        self._within = False  # a step that takes others
        self._sent = 0  # bytes

    def play(self, step: Step, left: float) -> bytes | None:
        """Do a step of an earlier talk, with `left` seconds for the rest; return what tells its answer from others."""
        kind = step.what[0]
        if kind == "send" and step.message is not None:
            times = {name: left if name == "left" else min(step.seconds, left) for name in step.what[3]}
            self._do(step, lambda: super(Tape, self).send({**(step.message or {}), **times}, [step.buffers]))
        elif kind == "receive":
            self._do(step, lambda: super(Tape, self).receive(time.monotonic() + min(step.seconds, left)))
        elif kind == "describe":
            self._do(step, lambda: self._describe(step))
        elif kind == "calls":
            self._do(step, lambda: super(Tape, self).calls(step.what[1]))
        elif kind == "trace":
            self._do(step, super().leaves_trace)
        elif kind == "begin":
            self._do(step, self.begin_conversation)
        else:
            self._do(step, self.end_conversation)
        return self.keys[-1] if step.asks else None

    @property
    def is_through(self) -> bool:
        """Whether a test that was handed what was done so far has asked for all of it."""
        return not self.diverged and self._at in {None, len(self.steps)}

    @property
    def _is_plain(self) -> bool:
        """Whether nothing is to be kept or handed out: within another step, or where not all is kept any more."""
        return self._within or (not self.whole and self._at is None)

    def rewind(self) -> None:
        """Hand out again what was done so far, as long as the same is asked for."""
        self._at = 0

    def send(self, message: dict[str, Any], buffers: list[Any]) -> None:
        """Ask something."""
        self._sent += sum(memoryview(one).nbytes for one in buffers)
        self.whole &= self._sent < _MOST
        if self._is_plain:
            return super().send(message, buffers)
        stable = {key: value for key, value in message.items() if key not in _TIMES}
        times = tuple(name for name in _TIMES if name in message)
        joined = b"".join(memoryview(one).cast("B") if memoryview(one).nbytes else b"" for one in buffers)
        step = Step(
            ("send", wire.encoded(stable), joined, times), stable, joined, message.get("seconds", 0.0)
        )
        self._through(step, lambda: super(Tape, self).send(message, buffers))
        return None

    def receive(self, deadline: float) -> Answer:
        """Wait for an answer."""
        if self._is_plain:
            return super().receive(deadline)
        step = Step(("receive",), seconds=deadline - time.monotonic())
        return self._answer(step, lambda: super(Tape, self).receive(deadline))

    @contextmanager
    def conversation(self) -> Iterator[None]:
        """Stay with who is asked first until all is answered."""
        if self._is_plain:
            with super().conversation():
                yield
            return
        self._through(Step(("begin",)), self.begin_conversation)
        try:
            yield
        finally:
            if not self.diverged:
                self._through(Step(("end",)), self.end_conversation)

    def describe(
        self, names: list[str], seconds: float, *, under_way: bool = False, again: Sequence[str] = ()
    ) -> Answer:
        """Return what these names are bound to."""
        step = Step(("describe", tuple(names), under_way, tuple(again)), seconds=seconds)
        return self._answer(step, lambda: self._describe(step))

    def calls(self, name: str) -> None:
        """Note that a function is called."""
        self._through(Step(("calls", name)), lambda: super(Tape, self).calls(name))

    def leaves_trace(self) -> None:
        """Note that something else is asked, which the notebook's process must not feel."""
        if self._is_plain:
            super().leaves_trace()
        else:
            self._through(Step(("trace",)), super().leaves_trace)

    def _describe(self, step: Step) -> Answer:
        _, names, under_way, again = step.what
        return super().describe(list(names), step.seconds, under_way=under_way, again=again)

    def _answer(self, step: Step, ask: Any) -> Answer:
        came = self._through(step, ask)
        assert came is not None  # noqa: S101 - such a step has an answer
        return came

    def _through(self, step: Step, do: Any) -> Answer | None:
        """Hand out what came of this step before, or do it."""
        if self._at is None or self.diverged:
            return self._do(step, do)
        if self._at == len(self.steps):
            self._at = None
            return self._do(step, do)
        known, came = self.steps[self._at], self._came[self._at]
        if known.what != step.what:
            self.diverged = True
            raise Diverged
        self._at += 1
        if isinstance(came, BaseException):
            raise came
        return came

    def _do(self, step: Step, do: Any) -> Answer | None:
        if self.diverged:
            raise Diverged
        self._within = True
        try:
            came: Answer | None = do()
        except BaseException as error:
            self.whole = False
            self.steps.append(step)
            self._came.append(error)
            raise
        finally:
            self._within = False
        self.steps.append(step)
        self._came.append(came if step.asks else None)
        if step.asks and came is not None:
            self.keys.append(_key(*came))
            self.whole &= not _changes(came[0])
        return came if step.asks else None


def _key(answer: dict[str, Any], payload: memoryview) -> bytes:
    """Return what is the same for the same answers alone: a digest that nobody can find a second answer for."""
    digest = hashlib.blake2b(wire.encoded(answer), digest_size=32)
    digest.update(payload)
    return digest.digest()


def _changes(answer: dict[str, Any]) -> bool:
    """Whether a call changed its arguments: what they are to later tests is not in the talk."""
    several = answer.get("answers")
    parts = several if type(several) is list else []
    return "changed" in answer or any(type(one) is dict and "changed" in one for one in parts)
