"""The student's functions as a test sees them: proxies that call into the sandbox.

A proxy passes plain values in and gets plain values back. What a student's function raises is raised here as
the built-in exception it was (or came from), with its words; a function that hangs raises `TookTooLong`, one
that takes its process down raises `ProcessDied`, and the next call starts from a fresh fork.
"""

from __future__ import annotations

import builtins
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import ProcessDied, TookTooLong
from autograder.sandbox import wire
from autograder.sandbox.session import GRACE, SandboxDied
from autograder.sandbox.values import Packer, Unpacker

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.sandbox.session import Submission, TestLink

_MEANING = {
    "timeout": "it did not end in time",
    "died": "it ended the Python process",
    "memory": "it used more memory than a submission may",
    "garbled": "it damaged the connection to the grader",
}


class SubmissionError(Exception):
    """What a student's function raised, where no built-in exception stands for it."""


class StudentFunction:
    """A function of the submission's, by name or as another one returned it."""

    def __init__(self, desk: TestDesk, number: int, name: str, generation: int) -> None:
        self._desk = desk
        self._number = number
        self._generation = generation
        self.__name__ = name
        self.__qualname__ = name
        self.top_level = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call into the sandbox; see `TestDesk.call`."""
        return self._desk.call(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<the submission's {self.__name__}>"


class TestDesk:
    """Where one test cell meets the submission: it looks names up and makes calls.

    Parameters
    ----------
    submission
        The sandbox, with all cells before the test cell run.
    """

    __test__ = False

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._limits = submission.limits
        self._link: TestLink | None = None
        self._generation = 0
        self._hung = 0
        self._deadline = time.monotonic() + self._limits.test_seconds
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self.trouble = False  # whether a call hung or took its process down

    def close(self) -> None:
        """End the worker."""
        self._drop()

    def _lost(self) -> None:
        self.trouble = True
        self._drop()

    def _drop(self) -> None:
        """Give the worker up; the next call forks a fresh one."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def look_up(self, names: list[str]) -> dict[str, Any]:
        """Return what the names are bound to in the submission: proxies for functions, copies of data."""
        self._names = names
        return self._describe()

    def _describe(self) -> dict[str, Any]:
        link = self._open()
        try:
            wire.send(link.socket, {"op": "describe", "names": self._names})
            answer, payload = self._receive(link, min(time.monotonic() + 30, self._deadline + GRACE))
            trees = answer.get("names")
            if type(trees) is not dict:
                raise wire.WireError("no names")
            found = {}
            for name, tree in trees.items():
                if name in self._names:
                    found[name] = Unpacker(payload, self._function).unpack(tree)
        except (wire.WireError, wire.Deadline) as error:
            self._lost()
            raise ProcessDied(f"its names could not be read ({error})") from None
        for name, value in found.items():
            if type(value) is StudentFunction:
                value.top_level = True
                self._numbers[name] = value._number  # noqa: SLF001 - a proxy belongs to its desk
                value.__name__ = name
        return found

    def _open(self) -> TestLink:
        if self._link is None:
            try:
                self._link = self._submission.test()
            except SandboxDied as death:
                self.trouble = True
                raise ProcessDied(_MEANING.get(death.fate, death.fate)) from None
            self._generation += 1
        return self._link

    def _function(self, number: int, name: str) -> StudentFunction:
        return StudentFunction(self, number, name, self._generation)

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
        seconds = min(self._limits.call_seconds, self._deadline - time.monotonic())
        if seconds <= 0:
            raise TookTooLong(
                f"the test's {self._limits.test_seconds:g} s were used up before {name} was called"
            )
        passed: list[Callable[..., Any]] = []
        try:
            packer = Packer(_registrar(passed))
            message = {
                "op": "call", "id": number, "seconds": seconds,
                "args": [packer.pack(arg) for arg in args],
                "kwargs": {key: packer.pack(value) for key, value in kwargs.items()},
            }  # fmt: skip
        except wire.WireError as error:
            raise TypeError(f"a value that cannot be handed to {name}: {error}") from None
        return self._converse(link, name, message, packer, passed, args, seconds)

    def _converse(
        self, link: TestLink, name: str, message: dict[str, Any], packer: Packer,
        passed: list[Callable[..., Any]], args: tuple[Any, ...], seconds: float,
    ) -> Any:  # fmt: skip
        deadline = time.monotonic() + seconds + GRACE
        try:
            wire.send(link.socket, message, packer.buffers)
            answer, payload = self._receive(link, deadline)
            callbacks = 0
            while "callback" in answer:
                callbacks += 1
                if callbacks > self._limits.callbacks:
                    raise wire.WireError(f"more than {self._limits.callbacks} calls back")
                self._call_back(link, answer, payload, passed)
                answer, payload = self._receive(link, deadline)
            return self._result(name, answer, payload, args, seconds, passed)
        except wire.Deadline:
            self._hung += 1
            self._lost()
            raise TookTooLong(f"{name} had not returned after {seconds:.3g} s") from None
        except wire.Closed:
            self._lost()
            fate = "memory" if self._submission.over_memory else "died"
            raise ProcessDied(f"{name}: {_MEANING[fate]}") from None
        except wire.WireError as error:
            self._lost()
            raise ProcessDied(f"{name}: its answer could not be read ({error})") from None

    def _receive(self, link: TestLink, deadline: float) -> tuple[dict[str, Any], memoryview]:
        return wire.receive(link.socket, deadline, self._submission.watch_memory)

    def _call_back(
        self, link: TestLink, answer: dict[str, Any], payload: memoryview, passed: list[Callable[..., Any]]
    ) -> None:
        """Evaluate one of the test's own functions on the plain values that came."""
        number, trees, named = answer["callback"], answer.get("args"), answer.get("kwargs")
        if (
            type(number) is not int
            or not 0 <= number < len(passed)
            or type(trees) is not list
            or type(named) is not dict
        ):
            raise wire.WireError("a call back to no function")
        unpacker = Unpacker(payload, self._function)
        args = [unpacker.unpack(tree) for tree in trees]
        kwargs = {key: unpacker.unpack(tree) for key, tree in named.items()}
        packer = Packer(_registrar(passed))
        try:
            reply = {"value": packer.pack(passed[number](*args, **kwargs))}
        except Exception as error:  # noqa: BLE001 - the test's function did not like what it was given
            packer, reply = Packer(), {"error": f"{type(error).__name__}: {str(error)[:500]}"}
        wire.send(link.socket, reply, packer.buffers)

    def _result(
        self, name: str, answer: dict[str, Any], payload: memoryview, args: tuple[Any, ...], seconds: float,
        passed: list[Callable[..., Any]],
    ) -> Any:  # fmt: skip
        def known(number: int, called: str) -> Any:
            if number < 0:  # one of the functions that were passed in came back
                if not 0 <= -1 - number < len(passed):
                    raise wire.WireError("a function of no known number")
                return passed[-1 - number]
            return self._function(number, called)

        if answer.get("timeout"):
            self._hung += 1
            self.trouble = True
            raise TookTooLong(f"{name} had not returned after {seconds:.3g} s")
        if type(answer.get("changed")) is dict:
            _copy_back(answer["changed"], payload, args)
        _warn_again(answer.get("warnings"))
        if "error" in answer:
            raise _exception(answer["error"], name)
        if "value" not in answer:
            raise wire.WireError("neither a value nor an error")
        return Unpacker(payload, known).unpack(answer["value"])


def _registrar(passed: list[Callable[..., Any]]) -> Callable[[Any], int]:
    def register(function: Any) -> int:
        if isinstance(function, StudentFunction):
            return -1 - function._number  # noqa: SLF001 - the worker's own function, by its number there
        passed.append(function)
        return len(passed) - 1

    return register


def _copy_back(changed: dict[str, Any], payload: memoryview, args: tuple[Any, ...]) -> None:
    """Make the test's own arguments what the call made of its copies, as a call within one process would."""
    for key, tree in changed.items():
        index = int(key) if key.isdecimal() and len(key) < 4 else -1  # noqa: PLR2004
        if not 0 <= index < len(args):
            raise wire.WireError("a change to an argument that was not there")
        ours, theirs = args[index], Unpacker(payload).unpack(tree)
        if isinstance(ours, np.ndarray) and isinstance(theirs, np.ndarray):
            if ours.flags.writeable and ours.shape == theirs.shape and ours.dtype == theirs.dtype:
                ours[...] = theirs
        elif type(ours) is list and type(theirs) is list:
            ours[:] = theirs
        elif type(ours) in (dict, set) and type(theirs) is type(ours):
            ours.clear()
            ours.update(theirs)


def _warn_again(caught: Any) -> None:
    if type(caught) is not list:
        return
    for item in caught[:10]:
        if type(item) is list and len(item) == 2 and all(type(part) is str for part in item):  # noqa: PLR2004
            category = getattr(builtins, item[0], UserWarning)
            if not (isinstance(category, type) and issubclass(category, Warning)):
                category = UserWarning
            warnings.warn(item[1][:500], category, stacklevel=2)


def _exception(error: Any, name: str) -> Exception:
    """Rebuild a student's exception from the nearest built-in class it came from."""
    if type(error) is not dict:
        raise wire.WireError("an error of no known form")
    kind, bases, text, frames = (error.get(k) for k in ("type", "bases", "text", "frames"))
    if type(kind) is not str or type(text) is not str or type(bases) is not list:
        raise wire.WireError("an error of no known form")
    rebuilt: Exception | None = None
    for base in bases:
        found = getattr(builtins, base, None) if type(base) is str else None
        if not (isinstance(found, type) and issubclass(found, BaseException)) or found in (
            BaseException,
            Exception,
        ):
            continue
        if issubclass(found, Exception) and not issubclass(found, Warning):
            try:
                rebuilt = found(text if found.__name__ == kind else f"{kind}: {text}")
            except TypeError:  # UnicodeDecodeError and its like take more than words
                rebuilt = None
        break
    if rebuilt is None:
        rebuilt = SubmissionError(
            f"{name} raised {kind[:100]}: {text}" if text else f"{name} raised {kind[:100]}"
        )
    lines = [f"line {f[1]} of {f[0]}" for f in frames or () if type(f) is list and len(f) == 2]  # noqa: PLR2004
    rebuilt.remote_traceback = ", in ".join(reversed(lines))[:500]  # type: ignore[attr-defined]
    return rebuilt
