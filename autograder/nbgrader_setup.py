"""Settings that a course's nbgrader_config.py takes over with one call.

    c = get_config()
    from autograder.nbgrader_setup import configure
    configure(c, layout=True)

With them nbgrader's own commands and formgrader's buttons grade in the sandbox, and lesson sources stay at
home. Only settings live here; the classes they name live in `autograder.grading` and `autograder.desk`.
"""

from __future__ import annotations

import glob
import importlib
import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets.config.loader import LazyConfigValue

if TYPE_CHECKING:
    from traitlets.config import Config

#: Before student code runs: nbgrader's own steps, after ours has mended copied, damaged and deleted cells.
SANITIZE = (
    "autograder.grading.preprocessors.Mend",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
)

#: nbgrader's own steps with the kernel replaced by the sandbox. IgnorePattern is left out: it edits stderr,
#: and what student code writes there does not touch the marks here.
AUTOGRADE = (
    "autograder.grading.preprocessors.SandboxedExecute",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)

#: nbgrader's own steps to a release, with a stub for solutions that stand inside brackets, and a list of its cells.
RELEASE = (
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "autograder.lesson.stubs.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograder.lesson.listing.ListCells",
)

#: nbgrader's defaults for `CourseDirectory.ignore`, so that a config is read without importing nbgrader.
NBGRADER_IGNORES = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")

#: Files of a lesson folder that hold secrets, whatever the lesson is called.
LESSON_IGNORES = (
    "samples.py",
    "answers.py",
    "equivalent.toml",
    "kept.*",
    ".autograder.json",
    "*.lesson",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "*.orig",
    "*.rej",
    "*~",
)


def configure(
    c: Config,
    *,
    layout: bool = False,
    source_directory: str | None = None,
    release_directory: str | None = None,
    root: Path | str | None = None,
) -> None:
    """Set up nbgrader for this project's grading.

    Parameters
    ----------
    c : Config
        What ``get_config()`` returned. Settings made after the call win over the ones made here.
    layout : bool
        Use this project's folders: ``solutions`` and ``notebooks``. A plain course keeps its own.
    source_directory, release_directory : str, optional
        Name these folders yourself.
    root : Path or str, optional
        The course folder, where lesson sources are looked for. Found by itself: ``c.CourseDirectory.root``,
        else the folder of the config file that calls.
    """
    ensure_on_path()
    if layout or source_directory:
        c.CourseDirectory.source_directory = source_directory or "solutions"
    if layout or release_directory:
        c.CourseDirectory.release_directory = release_directory or "notebooks"
    with_lesson_files_ignored(c, Path(root) if root is not None else _caller_root(c))
    c.GenerateAssignment.preprocessors = list(RELEASE)
    c.Autograde.sanitize_preprocessors = list(SANITIZE)
    c.Autograde.autograde_preprocessors = list(AUTOGRADE)
    c.ExchangeFactory.collect = "autograder.grading.collect.CarefulCollect"
    c.ZipCollectApp.extractor_plugin = "autograder.desk.extractor.Archives"
    c.ZipCollectApp.collector_plugin = "autograder.desk.collector.Downloads"
    _configure_feedback(c)


def ensure_on_path() -> None:
    """Put the running Python's own commands on PATH: nbgrader starts `alembic` by name."""
    here = os.path.dirname(sys.executable)  # noqa: PTH120  resolving the link would leave the virtualenv
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if here not in entries:
        os.environ["PATH"] = os.pathsep.join([here, *entries])


def with_lesson_files_ignored(c: Config, root: Path) -> None:
    """Add every lesson source of the course at `root` to ``CourseDirectory.ignore``, once."""
    current = c.CourseDirectory.get("ignore")
    if current is None:
        names = list(NBGRADER_IGNORES)
    elif isinstance(current, LazyConfigValue):
        names = list(current.get_value(list(NBGRADER_IGNORES)))
    else:
        names = list(current)
    names += [name for name in (*LESSON_IGNORES, *_lesson_sources(c, root)) if name not in names]
    c.CourseDirectory.ignore = names


def _lesson_sources(c: Config, root: Path) -> list[str]:
    """Glob NAME.py for every assignment folder NAME of the source step."""
    source: Any = c.CourseDirectory.get("source_directory")
    structure: Any = c.CourseDirectory.get("directory_structure")
    pattern = (
        structure if isinstance(structure, str) else "{nbgrader_step}/{student_id}/{assignment_id}"
    ).format(nbgrader_step=source if isinstance(source, str) else "source", student_id=".", assignment_id="*")
    folder = Path(os.path.normpath(root / pattern))
    anchor = Path(folder.anchor)
    lessons = (found.name for found in anchor.glob(str(folder.relative_to(anchor))) if found.is_dir())
    return sorted(f"{glob.escape(name)}.py" for name in lessons)


def _caller_root(c: Config) -> Path:
    """Find the root: set in the config, else the folder of the config file that called, else here."""
    configured: Any = c.CourseDirectory.get("root")
    frame = inspect.currentframe()
    caller = frame.f_back.f_back if frame is not None and frame.f_back is not None else None
    file = caller.f_globals.get("__file__") if caller is not None else None
    here = Path(file).resolve().parent if isinstance(file, str) else Path.cwd()
    return here / configured if isinstance(configured, str) else here


def _configure_feedback(c: Config) -> None:
    """Hand over to the desk, which owns the feedback pages, where it offers settings."""
    desk = importlib.import_module("autograder.desk")
    settings = getattr(desk, "configure_feedback", None)
    if settings is not None:
        settings(c)
