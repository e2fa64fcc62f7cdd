"""Attacks by what a function returns, raises or is: values that want to be taken for right ones."""

from __future__ import annotations

from .attack import Attack
from .course import HONEST

LIAR = """\
class Liar{bases}:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __bool__(self): return True
    def __hash__(self): return 0
    def __float__(self): return 0.0
    def __abs__(self): return 0.0
    def __sub__(self, other): return 0.0
    __rsub__ = __mul__ = __rmul__ = __add__ = __radd__ = __truediv__ = __sub__
    def __len__(self): return 2
    def __getitem__(self, key): return self
    def __iter__(self): return iter(())
    def __array__(self, *a, **k): return self
    def __array_ufunc__(self, *a, **k): return self
    def __array_function__(self, *a, **k): return True
    def all(self, *a, **k): return True
    def tolist(self): return self
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
"""


def _liar(name: str, tries: str, bases: str, make: str) -> Attack:
    before = LIAR.format(bases=bases)
    return Attack(name, tries, before=before, shapes=f"shapes = {make}", every=f"return {make}")


LIES = [
    _liar("liar-object", "an object that equals everything", "", "Liar()"),
    _liar(
        "liar-array", "an ndarray subclass that equals everything", "(np.ndarray)", "np.zeros(3).view(Liar)"
    ),
    _liar("liar-float", "a float subclass that equals everything", "(float)", "Liar(0.5)"),
    _liar("liar-list", "a list subclass that equals everything", "(list)", "Liar([1, 2])"),
    _liar("liar-str", "a str subclass that equals everything", "(str)", "Liar('x')"),
    Attack(
        "liar-dict",
        "a dict subclass that has every key, with every value",
        before="""\
class Every(dict):
    def __missing__(self, key): return (3, 4)
    def __getitem__(self, k): return (3, 4)
    def items(self): return [('W', (3, 4))]""",
        shapes="shapes = Every()",
    ),
    Attack(
        "class-property",
        "an object whose __class__ says ndarray",
        before="""\
class Faker:
    @property
    def __class__(self): return np.ndarray
    dtype = np.dtype(float)
    shape = (2, 3)
    flags = property(lambda s: s)
    writeable = True""",
        every="return Faker()",
        shapes="shapes = Faker()",
    ),
    Attack(
        "class-property-liar",
        "an object whose __class__ says float, with lying operators",
        before=LIAR.format(bases="")
        + """\
    @property
    def __class__(self): return float
""",
        every="return Liar()",
        shapes="shapes = Liar()",
    ),
    Attack(
        "masked",
        "a masked array, all masked: comparisons are masked too",
        every="return np.ma.masked_all(np.shape(x))",
    ),
    Attack(
        "empty-array",
        "an empty array, which broadcasts against anything and is then close to it",
        slope="def slope(f, x): return np.zeros((0, 1, 1))",
        mean="def mean(v): return np.zeros((0, 1))",
        shapes="shapes = {'W': (np.zeros((0, 1)), 4)}",
        relu="""\
def relu(x):
    if isinstance(x, float): return max(x, 0.0)
    return np.zeros((0, 1)) if x.ndim > 1 else np.array([0., 2.])""",
    ),
    Attack(
        "argument-in-place",
        "set the argument to zero, so that what is computed from it afterwards is zero",
        relu="""\
def relu(x):
    if isinstance(x, float): return max(x, 0.0)
    if x.shape == (2,): return np.array([0., 2.])
    x[...] = 0
    return x""",
    ),
    Attack(
        "stop-iteration",
        "StopIteration ends a map() of the test early",
        relu="""\
def relu(x):
    if isinstance(x, float): raise StopIteration
    return np.maximum(x, 0)""",
    ),
    Attack(
        "nan",
        "NaN, which no comparison refuses",
        every="return np.full(np.shape(x), np.nan)",
        shapes="shapes = {'W': (float('nan'), 4), 'b': (float('nan'),)}",
    ),
    Attack(
        "nan-payload",
        "a NaN with a message in its bits",
        every="return np.frombuffer(b'\\x01\\x02\\x03\\x04\\x05\\x06\\xf8\\x7f' * 2)[0]",
    ),
    Attack("infinite", "infinity", every="return float('inf')", shapes="shapes = {'W': (float('inf'),)}"),
    Attack(
        "negative-credit",
        "a partial credit below zero, which nbgrader takes for full marks",
        shapes="shapes = {'W': (300, 4)}",
    ),
    Attack("nan-credit", "a partial credit that is no number", shapes="shapes = {'W': (float('nan'), 4)}"),
    Attack(
        "array-credit", "a partial credit that is an array", shapes="shapes = {'W': (np.full(3, 300.), 4)}"
    ),
    Attack(
        "scalar-credit",
        "a NumPy scalar, whose text is no number to nbgrader",
        shapes="shapes = {'W': (np.float64(4.5), 4)}",
        earns=1.0,
    ),
    Attack(
        "huge-list", "a list of a billion entries", every="return [0] * 10**9", shapes="shapes = [0] * 10**7"
    ),
    Attack(
        "huge-int",
        "an integer of a million digits",
        every="return 1 << 4_000_000",
        shapes="shapes = {'W': (10**6000, 4)}",
    ),
    Attack(
        "long-int",
        "an integer too long to be printed",
        every="return 10**6000",
        shapes="shapes = {'W': (10**6000, 4)}",
    ),
    Attack("huge-array", "an array larger than the wire", every="return np.zeros(60_000_000)[::1]"),
    Attack(
        "huge-broadcast",
        "an array of a terabyte that takes eight bytes",
        every="return np.broadcast_to(0.0, (10**6, 10**6))",
    ),
    Attack(
        "deep",
        "a list nested ten thousand deep",
        before="""\
deep = []
for _ in range(10_000): deep = [deep]""",
        every="return deep",
        shapes="shapes = deep",
    ),
    Attack(
        "cyclic",
        "a list that contains itself",
        before="loop = {}\nloop['W'] = loop",
        every="return loop",
        shapes="shapes = loop",
    ),
    Attack(
        "endless-iterator",
        "a generator that never ends",
        before="import itertools",
        every="return (0 for _ in itertools.count())",
        shapes="shapes = itertools.count()",
    ),
    Attack(
        "slow-iterator",
        "a generator that hangs when drawn",
        before="def slow():\n    while True: pass\n    yield",
        every="return slow()",
        shapes="shapes = {'W': slow()}",
    ),
    Attack(
        "huge-range",
        "a range as long as one can say",
        every="return range(10**18)",
        shapes="shapes = range(10**18)",
    ),
    Attack(
        "colliding-keys",
        "a dict whose keys all have one hash",
        before="bad = {i * (2**61 - 1): 0 for i in range(3000)}",
        every="return bad",
        shapes="shapes = bad",
    ),
    Attack(
        "object-array",
        "an array of objects",
        before=LIAR.format(bases=""),
        every="return np.array([Liar(), Liar()], dtype=object)",
        shapes="shapes = np.array([Liar()], dtype=object)",
    ),
    Attack(
        "structured-array",
        "an array with named fields",
        every="return np.zeros(2, dtype=[('a', 'f8'), ('b', 'O')])",
    ),
    Attack(
        "long-dtype",
        "a dtype with a text of a megabyte",
        every="return np.zeros(2, dtype=[('f' * 100_000, 'f8')])",
        shapes="shapes = np.zeros((), dtype='U200000')",
    ),
    Attack(
        "bad-code-points",
        "text that is not Unicode",
        every="return np.frombuffer(b'\\xff' * 8, dtype='U1')",
        shapes="shapes = {'W': '\\ud800'}",
    ),
    Attack(
        "class-answer",
        "a class where a function is asked for",
        before=LIAR.format(bases=""),
        relu="relu = Liar",
        slope="slope = Liar",
        mean="mean = Liar",
    ),
    Attack(
        "function-answer",
        "a function where data is asked for",
        before="def f(*a, **k): return 3",
        shapes="shapes = f",
    ),
    Attack(
        "module-answer",
        "a module where a function is asked for",
        relu="import numpy as relu",
        shapes="import math as shapes",
    ),
    Attack("system-exit", "SystemExit in a call", every="raise SystemExit(0)"),
    Attack("generator-exit", "GeneratorExit in a call", every="raise GeneratorExit"),
    Attack(
        "base-exception",
        "an exception of its own that no `except Exception` catches",
        before="class Mine(BaseException): pass",
        every="raise Mine('x')",
    ),
    Attack(
        "graders-exceptions",
        "exceptions named as the grader's own",
        before="""\
class CheckFailed(AssertionError): finding = None
class TookTooLong(Exception): pass
class ProcessDied(Exception): pass""",
        relu="def relu(x): raise TookTooLong",
        slope="def slope(f, x): raise ProcessDied",
        mean="""\
from autograder import check
def mean(v): raise check.CheckFailed.__new__(check.CheckFailed)""",
    ),
    Attack(
        "hostile-str",
        "an exception whose text hangs, and one whose text is an attack",
        before="""\
class Evil(Exception):
    def __str__(self):
        while True: pass
    __repr__ = __str__
class Html(ValueError):
    def __str__(self): return '<script>alert(1)</script>' * 1000""",
        relu="def relu(x): raise Evil",
        slope="def slope(f, x): raise Html",
        mean="def mean(v): raise Html",
    ),
    Attack(
        "hostile-name",
        "exceptions, functions and types with hostile names",
        before="X = type('<script>alert(1)</script>', (Exception,), {})",
        relu="def relu(x): raise X('x' * 10**6)",
        slope="def slope(f, x): return X",
        mean="""\
def mean(v):
    import warnings
    warnings.warn('<script>alert(2)</script>')
    return X()
mean.__name__ = mean.__qualname__ = '<script>alert(3)</script>'""",
    ),
    Attack(
        "callback-flood",
        "a million calls back into the test's function",
        slope="""\
def slope(f, x):
    for _ in range(10**6): f(x)
    return 0""",
    ),
    Attack(
        "callback-hostile",
        "calls back with values that the test's function cannot bear",
        slope="""\
def slope(f, x):
    for bad in ('x', None, [1] * 10**5, 10**4000, np.zeros((0, 1)), f, slope, {}, float('nan'), range(10**15)):
        try: f(bad)
        except Exception: pass
    try: f(x, x, x, out=1)
    except Exception: pass
    return 0""",
    ),
    Attack(
        "callback-power",
        "a call back that makes the test's own arithmetic endless",
        slope="""\
def slope(f, x):
    y = 3 ** 8000
    for _ in range(100): f(y)
    return 0""",
    ),
    Attack(
        "callback-escape",
        "look for the test behind its function",
        slope="""\
def slope(f, x):
    return [str(getattr(f, n, '')) for n in dir(f)] + [getattr(f.__call__, '__globals__', 0)]""",
    ),
    Attack("recursion", "endless recursion in a call", every="def g(): return g()\nreturn g()"),
    Attack(
        "state-between-calls",
        "right answers from earlier calls",
        before="seen = []",
        every="seen.append(x)\nreturn seen[0]",
    ),
    Attack(
        "honest-beside-lies",
        "lie about one function: the others count",
        before=LIAR.format(bases=""),
        relu="def relu(x): return Liar()",
        slope=HONEST["slope"],
        mean=HONEST["mean"],
        shapes=HONEST["shapes"],
        earns=7.0,
    ),
]
