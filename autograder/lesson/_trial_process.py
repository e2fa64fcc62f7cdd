"""The other process of `trial`: runs a lesson's cells in IPython shells and writes down what each one gave.

Started as ``python -m autograder.lesson._trial_process INPUT OUTPUT``; both are JSON files. What runs here is
the author's own code, so there is no wall around it.
"""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from autograder.check import grading


def main(source: Path, target: Path) -> None:
    """Run the reference notebook, then the untouched stubs, and write both records."""
    order = json.loads(source.read_text(encoding="utf-8"))
    reference: dict[str, Any] = {}
    record = {
        "reference": _run(order["reference"], reference, into=reference),
        "stub": _run(order["stub"], reference, into={}),
    }
    target.write_text(json.dumps(record), encoding="utf-8")


def _run(
    cells: list[dict[str, Any]], reference: dict[str, Any], *, into: dict[str, Any]
) -> list[dict[str, Any]]:
    """Run cells in a shell whose names land in `into`; `reference` stands for the solutions in tests."""
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config, user_ns=into)
    return [_run_cell(shell, cell, reference) for cell in cells]


def _run_cell(shell: InteractiveShell, cell: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    side: Any = grading.session(reference=reference) if cell["test"] else nullcontext()
    with side as session, capture_output() as captured:
        result = shell.run_cell(cell["source"], store_history=True)
    if "matplotlib.pyplot" in sys.modules:  # as the inline backend does after each cell
        sys.modules["matplotlib.pyplot"].close("all")
    outputs: list[dict[str, Any]] = []
    if captured.stderr:
        outputs.append({"output_type": "stream", "name": "stderr", "text": captured.stderr})
    error = result.error_before_exec or result.error_in_exec
    record = {"index": cell["index"], "outputs": outputs, "findings": []}
    if error is not None:
        outputs.append(
            {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
        )
        record["offset"] = _offset(error)
    elif result.result is not None:
        data = {"text/plain": _plain(shell, result.result)}
        outputs.append({"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": {}})
    if cell["test"]:
        record["findings"] = [
            f"{aspect.name}: {aspect.finding.verdict if aspect.finding else aspect.status}"
            for report in session.reports
            for aspect in report.aspects
            if aspect.earned < aspect.points
        ]
        if captured.stderr:  # nbgrader gives 0 for any of it
            record["findings"].append(f"it wrote to stderr: {captured.stderr.strip().splitlines()[-1]}")
    return record


def _plain(shell: InteractiveShell, value: object) -> str:
    """Write a cell's value as the notebook shows it in plain text."""
    if shell.display_formatter is None:
        return repr(value)
    shown: dict[str, str]
    shown, _ = shell.display_formatter.format(value, include={"text/plain"})
    return shown.get("text/plain", repr(value))


def _offset(error: BaseException) -> int | None:
    """Line of the cell, from 0, where the error came up; None if it cannot be told."""
    if isinstance(error, SyntaxError):
        return (error.lineno or 1) - 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<ipython-input"):
            return trace.tb_lineno - 1
        trace = trace.tb_next
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
