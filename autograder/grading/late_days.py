"""A late policy for nbgrader's plugin slot: a share of the points for each day, with grace, a limit and extra time.

In a course's ``nbgrader_config.py``::

    c.AssignLatePenalties.plugin_class = "autograder.grading.late_days.LateDays"
    c.LateDays.share_per_day = 0.1
    c.LateDays.grace_minutes = 15

`autograder grade`, stock `nbgrader autograde` and formgrader ask it alike.
"""

from __future__ import annotations

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Bool, Dict, Float, Unicode

DAY = 86_400.0


class LateDays(LateSubmissionPlugin):  # type: ignore[misc]  # nbgrader ships no types
    """Takes a share of the points that a notebook earned, for each day that it is late."""

    share_per_day = Float(0.1, min=0, max=1, help="Share of the earned points taken for each day.").tag(
        config=True
    )
    grace_minutes = Float(0, min=0, help="Late by no more than this costs nothing.").tag(config=True)
    whole_days = Bool(True, help="A day that has begun counts whole; else by the second.").tag(config=True)
    at_most = Float(1, min=0, max=1, help="No more than this share is ever taken.").tag(config=True)
    closed_after_days = Float(
        math.inf, min=0, help="Later than this earns nothing. Extra time moves it too."
    ).tag(config=True)
    extra_hours = Dict(
        key_trait=Unicode(),
        value_trait=Float(min=0),
        help="Student to hours that are added to each deadline: for those who have a right to more time.",
    ).tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a notebook loses.

        Parameters
        ----------
        student_id
            Whose notebook it is.
        score
            What it earned, in points.
        total_seconds_late
            After the deadline; extensions of this one assignment are counted in already.

        Returns
        -------
        float or None
            None where nothing is taken.
        """
        late = total_seconds_late - 3600.0 * float(self.extra_hours.get(student_id, 0.0))
        if late <= 60.0 * self.grace_minutes:
            return None
        if late > DAY * self.closed_after_days:
            return score
        days = math.ceil(late / DAY) if self.whole_days else late / DAY
        taken = score * min(self.at_most, self.share_per_day * days)
        return round(taken, 4) or None
