"""A plain nbgrader course, as any teacher would have it, and a class that hands in honest work.

`ps1/` and `ps2/` hold the assignments as text; `folder` makes the course of .ipynb files that nbgrader knows,
`students` says who hands in what. Nothing of the course imports this project.
"""
