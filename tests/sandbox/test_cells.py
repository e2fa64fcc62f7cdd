"""Cells in the sandbox behave as in a kernel, end where the limits say, and what they show is kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from autograder.check import ProcessDied
from autograder.sandbox import watch
from autograder.sandbox.proxy import TestDesk

if TYPE_CHECKING:
    from autograder.sandbox.session import CellRun, Submission, Template

from .conftest import SMALL

pytestmark = pytest.mark.sandbox


def text(run: CellRun) -> str:
    return "".join(
        output.text or (output.data or {}).get("text/plain", "") or f"{output.ename}: {output.evalue}"
        for output in run.outputs
    )


def test_cells_share_a_namespace_and_the_last_value_is_shown(submission: Submission) -> None:
    submission.run_cell("a = 20")
    assert text(submission.run_cell("print('sum')\na + 1")) == "sum\n21"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("!echo from the shell", "from the shell"),
        ("%cd -q /tmp\nimport os; os.getcwd()", "/tmp"),  # noqa: S108
        ("import asyncio\nawait asyncio.sleep(0, 'awaited')", "awaited"),
        ("import subprocess; subprocess.run(['echo', 'child']); None", "child"),
        ("import sys; print('warned', file=sys.stderr)", "warned"),
        ("from IPython.display import display; display('displayed')", "displayed"),
        ("%%timeit -n1 -r1\npass", "loop"),
        ("import ipywidgets; ipywidgets.IntSlider(3)", "IntSlider"),
        ("'x' * 3;", ""),
    ],
)
def test_what_a_kernel_can_a_cell_can(submission: Submission, source: str, shown: str) -> None:
    run = submission.run_cell(source)
    assert run.fate == "ok"
    assert shown in text(run)


def test_an_exception_ends_the_cell_and_not_the_notebook(submission: Submission) -> None:
    run = submission.run_cell("1 / 0")
    assert (run.fate, run.outputs[-1].ename) == ("error", "ZeroDivisionError")
    assert submission.run_cell("1 + 1").fate == "ok"


def test_nobody_answers_input(submission: Submission) -> None:
    run = submission.run_cell("input('name? ')")
    assert "nobody is there to answer" in text(run)


def test_an_endless_loop_is_interrupted_and_the_next_cell_runs(submission: Submission) -> None:
    assert submission.run_cell("while True: pass").fate == "timeout"
    assert text(submission.run_cell("'still here'")) == "'still here'"


def test_a_loop_that_swallows_the_interrupt_is_killed(submission: Submission) -> None:
    source = "import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass"
    assert submission.run_cell(source).fate == "timeout"
    assert submission.run_cell("1").fate == "died"


@pytest.mark.parametrize(
    "source", ["import os; os._exit(0)", "import os; os.abort()", "import ctypes; ctypes.string_at(0)"]
)
def test_a_cell_that_ends_its_process_says_so(submission: Submission, source: str) -> None:
    assert submission.run_cell(source).fate == "died"


def test_memory_is_limited_in_one_process(submission: Submission) -> None:
    run = submission.run_cell("import numpy as np; np.ones(400 << 17)")
    assert run.outputs[-1].ename in {"MemoryError", "_ArrayMemoryError"}


def test_memory_is_limited_over_all_processes(submission: Submission) -> None:
    source = (
        "import os, time, numpy as np\n"
        "for _ in range(5):\n"
        "    if os.fork() == 0:\n"
        "        hoard = np.ones(100 << 17); time.sleep(60); os._exit(0)\n"
        "time.sleep(60)"
    )
    assert submission.run_cell(source, seconds=30).fate == "memory"


HOARD = """\
import os, time, numpy as np
def hoard():
    if os.fork() == 0:
        for _ in range(5):
            if os.fork() == 0:
                hoarded = np.ones(100 << 17); time.sleep(60); os._exit(0)
        time.sleep(60)
"""


def wait_for_too_much(submission: Submission) -> None:
    while not watch.too_much(submission._room.keeper, SMALL.memory_mib << 20):
        os.sched_yield()


def test_memory_is_looked_at_also_where_a_cell_has_nobody_wait(submission: Submission) -> None:
    assert submission.run_cell(HOARD + "hoard()").fate == "ok"
    wait_for_too_much(submission)
    assert submission.run_cell("1").fate == "memory"


def test_memory_is_looked_at_also_where_a_call_has_nobody_wait(submission: Submission) -> None:
    submission.run_cell(HOARD)
    desk = TestDesk(submission)
    hoard = desk.look_up(["hoard"])["hoard"]
    hoard()
    wait_for_too_much(submission)
    with pytest.raises(ProcessDied, match="more memory"):
        hoard()
    desk.close()


def test_output_is_kept_up_to_the_cap_and_says_what_it_dropped(submission: Submission) -> None:
    shown = text(submission.run_cell("for _ in range(2000): print('x' * 999)"))
    assert len(shown) < (SMALL.output_kib << 10) + 200
    assert "more characters of output were dropped" in shown


def test_processes_are_limited(submission: Submission) -> None:
    source = "import os, time\nfor _ in range(100):\n    if os.fork() == 0: time.sleep(60)"
    assert submission.run_cell(source).outputs[-1].ename == "BlockingIOError"


def test_disk_is_limited(submission: Submission) -> None:
    run = submission.run_cell("open('big', 'wb').write(bytes(20 << 20))")
    assert run.outputs[-1].ename == "OSError"


def test_pictures_are_drawn_only_where_asked_for(template: Template) -> None:
    source = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
    with template.start(SMALL) as fresh:
        without = [output.data for output in fresh.run_cell(source).outputs if output.data]
        with_one = [output.data for output in fresh.run_cell(source, pictures=True).outputs if output.data]
    assert not any("image/png" in data for data in without)
    assert any("image/png" in data for data in with_one)


def test_random_numbers_are_the_same_in_every_submission(template: Template) -> None:
    source = "import numpy as np, random; np.random.rand(), random.random(), hash('a')"
    seen = set()
    for _ in range(2):
        with template.start(SMALL) as fresh:
            seen.add(text(fresh.run_cell(source)))
    assert len(seen) == 1


def test_one_submission_leaves_nothing_to_the_next(template: Template) -> None:
    with template.start(SMALL) as first:
        first.run_cell("open('/tmp/left', 'w').write('x'); open('mine', 'w').write('x')")
    with template.start(SMALL) as second:
        run = second.run_cell("import os; os.path.exists('/tmp/left'), os.path.exists('mine')")
    assert text(run) == "(False, False)"


def test_files_handed_in_beside_the_notebook_are_there(submission: Submission) -> None:
    assert submission.write_file("data/points.txt", b"1 2 3")
    assert text(submission.run_cell("open('data/points.txt').read()")) == "'1 2 3'"


def test_a_picture_keeps_the_text_that_stands_for_it(template: Template) -> None:
    source = (
        "from IPython.display import Image, display\n"
        "display(Image(bytes([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), format='png', alt='a ramp', metadata=None))"
    )
    with template.start(SMALL) as fresh:
        run = fresh.run_cell(source, pictures=True)
    assert [output.metadata for output in run.outputs] == [{"image/png": {"alt": "a ramp"}}]
