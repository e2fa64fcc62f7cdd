"""What processes that hold student code are started with: the same on every machine, and nothing of the grader's own."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from autograder.sandbox import pages
from autograder.sandbox.holder import HOME

#: Of a notebook in its sandbox.
ENVIRONMENT = {
    "HOME": HOME,
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{HOME}/.config/matplotlib",
    "IPYTHONDIR": f"{HOME}/.ipython",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "NBGRADER_EXECUTION": "autograde",
}


def of_a_template() -> dict[str, str]:
    """Return what a template's process is started with."""
    cache = _cache()
    return {
        **ENVIRONMENT,
        **pages.MALLOC,
        "LD_BIND_NOW": "1",  # once, here, and not in every fork that first calls a function of a library
        "HOME": "/nonexistent",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "MPLCONFIGDIR": f"{cache}/matplotlib",
        "IPYTHONDIR": f"{cache}/ipython",
    }


def _cache() -> Path:
    """Return a folder of our own that is kept between runs: building Matplotlib's font list takes a second."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for folder in (base / "autograder", Path(f"/tmp/autograder-cache-{os.getuid()}")):  # noqa: S108
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder.stat().st_uid == os.getuid():
                return folder
    return Path("/nonexistent")
