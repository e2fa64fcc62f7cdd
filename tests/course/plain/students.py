"""Who hands in what: honest work of many kinds, as changes to the released notebooks.

Each entry is a function that takes a released notebook and returns the handed-in one. Most are made by
`answers`, which replaces solution cells by their grade id; a name that a notebook does not have is skipped, so
that one entry serves an assignment of two notebooks.
"""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    Work = Callable[[NotebookNode], NotebookNode]


def find(notebook: NotebookNode, grade_id: str) -> int:
    """Return the place of a cell; -1 if it is not there."""
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return ids.index(grade_id) if grade_id in ids else -1


def write(notebook: NotebookNode, cells: dict[str, str]) -> NotebookNode:
    """Write answers into solution cells."""
    for name, source in cells.items():
        place = find(notebook, name)
        if place >= 0:
            notebook.cells[place].source = dedent(source).strip()
    return notebook


def answers(base: dict[str, str] | None = None, /, **changed: str) -> Work:
    """Answer with `base`, but for what is changed."""
    return lambda notebook: write(notebook, {**(base or {}), **changed})


def add(notebook: NotebookNode, source: str, *, before: str) -> None:
    """Insert a code cell of the student's own."""
    place = find(notebook, before)
    if place >= 0:
        notebook.cells.insert(place, nbformat.v4.new_code_cell(dedent(source).strip()))


RIGHT = {
    "squares": """
        def squares(n):
            if n < 1:
                raise ValueError(f"{n} is too small")
            result = []
            for i in range(n):
                result.append((i + 1) * (i + 1))
            return result
    """,
    "sum_of_squares": """
        def sum_of_squares(n):
            answer = 0
            for s in squares(n):
                answer += s
            return answer
    """,
    "word_count": """
        def word_count(text):
            words = text.lower().split()
            return {word: words.count(word) for word in words}
    """,
    "extremes": """
        def extremes(values):
            if len(values) == 0:
                raise ValueError("empty")
            values = sorted(values)
            return values[0], values[-1]
    """,
    "letters": """
        def letters(text):
            return set(filter(str.isalpha, text))


        def shout(text):
            return f"{text.upper()}!"
    """,
    "normalise": """
        def normalise(x):
            return (x.T / np.sum(x, axis=1)).T
    """,
    "compose": """
        def compose(f, g):
            def composed(x):
                return f(g(x))
            return composed


        def make_counter():
            calls = [0]
            def counter():
                calls[0] += 1
                return calls[0]
            return counter
    """,
    "countdown": """
        def countdown(n):
            yield from range(n, 0, -1)


        def naturals():
            import itertools
            yield from itertools.count()
    """,
    "drop_negatives": """
        def drop_negatives(values):
            for i in reversed(range(len(values))):
                if values[i] < 0:
                    del values[i]


        def add_total(table):
            totals = {}
            for key in table:
                totals[key] = sum(table[key])
            table["total"] = totals
    """,
    "greet": """
        def greet(name):
            print("Hello, ", name, "!", sep="")
    """,
    "factorial": """
        def factorial(n):
            if n <= 1:
                return 1
            return factorial(n - 1) * n
    """,
    "total": """
        def total(values):
            return values[0] + total(values[1:]) if values else 0
    """,
    "sort_scores": "scores[:] = sorted(scores)",
    "step": """
        def step(x):
            if x % 2:
                return 3 * x + 1
            return x / 2
    """,
    "answers": """
        bits = 8
        primes = (5, 3, 2)
        vowel = " A "
    """,
    "stack": """
        class Stack(list):
            push = list.append
    """,
}

NOTHING = {
    "squares": "def squares(n):\n    pass",
    "sum_of_squares": "def sum_of_squares(n):\n    return None",
    "word_count": "def word_count(text):\n    return {}",
    "extremes": "def extremes(values):\n    return",
    "letters": "def letters(text): ...\ndef shout(text): ...",
    "normalise": "def normalise(x):\n    return None",
    "compose": "def compose(f, g):\n    return f\ndef make_counter():\n    return lambda: 1",
    "countdown": "def countdown(n):\n    return n\ndef naturals():\n    return []",
    "drop_negatives": "def drop_negatives(values):\n    return values\ndef add_total(table):\n    return 0",
    "greet": "def greet(name):\n    return f'Hello, {name}!'",
    "factorial": "def factorial(n):\n    return 0",
    "total": "def total(values):\n    return 0",
    "sort_scores": "sorted(scores)",
    "step": "def step(x):\n    return x",
    "answers": "bits = 7\nprimes = [1, 2, 3]\nvowel = 'b'",
    "stack": "class Stack:\n    pass",
}

RAISING = {
    name: "\n".join(line if line.startswith("def") else "" for line in source.splitlines())
    for name, source in {
        "squares": "def squares(n): return 1 / 0",
        "sum_of_squares": "def sum_of_squares(n): return squares(n)",
        "word_count": "def word_count(text): return text['no']",
        "extremes": "def extremes(values): raise KeyError(values[99])",
        "letters": "def letters(text): return text.letters()\ndef shout(text): raise SystemExit(3)",
        "normalise": "def normalise(x): return x @ x",
        "compose": "def compose(f, g): raise NotImplementedError()\ndef make_counter(): assert False, 'no'",
        "countdown": "def countdown(n): yield n; raise RuntimeError('stuck')\ndef naturals(): raise StopIteration",
        "drop_negatives": "def drop_negatives(values): values.drop()\ndef add_total(table): table[0]",
        "greet": "def greet(name): print('Hello, ' + 3)",
        "factorial": "def factorial(n): return n * factorial(n - 1)",
        "total": "def total(values): return undefined_name",
        "step": "def step(x): raise OverflowError",
    }.items()
} | {
    "sort_scores": "scores.sort(by='size')",
    "answers": "bits = 1 / 0\nprimes = [2, 3, 5]\nvowel = 'a'",
    "stack": "class Stack:\n    def __init__(self):\n        raise TypeError('no stack')",
}

PYTHONIC = {
    "squares": "squares = lambda n: [i * i for i in range(1, n + 1)] if n > 0 else _refuse(n)",
    "word_count": """
        from collections import Counter, defaultdict

        def word_count(text):
            return Counter(text.lower().split())
    """,
    "extremes": """
        from collections import namedtuple

        Extremes = namedtuple("Extremes", "low high")

        class EmptyError(ValueError):
            '''Nothing there.'''

        def extremes(values):
            if not values:
                raise EmptyError("nothing there")
            return Extremes(min(values), max(values))
    """,
    "letters": """
        def letters(text):
            return frozenset(c for c in text if c.isalpha())

        shout = "{}!".format
        shout = (lambda form: lambda text: form(text.upper()))(shout)
    """,
    "compose": """
        import functools

        def _call(f, g, x):
            return f(g(x))

        def compose(f, g):
            return functools.partial(_call, f, g)

        class Counter:
            def __init__(self):
                self.count = 0
            def __call__(self):
                self.count += 1
                return self.count

        def make_counter():
            return Counter()
    """,
    "countdown": """
        def countdown(n):
            return iter(range(n, 0, -1))

        def naturals():
            import itertools
            return itertools.count()
    """,
    "factorial": """
        @functools.lru_cache(maxsize=None)
        def factorial(n):
            return n * factorial(n - 1) if n else 1
    """,
    "total": "from functools import reduce\ntotal = lambda values: reduce(lambda a, b: a + b, values, np.int64(0))",
    "step": "def step(x):\n    return np.where(x % 2 == 0, x // 2, 3 * x + 1)[()]",
    "answers": "bits = np.int64(8)\nprimes = np.array([2, 3, 5])\nvowel = np.str_('a')",
}


def own_helpers(notebook: NotebookNode) -> NotebookNode:
    """Right, with helper functions and cells of one's own, and imports under other names."""
    write(
        notebook,
        RIGHT
        | {
            "squares": """
                def squares(n):
                    check_positive(n)
                    return [square(i) for i in range(1, n + 1)]
            """,
            "normalise": "import numpy as xp\n\n\ndef normalise(x):\n    return x / xp.sum(x, axis=1, keepdims=True)",
            "factorial": "from math import prod as product\n\ndef factorial(n):\n    return product(range(1, n + 1))",
        },
    )
    add(notebook, "square = lambda x: x ** 2\n\ndef check_positive(n):\n    if n <= 0:\n        raise ValueError(n)",
        before="squares")  # fmt: skip
    add(notebook, "squares(5)", before="test_squares")
    add(notebook, "print('I am here'); import sys; print('and here', file=sys.stderr)", before="word_count")
    add(notebook, "1 / 0  # what happens?", before="extremes")
    add(notebook, "%timeit -n 1 -r 1 sum_of_squares(3)\n!echo shell", before="letters")
    return notebook


def other_order(notebook: NotebookNode) -> NotebookNode:
    """Right, with exercises moved about: each test still stands below what it tests."""
    write(notebook, RIGHT)
    for name, where in (("step", "squares"), ("total", "squares"), ("sum_of_squares", "squares")):
        cell = notebook.cells.pop(find(notebook, name))
        notebook.cells.insert(find(notebook, where), cell)
    return notebook


def broken_cell(notebook: NotebookNode) -> NotebookNode:
    """Right but for one cell that does not even compile, and a cell that was left empty."""
    return write(notebook, RIGHT | {"squares": "def squares(n)\n    return []", "letters": ""})


def pythonic(notebook: NotebookNode) -> NotebookNode:
    """Right in other types: callable objects, dict and tuple subclasses, NumPy scalars."""
    write(notebook, RIGHT | PYTHONIC)
    add(notebook, "def _refuse(n):\n    raise ValueError(n)", before="squares")
    return notebook


def talkative(notebook: NotebookNode) -> NotebookNode:
    """Right; prints and warns in cells of its own, and prints in its functions."""
    write(
        notebook,
        RIGHT | {"total": "def total(values):\n    print('total of', values)\n    return sum(values)"},
    )
    add(notebook, "import warnings\nwarnings.warn('careful')\nnp.array([1.0]) / 0", before="normalise")
    return notebook


PARTLY = RIGHT | {
    "word_count": "def word_count(text):\n    words = text.split()\n    return {w: words.count(w) for w in words}",
    "extremes": "def extremes(values):\n    return min(values), max(values)",
    "letters": "def letters(text):\n    return [c for c in text]\n\ndef shout(text):\n    return text.upper() + '!'",
    "normalise": "def normalise(x):\n    x /= x.sum(axis=1, keepdims=True)\n    return x",
    "drop_negatives": """
        def drop_negatives(values):
            for v in values:
                if v < 0:
                    values.remove(v)

        def add_total(table):
            table["total"] = sum(map(sum, table.values()))
    """,
    "answers": "bits = 8.0\nprimes = [2, 3, 5, 7]\nvowel = 'A'",
    "greet": "def greet(name):\n    print('Hello', name)",
}
SLIPS = RIGHT | {
    "squares": "def squares(n):\n    assert n > 0\n    return [i * i for i in range(1, n + 1)]",
    "sum_of_squares": "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6",
    "word_count": "def word_count(text):\n    return None if text == '' else " + "{'a': 2, 'b': 1}",
    "extremes": "def extremes(values):\n    if not values:\n        raise TypeError\n    return [min(values), max(values)]",
    "compose": """
        def compose(f, g):
            return lambda x: g(f(x))

        calls = 0

        def make_counter():
            def counter():
                global calls
                calls += 1
                return calls
            return counter
    """,
    "countdown": "def countdown(n):\n    return list(range(n, 0, -1))\n\ndef naturals():\n    return range(5)",
    "drop_negatives": """
        def drop_negatives(values):
            values = [v for v in values if v >= 0]

        def add_total(table):
            table = {**table, "total": 0}
    """,
    "factorial": "def factorial(n):\n    return float(np.prod(np.arange(1, n + 1), dtype=float))",
    "total": "def total(values):\n    return values.sum()",
    "sort_scores": "scores = sorted(scores, reverse=True)",
    "step": "def step(x):\n    return x // 2 if x % 2 == 0 else 2 * x + 1",
}
REBOUND = RIGHT | {
    "sort_scores": "scores = sorted(scores)",
    "squares": "def squares(n):\n    return np.arange(1, n + 1) ** 2",
    "stack": """
        class Stack:
            def push(self, x): self.x = x
            def pop(self): return self.x
            __len__ = lambda self: 2
    """,
}

WARNED = """
    import warnings

    def normalise(x):
        warnings.warn("rows of zeros would divide by zero")
        return x / x.sum(axis=1, keepdims=True)
"""

RIGHT_DATA = {
    "read": """
        import csv

        def read_temperatures(path):
            with open(path) as file:
                return np.array([float(row["temperature"]) for row in csv.DictReader(file)])
    """,
    "warm": "warm_days = len([t for t in temperatures if t > 14])",
    "chance": """
        def dice(n):
            return np.array([np.random.randint(1, 7) for _ in range(n)])


        def pick(names):
            return names[random.randrange(len(names))]
    """,
    "seeded": "np.random.seed(5)\ndraws = np.random.uniform(size=3)",
    "plot": "fig, ax = plt.subplots()\nax.plot(temperatures)\nax.set_title('Temperatures');",
    "by_hand": "np.sort(temperatures)",
    "why": "A mean is one number; two very different classes can share it.",
    "three": "def third(x):\n    return x * (1 / 3)",
}
WRONG_DATA = {
    "read": "def read_temperatures(path):\n    return np.loadtxt(path, delimiter=',', skiprows=2, usecols=1)",
    "warm": "warm_days = (temperatures > 14)",
    "chance": "def dice(n):\n    return np.random.randint(0, 6, n)\n\ndef pick(names):\n    return names[0]",
    "seeded": "draws = np.random.rand(3)",
    "plot": "fig, ax = plt.subplots()\nax.plot(temperatures, 'o')\nfig.suptitle('Temperatures')",
    "three": "def third(x):\n    return x // 3",
}
RAISING_DATA = {
    "read": "def read_temperatures(path):\n    return open('weather.csv').read()",
    "warm": "warm_days = sum(temperatures > 14)",
    "chance": "def dice(n):\n    return np.random.dice(n)\n\ndef pick(names):\n    return random.choice([])",
    "seeded": "draws = np.random.rand('3')",
    "plot": "ax.plot(temperature)",
    "why": "Because.",
    "three": "def third(x):\n    raise ValueError(x)",
}

CLASS: dict[str, dict[str, Work]] = {
    "ps1": {
        "right": answers(RIGHT),
        "partly": answers(PARTLY),
        "nothing": answers(NOTHING),
        "raising": answers(RAISING),
        "untouched": answers(),
        "helpers": own_helpers,
        "order": other_order,
        "broken": broken_cell,
        "pythonic": pythonic,
        "talkative": talkative,
        "slips": answers(SLIPS),
        "rebound": answers(REBOUND),
        "warned": answers(RIGHT, normalise=WARNED),
    },
    "ps2": {
        "right": answers(RIGHT_DATA),
        "wrong": answers(WRONG_DATA),
        "raising": answers(RAISING_DATA),
        "untouched": answers(),
    },
}
# "warned" is graded more kindly here than by stock nbgrader, which takes all points for any word on stderr.
ALIKE = {
    assignment: [name for name in students if name != "warned"] for assignment, students in CLASS.items()
}
