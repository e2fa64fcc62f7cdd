"""Answers to the exercises of lesson 01, and what each one earns. Marks are foreseen from the lesson's text.

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

RECTIFIER = [
    right(
        "relu",
        "a product with an indicator",
        "def relu(x):\n    return x * (x > 0)",
    ),
    right(
        "relu",
        "the mean of x and |x|",
        "def relu(x):\n    return (x + np.abs(x)) / 2",
    ),
    right(
        "relu",
        "a loop over plain lists",
        """
def relu(x):
    flat = [max(0.0, float(number)) for number in x.ravel()]
    return np.array(flat).reshape(x.shape)
""",
    ),
    wrong(
        "relu",
        "one number",
        Known("np.max for np.maximum"),
        says="each element with 0",
    ),
    wrong(
        "relu",
        "no bend",
        Known("the absolute value"),
        says="expected [0, 0, 0], got [2, 0.5, 0]",
    ),
    wrong(
        "relu",
        "the other half",
        Known("np.minimum for np.maximum"),
        says="the negative half",
    ),
    wrong("relu", "leaky", Known("the leaky rectifier"), says="got [-0.02, "),
    wrong(
        "relu",
        "changes its argument",
        "def relu(x):\n    x[x < 0] = 0\n    return x",
        marks={"values": 1},
        says="shapes: ",
        mistake="",
    ),
    wrong(
        "relu",
        "flattens",
        "def relu(x):\n    return np.array([max(t, 0.0) for t in x.ravel()])",
        marks={"values": 1},
        says="(32, 10)",
        mistake="",
    ),
    wrong(
        "relu",
        "a mask that keeps some entries alone",
        """
def relu(x):
    return x[x > 0]
""",
        says="Entries are missing: a condition",
    ),
    *unusable("relu"),
    right(
        "relu_grad",
        "one half at the corner",
        "def relu_grad(x):\n    return np.heaviside(x, 0.5)",
    ),
    right(
        "relu_grad",
        "the seed's 1 at the corner",
        "def relu_grad(x):\n    return (x >= 0).astype(float)",
    ),
    right("relu_grad", "truth values", "def relu_grad(x):\n    return x > 0"),
    wrong(
        "relu_grad",
        "the function itself",
        Known("the function for its slope"),
        marks={"corner": 0},
    ),
    wrong(
        "relu_grad",
        "no slope at the corner",
        "def relu_grad(x):\n    return np.where(x == 0, np.nan, np.where(x > 0, 1.0, 0.0))",
        marks={"values": 2, "shapes": 1},
        says="subgradient",
    ),
    wrong(
        "relu_grad",
        "falls on the left",
        Known("the sign"),
        says="a graph that falls",
    ),
    wrong(
        "relu_grad",
        "sides exchanged",
        Known("the two sides exchanged"),
        says="left to right",
    ),
    wrong(
        "relu_grad",
        "one slope",
        Known("one slope for the whole array"),
        says="Each element has its own",
    ),
    wrong(
        "relu_grad",
        "two at the corner",
        "def relu_grad(x):\n    return (x >= 0) * 1.0 + (x == 0)",
        marks={"values": 2, "shapes": 1},
        says="corner: ",
        mistake="",
    ),
    *unusable("relu_grad"),
]

SIGMOID = [
    right(
        "sigmoid",
        "the book's form",
        "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))",
        says=(),
    ),
    right(
        "sigmoid",
        "through tanh",
        "def sigmoid(x):\n    return np.tanh(x / 2) / 2 + 0.5",
    ),
    right(
        "sigmoid",
        "a loop with math.exp",
        """
import math


def sigmoid(x):
    def one(t):
        return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))

    return np.array([one(t) for t in x.ravel()]).reshape(x.shape)
""",
    ),
    wrong(
        "sigmoid",
        "inf / inf",
        Known("e^x / (1 + e^x) everywhere"),
        marks={"values": 2, "shapes": 1},
        says=["expected [1, 0], got [nan, 0]", "how large is the numerator"],
    ),
    wrong(
        "sigmoid",
        "upside down",
        Known("the minus sign is missing"),
        says="falls from 1 to 0",
    ),
    wrong(
        "sigmoid",
        "elements share",
        Known("softmax for sigmoid"),
        says="on itself alone",
    ),
    wrong(
        "sigmoid",
        "from -1 to 1",
        Known("tanh for sigmoid"),
        says="A probability starts at 0",
    ),
    wrong(
        "sigmoid",
        "cut at 500",
        "def sigmoid(x):\n    return np.where(x > 500, 2.0, 1 / (1 + np.exp(-np.clip(x, -500, 500))))",
        marks={"values": 2, "shapes": 1},
        says="stability: ",
        mistake="",
    ),
    wrong(
        "sigmoid",
        "in place",
        "def sigmoid(x):\n    x *= -1\n    np.exp(x, out=x)\n    return 1 / (1 + x)",
        marks={"values": 2, "stability": 1},
        says="shapes: ",
        mistake="",
    ),
    *unusable("sigmoid"),
    right(
        "sigmoid_grad",
        "two sigmoids",
        "def sigmoid_grad(x):\n    return sigmoid(x) * sigmoid(-x)",
    ),
    right(
        "sigmoid_grad",
        "exponentials of -|x|",
        "def sigmoid_grad(x):\n    e = np.exp(-np.abs(x))\n    return e / (1 + e) ** 2",
    ),
    right(
        "sigmoid_grad",
        "through cosh",
        "def sigmoid_grad(x):\n    return 0.25 / np.cosh(x / 2) ** 2",
    ),
    wrong(
        "sigmoid_grad",
        "at the activation",
        Known("the slope taken at the activation"),
        says="what goes in, or what comes out",
    ),
    # Minus the right slope is right where both are 0.
    wrong(
        "sigmoid_grad",
        "negative",
        Known("the inner derivative is missing"),
        marks={"stability": 0},
        says="a third factor",
    ),
    wrong(
        "sigmoid_grad",
        "power -1",
        Known("the power did not fall"),
        says="Which power",
    ),
    wrong(
        "sigmoid_grad",
        "overflow",
        Known("e^(-x) / (1 + e^(-x))^2 everywhere"),
        marks={"values": 2, "shapes": 1},
        says="got [0, nan]",
    ),
    *unusable("sigmoid_grad"),
    right(
        "tanh_grad",
        "through cosh",
        "def tanh_grad(x):\n    return np.cosh(x) ** -2.0",
    ),
    right(
        "tanh_grad",
        "four sigmoid slopes",
        "def tanh_grad(x):\n    return 4 * sigmoid_grad(2 * x)",
    ),
    right(
        "tanh_grad",
        "a product",
        "def tanh_grad(x):\n    t = np.tanh(x)\n    return (1 - t) * (1 + t)",
    ),
    wrong(
        "tanh_grad",
        "at the activation",
        Known("the slope taken at the activation"),
        says="what goes in, or what comes out",
    ),
    wrong(
        "tanh_grad",
        "no square",
        Known("the square is missing"),
        says="Which power of tanh",
    ),
    wrong("tanh_grad", "plus", Known("plus for minus"), says="never exceeds 1"),
    wrong(
        "tanh_grad",
        "the sigmoid's",
        Known("the sigmoid's formula"),
        says="belongs to the sigmoid",
    ),
    wrong(
        "tanh_grad",
        "overflow",
        Known("tanh built from exponentials"),
        marks={"values": 2, "shapes": 1},
        says="got [nan, nan]",
    ),
    *unusable("tanh_grad"),
    right(
        "sigmoid_from_tanh",
        "two halves",
        "def sigmoid_from_tanh(x):\n    return 0.5 + np.tanh(x / 2) / 2",
    ),
    right(
        "sigmoid_from_tanh",
        "by the sigmoid itself",
        "def sigmoid_from_tanh(x):\n    return sigmoid(x)",
    ),
    wrong(
        "sigmoid_from_tanh",
        "x for x / 2",
        Known("x is not halved"),
        marks={"stability": 0},
        says="too steep",
    ),
    wrong(
        "sigmoid_from_tanh",
        "tanh",
        Known("not lifted"),
        says="two steps after the tanh",
    ),
    wrong(
        "sigmoid_from_tanh",
        "half of the tanh",
        Known("halved before it is lifted"),
        says="At 0 you get 1",
    ),
    wrong("sigmoid_from_tanh", "2x", Known("x is doubled"), says="How wide"),
    *unusable("sigmoid_from_tanh"),
]

SOFTPLUS = [
    right(
        "softplus", "logaddexp", "def softplus(x):\n    return np.logaddexp(x, 0)"
    ),
    right(
        "softplus",
        "by cases, with log1p",
        """
def softplus(x):
    small = np.log1p(np.exp(np.minimum(x, 0)))
    large = x + np.log1p(np.exp(-np.maximum(x, 0)))
    return np.where(x >= 0, large, small)
""",
    ),
    wrong(
        "softplus",
        "overflow on the right",
        Known("log(1 + e^x) everywhere"),
        marks={"values": 2, "shapes": 1},
        says=["expected [1000], got [inf]", "out of the bracket"],
    ),
    wrong(
        "softplus",
        "overflow on the left",
        Known("x + log(1 + e^(-x)) everywhere"),
        marks={"values": 2, "shapes": 1},
        says="which exponential do you meet",
    ),
    wrong("softplus", "mirrored", Known("softplus of -x"), says="Your curve falls"),
    wrong(
        "softplus", "relu", Known("relu for softplus"), says="ln 2 above the corner"
    ),
    wrong("softplus", "the identity", Known("the 1 is missing"), says="x itself"),
    *unusable("softplus"),
    right(
        "log_sigmoid",
        "logaddexp",
        "def log_sigmoid(x):\n    return -np.logaddexp(0, -x)",
    ),
    right(
        "log_sigmoid",
        "x minus softplus",
        "def log_sigmoid(x):\n    return np.minimum(x, 0) - softplus(-np.abs(x))",
    ),
    wrong(
        "log_sigmoid",
        "two steps",
        Known("the logarithm taken after the sigmoid"),
        marks={"values": 2, "shapes": 1},
        says="already rounded to 0",
    ),
    wrong(
        "log_sigmoid",
        "overflow",
        Known("-log(1 + e^(-x)) everywhere"),
        marks={"values": 2, "shapes": 1},
        says="expected [-1000], got [-inf]",
    ),
    wrong(
        "log_sigmoid",
        "-softplus(x)",
        Known("the inner minus is missing"),
        says="should the result be near 0",
    ),
    wrong(
        "log_sigmoid",
        "softplus(-x)",
        Known("the outer minus is missing"),
        says="at most 1",
    ),
    *unusable("log_sigmoid"),
]

NORMS = [
    right("sign", "np.sign", "def sign(x):\n    return np.sign(x)"),
    right(
        "sign",
        "a loop",
        "def sign(x):\n    flat = [(t > 0) - (t < 0) for t in x.ravel().tolist()]\n    return np.array(flat).reshape(x.shape)",
    ),
    wrong(
        "sign",
        ">= 0",
        Known("zero counted as positive"),
        marks={"values": 2, "shapes": 1},
        says="got [1]",
    ),
    wrong(
        "sign",
        "<= 0",
        Known("zero counted as negative"),
        marks={"values": 2, "shapes": 1},
        says="got [-1]",
    ),
    wrong(
        "sign",
        "0 / 0",
        Known("x / |x|"),
        marks={"values": 2, "shapes": 1},
        says="expected [0], got [nan]",
    ),
    # At zero the one indicator is 0, as it should be.
    wrong(
        "sign",
        "half of it",
        Known("one indicator only"),
        marks={"zero": 0},
        says="the second indicator",
    ),
    wrong(
        "sign",
        "exchanged",
        Known("the indicators exchanged"),
        says="come out as -1",
    ),
    wrong(
        "sign",
        "True minus True",
        "def sign(x):\n    return (x > 0) - (x < 0)",
        says="numpy boolean subtract",
        mistake="",
    ),
    *unusable("sign"),
    right("squared_l2_grad", "a sum", "def squared_l2_grad(x):\n    return x + x"),
    right(
        "squared_l2_grad",
        "row of the Hessian by row",
        "def squared_l2_grad(x):\n    return np.einsum('ij,j->i', 2 * np.eye(x.size), x)",
    ),
    wrong(
        "squared_l2_grad",
        "half",
        Known("the 2 is missing"),
        says="half the squared norm",
    ),
    wrong(
        "squared_l2_grad",
        "the norm",
        Known("the norm for its gradient"),
        says="one entry per element",
    ),
    wrong(
        "squared_l2_grad",
        "summed",
        Known("the gradient summed up"),
        says="One number comes out",
    ),
    wrong(
        "squared_l2_grad",
        "with a root",
        Known("the norm without its square"),
        says="Here there is no root",
    ),
    # `shapes` asks about a vector of one element, 1.75; there these two are right, and so is the mean below.
    wrong(
        "squared_l2_grad",
        "no sign",
        Known("the sign is lost"),
        marks={"shapes": 1},
        says="At -4 the parabola",
    ),
    wrong(
        "squared_l2_grad",
        "the mean",
        Known("divided by the number of elements"),
        marks={"shapes": 1},
        says="The norm is a sum",
    ),
    wrong(
        "squared_l2_grad",
        "a column",
        "def squared_l2_grad(x):\n    return 2 * x.reshape(-1, 1)",
        marks={"values": 2},  # the right numbers in the wrong shape
        says="expected shape (2,), got (2, 1)",
        mistake="",
    ),
    *unusable("squared_l2_grad"),
    right(
        "l1_grad",
        "1 at the corner",
        "def l1_grad(x):\n    return np.where(x < 0, -1.0, 1.0)",
    ),
    right(
        "l1_grad",
        "np.sign",
        "def l1_grad(x):\n    return np.array([np.sign(t) for t in x])",
    ),
    right(
        "l1_grad",
        "0.3 at the corner",
        "def l1_grad(x):\n    return np.sign(x) + 0.3 * (x == 0)",
    ),
    wrong(
        "l1_grad",
        "0 / 0",
        "def l1_grad(x):\n    return x / np.abs(x)",
        marks={"values": 2, "shapes": 1},
        says=["nan", "subgradient"],
    ),
    wrong(
        "l1_grad",
        "|x|",
        Known("the terms for their slopes"),
        says="in which direction",
    ),
    wrong(
        "l1_grad",
        "summed",
        Known("the gradient summed up"),
        says="One number comes out",
    ),
    wrong(
        "l1_grad",
        "no bars",
        Known("the bars are ignored"),
        says="falls. What is its slope",
    ),
    wrong(
        "l1_grad",
        "the mean",
        Known("divided by the number of elements"),
        marks={"shapes": 1},
        says="The norm is a sum",
    ),
    wrong(
        "l1_grad",
        "2x",
        Known("the gradient of the squared norm"),
        says="steeper as you walk out",
    ),
    *unusable("l1_grad"),
]


def chain(name, *lines):
    """Return a solution cell: a chain, one line a row."""
    return f"{name} = [\n" + "".join(f"    {line!r},\n" for line in lines) + "]"


GRAD, TANH = "derive_sigmoid_grad", "derive_sigmoid_tanh"
DIFFERENCE, LOG = "derive_softplus_difference", "derive_log_sigmoid"

SLOPE = "diff(sigmoid(x), x)"
BOOK = [
    SLOPE,
    "diff((1 + exp(-x))**(-1), x)",
    "-(1 + exp(-x))**(-2) * diff(1 + exp(-x), x)",
]

DERIVATIONS = [
    right(
        GRAD,
        "the quotient rule, then a split fraction",
        chain(
            GRAD,
            SLOPE,
            "diff(1 / (1 + exp(-x)), x)",
            "-diff(1 + exp(-x), x) / (1 + exp(-x))**2",
            "-diff(exp(-x), x) / (1 + exp(-x))**2",
            "exp(-x) / (1 + exp(-x))**2",
            "1 / (1 + exp(-x)) * exp(-x) / (1 + exp(-x))",
            "1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x)))",
            "sigmoid(x) * (1 - sigmoid(x))",
        ),
    ),
    right(
        GRAD,
        "multiplied out at the end, a tuple",
        f"{GRAD} = ("
        + "".join(f"{line!r}, " for line in BOOK)
        + """
    "-(1 + exp(-x))**(-2) * diff(exp(-x), x)",
    "= (1 + exp(-x))**(-2) * exp(-x)",
    "= sigmoid(x)**2 * np.exp(-x)",
    "= sigmoid(x)**2 * (1 + exp(-x) - 1)",
    "= sigmoid(x)**2 * (1 / sigmoid(x) - 1)",
    "= sigmoid(x) - sigmoid(x)**2",
)""",
    ),
    right(
        GRAD,
        "as seed B has it",
        chain(
            GRAD,
            SLOPE,
            "-1 * (1 + exp(-x))**(-2) * exp(-x) * (-1)",
            "exp(-x) * (1 / (1 + exp(-x))**2)",
            "exp(-x) / (1 + exp(-x))**2",
            "(1 - sigmoid(x)) / sigmoid(x) * sigmoid(x)**2",
            "sigmoid(x) * (1 - sigmoid(x))",
        ),
    ),
    wrong(
        GRAD,
        "the inner minus lost",
        chain(
            GRAD,
            *BOOK,
            "-(1 + exp(-x))**(-2) * exp(-x)",
            "sigmoid(x) * (1 - sigmoid(x))",
        ),
        says="line 4",
    ),
    wrong(
        GRAD,
        "the outer power did not fall",
        chain(
            GRAD,
            *BOOK[:2],
            "-(1 + exp(-x))**(-1) * diff(1 + exp(-x), x)",
            "sigmoid(x) * (1 - sigmoid(x))",
        ),
        says="line 3",
    ),
    wrong(
        GRAD,
        "in one step",
        chain(GRAD, SLOPE, "sigmoid(x) * (1 - sigmoid(x))"),
        marks={"values": 2},
        says="rules",
    ),
    wrong(
        GRAD,
        "ends with an exponential",
        chain(
            GRAD,
            *BOOK,
            "-(1 + exp(-x))**(-2) * diff(exp(-x), x)",
            "exp(-x) / (1 + exp(-x))**2",
        ),
        says="sigmoid",
    ),
    wrong(
        GRAD,
        "goes on past the end",
        chain(
            GRAD,
            SLOPE,
            "exp(-x) / (1 + exp(-x))**2",
            "sigmoid(x) * (1 - sigmoid(x))",
            "exp(-x) / (1 + exp(-x))**2",
        ),
        says="line 3 has the form that is asked for",
    ),
    wrong(
        GRAD,
        "s for sigmoid(x)",
        chain(GRAD, *BOOK, "exp(-x) / (1 + exp(-x))**2", "s * (1 - s)"),
        says=["the names here are x", "write `sigmoid(x)` out"],
    ),
    wrong(
        GRAD,
        "s (1 - s) is taken for s (1 - x)",
        chain(GRAD, SLOPE, "sigmoid(x) * (1 - x)"),
        says="line 2",
    ),
    *unusable_chain(GRAD),
    right(
        TANH,
        "top and bottom multiplied",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
            "(exp(x/2) - exp(-x/2) + exp(x/2) + exp(-x/2)) / (2 * (exp(x/2) + exp(-x/2)))",
            "2 * exp(x/2) / (2 * (exp(x/2) + exp(-x/2)))",
            "exp(x/2) * exp(-x/2) / ((exp(x/2) + exp(-x/2)) * exp(-x/2))",
            "exp(x/2 - x/2) / (exp(x/2) * exp(-x/2) + exp(-x/2) * exp(-x/2))",
            "1 / (exp(x/2 - x/2) + exp(-x/2 - x/2))",
            "1 / (1 + exp(-x))",
            "sigmoid(x)",
        ),
    ),
    right(
        TANH,
        "as seed B has it",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
            "1/2 * (2 * exp(x/2) / (exp(x/2) + exp(-x/2)))",
            "exp(x/2) / (exp(x/2) + exp(-x/2))",
            "exp(x/2) / (exp(x/2) * (1 + exp(-x/2) / exp(x/2)))",
            "1 / (1 + exp(-x))",
            "sigmoid(x)",
        ),
    ),
    right(
        TANH,
        "to the second form",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
            "exp(x/2) / (exp(x/2) + exp(-x/2))",
            "exp(x) / (exp(x) + 1)",
            "sigmoid(x)",
        ),
    ),
    wrong(
        TANH,
        "a comma forgotten",
        """
derive_sigmoid_tanh = [
    "(tanh(x / 2) + 1) / 2",
    "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2"
    "exp(x/2) / (exp(x/2) + exp(-x/2))",
    "sigmoid(x)",
]
""",
        says=["line 2", "comma missing"],
    ),
    wrong(
        TANH,
        "the halves forgotten",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x) - exp(-x)) / (exp(x) + exp(-x)) + 1) / 2",
            "exp(x) / (exp(x) + exp(-x))",
            "sigmoid(x)",
        ),
        says="line 2",
    ),
    wrong(
        TANH,
        "the 1 left out",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
            "(exp(x/2) - exp(-x/2) + 1) / (exp(x/2) + exp(-x/2)) / 2",
            "exp(x/2) / (exp(x/2) + exp(-x/2))",
            "sigmoid(x)",
        ),
        says="line 3",
    ),
    wrong(
        TANH,
        "in one step",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
            "sigmoid(x)",
        ),
        marks={"values": 2},
        says="rules",
    ),
    wrong(
        TANH,
        "nothing but the given lines",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "(1 + tanh(x / 2)) / 2",
            "2 * sigmoid(x) / 2",
            "sigmoid(x)",
        ),
        says="no line of your own",
    ),
    wrong(
        TANH,
        "stops before the end",
        chain(
            TANH,
            "(tanh(x / 2) + 1) / 2",
            "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
            "exp(x/2) / (exp(x/2) + exp(-x/2)) + 0 * x",
            "exp(x) / (exp(x) - 1)",
        ),
        says="line 4",
    ),
    *unusable_chain(TANH),
    right(
        DIFFERENCE,
        "one logarithm split up",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "log(1 + exp(x)) - log(1 + exp(-x))",
            "log(exp(x) * (exp(-x) + 1)) - log(1 + exp(-x))",
            "log(exp(x)) + log(exp(-x) + 1) - log(1 + exp(-x))",
            "x",
        ),
    ),
    right(
        DIFFERENCE,
        "as seed B has it, mended",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "log(1 + exp(x)) - log(1 + exp(-x))",
            "log((1 + exp(x)) / (1 + exp(-x)))",
            "log((1 + exp(x)) / (1 + 1 / exp(x)))",
            "log(exp(x) * (1 + exp(x)) / (1 + exp(x)))",
            "x",
        ),
    ),
    wrong(
        DIFFERENCE,
        "the proof that went round",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "log(1 + exp(x)) - log(1 + exp(-x))",
            "log((1 + exp(x)) / (1 + exp(-x)))",
            "log((1 + exp(x)) / (1 + 1 / exp(x)))",
            "log(exp(x) * (1 + exp(-x)) / (1 + exp(x)))",
            "x",
        ),
        says=["line 5", "0"],
    ),
    wrong(
        DIFFERENCE,
        "the logarithm of a sum taken apart",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "log(1 + exp(x)) - log(1 + exp(-x))",
            "log(1) + log(exp(x)) - log(1) - log(exp(-x))",
            "2 * x",
            "x",
        ),
        says="line 3",
    ),
    wrong(
        DIFFERENCE,
        "nothing between",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "log(1 + exp(x)) - softplus(-x)",
            "x",
        ),
        marks={"values": 2},
        says="rules",
    ),
    wrong(
        DIFFERENCE,
        "nothing but the given lines",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "x - softplus(-x) + softplus(-x)",
            "x",
        ),
        says="no line of your own",
    ),
    wrong(
        DIFFERENCE,
        "the wrong quotient",
        chain(
            DIFFERENCE,
            "softplus(x) - softplus(-x)",
            "log(1 + exp(x)) - log(1 + exp(-x))",
            "log((1 + exp(-x)) / (1 + exp(x)))",
            "log(exp(x))",
            "x",
        ),
        says="line 3",
    ),
    *unusable_chain(DIFFERENCE),
    right(
        LOG,
        "the logarithm of a quotient",
        chain(
            LOG,
            "log(sigmoid(x))",
            "ln(1 / (1 + exp(-x)))",
            "ln(1) - ln(1 + exp(-x))",
            "-softplus(-x)",
        ),
    ),
    right(
        LOG,
        "x minus softplus(x)",
        chain(
            LOG,
            "log(sigmoid(x))",
            "log(1 / (1 + exp(-x)))",
            "log(exp(x) / (exp(x) + 1))",
            "log(exp(x)) - log(1 + exp(x))",
            "x - softplus(x)",
        ),
    ),
    right(
        LOG,
        "by both forms proved before",
        chain(
            LOG,
            "log(sigmoid(x))",
            "log(exp(x) / (1 + exp(x)))",
            "x - log(1 + exp(x))",
            "x - softplus(x)",
            "-softplus(-x)",
        ),
    ),
    wrong(
        LOG,
        "a comma forgotten before a minus",
        """
derive_log_sigmoid = [
    "log(sigmoid(x))",
    "-log(1 + exp(-x))"
    "-softplus(-x)",
]
""",
        says=["line 2", "comma missing"],
    ),
    wrong(
        LOG,
        "in one step",
        chain(LOG, "log(sigmoid(x))", "-softplus(-x)"),
        marks={"values": 2},
        says="it takes 3 rules",
    ),
    wrong(
        LOG,
        "the inner minus lost",
        chain(
            LOG,
            "log(sigmoid(x))",
            "log(1 / (1 + exp(-x)))",
            "-log(1 + exp(-x))",
            "-softplus(x)",
        ),
        says="line 4",
    ),
    wrong(
        LOG,
        "the outer minus lost",
        chain(
            LOG,
            "log(sigmoid(x))",
            "log(1 / (1 + exp(-x)))",
            "log(1 + exp(-x))",
            "softplus(-x)",
        ),
        says="line 3",
    ),
    wrong(
        LOG,
        "ends without softplus",
        chain(
            LOG, "log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))"
        ),
        says="softplus",
    ),
    wrong(
        LOG,
        "the first line again",
        chain(LOG, "log(sigmoid(x))", "log(sigmoid(x))"),
        says="not written yet",
    ),
    *unusable_chain(LOG),
]

SLIP = [
    right(
        "find_the_slip",
        "with a calculator",
        """
lines = [
    np.log(1 + np.exp(1)) - np.log(1 + np.exp(-1)),
    np.log((1 + np.exp(1)) / (1 + np.exp(-1))),
    np.log((1 + np.exp(1)) / (1 + 1 / np.exp(1))),
    np.log(np.exp(1) * (1 + np.exp(-1)) / (1 + np.exp(1))),
    1,
]
find_the_slip = [round(float(line), 6) for line in lines].index(0) + 1
""",
    ),
    wrong(
        "find_the_slip",
        "the last line",
        "find_the_slip = 5",
        says="Put x = 1 into each line",
    ),
    wrong(
        "find_the_slip",
        "the line before",
        "find_the_slip = 3",
        says="Put x = 1 into each line",
    ),
    wrong(
        "find_the_slip",
        "counted from 0",
        "find_the_slip = 0",
        says="numbered from 1 to 5",
    ),
    wrong(
        "find_the_slip",
        "between the lines",
        "find_the_slip = 4.5",
        says="the number of one line",
    ),
    wrong(
        "find_the_slip",
        "two lines",
        "find_the_slip = [3, 4]",
        says="the number of one line",
    ),
    wrong(
        "find_the_slip",
        "a list of the right one",
        "find_the_slip = np.array([4])",
        says="the number of one line",
    ),
    wrong(
        "find_the_slip",
        "a truth value",
        "find_the_slip = True",
        says="the number of one line",
    ),
    wrong(
        "find_the_slip",
        "left as it was",
        "find_the_slip = (\n    # YOUR LINES HERE\n)",
        says="not written yet",
    ),
    wrong(
        "find_the_slip",
        "a comma behind the number",
        "find_the_slip = (4,)",
        says="without a comma",
    ),
    *unusable_value("find_the_slip", says={"NaN": "nan", "wrong type": "no idea"}),
]

FROM_THE_FIELD = [
    right(
        "relu_grad",
        "half a slope at the corner",
        """
def relu_grad(x):
    return np.heaviside(x, 0.5)
""",
    ),
    right(
        "sigmoid_grad",
        "a quarter over cosh squared, which overflows to the right answer",
        """
def sigmoid_grad(x):
    return 0.25 / np.cosh(x / 2) ** 2
""",
    ),
    right(
        "tanh_grad",
        "four over a square that overflows",
        """
def tanh_grad(x):
    return 4 / (np.exp(x) + np.exp(-x)) ** 2
""",
    ),
    wrong(
        "sigmoid",
        "two divisions for one",
        Known("the bracket of the denominator left out"),
        says="line of the fraction",
    ),
    wrong(
        "sigmoid", "one minus the exponential", Known("a minus in the denominator")
    ),
    wrong("sigmoid_grad", "a plus by mistake", Known("plus for minus")),
    wrong(
        "sigmoid_grad",
        "a function that takes its own result",
        Known("the sigmoid of the sigmoid"),
    ),
    wrong("tanh_grad", "tanh of a square", Known("the square inside tanh")),
    wrong("tanh_grad", "a bracket too wide", Known("the square around everything")),
    wrong("softplus", "log2", Known("the logarithm to base 2")),
    wrong(
        "l1_grad",
        "the unit vector",
        Known("the vector scaled to length 1"),
        marks={"shapes": 1},
    ),
    wrong("sigmoid_from_tanh", "the curve that falls", Known("minus for plus")),
    wrong(
        "sigmoid_from_tanh",
        "tanh from the sigmoid",
        Known("the identity read the other way"),
    ),
]

ANSWERS = [
    *RECTIFIER,
    *SIGMOID,
    *SOFTPLUS,
    *NORMS,
    *DERIVATIONS,
    *SLIP,
    *FROM_THE_FIELD,
]
