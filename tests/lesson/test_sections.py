"""Settings read without nbgrader: the same names, defaults and readings as nbgrader's own classes have."""

from __future__ import annotations

from typing import Any

import pytest
from nbgrader import coursedir, preprocessors
from traitlets import TraitError
from traitlets.config import Config, LoggingConfigurable

from autograder.lesson import sections, stubs

PAIRS = [
    (sections.CourseDirectory, coursedir.CourseDirectory, set()),
    (sections.ClearSolutions, stubs.ClearSolutions, {"comment_mark"}),
    (sections.NbGraderPreprocessor, preprocessors.NbGraderPreprocessor, set()),
]
each = pytest.mark.parametrize(
    ("ours", "theirs", "more"), PAIRS, ids=lambda one: getattr(one, "__name__", "")
)


def settings(one: type[LoggingConfigurable]) -> dict[str, Any]:
    return {name: type(trait) for name, trait in one.class_traits(config=True).items()}


@each
def test_the_same_settings_with_the_same_defaults(ours: Any, theirs: Any, more: set[str]) -> None:
    odd = more | {"display_data_priority"}  # nbconvert's own, which nothing here reads
    assert {n: t for n, t in settings(ours).items() if n not in odd} == {
        n: t for n, t in settings(theirs).items() if n not in odd
    }
    mine, its = ours(), theirs()
    for name in settings(ours).keys() - odd:
        assert getattr(mine, name) == getattr(its, name), name


@each
def test_the_same_sections_are_read(ours: Any, theirs: Any, more: set[str]) -> None:
    del more
    assert set(ours.section_names()) == set(theirs.section_names())


@pytest.mark.parametrize(
    "section",
    [
        {"root": "a/../b"},
        {"root": "/a/b", "course_id": " c "},
        {"db_url": "postgresql:///grades"},
        {"ignore": ["*.csv"], "source_directory": "master"},
        {"assignment_id": " ps1 "},
    ],
)
def test_values_are_read_alike(section: dict[str, Any]) -> None:
    config = Config({"CourseDirectory": section})
    ours, theirs = sections.CourseDirectory(config=config), coursedir.CourseDirectory(config=config)
    for name in settings(sections.CourseDirectory):
        assert getattr(ours, name) == getattr(theirs, name), name


@pytest.mark.parametrize("section", [{"assignment_id": "a+b"}, {"course_id": 3}])
def test_what_nbgrader_refuses_is_refused(section: dict[str, Any]) -> None:
    for one in (sections.CourseDirectory, coursedir.CourseDirectory):
        with pytest.raises(TraitError):
            one(config=Config({"CourseDirectory": section}))


def test_a_stub_given_as_text_is_pythons() -> None:
    for one in (sections.ClearSolutions, stubs.ClearSolutions):
        made = one(config=Config({"ClearSolutions": {"code_stub": "..."}}))
        assert made.code_stub == {"python": "..."}
