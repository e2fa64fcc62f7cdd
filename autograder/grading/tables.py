"""nbgrader's tables, as SQLAlchemy Core sees them, without nbgrader's imports.

A test holds every column against nbgrader's own models. Nothing here makes or changes a table: that is nbgrader's.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Float, Interval, MetaData, String, Table, Text, case, null

metadata = MetaData()


def _id(length: int = 32) -> Column[str]:
    return Column("id", String(length), primary_key=True)


course = Table("course", metadata, _id(128))
assignment = Table(
    "assignment", metadata, _id(),
    Column("name", String(128)),
    Column("duedate", DateTime()),
    Column("course_id", String(128)),
)  # fmt: skip
notebook = Table(
    "notebook", metadata, _id(),
    Column("name", String(128)),
    Column("assignment_id", String(32)),
    Column("kernelspec", String(1024)),
)  # fmt: skip
base_cell = Table(
    "base_cell", metadata, _id(),
    Column("name", String(128)),
    Column("notebook_id", String(32)),
    Column("type", String(50)),
)  # fmt: skip
grade_cells = Table(
    "grade_cells", metadata, _id(), Column("max_score", Float()), Column("cell_type", String(8))
)
solution_cells = Table("solution_cells", metadata, _id())
task_cells = Table(
    "task_cells", metadata, _id(), Column("max_score", Float()), Column("cell_type", String(8))
)
source_cell = Table(
    "source_cell", metadata, _id(),
    Column("name", String(128)),
    Column("cell_type", String(8)),
    Column("locked", Boolean()),
    Column("source", Text()),
    Column("checksum", String(128)),
    Column("notebook_id", String(32)),
)  # fmt: skip
student = Table(
    "student", metadata, _id(128),
    Column("first_name", String(128)),
    Column("last_name", String(128)),
    Column("email", String(128)),
    Column("lms_user_id", String(128)),
)  # fmt: skip
submitted_assignment = Table(
    "submitted_assignment", metadata, _id(),
    Column("assignment_id", String(32)),
    Column("student_id", String(128)),
    Column("timestamp", DateTime()),
    Column("extension", Interval()),
)  # fmt: skip
submitted_notebook = Table(
    "submitted_notebook", metadata, _id(),
    Column("assignment_id", String(32)),
    Column("notebook_id", String(32)),
    Column("flagged", Boolean()),
    Column("late_submission_penalty", Float()),
)  # fmt: skip
grade = Table(
    "grade", metadata, _id(),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_score", Float()),
    Column("manual_score", Float()),
    Column("extra_credit", Float()),
    Column("needs_manual_grade", Boolean()),
)  # fmt: skip
comment = Table(
    "comment", metadata, _id(),
    Column("notebook_id", String(32)),
    Column("cell_id", String(32)),
    Column("auto_comment", Text()),
    Column("manual_comment", Text()),
)  # fmt: skip

_extra = case((grade.c.extra_credit != null(), grade.c.extra_credit), else_=0.0)
#: The points of a grade as nbgrader counts them: a person's before the automatic ones, and what is given beside.
score = case(
    (grade.c.manual_score != null(), grade.c.manual_score + _extra),
    (grade.c.auto_score != null(), grade.c.auto_score + _extra),
    else_=0.0,
)
