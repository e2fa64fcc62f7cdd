"""The course, as its account on the hub sees it. Copy this to nbgrader_config.py in the course's folder.

`configure` has nbgrader and formgrader grade in the sandbox. What is set later wins. Where the exchange is, and the
course's name, stand in /etc/jupyter/nbgrader_config.py, for students as well.
"""

from pathlib import Path

from autograder.nbgrader_setup import configure

HERE = Path(__file__).resolve().parent

c = get_config()
configure(c, layout=True, root=HERE)

c.CourseDirectory.root = str(HERE)
