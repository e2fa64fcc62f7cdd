"""What one notebook's sandbox is made of: what its lesson imports, what is shown there and what is hidden."""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.lesson import notebook as cells
from autograder.sandbox import wall

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.setting import Setting

_REGION = "### BEGIN"  # of what a release leaves out
INSIDE_TAG = "in-sandbox"  # of a test cell that runs beside student code


def imports(source: NotebookNode) -> list[str]:
    """Return the modules that a notebook's code cells import and that are installed."""
    found: dict[str, None] = {}
    for cell in source.cells:
        if cell.cell_type != "code" or "import" not in cell.source:  # most: parsing all of them takes long
            continue
        text = "\n".join(line for line in cell.source.split("\n") if not line.lstrip().startswith(("%", "!")))
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return [name for name in found if _installed(name.split(".")[0])]


def _installed(name: str) -> bool:
    """Whether a top-level module is the interpreter's or a package's: not a file of the course."""
    if name in sys.stdlib_module_names or name == "autograder":
        return True
    with suppress(ImportError, ValueError):
        spec = find_spec(name)
        return spec is not None and "site-packages" in str(spec.origin or spec.submodule_search_locations)
    return False


def needs_of(setting: Setting, source: NotebookNode) -> dict[str, Any]:
    """Return what a template for this notebook is told.

    Raises
    ------
    NoSandboxError
        If student code would see what it must not.
    """
    modules = ["numpy", "autograder.check", *imports(source)]
    if any("matplotlib" in name for name in modules):
        modules.append("matplotlib_inline.backend_inline")
    return wall.configuration(
        map(Path, setting.hidden), modules, assets=Path(setting.assets) if setting.assets else None,
        unsafe=setting.unsafe, checks=any(INSIDE_TAG in cells.tags(cell) for cell in source.cells), given=_given(source),
    )  # fmt: skip


def _given(source: NotebookNode) -> list[str]:
    """Return the locked cells that the release has as they are here, and that are no tests."""
    code = [cell for cell in source.cells if cell.cell_type == "code" and cells.is_locked(cell)]
    return [cell.source for cell in code if not cells.is_test(cell) and _REGION not in cell.source]
