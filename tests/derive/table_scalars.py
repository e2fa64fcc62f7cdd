"""The table, chapter two: one number at a time; laws, domains, and what equal means."""

from __future__ import annotations

from autograder.check import Derivation, Only

from .table import Section, astray, far, right, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

LAWS = Section(
    "A chain from a start to an end",
    "The model of a chain. The first line that differs from the one before it is named, with a point that shows it.",
    Derivation(start="log(sigmoid(x))", end="-softplus(-x)", given="x real"),
    (
        right("log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))", "-softplus(-x)", why="the model"),
        right("log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))", "-softplus(-x)",
              why="the given start need not be repeated: the first line is a step from it"),
        right("log(sigmoid(x))", "log(1) - log(1 + exp(-x))", "0 - log(1 + exp(-x))", "-softplus(-x)",
              why="the seed's own way, with ln 1 = 0"),
        right("log(sigmoid(x))", "-log(1 + exp(-x))", "-softplus(-x)", why="two rules in one step are fine"),
        far(2, "log(sigmoid(x))", "log(exp(x) / (1 + exp(x)))", "x - log(1 + exp(x))", "x - softplus(x)",
            "-softplus(-x)", says="definition of sigmoid",
            why="a longer way round; its first step also takes a fraction times exp(x) over exp(x)"),
        wrong(2, "log(sigmoid(x))", "log(1 / (1 + exp(x)))", "-softplus(-x)", says=("line 1", "line 2", "x = "),
              why="the sign in the exponent"),
        wrong(3, "log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "log(1 + exp(-x))", "-softplus(-x)",
              says=("line 2", "line 3", "x = "), why="the log of a quotient with numerator 1 is negative"),
        wrong(3, "log(sigmoid(x))", "-log(1 + exp(-x))", "-softplus(x)", says="line 3",
              why="softplus of x, not of -x"),
        wrong(2, "log(sigmoid(x))", "log(1) / log(1 + exp(-x))", "-softplus(-x)", says="line 2",
              why="the log of a quotient is not a quotient of logs"),
        wrong(1, "sigmoid(x)", "1 / (1 + exp(-x))", says="line 1", why="the chain starts elsewhere"),
        wrong(1, "0", "-softplus(-x)", says="line 1", why="a chain from nothing"),
        astray("log(sigmoid(x))", "log(1 / (1 + exp(-x)))", says="line 2 is right, and not the end yet",
               why="true, and not at the end yet"),
        astray("log(sigmoid(x))", "-log(1 + exp(-x))", "-softplus(-x)", "-log(1 + exp(-x))",
               says="line 3 has the form that is asked for", why="the end is there, and the chain goes on"),
        wrong(2, "log(sigmoid(x))", "-log(1 + exp(-x))-softplus(-x)", says="comma",
              why="two lines that Python has joined, for want of a comma"),
        astray("log(sigmoid(x))", "log(1 / (1 + exp(-x)))", "-log(1 + exp(-x))", "log(sigmoid(x))",
               why="back where it began: equal in value is not the asked form"),
    ),
)

ANY_REAL = Section(
    "Any real number",
    "`x real` means every real number, negative ones and 0 among them. A law that holds on a part only is a wrong step.",
    Derivation(start="log(exp(x)) + 0 * c", given="x real; c real"),
    (
        right("log(exp(x)) + 0 * c", "x", why="log undoes exp on all reals"),
        right("log(exp(x)) + 0 * c", "log(exp(x + c - c))", "x", why="a detour by another name"),
        right("log(exp(x)) + 0 * c", "x", "relu(x) - relu(-x)", why="two definitions"),
        right("log(exp(x)) + 0 * c", "x", "sign(x) * abs(x)", why="holds at 0 too: sign(0) is 0"),
        wrong(3, "log(exp(x)) + 0 * c", "x", "exp(log(x))", says="x = ", why="log has no value at a negative number"),
        wrong(3, "log(exp(x)) + 0 * c", "x", "sqrt(x ** 2)", says="x = -", why="the root of a square is |x|"),
        wrong(3, "log(exp(x)) + 0 * c", "x", "abs(x)", says="x = -", why="differs left of 0"),
        wrong(3, "log(exp(x)) + 0 * c", "x", "relu(x)", says="x = -", why="differs left of 0"),
        wrong(3, "log(exp(x)) + 0 * c", "x", "x ** 2 / x", says="x = 0", why="undefined at 0, which is a real number"),
        wrong(3, "log(exp(x)) + 0 * c", "x", "x * (x > 0)", says="x = -", why="a comparison counts 1 or 0"),
        wrong(2, "log(exp(x)) + 0 * c", "c", says=("x = ", "c = "), why="a point gives a value to every name in it"),
    ),
)

POSITIVE = Section(
    "Positive numbers",
    "`x positive` makes more laws true.",
    Derivation(start="2 * log(x)", given="x positive; y positive"),
    (
        right("2 * log(x)", "log(x ** 2)", why="the law for powers"),
        right("2 * log(x)", "log(x) + log(x)", "log(x * x)", why="the law for products"),
        right("2 * log(x)", "log(x ** 2)", "log(abs(x) ** 2)", why="|x| is x here"),
        right("2 * log(x)", "2 * log(x * y / y)", "2 * (log(x * y) - log(y))", why="the law for quotients"),
        right("2 * log(x)", "4 * log(sqrt(x))", why="a root is the power 1/2"),
        wrong(2, "2 * log(x)", "log(2 * x)", says="x = ", why="a factor does not go in as a factor"),
        wrong(2, "2 * log(x)", "log(x) ** 2", says="x = ", why="the square of the log, not the log of the square"),
        wrong(2, "2 * log(x)", "log(x + x)", says="x = ", why="a sum is not a product"),
        wrong(3, "2 * log(x)", "2 * log(x * y / y)", "2 * log(x * y) / log(y)", says="y = ",
              why="a log of a quotient is a difference of logs"),
    ),
)

NOT_REAL_LINE = Section(
    "The same law where it does not hold",
    "The start is the one above with `x nonzero` in the place of `x positive`.",
    Derivation(start="log(x ** 2)", given="x nonzero"),
    (
        right("log(x ** 2)", "2 * log(abs(x))", why="true left and right of 0"),
        right("log(x ** 2)", "log(abs(x) ** 2)", "2 * log(abs(x))", why="in two steps"),
        right("log(x ** 2)", "log(x ** 2) * x / x", why="x / x is 1 where x is not 0"),
        wrong(2, "log(x ** 2)", "2 * log(x)", says="x = -", why="has no value left of 0"),
    ),
)

INTERVAL = Section(
    "An interval",
    "`x in (0, 1)` is the open interval.",
    Derivation(start="sqrt((1 - x) ** 2)", given="x in (0, 1)"),
    (
        right("sqrt((1 - x) ** 2)", "1 - x", why="1 - x is positive there"),
        right("sqrt((1 - x) ** 2)", "1 - x", "exp(log(1 - x))", why="its log exists there"),
        right("sqrt((1 - x) ** 2)", "abs(1 - x)", "1 - x", why="in two steps"),
        wrong(2, "sqrt((1 - x) ** 2)", "x - 1", says="x = 0.", why="the negative root"),
        wrong(2, "sqrt((1 - x) ** 2)", "1 - x ** 2", says="x = 0.", why="another function altogether"),
    ),
)

EQUAL = Section(
    "Equal means equal",
    "Lines are compared with some fifty digits, so that a small difference is a difference and cancellation hides nothing.",
    Derivation(start="softplus(x) - softplus(-x)", given="x real"),
    (
        right("softplus(x) - softplus(-x)", "log(1 + exp(x)) - log(1 + exp(-x))", why="the definition, twice"),
        right("softplus(x) - softplus(-x)", "log(1 + exp(x)) - log(1 + exp(-x))",
              "log((1 + exp(x)) / (1 + exp(-x)))", why="no digit is lost far out"),
        wrong(2, "softplus(x) - softplus(-x)", "softplus(x) - softplus(-x) + 1e-9 * 1e-9 * 1e-2", says="line 2",
              why="a difference that floats would not see"),
        wrong(2, "softplus(x) - softplus(-x)", "softplus(x) - softplus(-x) + 0 * log(x)", says="x = ",
              why="has no value left of 0, so it is another function"),
        wrong(2, "softplus(x) - softplus(-x)", "1.00000000001 * softplus(x) - softplus(-x)", says="line 2",
              why="nearly is not equal"),
        wrong(2, "softplus(x) - softplus(-x)", "max(x, 0) - max(-x, 0) + exp(-1000)", says="line 2",
              why="at 0 the two differ in the 435th digit"),
        wrong(2, "softplus(x) - softplus(-x)", "tanh(x)", says="x = ", why="equal at 0 alone"),
        wrong(2, "softplus(x) - softplus(-x)", "x + sin(3.14159265359 * x)", says="x = ",
              why="equal at whole numbers, nearly"),
    ),
)

ONLY = Section(
    "An end in one function alone",
    '`last=Only("sigmoid")`: the last line holds no other function, and is not much longer than `end`.',
    Derivation(
        start="diff(sigmoid(x), x)", end="sigmoid(x) * (1 - sigmoid(x))", last=Only("sigmoid"), given="x real",
    ),
    (
        right("diff(sigmoid(x), x)", "diff(1 / (1 + exp(-x)), x)", "exp(-x) / (1 + exp(-x)) ** 2",
              "1 / (1 + exp(-x)) * (exp(-x) / (1 + exp(-x)))",
              "sigmoid(x) * (exp(-x) / (1 + exp(-x)))",
              "sigmoid(x) * (1 - 1 / (1 + exp(-x)))", "sigmoid(x) * (1 - sigmoid(x))", why="the long way"),
        far(2, "diff(sigmoid(x), x)", "sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) - sigmoid(x) ** 2",
            says="definition of sigmoid", why="true, in sigmoid alone, and not proved"),
        right("diff(sigmoid(x), x)", "diff(1 / (1 + exp(-x)), x)", "exp(-x) / (1 + exp(-x)) ** 2",
              "sigmoid(x) ** 2 * exp(-x)", "sigmoid(x) ** 2 * (1 / sigmoid(x) - 1)", "sigmoid(x) - sigmoid(x) ** 2",
              why="another equal form in sigmoid alone"),
        astray("diff(sigmoid(x), x)", "exp(-x) / (1 + exp(-x)) ** 2", says="exp", why="right, and not in sigmoid alone"),
        astray("diff(sigmoid(x), x)", "sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) * sigmoid(-x)",
               "diff(sigmoid(x), x)", why="`diff` is a function too"),
        wrong(2, "diff(sigmoid(x), x)", "sigmoid(x) * (1 + sigmoid(x))", says="line 2", why="a sign"),
        wrong(2, "diff(sigmoid(x), x)", "sigmoid(x) - sigmoid(x ** 2)", says="line 2", why="the square stands inside"),
    ),
)

PIECES = Section(
    "Cases and comparisons",
    "A function in pieces is `a if x > 0 else b` or `where(x > 0, a, b)`; a comparison alone counts 1 or 0.",
    Derivation(start="sign(x)", given="x real"),
    (
        right("sign(x)", "(x > 0) - (x < 0)", why="the seed's two indicators; both are 0 at 0"),
        right("sign(x)", "1 if x > 0 else (-1 if x < 0 else 0)", why="three pieces"),
        right("sign(x)", "where(x > 0, 1, 0) - where(x < 0, 1, 0)", why="the same by where"),
        right("sign(x)", "(x > 0) * 1 + (x < 0) * (-1)", why="indicators as factors"),
        wrong(2, "sign(x)", "(x >= 0) - (x < 0)", says="x = 0", why="differs at 0 alone, and 0 is tried"),
        wrong(2, "sign(x)", "1 if x > 0 else -1", says="x = 0", why="differs at 0 alone"),
        wrong(2, "sign(x)", "x / abs(x)", says="x = 0", why="has no value at 0"),
        wrong(2, "sign(x)", "2 * (x > 0) - 1", says="x = 0", why="differs at 0 alone"),
        wrong(2, "sign(x)", "tanh(1000 * x)", says="x = ", why="nearly a step, and not one"),
    ),
)

SECTIONS = [LAWS, ANY_REAL, POSITIVE, NOT_REAL_LINE, INTERVAL, EQUAL, ONLY, PIECES]
