"""The sample class of lesson 01: what each student hands in, and what its author foresees of the grading.

Marks are foreseen from the lesson's text, not copied from the grader. `make demo` grades this class and compares.
"""

from autograder.lesson.samples import (
    RIGHT,
    Foreseen,
    Known,
    Sample,
    add_cell,
    copy_cell,
    delete_cell,
    rewrite_cell,
)

# Right by other roads. Where the lesson leaves a choice, each takes the other one; two overflow on the way and
# arrive all the same.
OTHER_FORMULAS = {
    "relu": "def relu(x):\n    return (x + abs(x)) / 2",
    "relu_grad": "def relu_grad(x):\n    return np.heaviside(x, 1.0)  # 1 at the corner",
    "sigmoid": "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))  # e^1000 is inf, and 1 / inf is 0",
    "sigmoid_grad": "def sigmoid_grad(x):\n    return sigmoid(x) * sigmoid(-x)",
    "tanh_grad": "def tanh_grad(x):\n    return 1 / np.cosh(x) ** 2",
    "sigmoid_from_tanh": "def sigmoid_from_tanh(x):\n    return np.tanh(x / 2) / 2 + 1 / 2",
    "softplus": "softplus = lambda x: np.logaddexp(0, x)",
    "log_sigmoid": "def log_sigmoid(x):\n    return -np.logaddexp(0, -x)",
    "sign": """
def sign(x):
    result = np.zeros(x.shape, dtype=int)
    result[x > 0] = 1
    result[x < 0] = -1
    return result
""",
    "squared_l2_grad": "def squared_l2_grad(x):\n    return x + x",
    "l1_grad": "def l1_grad(x):\n    return np.where(x < 0, -1.0, 1.0)  # 1 at the corner",
}

DERIVATIONS = ["derive_sigmoid_grad", "derive_sigmoid_tanh", "derive_softplus_difference", "derive_log_sigmoid"]

OTHER_CHAINS = {
    "derive_sigmoid_grad": """
derive_sigmoid_grad = [
    "diff(sigmoid(x), x)",
    "diff(1 / (1 + exp(-x)), x)",
    "exp(-x) / (1 + exp(-x))**2",
    "1 / (1 + exp(-x)) * exp(-x) / (1 + exp(-x))",
    "1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x)))",
    "sigmoid(x) * (1 - sigmoid(x))",
]
""",
    "derive_log_sigmoid": """
derive_log_sigmoid = [
    "log(sigmoid(x))",
    "log(1 / (1 + exp(-x)))",
    "log(1) - log(1 + exp(-x))",
    "-softplus(-x)",
]
""",
}

# The four lines of somebody else's proof, with the slip that the lesson prints.
COPIED_PROOF = """
derive_softplus_difference = [
    "softplus(x) - softplus(-x)",
    "log(1 + exp(x)) - log(1 + exp(-x))",
    "log((1 + exp(x)) / (1 + exp(-x)))",
    "log((1 + exp(x)) / (1 + 1 / exp(x)))",
    "log(exp(x) * (1 + exp(-x)) / (1 + exp(x)))",
    "x",
]
"""

JUMPED = """
derive_sigmoid_grad = [
    "diff(sigmoid(x), x)",
    "sigmoid(x) * (1 - sigmoid(x))",
]
"""

LOST_MINUS = """
derive_log_sigmoid = [
    "log(sigmoid(x))",
    "log(1 / (1 + exp(-x)))",
    "-log(1 + exp(-x))",
    "-softplus(x)",
]
"""

UNREADABLE = """
derive_sigmoid_tanh = [
    "(tanh(x / 2) + 1) / 2",
    "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2) + 1) / 2",
    "exp(x/2) / (exp(x/2) + exp(-x/2))",
    "sigmoid(x)",
]
"""

HANGS = """
def sign(x):
    result = np.empty(x.shape)
    i = 0
    while i < x.size:
        result.flat[i] = float(x.flat[i] > 0) - float(x.flat[i] < 0)
    return result
"""

ENDS_PYTHON = """
def softplus(x):
    import os
    if np.any(np.abs(x) > 700):
        os._exit(1)  # "this cannot happen"
    return np.log(1 + np.exp(x))
"""

EATS_MEMORY = """
def softplus(x):
    table = np.log(1 + np.exp(np.linspace(-1000, 1000, 10**11)))  # look the answer up
    return table[np.round(x).astype(int)]
"""

# Looks for the lesson's secrets from its own cell, and again from inside a function while a test calls it.
SPY = """
def relu(x):
    import sys
    import gc
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            if "reference" in names:
                return names["reference"].relu(x)
            if "marks" in names:
                names["marks"].total = lambda: 2.0
        frame = frame.f_back
    for thing in gc.get_objects():
        if getattr(thing, "__name__", "") == "relu" and getattr(thing, "__code__", None) is not relu.__code__:
            return thing(x)
    return x
"""

SPY_ON_DISK = """
import gc
import os
import sys

loot = []
system = {"proc", "sys", "usr", "dev", "site-packages"}
for base, folders, files in os.walk("/"):
    folders[:] = [folder for folder in folders if folder not in system]
    for file in files:
        if file in {"samples.py", "gradebook.db"} and "autograder/lesson" not in base:
            loot.append(os.path.join(base, file))
        if file.startswith(("00_start_here", "01_activations")):
            loot.append(os.path.join(base, file))
for name, module in list(sys.modules.items()):
    if "relu_grad" in vars(module) and name != "__main__":
        loot.append(name)
for frame in sys._current_frames().values():
    while frame is not None:
        loot += [name for name in ("hidden_tests", "lesson") if name in frame.f_locals]
        frame = frame.f_back
loot += [thing for thing in gc.get_objects() if type(thing).__name__ == "Mistake"]
loot += [name for name, value in os.environ.items() if "SECRET" in name or "TOKEN" in name]
print(len(loot), "things found", loot)
"""

LIAR_RELU = """
class Yes(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *args, **kwargs):
        return np.ones(self.shape, bool)


def relu(x):
    return np.full(x.shape, 7.0).view(Yes)
"""

LIAR_RELU_GRAD = """
class Anything:
    def __init__(self, x):
        self.shape, self.dtype, self.ndim = x.shape, x.dtype, x.ndim

    def __eq__(self, other):
        return True

    def __le__(self, other):
        return True

    __lt__ = __ge__ = __gt__ = __le__

    def __float__(self):
        return 4.0


def relu_grad(x):
    return Anything(x)
"""

SAMPLES = [
    Sample(
        "amara", "Amara", "Okafor",
        "did everything as the lesson suggests",
        Foreseen(why="everything right"),
    ),
    Sample(
        "bruno", "Bruno", "Almeida",
        "right by other formulas; NumPy warned of overflow on the way",
        Foreseen(why="everything right", shows="overflow"),
        answers=OTHER_FORMULAS | OTHER_CHAINS,
    ),
    Sample(
        "chen", "Chen", "Wei",
        "did the first five functions and ran out of time",
        Foreseen(
            scores=dict.fromkeys(
                ["sigmoid_from_tanh", "softplus", "log_sigmoid", "sign", "squared_l2_grad", "l1_grad"]
                + [*DERIVATIONS, "find_the_slip", "explain_dead"],
                0,
            ),
            says={"softplus": "not written yet", "derive_log_sigmoid": "not written yet"},
            why="12 exercises: not written yet",
        ),
        rest="untouched",
        answers=dict.fromkeys(["relu", "relu_grad", "sigmoid", "sigmoid_grad", "tanh_grad"], RIGHT),
    ),
    Sample(
        "dora", "Dora", "Nowak",
        "the formulas of the book, which overflow; a derivation in one step",
        Foreseen(
            scores={"derive_sigmoid_grad": 2, "sigmoid": 3, "sigmoid_grad": 3, "tanh_grad": 3, "softplus": 3, "log_sigmoid": 3},
            mistakes={
                "sigmoid": "e^x / (1 + e^x) everywhere",
                "sigmoid_grad": "e^(-x) / (1 + e^(-x))^2 everywhere",
                "tanh_grad": "tanh built from exponentials",
                "softplus": "log(1 + e^x) everywhere",
                "log_sigmoid": "-log(1 + e^(-x)) everywhere",
            },
            says={
                "softplus": "expected [1000], got [inf]",
                "sigmoid": "expected [1, 0], got [nan, 0]",
                "derive_sigmoid_grad": "rules",
            },
            why="e^x / (1 + e^x) everywhere (and 5 more)",
        ),
        answers={
            "derive_sigmoid_grad": JUMPED,
            "sigmoid": Known("e^x / (1 + e^x) everywhere"),
            "sigmoid_grad": Known("e^(-x) / (1 + e^(-x))^2 everywhere"),
            "tanh_grad": Known("tanh built from exponentials"),
            "softplus": Known("log(1 + e^x) everywhere"),
            "log_sigmoid": Known("-log(1 + e^(-x)) everywhere"),
        },
    ),
    Sample(
        "emil", "Emil", "Sørensen",
        "three slips that have a name, a proof that was copied with its slip, and a lost minus",
        Foreseen(
            # `sign` is wrong at zero alone. What it gives there, 1, is still a subgradient for l1_grad.
            scores={
                "relu": 0, "tanh_grad": 0, "sign": 3,
                "derive_softplus_difference": 0, "derive_log_sigmoid": 0, "find_the_slip": 0,
            },
            mistakes={
                "relu": "np.max for np.maximum",
                "tanh_grad": "the square is missing",
                "sign": "zero counted as positive",
            },
            says={
                "relu": "np.max looks for the largest element",
                "sign": "expected [0], got [1]",
                "derive_softplus_difference": "line 5 is 0",
                "derive_log_sigmoid": "line 4",
                "find_the_slip": "Put x = 1 into each line",
            },
            why="np.max for np.maximum (and 5 more)",
        ),
        answers={
            "derive_softplus_difference": COPIED_PROOF,
            "derive_log_sigmoid": LOST_MINUS,
            "find_the_slip": "find_the_slip = 3",
            "relu": Known("np.max for np.maximum"),
            "tanh_grad": Known("the square is missing"),
            "sign": Known("zero counted as positive"),
        },
    ),
    Sample(
        "fatima", "Fatima", "Zahra",
        "handed in the notebook as it came",
        Foreseen(others="none", says={"relu": "not written yet"}, why="17 exercises: not written yet"),
        rest="untouched",
    ),
    Sample(
        "goran", "Goran", "Ilić",
        "copied a cell to try again; the copy is right",
        Foreseen(why="softplus was in the notebook more than once: the last one counts"),
        answers={"softplus": Known("relu for softplus")},
        edits=(copy_cell("softplus", source="def softplus(x):\n    return np.logaddexp(0.0, x)"),),
    ),
    Sample(
        "hana", "Hana", "Sato",
        "deleted the test that kept failing",
        Foreseen(
            # Her slope is built on her sigmoid, and inherits the nan at 1000: that costs her once.
            scores={"sigmoid": 3},
            mistakes={"sigmoid": "e^x / (1 + e^x) everywhere"},
            why="test_sigmoid had been deleted and was put back",
        ),
        answers={"sigmoid": Known("e^x / (1 + e^x) everywhere")},
        edits=(delete_cell("test_sigmoid"),),
    ),
    Sample(
        "ivan", "Ivan", "Petrov",
        "deleted the setup cell",
        Foreseen(why="setup had been deleted and was put back"),
        edits=(delete_cell("setup"),),
    ),
    Sample(
        "jasmin", "Jasmin", "Haddad",
        "rewrote a test so that it passes, and raised its points",
        Foreseen(
            scores={"relu": 0},
            mistakes={"relu": "the absolute value"},
            why="test_relu had been changed and was restored",
        ),
        answers={"relu": Known("the absolute value")},
        edits=(rewrite_cell("test_relu", "40.0", points=40),),
    ),
    Sample(
        "kofi", "Kofi", "Mensah",
        "the file was cut off while it was saved",
        Foreseen("rejected", "none", why="not a readable notebook", stock="refused"),
        damage=lambda data: data[: len(data) // 2],
    ),
    Sample(
        "lena", "Lena", "Fischer",
        "the disk was full: an empty file",
        Foreseen("rejected", "none", why="the file is empty", stock="refused"),
        damage=lambda _: b"",
    ),
    Sample(
        "mateo", "Mateo", "García",
        "left an endless loop in a cell of their own",
        Foreseen("partial", why="a cell of your own was stopped after 5 seconds"),
        edits=(add_cell("test_sigmoid", "step = 0\nwhile step < 10:\n    sigmoid(np.array([1.0]))"),),
    ),
    Sample(
        "nadia", "Nadia", "Rahman",
        "a loop inside sign never ends",
        Foreseen("partial", scores={"sign": 0}, says={"sign": "took too long"}, why="took too long: sign had not returned"),
        answers={"sign": HANGS, "l1_grad": "def l1_grad(x):\n    return np.sign(x)"},
    ),
    Sample(
        "oskar", "Oskar", "Lindqvist",
        "a cell of their own ends Python with os._exit",
        Foreseen("partial", why="a cell of your own ended the Python process"),
        edits=(add_cell("test_softplus", "import os\n\nos._exit(0)"),),
    ),
    Sample(
        "priya", "Priya", "Raman",
        "softplus calls os._exit where it would overflow",
        Foreseen(
            "partial",
            scores={"softplus": 3},
            says={"softplus": "ended the Python process"},
            why="softplus ended the Python process",
        ),
        answers={"softplus": ENDS_PYTHON, "log_sigmoid": OTHER_FORMULAS["log_sigmoid"]},
    ),
    Sample(
        "quentin", "Quentin", "Dubois",
        "prints 200 MB",
        Foreseen(why="everything right", shows="more characters of output were dropped"),
        edits=(add_cell("test_relu", 'for _ in range(200):\n    print("x" * 1_000_000)'),),
    ),
    Sample(
        "rosa", "Rosa", "Delgado",
        "looks for the solutions and the hidden tests, on disk and in memory",
        Foreseen(others="none", shows="0 things found []", says={"relu": "got [-2, "}, why="relu: "),
        rest="untouched",
        answers={"relu": SPY},
        edits=(add_cell("test_relu", SPY_ON_DISK),),
    ),
    Sample(
        "sven", "Sven", "Eriksson",
        "returns objects that claim to equal everything",
        Foreseen(
            scores={"relu": 0, "relu_grad": 0},
            says={"relu": "got 7", "relu_grad": "which cannot be compared"},
            why="Every entry is 7",
        ),
        answers={"relu": LIAR_RELU, "relu_grad": LIAR_RELU_GRAD},
    ),
    Sample(
        "tomas", "Tomáš", "Dvořák",
        "all right, and late",
        Foreseen(why="late"),
        late=True,
    ),
    Sample(
        "uma", "Uma", "Krishnan",
        "handed in a notebook under another name",
        # nbgrader's own command looks for the name that it released, and knows no other.
        Foreseen(why="01_activations (1).ipynb was taken for 01_activations.ipynb", stock="refused"),
        filename="01_activations (1).ipynb",
    ),
    Sample(
        "viktor", "Viktor", "Horváth",
        "forgot to return, twice",
        Foreseen(
            scores={"relu": 0, "sigmoid_from_tanh": 0},
            says={"relu": "None", "sigmoid_from_tanh": "return"},
            why="Did you forget",
        ),
        answers={
            "relu": "def relu(x):\n    np.maximum(x, 0.0)",
            "sigmoid_from_tanh": "def sigmoid_from_tanh(x):\n    result = 0.5 * (np.tanh(x / 2) + 1.0)",
        },
    ),
    Sample(
        "wanjiru", "Wanjiru", "Kamau",
        "changes the argument in place; takes two slopes at the activation",
        Foreseen(
            # Right numbers in relu: only `shapes` asks that the argument be left alone. At 0 both slopes below
            # are wrong, and far out as well.
            scores={"relu": 1, "sigmoid_grad": 0, "tanh_grad": 0},
            mistakes={
                "sigmoid_grad": "the slope taken at the activation",
                "tanh_grad": "the slope taken at the activation",
            },
            says={"relu": "changed", "tanh_grad": "what goes in, or what comes out"},
            why="the slope taken at the activation (and 2 more)",
        ),
        answers={
            "relu": "def relu(x):\n    x[x < 0] = 0\n    return x",
            "sigmoid_grad": Known("the slope taken at the activation"),
            "tanh_grad": Known("the slope taken at the activation"),
        },
    ),
    Sample(
        "ximena", "Ximena", "Flores",
        "a colon is missing: one cell does not run; a bracket is missing: one line is not read",
        Foreseen(
            scores={"log_sigmoid": 0, "derive_sigmoid_tanh": 0},
            says={"log_sigmoid": "expected ':' (line 1)", "derive_sigmoid_tanh": "line 2"},
            why="derive_sigmoid_tanh: ",
        ),
        answers={
            "log_sigmoid": "def log_sigmoid(x)\n    return -softplus(-x)",
            "derive_sigmoid_tanh": UNREADABLE,
        },
    ),
    Sample(
        "yusuf", "Yusuf", "Demir",
        "all right, among scratch cells that fail, print, draw and rebind names",
        Foreseen(why="everything right"),
        edits=(
            add_cell("test_relu", "# My notes\n\nWhy is the slope at 0 not defined?", kind="markdown"),
            add_cell("test_relu", "%timeit -n 1 -r 1 relu(np.zeros(3))\n!echo done\nplt.plot([1, 2])"),
            add_cell("test_sign", "marks = 5\ncheck = cases = reference = None\nx = undefined_name + 1"),
            add_cell("setup", 'import warnings\n\nwarnings.warn("look out")\nplt.rcParams["figure.dpi"] = 60'),
        ),
    ),
    Sample(
        "zoe", "Zoë", "Ångström-Núñez de la Cruz",
        "divides by |x|, which has no answer at zero",
        Foreseen(
            scores={"sign": 3},
            mistakes={"sign": "x / |x|"},
            says={"sign": "expected [0], got [nan]", "l1_grad": "a right `sign` in the place of yours"},
            why="sign: x / |x|",
        ),
        answers={"sign": Known("x / |x|")},
    ),
    Sample(
        "abebe", "Abebe", "Bekele",
        "asks for 800 GB of memory",
        Foreseen(scores={"softplus": 0}, says={"softplus": "memory"}, why="ran out of memory"),
        answers={"softplus": EATS_MEMORY, "log_sigmoid": OTHER_FORMULAS["log_sigmoid"]},
    ),
]  # fmt: skip
