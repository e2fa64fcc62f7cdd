"""Hidden tests are taken out of the graded notebook: it is read by students too, on their page or by hand.

They stay in the lesson's source, where they are run from. A test that its author lets run inside the sandbox can be
read there by the student's code, so its hidden lines are taken out of what the notebook shows as well.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autograder.grading.needs import INSIDE_TAG
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

RAN = "# Ran when this was graded. They are in the lesson's source alone."
WITHHELD = "[not shown: part of a hidden test]"
_TELLING = 12  # a hidden line that is shorter says nothing, and would match everywhere


def withhold(notebook: NotebookNode) -> None:
    """Take the hidden tests out of a graded notebook, in place."""
    secrets: set[str] = set()
    shown: set[str] = set()
    for cell in notebook.cells:
        if cells.is_test(cell) and INSIDE_TAG in cells.tags(cell):
            visible = cells.strip_hidden(cell.source)
            shown |= {line.strip() for line in visible.split("\n")}
            secrets |= {line.strip() for line in cell.source.split("\n")}
        if cells.is_test(cell):
            cell.source = _without_hidden(cell.source)
    telling = sorted(line for line in secrets - shown if len(line) >= _TELLING)
    for cell in notebook.cells if telling else ():
        for output in cell.get("outputs", []):
            _redact(output, lambda text: _without(text, telling))


@lru_cache(maxsize=4096)  # a class is given the same tests
def _without_hidden(source: str) -> str:
    lines = source.split("\n")
    for region in reversed(cells.scan(source)[0]):
        if region.kind is cells.Secret.HIDDEN_TESTS:
            lines[region.begin + 1 : region.end] = [RAN]
    return "\n".join(lines)


def _without(text: str, secrets: list[str]) -> str:
    if not any(secret in text for secret in secrets):
        return text
    return "\n".join(
        WITHHELD if any(secret in line for secret in secrets) else line for line in text.split("\n")
    )


def _redact(output: Any, clean: Callable[[str], str]) -> None:
    for key in ("text", "evalue"):
        if isinstance(output.get(key), str):
            output[key] = clean(output[key])
    if "traceback" in output:
        output["traceback"] = [clean(line) for line in output["traceback"]]
    for mime, text in output.get("data", {}).items():
        if mime.startswith("text/") and isinstance(text, str):
            output["data"][mime] = clean(text)
