"""Whose notebook this is, for questions that are drawn from a student's id."""

from __future__ import annotations

import getpass
import os

from autograder.check import _context

#: Where the id is looked for outside a test: the grader's sandbox sets the first, JupyterHub the second.
VARIABLES = ("AUTOGRADER_STUDENT", "JUPYTERHUB_USER")


def student_id() -> str:
    """Return the id that a submission is handed in with.

    Returns
    -------
    str
        In a test that is graded: the id that handed in, whatever the notebook says. In a notebook: the
        environment variable ``AUTOGRADER_STUDENT``, or ``JUPYTERHUB_USER``, or else the login name.

    Examples
    --------
    >>> from autograder import check
    >>> isinstance(check.student_id(), str)
    True
    """
    session = _context.session.get()
    if session is not None and session.student:
        return session.student
    for variable in VARIABLES:
        if found := os.environ.get(variable):
            return found
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name, as in some containers
        return "student"
