"""What a test's names are bound to may be told with the outputs of the cell before it: the same, in one message less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.sandbox.proxy import TestDesk
from autograder.sandbox.submission import Submission

pytestmark = pytest.mark.sandbox
CELL = "import numpy as np\ndef f(x):\n    return 2 * x\nx, data = [1, 'a'], np.arange(3.0)\nprint('here')"
NAMES = ["f", "x", "data", "absent"]
# In the place of the runner's own word about names, the notebook's: another one for each of its cells.
LIES = """
from autograder.sandbox import runner
LIE = {}
def lie(shell, home, message, reply, buffers):
    return {**reply, **LIE}, buffers
runner._foretold = lie
f = abs
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what the runner is asked."""
    ops: list[str] = []
    tell = Submission._tell

    def told(self: Submission, message: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        ops.append(message["op"])
        tell(self, message, *args, **kwargs)

    monkeypatch.setattr(Submission, "_tell", told)
    return ops


def test_a_test_is_told_with_the_cells_outputs_what_it_would_ask_for(
    submission: Submission, asked: list[str]
) -> None:
    run = submission.run_cell(CELL, names=NAMES)
    assert [output.text for output in run.outputs] == ["here\n"]
    desk = TestDesk(submission)
    found = desk.look_up(NAMES)
    assert asked == ["cell"]
    assert sorted(found) == ["data", "f", "x"]
    assert found["x"] == [1, "a"]
    assert np.array_equal(found["data"], [0, 1, 2])
    assert found["f"](3) == 6
    assert asked == ["cell"], "what leaves no trace needs no fork either"
    desk.close()


def test_what_comes_between_counts(submission: Submission, asked: list[str]) -> None:
    submission.run_cell("x = 1", names=["x"])
    submission.run_cell("x = 2")
    assert TestDesk(submission).look_up(["x"]) == {"x": 2}
    submission.run_cell("y = 3", names=["x"])
    assert TestDesk(submission).look_up(["y"]) == {"y": 3}
    assert TestDesk(submission).look_up(["x"]) == {"x": 2}
    assert asked == ["cell", "cell", "names", "cell", "names", "names"]


@pytest.mark.parametrize("cell", ["x = 1\n1 / 0", "x, f = 1, [print]", "x, f = 1, np.zeros(1 << 20)"])
def test_in_doubt_they_are_asked_for(submission: Submission, asked: list[str], cell: str) -> None:
    submission.run_cell("import numpy as np")
    submission.run_cell(cell, names=["x", "f"])
    assert TestDesk(submission).look_up(["x", "f"])["x"] == 1
    assert asked[:3] == ["cell", "cell", "names"]


@pytest.mark.parametrize(
    "lie",
    [
        {"told": {"names": {}, "traceless": []}, "size": 1 << 40},
        {"told": {"names": {}, "traceless": []}, "size": -1},
        {"told": 5, "size": 2},
        {"told": {"names": 5, "traceless": []}, "size": 2},
        {"told": {"names": {"f": ["o", "thing"], "secret": 1}, "traceless": ["f"]}, "size": 2},
    ],
)
def test_what_a_notebook_says_in_its_place_is_believed_no_further_than_its_form(
    submission: Submission, lie: dict[str, Any]
) -> None:
    submission.run_cell(f"{LIES}\nLIE.update({lie!r})")
    assert submission.run_cell("g = 1", names=["f"]).fate == "ok"
    assert TestDesk(submission).look_up(["f"]).keys() == {"f"}
