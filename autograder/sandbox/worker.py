"""Inside the sandbox: answers the calls that a test makes, in a fork of its own or in the notebook's process (`home`).

The test itself never comes here. What comes is "call function 3 with these values"; what goes back is a value,
an exception's name and words, or a call back into a function that the test passed as an argument.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # `signal` makes enumerations of what it is given and of what it returns
import gc
import os
import signal
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox import raised, replies, wire
from autograder.sandbox.answered import Answered
from autograder.sandbox.printed import Printed, Sink
from autograder.sandbox.surroundings import take_over
from autograder.sandbox.values import Packer, Unpacker, same_bytes

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from autograder.sandbox.shell import Shell

_geterr, _errstate, _freeze = np.geterr, np.errstate, gc.freeze
_setpgid, ALARM = os.setpgid, int(signal.SIGALRM)
_setitimer, _REAL, _monotonic = signal.setitimer, signal.ITIMER_REAL, time.monotonic
set_handler = _signal.signal
_MAX_TEXT = 2_000
_A_WHILE = 0.02  # seconds of calls, after which answers are sent though more are to come
_SOON = 64 << 10  # bytes of an answer, above which it is sent at once


class TimeUp(BaseException):
    """The call's time is over; a BaseException, so that `except Exception` does not swallow it."""


class Worker:
    """Answers one test's calls."""

    def __init__(self, link: socket.socket, shell: Shell, functions: list[Callable[..., Any]]) -> None:
        self.link = link
        self._namespace: dict[str, Any] = shell.user_ns
        self._code_of = shell.code_of
        self._functions = functions
        self._callbacks: dict[int, _Callback] = {}
        self._ends: list[float] = []  # of the calls under way, the innermost last
        self._answered = Answered()
        self._printed = Printed()
        self.streams = self._printed, Sink()

    def _register(self, function: Callable[..., Any]) -> int:
        if isinstance(function, _Callback):
            return -1 - function.number
        self._functions.append(function)
        return len(self._functions) - 1

    def _as_sent(self, function: Callable[..., Any]) -> int:
        """Return the number that the other side gave a function, to see whether an argument is what it was."""
        if isinstance(function, _Callback):
            return function.number
        for number, known in enumerate(self._functions):
            if known is function:
                return -1 - number
        return len(self._functions)

    def _callback(self, number: int, name: str) -> Callable[..., Any]:
        if number < 0:
            return self._functions[-1 - number]
        return self._callbacks.setdefault(number, _Callback(self, number, name))

    def answer(self, message: dict[str, Any], payload: memoryview) -> None:
        """Do what one message of the test's asks for."""
        operation = message["op"]
        if operation == "describe":
            self.describe(message["names"])
        elif operation == "prepare":
            self.prepare(message, payload)
        elif operation == "calls":
            self.calls(message, payload)
        else:
            self.call(message, payload)

    def forget(self, numbered: int) -> None:
        """Forget what the test's calls returned and passed; the first functions are the notebook's own."""
        del self._functions[numbered:]
        self._callbacks.clear()

    def describe(self, names: list[str]) -> None:
        """Send the values that names are bound to; one that does not cross says so by itself."""
        packer = Packer(self._register)
        found: dict[str, Any] = {}
        for name in names:
            if name in self._namespace:
                try:
                    found[name] = packer.pack(self._namespace[name])
                except wire.WireError as error:
                    found[name] = ["o", f"{type(self._namespace[name]).__name__} ({error})"]
        wire.send(self.link, {"names": found}, packer.buffers)

    def prepare(self, message: dict[str, Any], payload: memoryview) -> None:
        """Put what stands in for the submission's names into their place, and run cells again with it."""
        unpacker = Unpacker(payload, self._callback)
        names = {name: unpacker.unpack(tree) for name, tree in message["names"].items()}

        def run() -> None:
            self._namespace.update(names)
            for source in message["cells"]:
                try:
                    exec(self._code_of(source), self._namespace)  # noqa: S102
                except TimeUp:
                    break
                except BaseException:  # noqa: BLE001, S110 - as in the notebook: the next cell is run all the same
                    pass
                finally:
                    self._namespace.update(names)

        self.call({"id": self._register(run), "args": {}, "seconds": message["seconds"]}, payload)

    def call(self, message: dict[str, Any], payload: memoryview) -> None:
        """Make one call and send what came of it."""
        take_over(message, self._namespace, Unpacker(payload, self._callback).unpack)
        reply, packer = self._made(message, payload)
        again = self._answered.told()
        try:
            wire.send(self.link, reply | again, packer.buffers)
        except wire.WireError as error:
            wire.send(self.link, {"error": raised.told(error), "warnings": []} | again)

    def calls(self, message: dict[str, Any], payload: memoryview) -> None:
        """Make several calls, up to the first that fails; send what came of them at the end, or after a while."""
        ends, start = _monotonic() + message["left"], 0
        replies: list[dict[str, Any]] = []
        buffers: list[Any] = []
        sent, left, last = _monotonic(), len(message["calls"]), False
        for call in message["calls"]:
            part = payload[start : start + call["size"]]
            start += call["size"]
            seconds = min(message["seconds"], ends - _monotonic())
            if seconds <= 0:
                break
            reply, packer = self._made({**call, "id": message["id"], "seconds": seconds}, part)
            if packer.size > _SOON and replies:
                wire.send(self.link, {"answers": replies}, buffers)
                replies, buffers = [], []
            reply["size"] = packer.size
            replies.append(reply)
            buffers += packer.buffers
            left -= 1
            last = "value" not in reply or (
                message["careful"] and (reply["value"] is None or "changed" in reply)
            )
            if last or not left:
                break
            if _monotonic() - sent > _A_WHILE or packer.size > _SOON:
                wire.send(self.link, {"answers": replies}, buffers)
                replies, buffers, sent = [], [], _monotonic()
        wire.send(self.link, {"answers": replies, "end": True}, buffers)

    def _made(self, message: dict[str, Any], payload: memoryview) -> tuple[dict[str, Any], Packer]:
        """Make one call; return what is to be said of it."""
        arguments: dict[str, Any] = {}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                self._ends.append(_monotonic() + message["seconds"])
                _setitimer(_REAL, message["seconds"])
                try:
                    value = self._value(message, payload, arguments)
                    packer = Packer(self._register)
                    reply: dict[str, Any] = {"value": packer.pack(value)}
                finally:
                    _setitimer(_REAL, 0)
            except TimeUp:
                packer, reply = Packer(), {"timeout": True}
            except wire.WireError as error:
                packer, reply = Packer(), {"error": raised.told(error)}
            except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt included
                packer, reply = Packer(), {"error": raised.told(error)}
        self._ends.pop()
        reply["printed"] = self._printed.take()
        reply["warnings"] = [[w.category.__name__, str(w.message)[:_MAX_TEXT]] for w in caught[:10]]
        self._changes(message, payload, arguments, packer, reply)
        return reply, packer

    def _value(self, message: dict[str, Any], payload: memoryview, arguments: dict[str, Any]) -> Any:
        """Call the function, and put what it was called with into `arguments`.

        Where the notebook has NumPy raise what it would else warn of, and the function did not expect it, it is
        called once more as NumPy is by itself: such a setting is for finding errors, and is none.
        """
        try:
            return self._called(message, payload, arguments)
        except FloatingPointError:
            if "raise" not in _geterr().values():
                raise
        with _errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            return self._called(message, payload, arguments)

    def _called(self, message: dict[str, Any], payload: memoryview, arguments: dict[str, Any]) -> Any:
        unpacker = Unpacker(payload, self._callback)
        came: dict[str, Any] = {}
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for key, tree in message["args"].items():
            value = came[key] = unpacker.unpack(tree)
            if key.startswith("="):
                kwargs[key[1:]] = value
            else:
                args.append(value)
        arguments.update(came)
        return self._functions[message["id"]](*args, **kwargs)

    def _changes(
        self,
        message: dict[str, Any],
        payload: memoryview,
        arguments: dict[str, Any],
        packer: Packer,
        reply: dict[str, Any],
    ) -> None:
        """Add to `reply` the arguments that the call changed in place."""
        before = message["args"]
        came = {key: tree for key, tree in before.items() if type(tree) is list}  # others are what they were
        if all(_is_same_array(arguments.get(key), tree, payload) for key, tree in came.items()):
            return
        mutable = {key for key, tree in came.items() if tree[0] in "aldsGR"}
        if not mutable:
            return
        try:
            check = Packer(self._as_sent)
            after = {
                key: before[key] if key not in came or _is(before[key], "fY") else check.pack(value)
                for key, value in arguments.items()
            }
            if after == before and same_bytes(check.buffers, payload):
                return
            reply["changed"] = {key: packer.pack(arguments[key]) for key in mutable}
        except wire.WireError:
            reply["changed"] = {}

    def callback(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call back into a function that the test passed; it may call in again before it answers."""
        packer = Packer(self._register)
        asked = {
            "callback": number,
            "args": [packer.pack(arg) for arg in args],
            "kwargs": {name: packer.pack(value) for name, value in kwargs.items()},
        }
        key = self._answered.key(asked, packer.buffers, packer.size)
        known = self._answered.get(key)
        answer, payload = known or self._ask(asked | {"printed": self._printed.take()}, packer)
        if known is None:
            self._answered.keep(key, answer, payload)
        if "error" in answer:
            raise raised.raised(answer)
        unpacker = Unpacker(payload, self._callback)
        if "changed" in answer:
            given = {str(i): arg for i, arg in enumerate(args)} | {f"={k}": v for k, v in kwargs.items()}
            replies.copy_back(answer["changed"], given, unpacker.unpack)
        return unpacker.unpack(answer["value"])

    def _ask(self, message: dict[str, Any], packer: Packer) -> tuple[dict[str, Any], memoryview]:
        """Send a call back, and make the calls that come before its answer."""
        wire.send(self.link, message | self._answered.told(), packer.buffers)
        while True:
            answer, payload = wire.receive(self.link)
            if answer.get("op") != "call":
                return answer, payload
            self.call(answer, payload)
            _setitimer(_REAL, max(self._ends[-1] - _monotonic(), 1e-3))


def _is(tree: Any, tags: str) -> bool:
    return type(tree) is list and tree[0] in tags


def _is_same_array(value: Any, tree: list[Any], payload: memoryview) -> bool:
    """Whether an argument came as an array that is not large, and is still what came."""
    if tree[0] != "a" or type(value) is not np.ndarray:
        return False
    _, kind, shape, writeable, start, size = tree
    return (
        size < _SOON
        and value.dtype.str == kind
        and list(value.shape) == shape
        and value.flags.writeable == writeable
        and value.tobytes() == payload[start : start + size].tobytes()
    )


class _Callback:
    """A function of the trusted side, as student code sees it."""

    def __init__(self, worker: Worker, number: int, name: str) -> None:
        self._worker = worker
        self.number = number
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._worker.callback(self.number, args, kwargs)


def time_up(signum: int, frame: Any) -> None:  # noqa: ARG001 - a signal handler's signature
    """End a call at its alarm."""
    raise TimeUp


def ready(link: socket.socket, shell: Shell, functions: list[Callable[..., Any]]) -> Worker:
    """Return what will answer a test; `functions` have their numbers already.

    Made before the fork: each page of memory that is written to after it has to be copied first.
    """
    return Worker(link, shell, functions)


def serve(worker: Worker) -> None:
    """In the fork: answer the test until it ends."""
    _freeze()  # what the notebook made is looked at by no collection
    _setpgid(0, 0)
    set_handler(ALARM, time_up)
    sys.stdout, sys.stderr = worker.streams
    link = worker.link
    while True:
        try:
            message, payload = wire.receive(link)
        except wire.WireError:
            return
        worker.answer(message, payload)
