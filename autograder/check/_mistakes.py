"""Known mistakes and the reference: what the hidden part of a test cell names.

The code of mistakes and references lives in lesson sources, never here. Which mistake is behind a student's
results is found out in `_recognise`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.check import _calls, _context

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Mistake:
    """A wrong version of an exercise, with the advice a tutor would give for it."""

    name: str
    advice: str
    function: Callable[..., Any]


class Mistakes:
    """The known mistakes of each function, in the order they were first named.

    One registry can serve many runs of the same test cells. A mistake named again is kept once, with the
    function of the latest run, since its globals are the ones that are alive, until the registry is closed.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Mistake]] = {}
        self._closed = False

    def close(self) -> None:
        """Take no more: later runs may have a submission's functions among their globals."""
        self._closed = True

    @property
    def closed(self) -> bool:
        """Whether nothing is taken any more."""
        return self._closed

    def register(self, function_name: str, mistake: Mistake) -> None:
        """Add a mistake to those of a function."""
        if not self._closed:
            self._known.setdefault(function_name, {})[mistake.name] = mistake

    def of(self, function_name: str) -> tuple[Mistake, ...]:
        """Return the known mistakes of a function."""
        return tuple(self._known.get(function_name, {}).values())

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return every wrong version, by its function's name and its own."""
        return {f"{of}: {name}": m.function for of, named in self._known.items() for name, m in named.items()}

    def __len__(self) -> int:
        return sum(len(named) for named in self._known.values())


_outside = Mistakes()  # for an author who runs a source notebook by hand


class _Undefined:
    """Stands where an exercise's name is missing, so that a mistake never takes the student's place."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *_args: Any, **_options: Any) -> Any:
        error = NameError(f"name {self.__name__!r} is not defined", name=self.__name__)
        error.missing_exercise = True  # type: ignore[attr-defined]
        raise error


def mistake(name: str, advice: str) -> Callable[[Callable[..., Any]], Any]:
    """Name a wrong version of an exercise, written as a function of the exercise's name.

    Parameters
    ----------
    name
        What goes wrong, as it completes "A known slip gives just this: ..."
    advice
        What a tutor would ask. Never the solution.

    Returns
    -------
    decorator
        It gives back what the name was bound to before, so the student's function stays in place.

    Examples
    --------
    ::

        @mistake("np.max for np.maximum", "What shape should relu(x) have?")
        def relu(x):
            return np.max(x, 0)
    """

    def keep(function: Callable[..., Any]) -> Any:
        session = _context.session.get()
        registry = session.mistakes if session is not None else _outside
        exercise = _calls.name_of(function)
        if not registry.closed:
            registry.register(exercise, Mistake(name, advice, function))
        bound = getattr(function, "__globals__", {})
        return bound[exercise] if exercise in bound else _Undefined(exercise)

    return keep


class _Reference:
    """The right versions of a lesson's functions, by name: ``reference.relu``.

    While a test cell is graded they come from the grader; for an author who runs the source notebook they are
    the notebook's own.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        session = _context.session.get()
        try:
            return session.reference[name] if session is not None else vars(sys.modules["__main__"])[name]
        except KeyError:
            raise AttributeError(
                f"there is no reference for {name!r}: is its solution cell in this lesson?"
            ) from None


reference = _Reference()
