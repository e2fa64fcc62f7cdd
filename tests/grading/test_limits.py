"""A course's limits, read without nbgrader as nbgrader's own step reads them."""

from __future__ import annotations

from traitlets.config import Config

from autograder.grading import limits, preprocessors
from autograder.sandbox.limits import Limits


def test_the_settings_are_those_of_nbgraders_step() -> None:
    ours, step = limits.SandboxedExecute, preprocessors.SandboxedExecute
    assert set(ours.section_names()) == set(step.section_names())
    assert set(Limits.__dataclass_fields__) <= set(ours.class_traits(config=True))
    assert limits.limits_of(Config()) == step().limits() == Limits()


def test_a_course_sets_them_once_for_both() -> None:
    config = Config({"SandboxedExecute": {"cell_seconds": 7.0, "cost_once": False}})
    read = limits.limits_of(config)
    assert (read.cell_seconds, read.cost_once) == (7.0, False)
    assert preprocessors.SandboxedExecute(config=config).limits() == read
