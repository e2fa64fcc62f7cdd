"""The command line: ``autograder build | audit | grade | feedback | report | doctor | demo``, on an nbgrader course."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from autograder.commands import Commands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograder.grading.engines.engine import Engine
    from autograder.grading.setting import Setting
    from autograder.lesson.course import Course

app = Commands(
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    help="Build a course, grade it behind a wall, give it back with reasons.",
)
_console = Console()
_errors = Console(stderr=True)
CourseOption = Annotated[
    Path, typer.Option("--course", help="The nbgrader course folder.", show_default="here")
]
HERE = Path()
_UNSAFE = (
    "Without a sandbox, student code runs as you: it can read your files, the solutions and other people's work, "
    "change the gradebook, use the network and stop this run. Tests still run outside its process, but a mark made "
    "this way can be forged, and every one says so."
)


def _open(path: Path, before: str = "") -> Course:
    """Open a course, or end with words on why not; `before` is what a command says before that it is no course."""
    from traitlets import TraitError  # noqa: PLC0415 - each command loads what it needs

    from autograder.grading.limits import limits_of  # noqa: PLC0415
    from autograder.lesson.course import CourseError, open_course  # noqa: PLC0415
    from autograder.lesson.whereabouts import why_no_course  # noqa: PLC0415

    try:
        course = open_course(path)
        limits_of(course.config)
    except CourseError as error:
        raise _stop(str(error)) from None
    except (TraitError, ValueError) as error:
        raise _misfit(error) from None
    if problem := why_no_course(course):
        raise _stop(f"{before}{problem}")
    return course


def _stop(message: str, code: int = 1) -> typer.Exit:
    _errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(code)


def _misfit(error: Exception) -> typer.Exit:
    what = str(error).rstrip(".")
    return _stop(
        f"A setting in nbgrader_config.py does not fit: {what}. `autograder doctor --quick` looks at all of them."
    )


def _writable(*files: Path | None) -> None:
    """End before the work where a file that it is to end in has no folder, or is one."""
    for path in filter(None, files):
        if not path.parent.is_dir():
            raise _stop(
                f"{path} cannot be written: there is no folder {path.parent}. Make it, or name another."
            )
        if path.is_dir():
            raise _stop(f"{path} cannot be written: it is a folder. Name a file, such as {path / 'marks'}.")


def _say(text: str) -> None:
    _console.print(text, markup=False, highlight=False, soft_wrap=True)


@app.callback()
def main(context: typer.Context) -> None:
    """Say what there is, and where the course in this folder stands, when no command is given."""
    if context.invoked_subcommand is None:
        from autograder.lesson.course import CourseError, open_course  # noqa: PLC0415
        from autograder.lesson.whereabouts import next_step  # noqa: PLC0415

        typer.echo(context.get_help())
        try:
            _say(f"Here: {next_step(open_course(HERE))}")
        except CourseError as error:
            raise _stop(str(error)) from None


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="The lessons; all when left out.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say what is out of step.")] = False,
    add_cells: Annotated[
        bool, typer.Option("--add-cells", help="Take new cells into a gradebook that has marks; these stay.")
    ] = False,
    course: CourseOption = HERE,
) -> None:
    """Build the notebooks from their text sources: solutions/ -> notebooks/."""
    from autograder.lesson.course import CourseError  # noqa: PLC0415
    from autograder.lesson.generate import BuildError  # noqa: PLC0415
    from autograder.lesson.release import build as build_course  # noqa: PLC0415
    from autograder.lesson.whereabouts import after_build, cells_added, counted, next_step  # noqa: PLC0415

    opened = _open(course)
    try:
        result = build_course(opened.root, check=check, names=names or None, add_cells=add_cells)
    except (BuildError, CourseError) as error:
        raise _stop(str(error)) from None
    if not result.assignments:
        raise _stop(next_step(opened))
    for verb, paths in (("changed", result.written), ("gone", result.removed), ("no source", result.orphans)):
        for path in paths:
            _console.print(f"  {verb:<10}{path}", markup=False, highlight=False, soft_wrap=True)
    done = f"{counted(len(result.assignments), 'lesson')}, {counted(result.unchanged, 'file')} as before"
    if check and not result.in_step:
        raise _stop(
            "The notebooks are out of step with their sources. Run `autograder build` and commit what changes."
        )
    _say(f"In step: {done}." if result.in_step else f"Built: {done}.")
    for name, gained in result.added.items():
        _say(cells_added(name, gained))
    if not result.in_step and not result.added:
        _say(after_build(opened, result))


@app.command()
def feedback(
    assignment: Annotated[
        str | None, typer.Argument(help="The assignment; all that is graded when left out.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option("--student", help="Only this student; may be repeated.")
    ] = None,
    course: CourseOption = HERE,
) -> None:
    """Write a page with marks and reasons for each graded submission."""
    from autograder.desk.feedback import update_feedback  # noqa: PLC0415
    from autograder.lesson.whereabouts import counted, unknown_assignment  # noqa: PLC0415

    opened = _open(course)
    pages = update_feedback(opened, assignment, student or [])
    if not pages.paths:
        where = opened.root / opened.autograded_directory
        raise _stop(
            unknown_assignment(opened, assignment or "")
            or f"Nothing graded in {where}{' for ' + assignment if assignment else ''}. Run `autograder grade` first."
        )
    folder = opened.root / opened.feedback_directory
    _say(f"{counted(len(pages.paths), 'page')} in {folder}, {len(pages.written)} of them new or changed")
    _say(f"Look at one: {pages.paths[0]}")
    which = pages.assignments[0] if len(pages.assignments) == 1 else "ASSIGNMENT"
    _say(f"Next: nbgrader release_feedback {which} puts them where students fetch them.")


@app.command()
def report(
    assignment: Annotated[
        str | None, typer.Argument(help="The assignment; all that were handed in when left out.")
    ] = None,
    names: Annotated[
        bool, typer.Option("--names/--no-names", help="Show students by name, or by lasting pseudonyms.")
    ] = True,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the numbers as CSV to this folder, too.")
    ] = None,
    course: CourseOption = HERE,
) -> None:
    """Write a page on the class: scores, exercises, mistakes, and what to teach next week."""
    from autograder.desk.report import write_report  # noqa: PLC0415
    from autograder.desk.report.pseudonyms import PseudonymError  # noqa: PLC0415
    from autograder.lesson.whereabouts import counted, next_step, unknown_assignment  # noqa: PLC0415

    opened = _open(course)
    try:
        written = write_report(opened, assignment, names=names, csv=csv)
    except LookupError:
        raise _stop(unknown_assignment(opened, assignment or "")) from None
    except PseudonymError as error:
        raise _stop(str(error)) from None
    if not written:
        raise _stop(f"Nothing is graded. {next_step(opened)}")
    for one in written:
        for path in (one.page, *one.sheets):
            _console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
    graded = sum(one.graded for one in written)
    _say(
        f"{counted(len(written), 'report')} on {counted(graded, 'graded submission')}; "
        f"{'it' if len(written) == 1 else 'each'} is one file to open in a browser."
    )
    if not graded:
        _say(next_step(opened))
        return
    which = written[0].assignment if len(written) == 1 else "ASSIGNMENT"
    _say(f"Next: autograder similar {which}, who wrote alike; autograder export, the grades.")


@app.command()
def similar(
    assignment: Annotated[str, typer.Argument(help="The assignment.")],
    names: Annotated[
        bool, typer.Option("--names/--no-names", help="Show students by name, or by lasting pseudonyms.")
    ] = True,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the pairs as CSV to this folder, too.")
    ] = None,
    many: Annotated[
        int | None,
        typer.Option(
            "--many", min=2, help="What more students than this wrote does not count.",
            show_default="5, or a twentieth of the class",
        ),
    ] = None,
    course: CourseOption = HERE,
) -> None:  # fmt: skip
    """Write a page on pairs of submissions that are alike beyond the lesson, side by side. It is no verdict."""
    from autograder.alike.write import write_similar  # noqa: PLC0415
    from autograder.desk.report.pseudonyms import PseudonymError  # noqa: PLC0415
    from autograder.grading.sources import SourceFailsError  # noqa: PLC0415
    from autograder.lesson.whereabouts import counted, next_step, unknown_assignment  # noqa: PLC0415

    opened = _open(course)
    if unknown := unknown_assignment(opened, assignment):
        raise _stop(unknown)
    if not opened.submissions(assignment):
        raise _stop(f"Nothing is handed in for {assignment}. {next_step(opened)}")
    try:
        written = write_similar(opened, assignment, names=names, csv=csv, many=many)
    except (SourceFailsError, PseudonymError) as error:
        raise _stop(str(error)) from None
    for path in filter(None, (written.page, written.sheet)):
        _console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
    unread = f", {written.unread} could not be read" if written.unread else ""
    alike = f"{counted(written.pairs, 'pair is', 'pairs are')} alike beyond the lesson"
    ask = " Read both cells, and ask, before you think anything of it." if written.pairs else ""
    _say(f"{counted(written.students, 'student')} compared{unread}; {alike}.{ask}")


@app.command()
def grade(
    assignment: Annotated[
        str | None, typer.Argument(help="The assignment; all that is handed in when left out.")
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option("--student", help="Only this student; may be repeated.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Submissions at a time.", show_default="cores")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write every mark and reason to this file.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Grade all of it, not only what is new or changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show which marks would change, and why; write none.")
    ] = False,
    changes: Annotated[
        Path | None, typer.Option("--changes", help="Write the changed marks to this file, as CSV.")
    ] = None,
    engine: Annotated[
        Literal["local", "dask"], typer.Option("--engine", help="Here, or on a Dask cluster.")
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            help="The cluster: tcp://host:8786, or a .py file that makes `cluster`.",
            show_default="one in this process",
        ),
    ] = None,
    unsafe_no_sandbox: Annotated[
        bool, typer.Option("--unsafe-no-sandbox", help="Run student code as yourself. Read what it prints.")
    ] = False,
    course: CourseOption = HERE,
) -> None:
    """Grade what is in submitted/ and new or changed: marks into the gradebook, reasons into autograded/."""
    from traitlets import TraitError  # noqa: PLC0415

    from autograder.desk.files import placed  # noqa: PLC0415
    from autograder.grading import run  # noqa: PLC0415
    from autograder.grading.asked import misplaced  # noqa: PLC0415
    from autograder.grading.progress import bar  # noqa: PLC0415
    from autograder.grading.sources import SourceFailsError  # noqa: PLC0415
    from autograder.grading.telling import Told  # noqa: PLC0415
    from autograder.lesson.whereabouts import closest, unknown_assignment  # noqa: PLC0415
    from autograder.sandbox.holder import NoSandboxError  # noqa: PLC0415

    if scheduler and engine != "dask":
        raise _stop("--scheduler goes with --engine dask.")
    _writable(json, changes)
    if unsafe_no_sandbox:
        _errors.print(_UNSAFE, style="red", markup=False, highlight=False)
    opened = _open(course)
    told = Told()
    try:
        pairs = run.to_grade(opened, assignment, student or [])
        if not student and (aside := misplaced(opened, assignment)):
            _say(f"{aside}.")
        with bar(_console, len(pairs)) as progress:
            outcomes = run.grade(
                opened, pairs, jobs=jobs, unsafe=unsafe_no_sandbox, again=again,
                progress=progress, say=progress.say, engine=_engine(engine, scheduler, jobs, progress.say),
                dry=dry_run, changed=told.changes.append, totals=told.totals,
            )  # fmt: skip
    except (run.NothingToGradeError, SourceFailsError) as error:
        there = {who for _, who in opened.submissions(assignment)}
        meant = "".join(
            closest(who, sorted(there)) for who in dict.fromkeys(student or ()) if who not in there
        )
        why = f"{error}.{meant}" if meant else str(error)
        raise _stop(unknown_assignment(opened, assignment or "") or why) from None
    except run.StoppedError as error:
        raise _stop(str(error), error.code) from None
    except TraitError as error:  # of a late policy, which is made when it is needed
        raise _misfit(error) from None
    except NoSandboxError as error:
        raise _stop(
            f"{error}\nNothing more was graded. `autograder doctor` says what holds here and what does not."
        ) from None
    with placed(json) as marks, placed(changes) as changed:
        told.write(outcomes, marks, changed)
    told.show(_console, outcomes, dry=dry_run)


def _engine(
    name: str, scheduler: str | None, jobs: int | None, say: Callable[[str], None]
) -> Callable[[Mapping[str, Setting]], Engine] | None:
    """Return what makes the engine; None for the one on this machine."""
    if name == "local":
        return None
    from autograder.grading.engines.dask import OnDask  # noqa: PLC0415

    return lambda settings: OnDask(
        settings, scheduler=scheduler or "", jobs=jobs or os.cpu_count() or 1, say=say
    )


@app.command()
def extend(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    assignment: Annotated[str, typer.Argument(help="The assignment; * for every one.")],
    hours: Annotated[float, typer.Option("--hours", min=0, help="After the deadline.")] = 0.0,
    days: Annotated[float, typer.Option("--days", min=0, help="The same in days; the two add up.")] = 0.0,
    reason: Annotated[str, typer.Option("--reason", help="Kept beside it.")] = "",
    course: CourseOption = HERE,
) -> None:
    """Give a student extra time, before or after they hand in; the next `grade` counts with it. 0 takes it back."""
    from autograder.desk.export import ExportError  # noqa: PLC0415
    from autograder.desk.exporting import save  # noqa: PLC0415
    from autograder.grading import extra_time  # noqa: PLC0415
    from autograder.lesson.whereabouts import closest, unknown_assignment  # noqa: PLC0415

    opened = _open(course)
    if assignment != extra_time.EVERY and (unknown := unknown_assignment(opened, assignment)):
        raise _stop(unknown)
    try:
        granted = extra_time.read_extra_time(opened.root)
        granted.lines[student, assignment] = (hours + 24 * days, reason)
        save(granted.text(), opened.root / extra_time.FILE)
    except (extra_time.ExtraTimeError, ExportError) as error:
        raise _stop(str(error)) from None
    what = "every assignment" if assignment == extra_time.EVERY else assignment
    more = hours + 24 * days
    time = f"{more:g} {'hour' if more == 1 else 'hours'} more" if more else "no extra time any more"
    _say(f"{student} has {time} for {what}: {opened.root / extra_time.FILE}.")
    known = sorted({name for _, name in opened.submissions()})
    if student not in known:
        _say(f"Nobody of that name has handed in yet.{closest(student, known)}")
    _say("Next: autograder grade. Late penalties follow; nothing else is graded again.")


@app.command()
def export(
    assignment: Annotated[
        list[str] | None, typer.Argument(help="The assignments; all that are graded when left out.")
    ] = None,
    to: Annotated[Literal["csv", "canvas", "moodle"], typer.Option("--to", help="For whom.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", help="The file.", show_default="grades-TO.csv, in the course")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", help="Fill this file: Canvas's exported gradebook, or Moodle's grading worksheet."
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help='"assignment=title", where Canvas\'s column has another title.'),
    ] = None,
    missing: Annotated[
        str, typer.Option("--missing", help="Written for who handed nothing in.", show_default="nothing")
    ] = "",
    scale: Annotated[
        bool, typer.Option("--scale", help="Where the other system's maximum differs, the same share of it.")
    ] = False,
    course: CourseOption = HERE,
) -> None:
    """Write the gradebook's grades as a file that a spreadsheet, Canvas or Moodle takes as it is."""
    from autograder.desk import exporting  # noqa: PLC0415
    from autograder.desk.export import ExportError  # noqa: PLC0415
    from autograder.desk.grades import NoGradesError  # noqa: PLC0415
    from autograder.lesson.whereabouts import counted  # noqa: PLC0415

    opened = _open(course)
    target = output or opened.root / f"grades-{to}.csv"
    _writable(target)
    try:
        made = exporting.export_grades(
            opened, to, assignment or (), into=into, columns=column or (), missing=missing, scale=scale
        )
        exporting.save(made.text, target)
    except (ExportError, NoGradesError) as error:
        raise _stop(str(error)) from None
    for note in made.notes:
        _console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    _console.print(
        f"{counted(made.grades, 'grade')} in {target}", markup=False, highlight=False, soft_wrap=True
    )
    _console.print(exporting.next_step(to, filled=into is not None), markup=False, soft_wrap=True)


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Made anew each time.", show_default="demo, in the course")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Submissions at a time.", show_default="cores")
    ] = None,
    course: CourseOption = HERE,
) -> None:
    """Let a sample class hand in, grade it, and compare with what was foreseen."""
    from autograder.desk.demo import NO_PROJECT, DemoError, give_demo, tell_end  # noqa: PLC0415
    from autograder.sandbox.holder import NoSandboxError  # noqa: PLC0415

    opened = _open(course, NO_PROJECT.format(course.absolute()) + " ")
    try:
        given = give_demo(opened, folder or opened.root / "demo", _console, jobs=jobs)
    except (DemoError, NoSandboxError) as error:
        raise _stop(str(error)) from None
    tell_end(given, _console)
    if given.surprises:
        raise typer.Exit(1)


@app.command()
def audit(
    lessons: Annotated[list[str] | None, typer.Argument(help="The lessons; all when left out.")] = None,
    exercise: Annotated[str, typer.Option("--exercise", help="Only the exercise of this name.")] = "",
    json: Annotated[
        Path | None, typer.Option("--json", help="Write everything to this file. It shows solutions.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Bring the tables in this page up to date.")
    ] = None,
    entries: Annotated[
        bool, typer.Option("--entries", help="Show living mutants as entries of equivalent.toml.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Examiners at a time.", show_default="cores")
    ] = None,
    course: CourseOption = HERE,
) -> None:
    """Hand in small changes of each reference, known mistakes and answers.py, and show what no test notices."""
    import msgspec  # noqa: PLC0415

    from autograder.audit import auditing, report  # noqa: PLC0415
    from autograder.desk.files import placed  # noqa: PLC0415
    from autograder.grading.pool import SourceFailsError  # noqa: PLC0415
    from autograder.sandbox.holder import NoSandboxError  # noqa: PLC0415

    _writable(json, write)
    if write is not None and exercise:
        raise _stop("A page shows whole lessons: leave out --exercise, or --write.")
    try:
        found = auditing.audit(
            _open(course),
            lessons or [],
            exercise=exercise,
            jobs=jobs or os.cpu_count() or 1,
            progress=lambda lesson: report.print_lesson(_console, lesson, entries=entries),
        )
    except (auditing.AuditError, SourceFailsError, NoSandboxError) as error:
        raise _stop(str(error)) from None
    report.print_end(_console, found)
    with placed(json) as file:
        if file is not None:
            data = msgspec.json.encode(report.as_data(found))
            file.write_bytes(msgspec.json.format(data, indent=1) + b"\n")
    if write is not None:
        report.write_page(write, found)
    if not all(lesson.sound for lesson in found):
        raise typer.Exit(1)


@app.command(name="new-exercise")
def new_exercise(
    lesson: Annotated[str, typer.Argument(help="The lesson, such as 02_softmax.")],
    exercise: Annotated[
        str, typer.Argument(help="The new exercise's id: a name in Python, such as column_means.")
    ],
    kind: Annotated[
        Literal["function", "derivation", "value", "words"],
        typer.Option("--kind", help="What students write. A person marks an answer in words."),
    ] = "function",
    after: Annotated[
        str,
        typer.Option(
            "--after", help="Below this exercise.", show_default="at the end, before the closing part"
        ),
    ] = "",
    points: Annotated[
        float | None, typer.Option("--points", help="What it is worth.", show_default="3, 3, 1, 2 by kind")
    ] = None,
    title: Annotated[
        str, typer.Option("--title", help="Of its section.", show_default="made from the id")
    ] = "",
    notebook: Annotated[
        str, typer.Option("--notebook", help="Of a lesson that has several notebooks, this one.")
    ] = "",
    new_lesson: Annotated[bool, typer.Option("--new-lesson", help="Begin the lesson with it.")] = False,
    new_course: Annotated[
        bool, typer.Option("--new-course", help="Begin a course, and a lesson, in this folder.")
    ] = False,
    course: CourseOption = HERE,
) -> None:
    """Write an exercise into a lesson: question, stub, solution, checks, hidden tests, a known mistake."""
    from autograder.lesson import new, new_words  # noqa: PLC0415

    try:
        asked = new.Asked(
            lesson, exercise, kind, after, title, points, notebook, begin=new_lesson or new_course
        )
        if new_course:
            _say(new_words.begun(new.begin_course(course, asked)))
        made = new.new_exercise(_open(course), asked)
    except new.NewError as error:
        raise _stop(str(error)) from None
    _say(new_words.told(made, asked, course))


@app.command()
def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the attempts on the sandbox.")] = False,
    course: CourseOption = HERE,
) -> None:
    """Try to get out of a sandbox, live; look at the course's settings, gradebook, exchange and rights."""
    from autograder.doctor.report import report  # noqa: PLC0415
    from autograder.lesson.course import CourseError, open_course  # noqa: PLC0415
    from autograder.lesson.whereabouts import why_no_course  # noqa: PLC0415

    opened, problem, broken = None, "", False
    try:
        opened = open_course(course)
        problem = why_no_course(opened)
    except CourseError as error:
        problem, broken = str(error), True
    if not report(_console, None if problem else opened, problem, walls=not quick, needed=broken):
        raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(app())
