"""An nbgrader course folder, opened: its config as nbgrader itself would read it, its folders, its database.

Every other room that needs to know where something lives asks here. Nothing is written and nothing is run in
this file, apart from the course's own nbgrader_config.py.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_config_path
from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

from autograder.lesson import sections
from autograder.nbgrader_setup import ensure_on_path, with_lesson_files_ignored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.coursedir import CourseDirectory

# Sections that old versions of nbgrader used. nbgrader's own application knows how to bring them up to date;
# asking it costs an import of all its applications, so it is asked only when one of them is there.
_OUTDATED = {
    "NbGrader",
    "NbGraderConfig",
    "BasicConfig",
    "BaseNbGraderApp",
    "BaseApp",
    "TransferApp",
    "BaseNbConvertApp",
}
_SQLITE_FILE = re.compile(r"^(sqlite(?:\+\w+)?):///(?!/)(?!:memory:)(?P<file>[^?]+)(?P<rest>.*)$")


class CourseError(Exception):
    """The folder cannot be used as a course. The message says why and what to do."""


@dataclass(frozen=True)
class Course:
    """A course folder as nbgrader sees it.

    Get one with `open_course`. The `*_directory` fields are the names of nbgrader's steps, as configured; the
    methods of the same name without `_directory` give the real folder of one assignment.

    Attributes
    ----------
    root : Path
        The course folder, absolute.
    config : Config
        The whole configuration, ready to hand to any nbgrader class as ``config=course.config``. Its
        ``CourseDirectory.root`` and ``db_url`` are absolute, and its ``ignore`` keeps lesson sources at home.
    course_id : str
        Empty when the course does not set one.
    db_url : str
        The gradebook. A relative SQLite file is taken from `root`.
    source_directory, release_directory, submitted_directory, autograded_directory, feedback_directory : str
        Names of nbgrader's steps.
    directory_structure : str
        nbgrader's format string that joins step, student and assignment.
    ignore : tuple of str
        Globs of file names that are never copied.
    exchange : Path
        The root folder of nbgrader's exchange.
    """

    root: Path
    config: Config
    course_id: str
    db_url: str
    source_directory: str
    release_directory: str
    submitted_directory: str
    autograded_directory: str
    feedback_directory: str
    directory_structure: str
    ignore: tuple[str, ...]
    exchange: Path

    def coursedir(self, **traits: Any) -> CourseDirectory:
        """Make a new nbgrader ``CourseDirectory`` of this course; keyword arguments override its traits."""
        from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415  slow to import, not always needed

        return CourseDirectory(config=self.config, **traits)

    def path(self, step: str, student: str, assignment: str) -> Path:
        """Folder of an assignment at any step, as nbgrader's ``CourseDirectory.format_path`` gives it."""
        relative = self.directory_structure.format(
            nbgrader_step=step, student_id=student, assignment_id=assignment
        )
        return Path(os.path.normpath(self.root / relative))

    def source(self, assignment: str) -> Path:
        """Folder of the instructor's version."""
        return self.path(self.source_directory, ".", assignment)

    def release(self, assignment: str) -> Path:
        """Folder of the students' version."""
        return self.path(self.release_directory, ".", assignment)

    def submitted(self, assignment: str, student: str) -> Path:
        """Folder of what one student handed in."""
        return self.path(self.submitted_directory, student, assignment)

    def autograded(self, assignment: str, student: str) -> Path:
        """Folder of one student's graded work."""
        return self.path(self.autograded_directory, student, assignment)

    def feedback(self, assignment: str, student: str) -> Path:
        """Folder of the pages that one student gets back."""
        return self.path(self.feedback_directory, student, assignment)

    def assignments(self) -> list[str]:
        """Names of the assignments that have a source folder, sorted."""
        return sorted({name for _, name in self._folders(self.source_directory, student=".")})

    def submissions(self, assignment: str | None = None) -> list[tuple[str, str]]:
        """List (assignment, student) of every submission folder, sorted; of one assignment if named."""
        found = {(name, student) for student, name in self._folders(self.submitted_directory, student=None)}
        return sorted(pair for pair in found if assignment in (None, pair[0]))

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Stand in the course folder, as nbgrader expects: working directory, import path and PATH."""
        ensure_on_path()
        with _standing_in(self.root):
            yield

    def _folders(self, step: str, *, student: str | None) -> Iterator[tuple[str, str]]:
        """(student, assignment) of every folder of a step; hidden folders and caches are none."""
        pattern = self.path(step, student or "*", "*")
        anchor = Path(pattern.anchor)
        expression = re.escape(str(self.path(step, student or "\0s", "\0a")))
        expression = expression.replace(re.escape("\0s"), "(?P<s>[^/\\\\]+)", 1).replace(
            re.escape("\0a"), "(?P<a>[^/\\\\]+)", 1
        )
        shape = re.compile(expression.replace(re.escape("\0s"), "(?P=s)").replace(re.escape("\0a"), "(?P=a)"))
        for folder in anchor.glob(str(pattern.relative_to(anchor))):
            match = shape.fullmatch(str(folder))
            if match is None or not folder.is_dir():
                continue
            parts = match.groupdict()
            names = [name for name in (parts.get("s"), parts["a"]) if name is not None]
            if not any(name.startswith(".") or name == "__pycache__" for name in names):
                yield parts.get("s", "."), parts["a"]


def open_course(path: Path | str = ".") -> Course:
    """Open a course folder: ``open_course(path: Path | str = ".") -> Course``.

    The configuration is read as nbgrader reads it: first the ``nbgrader_config.py`` (or ``.json``) files on
    Jupyter's config path, then the course's own, which wins. A folder without one is a course with nbgrader's
    defaults. The config runs with the course folder as working directory, so relative paths in it mean what
    they say, and both ``c = get_config()`` and the ready-made ``c`` work.

    Parameters
    ----------
    path : Path or str
        The course folder. If its own config sets ``CourseDirectory.root``, that folder is the course.

    Returns
    -------
    Course
        Frozen; see its attributes.

    Raises
    ------
    CourseError
        If the folder does not exist, or its config raises when it is run.
    """
    here = Path(path).expanduser().resolve()
    try:
        if not here.is_dir():
            raise CourseError(f"{here} is not a folder. Give the folder that holds nbgrader_config.py.")
        next(here.iterdir(), None)
    except PermissionError as error:
        raise CourseError(
            f"{here} is closed to {_me()}. Ask whose it is, or be the course's account."
        ) from error
    config = Config()
    for folder in reversed(jupyter_config_path()):
        _read_config(Path(folder), config)
    # A config outside the course may name another course's root. The folder that was asked for wins.
    if "root" in config.CourseDirectory:
        del config.CourseDirectory["root"]
    root = here
    with _standing_in(here):
        _read_config(here, config)
        _modernise(config)
        if "root" in config.CourseDirectory:
            root = (here / Path(config.CourseDirectory.root).expanduser()).resolve()
        if root != here:
            _read_config(root, config)
            _modernise(config)
    config.CourseDirectory.root = str(root)
    try:
        with_lesson_files_ignored(config, root)
        return _course(root, config)
    except (TraitError, TypeError, ValueError, LookupError) as error:
        what = str(error) if isinstance(error, TraitError) else f"{type(error).__name__}: {error}"
        raise CourseError(
            f"{root / 'nbgrader_config.py'} sets something that does not fit: {what.rstrip('.')}. Mend it, then try again."
        ) from error


def _me() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


def _course(root: Path, config: Config) -> Course:
    plain = sections.CourseDirectory(config=config)
    config.CourseDirectory.db_url = _absolute_database(plain.db_url, root)
    return Course(
        root=root,
        config=config,
        course_id=plain.course_id,
        db_url=config.CourseDirectory.db_url,
        source_directory=plain.source_directory,
        release_directory=plain.release_directory,
        submitted_directory=plain.submitted_directory,
        autograded_directory=plain.autograded_directory,
        feedback_directory=plain.feedback_directory,
        directory_structure=plain.directory_structure,
        ignore=tuple(plain.ignore),
        exchange=_exchange(root, config),
    )


def _exchange(root: Path, config: Config) -> Path:
    """Find the exchange folder: nbgrader's default, or the course's own; a relative one is the course's."""
    if "root" not in config.Exchange:
        return Path("/usr/local/share/nbgrader/exchange")
    folder = root / Path(config.Exchange.root).expanduser()
    config.Exchange.root = str(folder)
    return folder


def _absolute_database(url: str, root: Path) -> str:
    """Take a relative SQLite file from the course, wherever the command was started."""
    match = _SQLITE_FILE.match(url)
    if match is None:
        return url
    return f"{match.group(1)}:///{root / match.group('file')}{match.group('rest')}"


def _read_config(folder: Path, config: Config) -> None:
    """Merge the folder's nbgrader_config, if it has one, into `config`. Python wins over JSON."""
    for name, loader in (
        ("nbgrader_config.json", JSONFileConfigLoader),
        ("nbgrader_config.py", PyFileConfigLoader),
    ):
        file = folder / name
        try:
            if not file.is_file():
                continue
            config.merge(loader(name, path=str(folder)).load_config())
        except PermissionError:
            continue
        except (Exception, SystemExit) as error:
            raise CourseError(
                f"{file} could not be read: {type(error).__name__}: {error}. Mend it, then try again."
            ) from error


def _modernise(config: Config) -> None:
    """Bring options of old nbgrader versions to their present place, the way nbgrader does."""
    if not (_OUTDATED & set(config)) and "course_id" not in config.Exchange:
        return
    from nbgrader.apps import NbGrader  # noqa: PLC0415  imports every application of nbgrader

    application = NbGrader()
    application.log.setLevel("ERROR")
    application.update_config(config)
    updated = Config(application.config)
    config.clear()
    config.merge(updated)


@contextlib.contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    """Make `folder` the working directory and importable for a while, as nbgrader's own commands do."""
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder))
