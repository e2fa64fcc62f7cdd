"""Start JupyterLab on the lessons, or on the whole course, so that nothing leaves the machine.

What is here: which folders JupyterLab may use and which command starts it. Every file that it writes lies
under `.cache/jupyter`, and the user's own Jupyter settings are not read: Lab is the same for everyone.
What JupyterLab is told to leave undone is in `assets/lab`. Run it with the project's own Python:
`.venv/bin/python tools/lab.py`, or `make lab`.
"""
# ruff: noqa: INP001 (a script, not a package)

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent


def environment(inherited: Mapping[str, str], *, course: bool = False) -> dict[str, str]:
    """Return the environment that JupyterLab and its kernels get.

    Parameters
    ----------
    inherited
        The environment to start from; its Jupyter settings are dropped.
    course
        True to show the instructor's panels (formgrader) too.
    """
    ours = {name: value for name, value in inherited.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    scratch = ROOT / ".cache" / "jupyter"
    settings = ROOT / "assets" / "lab"
    config_path = [settings] if course else [settings / "lessons", settings]
    scripts = Path(sys.executable).parent
    return ours | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(map(str, config_path)),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "IPYTHONDIR": str(scratch / "ipython"),
        # nbgrader calls `alembic` by name.
        "PATH": os.pathsep.join([str(scripts), inherited.get("PATH", os.defpath)]),
    }


def command(folder: Path, options: Sequence[str] = ()) -> list[str]:
    """Return the command that serves `folder`; `options` are passed to JupyterLab as they are."""
    words = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        words.append("--allow-root")
    desktop = (
        sys.platform in {"darwin", "win32"} or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    )
    # A browser does not start as root, nor without a desktop: the printed address is what there is.
    if root or not desktop:
        words.append("--no-browser")
    return [*words, *options]


def fresh_lessons(folder: Path) -> Path:
    """Copy the lessons that are not in `folder` yet: what is worked on there is never overwritten."""
    released = ROOT / "notebooks"
    for source in sorted(released.rglob("*")):
        target = folder / source.relative_to(released)
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


def main() -> None:
    """Become JupyterLab."""
    parser = argparse.ArgumentParser(
        description="JupyterLab on the lessons; nothing is sent to the network.",
        epilog="Anything else (--port 9000, --no-browser) is passed to JupyterLab.",
    )
    parser.add_argument("--course", action="store_true", help="the whole course folder, with formgrader")
    parser.add_argument("--folder", type=Path, help="another folder than work/")
    chosen, options = parser.parse_known_args()
    folder = (chosen.folder or (ROOT if chosen.course else fresh_lessons(ROOT / "work"))).resolve()
    os.chdir(folder if chosen.course else ROOT)  # nbgrader reads nbgrader_config.py from where it starts
    words = command(folder, options)
    os.execve(words[0], words, environment(os.environ, course=chosen.course))  # noqa: S606 (no shell wanted)


if __name__ == "__main__":
    main()
