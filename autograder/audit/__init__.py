"""The audit: whether an exercise's tests notice what they should.

Reads a course's lessons, makes small changes to each reference solution and hands them in, beside the reference
itself, the known mistakes and the answers of answers.py, right and wrong, to the same grader that students meet.
What keeps all its points and should not is shown, and what gets something else than its author foresees.
`auditing.audit` is the way in.
"""

from __future__ import annotations
