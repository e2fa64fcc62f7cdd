"""JupyterLab's own settings for `make lab`: nothing is asked of, or sent to, the network.

What the browser's side does is set in `labconfig/`; where Lab keeps its files, in `tools/lab.py`.
"""
# ruff: noqa: F821, INP001 (`get_config` is given by traitlets; a settings file is no package)

c = get_config()

# No news feed, and no look at a package registry for a newer JupyterLab.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

# The extension panel lists what is installed and looks nothing up.
c.LabApp.extension_manager = "readonly"

# Reached from this machine alone.
c.ServerApp.ip = "127.0.0.1"
