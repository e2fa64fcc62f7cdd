"""The instructor's desk: what comes out of graded work.

Feedback pages live here (`feedback.write_feedback`); reports and exports will join them. Grading does not:
the desk reads nbgrader's gradebook and the autograded notebooks, and changes neither.
"""

from autograder.desk._settings import configure_feedback

__all__ = ["configure_feedback"]
