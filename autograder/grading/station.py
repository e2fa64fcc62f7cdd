"""One notebook's place in an examiner: its lesson run once, and a warm template beside it."""

from __future__ import annotations

import ast
import os
import select
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.exam import Exam
from autograder.grading.lesson import INSIDE_TAG, Lesson
from autograder.grading.outcome import ExamResult
from autograder.grading.refusal import LostError
from autograder.lesson import notebook as cells
from autograder.sandbox import wall
from autograder.sandbox.holder import NoSandboxError
from autograder.sandbox.session import Template

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.outcome import ExamRequest
    from autograder.grading.setting import Setting
    from autograder.sandbox.limits import Limits

_LONGEST_REASON = 2_000
_MOMENT = 0.1  # seconds
_STARTS = 3  # of a template that ends without a word


def imports(source: NotebookNode) -> list[str]:
    """Return the modules that a notebook's code cells import and that are installed."""
    found: dict[str, None] = {}
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        text = "\n".join(line for line in cell.source.split("\n") if not line.lstrip().startswith(("%", "!")))
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return [name for name in found if _installed(name.split(".")[0])]


def _installed(name: str) -> bool:
    """Whether a top-level module is the interpreter's or a package's: not a file of the course."""
    if name in sys.stdlib_module_names or name == "autograder":
        return True
    with suppress(ImportError, ValueError):
        spec = find_spec(name)
        return spec is not None and "site-packages" in str(spec.origin or spec.submodule_search_locations)
    return False


class Station:
    """Examines one notebook of an assignment. Its forks share the lesson and the template.

    Raises
    ------
    NoSandboxError
        If no wall can be built here.
    """

    def __init__(self, setting: Setting, source: NotebookNode, limits: Limits) -> None:
        self._limits = limits
        modules = ["numpy", "autograder.check", *imports(source)]
        if any("matplotlib" in name for name in modules):
            modules.append("matplotlib_inline.backend_inline")
        self._wall = wall.configuration(
            map(Path, setting.hidden), modules, assets=Path(setting.assets) if setting.assets else None,
            unsafe=setting.unsafe, checks=any(INSIDE_TAG in cells.tags(cell) for cell in source.cells),
        )  # fmt: skip
        self._start()
        folder = Path(setting.folder)
        if folder.is_dir():
            os.chdir(folder)
        sys.path.insert(0, "")
        self._lesson = Lesson(source)
        self.problems = self._lesson.problems
        self._undisturbed = True  # no submission ended in a way that it should not have

    def _start(self) -> None:
        """Start a template and try it: no wall, no grading, which is said now and not for each submission."""
        for left in reversed(range(_STARTS)):
            try:
                self._template = Template(self._wall)
                self._ended = os.pidfd_open(self._template.process.pid)  # readable when it ends, in forks too
                self._template.start(self._limits).close()
            except NoSandboxError as error:
                if error.__cause__ is None or not left:  # it said why, or says nothing time and again
                    raise
            else:
                return

    def _is_lost(self, seconds: float = 0.0) -> bool:
        """Whether the template is gone, or goes within so many seconds."""
        return bool(select.select([self._ended], [], [], seconds)[0])

    def keep_warm(self) -> bool:
        """Start a new template in the place of one that is gone, and say whether it was; not in a fork."""
        lost = self._is_lost()
        if lost:
            self.close()
            self._start()
        return lost

    def is_as_before(self) -> bool:
        """Whether the submissions examined in this fork have left nothing that another one could feel."""
        return self._undisturbed and self._lesson.is_as_before()

    def examine(self, request: ExamRequest) -> ExamResult:
        """Examine one submission, in a fork that examines nothing beside it.

        Raises
        ------
        LostError
            If the template ended meanwhile.
        """
        try:
            result = Exam(self._lesson, self._template, self._limits, request).run()
        except BaseException as error:  # noqa: BLE001 - whatever it was, it costs this submission alone
            reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
            result = ExamResult(error=f"the examination did not come to its end: {reason}")
        self._undisturbed &= not (result.error or result.stopped)
        # What a sandbox ended by may be the end of the template, which is seen a moment later.
        if self._is_lost(_MOMENT if result.error or result.stopped else 0.0):
            raise LostError("the template ended")
        return result

    def close(self) -> None:
        """End the template."""
        os.close(self._ended)
        self._template.close()
