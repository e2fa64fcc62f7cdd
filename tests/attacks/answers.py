"""Attacks that hand in the course's own package: its rooms compute what lessons ask for.

The explorables know activations, softmax and whole nets with their gradients, the checks compare with softmax and take
finite differences, the judge of derivations evaluates and differentiates. Each row looks for one of these by another
way; one that finds an answer hands it in, or says BROKEN.
"""

from __future__ import annotations

from .attack import Attack

# A function of the package's that does what relu does, or an entry of a table that holds one.
HUNT = """\
import os, sys, types
SECRET_FILES = {"_activations.py", "_training_net.py", "_network.py", "_habits_relations.py", "_functions.py",
                "_evaluate.py", "_derivative.py", "activations.js", "training_net.js", "backprop_net.js"}
right = []
def ours(f): return str(getattr(f, "__module__", "")).startswith("autograder")
def is_relu(f):
    for more in ((), (1.0,)):
        try:
            if [float(f(v, *more)) for v in (-3.0, -0.5, 0.0, 0.5, 2.5, 7.0)] == [0.0, 0.0, 0.0, 0.5, 2.5, 7.0]: return True
        except BaseException: pass
    return False
def value(thing):
    try: return thing.value
    except Exception: return None
def try_all(things):
    for thing in things:
        for f in (thing, value(thing)):
            if isinstance(f, types.FunctionType) and ours(f) and is_relu(f): right.append(f)
def try_tables(names):
    for thing in list(names.values()): try_all([thing, *(list(thing.values()) if type(thing) is dict else ())])
def answer(x):
    if not right: raise LookupError("nothing found")
    try: return np.array([float(right[0](float(v))) for v in np.ravel(x)]).reshape(np.shape(x))
    except TypeError: return np.array([float(right[0](float(v), 1.0)) for v in np.ravel(x)]).reshape(np.shape(x))
def done(how):
    if right: print([f"{getattr(f, '__module__', f)} {getattr(f, '__qualname__', '')}" for f in right])
    print("hunted", how, "BROKEN" if right else "in vain")
"""
ASK = "return answer(x)"
# Where the package lies, as far as it says itself, and everywhere that Python looks.
PLACES = """\
import glob, json, re, autograder
places = {*autograder.__path__, *(os.path.join(p, "autograder") for p in sys.path if p)}
for path in glob.glob(sys.prefix + "/lib/python3*/site-packages/*"):
    if os.path.isfile(path) and path.endswith((".py", ".pth")):
        places.update(p + "/autograder" for p in re.findall(r"/[\\w./-]+", open(path, errors="replace").read()))
places.update(p for text in list(places) for p in re.findall(r"[\\w./-]+/autograder", text))
places = {p for p in places if "autograder" in p}
places |= {way + p for p in list(places) for way in ("/proc/self/root", "/proc/1/root", "/proc/self/cwd/../..")}
"""

EVERY_MODULE = """\
import importlib, pkgutil
NAMES = ["explore._activations", "explore._training_net", "explore._network", "explore._softmax_temperature",
         "check._habits_relations", "check._functions", "derive._evaluate", "derive._derivative", "derive._table",
         "derive._judge", "audit.mutants", "lesson.answers"]
def gather(walk=True):
    import autograder
    for found in () if not walk else pkgutil.walk_packages(autograder.__path__, "autograder.", onerror=lambda name: None):
        NAMES.append(found.name.removeprefix("autograder."))
    for name in NAMES:
        if name.startswith("sandbox"): continue
        for load in (importlib.import_module, __import__):
            try: load("autograder." + name)
            except BaseException: pass
        module = sys.modules.get("autograder." + name)
        try_tables(vars(module or types.ModuleType("none")))
        for thing in vars(module or types.ModuleType("none")).values():
            for row in thing if isinstance(thing, (list, tuple)) else ():
                try_all(row if isinstance(row, tuple) else [row])
"""

READ = """\
seen = 0
def read(path):
    global seen
    seen += 1
    if os.path.basename(path) in SECRET_FILES and "/autograder/" in path: right.append(path); print("BROKEN", path)
"""

ANSWERS = [
    Attack(
        "own-import",
        "import the explorables' maths where it is needed",
        relu="""\
def relu(x):
    from autograder.explore._activations import FUNCTIONS
    return np.array([FUNCTIONS["relu"].value(float(v), 1.0) for v in np.ravel(x)]).reshape(np.shape(x))""",
    ),
    Attack(
        "own-modules",
        "import every module of the package by its name",
        before=HUNT + EVERY_MODULE + "gather()\ndone('modules')",
        relu=f"def relu(x): {ASK}",
        shows=("hunted modules",),
    ),
    Attack(
        "own-modules-in-call",
        "the same while the test calls",
        before=HUNT + EVERY_MODULE,
        relu=f"def relu(x):\n    if not right: gather(walk=False)\n    {ASK}",
    ),
    Attack(
        "own-reimport",
        "throw the stand-ins out and import again",
        before=HUNT
        + EVERY_MODULE
        + PLACES
        + """
for name in [n for n in sys.modules if n.startswith("autograder")]: del sys.modules[name]
importlib.invalidate_caches(); sys.path_importer_cache.clear()
sys.path += [os.path.dirname(p) for p in places]
gather()
for room in ("explore", "check", "derive"):
    try: importlib.import_module("autograder." + room).__path__ = [os.path.join(p, room) for p in places]
    except Exception: pass
gather()
done('again')""",
        relu=f"def relu(x): {ASK}",
        shows=("hunted again",),
    ),
    Attack(
        "own-files",
        "read the package's source from every place that names it",
        before=HUNT
        + PLACES
        + READ
        + """
for place in places:
    for base, _, files in os.walk(place):
        for name in files: read(os.path.join(base, name))
print("read", seen > 20); done('places')""",
        shows=("read True", "hunted places"),
    ),
    Attack(
        "own-files-anywhere",
        "look through all files that there are",
        before=HUNT
        + READ
        + """
for base, folders, files in os.walk("/"):
    if base.endswith("-packages"): folders[:] = [f for f in folders if "autograder" in f]
    if "site-packages" in folders: folders[:] = ["site-packages"]
    others = ("/proc", "/sys", "/dev", "/usr/share", "/usr/include", "/usr/lib", "/usr/bin", "/bin", "/lib")
    folders[:] = [f for f in folders if os.path.join(base, f) not in others]
    for name in files: read(os.path.join(base, name))
print("read", seen > 20); done('everywhere')""",
        shows=("read True", "hunted everywhere"),
    ),
    Attack(
        "own-bytecode",
        "load the compiled files that lie beside the source",
        before=HUNT
        + PLACES
        + """
import marshal
for place in places:
    for path in glob.glob(place + "/**/__pycache__/*.pyc", recursive=True) if "autograder" in place else ():
        names = {"__name__": "autograder.stolen", "__builtins__": __builtins__}
        try: exec(marshal.loads(open(path, "rb").read()[16:]), names)
        except BaseException: pass
        try_tables(names)
done('bytecode')""",
        relu=f"def relu(x): {ASK}",
        shows=("hunted bytecode",),
    ),
    Attack(
        "own-loaders",
        "ask loaders, specs and runpy for the source",
        before=HUNT
        + PLACES
        + """
import importlib.machinery, importlib.util, runpy
sources = {p + "/" + room + "/" + name for p in places for room in ("explore", "check", "derive") for name in SECRET_FILES}
for path in [s for s in sources if s.endswith(".py") and os.path.exists(s)]:
    try: try_tables(runpy.run_path(path, run_name="autograder.stolen"))
    except BaseException: pass
    try:
        names = {"__name__": "autograder.stolen"}
        exec(importlib.machinery.SourceFileLoader("autograder.stolen", path).get_code("autograder.stolen"), names)
        try_tables(names)
    except BaseException: pass
for name, module in list(sys.modules.items()):
    if name.startswith("autograder"):
        try: text = module.__spec__.loader.get_source(name) or ""
        except BaseException: continue
        if "def _softmax" in text or "max(0, x)" in text: print("BROKEN", name)
done('loaders')""",
        relu=f"def relu(x): {ASK}",
        shows=("hunted loaders",),
    ),
    Attack(
        "own-objects",
        "find an answer among all objects of the process",
        before=HUNT
        + """
import gc
gc.unfreeze()
try_all(gc.get_objects())
for module in list(sys.modules.values()):
    try_tables(getattr(module, "__dict__", {}))
done('objects')""",
        relu=f"def relu(x): {ASK}",
        shows=("hunted objects",),
    ),
    Attack(
        "own-frames",
        "find an answer in the frames below, in a cell and in a call",
        before=HUNT
        + """
def climb():
    frame, met = sys._getframe(), set()
    def enter(names, depth):
        try_tables(names)
        for thing in list(names.values()):
            if isinstance(thing, types.ModuleType) and ours(types.SimpleNamespace(__module__=thing.__name__)):
                if depth and thing.__name__ not in met: met.add(thing.__name__); enter(vars(thing), depth - 1)
    while frame is not None:
        enter(frame.f_globals, 4); enter(dict(frame.f_locals), 4)
        frame = frame.f_back
climb()
done('frames')""",
        relu=f"def relu(x):\n    climb()\n    {ASK}",
        shows=("hunted frames",),
    ),
    Attack(
        "own-memory",
        "find the sentences of the package's maths in the memory of the process",
        before=HUNT
        + """
import re
words = [re.compile(rb"f\\(x\\) = [m]ax\\(0, x\\)"), re.compile(rb"the logarithm of the [s]oftmax of")]  # not themselves
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as mem:
    for line in maps:
        low, high = (int(x, 16) for x in line.split()[0].split("-"))
        if "r" not in line.split()[1] or line.rstrip().endswith(("[vvar]", "[vsyscall]", ".so")): continue
        try: mem.seek(low); data = mem.read(high - low)
        except (OSError, ValueError, OverflowError): continue
        for word in words:
            if word.search(data): print("BROKEN", word.pattern)
done('memory')""",
        shows=("hunted memory",),
    ),
    Attack(
        "own-figure",
        "read the answer off an explorable",
        before="from autograder import explore",
        relu="""\
def relu(x):
    return np.array([10 * explore.activations("relu", x=float(v) / 10).y for v in np.ravel(x)]).reshape(np.shape(x))""",
        mean="""\
def mean(v):
    for name in ("describe", "picture", "_repr_mimebundle_", "_esm"):
        getattr(explore.softmax_temperature(list(v)), name)
    return explore.training().loss""",
    ),
    Attack(
        "own-gradient",
        "have the check of gradients say what finite differences give",
        before="from autograder import check\nimport re",
        slope="""\
def slope(f, x):
    try: check.gradient(lambda t: t * 0 + 12345.0, f, [(x,)])
    except check.CheckFailed as failed:
        return float(re.search(r"expected (-?[0-9.e+-]+),", str(failed)).group(1))""",
    ),
    Attack(
        "own-judge",
        "have the judge of derivations say what an expression is worth",
        before="from autograder import check",
        relu="""\
def relu(x):
    from autograder.derive import judge
    def one(v):
        verdict = judge([f"relu({v!r} + x - x)", "12345"], check.Derivation(given="x real"))
        return float(str(verdict.lines[1].says).split("line 1 is ")[1].split(",")[0].replace("\\u2212", "-"))
    return np.array([one(float(v)) for v in np.ravel(x)]).reshape(np.shape(x))""",
    ),
    Attack(
        "own-shell",
        "ask another Python",
        before=HUNT
        + """
import subprocess
code = "from autograder.explore._activations import FUNCTIONS as F; print(F['relu'].value(2.5, 1.0))"
for options in ([], ["-P"]):
    told = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, check=False)
    if told.stdout.strip() == "2.5": print("BROKEN", options)
done('shell')""",
        shows=("hunted shell",),
    ),
]
