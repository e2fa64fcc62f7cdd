"""An interactive course on backpropagation and the grader under it.

Rooms, and which way imports may point (right to left only)::

    check <- lesson <- sandbox <- grading <- desk <- cli
    explore (beside check)

A notebook imports `check` and `explore` and nothing else; neither imports nbgrader or anything of grading.
No secret lives in this package: references, hidden tests and known mistakes are in ``solutions/`` alone.
"""

__version__ = "0.1.0"
