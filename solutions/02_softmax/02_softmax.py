# %% [markdown]
# # 2. Softmax: from scores to a slope
#
# A network that names what it sees ends in one score for each class: so much for *cat*, so much for *dog*. Two things
# are missing. We want probabilities, not scores. And we want to know how each score should move, so that the network
# is less wrong next time. In this lesson you take the scores to probabilities with **softmax**, the probabilities to one number that
# says how wrong they are, and then walk all the way back. What you find at the end is surprisingly short.
#
# You need lesson 1, partial derivatives, and what a matrix does to a vector. Plan three hours, with paper beside you. There
# are nine functions, six derivations that are checked line by line, and three old slips to find.
#
# **What every function here has in common**
#
# - It gets NumPy arrays of floats and returns a *new* array. It never changes the arrays it was given, and it works on arrays
#   that cannot be written to. A label is an `int`.
# - The classes lie along the **last axis**. An array of shape `(n,)` is one row of scores. Shape `(N, n)` is a batch of $N$
#   examples, each with its own row. There may be more axes in front: `(2, 3, n)` holds six rows. Every row is treated as
#   if it were alone. A batch of one, `(1, n)`, stays `(1, n)`.
# - An answer counts as right when it is within $10^{-8} + 10^{-6}\,|\text{right value}|$ of the right value.
# - Each exercise is marked in parts. `values` asks for right numbers on plain batches `(N, n)`, or on plain vectors where
#   the exercise takes only those. `shapes` asks for other shapes and for leaving the arguments alone. `stability` asks for
#   right numbers when scores are in the thousands. `errors` and `cost` are explained where they come.
# - The checks you see of a function are a sample. When your work is graded, it meets many more inputs. Of a derivation nothing
#   is kept back: what its card says is what grading will say.
# - A warning is not an error. If NumPy prints one and your answer is right, you keep the marks.
# - A function may call the ones you wrote before it. It is then as right as they are.
#
# **Letters.** We count from 0, in formulas as in code: the $n$ entries of a row are $x_0, \dots, x_{n-1}$.
#
# | letter | what it is | where |
# | --- | --- | --- |
# | $x$, $s$ | a row of logits, and its softmax; $n$ classes | 2.1 to 2.4, 2.6 to 2.9 |
# | $o^a$, $o^s$ | the same two, called as networks call them; $m$ classes | 2.5 and 2.10 |
# | $i$, $j$, $k$ | which entry | everywhere |
# | $Z$ | the sum of the exponentials | 2.6 and 2.10 |
# | $L$ | the loss, one number | from 2.5 on |
# | $y$ | the **label**, the right class | 2.5 and 2.10 |
# | $y$ | the **output** of any layer | 2.8 only |
# | $dy$ | how the loss changes with each output | 2.8 and 2.9 |

# %% [markdown]
# Run the next cell first. It loads what the lesson uses. It is folded away, as are the cells that draw figures: select it
# and press **Shift + Enter**.
# When you come back another day, a name is not defined, or a picture says *model not found*, choose *Run > Run All Above
# Selected Cell*.

# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "setup", "locked": true}
# Setup: what the lesson uses.
import time

import numpy as np

from autograder import check, explore


def line_number(answer, last):
    """Ask for one of the numbers 1 to `last`; whether it is the right one is seen when graded."""
    if answer == ():
        raise NotImplementedError
    if type(answer) is not int:
        says = "put the number of a line between the brackets, such as 1, without a comma"
        raise check.CheckFailed(check.Finding(says))
    if not 1 <= answer <= last:
        raise check.CheckFailed(
            check.Finding(f"the lines are 1 to {last}, not {answer}")
        )


print("Ready.")

# %% [markdown]
# ## 2.1 From scores to probabilities
#
# The scores are called **logits**. They can be any numbers, also negative ones. Probabilities are positive and add up to 1.
# Softmax makes the one into the other in two steps: the exponential makes every score positive, and dividing by the sum makes
# them add up to 1.
#
# $$s_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$
#
# Here $x$ is the row of logits and $s = \operatorname{softmax}(x)$ the row of probabilities.
#
# **Predict.** Two classes have the logits $0$ and $\ln 3$. What are their probabilities? And what do three equal logits give?
#
# <details><summary>Compare</summary>
#
# $e^0 = 1$ and $e^{\ln 3} = 3$, so the two share $1 : 3$, which is $\frac14$ and $\frac34$. Equal logits share equally: a third each.
#
# </details><p></p>
#
# Each $s_i$ is positive, because $e^{x_i}$ is. That they add up to 1 you can prove in two steps, and this is your first derivation.
#
# **How to write it.** As in lesson 1, a derivation is a list of lines, each a text in Python's way of writing: in quotes, with a comma
# behind it. Every line must equal the line before it. You write the lines between the first and the last. New in this lesson:
#
# | on paper | in a line |
# | --- | --- |
# | $x_i$ | `x[i]` |
# | $\sum_j e^{x_j}$ | `sum(j, exp(x[j]))` |
#
# The letter before the comma is the one that runs. It means nothing outside its sum, so $\sum_j e^{x_j}$ and $\sum_k e^{x_k}$ are the
# same number. Give a sum that stands inside another a letter of its own. `exp` is the exponential, and `ln` or `log` the logarithm.
#
# **How it is marked.** `values` says that every line equals the one before it. `steps` says that no step is too large. The size of a step is
# counted in *rules*. A rule is one thing that you do: put in a definition, use a law of exp, take a constant factor out of a sum. Reordering,
# cancelling in a fraction and giving the letter of a sum another name are free. The check shows your lines as formulas, names the first one that does not
# hold, and names the rules of a step that is too large.
#
# **Here and in 2.2 a step may take one rule**, because the whole proof has only two. Later steps may be larger; each derivation says how large.
#
# **On paper,** then in the cell: put the definition of $s_i$ into $\sum_i s_i$. The denominator is the same number for every $i$. What may
# you do with it?

# %% nbgrader={"grade_id": "derive_softmax_sums_to_one", "solution": true}
# s[i] is short for exp(x[i]) / sum(j, exp(x[j])). One rule for each step.
derive_softmax_sums_to_one = [
    "sum(i, s[i])",
    ### BEGIN SOLUTION
    "sum(i, exp(x[i]) / sum(j, exp(x[j])))",
    "sum(i, exp(x[i])) / sum(j, exp(x[j]))",
    ### END SOLUTION
    "1",
]

# %% nbgrader={"grade_id": "test_derive_softmax_sums_to_one", "grade": true, "points": 3}
marks = check.marks("derive_softmax_sums_to_one", values=2, steps=1)
statement = check.Derivation(
    given="x (n)",
    let=("s[i] = exp(x[i]) / sum(j, exp(x[j]))",),
    start="sum(i, s[i])",
    end="1",
    rules=1,
)
with marks.values:
    check.derives(derive_softmax_sums_to_one, statement)
with marks.steps:
    check.small_steps(derive_softmax_sums_to_one, statement)
marks.total()

# %% [markdown]
# ## 2.2 Shift the logits
#
# One critic scores three films $1, 2, 3$. Another, more generous, scores them $101, 102, 103$. Both turn their scores into
# probabilities with softmax. **Predict:** whose probabilities are more peaked? Decide, write it into the box, reveal, and move the
# shift.

# %% nbgrader={"grade_id": "explore_shift", "locked": true}
explore.softmax_temperature(
    [1, 2, 3],
    max_trick=False,
    lock=["logits", "temperature", "max_trick"],
    ask="The generous critic adds 100 to each score. Drag the shift to 100. Which columns keep their height?",
)

# %% [markdown]
# To find out, add the same number $c$ to every logit and see what the formula makes of it. The law you need is $e^{a + b} = e^a e^b$.
#
# **On paper,** then in the cell: where does $e^c$ go? The letter $i$ stays free here: the chain holds for each $i$. A step may take one rule.

# %% nbgrader={"grade_id": "derive_translation_invariance", "solution": true}
# c is any number. One rule for each step.
derive_translation_invariance = [
    "exp(x[i] + c) / sum(j, exp(x[j] + c))",
    ### BEGIN SOLUTION
    "exp(c) * exp(x[i]) / sum(j, exp(c) * exp(x[j]))",
    "exp(c) * exp(x[i]) / (exp(c) * sum(j, exp(x[j])))",
    ### END SOLUTION
    "exp(x[i]) / sum(j, exp(x[j]))",
]

# %% nbgrader={"grade_id": "test_derive_translation_invariance", "grade": true, "points": 3}
marks = check.marks("derive_translation_invariance", values=2, steps=1)
statement = check.Derivation(
    given="x (n); c real",
    entry="i",
    start="exp(x[i] + c) / sum(j, exp(x[j] + c))",
    end="exp(x[i]) / sum(j, exp(x[j]))",
    rules=1,
)
with marks.values:
    check.derives(derive_translation_invariance, statement)
with marks.steps:
    check.small_steps(derive_translation_invariance, statement)
marks.total()

# %% [markdown]
# Neither critic's. $e^c$ cancels: **softmax does not change when all logits of a row are shifted by the same number.** Only the gaps
# between them count.
#
# That is worth more than it looks. The logit $1000$ is an ordinary number, but $e^{1000}$ overflows to `inf`, and `inf / inf` is `nan`. You may
# shift a row by any $c$ you like without changing the answer.
#
# 1. Which $c$ makes every exponent zero or less, so that no exponential can overflow?
# 2. In a batch one row may lie near $-1000$ and the next near $1000$. Can one $c$ serve both?
#
# <details><summary>Compare</summary>
#
# Shift the row so that its largest logit becomes $0$: $c = -\max_j x_j$. Every exponent is then at most 0, and one of them is
# exactly 0. So the sum is at least 1 and nothing is divided by zero.
#
# Each row needs its own $c$. With one $c$ for the batch, the row near $-1000$ has exponents near $-2000$. All its exponentials
# round to $0$, and `0 / 0` is `nan`.
#
# </details><p></p>
#
# Reductions in NumPy, such as `x.sum(axis=-1)`, work along the last axis, and `keepdims=True` leaves an axis of length 1 in its place. Try
# both on a `(2, 3)` array and look at the shapes: only one of the two can be divided into the array row by row.


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(x):
    """Softmax over the last axis.

    Parameters
    ----------
    x : ndarray of float, shape (..., n)
        Logits. Any finite numbers, also rows of very different size in one batch.

    Returns
    -------
    ndarray, shape (..., n)
        Probabilities: never negative, never nan, adding up to 1 over the last axis.
        `x` is left as it was.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0], [-1000.0, 1000.0]]))
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    ### BEGIN SOLUTION
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_softmax", "grade": true, "points": 4}
marks = check.marks("softmax", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        softmax(np.array([[0.0, np.log(3.0)], [2.0, 2.0]])),
        [[0.25, 0.75], [0.5, 0.5]],
        because="e^0 = 1 and e^ln 3 = 3 share 1 : 3, and equal logits share equally",
    )
with marks.stability:
    check.close(
        softmax(np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])),
        [[0.5, 0.5], [0.5, 0.5]],
        because="shifting a row by 1000 changes nothing",
    )
with marks.shapes:
    check.shape(softmax(np.zeros(4)), (4,))
    check.shape(softmax(np.zeros((2, 3))), (2, 3))
    check.shape(softmax(np.zeros((2, 3, 5))), (2, 3, 5))
    check.leaves_arguments_alone(softmax, [np.array([[1.0, 2.0, 0.5]])])
### BEGIN HIDDEN TESTS
from autograder.check import cases, mistake, reference

with marks.values:
    check.matches(softmax, reference.softmax, cases.logits())
with marks.stability:
    check.matches(softmax, reference.softmax, cases.logits(rows=[-1000, 0, 1000]))
    check.matches(
        softmax,
        reference.softmax,
        cases.of(np.array([[-1000.0, 1000.0]]), np.array([[1000.0, 0.0, -1000.0]])),
    )
with marks.shapes:
    check.matches(softmax, reference.softmax, cases.shapes())
    check.leaves_arguments_alone(softmax, cases.logits())
    check.accepts_read_only(softmax, cases.logits())


@mistake(
    "no maximum subtracted",
    "Right on paper. Put the row [1000, 1001] in, step by step: how large is the "
    "numerator? Which number may you add to both without changing the answer?",
)
def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "one maximum for the whole batch",
    "Works while the rows are alike. Give one row the logits -1000 and another "
    "1000: which maximum does each of them see?",
)
def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "the axis of the rows is lost",
    "x.max(axis=-1) has one number for each row, and NumPy lines these up with the "
    "columns. What does keepdims=True leave in the shape?",
)
def softmax(x):
    e = np.exp(x - x.max(axis=-1))
    return e / e.sum(axis=-1)


@mistake(
    "normalised over the whole array",
    "Ask what each row sums to, and what it should sum to.",
)
def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


@mistake(
    "normalised over the whole array, without a shift",
    "Ask what each row sums to, and what it should sum to. Then try logits of 1000.",
)
def softmax(x):
    e = np.exp(x)
    return e / e.sum()


@mistake(
    "shifting each row but dividing by one sum for all",
    "Ask what each row sums to, and what it should sum to.",
)
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum()


@mistake(
    "normalised down the columns",
    "Your columns sum to 1. Along which axis do the classes of one example lie?",
)
def softmax(x):
    e = np.exp(x - x.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@mistake(
    "normalised down the columns, without a shift",
    "Your columns sum to 1. Along which axis do the classes of one example lie?",
)
def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=0)


@mistake(
    "dividing by the maximum instead of subtracting it",
    "Softmax does not change when the logits are shifted. You scaled them.",
)
def softmax(x):
    e = np.exp(x / x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "the shares of the logits themselves",
    "What makes a negative logit positive? One of the two steps is missing.",
)
def softmax(x):
    return x / x.sum(axis=-1, keepdims=True)


@mistake(
    "a minus sign too many in the exponent",
    "Your largest logit has the smallest probability.",
)
def softmax(x):
    e = np.exp(x.min(axis=-1, keepdims=True) - x)
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "the sigmoid of each logit",
    "Each of your entries looks at its own logit alone. Does a row add up to 1?",
)
def softmax(x):
    return 0.5 * (np.tanh(0.5 * x) + 1.0)


@mistake(
    "the shift in the numerator alone",
    "A shift changes nothing as long as both parts of the fraction have it. Does "
    "yours stand in the sum below as well?",
)
def softmax(x):
    top = np.exp(x - x.max(axis=-1, keepdims=True))
    return top / np.exp(x).sum(axis=-1, keepdims=True)


@mistake(
    "two axes by rows, all others by one sum",
    "Right for a row and for a matrix. With three axes your case for everything else "
    "takes one maximum and one sum. How do you name the last axis, however many "
    "there are?",
)
def softmax(x):
    axis = 1 if x.ndim == 2 else None
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@mistake(
    "a case for one axis and one for two",
    "An array with three axes meets none of your cases and comes back as it went "
    "in. How do you name the last axis, however many there are?",
)
def softmax(x):
    if x.ndim > 2:
        return x + 0.0
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "divided by the length of the vector",
    "The squares of your row add up to 1. Probabilities should add up to 1 "
    "themselves.",
)
def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / np.sqrt((e * e).sum(axis=-1, keepdims=True))


@mistake(
    "one row for each entry of the first axis",
    "Your loop takes x[0], x[1], ... for the rows. What are these when x has one "
    "axis, or three?",
)
def softmax(x):
    e = [np.exp(row - row.max()) for row in x]
    return np.array([row / row.sum() for row in e])


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# Without the shift, when does it break? In the next figure the maximum is *not* subtracted before `exp`. **Predict:** at
# which logit does `exp` overflow, and what becomes of the three probabilities then?

# %% nbgrader={"grade_id": "explore_overflow", "locked": true}
explore.softmax_temperature(
    [1, 2, 3],
    shift=700,
    max_trick=False,
    lock=["temperature"],
    ask="Raise the shift one key press at a time. What breaks first, and at which logit?",
)

# %% [markdown]
# Now tick *Subtract the maximum before exp*. The logits are as large as before, and the shares are back.
#
# ## 2.3 Scale the logits
#
# Shifting changes nothing. **Predict:** what happens when every logit is multiplied by the same number, say by $2$? By $0$? By
# something huge?
#
# To refute a claim such as "softmax$(c\,x)$ = softmax$(x)$ for all $x$ and $c$" takes one counter-example, a **witness**. Find one, on paper or by trying
# your softmax in a cell of your own. Not every pair will do: for some $x$, scaling changes nothing, and there is one $c$ that changes nothing for any $x$.
# And a difference that nobody can see convinces nobody: somewhere the two must differ by $0.001$ or more.
#
# <details><summary>Compare, when you have one</summary>
#
# When all logits of $x$ are equal, so are those of $c\,x$, and the probabilities stay $\frac1n$. And $c = 1$ changes no $x$. With something huge the largest takes all. But if it
# has taken all before, as in $(0, 1000)$, nothing is left to change.
#
# </details>


# %% nbgrader={"grade_id": "scale_witness", "solution": true}
def scale_witness():
    """Return logits and a factor for which softmax(c * x) differs from softmax(x).

    Returns
    -------
    x : ndarray of float, shape (n,)
        One row of at least two finite logits.
    c : float
        A finite factor. Somewhere softmax(c * x) and softmax(x) differ by 0.001 or more.
    """
    ### BEGIN SOLUTION
    return np.array([0.0, np.log(3.0)]), 2.0
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_scale_witness", "grade": true, "points": 2}
marks = check.marks("scale_witness", values=2)


def witness(answer):
    """Return x and c if they are what the exercise asks for; the messages say what is not."""
    assert type(answer) in (tuple, list), "return two things: the logits x, then c"
    assert len(answer) == 2, f"return two things, x and c, not {len(answer)}"
    x, c = answer
    numbers = [np.asarray(x).dtype.kind in "fiu", np.asarray(c).dtype.kind in "fiu"]
    assert numbers[0], "x should be an array of numbers"
    assert numbers[1] and np.ndim(c) == 0, "c should be one number"
    x = np.asarray(x, dtype=float)
    assert x.ndim == 1, f"x should be one row of shape (n,), not of shape {x.shape}"
    assert x.size >= 2, "with a single class softmax is 1, whatever the logit"
    check.finite(x)
    check.finite(c * x)
    return x, c


def differ(before, after):
    """Ask for a difference of 0.001 somewhere."""
    largest = np.max(np.abs(np.asarray(after) - np.asarray(before)))
    before, after = (np.round(shares, 4).tolist() for shares in (before, after))
    assert largest >= 0.001, (
        f"softmax(x) is {before} and softmax(c x) is {after}: "
        f"the largest difference is {largest:.2g}, and it should be 0.001 or more"
    )


with marks.values:
    x, c = witness(scale_witness())
    assert c != 1, "c = 1 leaves every x as it is"
    moved = c * x - x
    assert np.ptp(moved) > 0, (
        f"here c x is x with {moved[0]:g} added everywhere, and softmax ignores a shift"
    )
    try:  # by your own softmax, as long as it works; when graded, by a softmax that does
        before, after = softmax(x), softmax(c * x)
        works = np.allclose([np.sum(before), np.sum(after)], 1.0)
    except Exception:
        works = False
    if works:
        differ(before, after)
### BEGIN HIDDEN TESTS
with marks.values:
    x, c = witness(scale_witness())
    differ(reference.softmax(x), reference.softmax(c * x))
### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_witness", "locked": true}
# Figure: what your softmax says about your witness.
def draw(before, after):
    x, c = scale_witness()
    for axes, logits, title in [
        (before, 1.0 * np.asarray(x), "softmax of your x"),
        (after, c * np.asarray(x), "softmax of your c x"),
    ]:
        shares = softmax(logits)
        bars = axes.bar([str(k) for k in range(len(shares))], shares, color="C0")
        axes.bar_label(bars, [f"{share:.3f}" for share in shares])
        axes.set(title=title, xlabel="class", ylim=(0, 1.12))


explore.Picture(
    draw,
    panels=2,
    alt="Two bar charts: your softmax of your x, and of your c times x. The pair is a "
    "witness when they differ by 0.001 or more somewhere.",
)


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_shift_and_scale", "locked": true}
# Figure: the same three logits as they are, shifted, and scaled.
def draw(plain, shifted, scaled):
    x = np.array([0.0, 1.0, 2.0])
    for axes, logits, title in [
        (plain, x, "logits 0, 1, 2"),
        (shifted, x + 100.0, "shifted by 100"),
        (scaled, 3.0 * x, "times 3"),
    ]:
        shares = softmax(logits.copy())
        bars = axes.bar(["1st", "2nd", "3rd"], shares, color="C0")
        axes.bar_label(bars, [f"{share:.3f}" for share in shares])
        axes.set(title=title, ylim=(0, 1.12))


explore.Picture(
    draw,
    panels=3,
    alt="Three bar charts of your softmax. For the logits 0, 1, 2 the bars are 0.090, "
    "0.245 and 0.665 high. Shifted by 100 they are the same. Multiplied by 3 they "
    "are 0.002, 0.047 and 0.950: the largest has taken nearly everything.",
)

# %% [markdown]
# Shifting changes nothing, scaling does. It is a knob, and it has a name. Divide the logits by a **temperature** $T > 0$:
#
# $$\operatorname{softmax}(x / T)$$
#
# Language models have this knob: a low temperature makes them pick the likeliest word nearly always, a high one makes them adventurous.
#
# **Predict** the two limits for the logits $1, 3, 3$. What are the three probabilities when $T$ is tiny, such as $10^{-8}$? And when it is huge,
# such as $10^{8}$?
#
# <details><summary>Compare</summary>
#
# When $T$ is tiny, every gap becomes enormous. The largest logit takes everything. Here two are tied, and softmax has no reason to prefer
# either: they share, $(0, \frac12, \frac12)$. When $T$ is huge, all gaps shrink to nothing: $(\frac13, \frac13, \frac13)$.
#
# </details><p></p>
#
# At $T = 0$ there is nothing to divide by, and a negative $T$ would prefer the *smallest* logit. Your function refuses both: `raise ValueError(...)`
# with a message that says what to do. (The message is yours. The checks look only at the kind of error.)


# %% nbgrader={"grade_id": "softmax_temperature", "solution": true}
def softmax_temperature(x, T):
    """Softmax of x / T over the last axis.

    Parameters
    ----------
    x : ndarray of float, shape (..., n)
        Logits.
    T : float
        Temperature, above 0. Anything from 1e-8 to 1e8 must work.

    Returns
    -------
    ndarray, shape (..., n)
        As T goes to 0: 1 at the largest logit, shared equally among equals.
        As T grows: 1 / n everywhere. `x` is left as it was.

    Raises
    ------
    ValueError
        If T is 0 or negative.

    Examples
    --------
    >>> softmax_temperature(np.array([1.0, 3.0, 3.0]), 1e-8)
    array([0. , 0.5, 0.5])
    """
    ### BEGIN SOLUTION
    if T <= 0:
        raise ValueError(f"the temperature must be above 0, not {T}")
    return softmax(x / T)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_softmax_temperature", "grade": true, "points": 5}
marks = check.marks(
    "softmax_temperature", values=2, stability=1, errors=1, shapes=1
)
with marks.values:
    check.close(
        softmax_temperature(np.array([[0.0, np.log(9.0)]]), 1.0),
        [[0.1, 0.9]],
        because="at T = 1 this is softmax itself: 1 : 9",
    )
    check.close(
        softmax_temperature(np.array([[0.0, np.log(9.0)]]), 2.0),
        [[0.25, 0.75]],
        because="half of ln 9 is ln 3, so 1 : 3",
    )
with marks.stability:
    check.close(
        softmax_temperature(np.array([[1.0, 3.0, 3.0]]), 1e-8),
        [[0.0, 0.5, 0.5]],
        because="when it is cold the largest take all, and the two tied ones share",
    )
    check.close(
        softmax_temperature(np.array([[1.0, 3.0, 3.0]]), 1e8),
        [[1 / 3, 1 / 3, 1 / 3]],
        because="when it is hot the gaps vanish",
    )
with marks.errors:
    check.raises(
        ValueError,
        softmax_temperature,
        np.array([[1.0, 3.0]]),
        0.0,
        because="nothing can be divided by 0",
    )
    check.raises(
        ValueError,
        softmax_temperature,
        np.array([[1.0, 3.0]]),
        -1.0,
        because="a temperature lies above 0",
    )
with marks.shapes:
    check.shape(softmax_temperature(np.zeros((2, 3, 5)), 0.5), (2, 3, 5))
### BEGIN HIDDEN TESTS
with marks.values:
    for T in [1.0, 2.0, 0.5, 3.25]:
        check.matches(
            softmax_temperature,
            reference.softmax_temperature,
            cases.logits().map(lambda x, T=T: (x, T)),
        )
    check.matches(
        softmax_temperature,
        reference.softmax_temperature,
        cases.of(
            (np.array([[1.0, 1.06, 0.9]]), 0.05),
            (np.array([[150.0, 0.0, -75.0]]), 150.0),
        ),
    )
with marks.stability:
    for T in [1e-8, 1e8]:
        check.matches(
            softmax_temperature,
            reference.softmax_temperature,
            cases.logits(rows=[-1000, 0, 1000]).map(lambda x, T=T: (x, T)),
        )
    check.matches(
        softmax_temperature,
        reference.softmax_temperature,
        cases.of(
            (np.array([[2.0, 2.0]]), 1e-8),
            (np.array([[-1.5, 4.0, 0.5, 4.0], [1.0, 0.0, 0.0, 0.0]]), 1e-8),
            (np.array([[7.0, 7.0, 7.0, 2.0, -7.0]]), 1e-8),
            (np.array([[3e-8, 1e-8, 0.0]]), 1e-8),
        ),
    )
with marks.errors:
    for T in [0.0, -1.0, -1e-8]:
        check.raises(
            ValueError,
            softmax_temperature,
            np.array([[1.0, 3.0], [0.5, -2.0]]),
            T,
            because="a temperature lies above 0",
        )
    check.depends(
        softmax_temperature,
        cases.of((np.array([[1.0, 3.0]]), 0.5), (np.array([[1.0, 3.0]]), 2.0)),
        because="above 0, every temperature has an answer of its own",
    )
with marks.shapes:
    check.matches(
        softmax_temperature,
        reference.softmax_temperature,
        cases.shapes().map(lambda x: (x, 2.5)),
    )
    check.leaves_arguments_alone(
        softmax_temperature, cases.logits().map(lambda x: (x, 2.5))
    )
    check.accepts_read_only(
        softmax_temperature, cases.logits().map(lambda x: (x, 2.5))
    )


@mistake(
    "multiplied by T",
    "When it is hot the probabilities should even out. Yours become more peaked: do "
    "you divide the logits?",
)
def softmax_temperature(x, T):
    z = x * T
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "the temperature is ignored",
    "The same numbers come out for every T. Where should it enter?",
)
def softmax_temperature(x, T):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "the probabilities divided by T",
    "What do your rows add up to when T is 2? Divide before the exponential.",
)
def softmax_temperature(x, T):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) / T


@mistake(
    "the power 1/T of the probabilities",
    "Right on paper, and for ordinary T. At T = 1e-8 every probability below 1 is "
    "raised to the power 100 million. What is left to divide by?",
)
def softmax_temperature(x, T):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    p = (e / e.sum(axis=-1, keepdims=True)) ** (1 / T)
    return p / p.sum(axis=-1, keepdims=True)


@mistake(
    "no maximum subtracted",
    "At T = 1e-8 the logit 1 becomes 100 million, and its exponential overflows. "
    "You have a softmax that does not.",
)
def softmax_temperature(x, T):
    e = np.exp(x / T)
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "one maximum for the whole batch",
    "At T = 1e-8 rows that lay close together lie far apart. Which maximum does "
    "each of them see?",
)
def softmax_temperature(x, T):
    e = np.exp((x - x.max()) / T)
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "the winner takes all, ties or not",
    "Two largest logits share when it is cold. How many places does argmax give?",
)
def softmax_temperature(x, T):
    if T <= 0:
        raise ValueError
    z = x / T - (x / T).max(axis=-1, keepdims=True)
    e = np.exp(z)
    if T < 1e-6:
        e = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., None]
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "no look at T",
    "A negative T turns the order of the classes around, and nobody hears of it. "
    "Which T must be refused, and how?",
)
def softmax_temperature(x, T):
    z = x / T
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "T = 0 refused, negative T not",
    "A negative T turns the order of the classes around, and nobody hears of it.",
)
def softmax_temperature(x, T):
    if T == 0:
        raise ValueError
    z = x / T
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@mistake(
    "softmax taken twice",
    "At T = 1 this should be softmax itself. What do you divide by T: the logits, or "
    "probabilities?",
)
def softmax_temperature(x, T):
    if T <= 0:
        raise ValueError
    z = reference.softmax(x) / T
    return reference.softmax(z)


### END HIDDEN TESTS
marks.total()


# %% [markdown]
# You know what the probabilities of $1, 3, 3$ come to at both ends. The next figure also says in one number how undecided they are, their **entropy**
# $-\sum_i s_i \ln s_i$. It is 0 when one class has everything, and $\ln n$ when all $n$ share equally. (A class with probability 0 adds 0.)
# **Predict:** to which number does the entropy fall when it gets cold?

# %% nbgrader={"grade_id": "explore_temperature", "locked": true}
explore.softmax_temperature(
    [1, 3, 3],
    lock=["shift", "max_trick"],
    ask="To which number does the entropy fall at the left end of the temperature? Why not to 0?",
)

# %% [markdown]
# The next figure is drawn by your own function.


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_temperature", "locked": true}
# Figure: three probabilities as the temperature rises.
def draw(axes):
    x = np.array([1.0, 2.0, 3.0])
    temperatures = np.logspace(-1.5, 2.5, 81)
    shares = np.array([softmax_temperature(x.copy(), T) for T in temperatures])
    for k, style in enumerate([":", "--", "-"]):
        axes.semilogx(temperatures, shares[:, k], style, label=f"logit {x[k]:g}")
    axes.axhline(1 / 3, color="0.7", linewidth=0.8)
    axes.axvline(1, color="0.7", linewidth=0.8)
    axes.set(title="probabilities of the logits 1, 2, 3", xlabel="temperature T")
    axes.legend()


explore.Picture(
    draw,
    alt="Three curves over the temperature, from 0.03 to 300. On the cold side the "
    "logit 3 has probability 1 and the others 0. At T = 1 they are 0.09, 0.24 and "
    "0.67. On the hot side all three meet at one third.",
)

# %% [markdown]
# **Question.** Does the *order* of the three probabilities ever change with $T$? Which line of the formula says so?
#
# <details><summary>Compare</summary>
#
# Never. For $T > 0$, dividing keeps the order of the logits, the exponential keeps the order of what it gets, and all are divided by the
# same sum. So temperature changes how sure a model sounds, never which class it names.
#
# </details><p></p>
#
# ## 2.4 The logarithm of softmax
#
# As in lesson 1, what one really needs is often the logarithm of a probability. **Predict:** what is $\ln s$ for the logits $0$ and $-1000$, as plain numbers? And what
# does `np.log(softmax(x))` give?
#
# <details><summary>Compare</summary>
#
# The first probability is 1, to hundreds of digits, so its logarithm is 0. The second is about $e^{-1000}$, so its logarithm is $-1000$: an ordinary
# number. But $e^{-1000}$ itself is smaller than the smallest float. Softmax rightly rounds it to 0, and the logarithm of that is `-inf`.
#
# </details><p></p>
#
# **On paper.** Take the logarithm of the definition, before any number is computed:
#
# 1. $\ln \dfrac{e^{x_i}}{\sum_j e^{x_j}} = \;?$ Which exponential disappears?
# 2. The one that is left can still overflow. Shift the row so that its maximum $x_{\max}$ becomes 0. What does your formula become?
# 3. Why is the logarithm that remains safe? How small, and how large, can its argument be?
#
# <details><summary>Compare 1 and 2</summary>
#
# $$\ln s_i = x_i - \ln\sum_j e^{x_j} \qquad\text{and, shifted,}\qquad \ln s_i = (x_i - x_{\max}) - \ln\sum_j e^{x_j - x_{\max}}$$
#
# </details><p></p>
#
# <details><summary>Compare 3</summary>
#
# One of the $n$ exponents is 0 and the others are at most 0. So the sum lies between $1$ and $n$, and its logarithm between $0$ and $\ln n$.
#
# </details>


# %% nbgrader={"grade_id": "log_softmax", "solution": true}
def log_softmax(x):
    """Logarithm of softmax over the last axis.

    Parameters
    ----------
    x : ndarray of float, shape (..., n)
        Logits. Any finite numbers, also with gaps of thousands in one row.

    Returns
    -------
    ndarray, shape (..., n)
        Never positive, never -inf. `x` is left as it was.

    Examples
    --------
    >>> log_softmax(np.array([0.0, -1000.0]))
    array([    0., -1000.])
    """
    ### BEGIN SOLUTION
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_log_softmax", "grade": true, "points": 4}
marks = check.marks("log_softmax", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        log_softmax(np.array([[0.0, np.log(3.0)], [2.0, 2.0]])),
        np.log([[0.25, 0.75], [0.5, 0.5]]),
        because="the logarithms of 1/4, 3/4 and of 1/2, 1/2",
    )
with marks.stability:
    check.close(
        log_softmax(np.array([[1000.0, 1000.0], [0.0, -1000.0]])),
        [[-np.log(2.0), -np.log(2.0)], [0.0, -1000.0]],
        because="ln(1/2) twice; and a probability of e^(-1000) has the logarithm -1000",
    )
with marks.shapes:
    check.shape(log_softmax(np.zeros(4)), (4,))
    check.shape(log_softmax(np.zeros((2, 3, 5))), (2, 3, 5))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(log_softmax, reference.log_softmax, cases.logits())
    check.matches(
        log_softmax, reference.log_softmax, cases.of(np.array([[0.0, 12.0, 11.9]]))
    )
with marks.stability:
    check.matches(
        log_softmax, reference.log_softmax, cases.logits(rows=[-1000, 0, 1000])
    )
    check.matches(
        log_softmax,
        reference.log_softmax,
        cases.of(np.array([[0.0, 1000.0]]), np.array([[-1000.0, 0.5, 1000.0]])),
    )
with marks.shapes:
    check.matches(log_softmax, reference.log_softmax, cases.shapes())
    check.leaves_arguments_alone(log_softmax, cases.logits())
    check.accepts_read_only(log_softmax, cases.logits())


@mistake(
    "the logarithm taken after softmax",
    "At a gap of 1000 softmax has rounded to 0, and no logarithm brings it back. "
    "Take the logarithm of the formula first, then compute.",
)
def log_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True))


@mistake(
    "x - log(sum(exp(x))) without the shift",
    "Right on paper. What is exp(1000)? Shift each row first, as in softmax.",
)
def log_softmax(x):
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


@mistake(
    "the logarithm of the unshifted fraction",
    "Take the logarithm of the formula first: one exponential disappears. For the "
    "other, shift each row as in softmax.",
)
def log_softmax(x):
    e = np.exp(x)
    return np.log(e / e.sum(axis=-1, keepdims=True))


@mistake(
    "shifted in one place only",
    "The maximum was subtracted inside the sum, but not from the logit in front. "
    "Softmax keeps its value when every logit of the row is shifted.",
)
def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@mistake(
    "the logarithm of the sum is missing",
    "Exponentiate your result: do the rows add up to 1?",
)
def log_softmax(x):
    return x - x.max(axis=-1, keepdims=True)


@mistake(
    "one sum for the whole array",
    "Exponentiate your result: what does each row add up to? Look at every step that "
    "puts several numbers into one.",
)
def log_softmax(x):
    shifted = x - x.max()
    return shifted - np.log(np.exp(shifted).sum())


@mistake(
    "the logarithm to base 10",
    "At two equal logits you give -0.301. The natural logarithm of 1/2 is -0.693.",
)
def log_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.log10(e / e.sum(axis=-1, keepdims=True))


@mistake(
    "plus for minus before the sum",
    "The logarithm of a fraction is the logarithm of its top minus that of its bottom.",
)
def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted + np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@mistake(
    "the logarithm to base 2",
    "With equal logits every entry should be -ln n. Which logarithm undoes e^x?",
)
def log_softmax(x):
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log2(np.exp(shifted).sum(axis=-1, keepdims=True))


@mistake(
    "one row for each entry of the first axis",
    "Your loop takes x[0], x[1], ... for the rows. What are these when x has one "
    "axis, or three?",
)
def log_softmax(x):
    rows = [row - row.max() for row in x]
    return np.array([row - np.log(np.exp(row).sum()) for row in rows])


@mistake(
    "normalised down the columns",
    "e to the power of your columns adds up to 1. Along which axis do the classes "
    "of one example lie?",
)
def log_softmax(x):
    shifted = x - x.max(axis=0, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 2.5 How wrong is it?
#
# An example comes with its **label** $y$: the class it really is, counted from 0 as Python counts. The network gives logits. To
# improve, it needs one number that says how bad they are, the **loss**. The usual one asks a single thing: how
# probable did you think the right class was? Its negative logarithm is the **negative log-likelihood**, also called cross-entropy.
#
# From here on we use the names that networks use. The logits come out of the last layer before softmax, so they are its pre-activation,
# $o^a$ (`o_a` in code). They were $x$ so far. The probabilities, $s$ so far, are $o^s = \operatorname{softmax}(o^a)$. With $m$ classes, both have shape $(m,)$.
#
# $$L = -\ln o^s_y$$
#
# **Predict.** What is the loss when the right class has probability 1? $\frac12$? $\frac14$? Nearly 0? And what when a network with $m = 10$ classes
# knows nothing and gives equal logits?
#
# <details><summary>Compare</summary>
#
# $0$, then $\ln 2 \approx 0.69$, then $2 \ln 2$: every halving costs another $0.69$. Near zero the loss grows without end: being sure and
# wrong is expensive. Equal logits over ten classes cost $\ln 10 \approx 2.30$. An untrained network should show about that, which makes a good first check of one.
#
# </details><p></p>
#
# The loss must be right when the logits are shifted by 1000. It looks at one entry of something you have written. There are two candidates, `softmax` and `log_softmax`. In
# the checks the gaps between the logits of a row stay below 300, and then both will do.
#
# **Predict,** and try it when you have written the function: what do the two roads give for the logits $(0, -1000)$ and $y = 1$?
#
# <details><summary>Compare</summary>
#
# By `log_softmax` the loss is $1000$. By the logarithm of `softmax` it is `inf`: the probability was rounded to 0 on the way. A network that is sure and wrong has such gaps, and one
# `inf` spoils every mean that it enters. No check here will see the difference. Take the better road all the same.
#
# </details>


# %% nbgrader={"grade_id": "nll", "solution": true}
def nll(o_a, y):
    """Negative log-likelihood of the right class, for one example.

    Parameters
    ----------
    o_a : ndarray of float, shape (m,)
        Logits. Any size, such as all near 1000 or all near -1000.
    y : int
        The right class, from 0 to m - 1.

    Returns
    -------
    float
        A single number, never negative. `o_a` is left as it was.

    Examples
    --------
    >>> round(float(nll(np.array([1000.0, 1000.0]), 0)), 3)
    0.693
    """
    ### BEGIN SOLUTION
    return -log_softmax(o_a)[y]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_nll", "grade": true, "points": 4}
marks = check.marks("nll", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        nll(np.array([0.0, np.log(3.0)]), 0),
        np.log(4.0),
        because="class 0 has probability 1/4, and -ln(1/4) = ln 4",
    )
    check.close(
        nll(np.zeros(10), 7),
        np.log(10.0),
        because="ten equal logits: each class has probability 1/10",
    )
with marks.stability:
    check.close(
        nll(np.array([1000.0, 1000.0]), 1),
        np.log(2.0),
        because="a shift by 1000 changes nothing",
    )
    check.close(
        nll(np.array([0.0, -200.0]), 1),
        200.0,
        because="sure and wrong: the right class has probability e^(-200)",
    )
with marks.shapes:
    check.shape(nll(np.array([0.5, 1.0, -2.0]), 2), ())
### BEGIN HIDDEN TESTS
labelled = cases.vectors(low=-3, high=3).map(lambda o_a: (o_a, len(o_a) // 2))
first_class = cases.vectors(low=-3, high=3).map(lambda o_a: (o_a[::-1].copy(), 0))
with marks.values:
    check.matches(nll, reference.nll, labelled)
    check.matches(nll, reference.nll, first_class)
with marks.stability:
    for shift in [-1000.0, 1000.0]:
        check.matches(
            nll,
            reference.nll,
            labelled.map(lambda o_a, y, shift=shift: (o_a + shift, y)),
        )
    check.matches(
        nll,
        reference.nll,
        cases.of(
            (np.array([0.0, -50.0]), 1),
            (np.array([60.0, 2.0, -40.0]), 2),
            (np.array([-150.0, 0.0, 100.0, 99.0]), 0),
        ),
    )
with marks.shapes:
    check.matches(nll, reference.nll, cases.of((np.array([1.5]), 0)))
    check.leaves_arguments_alone(nll, labelled)
    check.accepts_read_only(nll, labelled)
    check.depends(
        nll,
        cases.of((np.array([0.5, 1.0, -2.0]), 2), (np.array([0.5, 0.0, 0.75]), 2)),
        because="other logits have another loss",
    )


@mistake(
    "the minus is missing",
    "A probability is at most 1, so its logarithm is never positive. A loss is "
    "never negative.",
)
def nll(o_a, y):
    shifted = o_a - o_a.max()
    return shifted[y] - np.log(np.exp(shifted).sum())


@mistake(
    "the logarithm taken after an unshifted softmax",
    "Right on paper. What does exp(1000) become? You have a log_softmax that is safe.",
)
def nll(o_a, y):
    e = np.exp(o_a)
    return -np.log(e[y] / e.sum())


@mistake(
    "the unshifted formula",
    "Right on paper. What does exp(1000) become? You have a log_softmax that is safe.",
)
def nll(o_a, y):
    return np.log(np.exp(o_a).sum()) - o_a[y]


@mistake(
    "the logit without the logarithm of the sum",
    "Raise one of the other logits: your loss does not move, but the right class "
    "has become less probable.",
)
def nll(o_a, y):
    return -o_a[y]


@mistake(
    "labels counted from 1",
    "Class 0 is the first entry of o_a, as Python counts.",
)
def nll(o_a, y):
    shifted = o_a - o_a.max()
    return np.log(np.exp(shifted).sum()) - shifted[y - 1]


@mistake(
    "the probability for its logarithm",
    "What is the loss when the right class has probability 1? Yours is -1.",
)
def nll(o_a, y):
    e = np.exp(o_a - o_a.max())
    return -e[y] / e.sum()


@mistake(
    "1 minus the probability",
    "This never exceeds 1, even for a network that is sure and wrong. The loss asks "
    "for a logarithm.",
)
def nll(o_a, y):
    e = np.exp(o_a - o_a.max())
    return 1.0 - e[y] / e.sum()


@mistake(
    "summed over all classes",
    "Only the probability of the right class enters the loss. Which index picks it?",
)
def nll(o_a, y):
    shifted = o_a - o_a.max()
    return -(shifted - np.log(np.exp(shifted).sum())).sum()


@mistake(
    "divided by the number of classes",
    "A mean over examples comes later. This is one example, and one class counts.",
)
def nll(o_a, y):
    shifted = o_a - o_a.max()
    return (np.log(np.exp(shifted).sum()) - shifted[y]) / o_a.size


@mistake(
    "the logarithm to base 10",
    "Ten equal logits cost ln 10 = 2.303. Yours cost 1.",
)
def nll(o_a, y):
    shifted = o_a - o_a.max()
    return (np.log(np.exp(shifted).sum()) - shifted[y]) / np.log(10.0)


@mistake(
    "the logarithm to base 2",
    "Two equal logits give ln 2, about 0.69, and not 1. Which logarithm undoes e^x?",
)
def nll(o_a, y):
    return -reference.log_softmax(o_a)[y] / np.log(2.0)


@mistake(
    "each class taken as a yes or no of its own",
    "The other classes have terms log(1 - p) in your sum. That is the loss of many "
    "coins, not of one die: which probability alone does the formula look at?",
)
def nll(o_a, y):
    s = reference.softmax(o_a)
    return -np.log(s[y]) - np.sum(np.log(1.0 - np.delete(s, y)))


@mistake(
    "the logits taken for probabilities",
    "A logit can be negative, and then it has no logarithm. What turns logits into "
    "probabilities?",
)
def nll(o_a, y):
    return -np.log(o_a[y])


@mistake(
    "the mean over all classes",
    "The loss asks for one class alone: the right one. Where does y come in?",
)
def nll(o_a, y):
    return -np.mean(reference.log_softmax(o_a))


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 2.6 When one logit moves
#
# Now the way back begins. We want to know how the loss changes when a logit moves, and the loss hangs on the probabilities. So first: how
# does each *probability* change when one *logit* moves?
#
# **Predict.** Three classes have the probabilities $0.2, 0.3, 0.5$. You raise the first logit a little and leave the others. Which
# probabilities rise, and which fall? What do the three changes add up to?
#
# <details><summary>Compare</summary>
#
# The first rises and both others fall: they share what is left. The three still add up to 1, so the changes add up to 0.
#
# </details><p></p>
#
# So $\partial s_i / \partial x_j$ behaves differently for $i = j$ and $i \ne j$. Write $Z = \sum_k e^{x_k}$ for the sum, so that $s_i = e^{x_i} / Z$.
#
# **On paper:**
#
# 1. Put the definition of $s_i$ in, and differentiate the fraction with the quotient rule. What is $\partial Z / \partial x_j$? (Of the whole sum, which term
#    survives?)
# 2. Case $i = j$: what is $\partial e^{x_i} / \partial x_j$? Write the result with $s$ alone.
# 3. Case $i \ne j$: the same question.
# 4. Both cases in one line. The **Kronecker delta** $\delta_{ij}$ is 1 where $i = j$ and 0 elsewhere. It switches a term on only where the two letters are
#    equal.
#
# <details><summary>A hint for 1</summary>
#
# $\left(\dfrac{u}{v}\right)' = \dfrac{u'}{v} - \dfrac{u\,v'}{v^2}$, with $u = e^{x_i}$ and $v = Z$.
#
# </details><p></p>
#
# New words for your lines:
#
# | on paper | in a line |
# | --- | --- |
# | $\partial s_i / \partial x_j$ | `diff(s[i], x[j])` |
# | one thing if $i = j$, another if not | `A if i == j else B` |
# | $\delta_{ij}$ | `delta(i, j)` |
#
# You may use `Z` and `s[i]` as names. Say both cases in one line, `A if i == j else B`, before you join them. (If you prefer, use the delta
# from the start: the check knows that the two say the same.) Python takes all that stands before `if` for the first case and all behind `else` for the second. When
# the cases are one term of something longer, they need brackets: `(A if i == j else B) - C`. The last line, with the delta, is given.
#
# **A step may take up to three rules** from here on. What you found for $\partial Z/\partial x_j$ counts as one.

# %% nbgrader={"grade_id": "derive_softmax_partial", "solution": true}
# Z is short for sum(k, exp(x[k])), and s[i] for exp(x[i]) / Z. Up to three rules for each step.
derive_softmax_partial = [
    "diff(s[i], x[j])",
    ### BEGIN SOLUTION
    "diff(exp(x[i]) / Z, x[j])",
    "diff(exp(x[i]), x[j]) / Z - exp(x[i]) * diff(Z, x[j]) / Z**2",
    "diff(exp(x[i]), x[j]) / Z - exp(x[i]) * exp(x[j]) / Z**2",
    "exp(x[i]) / Z - exp(x[i])**2 / Z**2 if i == j else -exp(x[i]) * exp(x[j]) / Z**2",
    "s[i] - s[i] * s[i] if i == j else -s[i] * s[j]",
    ### END SOLUTION
    "s[i] * delta(i, j) - s[i] * s[j]",
]

# %% nbgrader={"grade_id": "test_derive_softmax_partial", "grade": true, "points": 3}
marks = check.marks("derive_softmax_partial", values=2, steps=1)
statement = check.Derivation(
    given="x (n)",
    let=("Z = sum(k, exp(x[k]))", "s[i] = exp(x[i]) / Z"),
    known=("diff(Z, x[j]) = exp(x[j])",),
    entry="i, j",
    start="diff(s[i], x[j])",
    end="s[i] * delta(i, j) - s[i] * s[j]",
    rules=3,
)
with marks.values:
    check.derives(derive_softmax_partial, statement)
with marks.steps:
    check.small_steps(derive_softmax_partial, statement)
marks.total()

# %% [markdown]
# **A question without marks.** A homework solution that went round for years treats the second case under the heading
#
# $$\text{Case 2: } i \ne j, \qquad \frac{\partial s_i}{\partial x_i} = \frac{\partial}{\partial x_i} \frac{e^{x_i}}{\sum_k e^{x_k}} = \dots$$
#
# and ends, rightly, in $-s_i s_j$. One letter in the heading is wrong, in two places. Which? And what would the heading give at $x = (0, \ln 3)$ for $i = 0$, where the end, with $j = 1$, gives $-\frac{3}{16}$?
#
# <details><summary>Compare</summary>
#
# The derivative should be with respect to $x_j$. As printed, it is the derivative of case 1 again: $s_0 - s_0^2 = \frac14 - \frac1{16} = \frac{3}{16}$, with the opposite
# sign.
#
# </details><p></p>
#
# ## 2.7 The Jacobian
#
# Softmax has $n$ inputs and $n$ outputs, so it has $n \cdot n$ partial derivatives. Arranged as a table, they are called the **Jacobian** $J$: row $i$ is for the output $s_i$,
# column $j$ for the input $x_j$.
#
# $$J_{ij} = \frac{\partial s_i}{\partial x_j} = s_i\,\delta_{ij} - s_i\,s_j$$
#
# **Predict** the table for $x = (0, \ln 3)$, where $s = (\frac14, \frac34)$. What does each row add up to? Each column? Is it symmetric?
#
# <details><summary>Compare</summary>
#
# $$J = \begin{bmatrix} \frac14 - \frac1{16} & -\frac3{16} \\[2pt] -\frac3{16} & \frac34 - \frac9{16} \end{bmatrix} = \begin{bmatrix} \frac3{16} & -\frac3{16} \\[2pt] -\frac3{16} & \frac3{16} \end{bmatrix}$$
#
# A column says what happens when one logit moves: its changes add up to 0, because probabilities still add up to 1. A row adds up to 0 too: moving all logits together is
# a shift, and shifts change nothing. And $J_{ij} = J_{ji}$.
#
# </details><p></p>
#
# Now write the table without letters $i$ and $j$. **On paper:** the entries $s_i\,\delta_{ij}$ are zero off the diagonal. What matrix is that? The entries $s_i\,s_j$
# are every product of two entries of $s$. As on paper, a vector is a column here. Which product of the column $s$ with itself is a table, and which is a number?
#
# | on paper | in a line | |
# | --- | --- | --- |
# | $\operatorname{diag}(s)$ | `diag(s)` | $s$ on the diagonal, zeros elsewhere |
# | $s^T$ | `s.T` | the row |
# | $A\,B$ | `A @ B` | matrix product |
# | $(A\,B)_{ij}$ | `(A @ B)[i, j]` | one entry of it, for the lines on the way |
# | $I$ | `eye(n)` | ones on the diagonal |
#
# A line says either what one entry is, with the letters $i$ and $j$, or what the whole table is, without them. `diag(s) - s[i] * s[j]` would take one number from a table.
# On the way you may speak of entries, as in `diag(s)[i, j]`. The last line shall be the whole table: no letters $i, j$ and no sums. A step may take up to three rules.

# %% nbgrader={"grade_id": "derive_softmax_jacobian", "solution": true}
# s is a vector of n numbers. Up to three rules for each step.
derive_softmax_jacobian = [
    "s[i] * delta(i, j) - s[i] * s[j]",
    ### BEGIN SOLUTION
    "diag(s)[i, j] - s[i] * s[j]",
    "diag(s)[i, j] - (s @ s.T)[i, j]",
    "diag(s) - s @ s.T",
    ### END SOLUTION
]

# %% nbgrader={"grade_id": "test_derive_softmax_jacobian", "grade": true, "points": 3}
marks = check.marks("derive_softmax_jacobian", values=2, steps=1)
statement = check.Derivation(
    given="s (n) positive",
    entry="i, j",
    start="s[i] * delta(i, j) - s[i] * s[j]",
    first="index",
    last="matrix",
    rules=3,
)
with marks.values:
    check.derives(derive_softmax_jacobian, statement)
with marks.steps:
    check.small_steps(derive_softmax_jacobian, statement)
marks.total()

# %% [markdown]
# Do not copy your last line into the function. In the lines above a vector is a column, as on paper. In NumPy a vector of shape `(n,)` is neither row nor column: `s.T` is `s` again,
# `s * s` multiplies entry by entry, and `s @ s.T` is a single *number*, which NumPy subtracts from every entry without a word. Which function makes the table of all products?


# %% nbgrader={"grade_id": "softmax_jacobian", "solution": true}
def softmax_jacobian(x):
    """Jacobian of softmax at one row of logits.

    Parameters
    ----------
    x : ndarray of float, shape (n,)
        Logits: what goes into softmax, not what comes out. Any size, such as all near 1000.

    Returns
    -------
    ndarray, shape (n, n)
        Entry [i, j] is the derivative of softmax(x)[i] with respect to x[j].
        `x` is left as it was.

    Examples
    --------
    >>> softmax_jacobian(np.array([0.0, 0.0]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    ### BEGIN SOLUTION
    s = softmax(x)
    return np.diag(s) - np.outer(s, s)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_softmax_jacobian", "grade": true, "points": 4}
marks = check.marks("softmax_jacobian", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        softmax_jacobian(np.array([0.0, np.log(3.0)])),
        [[3 / 16, -3 / 16], [-3 / 16, 3 / 16]],
        because="s is 1/4, 3/4: 1/4 - 1/16 on the diagonal, -1/4 times 3/4 beside it",
    )
    check.close(
        softmax_jacobian(np.array([0.5, 2.0, -1.0])).sum(axis=1),
        [0.0, 0.0, 0.0],
        because="the sum of each row: moving all logits together changes nothing",
    )
with marks.stability:
    check.close(
        softmax_jacobian(np.array([1000.0, 1000.0])),
        [[0.25, -0.25], [-0.25, 0.25]],
        because="a shift by 1000 changes nothing",
    )
with marks.shapes:
    check.shape(softmax_jacobian(np.zeros(5)), (5, 5))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        softmax_jacobian, reference.softmax_jacobian, cases.vectors(low=-3, high=3)
    )
with marks.stability:
    for shift in [1000.0, -1000.0]:
        check.matches(
            softmax_jacobian,
            reference.softmax_jacobian,
            cases.vectors(low=-3, high=3).map(lambda x, shift=shift: x + shift),
        )
with marks.shapes:
    check.matches(
        softmax_jacobian, reference.softmax_jacobian, cases.of(np.array([1.75]))
    )
    check.depends(
        softmax_jacobian,
        cases.of(np.array([0.0, 0.5, 1.0]), np.array([0.0, 3.0, 1.0])),
        because="other logits, other slopes",
    )
    check.leaves_arguments_alone(softmax_jacobian, cases.vectors())
    check.accepts_read_only(softmax_jacobian, cases.vectors())


@mistake(
    "the diagonal only",
    "Raise one logit: the other probabilities fall. Where does your table say so?",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return np.diag(s * (1.0 - s))


@mistake(
    "the diagonal of the Jacobian as a vector",
    "n numbers came back. There is a derivative for every pair of output and input.",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return s * (1.0 - s)


@mistake(
    "s * s for the table of products",
    "s * s is a vector, and subtracting it from the diagonal matrix takes the same "
    "row away from every row. Which product of s with s is a table?",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return np.diag(s) - s * s


@mistake(
    "s @ s.T for the table of products",
    "On paper s s^T is a table. In NumPy a vector of shape (n,) is its own transpose, so "
    "s @ s.T, like s @ s, is a single number. Which product is a table?",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return np.diag(s) - s @ s.T


@mistake(
    "plus for minus",
    "When one logit rises the other probabilities fall: what sign have the entries "
    "off the diagonal?",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return np.diag(s) + np.outer(s, s)


@mistake(
    "the minus is lost off the diagonal",
    "When one logit rises the other probabilities fall: what sign have the entries "
    "off the diagonal? What should each row add up to?",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return np.diag(s - 2.0 * s * s) + np.outer(s, s)


@mistake(
    "the sign of the whole table",
    "Raise a logit, and its own probability rises. Which sign has your diagonal?",
)
def softmax_jacobian(x):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return np.outer(s, s) - np.diag(s)


@mistake(
    "the Jacobian taken at the probabilities",
    "diag(x) - x x^T is right when x already is the output of softmax. What does "
    "this function get: what goes in, or what comes out?",
)
def softmax_jacobian(x):
    return np.diag(x) - np.outer(x, x)


@mistake(
    "softmax without its shift",
    "The table is right on paper. Where do its probabilities come from when x is "
    "1000? Your softmax can give them.",
)
def softmax_jacobian(x):
    e = np.exp(x)
    s = e / e.sum()
    return np.diag(s) - np.outer(s, s)


@mistake(
    "one row for the whole table",
    "You return the partial derivatives of one probability. There are n of them, "
    "and each has a row.",
)
def softmax_jacobian(x):
    s = reference.softmax(x)
    return s[0] * (np.eye(len(s))[0] - s)


@mistake(
    "one number kept for each row",
    "Inside your two loops the same place is written again and again. How many "
    "places has the table?",
)
def softmax_jacobian(x):
    s = reference.softmax(x)
    found = -s * s[-1]
    found[-1] = s[-1] * (1.0 - s[-1])
    return found


@mistake(
    "a logit for one of the probabilities",
    "In the product s_i (delta_ij - s_j) all letters s are probabilities. Is one of "
    "yours an x?",
)
def softmax_jacobian(x):
    s = reference.softmax(x)
    return s[:, None] * (np.eye(len(s)) - x)


@mistake(
    "the diagonal's formula in every entry",
    "s_i (1 - s_i) holds where i = j. What stands in the other case of your derivation?",
)
def softmax_jacobian(x):
    s = reference.softmax(x)
    return np.outer(s, 1.0 - s)


### END HIDDEN TESTS
marks.total()


# %% nbgrader={"grade_id": "explore_jacobian", "locked": true}
explore.softmax_jacobian(
    [0, 0.5, 1], ask="Drag logit 2 up to 6. What becomes of the nine entries?"
)

# %% [markdown]
# Both ends of that drag, drawn by your own function:


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_jacobian", "locked": true}
# Figure: the table for three logits, at rest and when one of them is far ahead.
def draw(even, sure):
    for axes, x in [
        (even, np.array([0.0, 0.5, 1.0])),
        (sure, np.array([0.0, 0.5, 6.0])),
    ]:
        table = softmax_jacobian(x.copy())
        axes.imshow(table, cmap="RdBu", vmin=-0.45, vmax=0.45)
        for i, row in enumerate(table):
            for j, entry in enumerate(row):
                number = np.round(entry, 3) + 0.0  # no minus before a 0
                axes.text(j, i, f"{number:.3f}", ha="center", va="center")
        axes.set(
            title=f"x = ({x[0]:g}, {x[1]:g}, {x[2]:g})",
            xticks=range(3),
            yticks=range(3),
            xlabel="j, the logit that moves",
            ylabel="i, the output",
        )


explore.Picture(
    draw,
    panels=2,
    alt="Two tables of three by three numbers, blue for positive and red for negative. "
    "Left, for the logits 0, 0.5, 1: the diagonal is 0.152, 0.213, 0.250, all other "
    "entries are negative, between -0.057 and -0.156. Right, for the logits 0, 0.5, "
    "6: all nine entries are nearly zero, the largest 0.006.",
)

# %% [markdown]
# **Question.** In the right table everything is nearly zero. What does that say about a network that is very sure of itself? If it is sure and *wrong*, will it learn
# from a loss that looks at the probabilities? Keep the question in mind until 2.10.
#
# ## 2.8 A vector times a Jacobian
#
# Training asks one question of each layer, from the last to the first. The layer computes its output from its input $x$. In this section the output is called $y$: it is no label here.
# Somewhere above the layer a loss $L$ is computed from $y$, and it may be any loss. **If we know
# how $L$ changes with each $y_i$, how does it change with each $x_j$?** Each $y_i$ passes on its share, and the chain rule adds them up:
#
# $$\frac{\partial L}{\partial x_j} = \sum_i \frac{\partial L}{\partial y_i}\,\frac{\partial y_i}{\partial x_j} = \sum_i dy_i\,J_{ij}$$
#
# The vector with entries $\partial L/\partial y_i$ arrives from the layers above, so it is called the **upstream gradient**. In code its name is `dy`, and it has the shape of
# $y$: each output has its own "how much does the loss care". The sum is a product of this vector with the Jacobian, $J^T dy$ when vectors are columns. It is called a
# **vector-Jacobian product**, a VJP. Backpropagation is nothing else: one VJP after another, from the loss down to the first layer.
#
# **Predict.** A layer has a million inputs and a million outputs, as for an image of $1000 \times 1000$ pixels. How many entries has its Jacobian? How much memory is that, at 8 bytes each?
# And how many numbers go into a VJP and come out of it?
#
# <details><summary>Compare</summary>
#
# $10^{12}$ entries: 8 terabytes. But $x$, $dy$ and the result have a million entries each, 8 megabytes. So the product must be computed without ever writing
# the Jacobian down. That is possible when the Jacobian has a pattern, and in networks it always has.
#
# </details><p></p>
#
# The next two functions take a `dy`, and have an aspect `cost`: they are called with 250,000 elements, for which a table would take 500 gigabytes. The memory
# and the time they take must grow as $n$, not as $n^2$. A few arrays of length $n$ are fine, and so is a plain loop.
#
# **The sigmoid first.** It is elementwise: $y_i = \sigma(x_i)$. **On paper:** what is $\partial y_i/\partial x_j$ for $i \ne j$? For $i = j$? (Lesson 1 has the slope, $\sigma' = \sigma(1-\sigma)$.) What does the
# Jacobian look like, and which of the $n$ terms in the sum survive?
#
# **Find the slip.** A homework solution prints this derivation as below, here with numbered lines. $\sigma'_i$ is short for $\sigma(x_i)(1-\sigma(x_i))$, and $\nabla_y L$ is the upstream
# gradient as a column.
#
# $$\begin{aligned}
# \text{line 1:}\quad & y = \bigl(\sigma(x_0), \dots, \sigma(x_{n-1})\bigr)^T \\[6pt]
# \text{line 2:}\quad & J = \begin{bmatrix} \frac{\partial y_0}{\partial x_0} & \cdots & \frac{\partial y_0}{\partial x_{n-1}} \\ \vdots & & \vdots \\ \frac{\partial y_{n-1}}{\partial x_0} & \cdots & \frac{\partial y_{n-1}}{\partial x_{n-1}} \end{bmatrix} \\[6pt]
# \text{line 3:}\quad & \phantom{J} = \begin{bmatrix} \sigma'_0 \\ \vdots \\ \sigma'_{n-1} \end{bmatrix} \\[6pt]
# \text{line 4:}\quad & \nabla_x L = J^T\,\nabla_y L \\[6pt]
# \text{line 5:}\quad & \phantom{\nabla_x L} = \begin{bmatrix} \sigma'_0\,(\nabla_y L)_0 \\ \vdots \\ \sigma'_{n-1}\,(\nabla_y L)_{n-1} \end{bmatrix}
# \end{aligned}$$
#
# The first and the last line are right. Write the shape of each side beside every line. Which is the first line that is wrong? Put its number between the brackets.
# (The card only tells you whether it is the number of a line. Whether it is the right one is checked when your work is graded.)

# %% nbgrader={"grade_id": "find_the_slip_column", "solution": true}
# The number of one line, without a comma.
find_the_slip_column = (
    ### BEGIN SOLUTION
    3
    ### END SOLUTION
)

# %% nbgrader={"grade_id": "test_find_the_slip_column", "grade": true, "points": 1}
marks = check.marks("find_the_slip_column", values=1)
with marks.values.form:
    line_number(find_the_slip_column, 5)
### BEGIN HIDDEN TESTS
with marks.values:
    hints = {
        1: "Line 1 says what y is, and each entry looks at its own x.",
        2: "Line 2 is the definition of a Jacobian: one row for each output.",
        4: "Line 4 is the chain rule, and holds for every Jacobian.",
        5: "Line 5 is right. Work out what line 4 gives with the J of line 3: its shape?",
    }
    assert find_the_slip_column == 3, hints.get(
        find_the_slip_column, "Not that one."
    )
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# <details><summary>Compare with what you found on paper</summary>
#
# Off the diagonal every entry is 0, because $y_i$ does not look at $x_j$. So $J = \operatorname{diag}(\sigma'(x_0), \dots, \sigma'(x_{n-1}))$, the sum has one term, $i = j$, and
#
# $$\frac{\partial L}{\partial x_j} = \sigma(x_j)\,(1 - \sigma(x_j))\,dy_j$$
#
# </details><p></p>
#
# Now the function. Your sigmoid of lesson 1 is in another notebook. You may use that $\sigma(x) = \frac12\left(\tanh\frac x2 + 1\right)$, which never overflows. Each element is on its own, so any shape will do.


# %% nbgrader={"grade_id": "sigmoid_vjp", "solution": true}
def sigmoid_vjp(x, dy):
    """Gradient of the loss with respect to the input of an elementwise sigmoid.

    Parameters
    ----------
    x : ndarray of float, any shape
        What goes into the sigmoid. The checks stay between -10 and 10.
    dy : ndarray of float, same shape as `x`
        Upstream gradient: how the loss changes with each output of the sigmoid.

    Returns
    -------
    ndarray, same shape as `x`
        How the loss changes with each element of `x`. Both arguments are left as they were.
        Memory and time grow as the number of elements.

    Examples
    --------
    >>> sigmoid_vjp(np.array([0.0, 0.0]), np.array([1.0, -2.0]))
    array([ 0.25, -0.5 ])
    """
    ### BEGIN SOLUTION
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return dy * s * (1.0 - s)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_sigmoid_vjp", "grade": true, "points": 4}
marks = check.marks("sigmoid_vjp", values=2, cost=1, shapes=1)
with marks.values:
    check.close(
        sigmoid_vjp(np.array([[0.0, np.log(3.0)]]), np.array([[2.0, 16.0]])),
        [[0.5, 3.0]],
        because="the slopes are 1/4 and 3/16, times 2 and times 16",
    )
    check.close(
        sigmoid_vjp(np.array([[0.5, -1.0, 2.0]]), np.zeros((1, 3))),
        [[0.0, 0.0, 0.0]],
        because="the loss does not care for the outputs, so not for the inputs either",
    )
with marks.cost:
    check.cost(
        sigmoid_vjp,
        lambda x, dy: 0.25 * dy,
        [(np.zeros(250_000), np.linspace(-2.0, 3.0, 250_000))],
        because="250,000 numbers in, 250,000 out: no table between them",
    )
with marks.shapes:
    check.shape(sigmoid_vjp(np.zeros(4), np.ones(4)), (4,))
    check.shape(sigmoid_vjp(np.zeros((2, 3, 5)), np.ones((2, 3, 5))), (2, 3, 5))


### BEGIN HIDDEN TESTS
def with_upstream(x):
    """Return x and an upstream gradient of its shape, in general position."""
    k = np.arange(1, x.size + 1)
    return x, np.round(3.0 * np.sin(2.3 * k), 2).reshape(x.shape)


with marks.values:
    check.matches(
        sigmoid_vjp, reference.sigmoid_vjp, cases.logits().map(with_upstream)
    )
    check.matches(
        sigmoid_vjp,
        reference.sigmoid_vjp,
        cases.of((np.array([9.0, -9.0, 12.5, -12.5]), np.full(4, 1000.0))),
    )
with marks.cost:
    check.cost(
        sigmoid_vjp,
        reference.sigmoid_vjp,
        cases.of(np.linspace(-4.0, 4.0, 100_000)).map(lambda x: (x, 2.0 - x * x)),
        because="100,000 numbers in, 100,000 out: no table between them",
    )
with marks.shapes:
    check.matches(
        sigmoid_vjp, reference.sigmoid_vjp, cases.shapes().map(with_upstream)
    )
    check.leaves_arguments_alone(sigmoid_vjp, cases.logits().map(with_upstream))
    check.accepts_read_only(sigmoid_vjp, cases.logits().map(with_upstream))


@mistake(
    "the slope without the upstream gradient",
    "Your result does not look at dy. How much does the loss care for each output?",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return s * (1.0 - s)


@mistake(
    "the slope taken at the activation",
    "x (1 - x) is right when x already is the output of a sigmoid. Here it is what "
    "goes in.",
)
def sigmoid_vjp(x, dy):
    return dy * x * (1.0 - x)


@mistake(
    "the function for its slope",
    "You multiply dy by the sigmoid itself. How high is it, and how steep?",
)
def sigmoid_vjp(x, dy):
    return dy * 0.5 * (np.tanh(0.5 * x) + 1.0)


@mistake(
    "summed up",
    "One number for the whole array. Each input has its own share in the loss.",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return np.sum(dy * s * (1.0 - s))


@mistake(
    "divided by the slope",
    "A flat sigmoid should pass nothing on. Yours passes on most where it is flat.",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return dy / (s * (1.0 - s))


@mistake(
    "the slope of tanh",
    "1 - tanh^2 belongs to tanh. At 0 the sigmoid is only a quarter as steep.",
)
def sigmoid_vjp(x, dy):
    return dy * (1.0 - np.tanh(x) ** 2)


@mistake(
    "the softmax's product",
    "Here each output looks at its own input alone. There is no sum to subtract.",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return s * (dy - (s * dy).sum(axis=-1, keepdims=True))


@mistake(
    "x and dy exchanged",
    "At which of the two is the slope of the sigmoid taken, and which one is "
    "multiplied by it?",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * dy) + 1.0)
    return x * s * (1.0 - s)


@mistake(
    "the slope added, not multiplied",
    "When dy is 0, the loss does not care: nothing may come out. What does the chain rule do "
    "with the two factors?",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return dy + s * (1.0 - s)


@mistake(
    "half of the slope left out",
    "The slope of the sigmoid is a product of two factors. Far out on the left, is yours 0?",
)
def sigmoid_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return dy * (1.0 - s)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 2.9 The same for softmax, in one pass
#
# The Jacobian of softmax is full: every entry counts. Still it has a pattern, $\operatorname{diag}(s) - s\,s^T$, and that is enough.
#
# **Predict.** Suppose the loss grows equally with each probability: $dy = (1, 1, \dots, 1)$. How does it change with the logits?
#
# <details><summary>Compare</summary>
#
# Not at all. The probabilities add up to 1 whatever the logits do, so a loss that only looks at their sum never moves: the VJP is 0. Use this to test what you write.
#
# </details><p></p>
#
# **On paper:** start from $J^T dy$. What is the transpose of this $J$? Multiply out the bracket. Then look at $s\,s^T dy$: you may compute
# $(s\,s^T)\,dy$ or $s\,(s^T dy)$. How many multiplications does each take? What kind of thing is $s^T dy$? And what does $\operatorname{diag}(s)\,dy$ do to the entries of $dy$?
#
# A step may take up to three rules. The last line shall be one that costs $O(n)$: no table of $n$ times $n$ numbers in it, not even for a moment. That rules out `diag(s)`, which is such a table. In your lines, `s * dy` multiplies two
# vectors entry by entry (the card shows it as $s \odot dy$), and `s.T @ dy`, `dot(s, dy)` and `sum(s * dy)` are the number $s^T dy = \sum_i s_i\,dy_i$. Without brackets `@` goes from left to right.

# %% nbgrader={"grade_id": "derive_softmax_vjp", "solution": true}
# s is the vector of probabilities, dy the upstream gradient, both of n numbers. Up to three rules for each step.
derive_softmax_vjp = [
    "(diag(s) - s @ s.T).T @ dy",
    ### BEGIN SOLUTION
    "(diag(s) - s @ s.T) @ dy",
    "diag(s) @ dy - s @ s.T @ dy",
    "diag(s) @ dy - s * (s.T @ dy)",
    "s * dy - s * (s.T @ dy)",
    "s * (dy - dot(s, dy))",
    ### END SOLUTION
]

# %% nbgrader={"grade_id": "test_derive_softmax_vjp", "grade": true, "points": 3}
marks = check.marks("derive_softmax_vjp", values=2, steps=1)
statement = check.Derivation(
    given="s (n) positive; dy (n)",
    entry="i",
    start="(diag(s) - s @ s.T).T @ dy",
    last="linear",
    rules=3,
)
with marks.values:
    check.derives(derive_softmax_vjp, statement)
with marks.steps:
    check.small_steps(derive_softmax_vjp, statement)
marks.total()

# %% [markdown]
# Your last line is the function, for one row. In a batch every row has its own $s$ and its own $dy$, so every row has its own number $s^T dy$.


# %% nbgrader={"grade_id": "softmax_vjp", "solution": true}
def softmax_vjp(x, dy):
    """Gradient of the loss with respect to the logits that go into softmax.

    Parameters
    ----------
    x : ndarray of float, shape (..., n)
        Logits: what goes into softmax.
    dy : ndarray of float, same shape as `x`
        Upstream gradient: how the loss changes with each probability.

    Returns
    -------
    ndarray, shape (..., n)
        How the loss changes with each logit, row by row. Both arguments are left as they were.
        Memory and time grow as the number of elements.

    Examples
    --------
    >>> softmax_vjp(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
    array([ 0.25, -0.25])
    """
    ### BEGIN SOLUTION
    s = softmax(x)
    return s * (dy - (s * dy).sum(axis=-1, keepdims=True))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_softmax_vjp", "grade": true, "points": 5}
marks = check.marks("softmax_vjp", values=2, stability=1, cost=1, shapes=1)
with marks.values:
    check.close(
        softmax_vjp(
            np.array([[0.0, np.log(3.0)], [0.0, 0.0]]),
            np.array([[1.0, 0.0], [0.0, 1.0]]),
        ),
        [[3 / 16, -3 / 16], [-1 / 4, 1 / 4]],
        because="this dy picks one row of each Jacobian",
    )
    check.close(
        softmax_vjp(np.array([[0.5, -1.0, 2.0]]), np.ones((1, 3))),
        [[0.0, 0.0, 0.0]],
        because="the probabilities add up to 1, whatever the logits do",
    )
with marks.stability:
    check.close(
        softmax_vjp(np.array([[1000.0, 1000.0]]), np.array([[1.0, 0.0]])),
        [[0.25, -0.25]],
        because="a shift by 1000 changes nothing",
    )
with marks.cost:
    check.cost(
        softmax_vjp,
        lambda x, dy: np.zeros_like(x),
        [(np.linspace(-2.0, 3.0, 250_000), np.ones(250_000))],
        because="dy = (1, ..., 1), as above",
    )
with marks.shapes:
    check.shape(softmax_vjp(np.zeros(4), np.ones(4)), (4,))
    check.shape(softmax_vjp(np.zeros((2, 3, 5)), np.ones((2, 3, 5))), (2, 3, 5))
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        softmax_vjp, reference.softmax_vjp, cases.logits().map(with_upstream)
    )
with marks.stability:
    check.matches(
        softmax_vjp,
        reference.softmax_vjp,
        cases.logits(rows=[-1000, 0, 1000]).map(with_upstream),
    )


def few_likely():
    """Draw very many logits of which three are likely, so that both terms count, and an upstream gradient."""
    x = np.linspace(-5.0, -4.0, 100_000)
    x[[7, 33_333, 99_998]] = [10.0, 11.0, 10.5]
    return x, 40.0 - x * x


with marks.cost:
    check.cost(
        softmax_vjp,
        reference.softmax_vjp,
        cases.of(few_likely()),
        because="100,000 numbers in, 100,000 out: no table between them",
    )
with marks.shapes:
    check.matches(
        softmax_vjp, reference.softmax_vjp, cases.shapes().map(with_upstream)
    )
    check.leaves_arguments_alone(softmax_vjp, cases.logits().map(with_upstream))
    check.accepts_read_only(softmax_vjp, cases.logits().map(with_upstream))


@mistake(
    "the diagonal only",
    "s (1 - s) is the diagonal of the Jacobian. Try dy = (1, 1, 1): nothing may come "
    "out. Which entries are missing?",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    s = e / e.sum(axis=-1, keepdims=True)
    return dy * s * (1.0 - s)


@mistake(
    "one number for the whole batch",
    "Every row has its own s and its own dy. Over what do you sum their product?",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    s = e / e.sum(axis=-1, keepdims=True)
    return s * (dy - (s * dy).sum())


@mistake(
    "the first half of the product",
    "diag(s) dy is one of two terms. Try dy = (1, 1, 1): nothing may come out.",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    s = e / e.sum(axis=-1, keepdims=True)
    return s * dy


@mistake(
    "plus for minus",
    "Try dy = (1, 1, 1): nothing may come out. Which sign stands between the terms?",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    s = e / e.sum(axis=-1, keepdims=True)
    return s * (dy + (s * dy).sum(axis=-1, keepdims=True))


@mistake(
    "the factor s is lost in the second term",
    "s (s^T dy): the number s^T dy multiplies a vector. Which one?",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    s = e / e.sum(axis=-1, keepdims=True)
    return s * dy - (s * dy).sum(axis=-1, keepdims=True)


@mistake(
    "the sum of dy without its weights",
    "s^T dy weighs each dy with its probability. Try dy = (1, 1, 1).",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    s = e / e.sum(axis=-1, keepdims=True)
    return s * (dy - dy.sum(axis=-1, keepdims=True))


@mistake(
    "the logits taken for probabilities",
    "s stands for what comes out of softmax. What does this function get?",
)
def softmax_vjp(x, dy):
    return x * (dy - (x * dy).sum(axis=-1, keepdims=True))


@mistake(
    "the sigmoid's product",
    "Each probability depends on every logit, not on its own alone.",
)
def softmax_vjp(x, dy):
    s = 0.5 * (np.tanh(0.5 * x) + 1.0)
    return dy * s * (1.0 - s)


@mistake(
    "softmax without its shift",
    "The product is right. Where do its probabilities come from when x is 1000? Your "
    "softmax can give them.",
)
def softmax_vjp(x, dy):
    e = np.exp(x)
    s = e / e.sum(axis=-1, keepdims=True)
    return s * (dy - (s * dy).sum(axis=-1, keepdims=True))


@mistake(
    "dy handed back as it came",
    "Nothing happens to dy on its way. Only together with the logarithm of the loss "
    "does the step through softmax become that short.",
)
def softmax_vjp(x, dy):
    return dy + 0.0


@mistake(
    "softmax minus dy",
    "softmax(x) - onehot is the gradient of the cross-entropy. Here dy is no one-hot "
    "vector, but any gradient of a loss.",
)
def softmax_vjp(x, dy):
    return reference.softmax(x) - dy


@mistake(
    "a softmax over the whole array",
    "Before anything is multiplied: does each row of your probabilities add up to 1?",
)
def softmax_vjp(x, dy):
    e = np.exp(x - x.max())
    s = e / e.sum()
    return s * (dy - (s * dy).sum())


@mistake(
    "s and dy exchanged",
    "Try dy = (1, 1, 1): nothing may come out. Which of the two stands before the bracket?",
)
def softmax_vjp(x, dy):
    s = reference.softmax(x)
    return dy * (s - (s * dy).sum(axis=-1, keepdims=True))


@mistake(
    "the mean for the sum",
    "s^T dy is a sum: the weights in s add up to 1 already. What do you divide by?",
)
def softmax_vjp(x, dy):
    s = reference.softmax(x)
    return s * (dy - (s * dy).mean(axis=-1, keepdims=True))


### END HIDDEN TESTS
marks.total()


# %% nbgrader={"grade_id": "explore_vjp", "locked": true}
explore.softmax_jacobian(
    [0, 0.5, 1],
    upstream=[1, 0, -0.5],
    lock=["logits"],
    ask="Which dy leave every dx at 0? Say what you expect, reveal, then drag dy until they are.",
)


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_cost", "locked": true}
# Figure: the time of the two roads to the same vector, on this computer.
def draw(axes):
    sizes = [200, 400, 800, 1600]

    def seconds(f, x, dy):
        took = []
        for _ in range(3):
            start = time.perf_counter()
            f(x, dy)
            took.append(time.perf_counter() - start)
        return min(took)

    def by_table(x, dy):
        return softmax_jacobian(x).T @ dy

    for f, label, style in [
        (by_table, "the table, then the product", "--"),
        (softmax_vjp, "your softmax_vjp", "-"),
    ]:
        times = [
            1e6 * seconds(f, np.linspace(-3, 3, n), np.linspace(1, 2, n))
            for n in sizes
        ]
        axes.loglog(sizes, times, style, marker="o", label=label)
    axes.set(title="microseconds for one row of n logits", xlabel="n", xticks=sizes)
    axes.set_xticks([], minor=True)
    axes.set_xticklabels([str(n) for n in sizes])
    axes.legend()


explore.Picture(
    draw,
    alt="Two lines on logarithmic axes, for n = 200, 400, 800 and 1600. The time of "
    "the road through the table rises steeply, fourfold or more for each doubling "
    "of n. The time of your softmax_vjp hardly rises.",
)

# %% [markdown]
# The figure measures your two functions on this computer. At $n = 1600$ the table alone takes 20 megabytes. At a million it would take 8 terabytes, and your function still
# takes a blink: try `softmax_vjp(np.zeros(1_000_000), np.ones(1_000_000))` in a cell of your own.
#
# ## 2.10 The gradient of the loss
#
# Now put the two ends together. The loss of 2.5 is $L = -\ln o^s_y$ with $o^s = \operatorname{softmax}(o^a)$. How does it change with each *logit*?
#
# First a vector you will meet often. The **one-hot** vector of a label has a 1 at the right class and 0 elsewhere. For $m = 4$ classes and $y = 2$ it is $(0, 0, 1, 0)$, written
# $\operatorname{onehot}(y)$, in a line `onehot(y)`. Its entries are a delta: $\operatorname{onehot}(y)_k = \delta_{ky}$. It is "all the probability on the right class", what a perfect network would say.
#
# **Predict** the *signs* of the gradient, without computing. When the logit of the right class rises, does the loss rise or fall? When the logit of a wrong class rises? If you shift all
# logits together, the loss stays: so what do the entries of the gradient add up to?
#
# <details><summary>Compare</summary>
#
# Negative for the right class, positive for all others, and they add up to 0.
#
# </details><p></p>
#
# There are two roads. Take one of them: both are checked alike. In the lines below the logits are `o_a` and the probabilities `o_s`.
#
# **The short road** takes the logarithm first, as in 2.4, and needs no Jacobian. **On paper:**
#
# 1. Put the definition of $o^s_y$ in, and write $-\ln\dfrac{e^{o^a_y}}{Z}$ without a fraction and with one logarithm only. (As before, $Z = \sum_j e^{o^a_j}$.)
# 2. Differentiate each part with respect to $o^a_k$. Of $o^a_y$: for which $k$ is the derivative 1? Of the logarithm: chain rule, outer times inner.
# 3. You know the fraction that appears.
#
# **The long road** is a VJP: an upstream gradient $g$ goes through the Jacobian $J$ of softmax. **On paper:**
#
# 1. The loss depends on $o^a_k$ through each probability $o^s_i$. The chain rule adds these ways up, as in 2.8:
#    `sum(i, diff(-log(o_s[y]), o_s[i]) * diff(o_s[i], o_a[k]))`.
# 2. The loss looks at one probability only. What is $g_i$, the first of the two derivatives? Write the sum once more with it, still with the letter $i$. `onehot(y)[i]` is an entry of the one-hot vector.
# 3. This sum is entry $k$ of $J^T g$. Put in what you know of $J$, and multiply out as in 2.9.
#
# On either road, **the last line** has no letter $k$: stack the entries for $k = 0, \dots, m-1$ into a vector.
#
# **A step may take two rules**, and what you found in 2.6 counts as one rule each: $\partial Z/\partial o^a_k$ for the short road, $\partial o^s_i/\partial o^a_j$ for the long one.

# %% nbgrader={"grade_id": "derive_nll_grad", "solution": true}
# o_a are the m logits and y is the label. Up to two rules for each step.
# Z is short for sum(j, exp(o_a[j])), and o_s[k] for exp(o_a[k]) / Z.
derive_nll_grad = [
    "diff(-log(o_s[y]), o_a[k])",
    ### BEGIN SOLUTION
    "diff(-log(exp(o_a[y]) / Z), o_a[k])",
    "diff(-o_a[y] + log(Z), o_a[k])",
    "-delta(k, y) + diff(Z, o_a[k]) / Z",
    "-delta(k, y) + exp(o_a[k]) / Z",
    "o_s[k] - delta(k, y)",
    "o_s - onehot(y)",
    ### END SOLUTION
]

# %% nbgrader={"grade_id": "test_derive_nll_grad", "grade": true, "points": 3}
marks = check.marks("derive_nll_grad", values=2, steps=1)
statement = check.Derivation(
    given="o_a (m); y label(m)",
    let=("Z = sum(j, exp(o_a[j]))", "o_s[k] = exp(o_a[k]) / Z"),
    known=(
        "diff(Z, o_a[k]) = exp(o_a[k])",
        "diff(o_s[i], o_a[j]) = o_s[i] * delta(i, j) - o_s[i] * o_s[j]",
    ),
    entry="k",
    start="diff(-log(o_s[y]), o_a[k])",
    last="matrix",
    gradient=("o_a", "-log(exp(o_a[y]) / sum(j, exp(o_a[j])))"),
)
with marks.values:
    check.derives(derive_nll_grad, statement)
with marks.steps:
    check.small_steps(derive_nll_grad, statement)
marks.total()

# %% [markdown]
# All that machinery, and what is left is the difference between what the network said and what was true. Compare it with the question at the end of 2.7: for a network that is sure and wrong, the Jacobian of softmax is nearly zero. Is this gradient?
#
# <details><summary>Compare</summary>
#
# No. If the right class has probability $o^s_y \approx 0$, its entry is $o^s_y - 1 \approx -1$, as large as it can be. The tiny Jacobian meets a huge upstream gradient, $-1/o^s_y$, and the two cancel. This is why
# softmax and the logarithm belong together.
#
# </details>


# %% nbgrader={"grade_id": "nll_grad", "solution": true}
def nll_grad(o_a, y):
    """Gradient of the negative log-likelihood with respect to the logits.

    Parameters
    ----------
    o_a : ndarray of float, shape (m,)
        Logits. Any size, such as all near 1000 or all near -1000.
    y : int
        The right class, from 0 to m - 1.

    Returns
    -------
    ndarray, shape (m,)
        Entry k is the derivative of nll(o_a, y) with respect to o_a[k].
        `o_a` is left as it was.

    Examples
    --------
    >>> nll_grad(np.array([0.0, 0.0]), 1)
    array([ 0.5, -0.5])
    """
    ### BEGIN SOLUTION
    gradient = softmax(o_a)
    gradient[y] -= 1.0
    return gradient
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_nll_grad", "grade": true, "points": 4}
marks = check.marks("nll_grad", values=2, stability=1, shapes=1)
with marks.values:
    check.close(
        nll_grad(np.array([0.0, np.log(3.0)]), 1),
        [0.25, -0.25],
        because="the network says 1/4, 3/4; the truth is 0, 1",
    )
    check.close(
        nll_grad(np.zeros(4), 2),
        [0.25, 0.25, -0.75, 0.25],
        because="the network says 1/4 each; the truth is 0, 0, 1, 0",
    )
with marks.stability:
    check.close(
        nll_grad(np.array([1000.0, 1000.0]), 0),
        [-0.5, 0.5],
        because="a shift by 1000 changes nothing",
    )
with marks.shapes:
    check.shape(nll_grad(np.array([0.5, 1.0, -2.0]), 2), (3,))
    check.leaves_arguments_alone(nll_grad, [(np.array([0.5, 1.0, -2.0]), 2)])
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(nll_grad, reference.nll_grad, labelled)
    check.matches(nll_grad, reference.nll_grad, first_class)
with marks.stability:
    for shift in [-1000.0, 1000.0]:
        check.matches(
            nll_grad,
            reference.nll_grad,
            labelled.map(lambda o_a, y, shift=shift: (o_a + shift, y)),
        )
with marks.shapes:
    check.matches(nll_grad, reference.nll_grad, cases.of((np.array([1.5]), 0)))
    check.leaves_arguments_alone(nll_grad, labelled)
    check.accepts_read_only(nll_grad, labelled)
    check.depends(
        nll_grad,
        cases.of((np.array([0.5, 1.0, -2.0]), 2), (np.array([0.5, 0.0, 0.75]), 2)),
        because="other logits have another slope",
    )


@mistake(
    "the difference the other way round",
    "This points downhill. A gradient points uphill: when the right logit rises, "
    "does the loss rise?",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    return np.eye(o_a.size)[y] - e / e.sum()


@mistake(
    "the one-hot vector is missing",
    "Your entries add up to 1. A shift of all logits leaves the loss alone: what "
    "should they add up to?",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    return e / e.sum()


@mistake(
    "1 subtracted from every entry",
    "The truth is 1 at the right class and 0 elsewhere.",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    return e / e.sum() - 1.0


@mistake(
    "the entry of the right class alone",
    "When a wrong logit rises, the right class loses probability. Your gradient is 0 "
    "there.",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    gradient = np.zeros_like(o_a)
    gradient[y] = e[y] / e.sum() - 1.0
    return gradient


@mistake(
    "the gradient with respect to the probabilities",
    "-1 / s_y is the upstream gradient. It has still to pass through softmax.",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    gradient = np.zeros_like(o_a)
    gradient[y] = -e.sum() / e[y]
    return gradient


@mistake(
    "the logits for the probabilities",
    "The difference is between probabilities: which function turns logits into them?",
)
def nll_grad(o_a, y):
    return o_a - np.eye(o_a.size)[y]


@mistake(
    "the label for its one-hot vector",
    "You subtract the number y from every probability. What is the truth for each class?",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    return e / e.sum() - y


@mistake(
    "the sign of the right class",
    "When the logit of the right class rises, does the loss rise or fall?",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    gradient = e / e.sum()
    gradient[y] = 1.0 - gradient[y]
    return gradient


@mistake(
    "divided by the number of classes",
    "One example, one loss: there is nothing to average over.",
)
def nll_grad(o_a, y):
    e = np.exp(o_a - o_a.max())
    return (e / e.sum() - np.eye(o_a.size)[y]) / o_a.size


@mistake(
    "softmax without its shift",
    "Right on paper. Where do the probabilities come from when the logits are 1000? "
    "Your softmax can give them.",
)
def nll_grad(o_a, y):
    e = np.exp(o_a)
    return e / e.sum() - np.eye(o_a.size)[y]


@mistake(
    "labels counted from 1",
    "Your 1 is subtracted one place before the right class. From which number do "
    "the labels count?",
)
def nll_grad(o_a, y):
    gradient = reference.softmax(o_a)
    gradient[y - 1] -= 1.0
    return gradient


@mistake(
    "logarithms of probabilities for probabilities",
    "Your entries are negative and large. The difference is between probabilities.",
)
def nll_grad(o_a, y):
    gradient = reference.log_softmax(o_a)
    gradient[y] -= 1.0
    return gradient


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_descent", "locked": true}
# Figure: logits that follow the gradient downhill.
def draw(loss, probability):
    o_a, y = np.array([3.0, 0.0, -1.0]), 2
    losses, shares = [], []
    for _ in range(31):
        losses.append(nll(o_a.copy(), y))
        shares.append(softmax(o_a.copy()))
        o_a = o_a - 0.5 * nll_grad(o_a.copy(), y)
    loss.plot(losses, color="C3")
    loss.set(title="the loss", xlabel="step", ylim=(0, None))
    for k, style in enumerate([":", "--", "-"]):
        name = "the right class" if k == y else f"class {k}"
        probability.plot(np.array(shares)[:, k], style, label=name)
    probability.set(title="the three probabilities", xlabel="step", ylim=(0, 1))
    probability.legend()


explore.Picture(
    draw,
    panels=2,
    alt="Left: the loss falls from 4.1 to 0.05 in 30 steps, most of it in the first "
    "five. Right: the probability of the right class rises from 0.02 to 0.95, that of "
    "class 0 falls from 0.94 to 0.03, and class 1 first rises to 0.12, then falls.",
)

# %% [markdown]
# Here three logits start out sure and wrong, $(3, 0, -1)$ with the last class the right one, and follow your gradient downhill in steps of $0.5$. **Question.** The loss falls fast at first and slowly at the end. Which formula tells you how fast?
#
# <details><summary>Compare</summary>
#
# $o^s - \operatorname{onehot}(y)$: at first the gradient is about $(0.94, 0.05, -0.98)$, nearly as long as it can get. As the network becomes right it shrinks to nothing, and so do the steps.
#
# </details><p></p>
#
# ### The long road, with two slips
#
# A homework solution takes the long road, and slips twice on the way without falling. Here are its two halves for $m = 3$ classes and the label $y = 1$ (the one in the middle). $s$ stands for $o^s$.
#
# $$\begin{aligned}
# \text{line 1:}\quad & \frac{\partial L}{\partial s} = \frac{\partial\,(-\ln s_1)}{\partial s} \\[6pt]
# \text{line 2:}\quad & \phantom{\frac{\partial L}{\partial s}} = \begin{bmatrix} -1/s_0 \\ -1/s_1 \\ -1/s_2 \end{bmatrix} - \begin{bmatrix} 0 \\ 1 \\ 0 \end{bmatrix} \\[6pt]
# \text{line 3:}\quad & \phantom{\frac{\partial L}{\partial s}} = \begin{bmatrix} 0 \\ -1/s_1 \\ 0 \end{bmatrix}
# \end{aligned}$$
#
# **Find the slip.** Put in $s = (0.2, 0.3, 0.5)$ and compute every line. For line 1 take each derivative by hand: how does $-\ln s_1$ change with $s_0$, with $s_1$, with $s_2$? Which is the first line that is wrong?

# %% nbgrader={"grade_id": "find_the_slip_onehot", "solution": true}
# The number of one line, without a comma.
find_the_slip_onehot = (
    ### BEGIN SOLUTION
    2
    ### END SOLUTION
)

# %% nbgrader={"grade_id": "test_find_the_slip_onehot", "grade": true, "points": 1}
marks = check.marks("find_the_slip_onehot", values=1)
with marks.values.form:
    line_number(find_the_slip_onehot, 3)
### BEGIN HIDDEN TESTS
with marks.values:
    hints = {
        1: "Line 1 puts the definition of the loss in, for y = 1.",
        3: "Line 3 is right: only the middle probability enters the loss, and the "
        "slope of -ln t is -1/t. Does line 2 give it at s = (0.2, 0.3, 0.5)?",
    }
    assert find_the_slip_onehot == 2, hints.get(
        find_the_slip_onehot, "Not that one."
    )
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# The second half takes this vector, call it $g$, through the Jacobian.
#
# $$\begin{aligned}
# \text{line 1:}\quad & g = \begin{bmatrix} 0 \\ -1/s_1 \\ 0 \end{bmatrix} \\[6pt]
# \text{line 2:}\quad & \frac{\partial L}{\partial o^a} = J^T g \\[6pt]
# \text{line 3:}\quad & J = \operatorname{diag}(s) - s\,s^T \\[6pt]
# \text{line 4:}\quad & \phantom{J} = \begin{bmatrix} s_0 - s_0 s_0 & s_0 s_1 & s_0 s_2 \\ -s_1 s_0 & s_1 - s_1 s_1 & s_1 s_2 \\ -s_2 s_0 & -s_2 s_1 & s_2 - s_2 s_2 \end{bmatrix} \\[6pt]
# \text{line 5:}\quad & J^T g = \begin{bmatrix} s_0 \\ s_1 - 1 \\ s_2 \end{bmatrix}
# \end{aligned}$$
#
# **Find the slip.** You know three things about this Jacobian from 2.7: what its rows add up to, what its columns add up to, and what happens when you mirror it. Which is the first line that is wrong?
#
# (Once you have found it, work out what $J^T g$ would be with that line as it is printed. The gradient of a wrong class would have the wrong sign: the network would be rewarded for believing in it.)

# %% nbgrader={"grade_id": "find_the_slip_minus", "solution": true}
# The number of one line, without a comma.
find_the_slip_minus = (
    ### BEGIN SOLUTION
    4
    ### END SOLUTION
)

# %% nbgrader={"grade_id": "test_find_the_slip_minus", "grade": true, "points": 1}
marks = check.marks("find_the_slip_minus", values=1)
with marks.values.form:
    line_number(find_the_slip_minus, 5)
### BEGIN HIDDEN TESTS
with marks.values:
    hints = {
        1: "Line 1 is the right end of the first half.",
        2: "Line 2 is the chain rule, as a vector-Jacobian product.",
        3: "Line 3 is what you derived in 2.7.",
        5: "Line 5 is right: it follows from line 3. Compare lines 3 and 4 entry by "
        "entry.",
    }
    assert find_the_slip_minus == 4, hints.get(find_the_slip_minus, "Not that one.")
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# In a network the logits are not free: they come from weights. The next lesson takes this gradient one layer further down.
#
#
# ## 2.11 In your own words
#
# A person reads your answer to this one; no check does. It is worth 2 points. Double-click the cell below, write three or four sentences in place of what stands there, then run the cell.
#
# **Question.** A network is sure and wrong: its softmax $s$ gives 0.9999 to a class that is not the right one. Why does training by the negative log-likelihood mend this fast, while training by the squared distance $\|s - \operatorname{onehot}(y)\|^2$ hardly moves the logits? Argue with the two gradients at the logits, and say which matrix of this lesson makes the difference.

# %% [markdown] nbgrader={"grade_id": "explain_push", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# At the logits the gradient of the negative log-likelihood is $s - \operatorname{onehot}(y)$: about $-1$ at the right class and about $1$ at the wrong one. The push is as strong as it can be, just because the answer is so wrong.
#
# The gradient of the squared distance at $s$ is $2\,(s - \operatorname{onehot}(y))$, which is large too. But to reach the logits it goes through the Jacobian of softmax, $\operatorname{diag}(s) - s\,s^T$. With one entry of $s$ near 1 and the others near 0, all entries of that matrix are near 0, so hardly anything arrives. The logarithm brings a factor $1/s_y$ that cancels this.
# ### END SOLUTION

# %% [markdown]
# ## What you can do now
#
# - Turn logits of any size into probabilities and log-probabilities without overflow, row by row, in any batch.
# - Say what softmax ignores (a shift) and what it does not (a scale), prove the one and refute the other.
# - Write a Jacobian in index form and in matrix form, and test it by its sums.
# - Say what an upstream gradient is, and compute a vector-Jacobian product without the Jacobian.
# - Derive $o^s - \operatorname{onehot}(y)$, and explain why softmax and the logarithm belong together.
#
# **Before you hand in:** press **Validate**, or choose *Kernel > Restart Kernel and Run All Cells*. Every card should show what you expect. Grading tries more cases than the cards do.
#
# **To read further.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1 on overflow and 6.2.2.3 on softmax outputs. Blanchard, Higham and Higham, *Accurately computing the log-sum-exp and softmax
# functions* (IMA Journal of Numerical Analysis, 2021), for how many digits the shift really saves. Baydin, Pearlmutter, Radul and Siskind, *Automatic differentiation in machine learning: a survey* (JMLR, 2018), for VJPs in general.
# Hinton, Vinyals and Dean, *Distilling the knowledge in a neural network* (2015), for what a temperature is good for.
#
# **A harder one, without marks.** Differentiate the gradient $o^s - \operatorname{onehot}(y)$ once more. Which matrix of this lesson is the second derivative of the loss, and why does the label not appear in it? For any vector $v$, show that
# $v^T \left(\operatorname{diag}(s) - s\,s^T\right) v$ is never negative. (Read $v_i$ as a number that you draw with probability $s_i$. What do you call $\sum_i s_i v_i^2 - \left(\sum_i s_i v_i\right)^2$?) What does that say about the valleys of this loss? In which directions is it flat?
