"""The audit: whether an exercise's tests notice what they should.

Reads a course's lessons, makes small changes to each reference solution and hands them in, beside the reference
itself, right variants and the known mistakes, to the same grader that students meet. What keeps all its points
and should not is shown. `auditing.audit` is the way in.
"""

from __future__ import annotations
