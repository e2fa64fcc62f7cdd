"""Many calls of one function of the submission's, in few messages: each way through the wall takes its time.

It comes to the same as one call after the other, in their order and in the same process of the sandbox. Each call has
its own limit of time, and the first that raises or hangs, or where asked for, changes an argument or gives nothing,
ends a message's calls: whoever made them may not want any more. Calls with functions or generators of random numbers
among their arguments go alone, as do large ones, and those around which the test changed something.

Answers are sent when all calls are done, or a while has passed. Where a process ends before it has answered, the calls
that are open are made once more, one by one, from the state that the test began with.
"""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.values import Packer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from autograder.sandbox.proxy import StudentFunction, TestDesk

    Item = tuple[Any, tuple[Any, ...]]  # whatever the caller wants to have back, and the arguments
    Call = tuple[Any, tuple[Any, ...], Callable[[], Any]]  # the same, and what gives the value or raises

MOST = 10  # calls in one message
_LARGE = 64 << 10  # bytes of one call's arguments
_LONG = 1000  # items of a list
_PLAIN = frozenset({np.ndarray, int, float, complex, bool, str, type(None), np.float64, np.int64, np.bool_})


def series(
    desk: TestDesk,
    function: StudentFunction,
    items: Iterable[Item],
    *,
    careful: bool = False,
    most: Callable[[], int] = lambda: MOST,
) -> Iterator[Call]:
    """Go through calls of a function.

    Parameters
    ----------
    desk
        Where the test meets the submission.
    function
        One of the submission's.
    items
        Something to know each call by, and its arguments; these are changed where the call changes them.
    careful
        Whether a call that changes an argument or gives None is to be the last of its message.
    most
        Says how many calls may be made ahead of their being looked at.

    Yields
    ------
    tuple
        The item, and a function that returns the value or raises what the call raised. To be called at once.
    """
    coming = iter(items)
    waiting: list[tuple[Item, Packed | None]] = []  # None for one that goes alone
    error: Exception | None = None
    more = True
    while True:
        together = desk.takes_series(function)
        while more and len(waiting) < (min(most(), MOST) if together else 1):
            try:
                item = next(coming)
            except StopIteration:
                more = False
                break
            except Exception as raised:  # noqa: BLE001 - a case's own, to be raised when it is its turn
                more, error = False, raised
                break
            together = together and desk.takes_series(function)
            waiting.append((item, _packed(item[1]) if together else None))
            together = waiting[-1][1] is not None
        if not waiting and more:  # none ahead is wanted: it is for the caller to go on or not
            try:
                waiting.append((next(coming), None))
            except StopIteration:
                return
        if not waiting:
            if error is not None:
                raise error
            return
        batch = [
            (item, packed) for item, packed in takewhile(lambda one: one[1] is not None, waiting) if packed
        ]
        if len(batch) > 1 and desk.takes_series(function, around=False):
            done = yield from _together(desk, function, batch, careful=careful)
            waiting = waiting[done:] if done else [(item, None) for item, _ in waiting]
        else:
            (key, args), _ = waiting.pop(0)
            yield key, args, partial(desk.call, function, args, {})


class Packed:
    """One call's arguments, ready to be sent."""

    def __init__(self, args: tuple[Any, ...]) -> None:
        packer = Packer()
        trees = {str(at): packer.pack(arg) for at, arg in enumerate(args)}
        self.size, self.buffers = packer.size, packer.buffers
        self.message: dict[str, Any] = {"args": trees, "size": packer.size}


def _packed(args: tuple[Any, ...]) -> Packed | None:
    """Pack a call's arguments; None where it had better go alone."""
    if not all(map(is_plain, args)):
        return None
    try:
        packed = Packed(args)
    except wire.WireError:
        return None
    return packed if packed.size <= _LARGE else None


def is_plain(value: Any) -> bool:
    """Whether a value is made of numbers and texts alone: nothing that a call could change for the next one's."""
    kind = type(value)
    if kind in (tuple, list):
        return len(value) <= _LONG and all(map(is_plain, value))
    if kind is dict:
        return len(value) <= _LONG and all(map(is_plain, value)) and all(map(is_plain, value.values()))
    return kind in _PLAIN


def _together(
    desk: TestDesk, function: StudentFunction, batch: Sequence[tuple[Item, Packed]], *, careful: bool
) -> Generator[Call, None, int]:
    """Make calls in one message; return how many were answered."""
    answers = desk.send_series(function, [packed for _, packed in batch], careful=careful)
    for ((key, args), _), take in zip(batch, answers, strict=False):
        yield key, args, partial(take, args)
    return len(answers)


def parts(answer: dict[str, Any], payload: memoryview, most: int) -> list[tuple[dict[str, Any], memoryview]]:
    """Return the answers that one frame holds, each with its part of the payload; raises where it is no such frame."""
    answers = answer.get("answers")
    if type(answers) is not list or len(answers) > most or not all(type(one) is dict for one in answers):
        raise wire.WireError("no answers")
    found, start = [], 0
    for one in answers:
        size = one.get("size")
        if type(size) is not int or not 0 <= size <= len(payload) - start:
            raise wire.WireError("an answer of no known size")
        found.append((one, payload[start : start + size]))
        start += size
    return found
