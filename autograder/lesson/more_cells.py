"""nbgrader's step that notes a lesson's cells, for a lesson that gained some while the gradebook has marks of it.

nbgrader itself refuses that: a submission that it has recorded would have no row for the new cell, and formgrader would
stumble over it. Here the rows are made, as nbgrader makes them for a new submission. Nothing that is there is touched,
and a cell that went is still refused: its marks would go with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from nbgrader.api import Comment, Grade, GradeCell, MissingEntry, SolutionCell, SourceCell, TaskCell
from nbgrader.preprocessors import SaveCells

if TYPE_CHECKING:
    from nbformat import NotebookNode


class SaveMoreCells(SaveCells):  # type: ignore[misc]
    """Takes the place of ``nbgrader.preprocessors.SaveCells`` where `autograder build` is asked to add cells.

    Attributes
    ----------
    added
        The grade ids that were, in the lesson's order. Each build has a list of its own: see `that_notes`.
    """

    added: ClassVar[list[str]] = []

    def _create_notebook(self, nb: NotebookNode) -> None:
        """Add the cells that are new, all at once or none; the rest is nbgrader's."""
        self._add()
        super()._create_notebook(nb)

    def _add(self) -> None:
        try:
            notebook = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            return
        kinds: list[tuple[type, Any, dict[str, dict[str, Any]]]] = [
            (GradeCell, notebook.grade_cells, self.new_grade_cells),
            (SolutionCell, notebook.solution_cells, self.new_solution_cells),
            (TaskCell, notebook.task_cells, self.new_task_cells),
            (SourceCell, notebook.source_cells, self.new_source_cells),
        ]
        if not notebook.submissions or any(
            {cell.name for cell in there} - set(new) for _, there, new in kinds
        ):
            return  # nbgrader knows what to do: take all anew, or refuse
        added = [
            kind(name=name, notebook=notebook, **about)
            for kind, there, new in kinds
            for name, about in new.items()
            if name not in {cell.name for cell in there}
        ]
        database = self.gradebook.db
        database.add_all(added)
        database.flush()  # which gives them their ids
        for submitted in notebook.submissions:
            for cell in added:
                if isinstance(cell, GradeCell | TaskCell):
                    database.add(Grade(cell_id=cell.id, notebook=submitted))
                if isinstance(cell, SolutionCell | TaskCell):
                    database.add(Comment(cell_id=cell.id, notebook=submitted))
        database.commit()
        names = {cell.name for cell in added}
        self.added.extend(name for name in self.new_source_cells if name in names)


def that_notes(added: list[str]) -> type[SaveMoreCells]:
    """Return the step, which writes what it adds into this list."""
    return type(SaveMoreCells.__name__, (SaveMoreCells,), {"added": added})
