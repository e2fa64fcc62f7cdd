"""Attacks on tests that the notebook's own process answers: who is asked there, what it says of itself, what it keeps."""

from __future__ import annotations

from .attack import Attack
from .course import HONEST

#: Whatever it is, it leaves no trace, says the process that is asked.
TRACELESS = """\
from autograder.sandbox import described, home, purity, wire, worker
described.harmless = lambda functions, namespace: purity.Harmless(list(functions))
"""
ALL = frozenset({"graded", "partial"})

AT_HOME = [
    Attack(
        "home-traceless",
        "say that functions leave no trace, and answer by what earlier tests asked",
        before=TRACELESS + "seen = []",
        every="seen.append(x)\nreturn seen[0]",
        after="print('KEPT', len(seen) > 1)",
        shows=("KEPT True",),
    ),
    Attack(
        "home-spoilt",
        "say of a test's process for ever that it cannot be put back: it is made again once",
        before="""\
from autograder.sandbox import home
home.Home.spoilt = property(lambda self: True, lambda self, value: None)""",
        relu=HONEST["relu"],
        statuses=ALL,
    ),
    Attack(
        "home-twice",
        "answer each call of a test twice, and the next cell and test with it",
        before=TRACELESS
        + """\
was = worker.Worker.call
def call(self, message, payload):
    was(self, message, payload)
    for extra in ({'ok': True}, {'value': 0.0, 'printed': '', 'warnings': []}, {'names': {}, 'traceless': ['mean']}):
        wire.send(self.link, extra, [b'[]'])
worker.Worker.call = call""",
        every="return x",
        statuses=ALL,
    ),
    Attack(
        "home-ends",
        "end the process that has the notebook's data in the first call of each test",
        before=TRACELESS + "import os",
        every="os._exit(0)",
        statuses=ALL,
    ),
    Attack(
        "home-hangs",
        "hang in the process that has the notebook's data, deaf to its alarm",
        before=TRACELESS + "import signal, time",
        relu="""\
def relu(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True: time.sleep(60)""",
        slope=HONEST["slope"],
        mean=HONEST["mean"],
        shapes=HONEST["shapes"],
        earns=7.0,
        statuses=ALL,
    ),
    Attack(
        "home-not-put-back",
        "keep from being put back what a test changed: its own next tests find it, and nobody else",
        before=TRACELESS
        + """\
from autograder.sandbox import keepsakes
keepsakes.Keepsakes.put_back = lambda self: True
home.Home.leave = lambda self: setattr(self, '_worker', None)
n = 0""",
        relu=HONEST["relu"],
        slope="def slope(f, x):\n    globals()['n'] += 1\n    return n",
        mean="def mean(v):\n    return n",
        earns=2.0,
        statuses=ALL,
    ),
    Attack(
        "home-keeps-the-tests-function",
        "keep a test's own function, and call it in later cells and tests",
        before=TRACELESS + "kept = []",
        slope="""\
def slope(f, x):
    kept.append(f)
    return kept[0](x + 1e-5)""",
        mean="""\
try: print('CALLED', kept[0](3.0))
except BaseException as e: print('refused')
def mean(v):
    return kept[0](3.0)""",
        statuses=ALL,
    ),
    Attack(
        "calls-back-ahead",
        "ask the test's own function without end and without waiting for answers, deaf to the alarm",
        before="""\
import signal, threading
from autograder.sandbox.values import Packer
def drain(link):
    while True: link.recv(1 << 20)""",
        relu=HONEST["relu"],
        slope="""\
from autograder.sandbox import wire
def slope(f, x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    link, packer = f._worker.link, Packer()
    question = {'callback': f.number, 'args': [packer.pack(3**50_000)], 'kwargs': {}, 'printed': ''}
    threading.Thread(target=drain, args=(link,), daemon=True).start()
    while True: wire.send(link, question, packer.buffers)""",
        mean=HONEST["mean"],
        shapes=HONEST["shapes"],
        earns=7.0,
        shows=("slope had not returned after 1 s",),
        statuses=ALL,
    ),
    Attack(
        "home-counts-backwards",
        "say that a stand-in was asked a negative number of times",
        before=TRACELESS
        + """\
from autograder.sandbox import answered
answered.Answered.told = lambda self: {'repeated': [[0, -10**9], [0, 2**62], [True, 1], [10**9, 1]]}""",
        relu=HONEST["relu"],
        statuses=ALL,
    ),
]
