"""Make a machine of its own for the hub, and hold it until standard input ends.

Run as `unshare --mount --pid --fork --mount-proc ... python stage.py PLAN`. In this mount namespace `/etc` is a copy,
`/home`, `/opt`, `/srv`, `/tmp` and `/var/lib` are empty, and the checkout, with its solutions, is for root alone. So
accounts can be made, and passwords and settings written, of which the real system sees nothing; when this process
ends, all that ran here ends too. Only the standard library is used: this runs before anything is in place.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

_MOUNT, _CP = "/usr/bin/mount", "/usr/bin/cp"


def mount(*words: str | Path) -> None:
    subprocess.run([_MOUNT, *map(str, words)], check=True)


def empty(place: str | Path, mode: str = "755") -> None:
    """Lay a fresh folder over a place."""
    mount("-t", "tmpfs", "-o", f"mode={mode}", "stage", place)


def main() -> None:
    """Follow the plan; the folder that it lies in keeps what is mounted."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    base = Path(sys.argv[1]).parent
    mount("--make-rprivate", "/")
    kept = {}
    for number, place in enumerate([*plan["needed"], plan["checkout"], *plan["bound"].values()]):
        kept[place] = base / f"kept{number}"
        kept[place].mkdir()
        mount("--bind", place, kept[place])
    subprocess.run([_CP, "-a", "/etc", base / "etc"], check=True)
    mount("--bind", base / "etc", "/etc")
    for place in ("/home", "/opt", "/srv", "/var/lib", *plan["closed"], plan["checkout"]):
        empty(place)
    for place in plan["needed"]:
        Path(place).mkdir(parents=True, exist_ok=True)
        mount("--bind", kept[place], place)
    for place, source in plan["bound"].items():
        Path(place).mkdir(parents=True, exist_ok=True)
        mount("--bind", kept[source], place)
    clone = Path("/opt/clone")
    clone.mkdir(mode=0o700)
    (clone / "autograder").mkdir()
    mount("--bind", kept[plan["checkout"]], clone / "autograder")
    os.chdir("/")
    empty("/tmp", "1777")  # noqa: S108 - the machine's own, and last: the plan lies in the real one
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main()
