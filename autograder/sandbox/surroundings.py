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
    """Have `np.random.seed` and `random.seed` count their calls: a seed set twice leaves no other trace."""
    for module in (np.random, random):
        if not hasattr(module.seed, "__wrapped__"):
            module.seed = _counted(module.seed)  # type: ignore[attr-defined]


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
        self._random = _random_state()
        self._first_random = self._random

    def watch(self, namespace: dict[str, Any], names: Sequence[str]) -> None:
        """Take the present bindings of these names as what the sandbox has."""
        self._namespace = namespace
        self._laid = {name: namespace.get(name, _MISSING) for name in names}
        self.renew()

    def renew(self) -> None:
        """Forget what was carried over: a fresh worker knows nothing of it."""
        self._known = dict(self._laid)
        self._random = self._first_random

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
        if deleted:
            found["deleted"] = deleted
        if bound:
            found["bound"] = bound
        state = _random_state()
        if state != self._random:
            self._random = state
            numpys = np.random.get_state()  # noqa: NPY002 - the global state is what is carried
            version, words, gauss = random.getstate()
            found["random"] = [
                packer.pack(part) for part in (tuple(numpys), version, np.array(words, np.uint64), gauss)
            ]
        return found


def _random_state() -> tuple[Any, ...]:
    """Return something equal exactly when both global generators stand as they stood."""
    numpys: Any = np.random.get_state()  # noqa: NPY002
    return _seedings[0], numpys[1].tobytes(), numpys[2:], random.getstate()


def take_over(message: dict[str, Any], namespace: dict[str, Any], unpack: Callable[[Any], Any]) -> None:
    """Inside the sandbox: do what `Surroundings.changes` says."""
    for name in message.get("deleted", ()):
        namespace.pop(name, None)
    for name, tree in message.get("bound", {}).items():
        namespace[name] = unpack(tree)
    if "random" in message:
        numpys, version, words, gauss = (unpack(tree) for tree in message["random"])
        np.random.set_state(numpys)  # noqa: NPY002
        random.setstate((version, tuple(int(word) for word in words), gauss))
