"""What the audit found, for the terminal, for a page of the docs, and as plain data."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from autograder.audit.equivalents import entry
from autograder.audit.hints import hint
from autograder.lesson.whereabouts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from autograder.audit.findings import AuditedExercise, AuditedLesson

_HEAD = (
    "| exercise | mutants | killed | equivalent | alive | mistakes | caught | named | variants | passed |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)
_PAGE = "# Audit\n"
_COLOURS = {"-": "red", "+": "green"}


def counts(exercise: AuditedExercise) -> tuple[int, ...]:
    """Return an exercise's row: mutants (all, killed, equivalent, alive), mistakes (all, caught, named), variants."""
    mistakes, variants = exercise.mistakes, exercise.variants
    return (
        len(exercise.mutants),
        exercise.count("killed"),
        exercise.count("equivalent"),
        exercise.count("alive"),
        len(mistakes),
        sum(not mistake.marked.full for mistake in mistakes),
        sum(not mistake.marked.full and mistake.named for mistake in mistakes),
        len(variants),
        sum(variant.marked.full for variant in variants),
    )


def print_lesson(console: Console, lesson: AuditedLesson, *, entries: bool = False) -> None:
    """Show one lesson: a line for each exercise, and under it what is to be mended.

    Parameters
    ----------
    console
        Where to.
    lesson
        What was found.
    entries
        Show living mutants as they would stand in ``equivalent.toml``, their reasons to be filled in.
    """

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    say(f"{lesson.name} ({lesson.seconds:.0f} s)", "bold")
    for fault in lesson.faults:
        say(f"  {fault}", "red")
    for exercise in lesson.exercises:
        say(f"  {_line(exercise)}", "" if exercise.sound else "yellow")
        for fault in exercise.faults:
            say(f"      {fault}", "red")
        _print_versions(say, exercise)
        for judged in exercise.mutants:
            if judged.state == "alive" and entries:
                say(entry(exercise.name, judged.mutant))
            elif judged.state == "alive":
                say(f"      alive ({judged.mutant.operator}): {hint(judged.mutant.operator)}")
                for line in judged.mutant.diff().split("\n"):
                    say(f"        {line}", _COLOURS.get(line[:1], ""))
    for remark in dict.fromkeys(remark for exercise in lesson.exercises for remark in exercise.remarks):
        names = [exercise.name for exercise in lesson.exercises if remark in exercise.remarks]
        say(f"  {remark}: {', '.join(names)}", "dim")


def print_end(console: Console, lessons: Sequence[AuditedLesson]) -> None:
    """Show the sum of all lessons, what can be done about living mutants, and what comes next."""
    rows = [counts(exercise) for lesson in lessons for exercise in lesson.exercises]
    total = [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * 9
    console.print(
        f"{counted(len(rows), 'exercise')}: {total[1]} of {total[0]} mutants killed, {total[2]} equivalent, "
        f"{total[3]} alive; {total[6]} of {total[4]} mistakes caught and rightly named; "
        f"{total[8]} of {total[7]} variants passed"
        f"{_foreseen(lessons)}.",
        highlight=False,
        soft_wrap=True,
    )
    if total[3]:
        console.print(
            "A living mutant is a case that no test has. Add one, or, where the change makes no difference that "
            "a student could be blamed for, list it with a reason in equivalent.toml beside the lesson's source "
            "(`--entries` prints what to paste).",
            highlight=False,
            soft_wrap=True,
        )
    console.print(_next(lessons), highlight=False, soft_wrap=True, markup=False)


def _next(lessons: Sequence[AuditedLesson]) -> str:
    if not all(lesson.sound for lesson in lessons):
        return "Next: mend what is marked above, and run the same command again."
    names = " ".join(shlex.quote(lesson.name) for lesson in lessons)
    return f"Next: autograder build {names} brings what students get up to date."


def _foreseen(lessons: Sequence[AuditedLesson]) -> str:
    """Say how the wrong answers of answers.py fared, where there are any."""
    found = [exercise for lesson in lessons for exercise in lesson.exercises]
    answers, amiss = sum(one.answers for one in found), sum(len(one.unforeseen) for one in found)
    if not answers and not amiss:
        return ""
    return f"; {counted(answers, 'wrong answer')} handed in, {f'{amiss} NOT as foreseen' if amiss else 'all as foreseen'}"


def _line(exercise: AuditedExercise) -> str:
    made, killed, same, alive, mistakes, caught, named, variants, passed = counts(exercise)
    parts = [f"{killed} of {made} mutants killed"]
    parts += [f"{same} equivalent"] if same else []
    parts += [f"{alive} ALIVE"] if alive else []
    if mistakes:
        whole = caught == named == mistakes
        parts.append(
            f"{counted(mistakes, 'mistake')} named"
            if whole
            else f"{caught} caught and {named} named of {mistakes} mistakes"
        )
    if variants:
        parts.append(f"{passed} of {variants} variants passed")
    if exercise.answers:
        parts.append(f"{counted(exercise.answers, 'wrong answer')} handed in")
    parts += [f"{len(exercise.unforeseen)} NOT as foreseen"] if exercise.unforeseen else []
    return f"{exercise.name}: {', '.join(parts)}"


def _print_versions(say: Any, exercise: AuditedExercise) -> None:
    for mistake in exercise.mistakes:
        marked = mistake.marked
        if marked.full:
            say(
                f"      the mistake {mistake.name!r} keeps all its points: add a case that it gets wrong",
                "yellow",
            )
        elif not mistake.named:
            instead = ", ".join(repr(name) for name in marked.mistakes) or "nothing"
            say(
                f"      the mistake {mistake.name!r} is told as {instead}: {marked.score:g} of {marked.possible:g} "
                f"points; {_shortened(marked.message)}",
                "yellow",
            )
    for variant in exercise.variants:
        marked = variant.marked
        if not marked.full:
            say(
                f"      the right variant {variant.name!r} gets {marked.score:g} of {marked.possible:g} points: "
                f"{_shortened(marked.message)}",
                "red",
            )

    for line in exercise.unforeseen:
        say(f"      {_shortened(line, 500)}", "yellow")


def _shortened(message: str, length: int = 300) -> str:
    line = " ".join(message.split())
    return line if len(line) <= length else f"{line[:length]} ..."


def table(lesson: AuditedLesson) -> str:
    """Return a lesson's counts as a table in Markdown."""
    rows = [counts(exercise) for exercise in lesson.exercises]
    lines = [
        f"| {exercise.name} | {' | '.join(map(str, row))} |"
        for exercise, row in zip(lesson.exercises, rows, strict=True)
    ]
    if rows:
        total = [sum(column) for column in zip(*rows, strict=True)]
        lines.append(f"| **all** | {' | '.join(f'**{number}**' for number in total)} |")
    return "\n".join([_HEAD, *lines])


def write_page(path: Path, lessons: Sequence[AuditedLesson]) -> None:
    """Write the lessons' tables into a page between their marks; what else stands there is kept."""
    text = path.read_text(encoding="utf-8") if path.is_file() else _PAGE
    for lesson in lessons:
        begin, end = marks(lesson.name)
        part = f"{begin}\n{table(lesson)}\n{end}"
        if begin in text:
            before, rest = text.split(begin, 1)
            text = before + part + rest.split(end, 1)[1]
        elif lesson.exercises:
            text = f"{text.rstrip()}\n\n## {lesson.name}\n\n{part}\n"
    path.write_text(text, encoding="utf-8")


def marks(name: str) -> tuple[str, str]:
    """Return what stands before and after a lesson's table in a page."""
    return f"<!-- audit of {name} -->", f"<!-- end of {name} -->"


def as_data(lessons: Sequence[AuditedLesson]) -> list[dict[str, Any]]:
    """Return everything as plain data; mutants and mistakes are parts of solutions, so it is secret."""
    found = []
    for lesson in lessons:
        data = asdict(lesson)
        for exercise, audited in zip(data["exercises"], lesson.exercises, strict=True):
            names = (
                "mutants",
                "killed",
                "equivalent",
                "alive",
                "mistakes",
                "caught",
                "named",
                "variants",
                "passed",
            )
            exercise["counts"] = dict(zip(names, counts(audited), strict=True))
        found.append(data)
    return found
