"""The template does once what every submission will do, so that its forks find all of it warm.

The first time that Python runs a piece of code it looks names up, adapts the code to what it meets, fills caches, and
has the dynamic linker find functions. Done in a fork this is done again in every fork, and each page of memory that
it writes to is copied first. So cells are run and calls are made here, through the very code that the forks run, on a
namespace of their own that is thrown away.
"""

from __future__ import annotations

import signal
import socket
import sys
import types
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.sandbox import purity, runner, wire, worker
from autograder.sandbox.values import Packer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.sandbox.limits import Limits
    from autograder.sandbox.shell import Shell

_ROUNDS = 12
_CALLS = 24
_CELLS = (
    "",
    "import numpy as np\nimport math\nx = np.arange(12.0).reshape(3, 4)",
    "def double(x):\n    '''Twice x.'''\n    return 2 * x\n\ndef fail(x):\n    raise ValueError(f'no {x}')\n",
    "def change(x, by=1):\n    x += by\n    print('changed')\n    return {'sum': x.sum(), 'parts': [1, (2.5, None)]}",
    "print('a line', 1, 2.5)\nx.mean(axis=0)",
    "double(3)",
    "[double(n) for n in range(5)], {'a': 1}, 'text', 2.5",
    "x",
    "for n in range(3):\n    y = np.exp(-x) / (1 + np.maximum(x, 0)) @ x.T",
    "class Thing:\n    def __init__(self):\n        self.value = 1\n\nThing().value",
    "1 / 0",
    "fail(1)",
    "undefined_name",
    "assert double(2) == 4, 'wrong'\nassert np.allclose(double(x), x + x)",
    "np.random.seed(1)\nnp.random.randn(3)",
)
_FIGURE = (
    "fig, ax = plt.subplots(figsize=(5, 3))\nax.plot([0, 1], [1, 2], label='a')\nax.set_title('t')\n"
    "ax.set_xlabel('x')\nax.set_ylabel('y')\nax.legend()\nax.grid(True)\nplt.show()"
)


def rehearse(shell: Shell, limits: Limits) -> None:
    """Run cells and make calls, and leave the shell and this process as they were, but warm."""
    was = shell.user_module, shell.user_ns, sys.modules["__main__"], sys.stdout, sys.stderr
    handlers = {number: signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGINT)}
    shown = shell.displayhook._, shell.displayhook.__, shell.displayhook.___
    stage = types.ModuleType("__main__")
    stage.__dict__.update(was[1])
    stage.__dict__.update({name: type(stage.__dict__[name])() for name in ("_oh", "Out") if name in was[1]})
    shell.user_module, shell.user_ns = stage, stage.__dict__
    try:
        for _ in range(_ROUNDS):
            _run_cells(shell, limits)
        _make_calls(shell)
    finally:
        shell.user_module, shell.user_ns, sys.modules["__main__"], sys.stdout, sys.stderr = was
        shell.displayhook._, shell.displayhook.__, shell.displayhook.___ = shown
        for number, handler in handlers.items():
            signal.signal(number, handler)
        purity.take_stock()


def _run_cells(shell: Shell, limits: Limits) -> None:
    ours, theirs = socket.socketpair()
    cells = list(_CELLS)
    if "matplotlib.pyplot" in sys.modules:
        cells += ["import matplotlib.pyplot as plt", _FIGURE]
    with ours, theirs:
        for source in cells:
            wire.send(ours, {"op": "cell", "source": source, "seconds": 60, "pictures": False})
        names = ["double", "change", "fail", "x", "y"]
        last = {"op": "cell", "source": "z = 1", "seconds": 60, "pictures": False}
        wire.send(ours, {**last, "id": 1, "names": names})
        wire.send(ours, {"op": "names", "id": 1, "names": names})
        for number, args in _arguments():
            packer = Packer()
            trees = {key: packer.pack(value) for key, value in args.items()}
            order = {"op": "call", "test": 1, "id": number, "seconds": 60, "args": trees}
            wire.send(ours, order, packer.buffers)
        link, far = socket.socketpair()
        with far:
            wire.send(ours, {"op": "fork", "id": 1}, fds=[far.fileno()])
        link.close()
        wire.send(ours, {"op": "names", "id": 2, "names": ["double"], "ended": [1]})
        ours.shutdown(socket.SHUT_WR)
        runner.serve(theirs, shell, limits, 0)
        theirs.close()
        with suppress(wire.Closed):
            while True:
                wire.receive(ours)


def _make_calls(shell: Shell) -> None:
    ours, theirs = socket.socketpair()
    functions = [shell.user_ns[name] for name in ("double", "change", "fail")]
    with ours, theirs:
        one = worker.ready(theirs, shell, functions)
        sys.stdout, sys.stderr = one.streams
        for _ in range(_CALLS):
            for number, args in _arguments():
                packer = Packer()
                trees = {key: packer.pack(value) for key, value in args.items()}
                wire.send(ours, {"op": "call", "id": number, "seconds": 60, "args": trees}, packer.buffers)
                one.call(*wire.receive(theirs))
                wire.receive(ours)


def _arguments() -> Iterator[tuple[int, dict[str, Any]]]:
    for value in (np.arange(3.0), np.ones((2, 3)), np.float64(2.5), 1.5, 3, [1.0, 2.0]):
        yield 0, {"0": value}
        yield 2, {"0": value}
    yield 1, {"0": np.arange(4.0)}
    yield 1, {"0": np.arange(4), "=by": 2}
