"""The limits that a course's config sets for grading, read with nbgrader's classes and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import Bool, Float, HasTraits, Integer

from autograder.lesson.sections import NbGraderPreprocessor
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from traitlets.config import Config

_DEFAULT = Limits()


class LimitSettings(HasTraits):
    """What a course sets as ``c.SandboxedExecute``; see `autograder.sandbox.limits.Limits`."""

    cell_seconds = Float(_DEFAULT.cell_seconds, help="Seconds for one cell of the student's").tag(config=True)
    call_seconds = Float(_DEFAULT.call_seconds, help="Seconds for one call by a test").tag(config=True)
    test_seconds = Float(_DEFAULT.test_seconds, help="Seconds for one test cell").tag(config=True)
    submission_seconds = Float(_DEFAULT.submission_seconds, help="Seconds for a whole notebook").tag(
        config=True
    )
    memory_mib = Integer(_DEFAULT.memory_mib, help="MiB of memory").tag(config=True)
    processes = Integer(_DEFAULT.processes, help="Processes and threads at one time").tag(config=True)
    disk_mib = Integer(_DEFAULT.disk_mib, help="MiB of files").tag(config=True)
    output_kib = Integer(_DEFAULT.output_kib, help="KiB of output kept of a cell").tag(config=True)
    restarts = Integer(_DEFAULT.restarts, help="Runs after a cell that ended the process").tag(config=True)
    hung_calls = Integer(_DEFAULT.hung_calls, help="Hung calls before a test stops calling").tag(config=True)
    callbacks = Integer(_DEFAULT.callbacks, help="Calls back into a test's functions in one call").tag(
        config=True
    )
    cost_once = Bool(
        _DEFAULT.cost_once,
        help="Grade what builds on a lost exercise with the reference in its place as well",
    ).tag(config=True)
    reuse_results = Bool(
        _DEFAULT.reuse_results,
        help="Use again what a test said, where another submission answers the very same",
    ).tag(config=True)
    pictures = Bool(False, help="Keep the figures of every cell, not only of those a person marks").tag(
        config=True
    )

    def limits(self) -> Limits:
        """Return the limits that the course's config sets."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})


class SandboxedExecute(LimitSettings, NbGraderPreprocessor):
    """The section of that name; nbgrader's step is `autograder.grading.preprocessors.SandboxedExecute`."""


def limits_of(config: Config) -> Limits:
    """Return the limits that a course's config sets."""
    return SandboxedExecute(config=config).limits()
