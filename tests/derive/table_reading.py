"""The table, chapter one: how a line is read, and what is said of a line that cannot be."""

from __future__ import annotations

from autograder.check import Derivation

from .table import Section, right, unread, unwritten

# The layout is the table's: a chain on as few lines as it needs.
# fmt: off

LOG_SIGMOID = Derivation(start="log(sigmoid(x))", given="x real")
START = "log(sigmoid(x))"

SPELLINGS = Section(
    "Ways of writing the same",
    "A line is an expression in Python's spelling. A leading `=` is fine, so is `np.` before a name, and spaces are free.",
    LOG_SIGMOID,
    (
        right(START, "log(1 / (1 + exp(-x)))", why="the plain spelling"),
        right(START, "= log(1 / (1 + exp(-x)))", why="a leading equals sign, as on paper"),
        right(START, "np.log(1 / (1 + np.exp(-x)))", why="NumPy's names"),
        right(START, "ln(1 / (1 + exp(-x)))", why="`ln` is `log`"),
        right(START, "log((1 + exp(-x)) ** -1)", why="a quotient as a power"),
        right(START, "  log( 1/(1+exp(-x)) )  ", why="spaces are free"),
        right(START, "log(sigmoid(x)) + 0", why="adding zero changes nothing, and is a line of your own"),
        right(START, "log(1 / (1 + 1 / exp(x)))", why="two rules: the definition of sigmoid, and the exp law"),
        right(START, "+log(1 / (+1 + +exp(-x)))", why="plus signs in front"),
        right(START, "log(1.0 / (1.0 + exp(-1.0 * x)))", why="numbers with a point are exact too"),
        right(START, "log(2e0 / (2 + 2 * exp(-x)))", why="numbers with an exponent"),
        right(START, "((log((1) / (1 + exp((-x))))))", why="brackets that need not be there"),
        right(START, "log(1 / (1 + e**(-x)))", why="`e` is the number"),
        unwritten(START, why="the given line alone"),
        unwritten(START, "((log(+sigmoid(x))))", why="the given line again, in other brackets"),
    ),
)

UNREADABLE = Section(
    "Lines that cannot be read",
    "A line that cannot be read loses the chain's points from there on, so the message points at the character.",
    LOG_SIGMOID,
    (
        unread(2, START, "log(1 / (1 + exp(-x))", says=")", why="a bracket is not closed"),
        unread(2, START, "log(1 / (1 + exp(-x))))", says=")", why="a bracket too many"),
        unread(2, START, "-log(1 + exp(-x)", says="^", why="the caret stands under the place"),
        unread(2, START, "log 1 / (1 + exp(-x))", why="a function needs brackets"),
        unread(2, START, "log(1 / (1 + e^(-x)))", says="**", why="a power is `**`, and e^x is `exp(x)`"),
        unread(2, START, "log(1 / (1 + exp(-x))) = -log(1 + exp(-x))", says="=", why="one expression a line"),
        unread(2, START, "log(sigmoid(x)) == log(sigmoid(x)) == 1", why="a chain of comparisons is not a value"),
        unread(2, START, "log(sigmid(x))", says=("sigmid", "sigmoid"), why="a name misspelt; the near one is named"),
        unread(2, START, "log(sigmoid(y))", says="y", why="`y` is not declared"),
        unread(2, START, "log(s)", says=("names here are x", "`sigmoid(x)` out"), why="a letter for a function"),
        unread(2, START, "log(k)", says="names here are x", why="no index where there are no arrays"),
        unread(2, START, "log(1 / (1 + e(-x)))", says="`exp(x)`", why="e as a function"),
        unread(2, START, "-log[1 + exp(-x)]", why="square brackets after a function"),
        unread(2, START, "-[log(1 + exp(-x))]", says="use ( )", why="square brackets as brackets"),
        unread(2, START, "log(sigmoid(x)) + tanh**2(x)", says="`tanh(...)**2`", why="a power before the bracket"),
        unread(2, START, "log(sigmoid(x)) + ln 2", says="`ln(2)`", why="a logarithm without its brackets"),
        unread(2, START, "log(1 / (1 + exp(-x)))-1*2log(1 + exp(-x))", says="comma", why="two lines with no comma between"),
        unread(2, START, "log(sigmoid(x))(1 + 0)", says="comma", why="the same, where the second starts with a bracket"),
        unread(2, START, "log(sigmoid)", says="sigmoid", why="a function without its argument"),
        unread(2, START, "log(sigmoid(x, 2))", says="sigmoid", why="one argument too many"),
        unread(2, START, "log()", says="log", why="no argument"),
        unread(2, START, "2x - 2x + log(sigmoid(x))", says="*", why="a product needs its `*`"),
        unread(2, START, "d/dx x * log(sigmoid(x))", says="`diff(...)`", why="a derivative is `diff(f, x)`"),
        unread(2, START, "d / dx (x * log(sigmoid(x)))", says="`diff(...)`", why="the same with brackets"),
        unread(2, START, "d sigmoid(x) / d x", says="`diff(...)`", why="the same as a fraction"),
        unread(2, START, "log(sigmoid(x)) + d f / dx", says="`diff(...)`", why="the same in a sum"),
        unread(2, START, "x (1 - 1) + log(sigmoid(x))", says="x", why="x is no function: a `*` is missing"),
        unread(2, START, "|x| - |x|", says="abs", why="a modulus is `abs(x)`"),
        unread(2, START, "", why="an empty line"),
        unread(2, START, "   ", why="a line of spaces"),
        unread(2, START, "=", why="an equals sign and nothing more"),
        unread(2, START, "...", says="...", why="dots are for you to replace"),
        unread(2, START, "therefore it is -softplus(-x)", why="words are not an expression"),
        unread(2, START, "log(sigmoid(x)); log(sigmoid(x))", why="one expression a line"),
        unread(2, START, "log(sigmoid(x)) # as before", why="remarks go outside the quotes"),
        unread(2, START, "log(sigmoid(x))\nlog(sigmoid(x))", why="one line a line"),
        unread(2, START, "\\log \\sigma(x)", why="LaTeX is what you get, not what you write"),
        unread(2, START, "[log(sigmoid(x))]", why="a list is not an expression here"),
        unread(2, START, "log(sigmoid(x)),", why="a comma at the end makes a tuple"),
        unread(2, START, "'log(sigmoid(x))'", why="quotes within the quotes"),
        unread(2, START, "log(sigmoid(x)) if x", why="a case needs its `else`"),
        unread(2, START, "log(sigmoid(x)) % 2", why="no such operation in the language"),
        unread(2, START, "log(sigmoid(x)) // 1", why="no such operation in the language"),
        unread(2, START, "1j * log(sigmoid(x)) / 1j", why="numbers are real"),
        unread(1, "log(sigmoid(x)", "-softplus(-x)", says=")", why="the first line can be unreadable too"),
    ),
)

SECTIONS = [SPELLINGS, UNREADABLE]
