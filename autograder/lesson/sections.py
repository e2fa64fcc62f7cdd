"""Sections of a course's config, read without importing the classes of nbgrader that they set up.

traitlets finds a class's settings by its name and by those of its bases. The classes here have the names, the bases'
names and the settings of nbgrader's, and do nothing. A test holds them against nbgrader's own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from traitlets import Any as Anything
from traitlets import Bool, Dict, Integer, List, TraitError, Unicode, default, validate
from traitlets.config import LoggingConfigurable


class NbConvertBase(LoggingConfigurable):
    """Settings of everything in nbconvert."""

    default_language = Unicode("ipython")
    display_data_priority = Anything().tag(config=True)


class Preprocessor(NbConvertBase):
    """Settings of nbconvert's steps."""

    enabled = Bool(True).tag(config=True)


class NbGraderPreprocessor(Preprocessor):
    """Settings of nbgrader's steps."""


class CourseDirectory(LoggingConfigurable):
    """Where things lie in a course: nbgrader's settings of the same name."""

    course_id = Unicode("").tag(config=True)
    student_id = Unicode("*").tag(config=True)
    student_id_exclude = Unicode("").tag(config=True)
    assignment_id = Unicode("").tag(config=True)
    notebook_id = Unicode("*").tag(config=True)
    directory_structure = Unicode("{nbgrader_step}/{student_id}/{assignment_id}").tag(config=True)
    source_directory = Unicode("source").tag(config=True)
    release_directory = Unicode("release").tag(config=True)
    source_with_tests_directory = Unicode("source_with_tests").tag(config=True)
    submitted_directory = Unicode("submitted").tag(config=True)
    autograded_directory = Unicode("autograded").tag(config=True)
    feedback_directory = Unicode("feedback").tag(config=True)
    solution_directory = Unicode("solution").tag(config=True)
    db_url = Unicode("").tag(config=True)
    root = Unicode("").tag(config=True)
    groupshared = Bool(False).tag(config=True)
    ignore = List([".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]).tag(config=True)
    include = List(["*"]).tag(config=True)
    max_file_size = Integer(100000).tag(config=True)
    max_dir_size = Integer(100000).tag(config=True)

    @validate("course_id", "student_id", "notebook_id")
    def _strip(self, proposal: Any) -> str:
        return str(proposal["value"]).strip()

    @validate("assignment_id")
    def _strip_assignment(self, proposal: Any) -> str:
        if "+" in proposal["value"]:
            raise TraitError("Assignment names should not contain the following characters: +")
        return str(proposal["value"]).strip()

    @validate("root")
    def _absolute(self, proposal: Any) -> str:
        return os.path.abspath(str(proposal["value"]))  # noqa: PTH100 - as nbgrader has it: no link is followed

    @default("root")
    def _here(self) -> str:
        return str(Path.cwd())

    @default("db_url")
    def _beside_the_rest(self) -> str:
        return "sqlite:///" + os.path.abspath(os.path.join(self.root, "gradebook.db"))  # noqa: PTH100, PTH118


_CODE = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError()",
    "R": "# YOUR CODE HERE\nfail()",
    "matlab": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "octave": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "sas": "/* YOUR CODE HERE */\n %notImplemented;",
    "java": "// YOUR CODE HERE",
}


class ClearSolutions(NbGraderPreprocessor):
    """What stands in a release for a solution: nbgrader's settings, and the two of `autograder.lesson.stubs`."""

    code_stub = Dict(_CODE).tag(config=True)
    text_stub = Unicode("YOUR ANSWER HERE").tag(config=True)
    begin_solution_delimeter = Unicode("BEGIN SOLUTION").tag(config=True)
    end_solution_delimeter = Unicode("END SOLUTION").tag(config=True)
    enforce_metadata = Bool(True).tag(config=True)
    comment_mark = Anything().tag(config=True)  # of older versions, and of no effect
    lines_stub = Dict({"python": "# YOUR LINES HERE"}).tag(config=True)
    value_stub = Dict({"python": "# YOUR ANSWER HERE"}).tag(config=True)

    def _load_config(self, cfg: Any, *arguments: Any, **more: Any) -> None:
        code = cfg.ClearSolutions.get("code_stub")
        if isinstance(code, str):  # as older versions had it
            cfg.ClearSolutions.code_stub = {"python": code}
        super()._load_config(cfg, *arguments, **more)
