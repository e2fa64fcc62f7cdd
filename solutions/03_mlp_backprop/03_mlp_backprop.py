# %% [markdown]
# # 3. Backpropagation
#
# A net has thousands of numbers, or millions. To train it you need to know, for every one of them, whether the loss goes up
# or down with it, and how fast. Backpropagation finds all these slopes in about the time it takes to use the net a few
# times. In this lesson you derive it and write it, twice:
#
# - **Part A** takes one example through a net of two layers and back, with vectors and indices. Each slope is derived on
#   paper first, entry by entry, then for the whole array.
# - **Part B** does the same for a batch of examples at once, with matrices, and trains on images of handwritten digits.
#
# You need the chain rule, the product of a matrix and a vector, and softmax from lesson 02. Plan three hours for each
# part, with paper beside you. Every step goes the same way: predict the shape, derive, write, check.
#
# **What every function here has in common**
#
# - It gets NumPy arrays of floats and returns *new* arrays. It never changes an array or a dict it was given. (Labels and
#   sizes are ints.)
# - An answer counts as right when each number is within $10^{-8} + 10^{-6}\,|\text{right value}|$ of the right value, and its shape
#   is exactly the right one: `(4,)` is not `(4, 1)`, and not `(1, 4)`.
# - Each exercise is marked in parts. Where a function returns several results, each right one earns its own mark.
# - The checks you see are a sample. When your work is graded, each function meets many more inputs: nets of other sizes,
#   nets with one hidden unit, two classes, other numbers.
# - A function may call the ones you wrote before it. Then it is as right as they are.

# %% [markdown]
# Run the next two cells first. The first one is folded away, because you do not have to read it. It says `Ready.` below.
# The second one gives you the softmax of lesson 02.

# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "setup", "locked": true}
# Setup: what the lesson uses.
import matplotlib.pyplot as plt
import numpy as np

from autograder import check, explore

print("Ready.")


# %% nbgrader={"grade_id": "given_softmax", "locked": true}
def softmax(z):
    """Softmax over the last axis, right for scores of any size."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


# %% [markdown]
# ## Part A. One example, through the net and back
#
# ### A.1 The net and its shapes
#
# The net of this part has one hidden layer. It reads a vector $x$ of $d$ numbers, has $d_h$ hidden units, and gives a
# probability to each of $m$ classes:
#
# $$h^a = W^{(1)} x + b^{(1)} \qquad h^s = \sin(h^a) \qquad o^a = W^{(2)} h^s + b^{(2)} \qquad o^s = \operatorname{softmax}(o^a)$$
#
# The letter $h$ stands for the hidden layer and $o$ for the output layer. The upper letter $a$ marks a **pre-activation**, what goes
# into the bend; $s$ marks an **activation**, what comes out of it. In code the upper letters become endings:
# `h_a`, `h_s`, `o_a`, `o_s`.
#
# Why the sine? The homework this part is made from chose it, and it is a good choice for learning. Any differentiable function
# would do in its place, and only one line of the way back would change. The sine is unusual in practice, so you cannot
# quote its slope from memory of other code. And it has a property that catches a common mistake, as you will see in A.8.
#
# **All names and shapes of part A.** Come back to this table whenever you need it.
#
# | in formulas | in code | shape | what it is |
# | --- | --- | --- | --- |
# | $x$ | `x` | `(d,)` | the input, one example |
# | $y$ | `y` | an int | its class: 0, 1, ..., $m - 1$ |
# | $W^{(1)}$ | `W1` | `(d_h, d)` | weights of the hidden layer, one row per hidden unit |
# | $b^{(1)}$ | `b1` | `(d_h,)` | biases of the hidden layer |
# | $h^a$ | `h_a` | `(d_h,)` | hidden pre-activation |
# | $h^s$ | `h_s` | `(d_h,)` | hidden activation, the sine of `h_a` |
# | $W^{(2)}$ | `W2` | `(m, d_h)` | weights of the output layer, one row per class |
# | $b^{(2)}$ | `b2` | `(m,)` | biases of the output layer |
# | $o^a$ | `o_a` | `(m,)` | output pre-activation, the logits |
# | $o^s$ | `o_s` | `(m,)` | the probabilities, softmax of `o_a` |
# | $L$ | `L` | a number | the loss of this example, $-\ln o^s_y$ |
# | $\theta$ | `params` | dict | the arrays `W1`, `b1`, `W2`, `b2` under these names |
# | $\partial L / \partial o^a$ | `d_oa` | as `o_a` | how the loss moves with each entry of `o_a` |
# | $\partial L / \partial h^s$, $\partial L / \partial h^a$ | `d_hs`, `d_ha` | as `h_s`, `h_a` | the same for the hidden layer |
# | $\partial L / \partial W^{(2)}$, ... | `dW2`, `db2`, `dW1`, `db1`, `dx` | as `W2`, ... | the same for weights, biases and input |
#
# Vectors are one-dimensional NumPy arrays here: `(d,)`, where the formulas have a column of $d$ rows and one column. `W1 @ x` works
# as on paper.
#
# One rule holds for all gradients of the lesson: **the gradient of the loss with respect to an array has the shape of that
# array.** There is one slope for each number in it. That is why shapes alone will find many of your mistakes.


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_net", "locked": true}
# Figure: the net as a graph, with shapes, forward and back.
def draw(axes):
    axes.set(xlim=(-0.6, 9.9), ylim=(-1.55, 1.25))
    axes.axis("off")
    grey = {"ha": "center", "color": "0.35", "fontsize": 9}
    stops = [("x", 0.0, "(d,)", "dx"), ("h_a", 2.4, "(d_h,)", "d_ha")]
    stops += [("h_s", 4.2, "(d_h,)", "d_hs"), ("o_a", 6.6, "(m,)", "d_oa")]
    stops += [("o_s", 8.4, "(m,)", ""), ("L", 9.6, "a number", "")]
    for name, at, shape, back in stops:
        circle = {"boxstyle": "circle", "fc": "w"}
        axes.text(at, 0, name, ha="center", va="center", bbox=circle)
        axes.text(at, -0.62, shape, **grey)
        axes.text(at, -1.38, back, ha="center", color="C3", fontsize=9)
    labels = ["W1 @ x + b1", "sin", "W2 @ h_s + b2", "softmax", ""]
    for (_, left, *_), (_, right, *_), label in zip(stops, stops[1:], labels):
        there = {"arrowstyle": "->", "color": "C0", "shrinkA": 16, "shrinkB": 16}
        back = {"arrowstyle": "->", "color": "C3", "linestyle": "--"}
        axes.annotate("", (right, 0), (left, 0), arrowprops=there)
        axes.annotate(
            "", (left + 0.2, -0.95), (right - 0.1, -0.95), arrowprops=back
        )
        axes.text(
            (left + right) / 2, 0.45, label, ha="center", color="C0", fontsize=9
        )
    axes.text(1.2, 0.88, "(d_h, d)   (d_h,)", **grey)
    axes.text(5.4, 0.88, "(m, d_h)   (m,)", **grey)


explore.Picture(
    draw,
    alt="The net as a chain of steps. Forward, from left to right: x of shape (d,) "
    "becomes h_a = W1 @ x + b1 of shape (d_h,), then h_s by the sine, then "
    "o_a = W2 @ h_s + b2 of shape (m,), then o_s by softmax, then the loss, one "
    "number. Backward, from right to left, dashed: d_oa below o_a, d_hs below h_s, "
    "d_ha below h_a and dx below x, each with the shape of what it stands under.",
)

# %% [markdown]
# The blue arrows are this lesson's first hour: from the input to the loss. The dashed red ones are backpropagation: from the
# loss back to the input, each gradient made from the one to its right.
#
# **Predict.** Take $d = 3$, $d_h = 2$, $m = 4$. How many numbers are there to train? Count array by array.
#
# <details><summary>Compare</summary>
#
# `W1` has $2 \cdot 3 = 6$ and `b1` has $2$. `W2` has $4 \cdot 2 = 8$ and `b2` has $4$. Together $20$.
#
# </details><p></p>
#
# Now for any sizes. $x$ is data, so it does not count.


# %% nbgrader={"grade_id": "n_parameters", "solution": true}
def n_parameters(d, d_h, m):
    """Count the numbers to train in W1, b1, W2 and b2.

    Parameters
    ----------
    d, d_h, m : int
        Sizes of the input, the hidden layer and the output.

    Returns
    -------
    int

    Examples
    --------
    >>> n_parameters(3, 2, 4)
    20
    """
    ### BEGIN SOLUTION
    return d_h * (d + 1) + m * (d_h + 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_n_parameters", "grade": true, "points": 2}
marks = check.marks("n_parameters", values=2)
with marks.values:
    check.equal(n_parameters(3, 2, 4), 20, because="6 + 2 + 8 + 4")
    check.equal(
        n_parameters(1, 1, 2),
        6,
        because="one weight and one bias, then two weights and two biases",
    )
### BEGIN HIDDEN TESTS
from autograder.check import cases, mistake, reference

sizes = [(3, 2, 4), (4, 5, 2), (2, 1, 3), (1, 4, 2), (6, 3, 5), (5, 7, 3)]


def draw_net(rng, n):
    """Draw an input, a label and the parameters of the n-th net, all sizes different."""
    d, d_h, m = sizes[n % len(sizes)]
    params = {
        "W1": cases.normal(rng, d_h, d),
        "b1": cases.normal(rng, d_h),
        "W2": cases.normal(rng, m, d_h),
        "b2": cases.normal(rng, m),
    }
    return cases.normal(rng, d), int(rng.integers(m)), params


with marks.values:
    check.matches(n_parameters, reference.n_parameters, [*sizes, (784, 100, 10)])


@mistake(
    "the biases are left out",
    "You counted the weights. What else is in params, and how many numbers has it?",
)
def n_parameters(d, d_h, m):
    return d * d_h + d_h * m


@mistake(
    "the output's biases are left out",
    "Each hidden unit has a bias, and so has each class. Which of the two did you "
    "count?",
)
def n_parameters(d, d_h, m):
    return d_h * (d + 1) + m * d_h


@mistake(
    "the hidden layer's biases are left out",
    "Each hidden unit has a bias, and so has each class. Which of the two did you "
    "count?",
)
def n_parameters(d, d_h, m):
    return d_h * d + m * (d_h + 1)


@mistake(
    "as many biases as inputs",
    "There is one bias for each unit that a bias is added to. What has b1 the shape of: "
    "x, or h_a?",
)
def n_parameters(d, d_h, m):
    return d * (d_h + 1) + d_h * (m + 1)


@mistake(
    "the input counted too",
    "x comes with the data. Training changes the parameters alone.",
)
def n_parameters(d, d_h, m):
    return d + d_h * (d + 1) + m * (d_h + 1)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.2 Forward
#
# Here is a net small enough to work out by hand, with $d = 3$, $d_h = 2$, $m = 4$. It will come back in every check.

# %% nbgrader={"grade_id": "tiny", "locked": true}
tiny_x = np.array([1.0, 2.0, -1.0])
tiny_y = 2
tiny = {
    "W1": np.array([[1.0, 0.0, 2.0], [2.0, 1.0, 3.0]]),
    "b1": np.array([np.pi / 6 + 1.0, 5 * np.pi / 6 - 1.0]),
    "W2": np.array([[1.0, -1.0], [2.0, 0.0], [0.0, 2.0], [-1.0, 3.0]]),
    "b2": np.array([0.0, -1.0, np.log(2.0) - 1.0, -1.0]),
}

# %% [markdown]
# **On paper,** before you write any code. Each answer is a short vector of numbers you know.
#
# 1. $h^a = W^{(1)} x + b^{(1)}$. Row by row: what is $W^{(1)} x$? The biases were chosen so that angles come out.
# 2. $h^s = \sin(h^a)$. The sine of $30°$ is $\frac12$. What is the sine of $150°$?
# 3. $o^a = W^{(2)} h^s + b^{(2)}$.
# 4. $o^s$: exponentials, divided by their sum. Three of them are 1.
#
# <details><summary>Compare</summary>
#
# 1. $W^{(1)}x = [1 + 0 - 2,\; 2 + 2 - 3] = [-1, 1]$, so $h^a = [\frac{\pi}{6}, \frac{5\pi}{6}]$, which is $30°$ and $150°$.
# 2. $h^s = [\frac12, \frac12]$. Two different pre-activations, one activation. Keep that in mind for A.8.
# 3. $W^{(2)}h^s = [0, 1, 1, 1]$, so $o^a = [0, 0, \ln 2, 0]$.
# 4. The exponentials are $1, 1, 2, 1$. Their sum is $5$, so $o^s = [0.2, 0.2, 0.4, 0.2]$.
#
# </details><p></p>
#
# Now for any net. Return all four results in a dict: the way back needs them again.


# %% nbgrader={"grade_id": "mlp_forward", "solution": true}
def mlp_forward(x, params):
    """Take one example through the net.

    Parameters
    ----------
    x : ndarray of float, shape (d,)
    params : dict
        "W1" (d_h, d), "b1" (d_h,), "W2" (m, d_h), "b2" (m,).

    Returns
    -------
    dict
        "h_a" (d_h,), "h_s" (d_h,), "o_a" (m,), "o_s" (m,). `x` and `params` are left
        as they were.

    Examples
    --------
    >>> mlp_forward(tiny_x, tiny)["o_s"]
    array([0.2, 0.2, 0.4, 0.2])
    """
    ### BEGIN SOLUTION
    h_a = params["W1"] @ x + params["b1"]
    h_s = np.sin(h_a)
    o_a = params["W2"] @ h_s + params["b2"]
    return {"h_a": h_a, "h_s": h_s, "o_a": o_a, "o_s": softmax(o_a)}
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_mlp_forward", "grade": true, "points": 4}
# After h_a, each part is judged by what you returned for the part before it.
marks = check.marks("mlp_forward", h_a=1, h_s=1, o_a=1, o_s=1)
with marks.h_a:
    check.close(
        mlp_forward(tiny_x, tiny)["h_a"],
        [np.pi / 6, 5 * np.pi / 6],
        because="W1 @ x is [-1, 1], and the biases take it to 30 and 150 degrees",
    )
with marks.h_s:
    seen = mlp_forward(tiny_x, tiny)
    check.close(
        seen["h_s"],
        np.sin(seen["h_a"]),
        because="h_s is the sine of h_a, unit by unit",
    )
with marks.o_a:
    seen = mlp_forward(tiny_x, tiny)
    check.close(
        seen["o_a"],
        tiny["W2"] @ seen["h_s"] + tiny["b2"],
        because="o_a comes from h_s, what the hidden units give",
    )
with marks.o_s:
    seen = mlp_forward(tiny_x, tiny)
    check.close(
        seen["o_s"], softmax(seen["o_a"]), because="o_s is the softmax of o_a"
    )
### BEGIN HIDDEN TESTS
nets = cases.draw(lambda rng, n: draw_net(rng, n)[::2])


def carried_on(x, params):
    """Give what each part should be, going by the student's own part before it."""
    right = reference.mlp_forward(x, params)
    try:
        own = mlp_forward(
            x.copy(), {key: array.copy() for key, array in params.items()}
        )
    except Exception:
        own = None

    def before(name):
        value = own.get(name) if isinstance(own, dict) else None
        usable = isinstance(value, np.ndarray) and value.shape == right[name].shape
        usable = usable and value.dtype.kind == "f"
        return (
            value
            if usable and np.isfinite(value).all() and value.any()
            else right[name]
        )

    return {
        "h_a": right["h_a"],
        "h_s": np.sin(before("h_a")),
        "o_a": params["W2"] @ before("h_s") + params["b2"],
        "o_s": softmax(before("o_a")),
    }


with marks.h_a:
    check.matches(mlp_forward, reference.mlp_forward, nets, part="h_a")
with marks.h_s:
    check.matches(mlp_forward, carried_on, nets, part="h_s")
with marks.o_a:
    check.matches(mlp_forward, carried_on, nets, part="o_a")
with marks.o_s:
    check.matches(mlp_forward, carried_on, nets, part="o_s")
with marks.h_a:
    check.leaves_arguments_alone(mlp_forward, nets)
    check.accepts_read_only(mlp_forward, nets)


def forward_with(b1=True, bend=np.sin, hidden="h_s", b2=True, out=softmax):
    """Make a forward pass with one thing changed."""

    def forward(x, params):
        h_a = params["W1"] @ x + (params["b1"] if b1 else 0.0)
        h_s = bend(h_a)
        read = h_s if hidden == "h_s" else h_a
        o_a = params["W2"] @ read + (params["b2"] if b2 else 0.0)
        return {"h_a": h_a, "h_s": h_s, "o_a": o_a, "o_s": out(o_a)}

    return forward


@mistake(
    "the hidden layer's bias left out",
    "At x = 0 your h_a is 0, whatever b1 is. What does the formula add to W1 @ x?",
)
def mlp_forward(x, params):
    return forward_with(b1=False)(x, params)


@mistake(
    "the output layer's bias left out",
    "What does the formula add to W2 @ h_s? Every layer has a bias of its own.",
)
def mlp_forward(x, params):
    return forward_with(b2=False)(x, params)


@mistake(
    "the pre-activation fed to the output layer",
    "W2 reads what the hidden units give, not what goes into them. Without the bend "
    "between them two layers are no more than one.",
)
def mlp_forward(x, params):
    return forward_with(hidden="h_a")(x, params)


@mistake(
    "the sine left out",
    "Your h_s is h_a itself. What bends the hidden layer's line?",
)
def mlp_forward(x, params):
    return forward_with(bend=lambda h_a: h_a)(x, params)


@mistake(
    "tanh for the sine",
    "A fine activation, but this net has another one. Look at the second formula.",
)
def mlp_forward(x, params):
    return forward_with(bend=np.tanh)(x, params)


@mistake(
    "cosine for sine",
    "The cosine is the slope you will need on the way back. What is the activation "
    "itself?",
)
def mlp_forward(x, params):
    return forward_with(bend=np.cos)(x, params)


@mistake(
    "exponentials that are not divided by their sum",
    "What should the probabilities of all classes add up to?",
)
def mlp_forward(x, params):
    return forward_with(out=np.exp)(x, params)


@mistake(
    "a sigmoid for each class instead of a softmax",
    "Each of your probabilities is between 0 and 1, but what is their sum? The classes "
    "compete, so one softmax goes over all of them.",
)
def mlp_forward(x, params):
    return forward_with(out=lambda o_a: 1.0 / (1.0 + np.exp(-o_a)))(x, params)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.3 The loss, and its mean over the data
#
# The net gave class 2 the probability $0.4$. If class 2 is right, how bad is that? The loss of one example is the **negative log
# likelihood** of its class (lesson 02):
#
# $$L(x, y) = -\ln o^s_y$$
#
# **Predict.** What is the loss of a net that is certain and right? Of one that gives the right class $0.4$? Of one that knows nothing
# and gives each of four classes the same? And what happens to it as the probability of the right class goes to 0?
#
# <details><summary>Compare</summary>
#
# $-\ln 1 = 0$. $-\ln 0.4 \approx 0.916$. $-\ln \frac14 = \ln 4 \approx 1.386$. It grows without bound.
#
# </details><p></p>
#
# What we care about is the error on examples nobody has seen. It cannot be computed. What can be computed is the average loss over
# the $n$ examples we have, the **empirical risk**:
#
# $$\hat R(\theta) = \frac1n \sum_{i=1}^{n} L\!\left(x^{(i)}, y^{(i)}\right)$$
#
# Training looks for the parameters $\theta$ that make it small. `X` holds the examples as rows, so `X[i]` is one $x$.


# %% nbgrader={"grade_id": "empirical_risk", "solution": true}
def empirical_risk(X, y, params):
    """Average the loss, -log of the right class's probability, over all examples.

    Parameters
    ----------
    X : ndarray of float, shape (n, d)
        One example in each row.
    y : ndarray of int, shape (n,)
        Their classes, from 0 to m - 1.
    params : dict
        "W1" (d_h, d), "b1" (d_h,), "W2" (m, d_h), "b2" (m,).

    Returns
    -------
    float
        The arguments are left as they were.

    Examples
    --------
    >>> round(empirical_risk(tiny_x[None, :], np.array([2]), tiny), 3)
    0.916
    """
    ### BEGIN SOLUTION
    losses = [
        -np.log(mlp_forward(x, params)["o_s"][k]) for x, k in zip(X, y, strict=True)
    ]
    return float(np.mean(losses))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_empirical_risk", "grade": true, "points": 3}
marks = check.marks("empirical_risk", values=2, batches=1)
with marks.values:
    check.close(
        empirical_risk(np.array([tiny_x, tiny_x]), np.array([2, 0]), tiny),
        (np.log(2.5) + np.log(5.0)) / 2,
        because="the right classes got 0.4 and 0.2, and -ln 0.4 = ln 2.5, -ln 0.2 = ln 5",
    )
with marks.batches:
    check.close(
        empirical_risk(tiny_x[None, :], np.array([2]), tiny),
        np.log(2.5),
        because="the mean over one example is its own loss",
    )


### BEGIN HIDDEN TESTS
def draw_data(rng, n, rows):
    """Draw a net, and `rows` examples for it."""
    x, _, params = draw_net(rng, n)
    X = cases.normal(rng, rows, len(x))
    return X, rng.integers(len(params["b2"]), size=rows), params


with marks.values:
    check.matches(
        empirical_risk,
        reference.empirical_risk,
        cases.draw(lambda rng, n: draw_data(rng, n, n + 4)),
    )
with marks.batches:
    some = cases.draw(lambda rng, n: draw_data(rng, n, [1, 2, 13, 1][n]), count=4)
    check.matches(empirical_risk, reference.empirical_risk, some)
    check.leaves_arguments_alone(empirical_risk, some)
    check.accepts_read_only(empirical_risk, some)


def probabilities(X, params):
    """Give the probabilities of all rows, by the reference."""
    return np.array([reference.mlp_forward(x, params)["o_s"] for x in X])


@mistake(
    "the sum for the mean",
    "Your risk doubles when every example is counted twice. Should it?",
)
def empirical_risk(X, y, params):
    p = probabilities(X, params)[np.arange(len(y)), y]
    return -np.sum(np.log(p))


@mistake(
    "the minus is missing",
    "A probability is below 1. What sign has its logarithm, and which sign has a loss?",
)
def empirical_risk(X, y, params):
    p = probabilities(X, params)[np.arange(len(y)), y]
    return np.mean(np.log(p))


@mistake(
    "the logarithm of the mean probability",
    "You average first and take the logarithm then. In which order does the formula go?",
)
def empirical_risk(X, y, params):
    p = probabilities(X, params)[np.arange(len(y)), y]
    return -np.log(np.mean(p))


@mistake(
    "the logarithm to base 10",
    "Your numbers are too small by the factor 2.30, which is ln 10. Which logarithm "
    "undoes e^x?",
)
def empirical_risk(X, y, params):
    p = probabilities(X, params)[np.arange(len(y)), y]
    return -np.mean(np.log10(p))


@mistake(
    "all classes counted, not the right one alone",
    "The loss asks for one probability of each example: that of its own class y.",
)
def empirical_risk(X, y, params):
    return -np.mean(np.log(probabilities(X, params)))


@mistake(
    "all classes summed, not the right one alone",
    "The loss asks for one probability of each example: that of its own class y.",
)
def empirical_risk(X, y, params):
    return -np.mean(np.sum(np.log(probabilities(X, params)), axis=1))


@mistake(
    "the predicted class's probability, not the right one's",
    "The largest probability says how sure the net is, not whether it is right. Where "
    "does y come in?",
)
def empirical_risk(X, y, params):
    return -np.mean(np.log(np.max(probabilities(X, params), axis=1)))


@mistake(
    "the mean of 1 - probability",
    "Small when the net is right, but not the loss of the formula. Where is the "
    "logarithm?",
)
def empirical_risk(X, y, params):
    p = probabilities(X, params)[np.arange(len(y)), y]
    return np.mean(1.0 - p)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.4 The way back begins: the slope at the output
#
# Which numbers should change, in which direction, to make the loss smaller? Start at the end of the net, where the answer is
# nearest: at the logits $o^a$.
#
# **Predict,** for the tiny net with $y = 2$, before any formula. What shape has $\partial L / \partial o^a$? If the logit of the right class
# grows a little, does the loss rise or fall? If another logit grows? And if all four grow by the same amount?
#
# <details><summary>Compare</summary>
#
# The shape of $o^a$: `(4,)`. The right class's logit makes the loss fall: a negative slope. Every other logit takes probability away
# from the right class: a positive slope. If all grow alike, softmax does not change and neither does the loss, so the four
# slopes add up to 0.
#
# </details><p></p>
#
# **On paper.** Two roads lead there.
#
# 1. *Through the probabilities.* The loss sees only $o^s_y$. What is $\partial L/\partial o^s_k$ for $k = y$? For $k \ne y$? In lesson 02 you found the
#    slopes of softmax, $\partial o^s_k / \partial o^a_j = o^s_k(\delta_{kj} - o^s_j)$. Multiply, and sum over $k$: how many terms survive?
# 2. *Without them.* $L = -o^a_y + \ln \sum_j e^{o^a_j}$. Differentiate by $o^a_k$. Which part of the logarithm's derivative do you recognise?
#
# <details><summary>Compare</summary>
#
# 1. $\partial L/\partial o^s_y = -1/o^s_y$, and $0$ for the others. One term survives:
#    $-\dfrac{1}{o^s_y}\, o^s_y\,(\delta_{yj} - o^s_j) = o^s_j - \delta_{yj}$. (Off the diagonal the slopes of softmax are negative. The homework's printed
#    matrix loses that minus in one place.)
# 2. $-\delta_{yk} + \dfrac{e^{o^a_k}}{\sum_j e^{o^a_j}} = o^s_k - \delta_{yk}$.
#
# Both say: the probabilities, less 1 at the right class.
#
# $$\frac{\partial L}{\partial o^a} = o^s - \operatorname{onehot}(y)$$
#
# For the tiny net that is $[0.2, 0.2, -0.6, 0.2]$, as predicted: one negative slope, three positive, and their sum is 0.
#
# </details><p></p>
#
# $\operatorname{onehot}(y)$ is the vector of $m$ zeros with a 1 at position $y$. Mind the promise of this lesson when you write it: `o_s` stays as it was.


# %% nbgrader={"grade_id": "grad_output", "solution": true}
def grad_output(o_s, y):
    """Gradient of the loss with respect to the logits o_a.

    Parameters
    ----------
    o_s : ndarray of float, shape (m,)
        The probabilities that came out of the softmax.
    y : int
        The right class, from 0 to m - 1.

    Returns
    -------
    ndarray, shape (m,)
        `o_s` is left as it was.

    Examples
    --------
    >>> grad_output(np.array([0.25, 0.75]), 1)
    array([ 0.25, -0.25])
    """
    ### BEGIN SOLUTION
    d_oa = o_s.copy()
    d_oa[y] -= 1.0
    return d_oa
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grad_output", "grade": true, "points": 3}
marks = check.marks("grad_output", values=2, arguments=1)
with marks.values:
    check.close(
        grad_output(np.array([0.2, 0.2, 0.4, 0.2]), 2),
        [0.2, 0.2, -0.6, 0.2],
        because="the probabilities, less 1 at the right class",
    )
    check.close(
        grad_output(np.array([0.25, 0.75]), 0),
        [-0.75, 0.75],
        because="with two classes the two slopes are opposite",
    )
with marks.arguments:
    check.leaves_arguments_alone(grad_output, [(np.array([0.25, 0.75]), 0)])
### BEGIN HIDDEN TESTS
outputs = cases.draw(
    lambda rng, n: (
        softmax(cases.normal(rng, [4, 2, 3, 5, 10, 7][n])),
        int(rng.integers([4, 2, 3, 5, 10, 7][n])),
    )
)
with marks.values:
    check.matches(grad_output, reference.grad_output, outputs)
with marks.arguments:
    check.leaves_arguments_alone(grad_output, outputs)
    check.accepts_read_only(grad_output, outputs)


@mistake(
    "onehot - o_s, the sign turned round",
    "By your gradient, raising the right class's logit makes the loss larger. Does it?",
)
def grad_output(o_s, y):
    return np.eye(len(o_s))[y] - o_s


@mistake(
    "1 taken from every entry",
    "Only the right class loses 1. What would the slopes of the others add up to?",
)
def grad_output(o_s, y):
    return o_s - 1.0


@mistake(
    "the label subtracted from every entry",
    "y is the number of a class, not an amount. Which single entry does it point at?",
)
def grad_output(o_s, y):
    return o_s - y


@mistake(
    "the slope with respect to the probabilities",
    "-1 / o_s at the right class is dL / d o_s, one step too early. The road from o_a "
    "to o_s goes through the softmax.",
)
def grad_output(o_s, y):
    return -np.eye(len(o_s))[y] / o_s


@mistake(
    "the right class's entry alone",
    "The other logits move the loss too: they take probability away from the right "
    "class.",
)
def grad_output(o_s, y):
    return np.eye(len(o_s))[y] * (o_s - 1.0)


@mistake(
    "the probabilities themselves",
    "All your slopes are positive. Which logit should make the loss fall?",
)
def grad_output(o_s, y):
    return o_s.copy()


@mistake(
    "the slopes of one softmax output, without the loss",
    "You have d o_s[y] / d o_a. The loss is -log of that probability: one factor is "
    "missing.",
)
def grad_output(o_s, y):
    return o_s[y] * (np.eye(len(o_s))[y] - o_s)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.5 Seven gradients on paper
#
# From `d_oa` everything else follows. There are seven gradients to find: for `W2`, `b2` and `h_s` of the output layer, for `h_a`, and for
# `W1`, `b1` and `x` of the hidden layer. They look like a lot. You will find that there are only three patterns among them.
#
# The one tool is the **chain rule** with indices. If a number $u$ moves several numbers $v_l$, and each of them moves the loss, then
#
# $$\frac{\partial L}{\partial u} = \sum_l \frac{\partial L}{\partial v_l}\,\frac{\partial v_l}{\partial u}$$
#
# Most of the terms are 0, because most $v_l$ do not see $u$. Finding out which ones survive is the whole art.
#
# **An example, worked out.** A layer that only turns volumes up and down: $v_l = c_l\,u_l$, with $n$ gains $c_l$. The gradient
# $\partial L/\partial v$ is known; call it `d_v`. What is $\partial L/\partial c$?
#
# | line | in formulas | as you write it |
# | --- | --- | --- |
# | chain rule | $\sum_l \frac{\partial L}{\partial v_l} \frac{\partial v_l}{\partial c_k}$ | `sum(l, d_v[l] * diff(v[l], c[k]))` |
# | which terms survive? | $\sum_l \frac{\partial L}{\partial v_l}\, \delta_{lk}\, u_k$ | `sum(l, d_v[l] * delta(l, k) * u[k])` |
# | the scalar form | $\frac{\partial L}{\partial v_k}\, u_k$ | `d_v[k] * u[k]` |
# | the vector form | $\frac{\partial L}{\partial v} \odot u$ | `d_v * u` |
# | its shape | | `(n,)` |
#
# $\delta_{lk}$, `delta(l, k)`, is 1 for $l = k$ and 0 otherwise: gain number $k$ moves $v_k$ alone. Under a sum it picks one term. The **scalar form** says
# what one entry of the gradient is, the **vector form** what the whole array is, without any index.
#
# **Now the seven.** What is known:
#
# $$o^a_k = \sum_j W^{(2)}_{kj} h^s_j + b^{(2)}_k \qquad h^s_j = \sin(h^a_j) \qquad h^a_j = \sum_i W^{(1)}_{ji} x_i + b^{(1)}_j$$
#
# with $k$ counting classes, $j$ hidden units and $i$ inputs. Do each of them with these questions.
#
# 1. **Predict the shape.**
# 2. Which terms of the chain rule's sum survive? If one does, a `delta` says so. If all do, the sum stays.
# 3. What is the scalar form?
# 4. Which product of arrays has exactly these entries? Where a sum over an index is left, a matrix product (`@`) can do it. Where two
#    different indices stand on two vectors and nothing is summed, it is an outer product: `outer(a, b)` has the entry `a[k] * b[j]` at
#    row `k` and column `j`.
#
# Write the chain into the list below the line that is given. As many lines as you like, then the vector form, and last the shape.
# In the lines you may use: `sum(l, ...)`, `delta(l, k)`, `diff(..., ...)`, `+ - * /`, `sin`, `cos`, `@`, `.T`, `outer(a, b)`, entries like
# `W2[k, j]`, and these names, which all mean what the table of A.1 says: `d_oa`, `d_hs`, `d_ha`, `o_a`, `h_s`, `h_a`, `x`, `W1`,
# `b1`, `W2`, `b2`. A vector is a column here, as on paper, and `.T` makes it a row.
#
# Run the check as often as you like. It looks at each line: is it equal to the one above it? If not, it says at which numbers it
# differs. It also compares every line with the slope that it finds by changing one entry a little.
#
# <details><summary>A hint for W2 and b2</summary>
#
# $W^{(2)}_{kj}$ is in row $k$. Which of the logits $o^a_1, \dots, o^a_m$ are computed with row $k$? In that one, what is it multiplied with?
#
# </details><p></p>
#
# <details><summary>A hint for h_s and x</summary>
#
# Which of the logits are computed with $h^s_j$? All of them. So no term is lost, and the sum over $k$ stays. For the vector form write your sum as row times
# column: over which index of the matrix does it run, the row's or the column's? `W2 @ v` sums over the column's.
#
# </details><p></p>
#
# <details><summary>A hint for h_a</summary>
#
# Unit $j$ has a pre-activation and an activation of its own. It does not see the other units. What is the slope of the sine, and at which point is it taken?
#
# </details>

# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "paper", "locked": true}
# What is known for each of the seven derivations, and what is asked.
OUTPUT = "o_a[k] = sum(j, W2[k, j] * h_s[j]) + b2[k]"
BEND = "h_s[j] = sin(h_a[j])"
HIDDEN = "h_a[j] = sum(i, W1[j, i] * x[i]) + b1[j]"
OUTPUT_GIVEN = "d_oa (m); W2 (m, d_h); h_s (d_h); b2 (m)"
HIDDEN_GIVEN = "d_ha (d_h); W1 (d_h, d); x (d); b1 (d_h)"


def statement(name, start, entry, given, let, upstream):
    """Say what is given for a gradient, and that its vector form is asked for."""
    loss = f"sum(l, d_{upstream.replace('_', '')}[l] * {upstream}[l])"
    return check.Derivation(
        given=given,
        let=(let,),
        start=start,
        entry=entry,
        last="matrix",
        gradient=(name, loss),
        rules=3,
    )


statements = {
    "W2": statement(
        "W2",
        "sum(l, d_oa[l] * diff(o_a[l], W2[k, j]))",
        "k, j",
        OUTPUT_GIVEN,
        OUTPUT,
        "o_a",
    ),
    "b2": statement(
        "b2",
        "sum(l, d_oa[l] * diff(o_a[l], b2[k]))",
        "k",
        OUTPUT_GIVEN,
        OUTPUT,
        "o_a",
    ),
    "h_s": statement(
        "h_s",
        "sum(k, d_oa[k] * diff(o_a[k], h_s[j]))",
        "j",
        OUTPUT_GIVEN,
        OUTPUT,
        "o_a",
    ),
    "h_a": statement(
        "h_a",
        "sum(l, d_hs[l] * diff(h_s[l], h_a[j]))",
        "j",
        "d_hs (d_h); h_a (d_h)",
        BEND,
        "h_s",
    ),
    "W1": statement(
        "W1",
        "sum(l, d_ha[l] * diff(h_a[l], W1[j, i]))",
        "j, i",
        HIDDEN_GIVEN,
        HIDDEN,
        "h_a",
    ),
    "b1": statement(
        "b1",
        "sum(l, d_ha[l] * diff(h_a[l], b1[j]))",
        "j",
        HIDDEN_GIVEN,
        HIDDEN,
        "h_a",
    ),
    "x": statement(
        "x",
        "sum(j, d_ha[j] * diff(h_a[j], x[i]))",
        "i",
        HIDDEN_GIVEN,
        HIDDEN,
        "h_a",
    ),
}


def sizes_in(line):
    """Give the sizes that a shape names."""
    return [w.strip() for w in line.strip().strip("()").split(",") if w.strip()]


def is_shape(line):
    """Tell whether a line is a shape, such as "(m, d_h)"."""
    words = sizes_in(line) if isinstance(line, str) else []
    return words != ["1"] and bool(words) and set(words) <= {"m", "d_h", "d", "1"}


def entry_of(answer, name):
    """Give what stands under a name, or say that it is missing."""
    if not isinstance(answer, dict) or name not in answer:
        asked = f"expected a dict with the keys {', '.join(statements)}"
        raise check.CheckFailed(check.Finding(f"{asked}; there is no {name}"))
    return answer[name]


def lines_of(answer, name):
    """Give the lines of a chain, without the shape at its end."""
    chain = entry_of(answer, name)
    if isinstance(chain, list | tuple) and chain and is_shape(chain[-1]):
        return list(chain[:-1])
    return chain


def shape_of(answer, name):
    """Give the sizes in the shape at the end of a chain."""
    chain = entry_of(answer, name)
    if not (isinstance(chain, list | tuple) and chain and is_shape(chain[-1])):
        missing = f"{name}: the last line should be the shape of the gradient"
        raise check.CheckFailed(
            check.Finding(missing, advice='Write it in letters, such as "(n,)".')
        )
    return sizes_in(chain[-1])


# %% nbgrader={"grade_id": "derive_column_grads", "solution": true}
derive_column_grads = {
    "W2": [
        "sum(l, d_oa[l] * diff(o_a[l], W2[k, j]))",
        ### BEGIN SOLUTION
        "sum(l, d_oa[l] * delta(l, k) * h_s[j])",
        "d_oa[k] * h_s[j]",
        "outer(d_oa, h_s)",
        "(m, d_h)",
        ### END SOLUTION
    ],
    "b2": [
        "sum(l, d_oa[l] * diff(o_a[l], b2[k]))",
        ### BEGIN SOLUTION
        "sum(l, d_oa[l] * delta(l, k))",
        "d_oa[k]",
        "d_oa",
        "(m,)",
        ### END SOLUTION
    ],
    "h_s": [
        "sum(k, d_oa[k] * diff(o_a[k], h_s[j]))",
        ### BEGIN SOLUTION
        "sum(k, d_oa[k] * W2[k, j])",
        "W2.T @ d_oa",
        "(d_h,)",
        ### END SOLUTION
    ],
    "h_a": [
        "sum(l, d_hs[l] * diff(h_s[l], h_a[j]))",
        ### BEGIN SOLUTION
        "sum(l, d_hs[l] * delta(l, j) * cos(h_a[j]))",
        "d_hs[j] * cos(h_a[j])",
        "d_hs * cos(h_a)",
        "(d_h,)",
        ### END SOLUTION
    ],
    "W1": [
        "sum(l, d_ha[l] * diff(h_a[l], W1[j, i]))",
        ### BEGIN SOLUTION
        "sum(l, d_ha[l] * delta(l, j) * x[i])",
        "d_ha[j] * x[i]",
        "outer(d_ha, x)",
        "(d_h, d)",
        ### END SOLUTION
    ],
    "b1": [
        "sum(l, d_ha[l] * diff(h_a[l], b1[j]))",
        ### BEGIN SOLUTION
        "sum(l, d_ha[l] * delta(l, j))",
        "d_ha[j]",
        "d_ha",
        "(d_h,)",
        ### END SOLUTION
    ],
    "x": [
        "sum(j, d_ha[j] * diff(h_a[j], x[i]))",
        ### BEGIN SOLUTION
        "sum(j, d_ha[j] * W1[j, i])",
        "W1.T @ d_ha",
        "(d,)",
        ### END SOLUTION
    ],
}

# %% nbgrader={"grade_id": "test_derive_column_grads", "grade": true, "points": 8}
marks = check.marks(
    "derive_column_grads",
    W2=1,
    biases=1,
    h_s=1,
    h_a=1,
    W1=1,
    x=1,
    shapes=1,
    steps=1,
)
for name, asked in statements.items():
    with marks.biases if name in ("b1", "b2") else getattr(marks, name):
        check.derives(lines_of(derive_column_grads, name), asked, title=name)
    with marks.steps:
        check.small_steps(lines_of(derive_column_grads, name), asked, title=name)
with marks.shapes:
    arrays = {"W2": "m, d_h", "b2": "m", "h_s": "d_h", "h_a": "d_h", "W1": "d_h, d"}
    for name, shape in (arrays | {"b1": "d_h", "x": "d"}).items():
        check.equal(
            ", ".join(shape_of(derive_column_grads, name)),
            shape,
            because=f"the gradient of {name} has the shape of {name}",
        )
marks.total()

# %% [markdown]
# **Question.** Sort the seven by pattern. Which gradients are an outer product? Which are a transposed matrix times a vector? Which are taken entry by
# entry?
#
# <details><summary>Compare</summary>
#
# *Weights* get an outer product: the gradient that comes from above, times what the layer read. *What a layer read* gets the transposed matrix, times the
# gradient from above: forward, a row of $W$ collects from all inputs; on the way back a column of $W$ collects from all outputs. *A bend* works entry by
# entry: the gradient from above, times its slope. And a *bias* passes on what comes from above, since its own slope is 1.
#
# Every deeper net is these patterns again, once per layer.
#
# </details><p></p>
#
# ### A.6 Proofreading
#
# The homework solution that this part is made from is right in nearly every line. Here are two of the places where it is not. Reading
# someone else's proof, and finding the line that cannot be, is worth some practice. Two questions help: *do the indices on
# both sides agree?* and *do the shapes?*
#
# **First piece,** for the weights of the hidden layer. $k$ counts hidden units here and $j$ counts inputs.
#
# | line | |
# | --- | --- |
# | 1 | $h^a_k = b^{(1)}_k + \sum_{j} W^{(1)}_{kj}\, x_j$ |
# | 2 | $\dfrac{\partial h^a_k}{\partial W^{(1)}_{kj}} = x_j$ |
# | 3 | $\dfrac{\partial L}{\partial W^{(1)}_{kj}} = \dfrac{\partial L}{\partial h^a_k}\, \dfrac{\partial h^a_k}{\partial W^{(1)}_{kj}}$ |
# | 4 | $\dfrac{\partial L}{\partial W^{(1)}_{kj}} = \dfrac{\partial L}{\partial h^a_j}\, x_j$ |
# | 5 | $\dfrac{\partial L}{\partial b^{(1)}_j} = \dfrac{\partial L}{\partial h^a_j}\, \dfrac{\partial h^a_j}{\partial b^{(1)}_j} = \dfrac{\partial L}{\partial h^a_j}$ |
#
# Which line is wrong? Put its number between the brackets. (Line 5 counts hidden units with $j$. That is allowed: it begins a new statement.)

# %% nbgrader={"grade_id": "find_the_slip_indices", "solution": true}
find_the_slip_indices = (
    ### BEGIN SOLUTION
    4
    ### END SOLUTION
)

# %% nbgrader={"grade_id": "test_find_the_slip_indices", "grade": true, "points": 1}
marks = check.marks("find_the_slip_indices", values=1)
with marks.values:
    check.between(
        find_the_slip_indices,
        1,
        5,
        because="the answer is the number of a line, from 1 to 5",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    if find_the_slip_indices != 4:
        asks = {
            1: "It is the definition of the layer, with j for the inputs.",
            2: "Of the sum in line 1 one term contains this weight, and x[j] is its factor.",
            3: "This weight moves the pre-activation of unit k alone: one term of the chain rule.",
            5: "It says for unit j what the chain rule gives: the slope by the bias is 1.",
        }
        raise check.CheckFailed(
            check.Finding(
                f"line {find_the_slip_indices} is not the one",
                advice=asks.get(find_the_slip_indices, "")
                + " Hold each line against those above it, index by index.",
            )
        )
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# **Second piece,** the same gradients for whole arrays, as the homework has it. Vectors are columns: $x$ has $d$ rows and one column.
#
# | line | |
# | --- | --- |
# | 1 | $\dfrac{\partial L}{\partial W^{(1)}} = \dfrac{\partial L}{\partial h^a}\, x^\top$ |
# | 2 | $\dfrac{\partial L}{\partial W^{(1)}} = \dfrac{\partial L}{\partial h^a}$ |
# | 3 | $\dfrac{\partial L}{\partial h^a}$ has dimension $(d_h, 1)$ |
# | 4 | $\dfrac{\partial L}{\partial W^{(1)}}$ has dimension $(d_h, d)$ |
# | 5 | $x$ has dimension $(d, 1)$ |
# | 6 | $\dfrac{\partial L}{\partial b^{(1)}}$ has dimension $(d_h, 1)$ |
#
# One line contradicts the others. You can tell from the dimensions alone. What was meant there?

# %% nbgrader={"grade_id": "find_the_slip_bias", "solution": true}
find_the_slip_bias = (
    ### BEGIN SOLUTION
    2
    ### END SOLUTION
)

# %% nbgrader={"grade_id": "test_find_the_slip_bias", "grade": true, "points": 1}
marks = check.marks("find_the_slip_bias", values=1)
with marks.values:
    check.between(
        find_the_slip_bias,
        1,
        6,
        because="the answer is the number of a line, from 1 to 6",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    if find_the_slip_bias != 2:
        asks = {
            1: "Its right side is (d_h, 1) times (1, d). Which shape is that?",
            3: "A gradient has the shape of what it belongs to, and h_a is a column of d_h.",
            4: "A gradient has the shape of what it belongs to, and W1 has d_h rows.",
            5: "It is what the sentence above the table says.",
            6: "A gradient has the shape of what it belongs to, and there are d_h biases.",
        }
        raise check.CheckFailed(
            check.Finding(
                f"line {find_the_slip_bias} is not the one",
                advice=asks.get(find_the_slip_bias, "")
                + " Work out the dimension of both sides of each line.",
            )
        )
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.7 In code: the output layer
#
# From here on each function is one or two lines. You have derived what they say; now the machine must say it. For each, the order is the same: predict the shape,
# work out the tiny net by hand, write, check.
#
# **On paper.** For the tiny net `d_oa` is $[0.2, 0.2, -0.6, 0.2]$ and `h_s` is $[0.5, 0.5]$. Write down `dW2`. How many rows and columns? And `db2`?
#
# <details><summary>Compare</summary>
#
# `dW2` has the shape of `W2`, 4 rows and 2 columns: $\begin{bmatrix} 0.1 & 0.1 \\ 0.1 & 0.1 \\ -0.3 & -0.3 \\ 0.1 & 0.1 \end{bmatrix}$. And `db2` is
# $[0.2, 0.2, -0.6, 0.2]$, the same numbers as `d_oa`.
#
# </details><p></p>
#
# A one-dimensional array has no transpose: `h_s.T` is `h_s` again. So `d_oa @ h_s.T` is not an outer product in NumPy. `np.outer(a, b)` is
# one, and so is `a[:, None] * b`.


# %% nbgrader={"grade_id": "grad_output_layer", "solution": true}
def grad_output_layer(d_oa, h_s):
    """Gradients of the loss with respect to W2 and b2.

    Parameters
    ----------
    d_oa : ndarray of float, shape (m,)
        Gradient with respect to the logits.
    h_s : ndarray of float, shape (d_h,)
        Hidden activation: what the output layer read on the way forward.

    Returns
    -------
    dW2 : ndarray, shape (m, d_h)
    db2 : ndarray, shape (m,)
        The arguments are left as they were.

    Examples
    --------
    >>> dW2, db2 = grad_output_layer(np.array([0.5, -0.5]), np.array([1.0, 2.0, 4.0]))
    >>> dW2
    array([[ 0.5,  1. ,  2. ],
           [-0.5, -1. , -2. ]])
    """
    ### BEGIN SOLUTION
    return np.outer(d_oa, h_s), d_oa.copy()
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grad_output_layer", "grade": true, "points": 3}
marks = check.marks("grad_output_layer", dW2=2, db2=1)


def by_hand(d_oa, h_s):
    return np.array([[0.1, 0.1], [0.1, 0.1], [-0.3, -0.3], [0.1, 0.1]]), d_oa


above, read = np.array([0.2, 0.2, -0.6, 0.2]), np.array([0.5, 0.5])
with marks.dW2:
    check.matches(
        grad_output_layer,
        by_hand,
        [(above, read)],
        part=("dW2", 0),
        because="entry [k, j] is d_oa[k] times h_s[j]",
    )
with marks.db2:
    check.matches(
        grad_output_layer,
        by_hand,
        [(above, read)],
        part=("db2", 1),
        because="b2[k] moves o_a[k] alone, one for one",
    )
### BEGIN HIDDEN TESTS
pairs = cases.draw(
    lambda rng, n: (
        cases.normal(rng, sizes[n][2], scale=0.5),
        cases.normal(rng, sizes[n][1], scale=0.5),
    )
)
with marks.dW2:
    check.matches(
        grad_output_layer, reference.grad_output_layer, pairs, part=("dW2", 0)
    )
    check.leaves_arguments_alone(grad_output_layer, pairs)
    check.accepts_read_only(grad_output_layer, pairs)
with marks.db2:
    check.matches(
        grad_output_layer, reference.grad_output_layer, pairs, part=("db2", 1)
    )


@mistake(
    "the outer product with its factors exchanged",
    "Your dW2 has a row for each hidden unit. What does W2 have a row for?",
)
def grad_output_layer(d_oa, h_s):
    return np.outer(h_s, d_oa), d_oa


@mistake(
    "all of d_oa summed into one number",
    "b2 has m numbers, and each has a slope of its own. Over which index does your sum run?",
)
def grad_output_layer(d_oa, h_s):
    return np.outer(d_oa, h_s), np.sum(d_oa)


@mistake(
    "the hidden activation for the gradient of the bias",
    "The bias is not multiplied with h_s. What is the slope of W2 @ h_s + b2 by b2?",
)
def grad_output_layer(d_oa, h_s):
    return np.outer(d_oa, h_s), h_s


@mistake(
    "the sine taken once more",
    "h_s is handed to you as it left the hidden layer. Does the output layer bend it again?",
)
def grad_output_layer(d_oa, h_s):
    return np.outer(d_oa, np.sin(h_s)), d_oa


@mistake(
    "the slope of the sine in the gradient of W2",
    "Between W2 and the loss there is no sine: it is on the other side of W2. Which "
    "factors does the chain from W2[k, j] to the loss have?",
)
def grad_output_layer(d_oa, h_s):
    return np.outer(d_oa, np.cos(h_s)), d_oa


@mistake(
    "every row of dW2 is h_s",
    "You have the slope of o_a by W2. Where does the loss come in?",
)
def grad_output_layer(d_oa, h_s):
    return np.outer(np.ones_like(d_oa), h_s), np.ones_like(d_oa)


@mistake(
    "the two results exchanged",
    "The docstring names dW2 first.",
)
def grad_output_layer(d_oa, h_s):
    return d_oa, np.outer(d_oa, h_s)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.8 In code: back through W2, and through the bend
#
# **On paper.** For the tiny net, `W2` has the rows $[1, -1]$, $[2, 0]$, $[0, 2]$, $[-1, 3]$, and `d_oa` is $[0.2, 0.2, -0.6, 0.2]$. What shape has
# `d_hs`? Its first entry asks: if the activation of hidden unit 0 grows, how does the loss move? Which of the eight weights does that take?
#
# <details><summary>Compare</summary>
#
# Shape `(2,)`. Unit 0 speaks to all four classes, through the first *column* of `W2`:
# $0.2 \cdot 1 + 0.2 \cdot 2 - 0.6 \cdot 0 + 0.2 \cdot (-1) = 0.4$. The second column gives
# $0.2 \cdot (-1) + 0.2 \cdot 0 - 0.6 \cdot 2 + 0.2 \cdot 3 = -0.8$.
#
# </details>


# %% nbgrader={"grade_id": "grad_hidden", "solution": true}
def grad_hidden(d_oa, W2):
    """Gradient of the loss with respect to the hidden activation h_s.

    Parameters
    ----------
    d_oa : ndarray of float, shape (m,)
        Gradient with respect to the logits.
    W2 : ndarray of float, shape (m, d_h)

    Returns
    -------
    ndarray, shape (d_h,)
        The arguments are left as they were.

    Examples
    --------
    >>> grad_hidden(np.array([0.5, -0.5]), np.array([[1.0, 2.0, 0.0], [1.0, 0.0, 4.0]]))
    array([ 0.,  1., -2.])
    """
    ### BEGIN SOLUTION
    return W2.T @ d_oa
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grad_hidden", "grade": true, "points": 3}
marks = check.marks("grad_hidden", values=2, shapes=1)
with marks.values:
    check.close(
        grad_hidden(np.array([0.2, 0.2, -0.6, 0.2]), tiny["W2"]),
        [0.4, -0.8],
        because="each hidden unit collects over all classes, along its column of W2",
    )
with marks.shapes:
    check.shape(grad_hidden(np.array([0.5, -0.5]), np.ones((2, 7))), (7,))
    check.shape(grad_hidden(np.array([0.5, -0.2, -0.3]), np.ones((3, 1))), (1,))


### BEGIN HIDDEN TESTS
def back_cases(picks):
    """Draw a gradient and a weight matrix, for the nets whose numbers are picked."""
    return cases.draw(
        lambda rng, n: (
            cases.normal(rng, sizes[picks[n]][2], scale=0.5),
            cases.normal(rng, sizes[picks[n]][2], sizes[picks[n]][1]),
        ),
        count=len(picks),
    )


with marks.values:
    check.matches(grad_hidden, reference.grad_hidden, back_cases([0, 1, 4, 5]))
with marks.shapes:
    check.matches(grad_hidden, reference.grad_hidden, back_cases([2, 3]))
    check.leaves_arguments_alone(grad_hidden, back_cases([0, 1]))
    check.accepts_read_only(grad_hidden, back_cases([0, 1]))


@mistake(
    "the weights summed, without the gradient from above",
    "You have how all logits together move with h_s. How much does the loss care about "
    "each of them?",
)
def grad_hidden(d_oa, W2):
    return np.sum(W2, axis=0)


@mistake(
    "the products without the sum",
    "Each entry of h_s moves all the logits, so its slope is a sum over the classes. "
    "What shape should the answer have?",
)
def grad_hidden(d_oa, W2):
    return d_oa[:, None] * W2


@mistake(
    "the sum taken along the wrong axis",
    "Your answer has an entry for each class. Over which index does the scalar form sum, "
    "and which one is left?",
)
def grad_hidden(d_oa, W2):
    return np.sum(d_oa[:, None] * W2, axis=1)


@mistake(
    "the mean over the classes for the sum",
    "The chain rule adds the ways in which h_s moves the loss. It does not average them.",
)
def grad_hidden(d_oa, W2):
    return np.mean(d_oa[:, None] * W2, axis=0)


@mistake(
    "the sign turned round",
    "The sign of d_oa already says which way the loss moves. Where does your minus come from?",
)
def grad_hidden(d_oa, W2):
    return -(W2.T @ d_oa)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# Now the bend. **On paper.** For the tiny net `d_hs` is $[0.4, -0.8]$ and `h_a` is $[\frac\pi6, \frac{5\pi}6]$, $30°$ and $150°$. What is `d_ha`? The cosines of these two
# angles are $\frac{\sqrt3}2$ and $-\frac{\sqrt3}2$, with $\frac{\sqrt3}{2} \approx 0.866$.
#
# <details><summary>Compare</summary>
#
# Entry by entry: $0.4 \cdot \frac{\sqrt3}2 \approx 0.346$, and $-0.8 \cdot \left(-\frac{\sqrt3}2\right) \approx 0.693$.
#
# </details><p></p>
#
# Both units have the same activation, $\frac12$, but at $30°$ the sine is climbing and at $150°$ it is falling. So the slope cannot be told from the activation
# `h_s`. It has to be taken at the pre-activation `h_a`, which is why `mlp_forward` keeps it. (For the sigmoid and tanh the slope *can* be told from the activation, $s(1-s)$
# and $1-s^2$, and much code does so. That is where the common mistake comes from: the right formula at the wrong point.)


# %% nbgrader={"grade_id": "grad_preactivation", "solution": true}
def grad_preactivation(d_hs, h_a):
    """Gradient of the loss with respect to the hidden pre-activation h_a.

    Parameters
    ----------
    d_hs : ndarray of float, shape (d_h,)
        Gradient with respect to the hidden activation.
    h_a : ndarray of float, shape (d_h,)
        Hidden pre-activation: what went into the sine.

    Returns
    -------
    ndarray, shape (d_h,)
        The arguments are left as they were.

    Examples
    --------
    >>> grad_preactivation(np.array([2.0, 3.0]), np.array([0.0, np.pi]))
    array([ 2., -3.])
    """
    ### BEGIN SOLUTION
    return d_hs * np.cos(h_a)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grad_preactivation", "grade": true, "points": 3}
marks = check.marks("grad_preactivation", values=2, shapes=1)
with marks.values:
    check.close(
        grad_preactivation(
            np.array([0.4, -0.8]), np.array([np.pi / 6, 5 * np.pi / 6])
        ),
        [0.2 * np.sqrt(3.0), 0.4 * np.sqrt(3.0)],
        because="the sine climbs at 30 degrees and falls at 150, as fast as it climbed",
    )
    check.close(
        grad_preactivation(np.array([2.0]), np.array([0.0])),
        [2.0],
        because="at 0 the sine climbs with slope 1, so all of the gradient passes",
    )
with marks.shapes:
    check.shape(grad_preactivation(np.ones(5), np.zeros(5)), (5,))
### BEGIN HIDDEN TESTS
bends = cases.draw(
    lambda rng, n: (
        cases.normal(rng, n + 2, scale=0.5),
        cases.normal(rng, n + 2, scale=2.5),
    )
)
single = cases.draw(
    lambda rng, n: (cases.normal(rng, 1), cases.normal(rng, 1, scale=2.5)), count=3
)
with marks.values:
    check.matches(grad_preactivation, reference.grad_preactivation, bends)
with marks.shapes:
    check.matches(grad_preactivation, reference.grad_preactivation, single)
    check.leaves_arguments_alone(grad_preactivation, bends)
    check.accepts_read_only(grad_preactivation, bends)


@mistake(
    "the slope of the bend left out",
    "Your gradient passes the sine as if it were not there. What is the slope of the sine?",
)
def grad_preactivation(d_hs, h_a):
    return d_hs.copy()


@mistake(
    "the slope taken at the activation",
    "cos(sin(h_a)) is the slope of the sine at the point that comes out of it. At which "
    "point did the forward pass put the sine to work?",
)
def grad_preactivation(d_hs, h_a):
    return d_hs * np.cos(np.sin(h_a))


@mistake(
    "the sine for its slope",
    "You multiply with the height of the sine. How steep is it at 0, where it is 0?",
)
def grad_preactivation(d_hs, h_a):
    return d_hs * np.sin(h_a)


@mistake(
    "a minus too many",
    "At 0 the sine climbs. Which of the two has the slope with the minus: sine or cosine?",
)
def grad_preactivation(d_hs, h_a):
    return -d_hs * np.cos(h_a)


@mistake(
    "the slope without its sign",
    "sqrt(1 - h_s^2) is the size of the slope. Where the sine falls, the slope is negative: "
    "what does your function give at 150 degrees?",
)
def grad_preactivation(d_hs, h_a):
    return d_hs * np.sqrt(1.0 - np.sin(h_a) ** 2)


@mistake(
    "the slope of tanh",
    "1 - s^2 belongs to tanh. What is the slope of the sine?",
)
def grad_preactivation(d_hs, h_a):
    return d_hs * (1.0 - np.sin(h_a) ** 2)


@mistake(
    "the slope alone, without the gradient from above",
    "You have the slope of the bend. How much does the loss care about each unit?",
)
def grad_preactivation(d_hs, h_a):
    return np.cos(h_a)


@mistake(
    "all units summed",
    "Each unit has a pre-activation of its own. What shape should the answer have?",
)
def grad_preactivation(d_hs, h_a):
    return np.dot(d_hs, np.cos(h_a))


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.9 In code: the hidden layer
#
# One layer further back, and the same pattern as in A.7: the gradient from above, times what the layer read.
#
# **On paper.** For the tiny net `d_ha` is $\frac{\sqrt3}{2}\,[0.4, 0.8]$ and `x` is $[1, 2, -1]$. Which shape has `dW1`? Leave the factor $\frac{\sqrt3}2$ in front and write down the rest.
#
# <details><summary>Compare</summary>
#
# $\dfrac{\sqrt3}{2} \begin{bmatrix} 0.4 & 0.8 & -0.4 \\ 0.8 & 1.6 & -0.8 \end{bmatrix}$, 2 rows and 3 columns as in `W1`. And `db1` is `d_ha` itself.
#
# </details>


# %% nbgrader={"grade_id": "grad_input_layer", "solution": true}
def grad_input_layer(d_ha, x):
    """Gradients of the loss with respect to W1 and b1.

    Parameters
    ----------
    d_ha : ndarray of float, shape (d_h,)
        Gradient with respect to the hidden pre-activation.
    x : ndarray of float, shape (d,)
        The input: what the hidden layer read.

    Returns
    -------
    dW1 : ndarray, shape (d_h, d)
    db1 : ndarray, shape (d_h,)
        The arguments are left as they were.

    Examples
    --------
    >>> dW1, db1 = grad_input_layer(np.array([10.0, 20.0]), np.array([1.0, 0.0, -1.0]))
    >>> dW1
    array([[ 10.,   0., -10.],
           [ 20.,   0., -20.]])
    """
    ### BEGIN SOLUTION
    return np.outer(d_ha, x), d_ha.copy()
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grad_input_layer", "grade": true, "points": 3}
marks = check.marks("grad_input_layer", dW1=2, db1=1)


def by_hand(d_ha, x):
    return np.array([[0.4, 0.8, -0.4], [0.8, 1.6, -0.8]]), d_ha


above = np.array([0.4, 0.8])
with marks.dW1:
    check.matches(
        grad_input_layer,
        by_hand,
        [(above, tiny_x)],
        part=("dW1", 0),
        because="entry [j, i] is d_ha[j] times x[i]",
    )
with marks.db1:
    check.matches(
        grad_input_layer,
        by_hand,
        [(above, tiny_x)],
        part=("db1", 1),
        because="b1[j] moves h_a[j] alone, one for one",
    )
### BEGIN HIDDEN TESTS
pairs = cases.draw(
    lambda rng, n: (
        cases.normal(rng, sizes[n][1], scale=0.5),
        cases.normal(rng, sizes[n][0]),
    )
)
with marks.dW1:
    check.matches(
        grad_input_layer, reference.grad_input_layer, pairs, part=("dW1", 0)
    )
    check.leaves_arguments_alone(grad_input_layer, pairs)
    check.accepts_read_only(grad_input_layer, pairs)
with marks.db1:
    check.matches(
        grad_input_layer, reference.grad_input_layer, pairs, part=("db1", 1)
    )


@mistake(
    "the outer product with its factors exchanged",
    "Your dW1 has a row for each input. What does W1 have a row for?",
)
def grad_input_layer(d_ha, x):
    return np.outer(x, d_ha), d_ha


@mistake(
    "all of d_ha summed into one number",
    "b1 has d_h numbers, and each has a slope of its own.",
)
def grad_input_layer(d_ha, x):
    return np.outer(d_ha, x), np.sum(d_ha)


@mistake(
    "the gradient of the weights taken for that of the bias",
    "b1 has as many numbers as there are hidden units, and its slope does not depend on x.",
)
def grad_input_layer(d_ha, x):
    return np.outer(d_ha, x), np.outer(d_ha, x)


@mistake(
    "the slip of A.6: the gradient of the weights is that of the bias",
    "Compare the shape of your dW1 with that of W1.",
)
def grad_input_layer(d_ha, x):
    return d_ha, d_ha


@mistake(
    "the input for the gradient of the bias",
    "The bias is not multiplied with x. What is the slope of W1 @ x + b1 by b1?",
)
def grad_input_layer(d_ha, x):
    return np.outer(d_ha, x), x


@mistake(
    "the slope of the sine taken once more",
    "d_ha is handed to you with the slope of the bend already in it. Is there a second "
    "bend between h_a and W1?",
)
def grad_input_layer(d_ha, x):
    return np.outer(np.cos(d_ha), x), np.cos(d_ha)


@mistake("the two results exchanged", "The docstring names dW1 first.")
def grad_input_layer(d_ha, x):
    return d_ha, np.outer(d_ha, x)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# Last of the seven: the input. Training does not change $x$. Its gradient is worth having all the same. In a deeper net $x$ is the activation of the layer below, and this
# is the gradient that is handed down to it. And for an image it says which pixels the loss is sensitive to.
#
# **On paper.** For the tiny net `W1` has the rows $[1, 0, 2]$ and $[2, 1, 3]$, and `d_ha` is $\frac{\sqrt3}{2}\,[0.4, 0.8]$. What is `dx`?
#
# <details><summary>Compare</summary>
#
# As in A.8, each input collects along its column of the matrix:
# $\frac{\sqrt3}{2}\,[0.4 + 1.6,\; 0 + 0.8,\; 0.8 + 2.4] = \frac{\sqrt3}{2}\,[2, 0.8, 3.2]$.
#
# </details>


# %% nbgrader={"grade_id": "grad_input", "solution": true}
def grad_input(d_ha, W1):
    """Gradient of the loss with respect to the input x.

    Parameters
    ----------
    d_ha : ndarray of float, shape (d_h,)
        Gradient with respect to the hidden pre-activation.
    W1 : ndarray of float, shape (d_h, d)

    Returns
    -------
    ndarray, shape (d,)
        The arguments are left as they were.

    Examples
    --------
    >>> grad_input(np.array([1.0, 10.0]), np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 4.0]]))
    array([ 1., 12., 40.])
    """
    ### BEGIN SOLUTION
    return W1.T @ d_ha
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_grad_input", "grade": true, "points": 2}
marks = check.marks("grad_input", values=1, shapes=1)
with marks.values:
    check.close(
        grad_input(np.array([0.4, 0.8]), tiny["W1"]),
        [2.0, 0.8, 3.2],
        because="each input collects over all hidden units, along its column of W1",
    )
with marks.shapes:
    check.shape(grad_input(np.ones(1), np.ones((1, 4))), (4,))
    check.shape(grad_input(np.ones(3), np.ones((3, 1))), (1,))


### BEGIN HIDDEN TESTS
def front_cases(picks):
    """Draw a gradient and a weight matrix, for the nets whose numbers are picked."""
    return cases.draw(
        lambda rng, n: (
            cases.normal(rng, sizes[picks[n]][1], scale=0.5),
            cases.normal(rng, sizes[picks[n]][1], sizes[picks[n]][0]),
        ),
        count=len(picks),
    )


with marks.values:
    check.matches(grad_input, reference.grad_input, front_cases([0, 1, 4, 5]))
with marks.shapes:
    check.matches(grad_input, reference.grad_input, front_cases([2, 3]))
    check.leaves_arguments_alone(grad_input, front_cases([0, 1]))
    check.accepts_read_only(grad_input, front_cases([0, 1]))


@mistake(
    "the weights summed, without the gradient from above",
    "You have how all hidden units together move with x. How much does the loss care about "
    "each of them?",
)
def grad_input(d_ha, W1):
    return np.sum(W1, axis=0)


@mistake(
    "the products without the sum",
    "Each input moves all hidden units, so its slope is a sum over them. What shape should "
    "the answer have?",
)
def grad_input(d_ha, W1):
    return d_ha[:, None] * W1


@mistake(
    "the sum taken along the wrong axis",
    "Your answer has an entry for each hidden unit. Over which index does the scalar form "
    "sum, and which one is left?",
)
def grad_input(d_ha, W1):
    return np.sum(d_ha[:, None] * W1, axis=1)


@mistake(
    "the slope of the sine taken once more",
    "d_ha is handed to you with the slope of the bend already in it.",
)
def grad_input(d_ha, W1):
    return W1.T @ np.cos(d_ha)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ### A.10 All the way back
#
# Put the pieces in order. Forward first, since the way back needs what the way forward found. Then follow the dashed arrows of the figure in A.1 from right to left.
#
# **Predict.** Which of `x`, `h_a`, `h_s`, `o_a`, `o_s` does the way back need? Which of them could be thrown away?
#
# <details><summary>Compare</summary>
#
# `o_s` starts it, `h_s` is needed for `dW2`, `h_a` for the slope of the bend, `x` for `dW1`. Only `o_a` is not used again. This is why training takes so much more memory than
# using a net: everything in between must be kept until the way back has passed.
#
# </details><p></p>
#
# Here are all the results for the tiny net with $y = 2$, as you have worked them out by hand:
#
# | | |
# | --- | --- |
# | `W2` | $[0.1, 0.1], [0.1, 0.1], [-0.3, -0.3], [0.1, 0.1]$ |
# | `b2` | $[0.2, 0.2, -0.6, 0.2]$ |
# | `W1` | $\frac{\sqrt3}{2}$ times $[0.4, 0.8, -0.4], [0.8, 1.6, -0.8]$ |
# | `b1` | $\frac{\sqrt3}{2}\,[0.4, 0.8]$ |
# | `x` | $\frac{\sqrt3}{2}\,[2, 0.8, 3.2]$ |
#
# The keys are the names of the arrays that the gradients belong to: under `"W1"` stands $\partial L/\partial W^{(1)}$.


# %% nbgrader={"grade_id": "mlp_backward", "solution": true}
def mlp_backward(x, y, params):
    """Gradients of one example's loss with respect to all parameters and the input.

    Parameters
    ----------
    x : ndarray of float, shape (d,)
    y : int
        The right class, from 0 to m - 1.
    params : dict
        "W1" (d_h, d), "b1" (d_h,), "W2" (m, d_h), "b2" (m,).

    Returns
    -------
    dict
        "W1" (d_h, d), "b1" (d_h,), "W2" (m, d_h), "b2" (m,), "x" (d,): the gradient
        with respect to each. The arguments are left as they were.

    Examples
    --------
    >>> mlp_backward(tiny_x, tiny_y, tiny)["b2"]
    array([ 0.2,  0.2, -0.6,  0.2])
    """
    ### BEGIN SOLUTION
    seen = mlp_forward(x, params)
    d_oa = grad_output(seen["o_s"], y)
    dW2, db2 = grad_output_layer(d_oa, seen["h_s"])
    d_hs = grad_hidden(d_oa, params["W2"])
    d_ha = grad_preactivation(d_hs, seen["h_a"])
    dW1, db1 = grad_input_layer(d_ha, x)
    return {
        "W1": dW1,
        "b1": db1,
        "W2": dW2,
        "b2": db2,
        "x": grad_input(d_ha, params["W1"]),
    }
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_mlp_backward", "grade": true, "points": 5}
marks = check.marks("mlp_backward", W1=1, b1=1, W2=1, b2=1, x=1)


def by_hand(x, y, params):
    d_ha = np.sqrt(3.0) / 2 * np.array([0.4, 0.8])
    return {
        "W1": np.sqrt(3.0) / 2 * np.array([[0.4, 0.8, -0.4], [0.8, 1.6, -0.8]]),
        "b1": d_ha,
        "W2": np.array([[0.1, 0.1], [0.1, 0.1], [-0.3, -0.3], [0.1, 0.1]]),
        "b2": np.array([0.2, 0.2, -0.6, 0.2]),
        "x": np.sqrt(3.0) / 2 * np.array([2.0, 0.8, 3.2]),
    }


for name in ("W1", "b1", "W2", "b2", "x"):
    with getattr(marks, name):
        check.matches(mlp_backward, by_hand, [(tiny_x, tiny_y, tiny)], part=name)
### BEGIN HIDDEN TESTS
examples = cases.draw(draw_net)


def loss_of(x, y, params):
    """Give the loss of one example, by the reference."""
    return -np.log(reference.mlp_forward(x, params)["o_s"][y])


def slopes(x, y, params):
    """Give all gradients by central differences of the loss: no formula of the way back."""
    arrays = {"x": x.copy()} | {key: array.copy() for key, array in params.items()}
    found, h = {}, 1e-3

    def at(array, place, value):
        array[place] = value
        return loss_of(arrays["x"], y, {key: arrays[key] for key in params})

    for name, array in arrays.items():
        found[name] = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            was = array[place]
            near = at(array, place, was + h) - at(array, place, was - h)
            far = at(array, place, was + 2 * h) - at(array, place, was - 2 * h)
            array[place] = was
            found[name][place] = (8 * near - far) / (12 * h)
    return found


few = cases.draw(draw_net, count=3)
for name in ("W1", "b1", "W2", "b2", "x"):
    with getattr(marks, name):
        check.matches(mlp_backward, reference.mlp_backward, examples, part=name)
        check.matches(
            mlp_backward,
            slopes,
            few,
            part=name,
            because="so the loss moves when one number is changed a little",
        )
with marks.W1:
    check.leaves_arguments_alone(mlp_backward, examples)
    check.accepts_read_only(mlp_backward, examples)


def backward_with(
    x, y, params, start=None, read="h_s", slope=np.cos, at="h_a", flip=1.0
):
    """Go back with one thing changed."""
    seen = reference.mlp_forward(x, params)
    onehot = np.eye(len(seen["o_s"]))[y]
    d_oa = flip * (
        seen["o_s"] - onehot if start is None else start(seen["o_s"], onehot)
    )
    d_ha = (params["W2"].T @ d_oa) * slope(seen[at])
    return {
        "W1": np.outer(d_ha, x),
        "b1": d_ha,
        "W2": np.outer(d_oa, seen[read]),
        "b2": d_oa,
        "x": params["W1"].T @ d_ha,
    }


@mistake(
    "the pre-activation in the gradient of W2",
    "The output layer read the activation on the way forward. Which of the two did you "
    "hand to grad_output_layer?",
)
def mlp_backward(x, y, params):
    return backward_with(x, y, params, read="h_a")


@mistake(
    "the slope of the bend left out",
    "Your W2 and b2 are right, so the slip is further back. What lies between h_s and h_a?",
)
def mlp_backward(x, y, params):
    return backward_with(x, y, params, slope=np.ones_like)


@mistake(
    "the slope of the bend taken at the activation",
    "Your W2 and b2 are right, so the slip is further back. At which point is the slope of "
    "the sine taken: at what goes in, or at what comes out?",
)
def mlp_backward(x, y, params):
    return backward_with(x, y, params, at="h_s")


@mistake(
    "the probabilities for the gradient at the logits",
    "The way back must know which class was right. Where does y come in?",
)
def mlp_backward(x, y, params):
    return backward_with(x, y, params, start=lambda o_s, onehot: o_s)


@mistake(
    "the slope by the probabilities, without the softmax",
    "-1 / o_s[y] is the slope of the loss by the probability. The logits lie one step "
    "further back, behind the softmax.",
)
def mlp_backward(x, y, params):
    return backward_with(x, y, params, start=lambda o_s, onehot: -onehot / o_s)


@mistake(
    "all signs turned round",
    "Your numbers have the right size. Training steps against the gradient; the minus for "
    "that comes later.",
)
def mlp_backward(x, y, params):
    return backward_with(x, y, params, flip=-1.0)


@mistake(
    "the gradient of the activation for that of the pre-activation, in b1 alone",
    "Your b1 is off and the rest is right. Which of the two is b1 added to: h_a or h_s?",
)
def mlp_backward(x, y, params):
    right = backward_with(x, y, params)
    return right | {"b1": params["W2"].T @ right["b2"]}


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# If one of them is off and the pieces passed their checks, look at what you handed to the piece that makes it.
#
# A gradient is a promise: move this number a little, and the loss moves by so much. The next cell puts four of your promises to the test. It moves one number of the tiny net at a time and draws
# the loss (your `mlp_forward` computes it). The dashed line has the slope that your `mlp_backward` gives.
#
# **Predict.** How should the dashed line lie, if the gradient is right?


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_tangents", "locked": true}
# Figure: the loss as one number moves, and the line with the slope your gradient gives.
def draw(*panels):
    found = mlp_backward(
        tiny_x.copy(), tiny_y, {k: v.copy() for k, v in tiny.items()}
    )
    everything = tiny | {"x": tiny_x}
    picks = [("W2", (2, 0)), ("b1", (1,)), ("W1", (1, 1)), ("x", (2,))]
    moves = np.linspace(-3, 3, 121)

    def loss(name, place, move):
        arrays = {key: array.copy() for key, array in everything.items()}
        arrays[name][place] += move
        return -np.log(mlp_forward(arrays.pop("x"), arrays)["o_s"][tiny_y])

    for axes, (name, place) in zip(panels, picks, strict=True):
        here, slope = loss(name, place, 0.0), found[name][place]
        axes.plot(moves, [loss(name, place, move) for move in moves])
        short = moves[np.abs(moves) < 0.7]
        axes.plot(short, here + slope * short, "--", color="C3")
        axes.plot([0], [here], "o", color="C3")
        at = ", ".join(str(i) for i in place)
        axes.set(
            title=f"{name}[{at}]\nslope {slope:.3f}", xlabel="moved by", ylim=(0, 4)
        )
    panels[0].set_ylabel("loss")


explore.Picture(
    draw,
    panels=4,
    size=(7.2, 2.9),
    alt="Four panels, for W2[2, 0], b1[1], W1[1, 1] and x[2]. Each shows the loss of the "
    "tiny net as that one number is moved by -3 to 3, a curve, and a dashed line "
    "with the slope of your gradient through the dot at 0. Where the gradient is right "
    "the line touches the curve at the dot. The curve of W2[2, 0] falls gently, nearly "
    "straight. The others are waves, and climb at the dot.",
)

# %% [markdown]
# The dashed line should touch the curve at the dot and run along it for a while. Where it cuts the curve at an angle, that gradient is wrong. The curves for `b1`, `W1` and `x` are waves, because these
# numbers go through the sine; the one for `W2` is not.
#
# In Part B you will write this test yourself, with numbers in place of pictures, for every entry at once.
#
# ### A.11 One step downhill
#
# The gradient says where the loss rises fastest. So go the other way, a little:
#
# $$\theta \leftarrow \theta - \eta\, \frac{\partial \hat R}{\partial \theta} \qquad \text{for each of } W^{(1)}, b^{(1)}, W^{(2)}, b^{(2)}$$
#
# $\eta$ is the **learning rate**, `lr` in code. With the gradient of all examples' mean loss this is gradient descent. With that of one example, or of a few picked at random, it is
# **stochastic gradient descent**, SGD: cheaper steps, each a little off.
#
# **Predict.** A weight is $3.0$, its gradient is $-2.0$, and $\eta = 0.1$. What is it after one step?
#
# <details><summary>Compare</summary>
#
# $3.0 - 0.1 \cdot (-2.0) = 3.2$. A negative slope says that the loss falls as the weight grows, so it grows.
#
# </details><p></p>
#
# Write the step for *any* dict of arrays, whatever its keys are: another net has other layers. Return a new dict with the keys of `params`. `grads` may hold more than that (yours holds `"x"`, which is not trained). Leave
# both dicts and every array in them as they were: `w -= ...` changes an array in place, `w = w - ...` makes a new one.


# %% nbgrader={"grade_id": "sgd_step", "solution": true}
def sgd_step(params, grads, lr):
    """Take one step of gradient descent.

    Parameters
    ----------
    params : dict
        Arrays of float, under any keys.
    grads : dict
        The gradient for each key of `params`, in the same shape. May have other keys,
        which do not count.
    lr : float
        Learning rate.

    Returns
    -------
    dict
        New arrays under the keys of `params`. The dicts that were given and their arrays
        are left as they were.

    Examples
    --------
    >>> sgd_step({"w": np.array([3.0])}, {"w": np.array([-2.0])}, 0.1)
    {'w': array([3.2])}
    """
    ### BEGIN SOLUTION
    return {name: value - lr * grads[name] for name, value in params.items()}
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_sgd_step", "grade": true, "points": 4}
marks = check.marks("sgd_step", values=2, keys=1, arguments=1)
with marks.values:
    check.close(
        sgd_step({"w": np.array([3.0, 1.0])}, {"w": np.array([-2.0, 5.0])}, 0.1)[
            "w"
        ],
        [3.2, 0.5],
        because="each number moves against its slope",
    )
with marks.keys:
    check.equal(
        sorted(
            sgd_step(
                {"a": np.ones(2), "b": np.ones((3, 1))},
                {"a": np.ones(2), "b": np.ones((3, 1))},
                0.5,
            )
        ),
        ["a", "b"],
        because="any net's parameters can be trained",
    )
with marks.arguments:
    check.leaves_arguments_alone(
        sgd_step, [({"w": np.array([3.0])}, {"w": np.array([-2.0])}, 0.1)]
    )


### BEGIN HIDDEN TESTS
def like(rng, params):
    """Draw a gradient for each of the parameters."""
    return {name: cases.normal(rng, *array.shape) for name, array in params.items()}


def draw_step(rng, n):
    """Draw parameters of a net of this lesson, their gradients, and a learning rate."""
    _, _, params = draw_net(rng, n)
    return params, like(rng, params), [0.1, 1.0, 0.03, 0.5, 2.0, 0.25][n]


def draw_other(rng, n):
    """Draw parameters under other keys, and gradients of which some do not belong to any."""
    shapes = [
        {"w": (3,)},
        {"gain": (2, 3), "shift": (4,)},
        {"W3": (2, 1, 3), "b3": (1,), "c": (5,)},
    ]
    params = {name: cases.normal(rng, *shape) for name, shape in shapes[n].items()}
    return params, like(rng, params) | {"x": cases.normal(rng, 6)}, 0.5


steps = cases.draw(draw_step)
others = cases.draw(draw_other, count=3)
with marks.values:
    for name in ("W1", "b1", "W2", "b2"):
        check.matches(sgd_step, reference.sgd_step, steps, part=name)
with marks.keys:
    check.matches(sgd_step, reference.sgd_step, others)
with marks.arguments:
    check.leaves_arguments_alone(sgd_step, steps)
    check.accepts_read_only(sgd_step, steps)


@mistake(
    "a step uphill",
    "The gradient points where the loss rises. Which way do you want to go?",
)
def sgd_step(params, grads, lr):
    return {name: value + lr * grads[name] for name, value in params.items()}


@mistake(
    "the learning rate left out",
    "Your step is as long as the gradient. What scales it?",
)
def sgd_step(params, grads, lr):
    return {name: value - grads[name] for name, value in params.items()}


@mistake(
    "the step alone, not the place it leads to",
    "You return what should be taken away. Taken away from what?",
)
def sgd_step(params, grads, lr):
    return {name: -lr * grads[name] for name in params}


@mistake(
    "the four names of this net written out",
    "Another net has parameters of other names. How do you go through the keys of a dict?",
)
def sgd_step(params, grads, lr):
    return {
        name: params[name] - lr * grads[name] for name in ("W1", "b1", "W2", "b2")
    }


@mistake(
    "the keys of grads, not those of params",
    "grads may hold more than what is trained, such as the gradient of x. Which dict says "
    "what there is to train?",
)
def sgd_step(params, grads, lr):
    return {name: params[name] - lr * grad for name, grad in grads.items()}


@mistake(
    "the gradients divided by the learning rate",
    "A small learning rate should give a small step. What does yours do for lr = 0.001?",
)
def sgd_step(params, grads, lr):
    return {name: value - grads[name] / lr for name, value in params.items()}


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# Everything is in place to train. The next cell takes the smallest problem that no net without a bend can solve: four points at the corners of a square, where opposite corners belong to the same class. It
# trains a net with eight hidden units on them, one point at a time, with your `mlp_backward` and your `sgd_step`.
#
# **Predict.** The net starts with small random weights, so it knows next to nothing of the two classes. Near which number does its risk start?
# Where should it end? And will it fall at every step?


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_training", "locked": true}
# Figure: your functions train a net on four points.
def draw(risk, plane):
    rng = np.random.default_rng(3)
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    classes = np.array([0, 1, 1, 0])
    params = {
        "W1": 0.3 * rng.normal(size=(8, 2)),
        "b1": 0.3 * rng.normal(size=8),
        "W2": 0.3 * rng.normal(size=(2, 8)),
        "b2": np.zeros(2),
    }
    seen = []
    for step in range(400):
        seen.append(empirical_risk(corners, classes, params))
        pick = rng.integers(4)
        grads = mlp_backward(corners[pick], int(classes[pick]), params)
        params = sgd_step(params, grads, 0.2)
    risk.plot(seen)
    risk.axhline(
        np.log(2.0), color="0.6", linestyle=":", label="ln 2: knows nothing"
    )
    risk.set(title="empirical risk", xlabel="step", ylim=(0, None))
    risk.legend()
    side = np.linspace(-1.6, 1.6, 33)
    grid = [
        [mlp_forward(np.array([a, b]), params)["o_s"][1] for a in side]
        for b in side
    ]
    plane.imshow(
        grid,
        origin="lower",
        extent=(-1.6, 1.6, -1.6, 1.6),
        cmap="coolwarm",
        vmin=0,
        vmax=1,
        aspect="equal",
    )
    for (a, b), k in zip(corners, classes, strict=True):
        plane.text(a, b, str(k), ha="center", va="center", weight="bold")
    plane.set(title="probability of class 1", xticks=[-1, 1], yticks=[-1, 1])


explore.Picture(
    draw,
    panels=2,
    alt="Left: the empirical risk of the four points over 400 steps. It starts at 0.8, goes "
    "up and down for some 20 steps, falls below 0.1 by step 60 and then ever more "
    "slowly towards 0. Right: a map of the plane, coloured by the probability of class 1 "
    "that the trained net gives. A blue stripe runs from the bottom left to the top "
    "right, over the two corners of class 0. On both sides of it lie red stripes, over "
    "the two corners of class 1.",
)

# %% [markdown]
# **Question.** The risk starts near $\ln 2$, what a net has that gives each of two classes one half, and it ends near 0. But it does not fall at
# every step. Why not, if each step goes downhill?
#
# <details><summary>Compare</summary>
#
# Each step goes downhill for *one* point's loss. It may go uphill for the other three, and the risk is the mean over all four. On average over the points the steps do go down. That is the bargain of stochastic gradient
# descent.
#
# </details><p></p>
#
# The colours change in waves: with the sine as its bend a net can only draw with waves. Nets of that kind exist; they are good at
# images and sounds (Sitzmann and others, 2020). Part B bends with the rectifier of lesson 01, and has a batch of examples in place of one.
