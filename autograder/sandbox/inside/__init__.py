"""What student code finds in the sandbox under the names of this package: stand-ins that know no answer.

The real rooms compute what lessons ask for. The checks compare with softmax, the judge of derivations evaluates and
differentiates, the explorables have whole nets with their gradients. A graded cell that could import these would need
no answer of its own. So the sandbox's process never loads them (`take_places`), and its files show only the folder
``sandbox`` of this package (`autograder.sandbox.wall`).

``check.py``, ``derive.py`` and ``explore.py`` stand there under the names of the rooms. They import from the rooms only
what holds no answer: exceptions, records, cases, cards.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import autograder

_HERE = Path(__file__).parent
_ROOMS = ("derive", "check", "explore")
CHECKED = ("derive", "check")  # what the real checks need, where tests are run inside


def take_places(*, checks: bool = False) -> None:
    """Put the stand-ins where imports look; with `checks`, the real checks stay, for tests that run inside.

    Call it before anything else of this package is imported.
    """
    for room in _ROOMS:
        if not (checks and room in CHECKED):
            _stand_in(room)


def _stand_in(room: str) -> None:
    name = f"autograder.{room}"
    real = Path(autograder.__file__).parent / room
    spec = spec_from_file_location(name, _HERE / f"{room}.py", submodule_search_locations=[str(real)])
    if spec is None or spec.loader is None:
        raise ImportError(f"the stand-in for {name} is not there")
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__path__ = []  # and from now on nothing more of the real room can be imported
    setattr(autograder, room, module)
