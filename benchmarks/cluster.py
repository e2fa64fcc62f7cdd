"""Runs a command on a Dask cluster of its own: a scheduler and one worker, real processes over loopback.

    cluster.py THREADS autograder grade ...

`--engine dask --scheduler ADDRESS` is added to the command. Whatever was started is waited for, so that its CPU counts.
Dask's own clocks tick as docs/scale.md says. With AUTOGRADER_ROLES in the environment the CPU-seconds of the command and
of the scheduler, each with what it waited for, go to that file.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# As in docs/scale.md: what Dask does for its dashboard and its profiles, whether or not there is work.
SELDOM = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "1s",
}


def main() -> int:
    """Run the command and return its status."""
    threads, *command = sys.argv[1:]
    os.environ |= SELDOM
    with tempfile.TemporaryDirectory(prefix="autograder-cluster-") as folder:
        file = Path(folder) / "scheduler.json"
        here = ["--scheduler-file", str(file)]
        start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
        scheduler = subprocess.Popen([*start, "--no-dashboard", *here])
        while not file.exists() and scheduler.poll() is None:
            time.sleep(0.05)
        start = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            "--nworkers",
            "1",
            "--nthreads",
            threads,
        ]
        spent: dict[str, float] = {}
        worker = subprocess.Popen([*start, "--no-dashboard", "--local-directory", folder, *here])
        try:
            address = json.loads(file.read_text())["address"]
            client = subprocess.Popen([*command, "--engine", "dask", "--scheduler", address])
            spent["client"] = _cpu(client)
            return client.returncode
        finally:
            worker.terminate()
            worker.wait()
            scheduler.terminate()
            roles = os.environ.get("AUTOGRADER_ROLES")
            if roles:
                Path(roles).write_text(json.dumps({**spent, "scheduler": _cpu(scheduler)}))
            scheduler.wait()


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process; return its seconds of CPU, user and system, and those of what it waited for."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
