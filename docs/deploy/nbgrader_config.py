"""What everybody on the machine shares. Copy this to /etc/jupyter/nbgrader_config.py.

The course's account has a second file of this name in the course's folder, with the course's own settings.
"""

c = get_config()

# The name of the hub's service, too.
c.CourseDirectory.course_id = "backprop101"

# Made by prepare.sh with the rights that it needs.
c.Exchange.root = "/srv/nbgrader/exchange"
