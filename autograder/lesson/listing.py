"""nbgrader's last step to a release: the notebook says which of the lesson's cells it came with.

A lesson may gain cells after its release. Who handed in before has not deleted them, and grading reads that here
(`autograder.grading.later`). The list is only used for words: no mark hangs on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode


class ListCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Set by `autograder.nbgrader_setup.configure` as the last of ``c.GenerateAssignment.preprocessors``."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write the grade ids into the notebook's metadata, in the cells' order."""
        names = [name for cell in nb.cells if (name := cells.grade_id(cell)) is not None]
        nb.metadata["autograder"] = {"cells": names}
        return nb, resources
