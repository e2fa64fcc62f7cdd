# %% [markdown]
# # 1. Activations and their slopes
#
# A neural network bends straight lines. The functions that do the bending are called **activations**, and training
# needs two things of each: its value and its slope. In this lesson you derive both, write both in code, and see where a
# formula that is right on paper breaks in a computer.
#
# You need derivatives from school (the chain rule, the quotient rule) and a little NumPy. Plan three hours, with paper
# beside you. There are sixteen exercises: eleven functions, four derivations, and one proof in which you look for the
# slip. They go the same way: predict, derive, write, check, look. At the end is one question that you answer in words.
#
# **What every function here has in common**
#
# - It gets a NumPy array of floats and returns a *new* array of the same shape. A vector, a batch
#   of rows, a batch of images: the same code should serve them all. It never changes the array it was given. (Whole
#   numbers, `True` and `False` are fine in a result too. They count as the numbers they stand for.)
# - An answer counts as right when it is within $10^{-8} + 10^{-6}\,|\text{right value}|$ of the right value.
# - Each exercise is marked in parts. `values` asks for right numbers on an ordinary vector. `shapes` asks for other
#   shapes, and for leaving the argument alone. `stability` asks for right numbers when the input is very large. A
#   function that fails on huge numbers alone keeps the marks for the ordinary ones. Derivations have parts of their own,
#   which section 1.4 explains.
# - The checks you see are a sample. When your work is graded, each function meets many more inputs.
# - A warning is not an error. If NumPy prints one and your answer is right, you keep the marks.

# %% [markdown]
# Run the next cell first. It loads what the lesson uses. It is folded away, as are the cells that draw figures, because
# you do not have to read them. Select the folded cell and press **Shift + Enter** as always: it says `Ready.` below.
# A click on the three dots opens it.
# When you come back another day, a name is not defined, or a picture says *model not found*, choose *Run > Run All Above
# Selected Cell*.

# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "setup", "locked": true}
# Setup: what the lesson uses.
import matplotlib.pyplot as plt
import numpy as np

from autograder import check, explore

print("Ready.")


# %% [markdown]
# ## 1.1 The rectifier
#
# The plainest bend there is: let positive numbers through, stop the others.
#
# $$\operatorname{relu}(x) = \max\{0, x\} = \begin{cases} 0 & x < 0 \\ x & x \ge 0 \end{cases}$$
#
# **Predict.** What does it make of $[-2,\; -0.5,\; 0,\; 3]$? And what shape should the result have if $x$ is a batch of
# 32 examples with 10 numbers each?
#
# <details><summary>Compare</summary>
#
# $[0, 0, 0, 3]$. The function looks at one number at a time, so 32 by 10 goes in and 32 by 10 comes out. Such a function
# is called **elementwise**. All but the last two functions of this lesson are.
#
# </details><p></p>
#
# Python's `max` and `if` decide about one number. NumPy has functions and comparisons that work on every element at once.


# %% nbgrader={"grade_id": "relu", "solution": true}
def relu(x):
    """Rectified linear unit, elementwise.

    Parameters
    ----------
    x : ndarray of float, any shape

    Returns
    -------
    ndarray, same shape as `x`
        The larger of 0 and each element. `x` is left as it was.

    Examples
    --------
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_relu", "grade": true, "points": 2}
marks = check.marks("relu", values=1, shapes=1)
with marks.values:
    check.close(
        relu(np.array([3.0, 0.25])),
        [3.0, 0.25],
        because="positive numbers pass through unchanged",
    )
    check.close(
        relu(np.array([-2.0, -0.5, 0.0])),
        [0.0, 0.0, 0.0],
        because="nothing below zero passes, in any form",
    )
with marks.shapes:
    check.shape(relu(np.zeros((32, 10))), (32, 10))
    check.leaves_arguments_alone(relu, [np.array([-1.0, 2.0])])
### BEGIN HIDDEN TESTS
from autograder.check import cases, mistake, reference

with marks.values:
    check.matches(relu, reference.relu, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(relu, reference.relu, cases.of(around))
with marks.shapes:
    check.matches(relu, reference.relu, cases.shapes())
    check.leaves_arguments_alone(relu, cases.reals())
    check.accepts_read_only(relu, cases.reals())


@mistake(
    "np.max for np.maximum",
    "np.max looks for the largest element along an axis. You want to compare each "
    "element with 0. Which NumPy function takes two arguments and compares them "
    "element by element?",
)
def relu(x):
    return np.max(x, 0)


@mistake(
    "the absolute value",
    "At -2 your function gives 2. Where does the graph of relu lie, left of zero?",
)
def relu(x):
    return np.abs(x)


@mistake(
    "np.minimum for np.maximum",
    "You keep the negative half. Which half should pass?",
)
def relu(x):
    return np.minimum(x, 0.0)


@mistake(
    "the leaky rectifier",
    "A small slope left of zero is a different, useful function. Here nothing "
    "negative may pass.",
)
def relu(x):
    return np.where(x > 0, x, 0.01 * x)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.2 The slope of the rectifier, and a corner
#
# **Predict.** What is the slope of $\operatorname{relu}$ at $-3$? At $3$? At $0$? Type what you expect at zero into the next
# cell's box, then press *Reveal* and move the point towards the corner from both sides.

# %% nbgrader={"grade_id": "explore_corner", "locked": true}
explore.activations(
    "relu",
    x=0.0,
    corner="hidden",
    lock=["function"],
    ask="What is the slope of relu at 0?",
)

# %% [markdown]
# Away from zero each branch of the definition is a function you know. Differentiate the branches one by one:
#
# $$\frac{d}{dx}\operatorname{relu}(x) = \begin{cases} \frac{d}{dx}\,0 = \;? & x < 0 \\[4pt] \frac{d}{dx}\,x = \;? & x > 0 \end{cases}$$
#
# At zero the graph has a corner, so do not guess: compute. The slope of the line from $0$ to a nearby point $h$ is
# $\dfrac{\operatorname{relu}(h) - \operatorname{relu}(0)}{h}$. **On paper:** what is it for $h = 0.01$? For $h = -0.01$? Does it settle on
# one number as $h$ shrinks?
#
# <details><summary>Compare</summary>
#
# The slope is $0$ on the left and $1$ on the right. At zero, every $h > 0$ gives exactly $1$ and every $h < 0$ gives
# exactly $0$, however small it is. The two sides never agree, so there is no derivative at zero.
#
# What there is at zero is a whole fan of straight lines that touch the graph at the corner and stay on or below it
# everywhere. Their slopes are called **subgradients**.
#
# </details><p></p>
#
# **On paper:** the line $y = a x$ goes through the corner. For which $a$ does it stay on or below the graph, for every
# $x$?
#
# <details><summary>Compare</summary>
#
# Right of zero we need $a x \le x$, so $a \le 1$. Left of zero we need $a x \le 0$ with $x < 0$, so $a \ge 0$. Every
# $a$ in $[0, 1]$ will do.
#
# </details><p></p>
#
# The next cell shows the whole fan. Choose a line from it with the slider *Line at the corner*. Then find the two lines at
# its edges: which half of the graph does each one lie on?

# %% nbgrader={"grade_id": "explore_fan", "locked": true}
explore.activations("relu", x=0.0, corner_slope=0.5, lock=["function", "x"])

# %% [markdown]
# With slope 0 the line lies along the left half of the graph, with slope 1 along the right half. All others touch it only at
# the corner.
#
# Textbooks differ: some print $0$ as the slope at zero, others $1$. Both are subgradients, and training works with
# either. So do the checks: any value from $0$ to $1$ is right.


# %% nbgrader={"grade_id": "relu_grad", "solution": true}
def relu_grad(x):
    """Slope of `relu` at each element.

    Parameters
    ----------
    x : ndarray of float, any shape

    Returns
    -------
    ndarray, same shape as `x`
        The derivative of relu at each element.
        Where an element is 0, any number from 0 to 1. `x` is left as it was.

    Examples
    --------
    >>> relu_grad(np.array([-1.0, 2.0]))
    array([0., 1.])
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, 1.0, 0.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_relu_grad", "grade": true, "points": 4}
marks = check.marks("relu_grad", values=2, corner=1, shapes=1)
with marks.values:
    check.close(
        relu_grad(np.array([0.5, 3.0])),
        [1.0, 1.0],
        because="right of zero relu(x) = x, and that has slope 1",
    )
    check.close(
        relu_grad(np.array([-3.0, -0.5])),
        [0.0, 0.0],
        because="left of zero relu is flat",
    )
with marks.corner:
    check.between(
        relu_grad(np.array([0.0])),
        0.0,
        1.0,
        because="at the corner any slope from 0 to 1 is a subgradient",
    )
with marks.shapes:
    check.shape(relu_grad(np.ones((4, 1, 3))), (4, 1, 3))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(relu_grad, reference.relu_grad, cases.reals(without=(0.0,)))
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(relu_grad, reference.relu_grad, cases.of(around))
with marks.corner:
    check.between(
        relu_grad(np.array([2.0, 0.0, -3.0, 0.0])),
        [1.0, 0.0, 0.0, 0.0],
        [1.0, 1.0, 0.0, 1.0],
        because="at [2, 0, -3, 0]: only the zeros leave you a choice",
    )
with marks.shapes:
    check.matches(relu_grad, reference.relu_grad, cases.shapes(without=(0.0,)))
    check.leaves_arguments_alone(relu_grad, cases.reals(without=(0.0,)))
    check.accepts_read_only(relu_grad, cases.reals(without=(0.0,)))


@mistake(
    "the function for its slope",
    "This is relu itself. How steep is its graph at 3? How high is it there?",
)
def relu_grad(x):
    return np.maximum(x, 0.0)


@mistake(
    "the sign",
    "Your slope is -1 left of zero: a graph that falls. What does relu do there?",
)
def relu_grad(x):
    return np.sign(x)


@mistake(
    "the two sides exchanged",
    "Walk along the graph from left to right. On which side does it climb?",
)
def relu_grad(x):
    return np.where(x < 0, 1.0, 0.0)


@mistake(
    "one slope for the whole array",
    "Each element has its own slope. Does your answer for the first element "
    "change when you change the last?",
)
def relu_grad(x):
    return np.full_like(x, 1.0 if np.all(x > 0) else 0.0)


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_relu", "locked": true}
# Figure: relu, its slope, and a line under the corner.
def draw(value, slope):
    x = np.linspace(-3, 3, 301)
    value.plot(x, relu(x.copy()), color="C0")
    value.plot(x, 0.5 * x, color="C1", linestyle="--")
    value.set(
        title="relu(x), and one line under its corner", xlabel="x", ylim=(-1.6, 3.1)
    )
    slope.plot(x[x < 0], relu_grad(x[x < 0]), color="C0")
    slope.plot(x[x > 0], relu_grad(x[x > 0]), color="C0")
    slope.plot([0, 0], [0, 1], color="C1", linestyle="--")
    slope.set(
        title="its slope: at 0, anything on the dashes",
        xlabel="x",
        ylim=(-0.1, 1.1),
    )


explore.Picture(
    draw,
    panels=2,
    alt="Left: your relu, flat at 0 up to x = 0 and then climbing to 3 at x = 3, "
    "with a dashed line of slope one half that touches it only at the corner. "
    "Right: your slope, 0 left of zero and 1 right of it, with a dashed vertical "
    "line from 0 to 1 at x = 0.",
)

# %% [markdown]
# Both panels are drawn by *your* functions. If a curve looks wrong, the function is.
#
# ## 1.3 The sigmoid
#
# A score can be any number. A probability lies between 0 and 1. The **logistic sigmoid** turns the one into the other:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}$$
#
# **Predict,** without a computer: $\sigma(0)$? What about $\sigma(\ln 3)$? And $\sigma(1000)$, roughly?
#
# <details><summary>Compare</summary>
#
# $\sigma(0) = \frac{1}{1+1} = \frac12$. Since $e^{-\ln 3} = \frac13$, $\sigma(\ln 3) = \frac{1}{1 + 1/3} = \frac34$.
# And $e^{-1000}$ is far smaller than anything you can see, so $\sigma(1000)$ is $1$ to hundreds of digits.
#
# </details><p></p>
#
# Multiply top and bottom by $e^x$ and you get a second form of the same function:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^x}{e^x + 1}$$
#
# On paper the two are equal. In a computer they are not. **Predict** what the next cell prints, then run it.

# %% nbgrader={"grade_id": "show_overflow", "locked": true}
with np.errstate(all="ignore"):
    for large in [709.0, 710.0]:
        power = np.exp(large)
        print(
            f"x = {large:g}    e^x = {power:<12.4g}    "
            f"e^x / (e^x + 1) = {power / (power + 1)}"
        )

# %% [markdown]
# The numbers in a NumPy array of floats are of the kind *float64*: 64 bits each, about 16 digits. They end near
# $1.8 \cdot 10^{308}$, and $e^{710}$ lies beyond: it becomes `inf`. This is called **overflow**. And `inf / inf` has no
# answer, so NumPy says `nan`, "not a number". Whatever is computed from a `nan` is `nan` too, so one of them soon fills a
# whole network.
#
# A function is **stable** when it gives the right number for every input whose right number fits in a float.
#
# You may find that the first form passes as it stands. At $x = -1000$ it computes `1 / (1 + inf)`, which NumPy rounds to 0:
# right, with a warning, by luck of how `inf` divides. Python's own `math.exp(1000)` stops with an error instead, and
# softplus in 1.8 has no such luck. You get full marks either way. The three questions below are for a version that needs
# no luck, and you will use the answer again in 1.8.
#
# 1. For which sign of $x$ is $e^{-x}$ at most 1? For which sign is $e^{x}$ at most 1?
# 2. So which of the two forms is safe for $x \ge 0$, and which for $x < 0$?
# 3. Both safe forms contain the same exponential, of a number that is never positive. How can you write that number
#    so that it serves both signs?
#
# <details><summary>Compare 1 and 2</summary>
#
# $e^{-x}$ is at most 1 for $x \ge 0$, and $e^{x}$ for $x \le 0$. So the first form, with $e^{-x}$, is safe for $x \ge 0$. The
# second, with $e^{x}$, is safe for $x < 0$.
#
# </details><p></p>
#
# (`np.where(condition, a, b)` picks between two arrays element by element. It computes *both* of them first, for every
# element. Question 3 is there so that neither of them overflows.)
#
# <details><summary>A hint for question 3</summary>
#
# Draw the graph of the exponent you want: $-x$ on the right of zero, $x$ on the left. It looks like a roof.
#
# </details>


# %% nbgrader={"grade_id": "sigmoid", "solution": true}
def sigmoid(x):
    """Logistic sigmoid, elementwise: 1 / (1 + exp(-x)).

    Parameters
    ----------
    x : ndarray of float, any shape
        Any finite numbers, also very large ones of either sign.

    Returns
    -------
    ndarray, same shape as `x`
        Numbers from 0 to 1, never nan. `x` is left as it was.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0]))
    array([0. , 0.5])
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(x))  # at most 1, whatever the sign of x
    return np.where(x >= 0, 1.0, e) / (1.0 + e)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_sigmoid", "grade": true, "points": 4}
marks = check.marks("sigmoid", values=2, stability=1, shapes=1)
with marks.values:
    check.close(sigmoid(np.array([0.0])), [0.5], because="1 / (1 + 1) is one half")
    check.close(
        sigmoid(np.array([np.log(3.0), -np.log(3.0)])),
        [0.75, 0.25],
        because="e^(-ln 3) = 1/3, and 1/(1 + 1/3) = 3/4; then 1/(1 + 3) = 1/4",
    )
with marks.stability:
    check.close(
        sigmoid(np.array([1000.0, -1000.0])),
        [1.0, 0.0],
        because="the curve is flat out there, and nothing is nan",
    )
with marks.shapes:
    check.shape(sigmoid(np.zeros((1, 5))), (1, 5))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(sigmoid, reference.sigmoid, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(sigmoid, reference.sigmoid, cases.of(around))
with marks.stability:
    check.matches(sigmoid, reference.sigmoid, cases.extremes())
with marks.shapes:
    check.matches(sigmoid, reference.sigmoid, cases.shapes())
    check.leaves_arguments_alone(sigmoid, cases.reals())
    check.accepts_read_only(sigmoid, cases.reals())


@mistake(
    "e^x / (1 + e^x) everywhere",
    "On paper this is the sigmoid. Put x = 1000 in, step by step: how large is "
    "the numerator, and the denominator?",
)
def sigmoid(x):
    return np.exp(x) / (1.0 + np.exp(x))


@mistake(
    "the minus sign is missing",
    "Your curve falls from 1 to 0. What would you have to put in for x to turn it "
    "round?",
)
def sigmoid(x):
    return 1.0 / (1.0 + np.exp(x))


@mistake(
    "softmax for sigmoid",
    "Each element of a sigmoid depends on itself alone. Change the second "
    "element: does your first answer move?",
)
def sigmoid(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


@mistake(
    "tanh for sigmoid", "Your values run from -1 to 1. A probability starts at 0."
)
def sigmoid(x):
    return np.tanh(x)


@mistake(
    "the bracket of the denominator left out",
    "1 / 1 is worked out first, and e^(-x) is added to it. What stands under the "
    "line of the fraction?",
)
def sigmoid(x):
    return 1.0 / 1.0 + np.exp(-x)


@mistake(
    "a minus in the denominator",
    "At x = 0 you divide by 0. A probability of one half is due there.",
)
def sigmoid(x):
    return 1.0 / (1.0 - np.exp(-x))


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.4 A derivation, line by line
#
# You are about to derive the slope of the sigmoid. Derivations are marked here too, so they need a form that a computer
# can read. It is the one you know from paper: one line under the other, each equal to the one before.
#
# A line is a formula in quotes, written as Python would write it, with a comma after it. A derivation is a list of lines,
# called a **chain**.
#
# | on paper | in a line |
# | --- | --- |
# | $2x$, $\;x^2$, $\;\frac{x}{2}$ | `2 * x`, `x**2`, `x / 2` |
# | $e^{-x}$, $\;\ln(1 + x)$ | `exp(-x)`, `log(1 + x)` |
# | $\sigma(x)$, $\;\tanh x$, $\;\operatorname{softplus}(x)$ | `sigmoid(x)`, `tanh(x)`, `softplus(x)` |
# | $\dfrac{d}{dx}\,x^2$ | `diff(x**2, x)` |
#
# `log` is the natural logarithm, as in NumPy. You may also write `ln`. Brackets are always round, also around other brackets.
# The only name is $x$: where paper would say $s$ for $\sigma(x)$, a line says `sigmoid(x)`.
#
# Here is a small one: why $e^{x + \ln 2}$ is $2 e^x$. It has two steps. **Predict.** Which law does the first one use? And the
# second?
#
# (The `Derivation` below the chain says what is asked: for which $x$, and where the chain starts and ends.)

# %% nbgrader={"grade_id": "show_chain", "locked": true}
doubled = [
    "exp(x + log(2))",
    "exp(x) * exp(log(2))",
    "2 * exp(x)",
]
doubling = check.Derivation(
    given="x real", start="exp(x + log(2))", end="2 * exp(x)"
)

check.show_chain(doubled, doubling)

# %% [markdown]
# The card shows the lines as you would write them by hand. A tick says that the line equals the one above it, for every
# $x$ that is allowed: here, for every real number.
#
# A chain has two parts that are marked.
#
# - `values`: every line equals the one before it, the first is the one that is given, and the last has the form that is
#   asked for.
# - `steps`: no line jumps too far. From one line to the next you may use **one or two rules**: the definition of a
#   function, a law of exponentials or logarithms, multiplying out or a common denominator, a rule of differentiation.
#   Sorting a sum or a product costs nothing. A right line that is too far away keeps its `values`; the card then
#   names the rules that lie between.
#
# In the example the first step is the law $e^{a+b} = e^a e^b$, and the second is that the exponential undoes the logarithm.
#
# Each of these counts as one rule: $\sigma(x) = \dfrac{1}{1 + e^{-x}}\;$ and its second form from 1.3,
# $\sigma(x) = \dfrac{e^x}{e^x + 1}$; $\;\tanh x = \dfrac{e^x - e^{-x}}{e^x + e^{-x}}\;$; and
# $\;\operatorname{softplus}(x) = \ln(1 + e^x)$.
#
# `values` is all or nothing. One line that breaks, or a chain that stops a line before the form it should end in (or goes
# on past it), earns none of it, and `steps` counts only once `values` holds. But nothing is kept back for later: what the card of a chain
# shows is what grading will say, and you may run it as often as you like. How far a step may go is hard to foresee. Do
# not try: write what you would write on paper, and put a line between where the card asks for one.
#
# The next cell has a chain with a slip. **Predict** which line is wrong, then run the cell and read what the card says
# about it.

# %%
my_chain = [
    "exp(x + log(2))",
    "exp(x) + exp(log(2))",
    "exp(x) + 2",
    "2 * exp(x)",
]

check.show_chain(my_chain, doubling)

# %% [markdown]
# The card gives a **counter-example**: one $x$, and the two numbers that the two lines have there. They differ, so the
# lines are not equal, and no argument can save the step. A line gets its tick when the numbers agree to dozens of digits at
# many places.
#
# Each line is held against the one above it (or, after a line that cannot be read, against the last one that could).
# Line 3 follows from line 2, so it is not blamed. Line 4 is true, and still it does not follow from line 3. Look at the
# *first* line that breaks: mend what comes from there, and the later one heals by itself.
#
# Nothing in that cell is marked, so it is yours to play with.
#
# - Mend the chain, and run the cell again.
# - Write `2exp(x)` where you mean `2 * exp(x)`, or `ex(x)` where you mean `exp(x)`. What does the card say?
# - Forget the comma behind line 2. Python then joins two lines into one. And if you forget the quotes of a line, Python
#   stops with `name 'exp' is not defined`: it takes the line for code.
#
# `check.show_chain` works in any cell of yours, for any chain. Where nothing is asked of the start and the end,
# `check.show_chain([...], check.Derivation(given="x real"))` is enough.
#
# ## 1.5 The slope of the sigmoid
#
# **Predict.** Where is $\sigma$ steepest? Is the slope there more or less than 1? What is the slope far out, at
# $x = 1000$?
#
# The derivation has a surprise: the slope can be written with $\sigma$ alone. Derive it, on paper first, one question at a
# time.
#
# 1. Write $\sigma(x) = (1 + e^{-x})^{-1}$. The chain rule gives three factors: the outer power, the inner exponential,
#    and the inside of the exponential. What are they? Which sign is left?
# 2. From the definition, what is $1 + e^{-x}$ in terms of $\sigma(x)$? So what is $e^{-x}$?
# 3. Put the second into the first. What is left?
#
# Then write it as a chain. The first line is given, and yours go where `# YOUR LINES HERE` stands. End with a line in
# which $\sigma$ is the only function: no exponential and no derivative. You may take as many lines as you like. Where a
# derivative is not worked out yet, leave it as a `diff(..., x)` and go on in the next line. Taking a derivative often
# uses several rules at once, so in this chain a step may take three.
#
# <details><summary>A hint: how one derivative looks in lines</summary>
#
# Here is $\frac{d}{dx}(1 + x^2)^3$, a chain for another function:
#
# ```
# "diff((1 + x**2)**3, x)",
# "3 * (1 + x**2)**2 * diff(1 + x**2, x)",
# "3 * (1 + x**2)**2 * 2 * x",
# ```
#
# </details>

# %% nbgrader={"grade_id": "derive_sigmoid_grad", "solution": true}
derive_sigmoid_grad = [
    "diff(sigmoid(x), x)",
    ### BEGIN SOLUTION
    "diff((1 + exp(-x))**(-1), x)",
    "-(1 + exp(-x))**(-2) * diff(1 + exp(-x), x)",
    "-(1 + exp(-x))**(-2) * exp(-x) * (-1)",
    "exp(-x) / (1 + exp(-x))**2",
    "sigmoid(x)**2 * exp(-x)",
    "sigmoid(x)**2 * (1 / sigmoid(x) - 1)",
    "sigmoid(x) * (1 - sigmoid(x))",
    ### END SOLUTION
]

# %% nbgrader={"grade_id": "test_derive_sigmoid_grad", "grade": true, "points": 3}
marks = check.marks("derive_sigmoid_grad", values=2, steps=1)
statement = check.Derivation(
    given="x real",
    start="diff(sigmoid(x), x)",
    last=check.Only("sigmoid"),
    known="sigmoid(x) = exp(x) / (1 + exp(x))",
    rules=3,
)
with marks.values:
    check.derives(derive_sigmoid_grad, statement)
with marks.steps:
    check.small_steps(derive_sigmoid_grad, statement)
marks.total()

# %% [markdown]
# Back to the predictions, with your last line. At $x = 0$ the sigmoid is $\frac12$. What is the slope there, as a fraction?
# Why is it nowhere larger?
#
# <details><summary>Compare</summary>
#
# It is $\frac14$. However you wrote the last line, it can be sorted into $\sigma'(x) = \sigma(x)\,(1 - \sigma(x))$: a number times what
# that number lacks to 1. Such a product is largest when both are $\frac12$. Far out one of the two is nearly 0, and so is
# the slope.
#
# </details><p></p>
#
# One trap. In a network $x$ is the **pre-activation**, the number that goes *into* the sigmoid, and $s = \sigma(x)$ is the
# **activation**, the number that comes out. Some code is handed $s$ and computes the slope from that. Your function is handed
# $x$.
#
# It may call your `sigmoid`. Then it is as right, and as stable, as that one.


# %% nbgrader={"grade_id": "sigmoid_grad", "solution": true}
def sigmoid_grad(x):
    """Slope of the sigmoid at each element.

    Parameters
    ----------
    x : ndarray of float, any shape
        The pre-activation: what goes into the sigmoid, not what comes out.

    Returns
    -------
    ndarray, same shape as `x`
        Numbers from 0 to 0.25. `x` is left as it was.

    Examples
    --------
    >>> sigmoid_grad(np.array([0.0]))
    array([0.25])
    """
    ### BEGIN SOLUTION
    s = sigmoid(x)
    return s * (1.0 - s)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_sigmoid_grad", "grade": true, "points": 4}
marks = check.marks("sigmoid_grad", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        sigmoid_grad(np.array([0.0])),
        [0.25],
        because="the sigmoid is 1/2 there, and 1/2 times 1/2 is 1/4",
    )
    check.close(
        sigmoid_grad(np.array([np.log(3.0)])),
        [0.1875],
        because="the sigmoid of ln 3 is 3/4, and 3/4 times 1/4 is 3/16",
    )
with marks.stability:
    check.close(
        sigmoid_grad(np.array([1000.0, -1000.0])),
        [0.0, 0.0],
        because="far out the sigmoid is flat",
    )
with marks.shapes:
    check.shape(sigmoid_grad(np.zeros((2, 3, 4))), (2, 3, 4))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(sigmoid_grad, reference.sigmoid_grad, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(sigmoid_grad, reference.sigmoid_grad, cases.of(around))
    check.gradient(sigmoid_grad, reference.sigmoid, cases.reals())
with marks.stability:
    check.matches(sigmoid_grad, reference.sigmoid_grad, cases.extremes())
with marks.shapes:
    check.matches(sigmoid_grad, reference.sigmoid_grad, cases.shapes())
    check.leaves_arguments_alone(sigmoid_grad, cases.reals())
    check.accepts_read_only(sigmoid_grad, cases.reals())


@mistake(
    "the slope taken at the activation",
    "x (1 - x) is right when x already is the output of a sigmoid. What does this "
    "function get: what goes in, or what comes out?",
)
def sigmoid_grad(x):
    return x * (1.0 - x)


@mistake(
    "the inner derivative is missing",
    "The chain rule has a third factor: what is the derivative of -x?",
)
def sigmoid_grad(x):
    e = np.exp(-np.abs(x))
    return -e / (1.0 + e) ** 2


@mistake(
    "the power did not fall",
    "The derivative of u^(-1) is -u^(-2). Which power of 1 + e^(-x) stands in "
    "your denominator?",
)
def sigmoid_grad(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, e, 1.0) / (1.0 + e)


@mistake(
    "e^(-x) / (1 + e^(-x))^2 everywhere",
    "Right on paper. At x = -1000, how large are the numerator and the "
    "denominator? The form that uses only sigmoid(x) has no such trouble.",
)
def sigmoid_grad(x):
    return np.exp(-x) / (1.0 + np.exp(-x)) ** 2


@mistake(
    "plus for minus",
    "Far to the right the sigmoid is 1 and flat, and your slope is 2 there. Which "
    "factor should vanish?",
)
def sigmoid_grad(x):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return s * (1.0 + s)


@mistake(
    "the sigmoid of the sigmoid",
    "In one of your factors the sigmoid is taken twice. What do you hand to it "
    "there: x, or what it gave?",
)
def sigmoid_grad(x):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return s * (1.0 - 0.5 * (np.tanh(0.5 * s) + 1.0))


@mistake(
    "the square of the sigmoid",
    "At 0 this gives 1/4, which is right by luck. Far out on the right the sigmoid is 1: "
    "how steep is it there?",
)
def sigmoid_grad(x):
    e = np.exp(-np.abs(x))
    return (np.where(x >= 0, 1.0, e) / (1.0 + e)) ** 2


@mistake(
    "x in one factor, its sigmoid in the other",
    "Both factors are made of the same number. Which one?",
)
def sigmoid_grad(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e) * (1.0 - x)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.6 The slope of tanh
#
# The hyperbolic tangent is the sigmoid's sibling. It has the same S, but it runs from $-1$ to $1$ and passes through
# zero:
#
# $$\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}$$
#
# **Predict.** $\tanh$ covers twice the height of $\sigma$. Is its steepest slope also twice as large, $\frac12$? More? Less?
#
# **On paper.** (This one is not a chain. It is the quotient rule once, and naming two parts, which a chain has no room
# for, is the whole art of it.) Call the numerator $u$ and the denominator $v$.
#
# 1. What is $u'$, in terms of $u$ and $v$? And $v'$?
# 2. The quotient rule says $\left(\dfrac{u}{v}\right)' = \dfrac{u'v - uv'}{v^2}$. Put your answers in. Can you write the result
#    with $\tanh$ alone?
#
# <details><summary>Compare</summary>
#
# The derivative of $e^{-x}$ is $-e^{-x}$, so $u' = e^x + e^{-x} = v$ and $v' = e^x - e^{-x} = u$. Then
#
# $$\tanh'(x) = \frac{v \cdot v - u \cdot u}{v^2} = 1 - \left(\frac{u}{v}\right)^2 = 1 - \tanh^2(x)$$
#
# At zero that is $1$: four times as steep as the sigmoid, though only twice as high. Section 1.7 says where the other
# factor 2 comes from.
#
# </details><p></p>
#
# NumPy's `np.tanh` is stable, so you need not build it from exponentials. What would happen at $x = 1000$ if you did?
#
# <details><summary>Compare</summary>
#
# $e^{1000}$ overflows to `inf` and $e^{-1000}$ is 0. So the fraction is `inf / inf`, which is `nan`, as it was for the sigmoid's
# second form.
#
# </details>


# %% nbgrader={"grade_id": "tanh_grad", "solution": true}
def tanh_grad(x):
    """Slope of tanh at each element.

    Parameters
    ----------
    x : ndarray of float, any shape
        The pre-activation: what goes into tanh. Any finite numbers, also very large
        ones of either sign.

    Returns
    -------
    ndarray, same shape as `x`
        Numbers from 0 to 1. `x` is left as it was.

    Examples
    --------
    >>> tanh_grad(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    ### BEGIN SOLUTION
    return 1.0 - np.tanh(x) ** 2
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_tanh_grad", "grade": true, "points": 4}
marks = check.marks("tanh_grad", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        tanh_grad(np.array([0.0])),
        [1.0],
        because="tanh(0) = 0, and near zero tanh(x) is very nearly x",
    )
    check.close(
        tanh_grad(np.array([np.log(2.0), -np.log(2.0)])),
        [0.64, 0.64],
        because="tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 0.6, and the slope is the "
        "same on both sides",
    )
with marks.stability:
    check.close(
        tanh_grad(np.array([1000.0, -1000.0])),
        [0.0, 0.0],
        because="far out tanh is flat",
    )
with marks.shapes:
    check.shape(tanh_grad(np.zeros((3, 1))), (3, 1))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(tanh_grad, reference.tanh_grad, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(tanh_grad, reference.tanh_grad, cases.of(around))
    check.gradient(tanh_grad, np.tanh, cases.reals())
with marks.stability:
    check.matches(tanh_grad, reference.tanh_grad, cases.extremes())
with marks.shapes:
    check.matches(tanh_grad, reference.tanh_grad, cases.shapes())
    check.leaves_arguments_alone(tanh_grad, cases.reals())
    check.accepts_read_only(tanh_grad, cases.reals())


@mistake(
    "the slope taken at the activation",
    "1 - x^2 is right when x already is tanh of something. What does this "
    "function get: what goes in, or what comes out?",
)
def tanh_grad(x):
    return 1.0 - x**2


@mistake(
    "the square is missing",
    "The quotient rule leaves u^2 / v^2. Which power of tanh is that?",
)
def tanh_grad(x):
    return 1.0 - np.tanh(x)


@mistake(
    "plus for minus",
    "A slope of tanh never exceeds 1. Look at the sign between v^2 and u^2 again.",
)
def tanh_grad(x):
    return 1.0 + np.tanh(x) ** 2


@mistake(
    "the sigmoid's formula",
    "s (1 - s) belongs to the sigmoid. What did the quotient rule leave for tanh?",
)
def tanh_grad(x):
    return np.tanh(x) * (1.0 - np.tanh(x))


@mistake(
    "tanh built from exponentials",
    "Right on paper. At x = 1000 both e^x - e^(-x) and e^x + e^(-x) overflow. "
    "NumPy has a tanh that does not.",
)
def tanh_grad(x):
    u, v = np.exp(x) - np.exp(-x), np.exp(x) + np.exp(-x)
    return 1.0 - (u / v) ** 2


@mistake(
    "the square inside tanh",
    "tanh(x^2) is not the square of tanh(x). Which of the two stands in the formula?",
)
def tanh_grad(x):
    return 1.0 - np.tanh(x**2)


@mistake(
    "the square around everything",
    "Your slope differs on the two sides of 0, and tanh is as steep on the left as "
    "on the right. What is squared: tanh(x), or 1 - tanh(x)?",
)
def tanh_grad(x):
    return (1.0 - np.tanh(x)) ** 2


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# Take a moment with the next cell. Drag the point, or use the slider: the slope you derived is the slope of the line that
# touches the curve. The check above says that the slope of tanh is 0.64 at $\ln 2$. Can you find that place? And the
# other one?

# %% nbgrader={"grade_id": "explore_tanh", "locked": true}
explore.activations("tanh", x=2.0)


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_slopes", "locked": true}
# Figure: three slopes, and what is left of them after many layers.
def draw(slopes, layers):
    x = np.linspace(-6, 6, 241)
    n = np.arange(1, 11)
    for f, label, style in [
        (sigmoid_grad, "sigmoid", "-"),
        (tanh_grad, "tanh", "--"),
        (relu_grad, "relu", ":"),
    ]:
        slopes.plot(x, f(x.copy()), style, label=label)
        layers.semilogy(
            n, f(np.array([0.5]))[0] ** n, style, marker=".", label=label
        )
    slopes.set(title="slope at x", xlabel="x")
    layers.set(
        title="slopes multiplied, all taken at x = 0.5", xlabel="number of layers"
    )
    layers.legend(loc="lower left")


explore.Picture(
    draw,
    panels=2,
    alt="Left: three slopes. The sigmoid's is a low hill, 0.25 high at x = 0. The "
    "slope of tanh is a narrower hill, 1 high. The slope of relu jumps from 0 to "
    "1 at x = 0. Right, on a logarithmic axis: the slope at x = 0.5 to the power "
    "of the number of layers. After 10 layers relu is still at 1, tanh at about "
    "0.1 and the sigmoid below one millionth.",
)

# %% [markdown]
# A network is built in layers: what comes out of one goes into the next. To train the first layer one asks how the output
# changes with it. By the chain rule that is a product with one slope per layer (**backpropagation**, a later lesson).
#
# **Question.** Read the right panel: after ten layers, how much of that product is left with each activation? What does that
# suggest about networks made of sigmoids alone?
#
# <details><summary>Compare</summary>
#
# The sigmoid keeps at most a quarter per layer: $0.25^{10} \approx 10^{-6}$, and that is the best case. The first layers
# of such a network hardly learn. This is the **vanishing gradient**, and one reason for the rise of relu, whose slope
# is exactly 1 wherever it is on. (Where it is off it passes nothing at all, which is a trouble of its own.)
#
# </details><p></p>
#
# A whole network has more than one number per layer. In the next cell a layer has 20 units. Each unit adds up what comes in,
# with random weights, adds a bias, and puts the sum $z$ through the activation. 32 examples go through ten such layers. On
# the way back a gradient is multiplied by the slopes at all these $z$, and by the weights. Its **norm** is its length: the
# square root of the sum of its squares. It starts as 1 after the last layer.

# %% nbgrader={"grade_id": "explore_vanishing", "locked": true}
explore.relu_gradients(
    "sigmoid",
    ask="Of a gradient of norm 1, how much is left at the input after 10 layers of sigmoids?",
)

# %% [markdown]
# <details><summary>Compare</summary>
#
# $4.4 \cdot 10^{-7}$, less than half of one millionth. The figure above said the same with one number per layer. Change the
# activation or the weights and look again: with weights of this size relu keeps 0.02.
#
# </details><p></p>
#
# Now the trouble of relu's own. Here is one layer of it, with the bias $b = -2$ in every unit. The histogram shows the
# $z$ of all 32 examples in all 20 units.

# %% nbgrader={"grade_id": "explore_dead", "locked": true}
explore.relu_gradients(
    bias=-2.0,
    depth=1,
    lock=["function"],
    ask="How many of the 20 units are off for every example?",
)

# %% [markdown]
# <details><summary>Compare</summary>
#
# 11 of the 20. Such a unit has slope 0 for every example, so no gradient reaches its weights, and training does not move
# them: the unit is **dead**. Move the bias: at $-1$ every unit is on for some example, at $-3$ all 20 are dead.
#
# </details><p></p>
#
# ## 1.7 Two functions that are one
#
# In 1.6 the sigmoid looked like a squeezed and lifted tanh. It is exactly that:
#
# $$\sigma(x) = \tfrac12\left(\tanh\!\left(\tfrac{x}{2}\right) + 1\right)$$
#
# **Predict.** Check the claim at three points first: what do both sides give at $x = 0$, far to the right, far to the
# left? A claim that fails there needs no proof.
#
# **Derive it.** Start from the right-hand side, $\frac12(\tanh\frac x2 + 1)$.
#
# 1. Write $\tanh\frac x2$ with exponentials, and write the $+1$ as a fraction with the same denominator. What is left in
#    the numerator?
# 2. Half of that. What do you have to multiply or divide top and bottom by, so that one of the sigmoid's two forms stands there?
#
# The first line and the last are given. The lines between are yours: put a comma after each.

# %% nbgrader={"grade_id": "derive_sigmoid_tanh", "solution": true}
derive_sigmoid_tanh = [
    "(tanh(x / 2) + 1) / 2",
    ### BEGIN SOLUTION
    "((exp(x/2) - exp(-x/2)) / (exp(x/2) + exp(-x/2)) + 1) / 2",
    "(exp(x/2) - exp(-x/2) + exp(x/2) + exp(-x/2)) / (exp(x/2) + exp(-x/2)) / 2",
    "exp(x/2) / (exp(x/2) + exp(-x/2))",
    "1 / (1 + exp(-x/2) / exp(x/2))",
    "1 / (1 + exp(-x))",
    ### END SOLUTION
    "sigmoid(x)",
]

# %% nbgrader={"grade_id": "test_derive_sigmoid_tanh", "grade": true, "points": 3}
marks = check.marks("derive_sigmoid_tanh", values=2, steps=1)
statement = check.Derivation(
    given="x real",
    start="(tanh(x / 2) + 1) / 2",
    end="sigmoid(x)",
    known="sigmoid(x) = exp(x) / (1 + exp(x))",
)
with marks.values:
    check.derives(derive_sigmoid_tanh, statement)
with marks.steps:
    check.small_steps(derive_sigmoid_tanh, statement)
marks.total()

# %% [markdown]
# **On paper, one line more.** Differentiate both sides. What does that say about $\sigma'(0)$ and $\tanh'(0)$, and where
# does the factor 4 of section 1.6 come from?
#
# <details><summary>Compare</summary>
#
# $\sigma'(x) = \frac12 \cdot \tanh'\!\left(\frac x2\right) \cdot \frac12 = \frac14 \tanh'\!\left(\frac x2\right)$. One factor $\frac12$ is the squeeze in height,
# the other, from the chain rule, is the stretch in width.
#
# </details><p></p>
#
# Now write the sigmoid with `np.tanh` and no exponential. The grader sees only your numbers, so the road is up to you,
# but this one is short, and it is stable without any `np.where`. Why?
#
# <details><summary>Compare</summary>
#
# `np.tanh` never leaves the interval from $-1$ to $1$, however large its argument. Nothing that is done to it afterwards can
# overflow.
#
# </details>


# %% nbgrader={"grade_id": "sigmoid_from_tanh", "solution": true}
def sigmoid_from_tanh(x):
    """Logistic sigmoid, written with tanh alone.

    Parameters
    ----------
    x : ndarray of float, any shape
        Any finite numbers, also very large ones of either sign.

    Returns
    -------
    ndarray, same shape as `x`
        The same numbers as `sigmoid(x)`. `x` is left as it was.

    Examples
    --------
    >>> sigmoid_from_tanh(np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """
    ### BEGIN SOLUTION
    return 0.5 * (np.tanh(0.5 * x) + 1.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_sigmoid_from_tanh", "grade": true, "points": 4}
marks = check.marks("sigmoid_from_tanh", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        sigmoid_from_tanh(np.array([0.0])),
        [0.5],
        because="tanh(0) = 0, and half of 0 + 1 is one half",
    )
    check.close(
        sigmoid_from_tanh(np.array([np.log(9.0), -np.log(9.0)])),
        [0.9, 0.1],
        because="e^(-ln 9) = 1/9, and 1/(1 + 1/9) = 9/10; then 1/(1 + 9) = 1/10",
    )
with marks.stability:
    check.close(
        sigmoid_from_tanh(np.array([1000.0, -1000.0])),
        [1.0, 0.0],
        because="tanh is 1 and -1 out there",
    )
with marks.shapes:
    check.shape(sigmoid_from_tanh(np.zeros((1, 2, 3))), (1, 2, 3))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(sigmoid_from_tanh, reference.sigmoid, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(sigmoid_from_tanh, reference.sigmoid, cases.of(around))
with marks.stability:
    check.matches(sigmoid_from_tanh, reference.sigmoid, cases.extremes())
with marks.shapes:
    check.matches(sigmoid_from_tanh, reference.sigmoid, cases.shapes())
    check.leaves_arguments_alone(sigmoid_from_tanh, cases.reals())
    check.accepts_read_only(sigmoid_from_tanh, cases.reals())


@mistake(
    "x is not halved",
    "Your curve is right at 0 and far out, and too steep in between. Look at what "
    "stands inside the tanh.",
)
def sigmoid_from_tanh(x):
    return 0.5 * (np.tanh(x) + 1.0)


@mistake(
    "not lifted",
    "Your values run from -1 to 1. The formula has two steps after the tanh.",
)
def sigmoid_from_tanh(x):
    return np.tanh(0.5 * x)


@mistake(
    "halved before it is lifted",
    "At 0 you get 1. Does the one half stand for the tanh alone, or for the whole "
    "bracket?",
)
def sigmoid_from_tanh(x):
    return 0.5 * np.tanh(0.5 * x) + 1.0


@mistake(
    "x is doubled",
    "How wide is your graph beside the sigmoid's? Compare the two at x = 1.",
)
def sigmoid_from_tanh(x):
    return 0.5 * (np.tanh(2.0 * x) + 1.0)


@mistake(
    "minus for plus",
    "Your curve falls from 1 to 0. On which side of 0 is the sigmoid large?",
)
def sigmoid_from_tanh(x):
    return 0.5 * (1.0 - np.tanh(0.5 * x))


@mistake(
    "the identity read the other way",
    "2 f(2x) - 1 makes tanh from the sigmoid. You have tanh and want the sigmoid: "
    "solve for it.",
)
def sigmoid_from_tanh(x):
    return 2.0 * np.tanh(2.0 * x) - 1.0


@mistake(
    "x halved by //",
    "// rounds down: your curve climbs in steps. Which sign divides without rounding?",
)
def sigmoid_from_tanh(x):
    return 0.5 * (np.tanh(x // 2) + 1.0)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.8 Softplus, a rectifier without the corner
#
# Sometimes a network must give a positive number, such as a width or a rate. relu gives exactly zero half of the time, and
# has a corner. Softplus is positive everywhere and has a slope everywhere:
#
# $$\operatorname{softplus}(x) = \ln\left(1 + e^{x}\right)$$
#
# **Predict.** $\operatorname{softplus}(0)$? Roughly $\operatorname{softplus}(1000)$? And $\operatorname{softplus}(-1000)$?
#
# <details><summary>Compare</summary>
#
# $\ln 2 \approx 0.693$. At $1000$ the $1$ beside $e^{1000}$ does not matter, so the logarithm undoes the exponential:
# $1000$. At $-1000$ it is $\ln(1 + \text{almost nothing})$, almost $0$. So far out it is relu.
#
# </details><p></p>
#
# The answer at $1000$ is a modest number, yet the formula passes through $e^{1000}$, which overflows. A second form of
# softplus will help. It comes from a fact that is worth proving for itself:
#
# $$\operatorname{softplus}(x) - \operatorname{softplus}(-x) = x$$
#
# **Predict.** Does that fit your three numbers above?
#
# **Derive it.**
#
# 1. Put the definition in, at $x$ and at $-x$. What is the difference of two logarithms?
# 2. You have a fraction now. Take $e^x$ out of the numerator's bracket: $1 + e^x = e^x\,(\;?\; + 1)$. What cancels?

# %% nbgrader={"grade_id": "derive_softplus_difference", "solution": true}
derive_softplus_difference = [
    "softplus(x) - softplus(-x)",
    ### BEGIN SOLUTION
    "log(1 + exp(x)) - log(1 + exp(-x))",
    "log((1 + exp(x)) / (1 + exp(-x)))",
    "log(exp(x) * (exp(-x) + 1) / (1 + exp(-x)))",
    "log(exp(x))",
    ### END SOLUTION
    "x",
]

# %% nbgrader={"grade_id": "test_derive_softplus_difference", "grade": true, "points": 3}
marks = check.marks("derive_softplus_difference", values=2, steps=1)
statement = check.Derivation(
    given="x real", start="softplus(x) - softplus(-x)", end="x"
)
with marks.values:
    check.derives(derive_softplus_difference, statement)
with marks.steps:
    check.small_steps(derive_softplus_difference, statement)
marks.total()

# %% [markdown]
# **Somebody else's proof.** A homework solution that went round for years proves the same fact like this:
#
# | line | |
# | --- | --- |
# | 1 | $\ln(1 + e^{x}) - \ln(1 + e^{-x})$ |
# | 2 | $= \ln\left(\dfrac{1 + e^{x}}{1 + e^{-x}}\right)$ |
# | 3 | $= \ln\left(\dfrac{1 + e^{x}}{1 + \frac{1}{e^{x}}}\right)$ |
# | 4 | $= \ln\left(\dfrac{e^{x}\,(1 + e^{-x})}{1 + e^{x}}\right)$ |
# | 5 | $= x$ |
#
# What it sets out to prove is true, and the last line says it. The proof is wrong all the same. Which is the first line that is
# not equal to the one before it? You need no algebra to find it. What is line 1 at $x = 1$? So what must every line be there?
#
# Compute as much as you like: by hand, with NumPy in the next cell, or by typing the five lines as a chain and giving it to
# `check.show_chain`. Looking at a proof with numbers is no cheating. It is how one finds such things.

# %%
# Yours. This is line 1 at x = 1:
print(np.log(1 + np.exp(1.0)) - np.log(1 + np.exp(-1.0)))

# %% [markdown]
# Write the number of the line between the brackets. (The check on this page only sees that it is one of the five
# numbers. Grading sees which.)

# %% nbgrader={"grade_id": "find_the_slip", "solution": true}
find_the_slip = (
    ### BEGIN SOLUTION
    4
    ### END SOLUTION
)

# %% nbgrader={"grade_id": "test_find_the_slip", "grade": true, "points": 1}
marks = check.marks("find_the_slip", values=1)
with marks.values.form:
    if isinstance(find_the_slip, tuple) and not find_the_slip:
        raise NotImplementedError
    check.integer(
        find_the_slip,
        because="the answer is the number of one line, without a comma",
    )
    check.between(find_the_slip, 1, 5, because="the lines are numbered from 1 to 5")
### BEGIN HIDDEN TESTS
with marks.values:
    if find_the_slip != 4:
        verdict = "this is not the first line that differs from the one before it"
        advice = (
            "Put x = 1 into each line, from the top, with a calculator. Line 1 is 1 "
            "there. Which is the first that is not?"
        )
        raise check.CheckFailed(check.Finding(verdict, advice=advice))
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# A proof can end right and be wrong: after a slip, the last line was what the author wanted to see. When a chain of yours
# is done, test *every* line at one number, not only the last.
#
# **Now use what you proved.** It says $\operatorname{softplus}(x) = x + \operatorname{softplus}(-x)$, so there are two forms:
#
# $$\operatorname{softplus}(x) = \ln\left(1 + e^{x}\right) \qquad\text{and}\qquad \operatorname{softplus}(x) = x + \ln\left(1 + e^{-x}\right)$$
#
# 1. For which sign of $x$ is the first one safe? For which sign is the second?
# 2. Write the two safe forms under each other. What part do they share, if you write it with $|x|$? What is the
#    function that is $0$ for $x < 0$ and $x$ for $x \ge 0$?
#
# <details><summary>Compare 1</summary>
#
# For $x \ge 0$ the second form is safe, for $x < 0$ the first one:
#
# $$\operatorname{softplus}(x) = \begin{cases} x + \ln\left(1 + e^{-x}\right) & x \ge 0 \\ 0 + \ln\left(1 + e^{x}\right) & x < 0 \end{cases}$$
#
# </details><p></p>
#
# <details><summary>Compare 2</summary>
#
# Both end in $\ln(1 + e^{-|x|})$. What stands before it is $\operatorname{relu}(x)$.
#
# </details><p></p>
#
# **On paper, one more.** Differentiate softplus by the chain rule. Which function of this lesson is its slope?
#
# <details><summary>Compare</summary>
#
# $\operatorname{softplus}'(x) = \dfrac{1}{1 + e^x} \cdot e^x = \sigma(x)$. The slope climbs smoothly from 0 to 1, where that of relu jumps.
#
# </details>


# %% nbgrader={"grade_id": "softplus", "solution": true}
def softplus(x):
    """Smooth rectifier, elementwise: log(1 + exp(x)).

    Parameters
    ----------
    x : ndarray of float, any shape
        Any finite numbers, also very large ones of either sign.

    Returns
    -------
    ndarray, same shape as `x`
        Never negative, never inf. `x` is left as it was.

    Examples
    --------
    >>> softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_softplus", "grade": true, "points": 4}
marks = check.marks("softplus", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        softplus(np.array([0.0])),
        [np.log(2.0)],
        because="ln(1 + 1) is ln 2, about 0.693",
    )
    check.close(
        softplus(np.array([np.log(3.0), -np.log(3.0)])),
        [np.log(4.0), np.log(4.0 / 3.0)],
        because="1 + 3 = 4 and 1 + 1/3 = 4/3, and their logarithms differ by ln 3",
    )
with marks.stability:
    check.close(
        softplus(np.array([1000.0])),
        [1000.0],
        because="beside e^1000 the 1 does not count, and ln undoes the exponential",
    )
    check.close(
        softplus(np.array([-1000.0])),
        [0.0],
        because="ln(1 + almost nothing) is almost nothing",
    )
with marks.shapes:
    check.shape(softplus(np.zeros((2, 5))), (2, 5))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(softplus, reference.softplus, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(softplus, reference.softplus, cases.of(around))
with marks.stability:
    check.matches(softplus, reference.softplus, cases.extremes())
with marks.shapes:
    check.matches(softplus, reference.softplus, cases.shapes())
    check.leaves_arguments_alone(softplus, cases.reals())
    check.accepts_read_only(softplus, cases.reals())


@mistake(
    "log(1 + e^x) everywhere",
    "Right on paper. At x = 1000 the inner e^x is inf before the logarithm can "
    "undo it. Take e^x out of the bracket.",
)
def softplus(x):
    return np.log(1.0 + np.exp(x))


@mistake(
    "x + log(1 + e^(-x)) everywhere",
    "This form is safe on the right. Now put x = -1000 in: which exponential do "
    "you meet?",
)
def softplus(x):
    return x + np.log(1.0 + np.exp(-x))


@mistake("softplus of -x", "Your curve falls. Look at the sign in the exponent.")
def softplus(x):
    return np.maximum(-x, 0.0) + np.log1p(np.exp(-np.abs(x)))


@mistake(
    "relu for softplus",
    "At 0 the smooth curve is ln 2 above the corner. Which part of the sum did "
    "you leave out?",
)
def softplus(x):
    return np.maximum(x, 0.0)


@mistake("the 1 is missing", "ln(e^x) is x itself. Read the definition again.")
def softplus(x):
    return x + 0.0


@mistake(
    "the logarithm to base 2",
    "Your result is 1.4427 times what it should be, and that is 1 / ln 2. Which "
    "logarithm undoes e^x?",
)
def softplus(x):
    return (np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))) / np.log(2.0)


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_softplus", "locked": true}
# Figure: softplus and relu, and the gap between them.
def draw(value, gap):
    x = np.linspace(-6, 6, 241)
    value.plot(x, softplus(x.copy()), label="softplus")
    value.plot(x, relu(x.copy()), "--", label="relu")
    value.set(title="softplus(x) and relu(x)", xlabel="x")
    value.legend()
    gap.plot(x, softplus(x.copy()) - relu(x.copy()), color="C2")
    gap.set(title="the gap between them", xlabel="x")


explore.Picture(
    draw,
    panels=2,
    alt="Left: softplus follows relu closely on both sides and rounds off its "
    "corner from above. Right: the gap between them, a symmetric peak that is "
    "0.69 high at x = 0 and has nearly gone at x = 6 and x = -6.",
)

# %% [markdown]
# **Question.** The gap is the same on both sides. Which of the forms above says so?
#
# <details><summary>Compare</summary>
#
# The one with $\ln(1 + e^{-|x|})$: softplus is relu plus that, so that is the gap. It contains $|x|$ only, and $|x|$ is the
# same on both sides.
#
# </details><p></p>
#
# ## 1.9 The logarithm of a probability
#
# When a model says how likely each of a million observations is, nobody multiplies a million small probabilities: the
# product is 0 in a float. One adds their logarithms. So what is needed is not $\sigma(x)$ but $\ln \sigma(x)$.
#
# **Predict.** What should $\ln\sigma(-1000)$ be, as a plain number? And what does `np.log(sigmoid(x))` give there?
#
# <details><summary>Compare</summary>
#
# For very negative $x$, $\sigma(x) \approx e^{x}$, so $\ln\sigma(-1000) \approx -1000$. But $e^{-1000}$ is smaller than the smallest
# float, about $5 \cdot 10^{-324}$. Your sigmoid rightly returns 0, and the logarithm of 0 is $-\infty$. Each step is as good
# as it can be, and the result is useless. The two steps have to be taken as one.
#
# </details><p></p>
#
# **Derive it.** Put the definition of $\sigma$ into $\ln\sigma(x)$. What is the logarithm of $\frac1a$? Which function that you
# have written already can you recognise in the result, and at which argument? End with a line in which that one is the
# only function. (What you proved in 1.8, $\operatorname{softplus}(x) = x + \operatorname{softplus}(-x)$, counts as one rule from now on.)
#
# Watch the minus signs. There will be two, and it is easy to lose either.

# %% nbgrader={"grade_id": "derive_log_sigmoid", "solution": true}
derive_log_sigmoid = [
    "log(sigmoid(x))",
    ### BEGIN SOLUTION
    "log(1 / (1 + exp(-x)))",
    "-log(1 + exp(-x))",
    "-softplus(-x)",
    ### END SOLUTION
]

# %% nbgrader={"grade_id": "test_derive_log_sigmoid", "grade": true, "points": 3}
marks = check.marks("derive_log_sigmoid", values=2, steps=1)
statement = check.Derivation(
    given="x real",
    start="log(sigmoid(x))",
    last=check.Only("softplus"),
    known=(
        "sigmoid(x) = exp(x) / (1 + exp(x))",
        "softplus(x) = x + softplus(-x)",
    ),
)
with marks.values:
    check.derives(derive_log_sigmoid, statement)
with marks.steps:
    check.small_steps(derive_log_sigmoid, statement)
marks.total()

# %% [markdown]
# Your last line is a recipe: the function below can be one line of code.
#
# There are two lines to end in, $-\operatorname{softplus}(-x)$ and $x - \operatorname{softplus}(x)$. Both get full marks here. **Predict:** what does
# each give at $x = 40$, where the right value is about $-4 \cdot 10^{-18}$?
#
# <details><summary>Compare</summary>
#
# The first one gives it to sixteen digits. In the second, $\operatorname{softplus}(40)$ is $40$ to the last digit that a float holds, so the
# difference is $0$. Subtracting two numbers that are nearly equal throws digits away. This is called **cancellation**.
#
# </details>


# %% nbgrader={"grade_id": "log_sigmoid", "solution": true}
def log_sigmoid(x):
    """Logarithm of the sigmoid, elementwise: log(1 / (1 + exp(-x))).

    Parameters
    ----------
    x : ndarray of float, any shape
        Any finite numbers, also very large ones of either sign.

    Returns
    -------
    ndarray, same shape as `x`
        Never positive, never -inf. `x` is left as it was.

    Examples
    --------
    >>> log_sigmoid(np.array([-1000.0]))
    array([-1000.])
    """
    ### BEGIN SOLUTION
    return -softplus(-x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_log_sigmoid", "grade": true, "points": 4}
marks = check.marks("log_sigmoid", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        log_sigmoid(np.array([0.0])),
        [-np.log(2.0)],
        because="the sigmoid is 1/2 there, and ln(1/2) = -ln 2",
    )
    check.close(
        log_sigmoid(np.array([np.log(3.0), -np.log(3.0)])),
        [np.log(0.75), np.log(0.25)],
        because="the sigmoid of ln 3 is 3/4, that of -ln 3 is 1/4",
    )
with marks.stability:
    check.close(
        log_sigmoid(np.array([-1000.0])),
        [-1000.0],
        because="far to the left the sigmoid is e^x, and ln undoes the exponential",
    )
    check.close(
        log_sigmoid(np.array([1000.0])),
        [0.0],
        because="far to the right the probability is 1, and ln 1 = 0",
    )
with marks.shapes:
    check.shape(log_sigmoid(np.zeros((4, 1))), (4, 1))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(log_sigmoid, reference.log_sigmoid, cases.reals())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(log_sigmoid, reference.log_sigmoid, cases.of(around))
with marks.stability:
    check.matches(log_sigmoid, reference.log_sigmoid, cases.extremes())
with marks.shapes:
    check.matches(log_sigmoid, reference.log_sigmoid, cases.shapes())
    check.leaves_arguments_alone(log_sigmoid, cases.reals())
    check.accepts_read_only(log_sigmoid, cases.reals())


@mistake(
    "the logarithm taken after the sigmoid",
    "At -1000 the sigmoid has already rounded to 0, and no logarithm brings it "
    "back. Put the definition of the sigmoid inside the logarithm and simplify "
    "before you compute.",
)
def log_sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.log(np.where(x >= 0, 1.0, e) / (1.0 + e))


@mistake(
    "-log(1 + e^(-x)) everywhere",
    "The formula is right, but at -1000 its exponential overflows. You have "
    "already written a function that computes this logarithm without overflow.",
)
def log_sigmoid(x):
    return -np.log(1.0 + np.exp(-x))


@mistake(
    "the inner minus is missing",
    "You computed ln sigmoid(-x). For x = 3 the model is confident: should the "
    "result be near 0?",
)
def log_sigmoid(x):
    return -(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


@mistake(
    "the outer minus is missing",
    "A probability is at most 1. What sign has its logarithm?",
)
def log_sigmoid(x):
    return np.maximum(-x, 0.0) + np.log1p(np.exp(-np.abs(x)))


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.10 The sign, from two indicators
#
# An **indicator** is 1 where its condition holds and 0 elsewhere: $\mathbf 1_{x>0}$ is 1 for positive $x$. NumPy writes it
# `x > 0`, an array of `True` and `False`, which `.astype(float)` turns into ones and zeros.
#
# **On paper.** The sign of $x$ should be $1$ for positive numbers, $-1$ for negative ones. Write it with the two
# indicators $\mathbf 1_{x>0}$ and $\mathbf 1_{x<0}$. Which value does your formula give at zero, without asking?
#
# <details><summary>Compare</summary>
#
# $$\operatorname{sign}(x) = \mathbf 1_{x>0} - \mathbf 1_{x<0}$$
#
# At zero neither condition holds: $0 - 0 = 0$. A formula like $x / |x|$ agrees everywhere else and has no answer there.
#
# </details><p></p>
#
# NumPy has `np.sign`. Write it with the two indicators once, to see that there is nothing in it. (NumPy does not
# subtract one array of `True` and `False` from another. Turn them into numbers first.)


# %% nbgrader={"grade_id": "sign", "solution": true}
def sign(x):
    """Sign of each element, by two indicators.

    Parameters
    ----------
    x : ndarray of float, any shape

    Returns
    -------
    ndarray, same shape as `x`
        1 where x is positive, -1 where it is negative, 0 where it is 0.
        `x` is left as it was.

    Examples
    --------
    >>> sign(np.array([-3.0, 0.5]))
    array([-1.,  1.])
    """
    ### BEGIN SOLUTION
    return (x > 0).astype(float) - (x < 0).astype(float)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_sign", "grade": true, "points": 4}
marks = check.marks("sign", values=2, zero=1, shapes=1)
with marks.values:
    check.close(
        sign(np.array([5.0, 0.1])),
        [1.0, 1.0],
        because="for a positive number only the first indicator is 1",
    )
    check.close(
        sign(np.array([-5.0, -0.1])),
        [-1.0, -1.0],
        because="for a negative number only the second is 1",
    )
with marks.zero:
    check.close(
        sign(np.array([0.0])),
        [0.0],
        because="0 is neither above nor below 0: both indicators are 0",
    )
with marks.shapes:
    check.shape(sign(np.ones((2, 1, 3))), (2, 1, 3))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(sign, reference.sign, cases.reals(without=(0.0,)))
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(sign, reference.sign, cases.of(around))
with marks.zero:
    check.matches(
        sign,
        reference.sign,
        [(np.array([0.0]),), (np.array([2.0, 0.0, -3.0, 0.0]),)],
    )
with marks.shapes:
    check.matches(sign, reference.sign, cases.shapes(without=(0.0,)))
    check.leaves_arguments_alone(sign, cases.reals(without=(0.0,)))
    check.accepts_read_only(sign, cases.reals(without=(0.0,)))


@mistake(
    "zero counted as positive",
    "Which of your two conditions holds at 0? The indicators ask for x > 0 and x "
    "< 0.",
)
def sign(x):
    return np.where(x >= 0, 1.0, -1.0)


@mistake(
    "zero counted as negative",
    "Your function treats 0 like a negative number. The indicators ask for x > 0 "
    "and x < 0.",
)
def sign(x):
    return np.where(x > 0, 1.0, -1.0)


@mistake(
    "x / |x|",
    "Right everywhere but at 0, where it divides 0 by 0. The two indicators need "
    "no division.",
)
def sign(x):
    return x / np.abs(x)


@mistake(
    "one indicator only",
    "Negative numbers give 0 here. What does the second indicator add?",
)
def sign(x):
    return (x > 0).astype(float)


@mistake(
    "the indicators exchanged",
    "Your positive numbers come out as -1. Which indicator is subtracted from "
    "which?",
)
def sign(x):
    return (x < 0).astype(float) - (x > 0).astype(float)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.11 The gradient of a sum of squares
#
# So far each output had its own input. Now a whole vector goes in and *one number* comes out. The squared Euclidean norm
# measures how long a vector is. Training looks for the numbers in a network, its **weights**, that make an error small. That
# error is called the **loss**. Often this sum is added to the loss, as a **penalty**, so that the weights stay small too:
#
# $$\lVert x \rVert_2^2 = \sum_{i=1}^{n} x_i^2$$
#
# Its **gradient** is the vector of all partial derivatives, one for each element of $x$. **Predict:** $x$ has shape $(n,)$.
# What shape has the gradient?
#
# **On paper.** Pick one index, say $k$, and hold every other element still.
#
# 1. The sum has $n$ terms. Which of them contain $x_k$?
# 2. What is the derivative of that term with respect to $x_k$? And of all the others?
# 3. Stack the answers for $k = 1, \dots, n$ into a vector. How do you write it without indices?
#
# <details><summary>Compare</summary>
#
# Only the term $i = k$ contains $x_k$. All others are constants, with derivative 0:
#
# $$\frac{\partial}{\partial x_k} \sum_i x_i^2 = \sum_i \frac{\partial x_i^2}{\partial x_k} = 2 x_k,
# \qquad \frac{\partial \lVert x \rVert_2^2}{\partial x} = \begin{bmatrix} 2x_1 \\ \vdots \\ 2x_n \end{bmatrix} = 2x$$
#
# The gradient has the shape of $x$. The sum is gone: it did its work when it threw away all terms but one.
#
# </details><p></p>
#
# That step, "of the whole sum one term survives", is what most of backpropagation is made of. You will meet it again in
# every lesson.


# %% nbgrader={"grade_id": "squared_l2_grad", "solution": true}
def squared_l2_grad(x):
    """Gradient of the squared Euclidean norm, sum(x**2), with respect to x.

    Parameters
    ----------
    x : ndarray of float, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Element k is the partial derivative with respect to x[k]. `x` is left as it was.

    Examples
    --------
    >>> squared_l2_grad(np.array([3.0, -4.0]))
    array([ 6., -8.])
    """
    ### BEGIN SOLUTION
    return 2.0 * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_squared_l2_grad", "grade": true, "points": 3}
marks = check.marks("squared_l2_grad", values=2, shapes=1)
with marks.values:
    check.close(
        squared_l2_grad(np.array([3.0, -4.0])),
        [6.0, -8.0],
        because="of 3^2 + (-4)^2 only the first term contains the first element",
    )
    check.close(
        squared_l2_grad(np.array([0.0, 0.5, 0.0])),
        [0.0, 1.0, 0.0],
        because="at 0 a parabola is level",
    )
with marks.shapes:
    check.shape(squared_l2_grad(np.ones(7)), (7,))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(squared_l2_grad, reference.squared_l2_grad, cases.vectors())
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(squared_l2_grad, reference.squared_l2_grad, cases.of(around))
with marks.shapes:
    check.matches(squared_l2_grad, reference.squared_l2_grad, [(np.array([1.75]),)])
    check.leaves_arguments_alone(squared_l2_grad, cases.vectors())
    check.accepts_read_only(squared_l2_grad, cases.vectors())


@mistake(
    "the 2 is missing",
    "This is the gradient of half the squared norm. What is the derivative of t^2 "
    "at t = 3?",
)
def squared_l2_grad(x):
    return x + 0.0


@mistake(
    "the norm for its gradient",
    "You return the sum itself, one number. The gradient has one entry per "
    "element of x.",
)
def squared_l2_grad(x):
    return np.sum(x**2)


@mistake(
    "the gradient summed up",
    "One number comes out, but x has n elements, and each has its own partial "
    "derivative.",
)
def squared_l2_grad(x):
    return np.sum(2.0 * x)


@mistake(
    "the norm without its square",
    "x / ||x|| belongs to the norm itself, with the square root. Here there is no "
    "root.",
)
def squared_l2_grad(x):
    return x / np.sqrt(np.sum(x**2))


@mistake(
    "the sign is lost", "At -4 the parabola falls. Can its slope there be positive?"
)
def squared_l2_grad(x):
    return 2.0 * np.abs(x)


@mistake(
    "divided by the number of elements",
    "This is the gradient of the mean of the squares. The norm is a sum.",
)
def squared_l2_grad(x):
    return 2.0 * x / x.size


@mistake(
    "the terms for their slopes",
    "You return the squares. How steep is t^2 at t = 3, and in which direction at "
    "t = -4?",
)
def squared_l2_grad(x):
    return x * x


@mistake(
    "the norm in every element",
    "All your elements are alike. What happens to the sum when only x[k] moves?",
)
def squared_l2_grad(x):
    return 2.0 * np.sqrt(np.sum(x**2)) * np.ones_like(x)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 1.12 The gradient of a sum of absolute values
#
# $$\lVert x \rVert_1 = \sum_{i=1}^{n} |x_i|$$
#
# **Predict.** The squared norm pulls hard on large elements and hardly at all on small ones. How hard does this one pull
# on a large element? On a small one?
#
# **On paper.** The step of 1.11 leaves one term: $\dfrac{\partial}{\partial x_k}\displaystyle\sum_i |x_i| = \dfrac{d|x_k|}{dx_k}$.
#
# 1. For $x_k > 0$, $|x_k| = x_k$. For $x_k < 0$, $|x_k| = -x_k$. What are the two slopes? Which function of this lesson is that?
# 2. At $x_k = 0$ there is a corner again. Which lines $y = a\,x$ stay on or below $|x|$ everywhere?
#
# <details><summary>Compare</summary>
#
# The slopes are $1$ and $-1$, which is $x_k / |x_k| = \operatorname{sign}(x_k)$ away from zero. So the gradient is
# $\operatorname{sign}(x)$, element by element.
#
# At zero, $a x \le |x|$ holds for every $x$ exactly when $-1 \le a \le 1$. So any number in $[-1, 1]$ is a subgradient, and
# any of them is right here. The usual choice is 0. Note that $x/|x|$ is no choice at all: at zero it is `nan`.
#
# </details>


# %% nbgrader={"grade_id": "l1_grad", "solution": true}
def l1_grad(x):
    """Subgradient of the sum of absolute values, sum(|x|), with respect to x.

    Parameters
    ----------
    x : ndarray of float, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Element k is the slope of |x[k]|. Where x[k] is 0, any number from -1 to 1.
        `x` is left as it was.

    Examples
    --------
    >>> l1_grad(np.array([3.0, -4.0]))
    array([ 1., -1.])
    """
    ### BEGIN SOLUTION
    return sign(x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_l1_grad", "grade": true, "points": 4}
marks = check.marks("l1_grad", values=2, corner=1, shapes=1)
with marks.values:
    check.close(
        l1_grad(np.array([3.0, -4.0])),
        [1.0, -1.0],
        because="|x| climbs right of zero and falls left of it",
    )
    check.close(
        l1_grad(np.array([0.001, 1000.0])),
        [1.0, 1.0],
        because="the slope does not depend on how far out you are",
    )
with marks.corner:
    check.between(
        l1_grad(np.array([0.0])),
        -1.0,
        1.0,
        because="at the corner any slope from -1 to 1 is a subgradient",
    )
with marks.shapes:
    check.shape(l1_grad(np.ones(7)), (7,))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(l1_grad, reference.l1_grad, cases.vectors(without=(0.0,)))
    around = np.array([1.5, -10.5, 6.5, -2e-6, 2e-6, -6.5, 10.5, 0.5])
    check.matches(l1_grad, reference.l1_grad, cases.of(around))
with marks.corner:
    check.between(
        l1_grad(np.array([2.0, 0.0, -3.0, 0.0])),
        [1.0, -1.0, -1.0, -1.0],
        [1.0, 1.0, -1.0, 1.0],
        because="at [2, 0, -3, 0]: only the zeros leave you a choice",
    )
with marks.shapes:
    check.matches(l1_grad, reference.l1_grad, [(np.array([-1.75]),)])
    check.leaves_arguments_alone(l1_grad, cases.vectors(without=(0.0,)))
    check.accepts_read_only(l1_grad, cases.vectors(without=(0.0,)))


@mistake(
    "the terms for their slopes",
    "You return the absolute values. How steep is |x| at -4, and in which "
    "direction?",
)
def l1_grad(x):
    return np.abs(x)


@mistake(
    "the gradient summed up",
    "One number comes out, but x has n elements, and each has its own partial "
    "derivative.",
)
def l1_grad(x):
    return np.sum(np.sign(x))


@mistake("the bars are ignored", "Left of zero |x| falls. What is its slope there?")
def l1_grad(x):
    return np.ones_like(x)


@mistake(
    "divided by the number of elements",
    "This is the gradient of the mean of |x|. The norm is a sum.",
)
def l1_grad(x):
    return np.sign(x) / x.size


@mistake(
    "the gradient of the squared norm",
    "2x grows with x. Does the graph of |x| become steeper as you walk out?",
)
def l1_grad(x):
    return 2.0 * x


@mistake(
    "the vector scaled to length 1",
    "Your numbers depend on all of x. If x[1] alone changes, does the slope of "
    "|x[0]| change?",
)
def l1_grad(x):
    return x / np.sqrt(np.sum(x * x))


@mistake(
    "x as a share of the norm",
    "Your numbers depend on all of x. If x[1] alone changes, does the slope of "
    "|x[0]| change?",
)
def l1_grad(x):
    return x / np.sum(np.abs(x))


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# **Predict.** Two walkers start at 0.98 and walk downhill, one on $x^2$, the other on $|x|$. Each step is $0.05$ times the slope.
# Who reaches zero first? Does either come to rest there? The next cell lets your two functions walk.


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_walk", "locked": true}
# Figure: two walks downhill.
def draw(axes):
    for gradient, label, style in [
        (squared_l2_grad, "on x squared", "-"),
        (l1_grad, "on |x|", "--"),
    ]:
        path = [np.array([0.98])]
        for _ in range(40):
            path.append(path[-1] - 0.05 * gradient(path[-1].copy()))
        axes.plot(np.concatenate(path), style, label=label)
    axes.axhline(0, color="0.7", linewidth=0.8)
    axes.set(
        title="downhill from 0.98 in steps of 0.05 times the slope",
        xlabel="step",
        ylabel="x",
    )
    axes.legend()


explore.Picture(
    draw,
    alt="Two paths that start at 0.98. On x squared the path curves ever more gently "
    "towards zero and is still above it after 40 steps. On the absolute value it "
    "runs straight down, crosses zero at step 20 and then goes to and fro over it, "
    "between 0.03 and -0.02.",
)

# %% [markdown]
# **Question.** On $x^2$ each step multiplies $x$ by the same number. Which one, and why does it never reach zero? On $|x|$
# every step has the same length. Which of the two penalties would you choose if you wanted many weights to be *exactly*
# zero?
#
# <details><summary>Compare</summary>
#
# $x - 0.05 \cdot 2x = 0.9\,x$, and $0.9^n$ is never zero. On $|x|$ the step is $0.05$ however small $x$ has become, so small
# weights are pushed all the way: after 20 steps this walker has reached zero and gone past it. (From there it steps over
# zero and back, since its step never shrinks. In practice one lets the step shrink, or stops a weight that would cross
# zero.) This is why an $\ell_1$ penalty gives sparse weights, many of them exactly zero, and an $\ell_2$ penalty small ones.
#
# </details><p></p>
#
#
# ## 1.13 In your own words
#
# A person reads your answer to this one; no check does. It is worth 2 points. Double-click the cell below, write three or four
# sentences in place of what stands there, then run the cell.
#
# **Question.** A layer of sigmoids and a layer of rectifiers can both stop learning: the one because its slopes are small, the
# other because units are dead. Why are these two different troubles? Say for each what the numbers $z$ must be for it to
# happen, and whether further training can end it.

# %% [markdown] nbgrader={"grade_id": "explain_dead", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# A sigmoid's slope is never more than 1/4, and close to 0 where z is large on either side. It is never exactly 0: a gradient
# still comes through, but small, and through many layers the small factors multiply. Training goes on, slowly, and can in time
# bring z back to the middle.
#
# A rectifier is dead when z is negative for every example. Its slope is then exactly 0 for all of them, so no gradient
# reaches its weights and they stay as they are. Further training does not wake it by itself; only a change of what comes in
# from the layers below can. As long as one example makes z positive, the slope there is 1, and nothing is lost on the way.
# ### END SOLUTION

# %% [markdown]
# ## What you can do now
#
# - Differentiate a function defined by cases, and say what holds at a corner.
# - Derive $\sigma' = \sigma(1 - \sigma)$, $\tanh' = 1 - \tanh^2$ and $\operatorname{softplus}' = \sigma$, and say which argument each is taken at.
# - Write a derivation as a chain of lines, each a small step, and find the first line of a proof that breaks it.
# - Look at a formula, find the exponential that will overflow, and rewrite it so that none does.
# - Take the gradient of a sum by asking which term survives.
#
# **Before you hand in:** press **Validate**, or choose *Kernel > Restart Kernel and Run All Cells*. Every card should show
# what you expect. Validate lists the check cells that are not full; the reason is on the card under that cell. Grading
# tries more cases than the cards do.
#
# **To read further.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 3.10 on the sigmoid and
# softplus, 4.1 on overflow, 6.3 on activations. Boyd and Vandenberghe's lecture notes *Subgradients* (Stanford EE364b)
# for corners in any number of dimensions.
#
# **A harder one, without marks.** Write $f(x) = \ln(1 - e^{-x})$ for $x > 0$ so that it is right to ten digits at $x = 10^{-20}$ *and*
# at $x = 50$. Each of `np.log1p` and `np.expm1` saves you at one end and fails at the other. Where would you change from
# one to the other, and how would you find out whether you chose well?
