"""The course, for nbgrader's own commands and for formgrader, run from this folder.

`configure` has them grade in the sandbox and keeps lesson sources out of the release. What is set later wins.
"""

from pathlib import Path

from autograder.nbgrader_setup import configure

HERE = Path(__file__).resolve().parent

c = get_config()
configure(c, layout=True, root=HERE)

c.CourseDirectory.course_id = "backprop101"
c.CourseDirectory.root = str(HERE)

# Where students fetch and hand in. On a shared server, name a folder that all of them can write to.
c.Exchange.root = str(HERE / "exchange")
