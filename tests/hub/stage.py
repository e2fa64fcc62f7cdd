"""Make a machine of its own for the hub, and hold it until standard input ends.

Run as `unshare --mount --pid --fork --mount-proc ... python stage.py PLAN`. In this mount namespace `/etc` is a copy,
`/home`, `/opt`, `/srv`, `/tmp`, `/var/lib` and `/var/tmp` are empty, and the checkout, with its solutions, is for root
alone. So accounts can be made, and passwords and settings written, of which the real system sees nothing; when this
process ends, all that ran here ends too. The checkout may lie in one of these folders, and its files may be for their
owner alone. Only the standard library is used: this runs before anything is in place.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

_MOUNT, _CP, _CHMOD = "/usr/bin/mount", "/usr/bin/cp", "/usr/bin/chmod"


def mount(*words: str | Path) -> None:
    subprocess.run([_MOUNT, *map(str, words)], check=True)


def folder(place: str | Path, mode: int = 0o755) -> Path:
    """Make a folder, and those above it, open to all whatever the umask is."""
    path = Path(place)
    if not path.is_dir():
        folder(path.parent)
        path.mkdir()
        path.chmod(mode)
    return path


class Kept:
    """A folder that is reached, by its descriptor, also when something else lies over the place where it was."""

    def __init__(self, place: str) -> None:
        self._descriptor = os.open(place, os.O_PATH | os.O_DIRECTORY)

    @property
    def path(self) -> Path:
        return Path(f"/proc/{os.getpid()}/fd/{self._descriptor}")

    def bind(self, place: str | Path) -> None:
        mount("--no-canonicalize", "--bind", self.path, folder(place))

    def copy(self, place: str | Path) -> None:
        """Copy it, readable for all."""
        subprocess.run([_CP, "-R", f"{self.path}/.", folder(place)], check=True)
        subprocess.run([_CHMOD, "-R", "a+rX", place], check=True)


def main() -> None:
    """Follow the plan; the folder that it lies in keeps what is mounted."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    base = Path(sys.argv[1]).parent
    mount("--make-rprivate", "/")
    checkout, code = Kept(plan["checkout"]), Kept(plan["code"])
    needed = {place: Kept(place) for place in plan["needed"]}
    bound = {place: Kept(source) for place, source in plan["bound"].items()}
    subprocess.run([_CP, "-a", "/etc", base / "etc"], check=True)
    mount("--bind", base / "etc", "/etc")
    os.chdir("/")
    for place, mode in plan["emptied"].items():
        mount("-t", "tmpfs", "-o", f"mode={mode}", "stage", place)
    for place, kept in {**needed, **bound}.items():
        kept.bind(place)
    code.copy(plan["code"])
    folder("/opt/clone", 0o700)
    checkout.bind("/opt/clone/autograder")
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main()
