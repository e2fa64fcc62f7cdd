"""The course, for Lab's assignment list and Validate button when Lab is opened on the lessons alone."""

from pathlib import Path

COURSE = Path(__file__).resolve().parents[3]

c = get_config()
load_subconfig("nbgrader_config.py", path=str(COURSE))

# Fetched assignments lie beside the lessons, where Lab looks.
c.Exchange.assignment_dir = str(COURSE / "notebooks")
