"""What a submission may use: time, memory, processes, output, and the reference in the place of what was lost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one submission. Seconds are wall-clock, sizes are MiB.

    Attributes
    ----------
    cell_seconds
        For one cell of the student's. It is interrupted first, and killed where that does not help.
    call_seconds
        For one call of a student's function by a test.
    test_seconds
        For one test cell with all its calls.
    submission_seconds
        For everything together.
    memory_mib
        For the private memory of one process, and for all processes of the submission together.
    processes
        Processes and threads at one time.
    disk_mib
        For the submission's own folder and /tmp, each a tmpfs; one file may be as large.
    output_kib
        Output kept of one cell; the rest is dropped and the cell says so.
    restarts
        How often the run is started again, without the cell that killed it.
    hung_calls
        After so many calls that did not end, a test cell calls no further.
    callbacks
        How often one call may call back into functions that a test handed to it.
    cost_once
        Whether what builds on an exercise that lost marks is graded with the reference in its place as well.
    reuse_results
        Whether what a test said before is used again where a submission gives the very same answers.
    """

    cell_seconds: float = 30.0
    call_seconds: float = 5.0
    test_seconds: float = 60.0
    submission_seconds: float = 600.0
    memory_mib: int = 1024
    processes: int = 64
    disk_mib: int = 64
    output_kib: int = 256
    restarts: int = 3
    hung_calls: int = 2
    callbacks: int = 100_000
    cost_once: bool = True
    reuse_results: bool = True

    def __post_init__(self) -> None:
        """Refuse limits that no submission could live in."""
        for name, value in asdict(self).items():
            least = (
                0 if name in {"restarts", "hung_calls", "callbacks", "cost_once", "reuse_results"} else 1e-3
            )
            if value < least:
                raise ValueError(f"the limit {name} is {value}; give a number of at least {least}")
        if self.memory_mib < 128:  # noqa: PLR2004 - the interpreter with NumPy needs about 60
            raise ValueError(f"memory_mib is {self.memory_mib}; Python with NumPy needs at least 128")

    def as_dict(self) -> dict[str, Any]:
        """Return the limits as plain data, for the wire."""
        return asdict(self)
