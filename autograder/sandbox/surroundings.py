"""What a test does around its calls, carried into the sandbox with the next one.

A test may delete one of the submission's functions ("does `b` use `a`?"), put its own in the place of one, or
seed a global random generator. Within one process the submission would feel that; so it does here. Only
functions are carried: a test's data stays outside.
"""

from __future__ import annotations

import functools
import random
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograder.sandbox.values import Packer

_MISSING = object()
_seedings = [0]


def count_seedings() -> None:
    """Have the functions that set a global generator's state count their calls.

    Looking at the states themselves before each call would take longer than the call, and a seed that is set
    twice leaves no trace there.
    """
    for module, names in ((np.random, ("seed", "set_state")), (random, ("seed", "setstate"))):
        for name in names:
            if not hasattr(getattr(module, name), "__wrapped__"):
                setattr(module, name, _counted(getattr(module, name)))


def seedings() -> int:
    """Return how often a global generator's state was set."""
    return _seedings[0]


def _counted(seed: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(seed)
    def counted(*args: Any, **kwargs: Any) -> None:
        _seedings[0] += 1
        seed(*args, **kwargs)

    return counted


class Surroundings:
    """The state around one test's calls, and what of it the sandbox knows."""

    def __init__(self) -> None:
        self._namespace: dict[str, Any] = {}
        self._laid: dict[str, Any] = {}
        self._known: dict[str, Any] = {}
        self._carried: dict[str, int] = {}  # functions of the test's that stand there now, by their numbers
        self._first_seedings = self._seedings = seedings()

    def watch(self, namespace: dict[str, Any], names: Sequence[str]) -> None:
        """Take the present bindings of these names as what the sandbox has."""
        self._namespace = namespace
        self._laid = {name: namespace.get(name, _MISSING) for name in names}
        self.renew()

    def renew(self) -> None:
        """Forget what was carried over: a fresh worker knows nothing of it."""
        self._known = dict(self._laid)
        self._carried.clear()
        self._seedings = self._first_seedings

    @property
    def carried(self) -> set[int]:
        """The numbers of the test's own functions that stand in the place of the submission's."""
        return set(self._carried.values())

    @property
    def quiet(self) -> bool:
        """Whether nothing has changed since the last call, and nothing of the test's stands in a name's place."""
        if self._carried or seedings() != self._seedings:
            return False
        return all(self._namespace.get(name, _MISSING) is known for name, known in self._known.items())

    def changes(self, packer: Packer) -> dict[str, Any]:
        """Return what has changed since the last call, as additions to its message."""
        found: dict[str, Any] = {}
        deleted, bound = [], {}
        for name, known in self._known.items():
            now = self._namespace.get(name, _MISSING)
            if now is known:
                continue
            if now is _MISSING:
                deleted.append(name)
            elif callable(now) and not isinstance(now, type):
                bound[name] = packer.pack(now)
            else:
                continue
            self._known[name] = now
            self._carried.pop(name, None)
            if name in bound and bound[name][1] >= 0:
                self._carried[name] = bound[name][1]
        if deleted:
            found["deleted"] = deleted
        if bound:
            found["bound"] = bound
        if seedings() != self._seedings:
            self._seedings = seedings()
            numpys = np.random.get_state()  # noqa: NPY002 - the global state is what is carried
            version, words, gauss = random.getstate()
            found["random"] = [
                packer.pack(part) for part in (tuple(numpys), version, np.array(words, np.uint64), gauss)
            ]
        return found


def take_over(message: dict[str, Any], namespace: dict[str, Any], unpack: Callable[[Any], Any]) -> None:
    """Inside the sandbox: do what `Surroundings.changes` says."""
    for name in message.get("deleted", ()):
        namespace.pop(name, None)
    for name, tree in message.get("bound", {}).items():
        namespace[name] = unpack(tree)
    if "random" in message:
        numpys, version, words, gauss = (unpack(tree) for tree in message["random"])
        np.random.set_state(numpys)  # noqa: NPY002
        random.setstate((version, tuple(words.tolist()), gauss))
