"""Runs a command on a Dask cluster of its own: a scheduler and one worker, real processes over loopback.

    cluster.py THREADS autograder grade ...

`--engine dask --scheduler ADDRESS` is added to the command. Whatever was started is waited for, so that its CPU counts.
"""

# ruff: noqa: INP001 - a folder of scripts, run from here

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Run the command and return its status."""
    threads, *command = sys.argv[1:]
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
        worker = subprocess.Popen([*start, "--no-dashboard", "--local-directory", folder, *here])
        try:
            address = json.loads(file.read_text())["address"]
            return subprocess.run(
                [*command, "--engine", "dask", "--scheduler", address], check=False
            ).returncode
        finally:
            for one in (worker, scheduler):
                one.terminate()
                one.wait()


if __name__ == "__main__":
    sys.exit(main())
