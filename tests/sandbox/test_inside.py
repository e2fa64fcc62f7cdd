"""In the sandbox this package's rooms are stand-ins: an honest cell runs as in a notebook, and no answer is there."""

from __future__ import annotations

import inspect
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import autograder
from autograder import check, derive, explore
from autograder.sandbox import wall
from autograder.sandbox.inside import explore as still
from autograder.sandbox.session import Template

from .conftest import ROOT, SMALL
from .test_cells import text

if TYPE_CHECKING:
    from types import ModuleType

    from autograder.sandbox.session import Submission

sandboxed = pytest.mark.sandbox
# What compares, draws or keeps; a module that computes what a lesson asks for does not belong here.
KNOW_NO_ANSWER = {
    "check", "check._chain", "check._context", "check._copies", "check._difference", "check._drawn", "check._equal",
    "check._finding", "check._render", "check._report", "check._show", "check._student", "check._typeset",
    "check.cases", "derive", "derive._statement", "explore",
}  # fmt: skip
MARKS = """\
from autograder import check
marks = check.marks("f", values=2, slopes=1, shapes=1)
with marks.values:
    check.close([1.0, 2.0], [1.0, {last}])
with marks.slopes:
    check.gradient(lambda x: 0 * x, lambda x: x, check.cases.reals())
marks.total()
"""


def stand_in(room: str) -> ModuleType:
    """Load a stand-in as a module of its own: in this process the real rooms keep their places."""
    path = Path(autograder.__file__).parent / "sandbox" / "inside" / f"{room}.py"
    spec = spec_from_file_location(f"stand_in_for_{room}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def signature(function: Any) -> list[tuple[str, Any, Any]]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("name", explore.__all__)
def test_each_explorable_is_called_as_the_real_one(name: str) -> None:
    assert signature(getattr(still, name)) == signature(getattr(explore, name))


def test_names_are_the_real_ones() -> None:
    assert set(still.__all__) == set(explore.__all__)
    assert set(stand_in("check").__all__) == set(check.__all__)
    assert set(stand_in("derive").__all__) <= set(derive.__all__)


@pytest.mark.parametrize(
    "name", ["between", "close", "equal", "finite", "integer", "marks", "raises", "shape"]
)
def test_what_compares_is_called_as_the_real_check(name: str) -> None:
    assert signature(getattr(stand_in("check"), name)) == signature(getattr(check, name))


def test_a_figure_keeps_its_state_and_computes_nothing() -> None:
    figure = still.activations("sigmoid", x=2.0, ask="Where?")
    figure.x = 3.0
    figure.observe(print, "x")
    with figure.hold_sync():
        assert (figure.x, figure.revealed, figure.prediction) == (3.0, False, "")
    figure.reset()
    assert figure.x == 2.0
    with pytest.raises(AttributeError, match="computes no 'slope' while work is graded"):
        _ = figure.slope


@sandboxed
def test_a_figure_in_a_cell_says_its_question(submission: Submission) -> None:
    run = submission.run_cell("from autograder import explore\nexplore.activations(ask='Where?')")
    assert (run.fate, text(run)) == ("ok", "Where?\nAn interactive figure: it lives in your notebook.")


@sandboxed
@pytest.mark.parametrize(
    ("last", "line"), [("2.0", "values   2/2"), ("3.0", "values   0/2  expected [1, 3], got [1, 2]")]
)
def test_a_check_in_a_cell_compares_and_leaves_the_rest_to_the_tests(
    submission: Submission, last: str, line: str
) -> None:
    shown = text(submission.run_cell(MARKS.format(last=last)))
    assert line in shown
    assert "slopes   -/1  checked when graded" in shown


@sandboxed
def test_no_other_room_can_be_imported_or_read(submission: Submission) -> None:
    rooms = [path.parent.name for path in wall.PACKAGE.glob("*/__init__.py")]
    found = submission.run_cell(f"""\
import sys, os, autograder
from importlib import import_module
PACKAGE = {str(wall.PACKAGE)!r}
found = []
for room in {rooms}:
    for name in ("", "._judge", "._activations", "._habits_relations", ".grading", ".lesson", ".recorder"):
        try: import_module("autograder." + room + name); found.append(room + name)
        except ImportError: pass
print(sorted(found), sorted(os.listdir(PACKAGE)))
print(*sorted(name for name in sys.modules if name.startswith("autograder.") and ".sandbox" not in name))
""")
    imported, modules = text(found).splitlines()
    assert imported == "['check', 'derive', 'explore', 'sandbox', 'sandbox.recorder'] ['sandbox']"
    assert set(modules.split()) <= {f"autograder.{name}" for name in KNOW_NO_ANSWER}


@sandboxed
def test_tests_that_run_inside_have_the_real_checks() -> None:
    template = Template(wall.configuration([ROOT], ["autograder.check"], checks=True))
    try:
        with template.start(SMALL) as submission:
            run = submission.run_cell("""\
from autograder import check
chain = check.marks("chain", values=1)
with chain.values:
    check.derives(["x + x", "3 * x"], check.Derivation(given="x real", start="x + x", end="2 * x"))
chain.total()""")
    finally:
        template.close()
    assert "3 * x   (does not follow)" in text(run)


@sandboxed
def test_a_package_that_solves_exercises_is_not_among_what_grading_needs(submission: Submission) -> None:
    """What Python has is the teacher's choice; what this project installs solves nothing by itself."""
    names = ["scipy", "sympy", "torch", "jax", "tensorflow", "sklearn", "autograd", "networkx", "statsmodels"]
    run = submission.run_cell(f"import importlib.util as u\nprint([n for n in {names} if u.find_spec(n)])")
    assert text(run) == "[]\n"
