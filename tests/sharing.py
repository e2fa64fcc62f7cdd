"""How the tests go to the processes that share them, and what becomes of those of a process that died.

xdist's own way with a process that died runs the same test again in the next, gives processes what was done long ago, and
asks those that are just starting; so the notes of what is done are kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Callable


class Groups(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Groups of tests, each run in their order by the process that is free first."""

    def __init__(self, group_of: Callable[[str], str], *arguments: Any) -> None:
        super().__init__(*arguments)
        self._split_scope = group_of

    def running(self, node: Any) -> str | None:
        """Return the first test of a process that is not done."""
        groups: dict[str, dict[str, bool]] = self.assigned_work[node]
        return next((test for group in groups.values() for test, done in group.items() if not done), None)

    def remove_node(self, node: Any) -> str | None:
        """Note the test in which a process died, so that no other runs it; hand on those that it did not begin."""
        died = self.running(node)
        for name, group in self.assigned_work.pop(node).items():
            if died in group:
                group[died] = True
            if not all(group.values()):
                self.workqueue[name] = group
        for other in self.nodes if self.workqueue else ():
            self._reschedule(other)
        return died

    def stopped(self, *_: object) -> None:
        """End the run from outside: the last lines say all the same what had failed, and what was running."""
        pytest.exit(
            f"stopped; running were {', '.join(map(str, map(self.running, self.nodes)))}", returncode=2
        )

    def _reschedule(self, node: Any) -> None:
        if node in self.registered_collections:  # else it has just been started, and asks when it is ready
            super()._reschedule(node)
