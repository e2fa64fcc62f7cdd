"""A hub for one course: students work on their own accounts, the course has an account of its own.

Copy this to /etc/jupyterhub/jupyterhub_config.py. docs/jupyterhub.md says what else goes where. The places below
are the ones that it names; change them here if yours are others.
"""

import grp
import os
import sys
from pathlib import Path

COURSE = "backprop101"
#: The account that owns the course's folder, its gradebook and the exchange. Nobody logs in with it.
GRADER = f"grader-{COURSE}"
#: Who may grade: the members of this group of the system. `usermod -aG formgrade-backprop101 NAME`, then restart the hub.
GRADERS = f"formgrade-{COURSE}"

BIN = Path(sys.executable).parent
PROXY = "/opt/jupyterhub-proxy/node_modules/.bin/configurable-http-proxy"
STATE = Path("/var/lib/jupyterhub")
LAB = Path("/etc/jupyterhub/lab")

c = get_config()

# Students and graders reach the hub here. Put a web server with a certificate before it: docs/jupyterhub.md.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = [PROXY]
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")

# Whoever has an account on this machine and a password (PAM), except those that no person owns.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True
c.Authenticator.blocked_users = {"root", GRADER}

# A student's server: JupyterLab in the student's home, with the assignment list and Validate.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = [str(BIN / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    # Kernels and terminals find `nbgrader`, and nbgrader finds `alembic`.
    "PATH": os.pathsep.join([str(BIN), os.defpath]),
    # What students do not need is switched off there. Their own settings stay.
    "JUPYTER_CONFIG_PATH": str(LAB),
}

# The course's own server, with formgrader. It runs as the course's account and grades in the sandbox.
c.JupyterHub.services = [
    {
        "name": COURSE,
        "url": "http://127.0.0.1:9101",
        "command": [
            str(BIN / "jupyterhub-singleuser"),
            "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
        ],
        "user": GRADER,
        "cwd": str(Path("~" + GRADER).expanduser() / COURSE),
        "environment": {
            "PATH": os.pathsep.join([str(BIN), os.defpath]),
            "JUPYTERHUB_DEFAULT_URL": "/formgrader",
        },
        "oauth_no_confirm": True,
    },
]

# Its graders, and nobody else, may open it. The list stands in the role itself: who leaves the system's group loses the
# role at the next start, while a group of the hub's own would only grow.
c.JupyterHub.load_roles = [
    {
        "name": GRADERS,
        "users": list(grp.getgrnam(GRADERS).gr_mem),
        "scopes": [f"access:services!service={COURSE}", f"read:services!service={COURSE}", "list:services"],
    },
]
