"""What every explorable does: loads late, lives without a kernel, asks first, can be locked and reset."""

import subprocess
import sys

import pytest
import traitlets

from autograder import explore
from autograder.explore import _explorable

from .scenes import all_scenes, made


def run(code: str) -> str:
    """Run code in a fresh Python, as a grading process would."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_importing_loads_no_widget_library() -> None:
    heavy = "{'anywidget', 'ipywidgets', 'traitlets', 'IPython', 'numpy'}"
    assert run(f"import sys; from autograder import explore; print({heavy} & set(sys.modules))") == "set()\n"


def test_it_works_without_a_kernel_and_leaves_no_thread() -> None:
    code = (
        "import sys, threading; from autograder import explore; w = explore.activations('tanh', ask='?');"
        "w.x = 2.0; w.reset(); print(w.x, threading.active_count(), {'ipykernel', 'zmq'} & set(sys.modules))"
    )
    assert run(code) == "1.0 1 set()\n"


def test_completion_finds_what_is_not_loaded_yet() -> None:
    assert set(explore.__all__) <= set(dir(explore))


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(AttributeError, match="activations"):
        explore.activation  # noqa: B018


def test_a_question_hides_the_answer_until_it_is_revealed() -> None:
    assert explore.activations().revealed
    assert not explore.activations(ask="How steep?").revealed
    assert explore.activations(ask="How steep?", revealed=True).revealed
    assert not explore.activations(revealed=False).revealed


@pytest.mark.parametrize("scene", all_scenes())
def test_what_is_hidden_sends_nobody_elsewhere(scene: str) -> None:
    """The words stand in the notebook and on the site: the box for a prediction is above them in both."""
    shown = made(scene)
    shown.reset()
    shown.revealed = False
    assert "notebook" not in shown.describe()


def test_reset_goes_back_to_the_lessons_scene() -> None:
    shown = explore.activations("softplus", x=-1, sharpness=4, ask="How far above ReLU?")
    shown.set_trait("function", "relu")
    shown.x, shown.sharpness, shown.prediction, shown.revealed = 3, 9, "1", True
    shown.reset()
    state = (shown.function, shown.x, shown.sharpness, shown.prediction, shown.revealed)
    assert state == ("softplus", -1, 4, "", False)


def test_locking_what_is_no_control_says_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"temperature; there are function, x, corner_slope"):
        explore.activations(lock=["temperature"])


def test_a_module_is_sent_whole() -> None:
    text = _explorable.module("activations")
    assert "import " not in "\n".join(
        line for line in text.splitlines() if not line.startswith(("//", " *", "/*"))
    )
    assert text.count("export default") == 1


def test_bounds_refuse_what_is_no_number() -> None:
    class Holder(traitlets.HasTraits):
        value = _explorable.Bounded(0.0, low=-1.0, high=1.0)

    holder = Holder()
    for wrong in (float("nan"), float("inf"), 2, "many"):
        with pytest.raises(traitlets.TraitError):
            holder.value = wrong
    assert holder.value == 0.0
