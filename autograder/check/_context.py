"""Which grading session and which aspect are active now. Checks look here; nobody passes them around.

A session is active on the grading side only. An aspect is active inside its `with` block.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from autograder.check._chain import Chain
    from autograder.check._finding import CheckFailed, Finding
    from autograder.check._mistakes import Mistakes
    from autograder.check._report import Report


@dataclass(frozen=True)
class Raised:
    """Stands for a result when a call raised instead of returning: the kind of error, and its words."""

    error: str
    words: str = ""


class Evidence(NamedTuple):
    """One call that `matches` or `raises` saw: what went in, what came out, what should have come out.

    There are hundreds in a notebook, and a tuple is made in a third of the time.
    """

    function: str
    args: tuple[Any, ...]
    got: Any
    want: Any
    wrong: bool
    part: tuple[int | str, ...] = ()  # which one of several results `got` and `want` are; empty for all
    refusal: bool = False  # an error is what should have come
    call: Callable[..., Any] | None = None  # the student's function
    ref: Callable[..., Any] | None = None  # the right version
    cases: Iterable[Any] | None = None  # what the arguments were drawn from
    names: tuple[str, ...] = ()  # of the arguments

    @property
    def kind(self) -> tuple[bool, tuple[int | str, ...]]:
        """What the call was to show; only calls of one kind are evidence for one another."""
        return self.refusal, self.part


@dataclass(frozen=True)
class Called:
    """One call made before in this test cell: what it gave, and what it left of its arguments."""

    got: Any
    given: tuple[Any, ...]
    function: Any  # kept alive, since calls are told apart by its identity
    failed: CheckFailed | None = None


class Collector(Protocol):
    """What an active aspect does for the checks inside it."""

    @property
    def name(self) -> str:
        """As given to `check.marks`."""

    @property
    def calls(self) -> dict[object, Called]:
        """What was called before in this test cell, by any aspect."""

    def saw(self, function: str) -> None:
        """Note that a function was checked."""

    def tell(self, note: str) -> None:
        """Add a remark that costs nothing."""

    def record(self, evidence: Evidence) -> None:
        """Keep a call for the search of known mistakes."""

    def show(self, chain: Chain) -> None:
        """Put a derivation on the card."""

    def charge_shapes(self, finding: Finding) -> bool:
        """Let the aspect `shapes` pay for a shape; False where that is this one, or there is none."""


class Grading(Protocol):
    """What a session offers to the checks inside it."""

    @property
    def reference(self) -> Mapping[str, Any]:
        """The lesson's right versions by name."""

    @property
    def mistakes(self) -> Mistakes:
        """The known mistakes."""

    @property
    def reports(self) -> list[Report]:
        """What total() found so far."""

    @property
    def student(self) -> str:
        """The id that handed in; empty for the lesson's own run."""


session: ContextVar[Grading | None] = ContextVar("session", default=None)
aspect: ContextVar[Collector | None] = ContextVar("aspect", default=None)
