"""Answers to a lesson's exercises, right, wrong and unusable, each with the marks its author foresees.

`solutions/NAME/answers.py` lists them as ANSWERS; it is as secret as the lesson's source and is never released.
This file has the words it is written with. It grades nothing: the audit hands every answer to the real grader and
compares (autograder/audit/foreseen.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from autograder.lesson.samples import Known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


Says = str | tuple[str, ...] | list[str]

#: What can be handed in for a function, or a value, that is no answer at all.
UNUSABLE = ("None", "wrong type", "wrong shape", "NaN", "raises", "prints")
#: The same for a chain of lines.
UNUSABLE_CHAIN = ("None", "bare text", "number inside", "unreadable line", "empty", "raises")


#: Who hands the answers in, where it matters: a lesson may ask each student something else.
STUDENT = "ada"


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise, with what its author expects grading to say.

    Attributes
    ----------
    exercise : str
        Grade id of the solution cell.
    kind : str
        "right", "wrong", or one of `UNUSABLE` or `UNUSABLE_CHAIN`.
    name : str
        What it is, in a few words.
    source : str or Known
        The text of the cell, or one of the lesson's known mistakes.
    marks : mapping, optional
        Aspect to points; what is not named earns 0. None means full marks.
    says : tuple of str
        Each stands in what the student is told.
    mistake : str, optional
        The known mistake that is recognised; "" for none; None where it does not matter.
    status : str
        "graded", or "partial" where something hung or crashed.
    alone : bool
        Graded in a run of its own, for an answer that changes more than the names it binds.
    known : str
        The known mistake whose text it is, where `read_answers` filled it in.
    """

    exercise: str
    kind: str
    name: str
    source: str | Known
    marks: Mapping[str, float] | None = field(default_factory=dict)
    says: tuple[str, ...] = ()
    mistake: str | None = None
    status: Literal["graded", "partial"] = "graded"
    alone: bool = False
    known: str = ""

    def __str__(self) -> str:
        return f"{self.exercise}, {self.kind}" + (f" ({self.name})" if self.name != self.kind else "")


def right(exercise: str, name: str, source: str, *, says: Says = (), alone: bool = False) -> Answer:
    """Return an answer that earns everything; its source is not the lesson's own."""
    return Answer(exercise, "right", name, source.strip("\n"), None, _texts(says), "", alone=alone)


def wrong(
    exercise: str,
    name: str,
    source: str | Known,
    *,
    marks: Mapping[str, float] | None = None,
    says: Says = (),
    mistake: str | None = None,
    status: Literal["graded", "partial"] = "graded",
    alone: bool = False,
) -> Answer:
    """Return a wrong answer.

    Parameters
    ----------
    exercise, name
        Of which exercise, and what is wrong with it.
    source
        The text of the cell, or ``Known("its name")`` for one of the lesson's known mistakes, which is then
        expected to be recognised where it costs an aspect.
    marks
        Aspect to points; what is not named earns 0.
    says
        Text, or several, that the student is told.
    mistake
        The known mistake that is recognised; "" for none.
    status
        "partial" where it hangs or crashes; such an answer is graded alone.
    alone
        Grade it in a run of its own: for an answer that changes more than the names it binds.
    """
    if isinstance(source, Known) and mistake is None:
        mistake = source.mistake
    text = source if isinstance(source, Known) else source.strip("\n")
    alone = alone or status == "partial"
    return Answer(exercise, "wrong", name, text, dict(marks or {}), _texts(says), mistake, status, alone)


def unusable(
    exercise: str,
    *,
    arguments: str = "x",
    nan: str = "",
    shape: str = "np.zeros((2, 3, 5, 7))",
    kind: str = "'no idea'",
    says: Mapping[str, Says] | None = None,
    marks: Mapping[str, Mapping[str, float]] | None = None,
) -> list[Answer]:
    """Return the answers to a function exercise that are no answers, one for each kind of `UNUSABLE`.

    Parameters
    ----------
    exercise
        Whose function is defined.
    arguments
        Its parameters, as in its signature.
    nan, shape, kind
        What it returns for "NaN" (by default an array like the first argument), "wrong shape" and "wrong type".
    says, marks
        What is told, and what is earned after all, by kind. By default nothing is earned.
    """
    first = re.split("[,=]", arguments)[0].strip()
    nan = nan or (f"np.full(np.shape({first}), np.nan)" if first else "np.nan")
    bodies = {
        "None": "return None",
        "wrong type": f"return {kind}",
        "wrong shape": f"return {shape}",
        "NaN": f"return {nan}",
        "raises": "raise RuntimeError('no idea')",
        "prints": f"print({first or 0})",
    }
    sources = {name: f"def {exercise}({arguments}):\n    {body}" for name, body in bodies.items()}
    told: dict[str, Says] = {"None": "None", "prints": "return", "raises": "no idea", "NaN": "nan"}
    return _unusable(exercise, sources, {**told, **(says or {})}, marks or {})


def unusable_value(
    exercise: str,
    *,
    says: Mapping[str, Says] | None = None,
    marks: Mapping[str, Mapping[str, float]] | None = None,
) -> list[Answer]:
    """Return the same for an exercise whose answer is a value, such as a line number or a dict."""
    sources = {
        "None": f"{exercise} = None",
        "wrong type": f"{exercise} = 'no idea'",
        "wrong shape": f"{exercise} = [1, 2, 3, 4, 5]",
        "NaN": f"{exercise} = float('nan')",
        "raises": f"{exercise} = 1 / 0",
        "prints": "print(1)",
    }
    told: dict[str, Says] = {"None": "None", "raises": "ZeroDivisionError", "prints": exercise}
    return _unusable(exercise, sources, {**told, **(says or {})}, marks or {})


def unusable_chain(
    exercise: str,
    *,
    keys: Sequence[str] = (),
    says: Mapping[str, Says] | None = None,
) -> list[Answer]:
    """Return the answers to a derivation that are no chains, one for each kind of `UNUSABLE_CHAIN`.

    Parameters
    ----------
    exercise
        Whose chain it is.
    keys
        Of the dict of chains, where there are several; each gets the same.
    says
        What is told, by kind.
    """
    values = {
        "None": "None",
        "bare text": "'1 + 1'",
        "number inside": "['1 + 1', 2]",
        "unreadable line": "['2 +* 3', '1 + 1']",
        "empty": "[]",
        "raises": "[1 / 0]",
    }
    if keys:
        values = {
            name: f"dict.fromkeys([{', '.join(map(repr, keys))}], {value})" for name, value in values.items()
        }
    sources = {name: f"{exercise} = {value}" for name, value in values.items()}
    told: dict[str, Says] = {
        "raises": "ZeroDivisionError",
        "unreadable line": "cannot be read",
        "number inside": "line 2",
    }
    return _unusable(exercise, sources, {**told, **(says or {})}, {})


def _texts(says: Says) -> tuple[str, ...]:
    return (says,) if isinstance(says, str) else tuple(says)


def _unusable(
    exercise: str,
    sources: Mapping[str, str],
    says: Mapping[str, Says],
    marks: Mapping[str, Mapping[str, float]],
) -> list[Answer]:
    return [
        Answer(exercise, kind, kind, source, dict(marks.get(kind, {})), _texts(says.get(kind, ())))
        for kind, source in sources.items()
    ]
