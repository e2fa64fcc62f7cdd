"""What an answer is doubted for: two ways to agree with a test that do not take the right answer.

A function may set its argument to zero, so that what the test computes from the argument afterwards is zero too.
And an empty array broadcasts against any other, so that `np.allclose` finds nothing that differs. Honest work
does neither where the reference does not, or fails the test all the same. So a test that was passed in spite of
a doubt is run once more, strictly: arguments stay what they were, and such an array is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, zip_longest
from types import GeneratorType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check import Opaque
from autograder.sandbox.known import DTYPES
from autograder.sandbox.replies import SubmissionError, assign
from autograder.sandbox.values import Packer
from autograder.sandbox.wire import MAX_PAYLOAD, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_CHANGEABLE = (np.ndarray, list, dict, set, np.random.Generator, np.random.RandomState)  # as `assign` has it
_VALUES: type = type({}.values())
_ITEMS: type = type({}.items())
_HOLDING = frozenset({list, tuple, dict, _VALUES, _ITEMS})  # whose parts are looked at
_OTHERS = frozenset({str, bytes, set, frozenset, dict, _VALUES, _ITEMS})  # a loop over it, too, ends at once
_WORTH_A_LOOK = _HOLDING | {np.ndarray, range}
_DRAWN = 1_000  # items of the reference's iterator


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reference gave for the same arguments, and what it left of them."""

    value: Any
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Returned:
    """What is called where a call returned it: whose call that was, with what, and where in its result it stood."""

    of: Callee
    arguments: Mapping[str, Any]
    place: tuple[Any, ...]
    drawn: bool = False  # an iterator stood there: it is drawn from

    def right(self, value: Any) -> Callable[..., Any] | None:
        """Return what stands there in the reference's result; of an iterator, what lists its items."""
        found = _at(value, self.place)
        if self.drawn and isinstance(found, Iterator):
            return lambda _count: _Items(islice(found, _DRAWN))
        return found if callable(found) else None


@dataclass(frozen=True, slots=True)
class Held:
    """What is called where a name's value holds it: the name, and where in its value it stands."""

    name: str
    place: tuple[Any, ...]

    def right(self, data: Mapping[str, Any]) -> Callable[..., Any] | None:
        """Return what stands there in the reference's own data."""
        found = _at(data, (self.name, *self.place))
        return found if callable(found) else None


Callee = str | Returned | Held


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    """Return what stands at a place; None where there is no such place."""
    try:
        for step in place:
            value = (list(value) if type(value) in {_VALUES, _ITEMS} else value)[step]
    except (LookupError, TypeError):
        return None
    return value


class _Items(list[Any]):
    """What the reference's iterator gives, in the place of a few items of the submission's."""


class Doubts:
    """Weighs one test's answers against the reference.

    Parameters
    ----------
    ask
        Calls the reference of a name, or what a reference returned, with arguments by key; None where there is none
        to ask.
    data
        The reference's own data.
    """

    def __init__(
        self, ask: Callable[[Callee, dict[str, Any]], Expected | None], data: Mapping[str, Any]
    ) -> None:
        self.raised = False
        self.strict = False
        self._ask = ask
        self._data = data
        self._undo: list[tuple[Any, Any]] = []

    def names(self, found: dict[str, Any], made: Sequence[Any] = ()) -> dict[str, Any]:
        """Weigh the data that the submission bound, and say whose the functions are that were `made` of parts of it."""
        for name, value in found.items():
            if name not in self._data:
                continue
            for part, place, drawn in _within(value, made) if type(value) in _HOLDING else ():
                part.whose = None if drawn else Held(name, place)  # the reference's own is there once
            refused = _without_empty(value, self._data[name]) if _empty(value) else value
            if refused is not value:
                self.raised = True
                if self.strict:
                    found[name] = refused
        return found

    def changed(self, callee: Callee | None, arguments: dict[str, Any], before: dict[str, Any]) -> None:
        """Weigh what a call made of its arguments; `before` has copies of those it says it changed."""
        different = [key for key, value in before.items() if not _alike(value, arguments[key])]
        expected = self._ask(callee, {**arguments, **before}) if different and callee is not None else None
        if expected is None:
            return
        for key in different:
            if _alike(expected.arguments[key], before[key]):
                self.raised = True
                if self.strict:
                    assign(arguments[key], before[key])
                else:
                    self._undo.append((arguments[key], before[key]))

    def value(self, callee: Callee | None, arguments: dict[str, Any], value: Any) -> Any:
        """Weigh what a call returned."""
        if isinstance(callee, Returned) and callee.drawn and type(value) is tuple and value:
            return (self._weighed(callee, arguments, value[0]), *value[1:])
        return self._weighed(callee, arguments, value)

    def _weighed(self, callee: Callee | None, arguments: dict[str, Any], value: Any) -> Any:
        expected = self._ask(callee, arguments) if callee is not None and _empty(value) else None
        if expected is None:
            return value
        if type(expected.value) is _Items:
            refused = value if any(map(_empty, expected.value)) else _without_empty(value, None)
        else:
            refused = _without_empty(value, expected.value)
        if refused is value:
            return value
        self.raised = True
        if self.strict and isinstance(refused, Opaque):
            name = callee if isinstance(callee, str) else "a function that came back"
            name = callee.name if isinstance(callee, Held) else name
            raise SubmissionError(f"{name} returned an {refused.type_name} where the result has entries")
        return refused if self.strict else value

    def functions(
        self, callee: Callee | None, arguments: dict[str, Any], value: Any, made: Sequence[Any]
    ) -> list[tuple[Any, Callee]]:
        """Return which of the functions that came with a call's result is whose, as far as it can be told."""
        if callee is None or not made:
            return []
        found = list(_within(value, made))
        try:
            kept = {
                key: one if callable(one) else copy.deepcopy(one) for key, one in arguments.items() if found
            }
        except Exception:  # noqa: BLE001 - what cannot be copied, such as an iterator: there is nobody to ask then
            return []
        return [(part, Returned(callee, kept, place, drawn)) for part, place, drawn in found]

    def begin_strictly(self) -> None:
        """Put back the arguments that were changed, and let no doubt pass from now on."""
        for argument, before in reversed(self._undo):
            assign(argument, before)
        self._undo.clear()
        self.strict = True


def copies(arguments: dict[str, Any], changed: object) -> dict[str, Any]:
    """Return copies of the arguments that an answer says were changed, as far as they can be."""
    keys = changed if type(changed) is dict else {}
    found = {}
    for key in keys:
        if isinstance(arguments.get(key), _CHANGEABLE):
            with suppress(TypeError):  # what cannot be copied, such as a view of a dict's items in it
                found[key] = copy.deepcopy(arguments[key])
    return found


def _empty(value: Any) -> bool:
    """Whether a value is an empty array or list, or has one somewhere within."""
    kind = type(value)
    if kind is np.ndarray:
        return bool(value.size == 0)
    if kind not in _HOLDING:
        return (kind is range or kind in _OTHERS) and not value
    parts = value.values() if kind is dict else value
    if not parts:
        return True
    return not _WORTH_A_LOOK.isdisjoint(map(type, parts)) and any(map(_empty, parts))


def _numberless(value: Any) -> bool:
    """Whether a value has no number in it that a loop or NumPy would find."""
    if type(value) is np.ndarray:
        return bool(value.size == 0)
    if type(value) in _OTHERS:
        return not value
    return type(value) in {list, tuple, range} and all(map(_numberless, value))


def _within(value: Any, made: Sequence[Any]) -> Iterator[tuple[Any, tuple[Any, ...], bool]]:
    """Yield those that were made of parts of a value, or of all of it, each with its place and whether it is drawn from."""
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(value, ())] if made else []
    wanted = {id(one) for one in made}
    for one, place in waiting:
        drawer = one.gi_frame.f_locals.get("draw") if type(one) is GeneratorType and one.gi_frame else None
        if id(one) in wanted or id(drawer) in wanted:
            yield one if drawer is None else drawer, place, drawer is not None
        elif type(one) in _HOLDING:
            keyed = one.items() if type(one) is dict else enumerate(one)
            waiting += [(part, (*place, key)) for key, part in keyed]


def _without_empty(value: Any, expected: Any) -> Any:
    """Return the value with a stand-in for each empty array where entries are expected; itself if there is none.

    A list without numbers is one where a number or an array is expected, and in that case alone: other lists may be
    empty for a while.
    """
    kind = type(value)
    if kind is np.ndarray:
        vain = value.size == 0 and not (isinstance(expected, np.ndarray) and expected.size == 0)
        return Opaque("empty array") if vain else value
    if _is_numbers(expected) and _numberless(value):
        return Opaque(f"empty {kind.__name__ if kind in _OTHERS else 'list'}")
    if kind not in _HOLDING:
        return value
    if kind is dict:
        named = expected if type(expected) is dict else {}
        parts = {key: _without_empty(part, named.get(key)) for key, part in value.items()}
        return parts if any(parts[key] is not value[key] for key in value) else value
    wanted = list(expected) if type(expected) in _HOLDING and type(expected) is not dict else []
    items = [_without_empty(part, want) for part, want in zip_longest(value, wanted[: len(value)])]
    if all(new is old for new, old in zip(items, value, strict=True)):
        return value
    return kind(items) if kind in {list, tuple} else _view(kind, items)


def _view(kind: type, items: list[Any]) -> Any:
    return dict(enumerate(items)).values() if kind is _VALUES else dict(items).items()


def _is_numbers(value: Any) -> bool:
    """Whether a value is a number or an array with entries."""
    return isinstance(value, int | float | complex | np.generic) or (
        isinstance(value, np.ndarray) and value.size > 0
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, bit by bit."""
    return print_of(one) == print_of(other)


def print_of(value: Any) -> object:
    """Return something that is the same for values that are the same bit by bit."""
    if type(value) is np.ndarray and value.dtype.char in DTYPES and value.nbytes <= MAX_PAYLOAD:
        form = ["a", value.dtype.str, list(value.shape), value.flags.writeable, 0, value.nbytes]
        return form, [value.tobytes()]  # as below, at a third of the time
    packer = Packer(id)
    try:
        tree = packer.pack(value)
    except WireError:
        return id(value)
    return tree, [bytes(buffer) for buffer in packer.buffers]
