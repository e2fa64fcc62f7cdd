"""The trusted side's handle on one submission in its sandbox.

A test may have spoilt the notebook's process, where its calls are answered (`link`): it hung there, or took the process
down. Then the sandbox is made again when it is next needed, and the cells are run again, as if the test had had a
process of its own; after that each test of the submission gets one.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import msgspec

from autograder.sandbox import watch, wire
from autograder.sandbox.holder import NoSandboxError
from autograder.sandbox.link import TestLink
from autograder.sandbox.ran import CellRun, Fate, Foretold, outputs_of
from autograder.sandbox.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.sandbox.limits import Limits

MAX_OUTPUT = 16 << 20  # bytes of a cell's outputs beside its text: pictures
START_SECONDS = 60.0
GRACE = 2.0  # seconds between an interrupt from within and the kill from without
LONG = 2.0  # seconds of a submission's cells, from which each test gets a process of its own


@dataclass(frozen=True, slots=True)
class Room:
    """A sandbox that was made: the socket to what runs in it, the one that holds it, and its keeper's pid."""

    control: socket.socket
    reins: socket.socket
    keeper: int


class SandboxDied(Exception):  # noqa: N818 - what happened, not an error of ours
    """The submission's process is gone; `fate` says why."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate)
        self.fate = fate


class Submission:
    """One submission in its sandbox."""

    def __init__(self, start: Callable[[], Room], limits: Limits) -> None:
        self._start = start
        self._room = start()
        self._open = True
        self._tests = 0
        self._ended: list[tuple[int, socket.socket]] = []  # workers that are done with
        self._done: list[tuple[str, Any]] = []  # what was done in it: files and cells
        self._took = 0.0  # seconds that its cells took
        self._spoilt = False
        self._answers_tests = True
        self._foretold: Foretold | None = None
        self.limits = limits
        self.over_memory = False
        self._looked = time.monotonic()  # at its memory
        self.again_seconds = 0.0  # that were spent on making it again

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether there is still somebody in the sandbox to talk to, as far as is known."""
        with contextlib.suppress(SandboxDied):
            self._made_again()
        return self._open and not self.over_memory

    @property
    def control(self) -> socket.socket:
        """The socket to the notebook's process."""
        return self._room.control

    @property
    def answers_tests(self) -> bool:
        """Whether the notebook's process may answer tests: where its cells took long, running them again would too."""
        return self._answers_tests and self._took < LONG

    def spoil(self) -> None:
        """Note that the notebook's process may not be as its cells left it."""
        self._spoilt = True
        self._answers_tests = False

    def _made_again(self) -> None:
        """Make the sandbox again where a test spoilt it; raises `SandboxDied` where that fails.

        No alarm of a test's may come between.
        """
        if not (self._spoilt and self._open) or self.over_memory:
            return
        rings = signal.setitimer(signal.ITIMER_REAL, 0)
        began = time.monotonic()
        try:
            self._spoilt = False
            self._let_go()
            self._part()
            self._room = self._start()
            for what, value in self._done:
                if what == "file":
                    self._ask({"op": "file", "path": value[0]}, 30, [value[1]])
                else:
                    self._ask(
                        {
                            "op": "cell",
                            "source": value,
                            "seconds": self.limits.cell_seconds,
                            "pictures": False,
                        },
                        self.limits.cell_seconds + GRACE,
                    )
        except NoSandboxError:
            self._open = False
            raise SandboxDied("died") from None
        finally:
            self.again_seconds += time.monotonic() - began
            signal.setitimer(signal.ITIMER_REAL, *rings)

    def close(self, *, wait: bool = False) -> None:
        """Have all that runs in the sandbox killed, and with `wait` return when it is gone."""
        self._open = False
        self._let_go()
        self._part(wait=wait or self.over_memory)  # what it took is free again before anything else begins

    def _part(self, *, wait: bool = False) -> None:
        room = self._room
        room.control.close()
        with contextlib.suppress(OSError):
            room.reins.shutdown(socket.SHUT_WR)
            if wait:
                room.reins.settimeout(START_SECONDS)
                room.reins.recv(1)  # ends with the keeper
        room.reins.close()

    def run_cell(
        self,
        source: str,
        *,
        seconds: float | None = None,
        pictures: bool = False,
        names: Sequence[str] | None = None,
    ) -> CellRun:
        """Run one of the student's cells; the sandbox is closed where the fate leaves nothing to go on with.

        Where a test comes next, `names` are those that it will ask for: they are told with the outputs.
        """
        seconds = self.limits.cell_seconds if seconds is None else seconds
        message: dict[str, Any] = {"op": "cell", "source": source, "seconds": seconds, "pictures": pictures}
        if names is not None:
            message |= {"id": self._tests + 1, "names": list(names)}
        try:
            self._made_again()
            started = time.monotonic()
            answer, payload = self._ask(message, seconds + GRACE)
            if self._is_spoilt(answer):
                return self.run_cell(source, seconds=seconds, pictures=pictures, names=names)
            if names is not None:
                payload = self._foretell(names, answer, payload)
            if len(payload) > MAX_OUTPUT + (
                self.limits.output_kib << 13
            ):  # a character takes up to six bytes
                raise msgspec.ValidationError("more output than the recorder lets through")
            outputs = tuple(outputs_of(payload))
        except SandboxDied as death:
            return CellRun(death.fate)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            self.close()
            return CellRun("garbled")
        took = time.monotonic() - started
        self._done.append(("cell", source))
        self._took += took
        late = took >= seconds
        interrupted = any(o.output_type == "error" and o.ename == "KeyboardInterrupt" for o in outputs)
        if late and (interrupted or not answer.get("ok")):
            return CellRun("timeout", outputs)
        return CellRun("ok" if answer.get("ok") is True else "error", outputs)

    def _foretell(self, names: Sequence[str], answer: dict[str, Any], payload: memoryview) -> memoryview:
        """Keep what was told of names with a cell's outputs, until anything else is asked; return the outputs."""
        told, size = answer.get("told"), answer.get("size")
        if type(told) is not dict or type(size) is not int or not 0 <= size <= len(payload):
            return payload
        self._foretold = Foretold(self._tests + 1, tuple(names), told, payload[size:])
        return payload[:size]

    def write_file(self, path: str, data: bytes) -> bool:
        """Put a file into the submission's folder; return whether there was room."""
        answer, _ = self._ask({"op": "file", "path": path}, 30, [data])
        self._done.append(("file", (path, data)))
        return bool(answer.get("ok"))

    def test(self) -> TestLink:
        """Open what one test cell needs; a worker is forked for it when it first has something to do there."""
        return TestLink(self, self._next_test())

    def tape(self) -> Tape:
        """Open the same, and keep what goes over it."""
        return Tape(self, self._next_test())

    def _next_test(self) -> int:
        self._made_again()
        if not self._open:
            raise SandboxDied("died")
        self._tests += 1
        return self._tests

    def names_for(
        self, number: int, names: list[str], again: Sequence[str] = ()
    ) -> tuple[dict[str, Any], memoryview]:
        """Return what the runner says of these names; nothing where only a worker should look at their values.

        With it goes whether cells would change nothing if they were run `again`.
        """
        known = self._foretold
        if known is not None and not again and (known.number, known.names) == (number, tuple(names)):
            return known.answer, known.payload
        message = {"op": "names", "id": number, "names": names} | ({"again": list(again)} if again else {})
        answer, payload = self._ask(message, 30)
        if not self._is_spoilt(answer):
            return answer, payload
        self._made_again()
        return self._ask(message, 30)

    def _is_spoilt(self, answer: dict[str, Any]) -> bool:
        """Whether the notebook's process says that a test changed what cannot be put back."""
        if answer.get("spoilt") is not True or not self._answers_tests:
            return False
        self.spoil()
        return True

    def fork_for(self, number: int) -> socket.socket:
        """Have a worker forked for one test; return the socket to it. Raises `wire.Closed` where there is none."""
        plain, theirs = socket.socketpair()
        ours = wire.impatient(plain)
        with theirs:
            try:
                self._made_again()
                self._tell({"op": "fork", "id": number}, [theirs.fileno()])
            except SandboxDied:
                ours.close()
                raise wire.Closed("the submission is gone") from None
            except BaseException:
                ours.close()
                raise
        return ours

    def end_test(self, number: int, sock: socket.socket, *, now: bool) -> None:
        """Have a test cell's worker killed, and all it started: now, or with the next message.

        Until then it waits for a message that does not come.
        """
        self._ended.append((number, sock))
        if now:
            with contextlib.suppress(SandboxDied):
                self._tell({"op": "end"})

    def _tell(self, message: dict[str, Any], fds: Sequence[int] = (), buffers: Sequence[Any] = ()) -> None:
        self._foretold = None
        if not self._open:
            raise SandboxDied("died")
        if self._ended:
            message["ended"] = [number for number, _ in self._ended]
        try:
            wire.send(self._room.control, message, buffers, fds=fds)
        except wire.WireError:
            self.close()
            raise SandboxDied("memory" if self.over_memory else "died") from None
        self._let_go()

    def _let_go(self) -> None:
        for _, sock in self._ended:
            sock.close()
        self._ended.clear()

    def _ask(
        self, message: dict[str, Any], seconds: float, buffers: Sequence[Any] = ()
    ) -> tuple[dict[str, Any], memoryview]:
        """Ask the runner, and wait for its answer: no alarm of a test's may come between (`grading.lesson`)."""
        if not self._open:
            raise SandboxDied("died")
        fate: Fate
        try:
            self._tell(message, buffers=buffers)
            answer = wire.receive(self._room.control, time.monotonic() + seconds, self.watch_memory)
            self.heard()
        except wire.Deadline:
            fate = "timeout"
        except wire.Closed:
            fate = "memory" if self.over_memory else "died"
        except wire.WireError:
            fate = "garbled"
        else:
            return answer
        self.close()
        raise SandboxDied(fate)

    def processes(self) -> list[int]:
        """Return the pids of all that runs in the sandbox, bubblewrap's own included."""
        return watch.family(self._room.keeper)[1:]

    def heard(self) -> None:
        """Look at the memory now and then, after an answer: soon ones leave no pause in which it is watched.

        Raises `wire.Closed` if it was too much.
        """
        if time.monotonic() - self._looked > wire.PERIOD:
            self.watch_memory()
        if self.over_memory:
            raise wire.Closed("too much memory")

    def watch_memory(self) -> None:
        """Kill the submission when its processes together use more memory than it may."""
        self._looked = time.monotonic()
        if watch.too_much(self._room.keeper, self.limits.memory_mib << 20):
            self.over_memory = True
            with contextlib.suppress(OSError):
                self._room.reins.shutdown(socket.SHUT_WR)
