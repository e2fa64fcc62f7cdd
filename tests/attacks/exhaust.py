"""Attacks that use things up, or do not end: they cost their own submission and no other."""

from __future__ import annotations

from .attack import Attack
from .course import HONEST

ALL = frozenset({"graded", "partial", "rejected"})

EXHAUST = [
    Attack(
        "exit-cell",
        "os._exit in a cell: the cells around it count",
        before="import os; os._exit(0)",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "exit-everywhere",
        "os._exit in every cell",
        before="import os; os._exit(0)",
        relu="import os; os._exit(0)",
        slope="import os; os._exit(0)",
        mean="import os; os._exit(0)",
        shapes="import os; os._exit(0)",
    ),
    Attack("exit-call", "os._exit in a call", before="import os", every="os._exit(0)"),
    Attack(
        "abort",
        "abort in a cell, a segmentation fault in a call",
        before="import ctypes, os",
        relu="def relu(x): ctypes.string_at(0)",
        slope="def slope(f, x): os.abort()",
        after="import os; os.abort()",
    ),
    Attack(
        "recursion-cell",
        "endless recursion in a cell",
        before="""\
import sys
sys.setrecursionlimit(10**9)
def g(): return g()
g()""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack("loop-cell", "a loop that never ends", before="while True: pass", relu=HONEST["relu"], earns=2.0),
    Attack(
        "loop-deaf",
        "a loop that hears no signal",
        before="""\
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    try:
        time.sleep(60)
    except BaseException: pass""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack("loop-call", "calls that never end", every="while True: pass"),
    Attack(
        "loop-call-deaf",
        "calls that never end and hear no signal",
        before="import signal, time",
        every="""\
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    try: time.sleep(60)
    except BaseException: pass""",
    ),
    Attack(
        "threads",
        "threads that never end, some of them patching",
        before="""\
import threading, time
def churn():
    while True:
        globals()['relu'] = lambda x: 0
        time.sleep(0.001)
for _ in range(3): threading.Thread(target=churn).start()""",
        statuses=ALL,
    ),
    Attack(
        "daemon",
        "a daemon that outlives the cell and forges",
        before="""\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            for fd in range(3, 40):
                try: os.write(fd, b'AGW1' + bytes(12))
                except OSError: pass
            time.sleep(0.05)
    os._exit(0)""",
        statuses=ALL,
    ),
    Attack(
        "fork-bomb",
        "fork as often as it goes",
        before="""\
import os
n = 0
while True:
    try: os.fork()
    except OSError: break
""",
        statuses=ALL,
    ),
    Attack(
        "fork-count",
        "more processes than the limit",
        before="""\
import os, signal, time
pids = []
try:
    while len(pids) < 200:
        pid = os.fork()
        if pid == 0: time.sleep(60); os._exit(0)
        pids.append(pid)
except OSError: pass
print('forked', 'BROKEN' if len(pids) > 20 else 'few')
for pid in pids: os.kill(pid, signal.SIGKILL); os.waitpid(pid, 0)""",
        shows=("forked few",),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "thread-bomb",
        "more threads than the limit",
        before="""\
import threading, time
n = 0
try:
    while n < 500: threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); n += 1
except RuntimeError: pass
print('started', 'BROKEN' if n > 20 else 'few')""",
        shows=("started few",),
        statuses=ALL,
    ),
    Attack(
        "fd-bomb",
        "open as many files as it goes",
        before="""\
import os
kept = []
try:
    while len(kept) < 10**5: kept.append(open('/dev/null'))
except OSError: pass
print('opened', 'BROKEN' if len(kept) > 300 else 'few')
kept.clear()""",
        shows=("opened few",),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "disk-bomb",
        "fill the disk",
        before="""\
import os
total = 0
for base in ('/tmp', '/dev/shm', '.'):
    try:
        for n in range(100):
            with open(f'{base}/{n}', 'wb') as f: total += f.write(bytes(1 << 20))
    except OSError: pass
print('wrote', 'BROKEN' if total > 30 << 20 else 'little')
for base in ('/tmp', '/dev/shm', '.'):
    for n in range(100):
        try: os.unlink(f'{base}/{n}')
        except OSError: pass""",
        shows=("wrote little",),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-array",
        "an array larger than the memory",
        before="big = np.ones(10**9)\nprint('BROKEN')",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-list",
        "a list that keeps growing",
        before="""\
kept = []
while True: kept.append([0] * 10**6)""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-children",
        "children that each take as much as they may",
        before="""\
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(b'x') * (200 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
print('BROKEN')""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-shared",
        "memory shared with children, outside the limit of one process",
        before="""\
import mmap, time
kept = []
for _ in range(40):
    m = mmap.mmap(-1, 64 << 20)
    m.write(b'x' * (64 << 20))
    kept.append(m)
    time.sleep(0.02)
time.sleep(1.5)
print('BROKEN')""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-memfd",
        "memory in files that have no name",
        before="""\
import os
kept = []
try:
    for n in range(100):
        fd = os.memfd_create('x')
        os.write(fd, bytes(4 << 20)); kept.append(fd)
except OSError as e: print('refused')
print('held', 'BROKEN' if len(kept) > 20 else 'little')
for fd in kept: os.close(fd)""",
        shows=("held little",),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-sysv",
        "System V shared memory that nobody has attached",
        before="""\
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
libc.shmdt.argtypes = [ctypes.c_void_p]
n = 0
for _ in range(12):
    i = libc.shmget(0, 64 << 20, 0o1600)
    if i < 0: break
    a = libc.shmat(i, None, 0)
    ctypes.memset(a, 1, 64 << 20); libc.shmdt(a); n += 1
print('kept', 'BROKEN' if n > 4 else 'little')""",
        shows=("kept little",),
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-dribble",
        "use memory while dribbling a frame, so that the grader is busy reading",
        before="""\
import os, struct, time, sys
sys.path
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(b'x') * (150 << 20)
        time.sleep(60); os._exit(0)
head = struct.pack('!4sIQ', b'AGW1', 1 << 20, 0)
for fd in range(3, 40):
    try:
        import socket; socket.socket(fileno=os.dup(fd)).getpeername(); link = fd
    except OSError: pass
os.write(link, head)
start = time.monotonic()
while time.monotonic() - start < 1.9: os.write(link, b'x'); time.sleep(0.01)
print('BROKEN')""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "memory-unreadable",
        "use memory where the grader may not look",
        before="""\
import ctypes, os, time
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(b'x') * (200 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(1.8)
print('BROKEN')""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "output-flood",
        "200 MB of output",
        before="for _ in range(200): print('x' * 10**6)",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "output-below",
        "output below Python: the descriptor itself",
        before="""\
import os
chunk = b'x' * 10**6
try:
    for _ in range(200): os.write(1, chunk)
except OSError: print('full')""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "output-forged",
        "200 MB of output sent past the recorder",
        before="""\
import msgspec
real = msgspec.json.encode
big = real([{'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 10**6}] * 60)
msgspec.json.encode = lambda o: big if isinstance(o, list) else real(o)""",
        statuses=ALL,
    ),
    Attack(
        "output-many",
        "a hundred thousand outputs",
        before="""\
from IPython.display import display
for n in range(100_000): display(n)""",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "output-errors",
        "a traceback of a megabyte",
        before="raise ValueError('x' * 10**7)",
        relu=HONEST["relu"],
        earns=2.0,
    ),
    Attack(
        "deaf-socket",
        "never read what the grader sends",
        before="""\
import time
from autograder.sandbox import worker
worker.serve = lambda *a: time.sleep(600)""",
        every="return 0",
    ),
    Attack(
        "words-long",
        "words and rows of signs that take a search the longer the later it begins in them",
        before="w" * 60_000
        + " = 1\n"
        + "rb" * 30_000
        + " = x = 1"
        + "\nx = 1"
        + "+" * 30_000
        + "1"
        + "\nx = (" * 50,
        relu="def relu(x):\n    return slope(lambda t: x, " + "y" * 60_000 + ")",
        slope="def slope(f, x):\n    return f(" + "-" * 50 + "x)\n" + "z: " + "*" * 30_000,
    ),
]
