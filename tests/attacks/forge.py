"""Attacks that forge what the grader reads, or patch what runs beside them in the sandbox."""

from __future__ import annotations

from .attack import Attack
from .course import HONEST

FORGE = """\
import os, struct, msgspec, fcntl, socket, time
def frame(message, payload=b""):
    head = msgspec.msgpack.encode(message)
    return struct.pack("!4sIQ", b"AGW1", len(head), len(payload)) + head + payload
NINE = {"output_type": "execute_result", "data": {"text/plain": "9"}, "metadata": {}, "execution_count": 1}
GOOD = msgspec.json.encode([NINE])
def everywhere(data):
    for fd in range(3, 300):
        try: os.set_blocking(fd, False); os.write(fd, data)
        except OSError: pass
        try: os.set_blocking(fd, True)
        except OSError: pass
"""

_FRAMES = {
    "cell-result": 'frame({"ok": True}, GOOD)',
    "value": 'frame({"value": 0.0, "warnings": []})',
    "exam-result": 'frame({}, msgspec.json.encode({"cells": [], "notes": [], "stopped": False, "error": ""}))',
    "names": 'frame({"names": {"relu": ["a", "<f8", [0], True, 0, 0], "shapes": {}}})',
    "garbage": 'b"AGW1" + os.urandom(400)',
    "huge": 'struct.pack("!4sIQ", b"AGW1", 1 << 31, 1 << 62)',
    "long-payload": 'struct.pack("!4sIQ", b"AGW1", 1, 200 << 20) + b"x" * 1000',
    "deep": 'b"AGW1" + struct.pack("!IQ", 1 << 20, 0) + b"\\x91" * (1 << 20)',
    "not-a-record": 'struct.pack("!4sIQ", b"AGW1", 1, 0) + b"\\x01"',
    "hostile-trees": 'b"".join(frame({"value": t, "warnings": 7, "changed": {"9": 1}}) for t in '
    '[["a", "O", [1], True, 0, 8], ["a", "U0", [1 << 28], True, 0, 0], ["a", "V8", [1], True, 0, 0], ["f", 10**9, "x"],'
    ' ["d", 1],'
    ' ["n", "f" * 10**6], ["s", ["l"]], ["o"], [], {}, ["r", 0, 1, 0], ["b", -1, 5], ["a", "(2,3)f8", [1], True, 0, 48]])',
    "hostile-callback": 'b"".join(frame({"callback": n, "args": [], "kwargs": {}}) for n in [0, -1, 10**9, "x", None])',
}

RUNNER = """\
import sys
from autograder.sandbox import wire, runner, worker, values
"""

FORGED = [
    *(
        Attack(
            f"frame-{name}",
            f"write a forged frame ({name}) to every descriptor in a cell",
            before=FORGE + f"everywhere({code})",
            statuses=frozenset({"graded", "partial", "rejected"}),
        )
        for name, code in _FRAMES.items()
    ),
    *(
        Attack(
            f"frame-in-call-{name}",
            f"write a forged frame ({name}) to every descriptor in a call",
            before=FORGE,
            every=f"everywhere({code})\nreturn 0",
        )
        for name, code in _FRAMES.items()
    ),
    Attack(
        "frame-score",
        "answer a test with a report of full marks",
        before=FORGE,
        every="""\
everywhere(frame({"value": 9.0, "reports": [{"earned": 9, "points": 9}], "score": 9}))
return 0""",
    ),
    Attack(
        "patch-numpy",
        "make NumPy's comparisons lie",
        before="""\
np.allclose = np.array_equal = lambda *a, **k: True
np.maximum = lambda *a, **k: 0
np.testing.assert_allclose = lambda *a, **k: None""",
        every="return 0",
    ),
    Attack(
        "patch-builtins",
        "make builtins lie",
        before="""\
import builtins
builtins.abs = lambda x: 0
builtins.all = lambda x: True
builtins.list = lambda *a: [0.0, 5.0]
builtins.isinstance = lambda *a: True
builtins.type = lambda *a: float
builtins.AssertionError = Warning
builtins.len = lambda x: 1""",
        every="return 0",
        statuses=frozenset({"graded", "partial"}),
    ),
    Attack(
        "patch-check",
        "make the checks pass",
        before="""\
from autograder import check
import sys
for name in dir(check):
    if not name.startswith('_'):
        try: setattr(check, name, lambda *a, **k: None)
        except Exception: pass
sys.modules['autograder.check'] = sys.modules['numpy'] = type(sys)('fake')""",
        every="return 0",
    ),
    Attack(
        "patch-shell",
        "take IPython's shell over",
        before="""\
ip = get_ipython()
ip.run_cell = lambda *a, **k: print('mine')
ip.user_ns = {}
nine = {'output_type': 'execute_result', 'data': {'text/plain': '9'}, 'metadata': {}, 'execution_count': 1}
ip.recorder.finish = lambda: [nine]""",
        every="return 0",
    ),
    Attack(
        "patch-encoders",
        "make the sandbox's encoders lie",
        before=RUNNER
        + """\
import json, msgspec
wire._encode = msgspec.msgpack.Encoder().encode
values.Packer.pack = lambda self, v, depth=0: True
msgspec.json.encode = json.dumps = lambda *a, **k: b'[{"output_type": "execute_result", "data": {"text/plain": "9"}}]'""",
        every="return 0",
        statuses=frozenset({"graded", "partial"}),
    ),
    Attack(
        "patch-worker",
        "serve the tests oneself, and say yes to all",
        before=RUNNER
        + """\
def call(self, message, payload):
    for tree in (True, 0.0, ['a', '<f8', [0, 1, 1], True, 0, 0]):
        changed = {'0': ['a', '<f8', [2, 3], True, 0, 48]}
        return wire.send(self._link, {'value': tree, 'warnings': [], 'changed': changed}, [bytes(48)])
worker._Worker.call = call""",
        every="return 0",
    ),
    Attack(
        "patch-os",
        "patch fork, kill, exit and signals",
        before="""\
import os, signal, time
os.fork = lambda: 0
os.kill = os.killpg = lambda *a: None
os._exit = lambda *a: None
signal.setitimer = signal.signal = lambda *a: None
time.monotonic = lambda: 0.0""",
        relu=HONEST["relu"],
        mean=HONEST["mean"],
        earns=5.0,
    ),
    Attack(
        "patch-setdumpable",
        "make the process unreadable from outside",
        before="""\
import ctypes
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "pickle-bomb",
        "objects that run code when unpickled",
        before="""\
import os
class P:
    def __reduce__(self): return (os.system, ('touch /tmp/pwned',))""",
        every="return P()",
        shapes="""\
import pickle
shapes = {'W': pickle.dumps(P()), 'b': [P()]}""",
    ),
    Attack(
        "fake-outputs",
        "outputs that look like a grade",
        before="from IPython.display import display\n9.0",
        relu="def relu(x): raise ValueError\n9.0",
        slope="def slope(f, x): return 0\nprint(9.0)\n100",
        mean="""\
def mean(v): return 0
from IPython.display import display
report = {'autograder': {'earned': 3, 'points': 3, 'aspects': []}}
display({'text/html': '<script>alert(9)</script>', 'text/plain': '9'}, metadata=report, raw=True)
100""",
        shapes="shapes = {'W': (0, 0)}\n100",
    ),
    Attack(
        "hostile-html",
        "scripts in every kind of output",
        before="""\
from IPython.display import display
evil = '<script>alert(1)</script><img src=x onerror=alert(2)>'
for mime in ('text/html', 'image/svg+xml', 'application/javascript', 'text/markdown', 'text/latex', 'image/png',
             'image/jpeg', 'application/vnd.jupyter.widget-view+json'):
    display({mime: evil, 'text/plain': 'shown'}, raw=True)
print(evil)
raise ValueError(evil)""",
        relu="def relu(x): raise ValueError('<script>alert(3)</script>')",
        mean="def mean(v): return '<script>alert(4)</script>'",
        slope="def slope(f, x): return ['<script>alert(5)</script>']",
    ),
    Attack(
        "forged-pictures",
        "a picture that is a script, sent past the recorder",
        before=RUNNER
        + """\
import msgspec
real = msgspec.json.encode
evil = {'image/png': '"><script>alert(1)</script>', 'text/html': '<script>alert(2)</script>'}
outputs = [{'output_type': 'display_data', 'data': evil, 'metadata': {}}]
msgspec.json.encode = lambda o: real(outputs) if isinstance(o, list) else real(o)""",
    ),
    Attack(
        "stdin",
        "ask for input",
        before="""\
try: input()
except BaseException as e: print('refused', type(e).__name__)
import sys, os
print('read', os.read(0, 10))""",
        shows=("refused", "read b''"),
    ),
]
