"""The table, chapter eight: lines that try to run, to crash or to stall the grader. Each is refused at once."""

from __future__ import annotations

from autograder.check import Derivation
from autograder.derive._points import ODD as ODD_POINTS
from autograder.derive._points import SIMPLE

from .table import Section, far, right, unjudged, unread, unwritten, wrong

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

START = "log(sigmoid(x))"
MILLION = 1_000_000
ODD = "softplus(x) - softplus(-x)"
LOST = "10**(-30) / 10**(-30)"
ROOTS = "*".join(
    f"(x - {value})".replace("- -", "+ ") for value in (*SIMPLE, *ODD_POINTS) if len(value) < 12
)

RUN = Section(
    "Lines that would run something",
    "A line is data. It is never evaluated; what is not an expression of this language is refused by name.",
    Derivation(start=START, given="x real"),
    (
        unread(2, START, "__import__('os').system('id')", why="an import"),
        unread(2, START, "x.__class__", says="_", why="an attribute with underscores"),
        unread(2, START, "().__class__.__bases__", why="the way out of a naive sandbox"),
        unread(2, START, "__builtins__", says="_", why="a name with underscores"),
        unread(2, START, "exp.__globals__", why="a function's inside"),
        unread(2, START, "x.T.__init__", why="underscores behind a method that exists"),
        unread(2, START, "open(1)", says="open", why="a function that is none of the language's"),
        unread(2, START, "eval(x)", says="eval", why="no eval"),
        unread(2, START, "lambda: x", says="lambda", why="no functions of one's own"),
        unread(2, START, "[x for x in x]", why="no comprehensions"),
        unread(2, START, "(x := 3)", says=":=", why="no assignments"),
        unread(2, START, "f'{x}'", why="no texts that compute"),
        unread(2, START, "x if x else exit()", says="exit", why="no exit"),
        unread(2, START, "yield x", why="no statements"),
        unread(2, START, "await x", why="no statements"),
        unread(2, START, "exp(*x)", why="no unpacking"),
        unread(2, START, "exp(**x)", why="no unpacking"),
        unread(2, START, "sum(j, x, out=x)", why="no keyword but `axis`"),
        unread(2, START, "x.dot", why="no method without its call"),
        unread(2, START, "x.tofile(1)", says="tofile", why="no other method of an array"),
        unread(2, START, "np.load(x)", says="load", why="nothing of NumPy's beyond the language"),
        unread(2, START, "np.linalg.inv(x)", why="nothing of NumPy's beyond the language"),
        wrong(2, START, "x[0:1]", why="x is one number and has no entries"),
        unread(2, START, "True", why="truth values are not numbers here"),
        unread(2, START, "None", why="nothing is not a number"),
    ),
)

LARGE = Section(
    "Lines that are too large",
    "Length, nesting, the number of parts and the size of numbers are bounded before anything is parsed or computed.",
    Derivation(start=START, given="x real"),
    (
        unread(2, START, "(" * MILLION + "x" + ")" * MILLION, shown="a million brackets around x", why="nested"),
        unread(2, START, "-" * MILLION + "x", shown="a million minus signs before x", why="nested without brackets"),
        unread(2, START, "exp(" * 10_000 + "x" + ")" * 10_000, shown="exp of exp of ..., ten thousand deep", why="nested"),
        unread(2, START, "exp(" * 40 + "x" + ")" * 40, shown="exp of exp of ..., forty deep", why="nested, and short"),
        unread(2, START, "x[" * 40 + "0" + "]" * 40, shown="x[x[x[...]]], forty deep", why="nested by indices"),
        unread(2, START, "-" * 500 + "x", shown="five hundred minus signs before x", why="nested, short, no bracket"),
        unread(2, START, "x**" * 150 + "x", shown="x**x**x..., 150 high", why="nested to the right"),
        unread(2, START, "x+" * (MILLION // 2) + "x", shown="a sum of half a million terms, 1 MB", why="long"),
        unread(2, START, " " * MILLION, shown="a million spaces", why="long and empty"),
        unread(2, START, "x" * MILLION, shown="a name of a million letters", why="long"),
        unread(2, START, "1" * MILLION, shown="a number of a million digits", why="long"),
        unread(2, START, "1" * 400, shown="a number of 400 digits", why="a long number in a short line"),
        unread(2, START, "1e999999999 - 1e999999999", says="number", why="a number without end"),
        unread(2, START, "0x" + "f" * 300, shown="a hexadecimal number of 300 digits", why="not a number of paper"),
        unjudged(2, START, "10**10**10", why="ten billion digits, if one computed them"),
        unjudged(2, START, "10**10**10**10", why="and one more floor"),
        unjudged(2, START, "(9**9)**(9**9)", why="the same with brackets"),
        unjudged(2, START, "10**(-10**10)", why="a number next to nothing"),
        unjudged(2, START, "exp(exp(exp(exp(exp(exp(10))))))", why="a tower of exponentials"),
        wrong(2, START, "1 / (x - x)", says="line 2", why="no value anywhere"),
        wrong(2, START, "log(-exp(x))", says="line 2", why="no real value anywhere"),
        wrong(2, START, "sqrt(-1 - x ** 2)", says="line 2", why="no real value anywhere"),
        wrong(2, START, "0 / 0", says="line 2", why="no value at all"),
        wrong(2, START, "sin(" * 25 + "x" + ")" * 25, says="line 2", why="deep, and small enough to be computed"),
        unread(2, START, "sin(10**400 * x)", says="power", why="powers above 100 are refused"),
    ),
)

ALIKE = Section(
    "Letters that look like others",
    "Only plain letters are read, so that what looks equal is equal.",
    Derivation(start=START, given="x real"),
    (
        unread(2, START, "l\u043eg(sigmoid(x))", says="\u043e", why="a Cyrillic o"),
        unread(2, START, "log(sigmoid(\u0445))", says="\u0445", why="a Cyrillic x"),
        unread(2, START, "log(\u03c3(x))", says="sigmoid", why="the Greek letter; its name is `sigmoid`"),
        unread(2, START, "\uff4c\uff4f\uff47(sigmoid(x))", why="full-width letters, which Python itself would accept"),
        unread(2, START, "log(sigmoid(x))\u200b", why="a space of no width"),
        unread(2, START, "\u202elog(sigmoid(x))", why="a mark that turns the direction of writing"),
        unread(2, START, "log(1 \u2215 (1 + exp(\u2212x)))", says="\u2215", why="a division slash and a true minus"),
        unread(2, START, "log(1 / (1 + exp(\u2212x)))", says="-", why="a true minus, as word processors write it"),
        unread(2, START, "log(sigmoid(x)) + x\u00b2 - x\u00b2", says="**", why="a raised two"),
        unread(2, START, "\u2212softplus(\u2212x)", says="-", why="copied from a page"),
        unread(2, START, "log(sigmoid(x))\x00", why="a character that ends texts in other languages"),
        unread(2, START, "log(sigmoid(x))\ud800", shown="a half of a character", why="which cannot be written to a file"),
        unread(2, START, "<script>alert(1)</script>", why="it is shown as text, and runs nothing"),
        unread(2, START, "\\href{javascript:alert(1)}{x}", why="it is shown as text, and not typeset"),
        unread(2, START, "$\\require{html}$", why="it is shown as text, and not typeset"),
    ),
)

ALMOST = Section(
    "Lines that are right at some points alone",
    "The points at which lines are compared are public, but for some that are drawn from the chain's own text, and "
    "some on both sides of the numbers that a line names.",
    Derivation(start="softplus(x) - softplus(-x)", end="x", given="x real"),
    (
        wrong(2, ODD, "x + (x == 0.123456789)", "x", says="x = 0.123456789", why="differs at one point"),
        wrong(2, ODD, "x + relu(x - 50)", "x", says="x = 5", why="differs beyond 50"),
        wrong(3, ODD, "x + relu(x - 1000)", "x", says="x = 1", why="differs beyond 1000: seen beside a line without exp"),
        wrong(2, ODD, "x + (sqrt((x - 7 * 7)**2) + x - 49) / 2", "x", why="a corner without a function that has one"),
        wrong(2, ODD, "x + where((x > 1.4) * (x < 1.45), 1, 0)", "x", why="differs between two close numbers"),
        wrong(2, ODD, "x + where(4 * x == 6, 1, 0)", "x", says="x = 1.5", why="a number that is not written down"),
        wrong(2, ODD, "x + relu(exp(x) - 1e20)", "x", why="differs where exp is large"),
        wrong(2, ODD, f"x + 1e-20 * {ROOTS}", "x", why="a polynomial with the public points for its roots"),
        wrong(2, ODD, "x + exp(-(1000 * (x - 1.234))**2)", "x", why="a bump a thousandth wide"),
        wrong(2, ODD, "x * (1 + 1e-60)", "x", why="differs by less than floats, or most programs, can tell"),
        wrong(2, ODD, "x + 1e-99", "x", why="and by less still"),
        wrong(3, ODD, "x if x < 1e9 else 7", "x", says="x = ", why="differs beyond a thousand million"),
        unjudged(2, ODD, "x + 0 * sin(1e40 * x)", "x", why="a sine of more turns than can be counted"),
        unjudged(2, ODD, "x + (exp(-exp(exp(4))) * x if x > 9 else 0)", "x", why="a difference too small to compute"),
    ),
)

FORGED = Section(
    "Steps that only look small",
    "The size of a step is measured in models that compute with numbers, rounded. So nothing in a line may be nearly zero, "
    "beyond measure, or hang on the sign of what is zero: the size of such a step cannot be measured, and it does not pass "
    "for small. The lines are right, and keep `values`.",
    Derivation(start=ODD, end="x", given="x real"),
    (
        far(3, ODD, f"x + 10**30 * log(exp(({ODD} - x) * 10**(-30)))", "x", says="cannot be measured",
            why="a number so small that its exp is rounded to 1"),
        far(3, ODD, f"x + exp(70) * log(exp(({ODD} - x) * exp(-70)))", "x", says="cannot be measured",
            why="the same without a power of ten"),
        far(2, ODD, f"x + relu({ODD} - x + 10**(-30)) - 10**(-30)", f"x + relu({ODD} - x - 10**(-30))", "x",
            says="cannot be measured", why="relu on either side of zero"),
        far(2, ODD, f"x + relu({ODD} - x + exp(-70)) - exp(-70)", f"x + relu({ODD} - x - exp(-70))", "x",
            says="cannot be measured", why="the same with exp"),
        far(2, ODD, f"max({ODD} + 1e-30, x) - 1e-30", f"max({ODD} - 1e-30, x)", "x", says="cannot be measured",
            why="max of two that are all but equal"),
        far(2, ODD, f"({ODD}) * (1 + sign({ODD} - x + 1e-30)) / 2 + x * (1 - sign({ODD} - x + 1e-30)) / 2",
            f"({ODD}) * (1 + sign({ODD} - x - 1e-30)) / 2 + x * (1 - sign({ODD} - x - 1e-30)) / 2", "x",
            says="cannot be measured", why="sign on either side of zero"),
        far(3, ODD, f"({ODD}) * {LOST} if x > 0 else {ODD}", f"x * {LOST} if x > 0 else {ODD}", f"x if x > 0 else {ODD}",
            f"x if x > 0 else ({ODD}) * {LOST}", f"x if x > 0 else x * {LOST}", "x", says="cannot be measured",
            why="a quotient that no model computes, on one side at a time"),
        far(2, ODD, f"x+(({ODD}-(x))**26)**(1/26)", f"x+((0*({ODD}-(x)))**26)**(1/26)", "x", says="rules",
            why="a power that makes little of a difference, and its root"),
        far(2, ODD, f"max({ODD}, x)", f"max(x, {ODD})", "x", why="the larger of two that are equal"),
        far(2, ODD, f"({ODD} + x + abs(x - ({ODD}))) / 2", f"({ODD} + x + abs({ODD} - x)) / 2", "x",
            why="abs of zero, by either of its cases"),
        right(ODD, "log(1 + exp(x)) - softplus(-x)", "log(1 + exp(x)) - log(1 + exp(-x))",
              "log((1 + exp(x)) / (1 + exp(-x)))", "log((1 + exp(x)) / (1 + 1 / exp(x)))", "log(exp(x))", "x",
              why="the honest way"),
    ),
)

PADDED = Section(
    "Lines that only look like one's own",
    "Where the end is given, a line that only writes a given one in another way, with nothing in it that is new but plain "
    "arithmetic, is no line of one's own; unless the whole exercise is one step.",
    Derivation(start="(tanh(x / 2) + 1) / 2", end="sigmoid(x)", given="x real; c real"),
    (
        unwritten("(tanh(x / 2) + 1) / 2", "2 * sigmoid(x) / 2", "sigmoid(x)", why="twice the end, halved"),
        unwritten("(tanh(x / 2) + 1) / 2", "sigmoid(x) + 0", why="the end and nothing"),
        unwritten("(tanh(x / 2) + 1) / 2", "(1 + tanh(x / 2)) / 2", "sigmoid(x)", why="the start in another order"),
        unwritten("(tanh(x / 2) + 1) / 2", "sigmoid(x) + c - c", "sigmoid(x)", why="a number added and taken away"),
        unwritten("(tanh(x / 2) + 1) / 2", "sigmoid(x) + tanh(x / 2) - tanh(x / 2)", "sigmoid(x)",
                  why="one given line within the other"),
        far(2, "(tanh(x / 2) + 1) / 2", "1 / (1 + exp(-x))", "sigmoid(x)", says="rules", why="a line of one's own"),
    ),
)

SECTIONS = [RUN, LARGE, ALIKE, ALMOST, FORGED, PADDED]
