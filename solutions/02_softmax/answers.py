"""Answers to the exercises of lesson 02, and what each one earns. Marks are foreseen from the lesson's text.

Every answer is graded for real by the tests, with the reference in all other cells.
"""

from autograder.lesson.answers import (
    right,
    unusable,
    unusable_chain,
    unusable_value,
    wrong,
)
from autograder.lesson.samples import Known

SOFTMAX = [
    right(
        "softmax",
        "through the logarithm of the sum",
        "def softmax(x):\n    return np.exp(x - np.logaddexp.reduce(x, axis=-1, keepdims=True))",
    ),
    right(
        "softmax",
        "loops over plain lists",
        """
import math

def softmax(x):
    rows = x.reshape(-1, x.shape[-1]).tolist()
    done = []
    for row in rows:
        top = max(row)
        powers = [math.exp(number - top) for number in row]
        done.append([power / sum(powers) for power in powers])
    return np.array(done).reshape(x.shape)
""",
    ),
    right(
        "softmax",
        "one over a sum of gaps",
        """
def softmax(x):
    with np.errstate(over="ignore"):
        return 1 / np.exp(x[..., None, :] - x[..., :, None]).sum(axis=-1)
""",
    ),
    wrong(
        "softmax",
        "as printed",
        Known("no maximum subtracted"),
        marks={"values": 2, "shapes": 1},
        says=["nan", "stability: "],
    ),
    wrong(
        "softmax",
        "one maximum",
        Known("one maximum for the whole batch"),
        marks={"values": 2, "shapes": 1},
        says="which maximum",
    ),
    wrong(
        "softmax",
        "one sum",
        Known("normalised over the whole array"),
        says="what each row sums to",
    ),
    wrong(
        "softmax",
        "one sum, no shift",
        Known("normalised over the whole array, without a shift"),
        says="what each row sums to",
    ),
    wrong(
        "softmax",
        "columns",
        Known("normalised down the columns"),
        says="Your columns sum to 1",
    ),
    wrong(
        "softmax",
        "axis 1",
        """
def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        marks={"values": 2, "stability": 1},
        says="the last one is also -1",
        mistake="",
    ),
    wrong(
        "softmax",
        "changes its argument",
        """
def softmax(x):
    x -= x.max(axis=-1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
""",
        marks={"values": 2, "stability": 1},
        says="shapes: ",
        mistake="",
    ),
    wrong(
        "softmax",
        "axes not kept",
        "def softmax(x):\n    e = np.exp(x - x.max(axis=-1))\n    return e / e.sum(axis=-1)",
        says="What does keepdims=True leave",
        mistake="the axis of the rows is lost",
    ),
    wrong(
        "softmax",
        "one by one",
        Known("the sigmoid of each logit"),
        says="Does a row add up to 1?",
    ),
    *unusable("softmax"),
]

WITNESS = [
    right(
        "scale_witness",
        "the seed's c = 0",
        "def scale_witness():\n    return np.array([1.0, 2.0, 3.0]), 0.0",
    ),
    right(
        "scale_witness",
        "turned round",
        "def scale_witness():\n    return np.array([0.0, 1.0]), -1.0",
    ),
    right(
        "scale_witness",
        "a huge factor",
        "def scale_witness():\n    return np.array([0.25, 1, 7]), 1e9",
    ),
    wrong(
        "scale_witness",
        "c = 1",
        "def scale_witness():\n    return np.array([1.0, 2.0]), 1.0",
        says="leaves every x as it is",
    ),
    wrong(
        "scale_witness",
        "the largest has taken all before",
        "def scale_witness():\n    return np.array([0.0, 1000.0]), 2.0",
        says=["[0.0, 1.0]", "0.001"],
    ),
    wrong(
        "scale_witness",
        "nearly equal logits",
        "def scale_witness():\n    return np.array([0.0, 1e-6]), 2.0",
        says=["[0.5, 0.5]", "0.001"],
    ),
    wrong(
        "scale_witness",
        "equal logits",
        "def scale_witness():\n    return np.array([2.0, 2.0, 2.0]), 5.0",
        says="x with 8 added everywhere",
    ),
    wrong(
        "scale_witness",
        "one class",
        "def scale_witness():\n    return np.array([2.0]), 5.0",
        says="with a single class",
    ),
    wrong(
        "scale_witness",
        "too little to see",
        "def scale_witness():\n    return np.array([0.0, 1.0]), 1.00001",
        says=["the largest difference", "0.2689"],
    ),
    wrong(
        "scale_witness",
        "c first",
        "def scale_witness():\n    return 2.0, np.array([0.0, 1.0])",
        says="c should be one number",
    ),
    wrong(
        "scale_witness",
        "x only",
        "def scale_witness():\n    return np.array([0.0, 1.0])",
        says="return two things",
    ),
    wrong(
        "scale_witness",
        "infinity for huge",
        "def scale_witness():\n    return np.array([0.0, 1.0]), np.inf",
        says="finite",
    ),
    *unusable(
        "scale_witness",
        arguments="",
        nan="np.array([np.nan, 1.0]), 2.0",
        shape="np.zeros((2, 3)), 2.0",
        says={
            "None": "return two things",
            "wrong type": "return two things",
            "wrong shape": "one row",
        },
    ),
]

TEMPERATURE = [
    right(
        "softmax_temperature",
        "the shift first",
        """
def softmax_temperature(x, T):
    if not T > 0:
        raise ValueError("T must be positive")
    e = np.exp((x - np.max(x, axis=-1, keepdims=True)) / T)
    return e / np.sum(e, axis=-1, keepdims=True)
""",
    ),
    right(
        "softmax_temperature",
        "times the inverse temperature",
        """
class Frozen(ValueError):
    pass

def softmax_temperature(x, T):
    if T <= 0.0:
        raise Frozen(T)
    beta = 1.0 / T
    return softmax(beta * x)
""",
    ),
    wrong(
        "softmax_temperature",
        "refuses nothing",
        "def softmax_temperature(x, T):\n    return softmax(x / T)",
        marks={"values": 2, "stability": 1, "shapes": 1},
        says=["expected ValueError", "errors: "],
        mistake="no look at T",
    ),
    wrong(
        "softmax_temperature",
        "gives the error back",
        """
def softmax_temperature(x, T):
    if T <= 0:
        return ValueError("T must be positive")
    return softmax(x / T)
""",
        marks={"values": 2, "stability": 1, "shapes": 1},
        says="expected ValueError",
        mistake="",
    ),
    wrong(
        "softmax_temperature",
        "refuses 0 alone",
        """
def softmax_temperature(x, T):
    if T == 0:
        raise ValueError("T must not be 0")
    return softmax(x / T)
""",
        marks={"values": 2, "stability": 1, "shapes": 1},
        says=["expected ValueError", "errors: "],
        mistake="T = 0 refused, negative T not",
    ),
    wrong(
        "softmax_temperature",
        "multiplied, but refuses",
        """
def softmax_temperature(x, T):
    if T <= 0:
        raise ValueError("T must be positive")
    return softmax(x * T)
""",
        marks={"errors": 1},
        says="do you divide the logits?",
        mistake="multiplied by T",
    ),
    wrong(
        "softmax_temperature",
        "the temperature ignored",
        Known("the temperature is ignored"),
        says="Where should it enter?",
    ),
    wrong(
        "softmax_temperature",
        "powers of probabilities",
        Known("the power 1/T of the probabilities"),
        marks={"values": 2, "shapes": 1},
        says=["nan", "expected ValueError, got ZeroDivisionError"],
    ),
    wrong(
        "softmax_temperature",
        "no shift",
        Known("no maximum subtracted"),
        marks={"values": 2, "shapes": 1},
        says="You have a softmax that does not",
    ),
    wrong(
        "softmax_temperature",
        "one maximum",
        Known("one maximum for the whole batch"),
        marks={"values": 2, "shapes": 1},
        says="Which maximum",
    ),
    wrong(
        "softmax_temperature",
        "divided afterwards",
        Known("the probabilities divided by T"),
        says="Divide before the exponential",
    ),
    *unusable("softmax_temperature", arguments="x, T"),
]

LOG_SOFTMAX = [
    right(
        "log_softmax",
        "NumPy's own sum of logarithms",
        "def log_softmax(x):\n    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)",
    ),
    right(
        "log_softmax",
        "row by row",
        """
import math

def log_softmax(x):
    result = np.empty(x.shape)
    for place in np.ndindex(*x.shape[:-1]):
        row = [float(number) for number in x[place]]
        top = max(row)
        rest = math.log(math.fsum(math.exp(number - top) for number in row))
        result[place] = [number - top - rest for number in row]
    return result
""",
    ),
    wrong(
        "log_softmax",
        "the logarithm last",
        Known("the logarithm taken after softmax"),
        marks={"values": 2, "shapes": 1},
        says="no logarithm brings it back",
    ),
    wrong(
        "log_softmax",
        "no shift",
        Known("x - log(sum(exp(x))) without the shift"),
        marks={"values": 2, "shapes": 1},
        says="What is exp(1000)?",
    ),
    wrong(
        "log_softmax",
        "half shifted",
        Known("shifted in one place only"),
        says="in front",
    ),
    wrong(
        "log_softmax",
        "no sum",
        Known("the logarithm of the sum is missing"),
        says="add up to 1?",
    ),
    wrong(
        "log_softmax", "base 10", Known("the logarithm to base 10"), says="-0.693"
    ),
    wrong(
        "log_softmax",
        "the other sign",
        "def log_softmax(x):\n    return np.logaddexp.reduce(x, axis=-1, keepdims=True) - x",
        says="opposite sign",
        mistake="",
    ),
    wrong(
        "log_softmax",
        "a small number to be safe",
        """
def log_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True) + 1e-12)
""",
        marks={"values": 2, "shapes": 1},
        says="stability: ",
        mistake="",
    ),
    *unusable("log_softmax"),
]

NLL = [
    right(
        "nll",
        "the sum minus the logit",
        "def nll(o_a, y):\n    return np.logaddexp.reduce(o_a) - o_a[y]",
    ),
    right(
        "nll",
        "the logarithm of a stable softmax",
        "def nll(o_a, y):\n    return float(-np.log(softmax(o_a)[y]))",
    ),
    right(
        "nll",
        "by gaps, in plain Python",
        """
import math

def nll(o_a, y):
    return math.log(sum(math.exp(other - o_a[y]) for other in o_a))
""",
    ),
    wrong(
        "nll",
        "no minus",
        Known("the minus is missing"),
        marks={"shapes": 1},
        says="never negative",
    ),
    wrong(
        "nll",
        "no shift",
        Known("the unshifted formula"),
        marks={"values": 2, "shapes": 1},
        says="log_softmax that is safe",
    ),
    wrong(
        "nll",
        "the logit alone",
        Known("the logit without the logarithm of the sum"),
        says="less probable",
    ),
    wrong(
        "nll",
        "all classes",
        Known("summed over all classes"),
        marks={"shapes": 1},
        says="Which index",
    ),
    wrong(
        "nll",
        "a mean",
        Known("divided by the number of classes"),
        marks={"shapes": 1},
        says="one class counts",
    ),
    wrong(
        "nll",
        "from 1",
        Known("labels counted from 1"),
        marks={"shapes": 1},
        says="as Python counts",
    ),
    wrong(
        "nll",
        "a small number added to the probability",
        "def nll(o_a, y):\n    return -np.log(softmax(o_a)[y] + 1e-12)",
        marks={"values": 2, "shapes": 1},
        says="Is a small number added before the logarithm is taken",
        mistake="",
    ),
    wrong(
        "nll",
        "the probability kept from falling below a smallest one",
        "def nll(o_a, y):\n    return -np.log(np.clip(softmax(o_a)[y], 1e-30, 1.0))",
        marks={"values": 2, "shapes": 1},
        says="or a smallest one set",
        mistake="",
    ),
    wrong(
        "nll",
        "an array of one",
        "def nll(o_a, y):\n    return -log_softmax(o_a)[[y]]",
        marks={"values": 2, "stability": 1},
        says="expected a single number, got an array of shape (1,)",
        mistake="",
    ),
    wrong(
        "nll",
        "1 minus",
        Known("1 minus the probability"),
        marks={"shapes": 1},
        says="sure and wrong",
    ),
    *unusable("nll", arguments="o_a, y", nan="np.nan"),
]

JACOBIAN = [
    right(
        "softmax_jacobian",
        "two loops and the two cases",
        """
def softmax_jacobian(x):
    s = softmax(x)
    n = len(s)
    table = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            table[i, j] = s[i] * (1 - s[i]) if i == j else -s[i] * s[j]
    return table
""",
    ),
    right(
        "softmax_jacobian",
        "delta by einsum",
        """
def softmax_jacobian(x):
    s = softmax(x)
    return np.einsum("i,ij->ij", s, np.eye(s.size) - s)
""",
    ),
    wrong(
        "softmax_jacobian",
        "diagonal",
        Known("the diagonal only"),
        marks={"shapes": 1},
        says="the other probabilities fall",
    ),
    wrong(
        "softmax_jacobian",
        "a vector",
        Known("the diagonal of the Jacobian as a vector"),
        says="every pair of output and input",
    ),
    wrong(
        "softmax_jacobian",
        "s * s",
        Known("s * s for the table of products"),
        marks={"shapes": 1},
        says="Which product",
    ),
    wrong(
        "softmax_jacobian",
        "the last line of the derivation, copied",
        Known("s @ s.T for the table of products"),
        marks={"shapes": 1},
        says="is its own transpose",
    ),
    wrong(
        "softmax_jacobian",
        "a forgotten minus in the loops",
        """
def softmax_jacobian(x):
    s = softmax(x)
    n = len(s)
    table = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            table[i, j] = s[i] * (1 - s[i]) if i == j else s[i] * s[j]
    return table
""",
        marks={"shapes": 1},
        says="what sign",
        mistake="the minus is lost off the diagonal",
    ),
    wrong(
        "softmax_jacobian",
        "the seed's slip",
        Known("the minus is lost off the diagonal"),
        marks={"shapes": 1},
        says="what sign",
    ),
    wrong(
        "softmax_jacobian",
        "at the probabilities",
        Known("the Jacobian taken at the probabilities"),
        says="what goes in, or what comes out",
    ),
    wrong(
        "softmax_jacobian",
        "no shift",
        Known("softmax without its shift"),
        marks={"values": 2, "shapes": 1},
        says="when x is 1000",
    ),
    wrong(
        "softmax_jacobian",
        "finite differences, coarse",
        """
def softmax_jacobian(x):
    h = 1e-3
    return np.stack([(softmax(x + h * e) - softmax(x)) / h for e in np.eye(x.size)], axis=1)
""",
        marks={"shapes": 1},
        says="values: ",
        mistake="",
    ),
    *unusable("softmax_jacobian", nan="np.full((len(x), len(x)), np.nan)"),
]

SIGMOID_VJP = [
    right(
        "sigmoid_vjp",
        "the book's sigmoid",
        "def sigmoid_vjp(x, dy):\n    s = 1 / (1 + np.exp(-x))\n    return s * (1 - s) * dy",
    ),
    right(
        "sigmoid_vjp",
        "a hyperbolic cosine",
        "def sigmoid_vjp(x, dy):\n    return dy / (2 + 2 * np.cosh(x))",
    ),
    right(
        "sigmoid_vjp",
        "a loop over plain lists",
        """
import math

def sigmoid_vjp(x, dy):
    result = []
    for z, up in zip(x.ravel().tolist(), dy.ravel().tolist()):
        s = 1.0 / (1.0 + math.exp(-z))
        result.append(up * s * (1.0 - s))
    return np.array(result).reshape(x.shape)
""",
    ),
    wrong(
        "sigmoid_vjp",
        "through the diagonal matrix",
        """
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    jacobian = (s * (1 - s))[..., None] * np.eye(x.shape[-1])
    return np.einsum("...i,...ij->...j", dy, jacobian)
""",
        marks={"values": 2, "shapes": 1},
        says=["cost: ", "memory"],
        mistake="",
    ),
    wrong(
        "sigmoid_vjp",
        "no upstream gradient",
        Known("the slope without the upstream gradient"),
        says="does not look at dy",
    ),
    wrong(
        "sigmoid_vjp",
        "at the activation",
        Known("the slope taken at the activation"),
        says="what goes in",
    ),
    wrong(
        "sigmoid_vjp",
        "the function",
        Known("the function for its slope"),
        says="how steep?",
    ),
    wrong("sigmoid_vjp", "one number", Known("summed up"), says="its own share"),
    wrong(
        "sigmoid_vjp",
        "works in dy",
        """
def sigmoid_vjp(x, dy):
    s = 1 / (1 + np.exp(-x))
    dy *= s * (1 - s)
    return dy
""",
        marks={"values": 2, "cost": 1},
        says="shapes: ",
        mistake="",
    ),
    *unusable("sigmoid_vjp", arguments="x, dy"),
]

SOFTMAX_VJP = [
    right(
        "softmax_vjp",
        "einsum",
        """
def softmax_vjp(x, dy):
    s = softmax(x)
    return s * dy - s * np.einsum("...i,...i->...", s, dy)[..., None]
""",
    ),
    right(
        "softmax_vjp",
        "from the exponentials, row by row",
        """
def softmax_vjp(x, dy):
    result = np.empty(x.shape)
    for place in np.ndindex(*x.shape[:-1]):
        e = np.exp(x[place] - x[place].max())
        total = e.sum()
        result[place] = e / total * dy[place] - e * (e @ dy[place]) / total**2
    return result
""",
    ),
    wrong(
        "softmax_vjp",
        "through the table",
        """
def softmax_vjp(x, dy):
    s = softmax(x)
    table = s[..., :, None] * np.eye(x.shape[-1]) - s[..., :, None] * s[..., None, :]
    return np.einsum("...ij,...i->...j", table, dy)
""",
        marks={"values": 2, "stability": 1, "shapes": 1},
        says=["cost: ", "memory"],
        mistake="",
    ),
    wrong(
        "softmax_vjp",
        "one row only",
        """
def softmax_vjp(x, dy):
    s = softmax(x)
    return s * (dy - s @ dy)
""",
        marks={"cost": 1},
        says="shapes: ",
        mistake="",
    ),
    wrong(
        "softmax_vjp",
        "diagonal",
        Known("the diagonal only"),
        says="Which entries are missing?",
    ),
    wrong(
        "softmax_vjp",
        "one number",
        Known("one number for the whole batch"),
        marks={"cost": 1},
        says="Over what do you sum",
    ),
    wrong(
        "softmax_vjp",
        "one term",
        Known("the first half of the product"),
        says="one of two terms",
    ),
    wrong(
        "softmax_vjp",
        "unweighted",
        Known("the sum of dy without its weights"),
        says="weighs each dy",
    ),
    wrong(
        "softmax_vjp",
        "at the probabilities",
        Known("the logits taken for probabilities"),
        says="What does this function get?",
    ),
    wrong(
        "softmax_vjp",
        "no shift",
        Known("softmax without its shift"),
        marks={"values": 2, "cost": 1, "shapes": 1},
        says="when x is 1000",
    ),
    *unusable("softmax_vjp", arguments="x, dy"),
]

NLL_GRAD = [
    right(
        "nll_grad",
        "one-hot row",
        "def nll_grad(o_a, y):\n    return softmax(o_a) - np.eye(len(o_a))[y]",
    ),
    right(
        "nll_grad",
        "the long road",
        """
def nll_grad(o_a, y):
    s = softmax(o_a)
    upstream = np.zeros(s.shape)
    upstream[y] = -1 / s[y]
    return softmax_jacobian(o_a).T @ upstream
""",
    ),
    right(
        "nll_grad",
        "a plain list, entry by entry",
        """
def nll_grad(o_a, y):
    probabilities = list(softmax(o_a))
    return np.array([p - 1 if k == y else p for k, p in enumerate(probabilities)])
""",
    ),
    wrong(
        "nll_grad",
        "downhill",
        Known("the difference the other way round"),
        marks={"shapes": 1},
        says="A gradient points uphill",
    ),
    wrong(
        "nll_grad",
        "no one-hot",
        Known("the one-hot vector is missing"),
        says="Your entries add up to 1",
    ),
    wrong(
        "nll_grad",
        "one entry",
        Known("the entry of the right class alone"),
        marks={"shapes": 1},
        says="loses probability",
    ),
    wrong(
        "nll_grad",
        "too early",
        Known("the gradient with respect to the probabilities"),
        says="still to pass through softmax",
    ),
    wrong(
        "nll_grad",
        "the label subtracted",
        Known("the label for its one-hot vector"),
        says="the truth for each class",
    ),
    wrong(
        "nll_grad",
        "1 minus the probability of the right class",
        Known("the sign of the right class"),
        marks={"shapes": 1},
        says="rise or fall",
    ),
    wrong(
        "nll_grad",
        "no shift",
        Known("softmax without its shift"),
        marks={"values": 2, "shapes": 1},
        says="when the logits are 1000",
    ),
    wrong(
        "nll_grad",
        "a row",
        "def nll_grad(o_a, y):\n    return (softmax(o_a) - np.eye(len(o_a))[y])[None]",
        marks={"values": 2, "stability": 1},
        says="shapes: ",
        mistake="",
    ),
    wrong(
        "nll_grad",
        "changes the logits",
        """
def nll_grad(o_a, y):
    o_a -= o_a.max()
    np.exp(o_a, out=o_a)
    o_a /= o_a.sum()
    o_a[y] -= 1
    return o_a
""",
        marks={"values": 2, "stability": 1},
        says="shapes: ",
        mistake="",
    ),
    *unusable("nll_grad", arguments="o_a, y"),
]

NUMBER = {
    "None": "the number of a line",
    "wrong type": "the number of a line",
    "NaN": "the number of a line",
}
SLIPS = [
    right("find_the_slip_column", "a sum", "find_the_slip_column = 1 + 2"),
    wrong(
        "find_the_slip_column",
        "line 1",
        "find_the_slip_column = 1",
        says="what y is",
    ),
    wrong(
        "find_the_slip_column",
        "line 2",
        "find_the_slip_column = 2",
        says="one row for each output",
    ),
    wrong(
        "find_the_slip_column",
        "line 4",
        "find_the_slip_column = 4",
        says="chain rule",
    ),
    wrong(
        "find_the_slip_column",
        "the last line",
        "find_the_slip_column = 5",
        says="its shape?",
    ),
    wrong(
        "find_the_slip_column",
        "no such line",
        "find_the_slip_column = 6",
        says="1 to 5",
    ),
    wrong(
        "find_the_slip_column",
        "a comma behind it",
        "find_the_slip_column = (2,)",
        says="without a comma",
    ),
    *unusable_value("find_the_slip_column", says=NUMBER),
    right("find_the_slip_onehot", "a length", "find_the_slip_onehot = len('ab')"),
    wrong(
        "find_the_slip_onehot",
        "line 1",
        "find_the_slip_onehot = 1",
        says="the definition of the loss",
    ),
    wrong(
        "find_the_slip_onehot",
        "line 3",
        "find_the_slip_onehot = 3",
        says="Line 3 is right",
    ),
    wrong(
        "find_the_slip_onehot", "from 0", "find_the_slip_onehot = 0", says="1 to 3"
    ),
    wrong(
        "find_the_slip_onehot",
        "a comma behind it",
        "find_the_slip_onehot = (2,)",
        says="without a comma",
    ),
    *unusable_value("find_the_slip_onehot", says=NUMBER),
    right("find_the_slip_minus", "a product", "find_the_slip_minus = 2 * 2"),
    wrong(
        "find_the_slip_minus",
        "line 1",
        "find_the_slip_minus = 1",
        says="the first half",
    ),
    wrong(
        "find_the_slip_minus",
        "line 2",
        "find_the_slip_minus = 2",
        says="vector-Jacobian product",
    ),
    wrong(
        "find_the_slip_minus", "line 3", "find_the_slip_minus = 3", says="in 2.7"
    ),
    wrong(
        "find_the_slip_minus",
        "line 5",
        "find_the_slip_minus = 5",
        says="entry by entry",
    ),
    wrong(
        "find_the_slip_minus",
        "a comma behind it",
        "find_the_slip_minus = (2,)",
        says="without a comma",
    ),
    *unusable_value("find_the_slip_minus", says=NUMBER),
]


def chain(exercise: str, *lines: str) -> str:
    """Return the text of a cell that hands these lines in."""
    return "\n".join(
        [f"{exercise} = [", *(f"    {line!r}," for line in lines), "]"]
    )


SUMS = "derive_softmax_sums_to_one"
SHIFT = "derive_translation_invariance"
PARTIAL = "derive_softmax_partial"
TABLE = "derive_softmax_jacobian"
PRODUCT = "derive_softmax_vjp"
GRADIENT = "derive_nll_grad"

ONE_SOFTMAX = "sum(i, exp(x[i]) / sum(j, exp(x[j])))"
ONE_FRACTION = "sum(i, exp(x[i])) / sum(j, exp(x[j]))"
SHIFTED = "exp(x[i] + c) / sum(j, exp(x[j] + c))"
UNSHIFTED = "exp(x[i]) / sum(j, exp(x[j]))"

SHORT_DERIVATIONS = [
    right(
        SUMS,
        "other letters, and a factor for the fraction",
        chain(
            SUMS,
            "sum(i, s[i])",
            "sum(k, exp(x[k]) / sum(l, exp(x[l])))",
            "sum(k, exp(x[k]) * (1 / sum(l, exp(x[l]))))",
            "1 / sum(l, exp(x[l])) * sum(k, exp(x[k]))",
            "1",
        ),
    ),
    wrong(
        SUMS,
        "both steps at once",
        chain(SUMS, "sum(i, s[i])", ONE_FRACTION, "1"),
        marks={"values": 2},
        says="steps: ",
    ),
    wrong(
        SUMS,
        "each term by itself",
        chain(
            SUMS, "sum(i, s[i])", ONE_SOFTMAX, "sum(i, exp(x[i]) / exp(x[i]))", "1"
        ),
        says="line 3",
    ),
    wrong(
        SUMS,
        "nothing of one's own",
        chain(SUMS, "sum(i, s[i])", "1"),
        says="not written yet",
    ),
    wrong(
        SUMS,
        "ends too early",
        chain(SUMS, "sum(i, s[i])", ONE_SOFTMAX, ONE_FRACTION),
        says="not in its form yet",
    ),
    wrong(
        SUMS,
        "a bracket lost",
        chain(
            SUMS,
            "sum(i, s[i])",
            "sum(i, exp(x[i]) / sum(j, exp(x[j]))",
            ONE_FRACTION,
            "1",
        ),
        says=["(", "^"],
    ),
    wrong(
        SUMS,
        "a comma forgotten between two lines",
        f"{SUMS} = [\n    'sum(i, s[i])',\n    {ONE_SOFTMAX!r}\n    {ONE_FRACTION!r},\n    '1',\n]",
        says="is the comma missing",
    ),
    *unusable_chain(SUMS),
    right(
        SHIFT,
        "the factor on the other side, in tuples",
        f"{SHIFT} = (\n    {SHIFTED!r},\n    'exp(x[i]) * exp(c) / sum(k, exp(x[k]) * exp(c))',\n"
        f"    'exp(x[i]) * exp(c) / (sum(k, exp(x[k])) * exp(c))',\n    {UNSHIFTED!r},\n)",
    ),
    right(
        SHIFT,
        "the denominator first",
        chain(
            SHIFT,
            SHIFTED,
            "exp(x[i]) * exp(c) / sum(j, exp(x[j] + c))",
            "exp(x[i]) * exp(c) / sum(j, exp(x[j]) * exp(c))",
            "exp(x[i]) / (sum(j, exp(c) * exp(x[j])) / exp(c))",
            UNSHIFTED,
        ),
    ),
    wrong(
        SHIFT,
        "a sum for the product",
        chain(
            SHIFT,
            SHIFTED,
            "(exp(x[i]) + exp(c)) / sum(j, exp(x[j]) + exp(c))",
            UNSHIFTED,
        ),
        says=["line 2", "c = "],
    ),
    wrong(
        SHIFT,
        "the constant lost from the sum",
        chain(SHIFT, SHIFTED, "exp(c) * exp(x[i]) / sum(j, exp(x[j]))", UNSHIFTED),
        says="line 2",
    ),
    wrong(
        SHIFT,
        "n times the constant",
        chain(
            SHIFT,
            SHIFTED,
            "exp(c) * exp(x[i]) / sum(j, exp(c) * exp(x[j]))",
            "exp(c) * exp(x[i]) / (n * exp(c) * sum(j, exp(x[j])))",
            UNSHIFTED,
        ),
        says="line 3",
    ),
    wrong(
        SHIFT,
        "nothing of one's own",
        chain(SHIFT, SHIFTED, UNSHIFTED),
        says="not written yet",
    ),
    wrong(
        SHIFT,
        "a letter that nobody gave",
        chain(
            SHIFT,
            SHIFTED,
            "exp(c) * exp(x[i]) / sum(j, exp(c) * exp(x[k]))",
            UNSHIFTED,
        ),
        says=["k", "^"],
    ),
    wrong(
        SHIFT,
        "both laws in one step",
        chain(
            SHIFT,
            SHIFTED,
            "exp(c) * exp(x[i]) / (exp(c) * sum(j, exp(x[j])))",
            UNSHIFTED,
        ),
        marks={"values": 2},
        says="A step may take one",
    ),
    wrong(
        SHIFT,
        "an index written as on paper",
        chain(
            SHIFT,
            SHIFTED,
            "exp(c) * exp(x_i) / sum(j, exp(c) * exp(x[j]))",
            UNSHIFTED,
        ),
        says="write `x[i]`",
    ),
    *unusable_chain(SHIFT),
]

QUOTIENT = "diff(exp(x[i]), x[j]) / Z - exp(x[i]) * diff(Z, x[j]) / Z**2"
CASES = "s[i] - s[i] * s[i] if i == j else -s[i] * s[j]"
DELTA = "s[i] * delta(i, j) - s[i] * s[j]"
JACOBIAN_DERIVATIONS = [
    right(
        PARTIAL,
        "a product with 1 / Z, as in the seed",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "diff(exp(x[i]) * (1 / Z), x[j])",
            "diff(exp(x[i]), x[j]) * (1 / Z) + exp(x[i]) * diff(1 / Z, x[j])",
            "diff(exp(x[i]), x[j]) * (1 / Z) - exp(x[i]) * diff(Z, x[j]) / Z**2",
            "diff(exp(x[i]), x[j]) / Z - exp(x[i]) * exp(x[j]) / Z**2",
            "delta(i, j) * exp(x[i]) / Z - exp(x[i]) * exp(x[j]) / Z**2",
            "delta(i, j) * s[i] - s[i] * s[j]",
            CASES,
            DELTA,
        ),
    ),
    right(
        PARTIAL,
        "the bracket kept",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "diff(exp(x[i]) / Z, x[j])",
            QUOTIENT,
            "diff(exp(x[i]), x[j]) / Z - exp(x[i]) / Z * (exp(x[j]) / Z)",
            "exp(x[i]) / Z * (1 - exp(x[i]) / Z) if i == j else -(exp(x[i]) / Z) * (exp(x[j]) / Z)",
            "s[i] * (1 - s[i]) if i == j else -s[i] * s[j]",
            CASES,
            DELTA,
        ),
    ),
    wrong(
        PARTIAL,
        "case 1 only",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "diff(exp(x[i]) / Z, x[j])",
            "s[i] * (1 - s[i])",
            DELTA,
        ),
        says=["line 3", "i = ", "j = "],
    ),
    wrong(
        PARTIAL,
        "the sign of the quotient rule",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "diff(exp(x[i]) / Z, x[j])",
            "diff(exp(x[i]), x[j]) / Z + exp(x[i]) * diff(Z, x[j]) / Z**2",
            DELTA,
        ),
        says="line 3",
    ),
    wrong(
        PARTIAL,
        "the seed's heading: by x[i] for x[j]",
        chain(
            PARTIAL,
            "diff(s[i], x[i])",
            "diff(exp(x[i]) / Z, x[j])",
            QUOTIENT,
            CASES,
            DELTA,
        ),
        says="line 1",
    ),
    right(
        PARTIAL,
        "the delta from the start",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "diff(exp(x[i]) / Z, x[j])",
            QUOTIENT,
            "diff(exp(x[i]), x[j]) / Z - exp(x[i]) * exp(x[j]) / Z**2",
            "delta(i, j) * exp(x[i]) / Z - exp(x[i]) * exp(x[j]) / Z**2",
            DELTA,
        ),
    ),
    wrong(
        PARTIAL,
        "from the start to the cases",
        chain(PARTIAL, "diff(s[i], x[j])", CASES, DELTA),
        marks={"values": 2},
        says="steps: ",
    ),
    wrong(
        PARTIAL,
        "a derivative by a number",
        chain(PARTIAL, "diff(s[i], x[j])", "diff(exp(x[i]) / Z, 2)", DELTA),
        says=["diff", "^"],
    ),
    right(
        PARTIAL,
        "by the slope of the logarithm",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "s[i] * diff(log(s[i]), x[j])",
            "s[i] * diff(x[i] - log(Z), x[j])",
            "s[i] * (delta(i, j) - exp(x[j]) / Z)",
            DELTA,
        ),
    ),
    wrong(
        PARTIAL,
        "no brackets around the cases",
        chain(
            PARTIAL,
            "diff(s[i], x[j])",
            "diff(exp(x[i]) / Z, x[j])",
            QUOTIENT,
            "s[i] if i == j else 0 - s[i] * s[j]",
            DELTA,
        ),
        says="brackets around the cases",
    ),
    wrong(
        PARTIAL,
        "an if statement",
        chain(PARTIAL, "diff(s[i], x[j])", "if i == j: s[i]", DELTA),
        says="a if i == j else b",
    ),
    *unusable_chain(PARTIAL),
    right(
        TABLE,
        "the outer product by its name",
        chain(
            TABLE,
            DELTA,
            "diag(s)[i, j] - outer(s, s)[i, j]",
            "diag(s) - outer(s, s)",
        ),
    ),
    right(
        TABLE,
        "through the identity",
        chain(
            TABLE, DELTA, "s[i] * eye(n)[i, j] - s[i] * s[j]", "diag(s) - s @ s.T"
        ),
    ),
    wrong(
        TABLE,
        "an inner product",
        chain(TABLE, DELTA, "diag(s)[i, j] - s[i] * s[j]", "diag(s) - s.T @ s"),
        says="line 3",
    ),
    wrong(
        TABLE,
        "the diagonal alone",
        chain(TABLE, DELTA, "diag(s - s * s)"),
        says="line 2",
    ),
    wrong(
        TABLE,
        "the seed's minus signs",
        chain(TABLE, DELTA, "diag(s) + s @ s.T - 2 * diag(s * s)"),
        says=["line 2", "i = "],
    ),
    wrong(
        TABLE,
        "ends with indices",
        chain(TABLE, DELTA, "diag(s)[i, j] - (s @ s.T)[i, j]"),
        says="values: ",
    ),
    wrong(
        TABLE,
        "a power by a caret",
        chain(TABLE, DELTA, "diag(s)[i, j] - s[i]^s[j]", "diag(s) - s @ s.T"),
        says="**",
    ),
    right(
        TABLE,
        "an entry of the whole table",
        chain(TABLE, DELTA, "(diag(s) - s @ s.T)[i, j]"),
    ),
    wrong(
        TABLE,
        "a table minus an entry",
        chain(TABLE, DELTA, "diag(s) - s[i] * s[j]", "diag(s) - s @ s.T"),
        says=["mixes", "single entry"],
    ),
    wrong(
        TABLE,
        "the transpose as on paper",
        chain(TABLE, DELTA, "diag(s) - s s^T"),
        says="`.T`",
    ),
    wrong(
        TABLE,
        "no sign between the arrays",
        chain(TABLE, DELTA, "diag(s) - s s.T"),
        says="`@`",
    ),
    wrong(
        TABLE,
        "the identity as on paper",
        chain(TABLE, DELTA, "s * I - s @ s.T"),
        says="eye(n)",
    ),
    *unusable_chain(TABLE),
]

BACK = "(diag(s) - s @ s.T).T @ dy"
NLL_START = "diff(-log(o_s[y]), o_a[k])"
GRADIENT_DERIVATIONS = [
    right(
        PRODUCT,
        "the seed's chain, and one line more",
        chain(
            PRODUCT,
            BACK,
            "(diag(s) - s @ s.T) @ dy",
            "diag(s) @ dy - s @ s.T @ dy",
            "diag(s) @ dy - s * (s.T @ dy)",
            "s * dy - s * (s.T @ dy)",
        ),
    ),
    right(
        PRODUCT,
        "entry by entry",
        chain(
            PRODUCT,
            BACK,
            "sum(j, (diag(s) - s @ s.T)[j, i] * dy[j])",
            "sum(j, (s[j] * delta(j, i) - s[j] * s[i]) * dy[j])",
            "sum(j, s[j] * delta(j, i) * dy[j]) - sum(j, s[j] * s[i] * dy[j])",
            "s[i] * dy[i] - s[i] * sum(j, s[j] * dy[j])",
            "s * (dy - sum(s * dy))",
        ),
    ),
    wrong(
        PRODUCT,
        "the seed's last line, with a table in it",
        chain(
            PRODUCT,
            BACK,
            "(diag(s) - s @ s.T) @ dy",
            "diag(s) @ dy - s @ s.T @ dy",
            "diag(s) @ dy - s * (s.T @ dy)",
        ),
        says="values: ",
    ),
    wrong(
        PRODUCT,
        "the diagonal only",
        chain(PRODUCT, BACK, "(diag(s) - s @ s.T) @ dy", "s * dy - s * s * dy"),
        says=["line 3", "i = "],
    ),
    wrong(
        PRODUCT,
        "a sign",
        chain(PRODUCT, BACK, "(diag(s) - s @ s.T) @ dy", "s * dy + s * dot(s, dy)"),
        says="line 3",
    ),
    wrong(
        PRODUCT,
        "a factor lost",
        chain(PRODUCT, BACK, "(diag(s) - s @ s.T) @ dy", "s * dy - dot(s, dy)"),
        says="line 3",
    ),
    wrong(
        PRODUCT,
        "sizes that do not meet",
        chain(PRODUCT, BACK, "(diag(s) - s @ s.T) @ dy.T", "s * (dy - dot(s, dy))"),
        says="@",
    ),
    right(
        PRODUCT,
        "the number as a sum",
        chain(
            PRODUCT,
            BACK,
            "(diag(s) - s @ s.T) @ dy",
            "diag(s) @ dy - s @ s.T @ dy",
            "s * dy - s * sum(i, s[i] * dy[i])",
        ),
    ),
    wrong(
        PRODUCT,
        "from left to right",
        chain(PRODUCT, BACK, "(diag(s) - s @ s.T) @ dy", "s * dy - s @ s.T @ dy"),
        says="multiplies a by b first",
    ),
    *unusable_chain(PRODUCT),
    right(
        GRADIENT,
        "the long road",
        chain(
            GRADIENT,
            NLL_START,
            "-1 / o_s[y] * diff(o_s[y], o_a[k])",
            "-1 / o_s[y] * (o_s[y] * delta(y, k) - o_s[y] * o_s[k])",
            "-(delta(y, k) - o_s[k])",
            "o_s[k] - delta(k, y)",
            "o_s - onehot(y)",
        ),
    ),
    right(
        GRADIENT,
        "by cases",
        chain(
            GRADIENT,
            NLL_START,
            "diff(-log(exp(o_a[y]) / sum(j, exp(o_a[j]))), o_a[k])",
            "diff(log(sum(j, exp(o_a[j]))) - o_a[y], o_a[k])",
            "diff(sum(j, exp(o_a[j])), o_a[k]) / sum(j, exp(o_a[j])) - delta(k, y)",
            "exp(o_a[k]) / sum(j, exp(o_a[j])) - delta(k, y)",
            "o_s[k] - delta(k, y)",
            "o_s[k] - 1 if k == y else o_s[k]",
            "o_s - onehot(y)",
        ),
    ),
    wrong(
        GRADIENT,
        "the seed's slip: the upstream gradient minus a one-hot vector",
        chain(GRADIENT, NLL_START, "-1 / o_s[k] - delta(k, y)", "o_s - onehot(y)"),
        says=["line 2", "k = "],
    ),
    wrong(
        GRADIENT,
        "the sign",
        chain(
            GRADIENT,
            NLL_START,
            "diff(-o_a[y] + log(sum(j, exp(o_a[j]))), o_a[k])",
            "delta(k, y) - exp(o_a[k]) / sum(j, exp(o_a[j]))",
            "onehot(y) - o_s",
        ),
        says="line 3",
    ),
    wrong(
        GRADIENT,
        "the label for its one-hot vector",
        chain(
            GRADIENT,
            NLL_START,
            "-1 / o_s[y] * diff(o_s[y], o_a[k])",
            "o_s[k] - delta(k, y)",
            "o_s - y",
        ),
        says="line 4",
    ),
    wrong(
        GRADIENT,
        "to the end in one step",
        chain(GRADIENT, NLL_START, "o_s - onehot(y)"),
        marks={"values": 2},
        says="steps: ",
    ),
    wrong(
        GRADIENT,
        "ends with the letter k",
        chain(
            GRADIENT,
            NLL_START,
            "-1 / o_s[y] * diff(o_s[y], o_a[k])",
            "-1 / o_s[y] * (o_s[y] * delta(y, k) - o_s[y] * o_s[k])",
            "o_s[k] - delta(k, y)",
        ),
        says="values: ",
    ),
    wrong(
        GRADIENT,
        "a formula with an equals sign in the middle",
        chain(GRADIENT, NLL_START, "dL = o_s[k] - delta(k, y)", "o_s - onehot(y)"),
        says="=",
    ),
    right(
        GRADIENT,
        "the first item of the short road in one line",
        chain(
            GRADIENT,
            NLL_START,
            "diff(-o_a[y] + log(Z), o_a[k])",
            "-delta(k, y) + exp(o_a[k]) / Z",
            "-delta(k, y) + o_s[k]",
            "o_s - onehot(y)",
        ),
    ),
    right(
        GRADIENT,
        "the long road as matrices",
        chain(
            GRADIENT,
            NLL_START,
            "sum(i, diff(-log(o_s[y]), o_s[i]) * diff(o_s[i], o_a[k]))",
            "sum(i, -onehot(y)[i] / o_s[y] * diff(o_s[i], o_a[k]))",
            "(diag(o_s) - o_s @ o_s.T).T @ (-onehot(y) / o_s[y])",
            "o_s * (-onehot(y) / o_s[y]) - o_s * (o_s.T @ (-onehot(y) / o_s[y]))",
            "-onehot(y) + o_s",
        ),
    ),
    wrong(
        GRADIENT,
        "in the letters of the earlier sections",
        chain(GRADIENT, NLL_START, "diff(-log(s[y]), o_a[k])", "o_s - onehot(y)"),
        says="the names here are",
    ),
    *unusable_chain(GRADIENT),
]

FROM_THE_FIELD = [
    wrong("softmax", "one half shifted", Known("the shift in the numerator alone")),
    wrong(
        "softmax",
        "cases by the number of axes",
        Known("two axes by rows, all others by one sum"),
        marks={"values": 2, "stability": 1},
    ),
    wrong(
        "softmax",
        "no case for three axes",
        Known("a case for one axis and one for two"),
        marks={"values": 2, "stability": 1},
    ),
    wrong(
        "softmax",
        "a loop over the first axis",
        Known("one row for each entry of the first axis"),
        marks={"values": 2, "stability": 1},
    ),
    wrong(
        "softmax", "a norm for a sum", Known("divided by the length of the vector")
    ),
    wrong(
        "softmax_temperature",
        "argmax when it is cold",
        Known("the winner takes all, ties or not"),
        marks={"values": 2, "errors": 1, "shapes": 1},
    ),
    wrong("log_softmax", "log2", Known("the logarithm to base 2")),
    wrong(
        "log_softmax",
        "a loop over the first axis",
        Known("one row for each entry of the first axis"),
        marks={"values": 2, "stability": 1},
    ),
    wrong(
        "nll",
        "log2",
        """
def nll(o_a, y):
    p = np.exp(o_a - o_a.max())
    return -np.log2(p[y] / p.sum())
""",
        mistake="the logarithm to base 2",
        marks={"shapes": 1},
    ),
    wrong(
        "nll_grad",
        "labels from 1",
        """
def nll_grad(o_a, y):
    p = np.exp(o_a - o_a.max())
    p /= p.sum()
    p[y - 1] -= 1
    return p
""",
        marks={"shapes": 1},
        mistake="labels counted from 1",
    ),
    wrong(
        "softmax_jacobian",
        "one row",
        """
def softmax_jacobian(x):
    p = np.exp(x - x.max())
    p /= p.sum()
    return (np.diag(p) - np.outer(p, p))[0]
""",
        mistake="one row for the whole table",
    ),
    wrong(
        "softmax_vjp",
        "a gradient that passes through",
        Known("dy handed back as it came"),
    ),
    wrong(
        "softmax_vjp",
        "one sum for all rows",
        Known("a softmax over the whole array"),
        marks={"cost": 1},
    ),
    wrong("sigmoid_vjp", "arguments in another order", Known("x and dy exchanged")),
]

ANSWERS = [
    *SOFTMAX,
    *WITNESS,
    *TEMPERATURE,
    *LOG_SOFTMAX,
    *NLL,
    *JACOBIAN,
    *SIGMOID_VJP,
    *SOFTMAX_VJP,
    *NLL_GRAD,
    *SLIPS,
    *SHORT_DERIVATIONS,
    *JACOBIAN_DERIVATIONS,
    *GRADIENT_DERIVATIONS,
    *FROM_THE_FIELD,
]
