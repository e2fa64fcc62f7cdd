"""Cells that are run without IPython's reading do what they do with it, and what only IPython understands goes there."""

from __future__ import annotations

import pytest

from autograder.sandbox import plain
from autograder.sandbox.shell import Shell

pytestmark = pytest.mark.filterwarnings("ignore")

PLAIN = (
    "x = 1\nx",
    "\n\n  \n1 / 0",
    "def f(x):\n    '''Say.\n\n    >>> f(1)\n    '''\n    return x % 2\n\nf(3)",
    "for i in range(2):\n    print(i)\ni",
    "print('one line')",
    "2 * 21",
    "'text'; 3",
    "x = 3; x;",
    "import os",
    "class A:\n    y: int = 1\n\nA().y",
    "assert False, 'no'",
    "raise SystemExit(3)",
    "raise KeyboardInterrupt",
    "import warnings\nwarnings.warn('look')",
    "import sys\nprint('err', file=sys.stderr)\n[1, 2]",
    "a = (1\n%2)\na",
    "display('shown')\n{'a': 1}",
    "get_ipython() is not None",
    "import os\nos.write(1, b'below')",
    "x = 1\n'''\ndef f(x):\n    '''",
    'f = 1\n"""\ndef f(x): """\nf',
    "x = [\n1,\n2]\nx.append(\n3\n)\nx",
    "x = [\n1,\n2]\nprint(\n3,\n)\n",
    "x = (\n'a'\n'''\n)'''\n)\nx",
    "x = '''\n)'''\n\nx",
    "import math; math.pi",
    "x = 1; x += 1; x",
    "def f(): return 1\nf(); f()",
    "if before:\n    2\nelse:\n    3",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    before\nfinally:\n    before += 1\nbefore",
    "import functools\n@functools.cache\ndef f(x):\n    return x\n\nf(2)",
    "import functools\n@functools.cache\n# with a remark\ndef f(x):\n    return x",
    "def f():\n    global g\n    g = 3\nf()\ng",
    "x = 1 + \\\n2\nx",
    "x = \\\n3",
    "x = 1\n# the end",
    "def f(x): return x",
    "n = 3\nfor i in range(n): print(i)\nfor i in range(n): i",
    "with open('/dev/null') as file:\n    pass\n\n\n1 / 0",
    "def f():\n    return 1 / 0\n\n\nfor n in range(2):\n    f()",
    "x: int = 1\ny: str = 'a'\n__annotations__",
    "'words'\n__doc__",
    "lambda x: x\nx = (lambda: 2)()\nx",
    "match before:\n    case 1:\n        print('one')\nbefore",
)
LEFT = (
    "%precision 3",
    "%%capture said\nprint(1)",
    "!echo hello",
    "files = !echo a b",
    "pwd",
    "ls -l",
    "print?",
    "In [1]: 2",
    "x = 1\n...",
    ">>> 1 + 1",
    "  indented = 1",
    "import asyncio\nawait asyncio.sleep(0)",
    "return 1",
    "x = 1\nreturn x",
    "x = 1\nglobal x",
    "1 +",
    "from __future__ import annotations",
    "print(1 is 1)",  # Python warns while it compiles
    "# a comment alone",
    "pwd == 1",
    "",
)


def shown(
    source: str, monkeypatch: pytest.MonkeyPatch, *, read: bool, ahead: bool = False
) -> tuple[bool, list[object]]:
    """Run a cell in a fresh shell, if `read` with IPython's own reading, or read `ahead`; return what came of it."""
    with monkeypatch.context() as patched:
        if read:
            patched.setattr(plain, "as_plain", lambda *_: None)
        shell = Shell()
        if ahead:
            shell.read_ahead([source])
        assert shell.run("before = 1")[0]
        ok, outputs = shell.run(source)
        last = shell.last_error
        return ok, [*outputs, type(last).__name__, sorted(n for n in shell.user_ns if not n.startswith("_"))]


@pytest.mark.parametrize("source", [*PLAIN, *LEFT])
def test_a_cell_does_the_same_with_and_without_ipythons_reading(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(source, monkeypatch, read=False) == shown(source, monkeypatch, read=True)


@pytest.mark.parametrize("source", [*PLAIN, *LEFT])
def test_a_cell_does_the_same_where_it_was_read_ahead(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(source, monkeypatch, read=False, ahead=True) == shown(source, monkeypatch, read=True)


def test_what_was_read_ahead_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shell, given, other = Shell(), "def f(x):\n    return x\n\nf(2)", "f(3)"
    shell.read_ahead([given])
    reading: list[str] = []
    monkeypatch.setattr(plain, "as_plain", lambda _, raw: reading.append(raw))
    assert shell.run(given)[1] == shell.run(given)[1]
    assert reading == []
    shell.run(other)
    assert reading == [other]


@pytest.mark.parametrize(
    "before", ["from __future__ import annotations", "from IPython.core.macro import Macro; id = Macro('21')"]
)
def test_what_was_read_ahead_is_read_again_where_it_means_something_else_now(before: str) -> None:
    source = "id" if "Macro" in before else "def f(x: undefined): ...\nf.__annotations__"
    found = []
    for ahead in ([source], []):
        shell = Shell()
        shell.read_ahead(ahead)
        shell.run(before)
        found.append(shell.run(source))
    assert found[0] == found[1]
    assert ("undefined" if "annotations" in before else "21") in str(found[0])


@pytest.mark.parametrize("source", PLAIN)
def test_what_is_plain_is_not_read(source: str) -> None:
    assert plain.as_plain(Shell(), source) is not None or source == "display('shown')"


@pytest.mark.parametrize("source", LEFT)
def test_what_is_ipythons_is_left_to_it(source: str) -> None:
    assert plain.as_plain(Shell(), source) is None


def test_a_shell_that_was_told_to_read_differently_reads() -> None:
    shell = Shell()
    shell.input_transformers_post.append(lambda lines: [line.replace("two", "2") for line in lines])
    assert shell.run("x = 1\nx + two")[0]


DEFINES = {
    "def f(x):\n    return g(x)\n\ndef g(x, n=1, *rest: int, k, **more) -> np.ndarray | None:\n    return x": {
        "f",
        "g",
    },
    "def f(x=[]):\n    return x": None,
    "def f(x=n):\n    return x": None,
    "def f(*, x=1):\n    return x": None,
    "def f(x: g()):\n    return x": None,
    "@g\ndef f(x):\n    return x": None,
    "def f(x):\n    return x\ndef f(x):\n    return 1": None,
    "def f(x):\n    return x\nn = 1": None,
    "'words'\ndef f(x):\n    return x": None,
    "class f:\n    pass": None,
    "async def f(x):\n    return x": None,
}


@pytest.mark.parametrize(("source", "names"), DEFINES.items())
def test_cells_that_define_functions_alone(source: str, names: set[str] | None) -> None:
    read = plain.as_plain(Shell(), source)
    assert read is not None
    assert read.defines == names


@pytest.mark.parametrize(
    "after",
    ["f.n = 1", "def f(x, n=1):\n    return x", "f = lambda x, n=1: x", "del f", "f.__defaults__ = ([],)",
     "f.__code__ = (lambda x, n=1: x).__code__", "import types; f = types.FunctionType(f.__code__, {})"],
)  # fmt: skip
def test_cells_whose_functions_are_others_by_now_change_something(after: str) -> None:
    shell, source = Shell(), "def f(x, n=1):\n    return x + n"
    assert not shell.change_nothing([source])  # nor was it run
    shell.run(source)
    assert shell.change_nothing([source])
    shell.run(after)
    assert not shell.change_nothing([source])


def test_code_that_is_kept_shows_nothing_and_is_the_notebooks() -> None:
    shell = Shell()
    for source in ("def f(x: int): ...", "y = 2\ny", "%precision 3"):
        shell.run(source)
        names: dict[str, object] = {"get_ipython": lambda: shell, "__builtins__": __builtins__}
        exec(shell.code_of(source), names)  # noqa: S102 - a cell of this test
        assert names.get("y", 2) == 2
    exec(shell.code_of("def f(x: int): ..."), names)  # noqa: S102 - as above
    assert names["f"].__annotations__ == {"x": int}
