"""What the audit finds: for each lesson, for each exercise, for each mutant and version. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from autograder.audit.mutants import Mutant
    from autograder.audit.trials import Marked

State = Literal["killed", "alive", "equivalent"]


@dataclass(frozen=True)
class JudgedMutant:
    """A mutant, and whether a test noticed it; `reason` is the author's where it is equivalent."""

    mutant: Mutant
    state: State
    reason: str = ""


@dataclass(frozen=True)
class JudgedVersion:
    """A known mistake or a right variant, by its name, and what grading said."""

    name: str
    marked: Marked

    @property
    def named(self) -> bool:
        """Whether it was recognised as the mistake that it is, and as no other."""
        return self.marked.mistakes == (self.name,)


@dataclass(frozen=True)
class AuditedExercise:
    """What became of one exercise.

    Attributes
    ----------
    name : str
        Grade id of its solution cell.
    reference : Marked or None
        What the reference gets; None where no test looks at it.
    mutants : tuple of JudgedMutant
        In the order of the source.
    mistakes, variants : tuple of JudgedVersion
        Known mistakes must lose points and be named; variants must lose none.
    answers : int
        How many wrong and unusable answers of answers.py were handed in.
    unforeseen : tuple of str
        Answers that did not get what answers.py foresees, and what they got, in words.
    remarks : tuple of str
        What else is amiss or missing, in words.
    faults : tuple of str
        What is wrong with the exercise itself or its registry, in words.
    seconds : float
        How long it took.
    """

    name: str
    reference: Marked | None = None
    mutants: tuple[JudgedMutant, ...] = ()
    mistakes: tuple[JudgedVersion, ...] = ()
    variants: tuple[JudgedVersion, ...] = ()
    answers: int = 0
    unforeseen: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    seconds: float = 0.0

    def count(self, state: State) -> int:
        """Return how many mutants are killed, alive or equivalent."""
        return sum(judged.state == state for judged in self.mutants)

    @property
    def sound(self) -> bool:
        """Whether nothing is left to mend."""
        return not (
            self.faults
            or self.unforeseen
            or self.count("alive")
            or any(mistake.marked.full or not mistake.named for mistake in self.mistakes)
            or any(not variant.marked.full for variant in self.variants)
        )


@dataclass(frozen=True)
class AuditedLesson:
    """What became of one notebook: its exercises in order, what ails the whole, and the seconds it took."""

    name: str
    exercises: tuple[AuditedExercise, ...]
    faults: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing is left to mend."""
        return not self.faults and all(exercise.sound for exercise in self.exercises)
