# %% [markdown]
# # 4. Convolution, counted
#
# A network that looks at images is built of small windows that slide over them. Two questions come up before
# any training: what size is the image after each layer, and how many numbers does the network have to learn?
# People look the formulas up, get them wrong by one, and lose an afternoon. In this lesson you look nothing up. You lay
# the window down, count the places, and write what you counted as code. At the end you write the layers themselves, and
# their gradients.
#
# You need a little NumPy, and for the two gradients near the end the chain rule as in lesson 3. Plan three hours, with
# squared paper beside you. Sections 4.1 to 4.11 are about sizes alone, 4.12 to 4.15 about the numbers in the images.
#
# **What the exercises have in common**
#
# - One image is $(C, H, W)$: channels first, then height, then width. A batch of $N$ images is $(N, C, H, W)$.
# - Five letters stand for the same things throughout: the input has size $i$, the output has size $o$, the kernel has
#   size $k$, it moves by the **stride** $s$, and $p$ zeros of **padding** stand on each side. A sixth, the **dilation** $d$, is
#   explained in 4.2. If nothing else is said, $s = 1$, $p = 0$ and $d = 1$.
# - $i$, $o$, $k$, $s$ and $d$ are whole numbers, 1 or more. $p$ is 0 or more.
# - A size is a whole number, so return an `int`. `28.0` has the right value and keeps its marks, but it is a float, and
#   `np.zeros(28.0)` is an error. The card tells you.
# - Each exercise is marked in parts. Where an exercise has a part `stride` or `dilation`, `values` is the plain case without
#   it, and a function that leaves it out keeps the marks for the rest. (4.2 is about dilation alone, and says how it is
#   split.) Whatever is marked is said in the text above the exercise or in its docstring.
# - Functions return new things and never change what they were given. A list will do where a tuple is asked for.
# - The checks you see are a sample. When your work is graded, each function meets many more inputs. The number under each
#   card, such as `4.0`, is what the exercise earns if they go as well as the sample.
# - **Compare** hides an answer. Open it when you have one of your own on paper: after it only the typing is left.

# %% [markdown]
# Run the next cell first. It loads what the lesson uses, and is folded away because you do not have to read it, as are
# the cells that draw figures. They have to run all the same: when you come back another day, a card says that
# a name is not defined, or a picture says *model not found*, choose *Run > Run All Above Selected Cell*.

# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "setup", "locked": true}
# Setup: what the lesson uses.
import hashlib
import os
import warnings

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from autograder import check, explore


def lay_down(axes, i, k, s=1, p=0, d=1, places=None, rows=4, title=""):
    """Draw one row of pixels and, under it, the kernel at each of its places."""
    width, taps = i + 2 * p, range(0, k * d, d)
    starts = list(range(0, width, s))
    fit = [start for start in starts if start + taps[-1] < width]
    starts = fit if places is None else [s * n for n in range(places)]

    def box(x, y, **look):
        axes.add_patch(Rectangle((x - 0.46, y - 0.4), 0.92, 0.8, **look))

    seen = {start + tap for start in starts for tap in taps}
    last = max(seen, default=-1)
    for x in range(width):
        zero = x < p or x >= p + i
        if x > last:
            box(x, 0, facecolor="white", edgecolor="0.45", hatch="/////")
        else:
            box(x, 0, facecolor="white" if zero else "0.85", edgecolor="0.6")
        if zero:
            axes.text(x, 0, "0", ha="center", va="center", color="0.4")
    for row, start in enumerate(starts, 1):
        axes.plot([start, start + taps[-1]], [row, row], color="0.7", zorder=0)
        for tap in taps:
            outside = start + tap >= width
            box(start + tap, row, facecolor="C3" if outside else "C0")
        axes.text(-0.9, row, row, ha="right", va="center", color="0.4")
    rows = max(len(starts), rows)
    axes.set_aspect("equal", anchor="N")
    axes.set(
        xlim=(-1.8, max(width, last + 1) - 0.3),
        ylim=(rows + 0.6, -0.7),
        title=title,
    )
    axes.axis("off")


print("Ready.")

# %% [markdown]
# ## 4.1 Lay the kernel down
#
# A **convolution** layer lays a small window of weights, the **kernel**, on an image. It multiplies each weight by the
# pixel under it and adds everything up: one number of the output. Then it moves the kernel on and does the same again.
# So as many numbers come out as there are places where the kernel can lie.
#
# Height and width are counted in the same way, one at a time. So one row of pixels is enough to think about.
#
# **Predict.** A row has $i = 8$ pixels, the kernel covers $k = 3$ of them. It starts at the left border. How many places are there if
# it moves by one pixel each time? And if it moves by two, $s = 2$? Draw it, decide, then run the next cell.


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_places", "locked": true}
# Figure: every place of a kernel on a row of pixels.
def draw(one, two):
    lay_down(one, 8, 3, rows=6, title="i = 8, k = 3, stride 1")
    lay_down(two, 8, 3, s=2, rows=6, title="i = 8, k = 3, stride 2")


explore.Picture(
    draw,
    panels=2,
    alt="Two rows of 8 pixels, and under each the kernel of 3 pixels at every place, "
    "one place a line. Left, stride 1: 6 places, and the last one ends at the last "
    "pixel. Right, stride 2: 3 places. The eighth pixel is hatched: no kernel covers it.",
)

# %% [markdown]
# The grey row is the image. Each blue row is the kernel at one of its places. The hatched pixel at the right border is
# never looked at: one more step of 2 would push the kernel over the edge.
#
# **On paper,** with letters in place of numbers. Call the pixels $0, 1, \dots, i-1$.
#
# 1. The kernel's left end starts on pixel 0. On which pixel is its left end when its right end lies on the last pixel?
# 2. With stride 1 its left end visits every pixel from 0 up to that one. How many places is that?
# 3. With stride $s$ its left end visits only $0, s, 2s, \dots$ and must not go past the pixel of question 1. How many places
#    is that?
# 4. How many pixels at the right border are left over?
#
# <details><summary>Compare 1 and 2</summary>
#
# On pixel $i - k$. From 0 to $i-k$ there are $i - k + 1$ places. The $+1$ is the place at 0, where the kernel lies before it
# has moved at all. It is the one people forget: a fence of 5 gaps has 6 posts.
#
# </details><p></p>
#
# <details><summary>Compare 3</summary>
#
# The kernel can take $\frac{i-k}{s}$ steps, rounded *down*, since a part of a step is no step. Each step leads to one
# more place, and there is the one at the start:
#
# $$o = \left\lfloor \frac{i - k}{s} \right\rfloor + 1$$
#
# The brackets $\lfloor\;\rfloor$ mean rounding down, the **floor**. For $i = 8$, $k = 3$, $s = 2$: $\lfloor 2.5 \rfloor + 1 = 3$.
#
# </details><p></p>
#
# <details><summary>Compare 4</summary>
#
# The remainder of that division, $(i - k) \bmod s$. In the picture it is $5 \bmod 2 = 1$.
#
# </details><p></p>

# %% nbgrader={"grade_id": "explore_places", "locked": true}
explore.conv_shapes(
    11,
    k=4,
    s=3,
    hide=["p", "d"],
    lock=["width", "k", "s"],
    ask="A row of 11 pixels, a kernel of 4, stride 3. How many places, and how many pixels are left over?",
)

# %% [markdown]
# Pixels near the border lie under fewer kernels than those in the middle, and the image shrinks with each layer. Against
# both one puts $p$ zeros on *each* side, the **padding**, and lays the kernel on the longer row. **Predict:** how long is that row?
# And which $p$ keeps the size of the image, $o = i$, for $k = 5$ and $s = 1$?
#
# <details><summary>Compare</summary>
#
# The row has $i + 2p$ pixels, so $o = i + 2p - k + 1$ for stride 1. That is $i$ when $2p = k - 1$, so $p = 2$ for $k = 5$. It works for odd $k$
# only, which is one reason why kernels are usually 3, 5 or 7 wide.
#
# </details><p></p>
#
# ## 4.2 A kernel with gaps
#
# A larger kernel sees more, and has more weights to learn. There is a way to see more with the same weights: leave
# gaps between them. With **dilation** $d$ the kernel looks at every $d$-th pixel. $d = 1$ is the ordinary kernel without gaps.
#
# **Predict.** A kernel has $k = 3$ weights. How many pixels does it cover from its first weight to its last, both counted, with $d = 2$?
# With $d = 3$? Decide, then run the next cell.


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_dilation", "locked": true}
# Figure: three weights, without gaps and with two kinds of gaps.
def draw(*panels):
    for d, axes in enumerate(panels, 1):
        lay_down(axes, 9, 3, d=d, rows=7, title=f"k = 3, dilation {d}")


explore.Picture(
    draw,
    panels=3,
    alt="Three rows of 9 pixels and the places of a kernel with 3 weights. With "
    "dilation 1 the weights lie side by side and there are 7 places. With dilation 2 "
    "one pixel is left out between neighbours and there are 5 places. With dilation 3 "
    "two pixels are left out each time and there are 3 places.",
)

# %% [markdown]
# For counting places only the first and the last weight matter: the kernel fits where both lie on the row. So a
# kernel with gaps counts like an ordinary kernel of a larger size, its **effective** size.
#
# **On paper.** Put $k$ weights in a row.
#
# 1. How many gaps are there between neighbours?
# 2. How many pixels does each gap leave out, with dilation $d$? (With $d = 1$ none.)
# 3. So how long is the whole, from the first weight to the last?
# 4. Try your formula at $d = 1$, and at $k = 1$. What should come out there?
#
# <details><summary>Compare</summary>
#
# There are $k - 1$ gaps of $d - 1$ pixels each, and $k$ weights:
#
# $$k' = k + (k - 1)(d - 1)$$
#
# With $d = 1$ that is $k$. With $k = 1$ there are no gaps, and it is 1 whatever $d$ is.
#
# </details><p></p>
#
# `values` asks for $d = 1$ and $d = 2$ here, no gap and gaps of one pixel. `dilation` asks for wider gaps.


# %% nbgrader={"grade_id": "effective_kernel_size", "solution": true}
def effective_kernel_size(k, d):
    """How many pixels a kernel spans along one axis, its gaps included.

    Parameters
    ----------
    k : int
        Weights along that axis, 1 or more.
    d : int
        Dilation, 1 or more: the distance between neighbouring weights. 1 is no gap.

    Returns
    -------
    int

    Examples
    --------
    >>> effective_kernel_size(3, 2)
    5
    """
    ### BEGIN SOLUTION
    return k + (k - 1) * (d - 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_effective_kernel_size", "grade": true, "points": 2}
marks = check.marks("effective_kernel_size", values=1, dilation=1)
with marks.values:
    check.equal(
        effective_kernel_size(5, 1),
        5,
        because="dilation 1 leaves no gap: 5 weights cover 5 pixels",
    )
    check.equal(
        effective_kernel_size(3, 2),
        5,
        because="3 weights, and 2 gaps of one pixel",
    )
with marks.dilation:
    check.equal(
        effective_kernel_size(3, 3),
        7,
        because="3 weights, and 2 gaps of two pixels",
    )
### BEGIN HIDDEN TESTS
from autograder.check import cases, mistake, reference

with marks.values:
    check.matches(
        effective_kernel_size,
        reference.effective_kernel_size,
        [(k, d) for k in (1, 2, 3, 6, 31) for d in (1, 2)],
    )
with marks.dilation:
    check.matches(
        effective_kernel_size,
        reference.effective_kernel_size,
        [(k, d) for k in (1, 2, 3, 4, 7) for d in (3, 4, 6)],
    )


@mistake(
    "k times d",
    "This counts a gap after the last weight too. How many gaps lie between 3 "
    "weights in a row? Try k = 1.",
)
def effective_kernel_size(k, d):
    return k * d


@mistake(
    "d pixels in each gap",
    "With dilation 1 the weights lie side by side. How many pixels does a gap leave "
    "out then?",
)
def effective_kernel_size(k, d):
    return k + (k - 1) * d


@mistake(
    "the distance for the number of pixels",
    "From the first weight to the last it is that many steps. How many pixels are "
    "covered, the first one included?",
)
def effective_kernel_size(k, d):
    return (k - 1) * d


@mistake(
    "2k - 1",
    "That is right for d = 2. Which part of your formula should grow with d?",
)
def effective_kernel_size(k, d):
    return 2 * k - 1 if d > 1 else k


@mistake(
    "the gaps alone",
    "You count the pixels in the gaps. The weights cover pixels as well: how many?",
)
def effective_kernel_size(k, d):
    return (k - 1) * (d - 1)


@mistake(
    "one gap alone",
    "A kernel of 3 weights has two gaps. Does every gap widen when d grows?",
)
def effective_kernel_size(k, d):
    return k + d - 1


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.3 The size that comes out
#
# Now put the pieces together: the row with its padding, the kernel with its gaps, the steps of the stride. **On paper:** write $o$
# in terms of $i$, $k$, $s$, $p$ and $d$.
#
# <details><summary>Compare</summary>
#
# $$o = \left\lfloor \frac{i + 2p - k'}{s} \right\rfloor + 1, \qquad k' = k + (k-1)(d-1)$$
#
# </details><p></p>
#
# One thing more. **Predict:** what does the formula give for $i = 3$, $k = 5$? And for $i = 4$, $k = 5$, $s = 2$? Draw both rows and lay
# the kernel down: how many places are there?
#
# <details><summary>Compare</summary>
#
# For $i = 3$: $-2 + 1 = -1$. For $i = 4$: $\lfloor -\frac12 \rfloor + 1 = 0$. (Cut the decimals off in place of rounding down, and you even
# get 1.) In both cases the kernel is longer than the row and has no place at all.
#
# </details><p></p>
#
# An image with no pixels, or with $-1$ of them, is of no use to the next layer. Whoever asks for it has a mistake in
# their network, and wants to hear of it here and not ten layers later. So a kernel that does not fit is an error:
# `raise ValueError("...")` with a few words of your own that say what is too large for what.
#
# A kernel fits when its *effective* size is at most the length of the *padded* row. A kernel exactly as long as the row
# fits, in one place. The part `errors` asks for both: a `ValueError` where the kernel does not fit, and a number where
# it just does.


# %% nbgrader={"grade_id": "conv_output_size", "solution": true}
def conv_output_size(i, k, s=1, p=0, d=1):
    """Size of a convolution's output along one axis: the number of places of its kernel.

    Parameters
    ----------
    i : int
        Size of the input, without padding.
    k : int
        Weights of the kernel along this axis.
    s, p, d : int
        Stride, zeros on each side, dilation.

    Returns
    -------
    int
        1 or more. Pixels left over at the border are dropped.

    Raises
    ------
    ValueError
        If the kernel, with its gaps, is longer than the input with its padding.

    Examples
    --------
    >>> conv_output_size(8, 3, s=2)
    3
    """
    ### BEGIN SOLUTION
    room = i + 2 * p - effective_kernel_size(k, d)
    if room < 0:
        raise ValueError(
            f"a kernel of {k} with dilation {d} is longer than {i} + 2 * {p}"
        )
    return room // s + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv_output_size", "grade": true, "points": 4}
marks = check.marks("conv_output_size", values=1, stride=1, dilation=1, errors=1)
with marks.values:
    check.equal(
        conv_output_size(8, 3),
        6,
        because="you counted 6 places in the first picture",
    )
    check.equal(
        conv_output_size(8, 5, p=2),
        8,
        because="a padding of 2 keeps the size when the kernel is 5 wide",
    )
with marks.stride:
    check.equal(
        conv_output_size(8, 3, s=2),
        3,
        because="in the first picture, stride 2 leaves one pixel over",
    )
    check.equal(
        conv_output_size(28, 2, s=2), 14, because="steps of 2, nothing left over"
    )
with marks.dilation:
    check.equal(
        conv_output_size(9, 3, d=2),
        5,
        because="with gaps of one pixel, 3 weights cover 5 pixels, and 9 - 5 + 1 = 5",
    )
with marks.errors:
    check.raises(
        ValueError,
        conv_output_size,
        3,
        5,
        because="a kernel of 5 has no place on 3 pixels",
    )
    check.raises(
        ValueError,
        conv_output_size,
        4,
        5,
        s=2,
        because="a kernel of 5 has no place on 4 pixels, and 0 places are no answer",
    )
    check.raises(
        ValueError,
        conv_output_size,
        4,
        3,
        d=2,
        because="3 weights with gaps cover 5 pixels, and there are 4",
    )
    check.equal(
        conv_output_size(3, 5, p=1),
        1,
        because="with its padding the row has 5 pixels, and a kernel of 5 just fits",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        conv_output_size,
        reference.conv_output_size,
        [(8, 3), (3, 3), (32, 5), (14, 5), (7, 1)]
        + [(5, 2, 1, 0), (5, 3, 1, 1), (5, 5, 1, 3), (12, 2, 1, 1), (12, 3, 1, 3)]
        + [(12, 5, 1, 0), (33, 2, 1, 3), (33, 3, 1, 0), (33, 5, 1, 1)],
    )
with marks.stride:
    check.matches(
        conv_output_size,
        reference.conv_output_size,
        [(7, 2, 2), (15, 2, 2), (16, 2, 3), (30, 1, 3)]
        + [(i, k, s) for i, k in ((6, 1), (7, 2), (8, 3), (28, 3)) for s in (2, 3)]
        + [
            (9, 3, 2, 1),
            (9, 4, 4, 2),
            (10, 3, 4, 1),
            (10, 4, 2, 2),
            (225, 3, 4, 2),
        ],
    )
with marks.dilation:
    check.matches(
        conv_output_size,
        reference.conv_output_size,
        [(9, 3, 1, 0, 2), (9, 3, 1, 0, 3), (64, 31, 1, 1, 2)]
        + [(i, k, 1, p, 2) for i, k, p in ((15, 1, 0), (22, 2, 1), (15, 4, 1))]
        + [(i, k, 1, p, 3) for i, k, p in ((22, 1, 1), (15, 2, 0), (22, 4, 0))],
    )
with marks.errors:
    check.matches(
        conv_output_size,
        reference.conv_output_size,
        [(5, 5), (3, 5, 1, 1), (4, 6, 3, 1), (7, 3, 1, 0, 3)],
        because="a kernel exactly as long as the padded row has one place",
    )
    for given in [
        (4, 5),
        (3, 6, 1, 1),
        (4, 5, 2),
        (2, 5, 3, 1),
        (9, 4, 1, 0, 3),
        (5, 3, 4, 0, 3),
    ]:
        check.raises(
            ValueError,
            conv_output_size,
            *given,
            because="the kernel, with its gaps, is longer than the padded row",
        )


@mistake(
    "the first place is not counted",
    "You count the steps. Before the first step the kernel lies somewhere too.",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    if reference.effective_kernel_size(k, d) > i + 2 * p:
        raise ValueError
    return (i + 2 * p - reference.effective_kernel_size(k, d)) // s


@mistake(
    "padding on one side only",
    "How long is the row when p zeros stand on the left and p on the right?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    k = k + (k - 1) * (d - 1)
    if k > i + p:
        raise ValueError
    return (i + p - k) // s + 1


@mistake(
    "rounded up in place of down",
    "A part of a step is no step: the kernel would hang over the edge. Which way "
    "must you round?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    k = k + (k - 1) * (d - 1)
    if k > i + 2 * p:
        raise ValueError
    return -((i + 2 * p - k) // -s) + 1


@mistake(
    "not rounded at all",
    "An image has no half pixels. When the stride does not divide evenly, what "
    "happens to the pixels left over?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    k = k + (k - 1) * (d - 1)
    if k > i + 2 * p:
        raise ValueError
    return (i + 2 * p - k) / s + 1


@mistake(
    "1 added before dividing",
    "Divide the room that is left into steps first; the place at the start comes "
    "on top. Where does the + 1 belong?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    k = k + (k - 1) * (d - 1)
    if k > i + 2 * p:
        raise ValueError
    return (i + 2 * p - k + 1) // s


@mistake(
    "the gaps left out",
    "A kernel with gaps reaches further than its k weights. Which size counts?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    if k > i + 2 * p:
        raise ValueError
    return (i + 2 * p - k) // s + 1


@mistake(
    "the bare kernel held against the bare image",
    "A kernel with gaps needs more room than its k weights, and padding gives more "
    "room than the image has. Which two lengths must you compare?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    if k > i:
        raise ValueError
    return (i + 2 * p - reference.effective_kernel_size(k, d)) // s + 1


@mistake(
    "the stride left out",
    "With stride 2 the kernel visits every second place only. Does your answer "
    "change with s?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    k = k + (k - 1) * (d - 1)
    if k > i + 2 * p:
        raise ValueError
    return i + 2 * p - k + 1


@mistake(
    "int() for the floor",
    "int() rounds towards zero, so half a place too little becomes 0 steps and one "
    "place. Compare the lengths before you divide.",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    size = int((i + 2 * p - d * (k - 1) - 1) / s) + 1
    if size < 1:
        raise ValueError
    return size


@mistake(
    "a gap too many in the kernel",
    "d k counts a gap after the last weight as well. How many gaps are there between "
    "k weights?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    if d * k > i + 2 * p:
        raise ValueError
    return (i + 2 * p - d * k) // s + 1


@mistake(
    "rounded to the nearest whole number",
    "A part of a step is no step, however large a part. Which way must you round?",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    k = k + (k - 1) * (d - 1)
    if k > i + 2 * p:
        raise ValueError
    return round((i + 2 * p - k) / s + 1)


@mistake(
    "strides that leave pixels over refused",
    "Pixels may be left over at the end. Only a kernel that has no place at all is "
    "an error.",
)
def conv_output_size(i, k, s=1, p=0, d=1):
    room = i + 2 * p - k - (k - 1) * (d - 1)
    if room < 0 or room % s:
        raise ValueError
    return room // s + 1


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_output_size", "locked": true}
# Figure: the kernel at as many places as your function says.
def draw(*panels):
    settings = [
        ("stride 2, padding 1", {"i": 8, "k": 3, "s": 2, "p": 1}),
        ("stride 3", {"i": 9, "k": 3, "s": 3}),
        ("stride 2, dilation 2", {"i": 10, "k": 3, "s": 2, "d": 2}),
    ]
    for axes, (title, setting) in zip(panels, settings):
        places = int(conv_output_size(**setting))
        lay_down(axes, **setting, places=places, title=f"{title}: {places}")


explore.Picture(
    draw,
    panels=3,
    size=(7.2, 1.7),
    alt="Three rows of pixels with as many places of a kernel of 3 as your function "
    "counts. Left: 8 pixels and a zero on each side, stride 2. Four places, the last "
    "zero is hatched, since no kernel covers it. Middle: 9 pixels, stride 3. Three "
    "places and nothing left over. Right: 10 pixels, stride 2 and dilation 2. Three "
    "places, and one pixel left over.",
)

# %% [markdown]
# Here *your* function says how often the kernel is laid down. White boxes with a 0 are padding, hatched ones are left
# over. A red box would be a weight that hangs over the edge: one place too many.
#
# **Question.** In the left panel the hatched pixel is a zero of the padding. So of the two zeros only the left one is
# used. Is the kernel's view of the image still the same at both borders?
#
# <details><summary>Compare</summary>
#
# No. At the left border a kernel is centred on pixel 0. At the right border the last kernel is centred on pixel 6, and
# pixel 7 lies at its edge. When a stride does not divide evenly, the right and the lower border are treated differently
# from the left and the upper one.
#
# </details><p></p>
#
# Now all five letters at once. **Predict** before you reveal. Then set $s$ to 1: what becomes of the hatched pixels? And
# make the kernel too long for the row.

# %% nbgrader={"grade_id": "explore_output_size", "locked": true}
explore.conv_shapes(
    10,
    k=3,
    s=2,
    p=1,
    d=2,
    ask="i = 10, k = 3, s = 2, p = 1, d = 2: how many places? And which pixels does no weight ever touch?",
)

# %% [markdown]
# ## 4.4 A whole layer
#
# A real image has height, width and channels, say red, green and blue. The kernel has two sizes as well, and is as deep
# as the image: at each place it looks at all $C$ channels at once and adds everything up to *one* number. So one
# kernel makes one flat output image. A layer has several kernels, and lays their outputs on top of each other as the
# channels of its result.
#
# **Predict.** An image of shape $(3, 32, 48)$ meets 6 kernels of size $5 \times 5$. What shape comes out? Where did the 3 go?
#
# <details><summary>Compare</summary>
#
# $(6, 28, 44)$. Height and width are counted apart: $32 - 5 + 1 = 28$ and $48 - 5 + 1 = 44$. The 3 is gone: each kernel adds
# over the channels. The new number of channels is the number of kernels.
#
# </details><p></p>
#
# A kernel need not be square. Here `k` is one int for a square kernel, or a pair `(kh, kw)`: height first, as in the shape.
# Stride, padding and dilation are single ints that hold for both axes. The part `values` has square kernels with any stride,
# padding and dilation, `pairs` has the others, and `errors` kernels that do not fit.


# %% nbgrader={"grade_id": "conv_output_shape", "solution": true}
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    """Shape of a convolution layer's output.

    Parameters
    ----------
    shape : tuple of int
        The input's (C, H, W).
    n_kernels : int
    k : int or tuple of int
        Kernel size, one number for both axes or (kh, kw).
    s, p, d : int
        Stride, zeros on each side, dilation; the same for height and width.

    Returns
    -------
    tuple of int
        (channels, height, width) of the output.

    Raises
    ------
    ValueError
        If the kernel does not fit in height, or does not fit in width.

    Examples
    --------
    >>> conv_output_shape((3, 32, 48), 6, 5)
    (6, 28, 44)
    >>> conv_output_shape((3, 32, 48), 6, (5, 3))
    (6, 28, 46)
    """
    ### BEGIN SOLUTION
    _, height, width = shape
    kh, kw = k if isinstance(k, tuple) else (k, k)
    return (
        n_kernels,
        conv_output_size(height, kh, s, p, d),
        conv_output_size(width, kw, s, p, d),
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv_output_shape", "grade": true, "points": 4}
marks = check.marks("conv_output_shape", values=2, pairs=1, errors=1)
with marks.values:
    check.close(
        conv_output_shape((9, 32, 48), 6, 5),
        (6, 28, 44),
        because="(9, 32, 48) is 9 channels, height 32 and width 48. 6 kernels give 6 "
        "channels, and 5 rows have 28 places on 32",
    )
    check.close(
        conv_output_shape((3, 10, 20), 4, 3, p=1),
        (4, 10, 20),
        because="a padding of 1 keeps the size when the kernel is 3 wide",
    )
    check.close(
        conv_output_shape((3, 11, 20), 4, 3, s=2),
        (4, 5, 9),
        because="with stride 2 there are 4 steps in height and 8 in width",
    )
    check.close(
        conv_output_shape((3, 11, 20), 4, 3, d=2),
        (4, 7, 16),
        because="with dilation 2 a kernel of 3 covers 5 pixels each way",
    )
with marks.pairs:
    check.close(
        conv_output_shape((2, 10, 13), 4, (3, 5)),
        (4, 8, 9),
        because="a kernel 3 high has 8 places on a height of 10, 5 wide has 9 on 13",
    )
with marks.errors:
    check.raises(
        ValueError,
        conv_output_shape,
        (3, 8, 4),
        2,
        5,
        because="5 fits in a height of 8, but not in a width of 4",
    )
    check.raises(
        ValueError,
        conv_output_shape,
        (3, 4, 8),
        2,
        5,
        because="5 fits in a width of 8, but not in a height of 4",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        conv_output_shape,
        reference.conv_output_shape,
        [
            ((1, 32, 32), 6, 5),
            ((6, 14, 14), 16, 5),
            ((3, 7, 9), 2, 3),
            ((4, 12, 5), 7, 2, 1, 1),
            ((3, 19, 11), 8, 3, 2),
            ((2, 10, 17), 5, 4, 3, 1),
            ((5, 21, 16), 3, 3, 1, 2, 2),
            ((3, 18, 25), 10, 2, 2, 1, 3),
            ((7, 6, 4), 1, 1),
        ],
    )
with marks.pairs:
    check.matches(
        conv_output_shape,
        reference.conv_output_shape,
        [
            ((2, 10, 10), 4, (3, 5)),
            ((3, 9, 13), 2, (4, 1)),
            ((1, 8, 15), 6, (2, 7), 2, 1),
            ((4, 20, 11), 5, (5, 2), 3, 0, 2),
            ((3, 6, 4), 7, (3, 3)),
        ],
    )
with marks.errors:
    for given in [
        ((1, 4, 9), 2, 5),
        ((3, 10, 9), 4, 10),
        ((2, 9, 6), 3, 4, 2, 0, 2),
    ]:
        check.raises(
            ValueError,
            conv_output_shape,
            *given,
            because="the kernel must fit in height and in width",
        )
    check.depends(
        conv_output_shape,
        [((3, 8, 4), 2, 4), ((3, 4, 8), 2, 4)],
        because="a kernel of 4 fits",
    )


@mistake(
    "height and width exchanged",
    "Shapes are (C, H, W). Use an image that is higher than wide: which of your "
    "numbers should be the larger one?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    _, height, width = shape
    kh, kw = k if isinstance(k, tuple) else (k, k)
    return (
        n_kernels,
        reference.conv_output_size(width, kw, s, p, d),
        reference.conv_output_size(height, kh, s, p, d),
    )


@mistake(
    "channels last",
    "The numbers are right. In which order does this lesson write a shape?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    _, height, width = shape
    kh, kw = k if isinstance(k, tuple) else (k, k)
    return (
        reference.conv_output_size(height, kh, s, p, d),
        reference.conv_output_size(width, kw, s, p, d),
        n_kernels,
    )


@mistake(
    "the channels of the input kept",
    "Each kernel adds over all channels and makes one flat image. So how many "
    "channels do n_kernels of them make?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    channels, height, width = shape
    kh, kw = k if isinstance(k, tuple) else (k, k)
    return (
        channels,
        reference.conv_output_size(height, kh, s, p, d),
        reference.conv_output_size(width, kw, s, p, d),
    )


@mistake(
    "a set of channels for each kernel",
    "A kernel is as deep as the image and adds over its channels. How many flat "
    "images does one kernel make?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    channels, height, width = shape
    kh, kw = k if isinstance(k, tuple) else (k, k)
    return (
        channels * n_kernels,
        reference.conv_output_size(height, kh, s, p, d),
        reference.conv_output_size(width, kw, s, p, d),
    )


@mistake(
    "the same size for height and width",
    "Your image comes out square, whatever went in. Which of the two sizes do you "
    "never look at?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    kh, _ = k if isinstance(k, tuple) else (k, k)
    size = reference.conv_output_size(shape[1], kh, s, p, d)
    return (n_kernels, size, size)


@mistake(
    "stride, padding or dilation left out",
    "Your sizes are right for a plain kernel. Which of s, p and d do you hand on to "
    "conv_output_size, and in which places?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    return reference.conv_output_shape(shape, n_kernels, k, s, p)


@mistake(
    "stride, padding and dilation left out",
    "Your sizes are right for a plain kernel. Which of s, p and d do you hand on to "
    "conv_output_size, and in which places?",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    return reference.conv_output_shape(shape, n_kernels, k)


@mistake(
    "the pair read as (kw, kh)",
    "The pair is (kh, kw), in the order of the shape: height first.",
)
def conv_output_shape(shape, n_kernels, k, s=1, p=0, d=1):
    _, height, width = shape
    kw, kh = k if isinstance(k, tuple) else (k, k)
    return (
        n_kernels,
        reference.conv_output_size(height, kh, s, p, d),
        reference.conv_output_size(width, kw, s, p, d),
    )


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.5 Pooling
#
# A **max-pooling** layer slides a window too. It has no weights: of all pixels under the window it keeps the largest. It
# treats each channel alone, and it makes the image smaller, so that the next layer sees more of it at once.
#
# The usual window is $2 \times 2$ and moves by 2, so that windows lie side by side. That is why a pooling layer's stride is $k$ unless
# something else is said: `s=None` means `s = k`. There is no padding. Windows that do not fit are dropped, as above. `values` asks for
# this usual case, `stride` for a stride that is given.
#
# **Predict.** A shape $(6, 28, 28)$ is pooled with $k = 2$. What comes out? And $(6, 28, 28)$ with $k = 3$ and nothing said about the stride? With
# $k = 3$ and $s = 2$?
#
# <details><summary>Compare</summary>
#
# $(6, 14, 14)$, then $(6, 9, 9)$ with one row and one column left over, then $(6, 13, 13)$: $\lfloor 25 / 2 \rfloor + 1$. The channels stay.
#
# </details>


# %% nbgrader={"grade_id": "pool_output_shape", "solution": true}
def pool_output_shape(shape, k, s=None):
    """Shape of a max-pooling layer's output.

    Parameters
    ----------
    shape : tuple of int
        The input's (C, H, W).
    k : int
        Window size; the window is square.
    s : int or None
        Stride. None stands for `k`: windows lie side by side.

    Returns
    -------
    tuple of int
        (channels, height, width) of the output.

    Raises
    ------
    ValueError
        If the window does not fit in height, or does not fit in width.

    Examples
    --------
    >>> pool_output_shape((6, 28, 20), 2)
    (6, 14, 10)
    """
    ### BEGIN SOLUTION
    channels, _, _ = shape
    return conv_output_shape(shape, channels, k, s=k if s is None else s)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_pool_output_shape", "grade": true, "points": 3}
marks = check.marks("pool_output_shape", values=1, stride=1, errors=1)
with marks.values:
    check.close(
        pool_output_shape((6, 28, 28), 2),
        (6, 14, 14),
        because="windows side by side: half of each side, all 6 channels",
    )
    check.close(
        pool_output_shape((6, 28, 28), 3),
        (6, 9, 9),
        because="9 windows of 3 cover 27 pixels, one is left over",
    )
with marks.stride:
    check.close(
        pool_output_shape((6, 28, 28), 3, s=2),
        (6, 13, 13),
        because="25 pixels are left for steps of 2: 12 steps, 13 places",
    )
with marks.errors:
    check.raises(
        ValueError,
        pool_output_shape,
        (6, 2, 5),
        3,
        because="a window of 3 has no place in a height of 2",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        pool_output_shape,
        reference.pool_output_shape,
        [
            ((6, 28, 28), 2),
            ((1, 6, 4), 2),
            ((3, 12, 9), 3),
            ((2, 7, 10), 2),
            ((5, 11, 16), 3),
            ((4, 9, 14), 1),
            ((7, 5, 23), 4),
        ],
    )
with marks.stride:
    check.matches(
        pool_output_shape,
        reference.pool_output_shape,
        [
            ((6, 28, 28), 3, 2),
            ((2, 7, 5), 2, 1),
            ((3, 9, 12), 3, 2),
            ((4, 11, 8), 2, 3),
            ((1, 13, 20), 5, 4),
            ((5, 6, 10), 3, 3),
        ],
    )
with marks.errors:
    for given in [((3, 4, 9), 5), ((2, 9, 4), 5, 1), ((1, 3, 3), 4, 2)]:
        check.raises(
            ValueError,
            pool_output_shape,
            *given,
            because="the window must fit in height and in width",
        )
    check.depends(
        pool_output_shape,
        [((6, 2, 5), 2), ((6, 9, 5), 2)],
        because="a window of 2 fits",
    )


@mistake(
    "stride 1 where none is given",
    "Where nothing is said, pooling windows lie side by side. By how much must a "
    "window of size k move for that?",
)
def pool_output_shape(shape, k, s=None):
    channels, _, _ = shape
    return reference.conv_output_shape(shape, channels, k, s=1 if s is None else s)


@mistake(
    "stride 2 where none is given",
    "2 is right for windows of 2. What should the stride be for windows of 3?",
)
def pool_output_shape(shape, k, s=None):
    channels, _, _ = shape
    return reference.conv_output_shape(shape, channels, k, s=2 if s is None else s)


@mistake(
    "the stride left out",
    "You divide by the window's size, whatever the stride. What if the windows "
    "overlap?",
)
def pool_output_shape(shape, k, s=None):
    channels, height, width = shape
    if k > height or k > width:
        raise ValueError
    return (channels, height // k, width // k)


@mistake(
    "the size divided by the stride",
    "That is right while windows lie side by side. With k = 3 and s = 2, where "
    "does the last window end?",
)
def pool_output_shape(shape, k, s=None):
    channels, height, width = shape
    s = k if s is None else s
    if k > height or k > width:
        raise ValueError
    return (channels, height // s, width // s)


@mistake(
    "windows that hang over the edge",
    "Windows that do not fit are dropped. Which way must you round?",
)
def pool_output_shape(shape, k, s=None):
    channels, height, width = shape
    s = k if s is None else s
    if k > height or k > width:
        raise ValueError
    return (channels, -((height - k) // -s) + 1, -((width - k) // -s) + 1)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.6 A stack of layers
#
# In 1998 LeNet-5 read the digits on bank cheques. Its first three layers: 6 kernels of $5 \times 5$, a pooling of $2 \times 2$, 16
# kernels of $5 \times 5$. It looked at grey images of $32 \times 32$. (Two things are made simpler here: its pooling took means, and its third
# layer left some pairs of channels out. The shapes are the same.)
#
# **On paper:** write down the shape after each of the three layers. How many numbers does the third one put out?
#
# <details><summary>Compare</summary>
#
# $$(1, 32, 32) \;\to\; (6, 28, 28) \;\to\; (6, 14, 14) \;\to\; (16, 10, 10)$$
#
# and $16 \cdot 10 \cdot 10 = 1600$. (Many books write the channels last: $28 \times 28 \times 6$.)
#
# </details><p></p>
#
# Let the computer do it for any stack. A layer is described by a dict, of one of two kinds:
#
# ```python
# {"kind": "conv", "n_kernels": 6, "k": 5, "s": 1, "p": 0, "d": 1}
# {"kind": "pool", "k": 2, "s": 2}
# ```
#
# `kind` and `k` are always there, and so is `n_kernels` in a convolution. The others may be left out: then `s` is 1, `p` is 0
# and `d` is 1 in a convolution, and `s` is `k` in a pooling. In a convolution `k` is an int or a pair, in a
# pooling it is an int. (`layer.get("p", 0)` gives a dict's entry, or 0 where there is none.)
#
# The answer is a list with the shape *after each layer*, in order. The input itself is not in it. So three layers give three
# shapes, and an empty stack gives an empty list. `values` has layers with all their entries, pairs and dilation among
# them. In `defaults` some entries are left out, and the dicts must be as they were afterwards: no entry added, none taken out.


# %% nbgrader={"grade_id": "trace_shapes", "solution": true}
def trace_shapes(shape, layers):
    """Shape after each layer of a stack.

    Parameters
    ----------
    shape : tuple of int
        The input's (C, H, W).
    layers : list of dict
        {"kind": "conv", "n_kernels", "k", "s", "p", "d"} or {"kind": "pool", "k", "s"};
        "s", "p" and "d" may be left out.

    Returns
    -------
    list of tuple of int
        One (channels, height, width) per layer. The input is not among them.

    Raises
    ------
    ValueError
        If a layer does not fit. The functions that you call see to that; no marks here.

    Examples
    --------
    >>> trace_shapes((1, 8, 8), [{"kind": "conv", "n_kernels": 2, "k": 3}])
    [(2, 6, 6)]
    """
    ### BEGIN SOLUTION
    shapes = []
    for layer in layers:
        if layer["kind"] == "conv":
            rest = {key: layer[key] for key in ("s", "p", "d") if key in layer}
            shape = conv_output_shape(shape, layer["n_kernels"], layer["k"], **rest)
        else:
            shape = pool_output_shape(shape, layer["k"], layer.get("s"))
        shapes.append(shape)
    return shapes
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_trace_shapes", "grade": true, "points": 3}
marks = check.marks("trace_shapes", values=2, defaults=1)
lenet = [
    {"kind": "conv", "n_kernels": 6, "k": 5, "s": 1, "p": 0, "d": 1},
    {"kind": "pool", "k": 2, "s": 2},
    {"kind": "conv", "n_kernels": 16, "k": 5, "s": 1, "p": 0, "d": 1},
]
with marks.values:
    check.close(
        trace_shapes((1, 32, 32), lenet),
        [(6, 28, 28), (6, 14, 14), (16, 10, 10)],
        because="the three shapes of LeNet-5 above",
    )
with marks.defaults:
    check.close(
        trace_shapes((1, 9, 9), [{"kind": "pool", "k": 3}]),
        [(1, 3, 3)],
        because="a pooling without a stride moves by its own size",
    )
    check.close(
        trace_shapes((1, 9, 9), [{"kind": "conv", "n_kernels": 2, "k": 3}]),
        [(2, 7, 7)],
        because="a convolution without a stride moves by 1",
    )
    check.leaves_arguments_alone(
        trace_shapes,
        [
            ((1, 9, 9), [{"kind": "pool", "k": 3, "s": 2}]),
            ((1, 9, 9), [{"kind": "conv", "n_kernels": 2, "k": 3}]),
            ((1, 9, 9), [{"kind": "pool", "k": 3}]),
        ],
    )
### BEGIN HIDDEN TESTS
deep = [
    {"kind": "conv", "n_kernels": 8, "k": 3, "s": 2, "p": 1, "d": 1},
    {"kind": "conv", "n_kernels": 5, "k": 3, "s": 1, "p": 2, "d": 2},
    {"kind": "pool", "k": 3, "s": 2},
    {"kind": "conv", "n_kernels": 12, "k": (2, 3), "s": 1, "p": 0, "d": 1},
]
terse = [
    {"kind": "conv", "n_kernels": 7, "k": 4, "p": 1},
    {"kind": "pool", "k": 2},
    {"kind": "conv", "n_kernels": 3, "k": 3, "d": 2},
    {"kind": "pool", "k": 2, "s": 1},
    {"kind": "conv", "n_kernels": 9, "k": 2, "s": 2},
]
with marks.values:
    check.matches(
        trace_shapes,
        reference.trace_shapes,
        [((3, 29, 44), deep[:n]) for n in (1, 2, 3, 4)],
    )
with marks.defaults:
    check.matches(
        trace_shapes,
        reference.trace_shapes,
        [((4, 31, 22), terse[:n]) for n in (1, 2, 3, 4, 5)],
    )
    check.equal(
        len(trace_shapes((3, 8, 8), [])),
        0,
        because="no layers, no shapes: an empty list",
    )
    check.leaves_arguments_alone(
        trace_shapes, [((3, 29, 44), deep), ((4, 31, 22), terse)]
    )


@mistake(
    "the input as first shape",
    "Your list starts with the shape of the input. Asked for is the shape after "
    "each layer: three layers, three shapes.",
)
def trace_shapes(shape, layers):
    return [shape, *reference.trace_shapes(shape, layers)]


@mistake(
    "the last shape alone",
    "That is the end of the way. Asked for is the shape after each layer.",
)
def trace_shapes(shape, layers):
    return reference.trace_shapes(shape, layers)[-1]


@mistake(
    "every layer starting from the image",
    "What goes into the second layer is what came out of the first. Does your loop "
    "remember that?",
)
def trace_shapes(shape, layers):
    return [reference.trace_shapes(shape, [layer])[0] for layer in layers]


@mistake(
    "pooling by 1 where no stride is given",
    "For a convolution the stride is 1 if left out. What is it for a pooling?",
)
def trace_shapes(shape, layers):
    return reference.trace_shapes(shape, [{"s": 1, **layer} for layer in layers])


@mistake(
    "padding and dilation left out",
    "Your sizes are right while p = 0 and d = 1. Which entries of the dict do you "
    "never look at?",
)
def trace_shapes(shape, layers):
    return reference.trace_shapes(
        shape, [{**layer, "p": 0, "d": 1} for layer in layers]
    )


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.7 What the layer has to learn
#
# The numbers that training adjusts, the **parameters**, are the weights in the kernels, and one **bias** per kernel that is added to
# each of its outputs. Many layers have no bias.
#
# **Predict.** LeNet's third layer: 16 kernels of $5 \times 5$, laid on 6 channels. How many weights? And how many if the image were twice
# as large?
#
# <details><summary>Compare</summary>
#
# One kernel has a weight for each pixel it covers *in each channel*: $5 \cdot 5 \cdot 6 = 150$. Sixteen of them have 2400. With biases it
# is 2416. The size of the image does not come into it: the same kernel is laid down everywhere. That is what makes
# convolutions cheap. A layer that joined all $6 \cdot 14 \cdot 14$ inputs to all 1600 outputs would have nearly two million weights.
#
# </details>


# %% nbgrader={"grade_id": "conv_parameter_count", "solution": true}
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    """Number of parameters of a convolution layer.

    Parameters
    ----------
    c_in : int
        Channels of the layer's input.
    n_kernels : int
    k : int
        Kernel size; the kernels are square.
    bias : bool
        Whether each kernel has a bias.

    Returns
    -------
    int

    Examples
    --------
    >>> conv_parameter_count(1, 6, 5)
    150
    """
    ### BEGIN SOLUTION
    weights = c_in * k * k
    return n_kernels * (weights + 1 if bias else weights)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv_parameter_count", "grade": true, "points": 2}
marks = check.marks("conv_parameter_count", values=1, bias=1)
with marks.values:
    check.equal(
        conv_parameter_count(6, 16, 5),
        2400,
        because="16 kernels of 5 by 5 weights on each of 6 channels",
    )
with marks.bias:
    check.equal(
        conv_parameter_count(6, 16, 5, bias=True),
        2416,
        because="2400 weights, and one bias for each of 16 kernels",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        conv_parameter_count,
        reference.conv_parameter_count,
        [
            (1, 6, 5),
            (6, 16, 5),
            (3, 2, 1),
            (4, 7, 3),
            (3, 64, 11),
            (5, 8, 2, False),
        ],
    )
with marks.bias:
    check.matches(
        conv_parameter_count,
        reference.conv_parameter_count,
        [(1, 2, 3, True), (6, 16, 5, True), (4, 7, 3, True), (3, 64, 11, True)],
    )


@mistake(
    "the input's channels left out",
    "A kernel is as deep as its input. How many weights does it have on each of the "
    "channels, and how many channels are there?",
)
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    return n_kernels * (k * k + 1 if bias else k * k)


@mistake(
    "the kernel's area counted as its width",
    "The kernel is square. How many pixels does a 5 by 5 kernel cover?",
)
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    return n_kernels * (c_in * k + 1 if bias else c_in * k)


@mistake(
    "a bias for every channel of every kernel",
    "A kernel adds over its channels to one number, and the bias is added to that. "
    "How many biases does one kernel need?",
)
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    return n_kernels * c_in * (k * k + 1 if bias else k * k)


@mistake(
    "one bias for the whole layer",
    "Each kernel has a bias of its own. How many kernels are there?",
)
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    return n_kernels * c_in * k * k + (1 if bias else 0)


@mistake(
    "the bias counted always",
    "`bias` is False unless the caller says otherwise. What do you add then?",
)
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    return n_kernels * (c_in * k * k + 1)


@mistake("the bias left out", "What is different when `bias` is True?")
def conv_parameter_count(c_in, n_kernels, k, bias=False):
    return n_kernels * c_in * k * k


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# A whole layer at once, with its channels. **Predict** the shape and the number of parameters, and then find out: which sliders
# change the shape and not the parameters? Which do the reverse?

# %% nbgrader={"grade_id": "explore_layer", "locked": true}
explore.conv_shapes(
    (3, 8, 11),
    n_kernels=4,
    k=3,
    s=2,
    p=1,
    bias=True,
    ask="4 kernels of 3 x 3 on (3, 8, 11), stride 2, padding 1, bias: which shape, how many parameters?",
)

# %% [markdown]
# ## 4.8 Which kernel was it?
#
# Turn the question round. An image of shape $(3, 64, 64)$ goes into one convolution layer, and $(10, 6, 6)$ comes out. How large were
# the kernels?
#
# **On paper,** three times, with stride 1:
#
# 1. no padding, no dilation;
# 2. padding 1 and dilation 2;
# 3. padding 1, no dilation.
#
# <details><summary>Compare</summary>
#
# The 10 kernels and the 3 channels do not matter, only $i = 64$ and $o = 6$ do. Solve $o = i + 2p - k' + 1$ for $k'$:
#
# 1. $k' = 64 - 6 + 1 = 59$, and without gaps $k = 59$.
# 2. $k' = 64 + 2 - 6 + 1 = 61$ is the *effective* size. With $d = 2$ it is $2k - 1$, so $k = 31$.
# 3. $k' = 61$ and $k = 61$.
#
# </details><p></p>
#
# Now with the floor. **Predict:** $i = 10$, $o = 4$, $s = 2$, no padding, no dilation. Which kernels fit? Lay them down. And which kernel with
# dilation 2 turns 10 pixels into 5, with stride 1?
#
# <details><summary>Compare</summary>
#
# $k = 3$ has 4 places and leaves a pixel over. $k = 4$ has 4 places and leaves none over. So two kernels fit: what the floor
# throws away cannot be told afterwards. With stride $s$ there are up to $s$ answers.
#
# For the second, $k' = 10 - 5 + 1 = 6$, but $2k - 1$ is odd. No kernel fits.
#
# </details><p></p>
#
# So the answer is a list: every $k \ge 1$ that gives exactly this output, in rising order, and empty where none does. You may
# solve the formula, or try every $k$ and keep those that fit. For the second way: which is the largest $k$ worth trying, and what does your
# `conv_output_size` do with one that does not fit?
#
# <details><summary>Compare</summary>
#
# The largest is as long as the *padded* row, $k = i + 2p$. With gaps it ends earlier. For a kernel that does not fit `conv_output_size` raises
# its `ValueError`, which would end your function too. So ask first whether it fits, or catch the error with `try` and `except ValueError`.
#
# </details><p></p>
#
# `values` has stride 1 and no gaps, with any padding. `none` asks for the empty list.


# %% nbgrader={"grade_id": "solve_kernel_size", "solution": true}
def solve_kernel_size(i, o, s=1, p=0, d=1):
    """Every kernel size that turns an input of size i into an output of size o.

    Parameters
    ----------
    i, o : int
        Size of the input without padding, size of the output; 1 or more.
    s, p, d : int
        Stride, zeros on each side, dilation.

    Returns
    -------
    list of int
        In rising order; `k` is the number of weights, gaps not counted. Empty if none fits.

    Examples
    --------
    >>> solve_kernel_size(10, 4, s=2)
    [3, 4]
    """

    ### BEGIN SOLUTION
    def fits(k):
        room = i + 2 * p - effective_kernel_size(k, d)
        return room >= 0 and conv_output_size(i, k, s, p, d) == o

    return [k for k in range(1, i + 2 * p + 1) if fits(k)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_solve_kernel_size", "grade": true, "points": 4}
marks = check.marks("solve_kernel_size", values=1, stride=1, dilation=1, none=1)
with marks.values:
    check.close(
        solve_kernel_size(64, 6),
        [59],
        because="question 1 on paper: a kernel of 59 has 6 places on 64 pixels",
    )
    check.close(
        solve_kernel_size(64, 6, p=1),
        [61],
        because="question 3 on paper: a kernel of 61 has 6 places on 66 pixels",
    )
    check.close(
        solve_kernel_size(7, 1),
        [7],
        because="a kernel as long as the row has one place",
    )
    check.close(
        solve_kernel_size(3, 2, p=2),
        [6],
        because="with its padding the row has 7 pixels, and a kernel of 6 has 2 places",
    )
with marks.stride:
    check.close(
        solve_kernel_size(10, 4, s=2),
        [3, 4],
        because="a kernel of 3 leaves one pixel over, and one of 4 none",
    )
with marks.dilation:
    check.close(
        solve_kernel_size(64, 6, p=1, d=2),
        [31],
        because="question 2 on paper: 31 weights with gaps cover 61 of 66 pixels",
    )
with marks.none:
    check.close(
        solve_kernel_size(10, 5, d=2),
        [],
        because="6 pixels would have to be covered, and 2k - 1 is odd",
    )
    check.close(
        solve_kernel_size(5, 6),
        [],
        because="a kernel of one weight has 5 places on 5 pixels, and none has more",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        solve_kernel_size,
        reference.solve_kernel_size,
        [
            (64, 6),
            (64, 6, 1, 1),
            (5, 5),
            (7, 1),
            (12, 8),
            (9, 11, 1, 2),
            (3, 2, 1, 2),
            (12, 12, 1, 1),
        ],
    )
with marks.stride:
    check.matches(
        solve_kernel_size,
        reference.solve_kernel_size,
        [
            (10, 4, 2),
            (9, 4, 2),
            (12, 6, 2),
            (11, 3, 3),
            (11, 2, 5),
            (9, 4, 3, 2),
            (6, 3, 2, 0),
        ],
    )
with marks.dilation:
    check.matches(
        solve_kernel_size,
        reference.solve_kernel_size,
        [
            (64, 6, 1, 1, 2),
            (13, 7, 1, 0, 3),
            (9, 9, 1, 4, 2),
            (15, 4, 3, 1, 2),
            (17, 2, 4, 0, 3),
        ],
    )
with marks.none:
    check.matches(
        solve_kernel_size,
        reference.solve_kernel_size,
        [(5, 6), (4, 9, 1, 2), (10, 5, 1, 0, 2), (5, 4, 2), (12, 5, 1, 0, 3)],
        because="no kernel fits",
    )
    check.depends(
        solve_kernel_size,
        [(5, 6), (64, 6)],
        because="here one fits",
    )


@mistake(
    "one answer where there are several",
    "The floor throws pixels away, so several kernels can end at the same size. "
    "Which others are there?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return reference.solve_kernel_size(i, o, s, p, d)[-1:]


@mistake(
    "the smallest kernel only",
    "You stop at the first kernel that fits. With stride 2, does the next one fit "
    "as well?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return reference.solve_kernel_size(i, o, s, p, d)[:1]


@mistake(
    "the effective size for k",
    "That is how many pixels the kernel covers, gaps included. How many weights "
    "does it have?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return [
        reference.effective_kernel_size(k, d)
        for k in reference.solve_kernel_size(i, o, s, p, d)
    ]


@mistake(
    "the gaps left out",
    "Your kernels have no gaps. Put one of your answers back into conv_output_size, "
    "with the dilation: do you get o?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return reference.solve_kernel_size(i, o, s, p)


@mistake(
    "the + 1 forgotten",
    "Put your answer back into conv_output_size. You will be off by one place: the "
    "one before the first step.",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return reference.solve_kernel_size(i, o + 1, s, p, d)


@mistake(
    "a kernel of 0 weights",
    "One of your kernels has no weights at all. What is the smallest k that you try?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    nothing = (i + 2 * p + d - 1) // s + 1 == o
    return [0] * nothing + reference.solve_kernel_size(i, o, s, p, d)


@mistake(
    "the kernel as long as the image left out",
    "range(1, n) ends at n - 1. Is a kernel of exactly that length never right?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return [k for k in reference.solve_kernel_size(i, o, s, p, d) if k < i]


@mistake(
    "kernels no longer than the image without padding",
    "With padding a kernel may be longer than the image itself. Which is the "
    "largest k that you try?",
)
def solve_kernel_size(i, o, s=1, p=0, d=1):
    return [k for k in reference.solve_kernel_size(i, o, s, p, d) if k <= i]


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.9 The way back up
#
# Some networks have to make a large image from a small one, for instance to say of every pixel what it shows. A
# **transposed convolution** runs the picture of 4.1 backwards. An input number $x$ lays the *whole kernel* on the output, with
# each weight multiplied by $x$. The next input number does the same $s$ pixels further on. Where kernels overlap, they are added.
#
# An example with $k = 3$ and weights $1, 2, 3$, stride 2, and the two input numbers 10 and 100:
#
# $$\begin{array}{rrrrrr} & 10 & 20 & 30 & & \\ + & & & 100 & 200 & 300 \\ \hline & 10 & 20 & 130 & 200 & 300 \end{array}$$
#
# Two numbers came in, five go out.
#
# **Predict.** Three input numbers, a kernel of 3, stride 2. Draw where the kernels lie. How long is the output? Then run the next cell.


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_transposed", "locked": true}
# Figure: three input numbers lay three kernels down.
def draw(plain, padded):
    lay_down(plain, 7, 3, s=2, title="stride 2")
    lay_down(padded, 5, 3, s=2, p=1, title="stride 2, padding 1")


explore.Picture(
    draw,
    panels=2,
    size=(7.2, 2.0),
    alt="Left: three kernels of 3, each 2 pixels further on than the one before. Together "
    "they cover a row of 7 output pixels. Right: the same three kernels. The first and "
    "the last of the 7 pixels are marked 0: they were padding, and 5 pixels are left.",
)

# %% [markdown]
# It is the picture of 4.1, read from below: the blue rows are what three input numbers lay down, and the row on top is what comes
# out. On the right you see what becomes of a padding. Forward, a row of 5 with $p = 1$ was lengthened to 7 before the kernels were laid down. On the way
# back these two boxes are no pixels of the image, and they are taken *off* again.
#
# **On paper,** with letters:
#
# 1. The first kernel's left end lies on output pixel 0. Where does the left end of the last one lie, if there are $i$ of them?
# 2. How far does the last one reach, with its gaps? So how long is the row they cover?
# 3. The padding is taken off, $p$ pixels on each side. What is left?
#
# <details><summary>Compare</summary>
#
# For the example: left ends at 0, 2 and 4, and the last kernel covers 4, 5 and 6. That is 7 pixels. In general the last left
# end is at $(i-1)s$ and the row is $(i-1)s + k'$ long, with the effective size $k'$. Without the padding:
#
# $$o = (i - 1)\,s + k' - 2p$$
#
# </details><p></p>
#
# **Predict.** Forward, with $k = 3$, $s = 2$ and $p = 1$: which sizes become 4? And to which of them does the formula lead back?
#
# <details><summary>Compare</summary>
#
# 7 and 8 both become 4, since the floor drops a pixel. The formula gives $3 \cdot 2 + 3 - 2 = 7$. Whoever wants 8 has to say so:
# `output_padding` adds that many pixels at the far end, once, not on both sides.
#
# </details>


# %% nbgrader={"grade_id": "conv_transpose_output_size", "solution": true}
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    """Size of a transposed convolution's output along one axis.

    Parameters
    ----------
    i : int
        Size of the input: how many kernels are laid down.
    k : int
        Weights of the kernel along this axis.
    s : int
        Output pixels from one kernel to the next.
    p : int
        Pixels taken off on each side.
    d : int
        Dilation of the kernel.
    output_padding : int
        Pixels added at the far end only; 0 or more, less than `s`.

    Returns
    -------
    int
        In the tests it is always 1 or more, so there is no error to raise.

    Examples
    --------
    >>> conv_transpose_output_size(3, 3, s=2)
    7
    """
    ### BEGIN SOLUTION
    return (i - 1) * s + effective_kernel_size(k, d) - 2 * p + output_padding
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv_transpose_output_size", "grade": true, "points": 4}
marks = check.marks(
    "conv_transpose_output_size", values=1, stride=1, dilation=1, output_padding=1
)
with marks.values:
    check.equal(
        conv_transpose_output_size(6, 3),
        8,
        because="6 kernels of 3, side by side at every pixel, cover 8",
    )
    check.equal(
        conv_transpose_output_size(6, 3, p=1),
        6,
        because="one pixel is taken off on each side",
    )
with marks.stride:
    check.equal(
        conv_transpose_output_size(3, 3, s=2),
        7,
        because="the last of 3 kernels lies on pixels 4, 5 and 6",
    )
with marks.dilation:
    check.equal(
        conv_transpose_output_size(4, 3, d=2),
        8,
        because="3 weights with gaps of one pixel reach over 5, and the last kernel "
        "starts on pixel 3",
    )
with marks.output_padding:
    check.equal(
        conv_transpose_output_size(4, 3, s=2, p=1, output_padding=1),
        8,
        because="7 without it, and one pixel at the far end",
    )
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(
        conv_transpose_output_size,
        reference.conv_transpose_output_size,
        [(6, 3), (1, 5), (6, 3, 1, 1), (9, 1), (8, 7, 1, 2), (20, 4, 1, 0)],
    )
with marks.stride:
    check.matches(
        conv_transpose_output_size,
        reference.conv_transpose_output_size,
        [(3, 3, 2), (1, 4, 3), (4, 3, 2, 1), (7, 2, 2), (5, 5, 3, 2), (10, 2, 4)],
    )
with marks.dilation:
    check.matches(
        conv_transpose_output_size,
        reference.conv_transpose_output_size,
        [
            (4, 3, 1, 0, 2),
            (1, 1, 2, 0, 3),
            (5, 4, 1, 1, 3),
            (6, 2, 3, 1, 2),
            (3, 5, 2, 2, 4),
        ],
    )
with marks.output_padding:
    check.matches(
        conv_transpose_output_size,
        reference.conv_transpose_output_size,
        [
            (4, 3, 2, 1, 1, 1),
            (3, 3, 3, 0, 1, 2),
            (6, 4, 4, 1, 1, 3),
            (5, 2, 2, 0, 1, 0),
        ],
    )


@mistake(
    "a step after the last kernel",
    "i kernels lie side by side. How many steps lead from the first to the last?",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return reference.conv_transpose_output_size(i + 1, k, s, p, d, output_padding)


@mistake(
    "the padding put on",
    "Forward, padding makes the row longer. On the way back, is it put on or taken "
    "off?",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return reference.conv_transpose_output_size(i, k, s, -p, d, output_padding)


@mistake(
    "the padding taken off on one side only",
    "On how many sides does the padding stand?",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return reference.conv_transpose_output_size(i, k, s, p, d, output_padding) + p


@mistake(
    "the gaps left out",
    "How far does a kernel with gaps reach from its left end?",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return reference.conv_transpose_output_size(i, k, s, p, 1, output_padding)


@mistake(
    "output_padding on both sides",
    "It is added at the far end only.",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return reference.conv_transpose_output_size(i, k, s, p, d, 2 * output_padding)


@mistake(
    "output_padding left out",
    "Your answer does not change with output_padding. Where do its pixels go?",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return reference.conv_transpose_output_size(i, k, s, p, d)


@mistake(
    "the forward size",
    "This is how a convolution shrinks an image. Here each input number lays down a "
    "whole kernel.",
)
def conv_transpose_output_size(i, k, s=1, p=0, d=1, output_padding=0):
    return (i + 2 * p - reference.effective_kernel_size(k, d)) // s + 1


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.10 How much of the image does one number see?
#
# One output number of a $3 \times 3$ convolution depends on $3 \times 3$ pixels. Put a second such layer on top: each of *its* numbers
# depends on $3 \times 3$ numbers of the first, and these on pixels that overlap. The **receptive field** of one number at the top
# reaches from the first pixel that can change it to the last. Here you say how long it is along one axis: all pixels from the first to the
# last, both counted, *also those in between that are skipped*. So one kernel of 3 with dilation 2 has a receptive field of 5,
# its effective size, though it looks at three pixels only.
#
# **Predict.** Two convolutions with $k = 3$ and stride 1: how many pixels along one axis? Three of them? And if a $2 \times 2$ pooling
# stands between the first and the second?
#
# **On paper,** layer by layer from the image up. Keep two numbers:
#
# - $r$, the receptive field so far. For the image itself, $r = 1$: a pixel sees itself.
# - $j$, the **jump**: how many pixels of the image apart two neighbours of the layer reached so far are. In the image
#   itself neighbours are $j = 1$ apart.
#
# 1. A layer with effective size $k'$ reaches over $k'$ neighbours of the layer below. The first of them sees $r$ pixels. The second sees as
#    many, $j$ pixels further on. By how much does each of the others make the field longer?
# 2. Two neighbours in the new layer lie $s$ places apart in the layer below. How many pixels of the image is that? It is the new $j$.
#
# <details><summary>Compare</summary>
#
# Each of the other $k' - 1$ neighbours makes it longer by $j$ pixels. Then the jump is multiplied by the stride:
#
# $$r \leftarrow r + (k' - 1)\,j \qquad \text{and then} \qquad j \leftarrow j\,s$$
#
# Two convolutions: $1 + 2 + 2 = 5$, three: $7$. With the pooling between the first and the second: $r = 3$, then $3 + 1 = 4$ and $j = 2$, then
# $4 + 2 \cdot 2 = 8$.
#
# </details><p></p>
#
# The order of the two lines matters: a layer's stride spreads the layers *above* it, not itself. Padding does not
# come into it, nor does the number of kernels. The image counts as large enough: nothing is cut off at its border.
#
# The layers are the dicts of 4.6, and the same entries may be left out. Here every `k` is a single int.


# %% nbgrader={"grade_id": "receptive_field", "solution": true}
def receptive_field(layers):
    """How far one number of the last layer reaches over the image, along one axis.

    Counted are all pixels from the first to the last that it depends on, also those in
    between that a dilation or a large stride skips.

    Parameters
    ----------
    layers : list of dict
        As for `trace_shapes`, from the image up, with int sizes. "s", "p" and "d" may be
        left out: s is 1 in a convolution and k in a pooling, d is 1.

    Returns
    -------
    int
        1 for an empty list: a pixel sees itself.

    Examples
    --------
    >>> receptive_field([{"kind": "conv", "n_kernels": 4, "k": 3}] * 2)
    5
    """
    ### BEGIN SOLUTION
    field, jump = 1, 1
    for layer in layers:
        field += (effective_kernel_size(layer["k"], layer.get("d", 1)) - 1) * jump
        jump *= layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
    return field
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_receptive_field", "grade": true, "points": 3}
marks = check.marks("receptive_field", values=1, stride=1, dilation=1)
conv3 = {"kind": "conv", "n_kernels": 4, "k": 3}
pool2 = {"kind": "pool", "k": 2}
with marks.values:
    check.equal(
        receptive_field([conv3, conv3, conv3]),
        7,
        because="1 pixel, and 2 more with each of three layers",
    )
with marks.stride:
    check.equal(
        receptive_field([conv3, pool2, conv3]),
        8,
        because="a convolution of 3, a pooling of 2, a convolution of 3: 3, then 4, and "
        "above the pooling each neighbour adds 2",
    )
    check.equal(
        receptive_field([pool2, pool2, conv3]),
        12,
        because="two poolings of 2, a convolution of 3: 2, then 4, and above two poolings "
        "neighbours are 4 pixels apart",
    )
with marks.dilation:
    check.equal(
        receptive_field([{**conv3, "d": 2}]),
        5,
        because="from the first of 3 weights to the last it is 5 pixels, and those in "
        "the gaps count as well",
    )
    check.equal(
        receptive_field([{**conv3, "d": 2}, {**conv3, "d": 2}]),
        9,
        because="5 pixels, and 4 more: every second one is skipped, and counts as well",
    )
### BEGIN HIDDEN TESTS
plain = [
    {"kind": "conv", "n_kernels": 4, "k": 5, "s": 1, "p": 2, "d": 1},
    {"kind": "conv", "n_kernels": 9, "k": 3, "s": 1, "p": 0, "d": 1},
    {"kind": "conv", "n_kernels": 2, "k": 1, "s": 1, "p": 0, "d": 1},
    {"kind": "conv", "n_kernels": 6, "k": 4, "p": 3},
]
strided = [
    {"kind": "conv", "n_kernels": 6, "k": 5, "s": 2, "p": 1},
    {"kind": "pool", "k": 3},
    {"kind": "conv", "n_kernels": 8, "k": 3},
    {"kind": "pool", "k": 3, "s": 2},
    {"kind": "conv", "n_kernels": 5, "k": 2, "s": 3},
]
dilated = [
    {"kind": "conv", "n_kernels": 3, "k": 3, "d": 1},
    {"kind": "conv", "n_kernels": 3, "k": 3, "d": 2},
    {"kind": "conv", "n_kernels": 3, "k": 3, "d": 4},
    {"kind": "conv", "n_kernels": 3, "k": 2, "p": 2, "d": 3},
]
with marks.values:
    check.matches(
        receptive_field,
        reference.receptive_field,
        [([],)] + [(plain[:n],) for n in (1, 2, 3, 4)],
    )
with marks.stride:
    check.matches(
        receptive_field,
        reference.receptive_field,
        [(strided[:n],) for n in (1, 2, 3, 4, 5)]
        + [(strided[1:],), (strided[:0:-1],)],
    )
with marks.dilation:
    check.matches(
        receptive_field,
        reference.receptive_field,
        [(dilated[:n],) for n in (1, 2, 3, 4)] + [(dilated[1:],)],
    )


def grown(layers, late=True, gaps=True, pool=None, start=1):
    field, jump = start, 1
    for layer in layers:
        k, d = layer["k"], layer.get("d", 1) if gaps else 1
        s = layer.get("s", 1 if layer["kind"] == "conv" else pool or layer["k"])
        if not late:
            jump *= s
        field += (k - 1) * d * jump
        if late:
            jump *= s
    return field


@mistake(
    "the strides left out",
    "Above a stride of 2, neighbours lie 2 pixels apart. How many pixels does each "
    "neighbour add there?",
)
def receptive_field(layers):
    return grown([{**layer, "s": 1} for layer in layers])


@mistake(
    "only the pixels that are looked at",
    "You count the pixels that change the number. Asked for is how far they reach: "
    "from the first to the last, with those that are skipped.",
)
def receptive_field(layers):
    seen = {0}
    for layer in reversed(layers):
        s = layer.get("s", layer["k"] if layer["kind"] == "pool" else 1)
        taps = [tap * layer.get("d", 1) for tap in range(layer["k"])]
        seen = {unit * s + tap for unit in seen for tap in taps}
    return len(seen)


@mistake(
    "a layer's stride counted for itself",
    "The kernel of a layer lies on the layer below. Whose neighbours does its "
    "stride push apart: its own inputs, or its outputs?",
)
def receptive_field(layers):
    return grown(layers, late=False)


@mistake(
    "the sizes added up",
    "Fields of neighbours overlap. With two kernels of 3, do you really see 6 "
    "pixels?",
)
def receptive_field(layers):
    return sum(layer["k"] for layer in layers)


@mistake(
    "the gaps left out",
    "How far does a kernel with gaps reach?",
)
def receptive_field(layers):
    return grown(layers, gaps=False)


@mistake(
    "the stride of the last layer only",
    "One layer halves the image, and a second one halves it again. How many pixels apart "
    "are neighbours then?",
)
def receptive_field(layers):
    field, jump = 1, 1
    for layer in layers:
        field += (layer["k"] - 1) * layer.get("d", 1) * jump
        jump = layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
    return field


@mistake(
    "starting from 0",
    "A pixel sees itself. What is the receptive field of an empty stack?",
)
def receptive_field(layers):
    return grown(layers, start=0)


@mistake(
    "pooling by 1 where no stride is given",
    "For a convolution the stride is 1 if left out. What is it for a pooling?",
)
def receptive_field(layers):
    return grown(layers, pool=1)


@mistake(
    "the sizes multiplied",
    "Fields of neighbours overlap. With two kernels of 3, draw which pixels the upper one sees.",
)
def receptive_field(layers):
    return int(np.prod([layer["k"] for layer in layers]))


@mistake(
    "a whole kernel added for each layer",
    "A kernel of 3 around one number adds its neighbours. How many pixels are new?",
)
def receptive_field(layers):
    field, jump = 1, 1
    for layer in layers:
        field += layer["k"] * layer.get("d", 1) * jump
        jump *= layer.get("s", 1 if layer["kind"] == "conv" else layer["k"])
    return field


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_receptive_field", "locked": true}
# Figure: what one number at the top depends on.
def pyramid(axes, title, top, steps, layers):
    dots = {top}  # and how far to the left and right its lines go, in pixels
    for level, feet in zip((3, 2, 1), steps):
        for x in dots:
            for foot in feet:
                axes.plot(
                    [x, x + foot], [level, level - 1], color="0.75", linewidth=0.8
                )
        axes.plot(sorted(dots), [level] * len(dots), "o", color="C0")
        dots = {x + foot for x in dots for foot in feet}
    axes.plot(sorted(dots), [0] * len(dots), "s", color="0.4", markersize=5)
    field = receptive_field(layers)
    axes.plot([-0.4, field - 0.6], [-0.5, -0.5], color="C1", linewidth=4)
    axes.set(title=f"{title}: {field}", xlim=(-1, 15.5), ylim=(-0.9, 3.4))
    axes.axis("off")


def draw(*panels):
    conv, three = {"kind": "conv", "n_kernels": 1, "k": 3}, (-1, 0, 1)
    pyramid(panels[0], "three convolutions", 3, (three, three, three), [conv] * 3)
    pyramid(
        panels[1],
        "with a pooling",
        3.5,
        ((-2, 0, 2), (-0.5, 0.5), three),
        [conv, {"kind": "pool", "k": 2}, conv],
    )
    pyramid(
        panels[2],
        "dilations 1, 2, 4",
        7,
        ((-4, 0, 4), (-2, 0, 2), three),
        [{**conv, "d": d} for d in (1, 2, 4)],
    )


explore.Picture(
    draw,
    panels=3,
    alt="Three pyramids of dots. At the top one number of the last layer, lines down "
    "to everything it depends on, at the bottom the pixels. Three convolutions of 3 "
    "reach 7 pixels, a pooling between two convolutions makes it 8, and three "
    "convolutions with dilations 1, 2 and 4 reach 15. An orange bar under each shows "
    "your number.",
)

# %% [markdown]
# Grey squares are pixels, and the orange bar is as long as *your* function says.
#
# **Question.** Along one axis each of the three stacks has at most nine weights. What does the third one pay for its 15 pixels?
# Follow its lines: is any pixel missed?
#
# <details><summary>Compare</summary>
#
# Nothing is missed, and it pays nothing in weights: with dilations 1, 2, 4 each layer fills the gaps of the next one. With
# dilations 2, 2, 2 the receptive field would be 13, and every second pixel in it would never be looked at. The pooling pays
# too: its result is half as large.
#
# </details><p></p>
#
# In the middle panel the pooling stood between the convolutions. **Predict:** what if it comes first? When you have seen it, move
# the stride of 2 to the top layer. What is the receptive field now, and why?

# %% nbgrader={"grade_id": "explore_field", "locked": true}
explore.receptive_field(
    [
        {"kind": "pool", "k": 2},
        {"kind": "conv", "k": 3},
        {"kind": "conv", "k": 3},
    ],
    ask="The pooling comes first now. How many pixels does one number of the third layer see?",
)

# %% [markdown]
# ## 4.11 Your own numbers
#
# Nobody else has your questions: they are drawn from the id that you hand in with. Others can help you with the way,
# and not with the answers. They are the questions of a real homework, with other numbers.
#
# Run the next cell. Is the name that it prints the id that you hand in with? On the course's own server it is: go on. On your own
# computer it is the name you log in with, which may be another. Then take the `#` away, write your id between the
# quotes, run that cell again, *and after it the folded cell that prints the sheet*. The sheet on the screen is that of the id at the time it was
# printed.

# %%
# os.environ["AUTOGRADER_STUDENT"] = "your-id"
print(check.student_id())


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "questions", "locked": true}
# Your sheet of questions.
def shape_questions(student):
    """Draw a sheet of questions from an id: the same id, the same sheet, everywhere."""
    drawn = hashlib.sha256(f"04_cnn_shapes {student.strip()}".encode()).hexdigest()
    return questions_on(f"{drawn[:4]}-{drawn[4:8]}")


def questions_on(sheet):
    """Draw the questions of a sheet from its number."""

    def pick(what, choices):
        drawn = hashlib.sha256(f"{sheet} {what}".encode()).hexdigest()
        return choices[int(drawn, 16) % len(choices)]

    low = pick("low", range(28, 41))
    high = low + pick("more", range(7, 16))
    height, width = pick("upright", [(low, high), (high, low)])
    first = pick("first", range(4, 13))
    first_k = pick("first k", [3, 5, 7])
    pool, stride = pick("pool", [(2, 2), (3, 3), (3, 2)])
    padding, dilation = pick("p of d", [1, 2, 3]), pick("d of d", [2, 3])
    size = pick("i of d", range(90, 131))
    leads_back = [
        o for o in range(20, 70) if (size + 2 * padding - o) % dilation == 0
    ]
    return {
        "sheet": sheet,
        "image": (pick("colour", [1, 3]), height, width),
        "layers": [
            {
                "kind": "conv",
                "n_kernels": first,
                "k": first_k,
                "p": pick("p", [0, 1, 2]),
            },
            {"kind": "pool", "k": pool, "s": stride},
            {
                "kind": "conv",
                "n_kernels": first + pick("second", range(5, 25)),
                "k": pick("second k", [3, 4, 5]),
                "s": pick("second s", [1, 2]),
            },
        ],
        "bias": pick("bias", [False, True]),
        "c": {
            "i": pick("i of c", range(40, 100)),
            "o": pick("o of c", range(4, 13)),
        },
        "d": {
            "i": size,
            "o": pick("o of d", leads_back),
            "p": padding,
            "d": dilation,
        },
        "e": {
            "i": pick("i of e", range(60, 121)),
            "o": pick("o of e", range(5, 15)),
            "s": pick("s of e", [2, 3, 4]),
            "p": pick("p of e", [1, 2]),
        },
    }


def in_words(setting):
    """Say a setting's stride, padding and dilation."""
    names = [("s", "stride", 1), ("p", "padding", 0), ("d", "dilation", 1)]
    return ", ".join(f"{name} {setting.get(x, plain)}" for x, name, plain in names)


def show(questions):
    """Print a sheet as a list."""
    first, pool, last = questions["layers"]
    print(f'sheet    "{questions["sheet"]}"')
    print(
        f"a        An image of shape {questions['image']} goes through three layers:"
    )
    for number, layer in ((1, first), (3, last)):
        k = layer["k"]
        layer_words = (
            f"{layer['n_kernels']} kernels of {k} x {k}, {in_words(layer)}"
        )
        print(f"           {number}. {layer_words}")
        if number == 1:
            size = f"{pool['k']} x {pool['k']}"
            print(f"           2. max pooling of {size}, stride {pool['s']}")
    print("         What is the shape (C, H, W) after each of them?")
    print("a_total  How many numbers does the third layer put out for one image?")
    biases = (
        "Each kernel has a bias." if questions["bias"] else "There are no biases."
    )
    print(f"b        How many parameters has the third layer? {biases}")
    print(
        "\nOne convolution turns images of one size into another. Which kernel sizes k fit?"
    )
    for key in "cde":
        setting = questions[key]
        size = (
            f"{setting['i']} x {setting['i']}",
            f"{setting['o']} x {setting['o']}",
        )
        print(f"{key}        {size[0]} becomes {size[1]} with {in_words(setting)}")


def answer(answers, key):
    """Return one answer in a plain form, or say what is wrong with its form."""

    def wrong(verdict, advice=None):
        return check.CheckFailed(check.Finding(verdict, advice=advice))

    def number(value):
        kinds = (int, float, np.integer, np.floating)
        plain = isinstance(value, kinds) and not isinstance(value, bool)
        return plain and float(value).is_integer()

    def numbers(value):
        value = value.tolist() if isinstance(value, np.ndarray) else value
        return isinstance(value, (list, tuple)) and all(number(n) for n in value)

    if not isinstance(answers, dict):
        kind = type(answers).__name__
        raise wrong(f"shape_answers should be a dict, and is of type {kind}")
    if key not in answers:
        raise wrong(
            "not answered yet" if not answers else f'the key "{key}" is missing'
        )
    value = answers[key]
    if key == "a":
        who, named = check.student_id(), answers.get("sheet")
        own = shape_questions(who)["sheet"]
        if named != own:  # a remark on the card, which costs nothing
            warnings.warn(
                f"the sheet is {named!r:.20}, and that of {who} is {own!r}"
            )
        value = value.tolist() if isinstance(value, np.ndarray) else value
        shapes = isinstance(value, (list, tuple)) and len(value) == 3
        if not shapes or not all(
            numbers(shape) and len(shape) == 3 for shape in value
        ):
            raise wrong(
                f'"a" should be a list of three shapes (C, H, W), got {value!r:.120}'
            )
        return [tuple(shape) for shape in value]
    if key in ("a_total", "b"):
        if not number(value):
            raise wrong(f'"{key}" should be one whole number, got {value!r:.120}')
        return value
    if not numbers(value):
        raise wrong(
            f'"{key}" should be a list of whole numbers, got {value!r:.120}',
            "One kernel that fits makes a list too: [59].",
        )
    return sorted(value.tolist() if isinstance(value, np.ndarray) else value)


questions = shape_questions(check.student_id())
show(questions)

# %% [markdown]
# Write your answers as a dict with these keys:
#
# | key | what stands there |
# | --- | --- |
# | `"sheet"` | the number of your sheet, copied as text, for instance `"1a2b-3c4d"` |
# | `"a"` | a list of three shapes `(C, H, W)`, one after each layer |
# | `"a_total"`, `"b"` | one whole number each (`5.5` is none) |
# | `"c"`, `"d"`, `"e"` | a list of every kernel size that fits, also if there is only one |
#
# Do `a` by hand. For the rest you may call your own functions: the sheet is in `questions`, in the form that they take.
# `questions["c"]` is a dict, and `f(**questions["c"])` calls `f` with its entries as arguments. (If one of your functions is
# wrong, so are its answers. A number from paper stands on its own.)
#
# The visible check looks at the *form* only, and the card says "checked when graded": invented numbers look the same there. Whether yours
# are right you can find out yourself: put every kernel back into `conv_output_size`. Copy the sheet's number from above rather than from
# `questions`: should you ever hand in with another id, it tells the grader whose questions you answered, and the grader tells you.

# %% nbgrader={"grade_id": "shape_answers", "solution": true}
shape_answers = {
    ### BEGIN SOLUTION
    "sheet": questions["sheet"],
    "a": trace_shapes(questions["image"], questions["layers"]),
    "a_total": int(
        np.prod(trace_shapes(questions["image"], questions["layers"])[2])
    ),
    "b": conv_parameter_count(
        questions["layers"][0]["n_kernels"],
        questions["layers"][2]["n_kernels"],
        questions["layers"][2]["k"],
        questions["bias"],
    ),
    "c": solve_kernel_size(**questions["c"]),
    "d": solve_kernel_size(**questions["d"]),
    "e": solve_kernel_size(**questions["e"]),
    ### END SOLUTION
}

# %% nbgrader={"grade_id": "test_shape_answers", "grade": true, "points": 5}
marks = check.marks("shape_answers", a=1, a_total=0.5, b=0.5, c=1, d=1, e=1)
# The form only: whether the numbers are right is checked when graded.
with marks.a.form:
    answer(shape_answers, "a")
with marks.a_total.form:
    answer(shape_answers, "a_total")
with marks.b.form:
    answer(shape_answers, "b")
with marks.c.form:
    answer(shape_answers, "c")
with marks.d.form:
    answer(shape_answers, "d")
with marks.e.form:
    answer(shape_answers, "e")


### BEGIN HIDDEN TESTS
def answers_to(sheet):
    """The right answers to a sheet of questions."""
    first, _, last = sheet["layers"]
    shapes = reference.trace_shapes(sheet["image"], sheet["layers"])
    count = reference.conv_parameter_count
    return {
        "a": shapes,
        "a_total": int(np.prod(shapes[2])),
        "b": count(first["n_kernels"], last["n_kernels"], last["k"], sheet["bias"]),
        **{key: reference.solve_kernel_size(**sheet[key]) for key in "cde"},
    }


def slips(sheet, key):
    """Wrong answers that a tutor would recognise: their name, the answer, the advice."""
    first, pool, last = sheet["layers"]
    right = answers_to(sheet)
    if key == "a":
        flipped = (sheet["image"][0], *sheet["image"][:0:-1])
        up = [(c, h + 1, w + 1) for c, h, w in right["a"]]
        yield (
            "channels last",
            [(h, w, c) for c, h, w in right["a"]],
            "The numbers are right. The order here is (C, H, W).",
        )
        yield (
            "height and width exchanged",
            [(c, w, h) for c, h, w in right["a"]],
            "The numbers are right. Height comes before width.",
        )
        bare = {"kind": "conv", "n_kernels": first["n_kernels"], "k": first["k"]}
        yield (
            "the padding left out",
            reference.trace_shapes(sheet["image"], [bare, pool, last]),
            "What stands on both sides of the row before the first kernel is laid down?",
        )
        yield (
            "a pooling by its own size",
            reference.trace_shapes(
                sheet["image"], [first, {**pool, "s": pool["k"]}, last]
            ),
            "By how much does the pooling window move here?",
        )
        yield (
            "the last stride left out",
            reference.trace_shapes(sheet["image"], [first, pool, {**last, "s": 1}]),
            "By how much do the kernels of the third layer move?",
        )
    if key == "a_total":
        channels, height, width = right["a"][2]
        yield (
            "the channels left out",
            height * width,
            "That is how many numbers one channel has. How many channels are there?",
        )
    if key == "b":
        count, k = reference.conv_parameter_count, last["k"]
        pair = first["n_kernels"], last["n_kernels"]
        yield (
            "a bias too many or too few",
            count(*pair, k, not sheet["bias"]),
            "Read the question's last sentence again.",
        )
        yield (
            "the input's channels left out",
            count(1, pair[1], k, sheet["bias"]),
            "How deep is a kernel of the third layer: how many channels lie under it?",
        )
        yield (
            "the image's channels for the layer's",
            count(sheet["image"][0], pair[1], k, sheet["bias"]),
            "The third layer lies on the result of the second, not on the image.",
        )
    if key in "cde":
        setting = sheet[key]
        solve = reference.solve_kernel_size
        d = setting.get("d", 1)
        yield (
            "the effective size for k",
            [reference.effective_kernel_size(k, d) for k in right[key]],
            "That is how many pixels the kernel covers, gaps included. How many "
            "weights does it have?",
        )
        yield (
            "the padding left out",
            solve(**{**setting, "p": 0}),
            "How long is the row with its padding?",
        )
        yield (
            "the first place not counted",
            solve(**{**setting, "o": setting["o"] + 1}),
            "Put it back into conv_output_size. Before the first step the kernel lies "
            "somewhere too.",
        )


def judge(key):
    got, given = answer(shape_answers, key), check.student_id()
    mine = shape_questions(given)
    if got == answers_to(mine)[key]:
        return
    named = shape_answers.get("sheet")
    other = named.strip() if isinstance(named, str) else mine["sheet"]
    if other != mine["sheet"] and got == answers_to(questions_on(other))[key]:
        raise check.CheckFailed(
            check.Finding(
                f"this is right on the sheet {other}, but that one belongs to another id. You "
                f"handed in as {given}, and your sheet is {mine['sheet']}",
                advice="Set your id in the cell above the questions, run on from there, and "
                "answer your own sheet.",
            )
        )
    for name, slip, advice in slips(mine, key):
        if got == slip:
            raise check.CheckFailed(
                check.Finding(f"{got} is not right", advice=advice, mistake=name)
            )
    if key in "cde":
        missed = [k for k in answers_to(mine)[key] if k not in got]
        extra = [k for k in got if k not in answers_to(mine)[key]]
        if not extra and got:
            advice = "What you have does fit, but it is not all. The floor leaves more than one."
        elif not missed:
            advice = (
                "Not all of these fit. Put each one back into conv_output_size."
            )
        else:
            advice = "Put your k back into conv_output_size. Which size comes out?"
    else:
        advice = "Go through it again with squared paper, or let your own functions do it."
    raise check.CheckFailed(check.Finding(f"{got} is not right", advice=advice))


with marks.a:
    judge("a")
with marks.a_total:
    judge("a_total")
with marks.b:
    judge("b")
with marks.c:
    judge("c")
with marks.d:
    judge("d")
with marks.e:
    judge("e")
### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.12 The numbers themselves
#
# Enough of sizes. Here is what one output number is, for image $n$, kernel $f$, at row $y$ and column $x$ of the output:
#
# $$Y_{n f y x} = b_f + \sum_{c} \sum_{u} \sum_{v} W_{f c u v}\; \tilde X_{n,\,c,\;y s + u,\;x s + v}$$
#
# $\tilde X$ is the batch with $p$ zeros on each side of height and width. $c$ runs over the channels, $u$ and $v$ over the rows and
# columns of the kernel. The bias $b_f$ is added once, after the sum.
#
# **Beware of one letter.** From here on $W$ is the array of all kernels, the *weights*. It was the width of an image so far. To
# keep the two apart the sizes are called height and width from now on. Do the same in your code: `N, C, height, width = X.shape`.
# With `N, C, H, W = X.shape` the name `W` would no longer be the kernels but a number.
#
# (Mathematicians turn the kernel by 180 degrees first and call only that a convolution. What networks compute, and what
# you write here, is without the turn, and is called **cross-correlation** where the difference matters. A network that
# learns its kernels learns them turned or not.)
#
# **Predict.** $X$ has shape $(2, 3, 8, 10)$, $W$ has shape $(4, 3, 5, 5)$, $s = 2$, $p = 1$. What shape has $Y$? Which pixels of the padded image does $Y_{0,0,1,2}$
# look at?
#
# <details><summary>Compare</summary>
#
# $(2, 4, 3, 4)$, since $\lfloor 5/2 \rfloor + 1 = 3$ and $\lfloor 7/2 \rfloor + 1 = 4$. It looks at rows $2$ to $6$ and columns $4$ to $8$, in all three channels of
# image 0.
#
# </details><p></p>
#
# `np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))` puts the zeros on the last two axes. Then you can go letter by letter: a loop for each of $n$,
# $f$, $y$, $x$, and inside a sum over $c$, $u$, $v$. That is slow, and fast enough for every test here. Shorter are two loops over $y$ and $x$: for
# each place cut out the window of the whole batch, shape $(N, C, k, k)$, and sum it against all kernels at once.
#
# **Such sums in one line.** `np.einsum` writes a sum the way you write it on paper. An example with two grey images and three
# patterns, each $2 \times 2$. How well does each pattern match each image? For image $n$ and pattern $t$:
#
# $$M_{nt} = \sum_u \sum_v \text{image}_{nuv}\,\text{pattern}_{tuv}$$

# %%
two_images = np.array([[[1.0, 0.0], [0.0, 1.0]], [[2.0, 5.0], [1.0, 3.0]]])
patterns = np.array(
    [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]]]
)
print(np.einsum("nuv,tuv->nt", two_images, patterns))
print((two_images[1] * patterns[2]).sum(), "is the entry of image 1 and pattern 2")

# %% [markdown]
# The text gives one letter to each axis: `nuv` to the first array, `tuv` to the second, `nt` to the result. Entries with equal letters are
# multiplied. A letter that is missing on the right of the arrow, here `u` and `v`, is summed over. So the result has the shape
# $(2, 3)$: a row for each image, a column for each pattern. What changes when every image and every pattern has channels too?
# (`np.tensordot(two_images, patterns, axes=([1, 2], [1, 2]))` does the same. Always tell it the axes.
# `np.lib.stride_tricks.sliding_window_view` gives all windows at once, and needs no loop at all.)
#
# From here on an answer counts as right within $10^{-8} + 10^{-6}\,|\text{right value}|$. `values` is stride 1 with any padding, `stride`
# the rest. `shapes` asks for batches of one, single channels and kernels as large as the image, for read-only arrays, and for
# leaving the arguments alone.


# %% nbgrader={"grade_id": "conv2d_forward", "solution": true}
def conv2d_forward(X, W, b, s=1, p=0):
    """Convolution of a batch of images, as networks compute it: the kernels are not turned.

    Parameters
    ----------
    X : ndarray of float, shape (N, C, height, width)
        A batch of N images.
    W : ndarray of float, shape (F, C, k, k)
        The weights: F square kernels. They fit at least once.
    b : ndarray of float, shape (F,)
        One bias per kernel.
    s, p : int
        Stride, and zeros on each side of height and width.

    Returns
    -------
    ndarray, shape (N, F, rows, columns)
        rows and columns as `conv_output_size` counts them from height and width. All
        arguments are left as they were.

    Examples
    --------
    >>> conv2d_forward(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)), np.array([0.5]))
    array([[[[4.5, 4.5]]]])
    """
    ### BEGIN SOLUTION
    padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, W.shape[2:], (2, 3))
    windows = windows[:, :, ::s, ::s]  # N, C, H', W', k, k
    return np.einsum("nchwuv,fcuv->nfhw", windows, W) + b[:, None, None]
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv2d_forward", "grade": true, "points": 4}
marks = check.marks("conv2d_forward", values=2, stride=1, shapes=1)
small = np.array([[[[1.0, 5.0, 2.0], [0.0, 3.0, 7.0], [4.0, 1.0, 6.0]]]])
kernel = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
# A batch of 2 images with 2 channels, and 3 kernels.
batch = (np.arange(24.0) ** 3 % 23).reshape(2, 2, 2, 3)
kernels = (np.arange(24.0) ** 3 % 5 - 2).reshape(3, 2, 2, 2)
with marks.values:
    check.close(
        conv2d_forward(small, kernel, np.array([0.5])),
        np.array([[[[23.5, 46.5], [22.5, 44.5]]]]),
        because="the upper left weight meets the upper left pixel of the window: "
        "1*1 + 2*5 + 3*0 + 4*3 = 23, and 0.5",
    )
    check.close(
        conv2d_forward(
            np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3)), np.array([1.0]), p=1
        ),
        np.array([[[[5.0, 5.0], [5.0, 5.0]]]]),
        because="all four pixels lie under the kernel each time, and 4 + 1 = 5",
    )
    check.close(
        conv2d_forward(
            np.ones((1, 3, 2, 2)), np.ones((2, 3, 2, 2)), np.array([0.0, 7.0])
        ),
        np.array([[[[12.0]], [[19.0]]]]),
        because="2 x 2 pixels in 3 channels, and each kernel has its own bias",
    )
    check.close(
        conv2d_forward(batch, kernels, np.array([0.5, -1.0, 2.0])),
        np.array(
            [
                [[[-25.5, 47.5]], [[-6.0, -28.0]], [[16.0, -8.0]]],
                [[[22.5, -78.5]], [[-14.0, 44.0]], [[-1.0, 18.0]]],
            ]
        ),
        because="two images, each with its own numbers: a row for each of 3 kernels",
    )
with marks.stride:
    check.close(
        conv2d_forward(
            np.array(
                [
                    [3.0, 1.0, 4.0, 1.0],
                    [5.0, 9.0, 2.0, 6.0],
                    [5.0, 3.0, 5.0, 8.0],
                    [9.0, 7.0, 9.0, 3.0],
                    [2.0, 3.0, 8.0, 4.0],
                ]
            ).reshape(1, 1, 5, 4),
            np.ones((1, 1, 1, 1)),
            np.zeros(1),
            s=2,
        ),
        np.array([[[[3.0, 4.0], [5.0, 5.0], [2.0, 8.0]]]]),
        because="a kernel of one weight picks every second pixel of every second row",
    )
with marks.shapes:
    check.shape(
        conv2d_forward(
            np.ones((2, 3, 8, 10)), np.ones((4, 3, 5, 5)), np.ones(4), p=1
        ),
        (2, 4, 6, 8),
    )
    check.leaves_arguments_alone(
        conv2d_forward,
        [(small, kernel, np.array([0.5])), (small, kernel, np.ones(1), 1, 1)],
    )
    check.accepts_read_only(conv2d_forward, [(small, kernel, np.array([0.5]))])


### BEGIN HIDDEN TESTS
def images(*sizes):
    """Draw (X, W, b, s, p) for rows of N, C, F, H, W, k, s, p."""

    def make(rng, n):
        N, C, F, height, width, k, s, p = sizes[n]
        X, W = cases.normal(rng, N, C, height, width), cases.normal(rng, F, C, k, k)
        return X, W, cases.normal(rng, F), s, p

    return cases.draw(make, count=len(sizes))


plain_images = images(
    (1, 1, 2, 3, 4, 2, 1, 0),
    (1, 3, 2, 5, 4, 2, 1, 1),
    (2, 1, 3, 4, 5, 3, 1, 1),
    (2, 3, 4, 6, 7, 5, 1, 0),
    (3, 2, 5, 6, 8, 4, 1, 1),
    (2, 3, 1, 6, 7, 5, 1, 2),
)
strided_images = images(
    (1, 1, 2, 5, 7, 3, 2, 0),
    (2, 3, 4, 6, 9, 5, 2, 1),
    (1, 2, 3, 8, 7, 3, 3, 1),
    (2, 1, 3, 7, 10, 4, 2, 0),
    (3, 4, 2, 9, 6, 1, 2, 0),
)
small_images = images(
    (1, 1, 1, 1, 1, 1, 1, 0),
    (1, 2, 3, 4, 5, 2, 1, 0),
    (2, 3, 5, 4, 4, 4, 1, 0),
    (3, 1, 1, 2, 5, 2, 1, 1),
)
with marks.values:
    check.matches(
        conv2d_forward,
        reference.conv2d_forward,
        plain_images + plain_images.map(lambda X, W, b, s, p: (X, W, b)),
    )
with marks.stride:
    check.matches(conv2d_forward, reference.conv2d_forward, strided_images)
with marks.shapes:
    check.matches(conv2d_forward, reference.conv2d_forward, small_images)
    check.leaves_arguments_alone(conv2d_forward, small_images)
    check.accepts_read_only(conv2d_forward, small_images)


@mistake(
    "the kernel turned by 180 degrees",
    "That is the convolution of mathematics. In the formula above, which weight "
    "meets the upper left pixel of the window?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W[:, :, ::-1, ::-1], b, s, p)


@mistake(
    "the kernel's rows and columns exchanged",
    "u goes with the rows of the image and v with its columns. Does yours?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W.swapaxes(2, 3), b, s, p)


@mistake(
    "the bias inside the sum",
    "Your bias is added once for every weight. In the formula, does b stand under "
    "the sum or before it?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W, b * W[0].size, s, p)


@mistake(
    "the first image for the whole batch",
    "Every image of your batch comes out alike. Which index never changes?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    Y = reference.conv2d_forward(X, W, b, s, p)
    return np.broadcast_to(Y[:1], Y.shape) + 0.0


@mistake("the bias left out", "Each kernel has a bias. Where do you add it?")
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W, np.zeros(len(W)), s, p)


@mistake(
    "the padding left out",
    "Right for p = 0. What stands around the image for p = 1?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W, b, s, 0)


@mistake(
    "the stride left out",
    "Your output has one number for every place at stride 1. Where is the window "
    "for output row y when the stride is s?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W, b, 1, p)


@mistake(
    "the first channel alone",
    "Right for grey images. The sum runs over c as well.",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X[:, :1], W[:, :1], b, s, p)


@mistake(
    "reshape for transpose",
    "The numbers are right, but they stand in the wrong places. reshape reads them "
    "in the order in which they lie; to exchange axes takes a transpose.",
)
def conv2d_forward(X, W, b, s=1, p=0):
    Y = reference.conv2d_forward(X, W, b, s, p)
    return Y.transpose(0, 2, 3, 1).reshape(Y.shape)


def by_windows(X, W, b, s, p, rows, columns):
    """Fill an output of a size that somebody worked out, window by window."""
    k = W.shape[2]
    P = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    Y = np.zeros((len(X), len(W), rows, columns))
    for y in range(rows):
        for x in range(columns):
            window = P[:, None, :, y * s : y * s + k, x * s : x * s + k]
            Y[:, :, y, x] = (window * W).sum((2, 3, 4)) + b
    return Y


@mistake(
    "one size for height and width",
    "Right for square images. The width has an output size of its own.",
)
def conv2d_forward(X, W, b, s=1, p=0):
    size = (X.shape[2] + 2 * p - W.shape[2]) // s + 1
    return by_windows(X, W, b, s, p, size, size)


@mistake(
    "height and width exchanged in the output size",
    "Right for square images. From which side of X do you work out the number of "
    "rows?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    rows, columns = ((n + 2 * p - W.shape[2]) // s + 1 for n in X.shape[2:])
    return by_windows(X, W, b, s, p, columns, rows)


@mistake(
    "the stride in the size, not in the windows",
    "Your output has the right size, but its windows move by one pixel. Where is the "
    "window for output row y when the stride is s?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    rows, columns = reference.conv2d_forward(X, W, b, s, p).shape[2:]
    return reference.conv2d_forward(X, W, b, 1, p)[:, :, :rows, :columns]


@mistake(
    "the last channel alone",
    "Right for grey images. Inside your loop over the channels, is the output set "
    "or added to?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X[:, -1:], W[:, -1:], b, s, p)


@mistake(
    "the bias added once for each channel",
    "Right for grey images. How often does the bias go into one output number?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(X, W, b * X.shape[1], s, p)


@mistake(
    "the last place is not counted",
    "You count the steps. Before the first step the kernel lies somewhere too.",
)
def conv2d_forward(X, W, b, s=1, p=0):
    k = W.shape[2]
    rows, columns = ((n + 2 * p - k) // s for n in X.shape[2:])
    return reference.conv2d_forward(X, W, b, s, p)[:, :, :rows, :columns]


@mistake(
    "the edge repeated for the padding",
    "Right for p = 0. Which number stands in every padded pixel?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    P = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")
    return reference.conv2d_forward(P, W, b, s, 0)


@mistake(
    "the pixels cut to whole numbers",
    "The decimals of X are lost. Of which type is the array that you copy it into?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    return reference.conv2d_forward(np.trunc(X), W, b, s, p)


@mistake(
    "the rows of the matrix in another order",
    "Your windows become rows of a matrix, channel by channel, and the result is "
    "read as if they came image by image. In which order do the axes stand before "
    "reshape?",
)
def conv2d_forward(X, W, b, s=1, p=0):
    P = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(P, W.shape[2:], (2, 3))
    windows = windows[:, :, ::s, ::s]
    N, _, rows, columns = windows.shape[:4]
    table = windows.reshape(N * rows * columns, -1) @ W.reshape(len(W), -1).T
    return (table + b).reshape(N, rows, columns, -1).transpose(0, 3, 1, 2)


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_edges", "locked": true}
# Figure: an image, and two kernels that look for edges.
def little_image():
    y, x = np.mgrid[0:40, 0:56]
    disc = (y - 15) ** 2 + (x - 17) ** 2 < 100
    bar = (x > 36) & (x < 48) & (y > 8) & (y < 32)
    ramp = (y > 33) * 0.4
    return np.maximum(np.maximum(disc * 0.9, bar * 0.6), ramp)


def edges(image):
    across = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    kernels = np.stack([across, across.T])[:, None]
    return conv2d_forward(image[None, None], kernels, np.zeros(2), p=1)[0]


def draw(one, two, three):
    image = little_image()
    across, down = edges(image)
    one.imshow(image, cmap="gray")
    one.set(title="the image")
    for axes, edge, title in (
        (two, across, "from left to right"),
        (three, down, "from top to bottom"),
    ):
        axes.imshow(edge, cmap="RdBu", vmin=-3.6, vmax=3.6)
        axes.set(title=title)
    for axes in (one, two, three):
        axes.set(xticks=[], yticks=[])


explore.Picture(
    draw,
    panels=3,
    size=(7.2, 2.1),
    alt="Left: a small black image with a bright disc, a grey bar and a grey strip along "
    "its lower border. Middle: what a kernel finds that subtracts the pixels on the "
    "left from those on the right. Upright edges stand out, blue where it becomes "
    "brighter towards the right and red where it becomes darker. Right: the same from "
    "top to bottom; here the level edges stand out.",
)

# %% [markdown]
# Two kernels of nine numbers each, laid down by *your* function. The first one is
#
# $$\begin{bmatrix} -1 & 0 & 1 \\ -2 & 0 & 2 \\ -1 & 0 & 1 \end{bmatrix}$$
#
# and the second is the same, transposed. Blue is positive, red is negative.
#
# **Question.** Why is the left edge of the bar blue and its right edge red? What would change if you turned the kernel by 180
# degrees? What does the first kernel give on a patch of one even colour? And where does the red line along the lower border of
# the third panel come from, and where do the two short dashes at the lower corners of the middle one? The image has no edges there.
#
# <details><summary>Compare</summary>
#
# At the left edge the pixels on the right are brighter than those on the left, so the weighted sum is positive. Turned
# by 180 degrees the kernel changes its sign, so blue and red change places. On an even patch it gives 0, since its weights add
# up to 0. The red line and the dashes are made by the padding: below the grey strip, and at both its ends, come zeros, and the kernel
# takes the border of the image for an edge.
#
# </details><p></p>
#
# ## 4.13 Its gradients
#
# Training asks how the loss $L$ changes with each number that went in. As in lesson 3 the layer above hands down
# $dY = \partial L / \partial Y$, an array of the shape of $Y$. You pass on $dX$, $dW$ and $db$, each of the shape of what it belongs to.
#
# **On paper,** with one row first. Four pixels $x_0, \dots, x_3$, a kernel $w_0, w_1, w_2$, stride 1 and a bias:
#
# $$y_0 = w_0 x_0 + w_1 x_1 + w_2 x_2 + b \qquad\qquad y_1 = w_0 x_1 + w_1 x_2 + w_2 x_3 + b$$
#
# 1. $b$ is in both outputs. What is $\partial L / \partial b$, in terms of $dy_0$ and $dy_1$?
# 2. $w_0$ is in both as well. What is $\partial L / \partial w_0$? And $\partial L / \partial w_1$?
# 3. Which pixels are in $y_0$ only, which in both? Write down $\partial L / \partial x_0$ up to $\partial L / \partial x_3$.
#
# <details><summary>Compare</summary>
#
# $$db = dy_0 + dy_1, \qquad dw_0 = x_0\,dy_0 + x_1\,dy_1, \qquad dw_1 = x_1\,dy_0 + x_2\,dy_1$$
#
# $$dx_0 = w_0\,dy_0, \qquad dx_1 = w_1\,dy_0 + w_0\,dy_1, \qquad dx_2 = w_2\,dy_0 + w_1\,dy_1, \qquad dx_3 = w_2\,dy_1$$
#
# </details><p></p>
#
# Read the last line as a picture: each output lays the *kernel*, multiplied by its $dy$, back on the pixels it looked at. Where
# windows overlap, the contributions add up. That is the transposed convolution of 4.9. (Why *transposed*? The harder question at the end
# leads there.)
#
# **On paper,** in full. First the bias and the weights. Which entries of $Y$ does $b_f$ appear in, and which $W_{fcuv}$? Complete:
#
# $$db_f = \sum_{n,\,y,\,x} \;?\qquad\qquad dW_{fcuv} = \sum_{n,\,y,\,x} \;?$$
#
# <details><summary>Compare</summary>
#
# Both in every output of kernel $f$: for all images $n$ and at all places $y$, $x$. There $b_f$ has the factor 1, and $W_{fcuv}$ the pixel that it met.
#
# $$db_f = \sum_{n,y,x} dY_{nfyx} \qquad\qquad dW_{fcuv} = \sum_{n,y,x} dY_{nfyx}\; \tilde X_{n,\,c,\;ys+u,\;xs+v}$$
#
# </details><p></p>
#
# Now the pixels. To list all the outputs that one pixel appears in is a nuisance, as you saw with the row. Go the other way round and stand
# at *one* output, $Y_{nfyx}$. It hands its gradient $dY_{nfyx}$ back to every pixel it looked at.
#
# 1. With which factor does the pixel $\tilde X_{n,\,c,\;ys+u,\;xs+v}$ stand in $Y_{nfyx}$? So what does this output add to the pixel's gradient?
# 2. The next kernel, $f + 1$, looked at the same pixel from the same place. What do all $F$ kernels together add? Complete, for one place $y$, $x$:
#
# $$d\tilde X_{n,\,c,\;ys+u,\;xs+v} \mathrel{+}= \sum_{?} \;?$$
#
# 3. For which letters must you go through this line again and again, until every output has handed back what it has?
#
# Try it on the row above: $y_0$ adds to three pixels, then $y_1$ does, and two of the pixels get something twice.
#
# <details><summary>Compare</summary>
#
# With the factor $W_{fcuv}$: that is the formula of 4.12, read term by term. So the output adds $dY_{nfyx}\,W_{fcuv}$, and all kernels together the sum over $f$:
#
# $$d\tilde X_{n,\,c,\;ys+u,\;xs+v} \mathrel{+}= \sum_f dY_{nfyx}\, W_{fcuv}$$
#
# for all places $y$, $x$, and at each for all $n$, $c$, $u$, $v$. The letters $n$, $c$, $u$, $v$ make up a window of the batch, shape $(N, C, k, k)$, which
# one line of `np.einsum` can fill.
#
# </details><p></p>
#
# The `+=` starts from zeros of the *padded* shape. At the end cut the padding off: $dX$ has the shape of $X$. Pixels that no
# kernel covered keep their 0. **A trap:** `A[:, :, p:-p, p:-p]` cuts off $p$ on each side, but what does it give for $p = 0$?
#
# <details><summary>Compare</summary>
#
# `0:-0` is `0:0`, which is empty. `p:p + height` is right for every $p$.
#
# </details><p></p>
#
# Each of `dX`, `dW` and `db` is marked alone, at stride 1 and any padding. `stride` asks for `dX` and `dW` at larger strides, some of
# which leave pixels over. `shapes` is as in 4.12. Loops are fast enough here too.
#
# **A test of your own.** Take $L = \sum dY \cdot Y$, whose gradient with respect to $Y$ is `dY`, and nudge one number of `X`, of `W` or of `b`.
# `Y` is linear in each of the three, without squares or kinks, so a nudge by 1 is as good as a small one. For a pixel:
#
# ```python
# nudged = X.copy()
# nudged[1, 0, 2, 1] += 1
# change = conv2d_forward(nudged, W, b, s, p) - conv2d_forward(X, W, b, s, p)
# print((dY * change).sum(), conv2d_backward(dY, X, W, s, p)[0][1, 0, 2, 1])  # the same?
# ```


# %% nbgrader={"grade_id": "conv2d_backward", "solution": true}
def conv2d_backward(dY, X, W, s=1, p=0):
    """Gradients of a loss with respect to what went into `conv2d_forward`.

    Parameters
    ----------
    dY : ndarray of float, shape (N, F, rows, columns)
        Gradient with respect to the output.
    X : ndarray of float, shape (N, C, height, width)
        The images that went in, without padding.
    W : ndarray of float, shape (F, C, k, k)
        The weights: F square kernels.
    s, p : int
        Stride and padding of the forward direction.

    Returns
    -------
    dX : ndarray, shape (N, C, height, width)
    dW : ndarray, shape (F, C, k, k)
        Summed over the batch, not averaged.
    db : ndarray, shape (F,)
        Summed over the batch, not averaged. All arguments are left as they were.

    Examples
    --------
    >>> dY, X, W = np.ones((1, 1, 1, 2)), np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2))
    >>> conv2d_backward(dY, X, W)[0]
    array([[[[1., 2., 1.],
             [1., 2., 1.]]]])
    """
    ### BEGIN SOLUTION
    height, width = X.shape[2:]
    rows, columns = dY.shape[2:]
    k = W.shape[2]
    padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::s, ::s]  # N, C, H', W', k, k

    dW = np.einsum("nfyx,ncyxuv->fcuv", dY, windows)
    db = dY.sum(axis=(0, 2, 3))
    dX = np.zeros(padded.shape)
    for u in range(k):
        for v in range(k):  # all pixels that were under weight u, v, at every place
            through = np.einsum("nfyx,fc->ncyx", dY, W[:, :, u, v])
            dX[:, :, u : u + s * rows : s, v : v + s * columns : s] += through
    return dX[:, :, p : p + height, p : p + width], dW, db
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_conv2d_backward", "grade": true, "points": 5}
marks = check.marks("conv2d_backward", dX=1, dW=1, db=1, stride=1, shapes=1)
small = np.array([[[[1.0, 5.0, 2.0], [0.0, 3.0, 7.0], [4.0, 1.0, 6.0]]]])
kernel = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
by_hand = [(np.ones((1, 1, 2, 2)), small, kernel)]
# A batch of 2 images with 2 channels, 3 kernels and a padding of 1.
batch = (np.arange(24.0) ** 3 % 23).reshape(2, 2, 2, 3)
kernels = (np.arange(24.0) ** 3 % 5 - 2).reshape(3, 2, 2, 2)
upstream = (np.arange(72.0) ** 3 % 29 - 9).reshape(2, 3, 3, 4)
in_full = [(upstream, batch, kernels, 1, 1)]
wide = np.array([[[[3.0, 1.0, 4.0, 1.0, 5.0], [9.0, 2.0, 6.0, 5.0, 8.0]]]])
by_two = [(np.array([[[[1.0, 10.0]]]]), wide, kernel, 2)]


def hand_results(dY, X, W):
    dX = np.array([[[[1.0, 3.0, 2.0], [4.0, 10.0, 6.0], [3.0, 7.0, 4.0]]]])
    return dX, np.array([[[[9.0, 17.0], [8.0, 17.0]]]]), np.array([4.0])


def strided_results(dY, X, W, s):
    dX = np.array([[[[1.0, 2.0, 10.0, 20.0, 0.0], [3.0, 4.0, 30.0, 40.0, 0.0]]]])
    return dX, np.array([[[[43.0, 11.0], [69.0, 52.0]]]]), np.array([11.0])


def full_results(dY, X, W, s, p):
    dX = "7 -7 -62 87 -11 -58 31 5 17 -43 -11 35 -60 6 18 1 47 15 2 -29 -35 4 -21 -103"
    dW = (
        "495 342 658 629 865 696 965 358 389 364 138 625 "
        "216 1206 1030 804 629 438 122 222 358 955 463 806"
    )
    dX, dW = (np.array(numbers.split(), dtype=float) for numbers in (dX, dW))
    return dX.reshape(X.shape), dW.reshape(W.shape), np.array([112.0, 111.0, 131.0])


with marks.dX:
    check.matches(
        conv2d_backward,
        hand_results,
        by_hand,
        part=("dX", 0),
        because="each output lays the kernel back as it is: the upper left pixel gets 1, "
        "and the middle one all four weights in turn, 1 + 2 + 3 + 4",
    )
    check.matches(
        conv2d_backward,
        full_results,
        in_full,
        part=("dX", 0),
        because="dX has the shape of X, without its padding, and a pixel gets something "
        "from all 3 kernels",
    )
with marks.dW:
    check.matches(
        conv2d_backward,
        hand_results,
        by_hand,
        part=("dW", 1),
        because="the first weight meets the pixels 1, 5, 0 and 3",
    )
    check.matches(
        conv2d_backward,
        full_results,
        in_full,
        part=("dW", 1),
        because="the sum over both images, with the padding around them",
    )
with marks.db:
    check.matches(
        conv2d_backward,
        hand_results,
        by_hand,
        part=("db", 2),
        because="the bias is in all four outputs",
    )
    check.matches(
        conv2d_backward,
        full_results,
        in_full,
        part=("db", 2),
        because="each bias is in all 12 outputs of its kernel, in both images",
    )
with marks.stride:
    check.matches(
        conv2d_backward,
        strided_results,
        by_two,
        part=("dX", 0),
        because="two windows side by side, and the last column under none",
    )
    check.matches(
        conv2d_backward,
        strided_results,
        by_two,
        part=("dW", 1),
        because="the first weight met the pixels 3 and 4 of the upper row, 3*1 + 4*10",
    )
with marks.shapes:
    check.leaves_arguments_alone(conv2d_backward, by_hand + in_full)
    check.accepts_read_only(conv2d_backward, by_hand + in_full)


### BEGIN HIDDEN TESTS
def backward_images(*sizes):
    """Draw (dY, X, W, s, p) for rows of N, C, F, H, W, k, s, p."""

    def make(rng, n):
        N, C, F, height, width, k, s, p = sizes[n]
        rows, columns = ((size + 2 * p - k) // s + 1 for size in (height, width))
        dY, X = (
            cases.normal(rng, N, F, rows, columns),
            cases.normal(rng, N, C, height, width),
        )
        return dY, X, cases.normal(rng, F, C, k, k), s, p

    return cases.draw(make, count=len(sizes))


unpadded_back = backward_images(
    (1, 1, 2, 3, 4, 2, 1, 0),
    (2, 3, 4, 5, 6, 2, 1, 0),
    (1, 2, 3, 4, 7, 3, 1, 0),
)
plain_back = unpadded_back.map(lambda dY, X, W, s, p: (dY, X, W)) + backward_images(
    (2, 1, 3, 4, 5, 2, 1, 0),
    (1, 3, 2, 5, 4, 2, 1, 1),
    (2, 1, 3, 4, 5, 3, 1, 1),
    (3, 2, 5, 6, 8, 4, 1, 1),
    (2, 3, 1, 6, 7, 5, 1, 2),
)
strided_back = backward_images(
    (1, 1, 2, 5, 7, 3, 2, 0),
    (2, 3, 4, 6, 9, 5, 2, 1),
    (1, 2, 3, 8, 7, 3, 3, 1),
    (2, 1, 3, 7, 10, 4, 2, 0),
    (3, 4, 2, 9, 6, 1, 2, 0),
)
small_back = backward_images(
    (1, 1, 1, 1, 1, 1, 1, 0),
    (1, 2, 3, 4, 5, 2, 1, 0),
    (2, 3, 5, 4, 4, 4, 1, 0),
    (3, 1, 1, 2, 5, 2, 1, 1),
)
parts = {"dX": 0, "dW": 1, "db": 2}
with marks.dX:
    check.matches(
        conv2d_backward, reference.conv2d_backward, plain_back, part=("dX", 0)
    )
with marks.dW:
    check.matches(
        conv2d_backward, reference.conv2d_backward, plain_back, part=("dW", 1)
    )
with marks.db:
    check.matches(
        conv2d_backward, reference.conv2d_backward, plain_back, part=("db", 2)
    )
with marks.stride:
    check.matches(
        conv2d_backward, reference.conv2d_backward, strided_back, part=("dX", 0)
    )
with marks.stride:  # once more, so that dW is looked at where dX is wrong
    check.matches(
        conv2d_backward, reference.conv2d_backward, strided_back, part=("dW", 1)
    )
with marks.shapes:
    for part in parts.items():
        check.matches(
            conv2d_backward, reference.conv2d_backward, small_back, part=part
        )
    check.leaves_arguments_alone(conv2d_backward, small_back)
    check.accepts_read_only(conv2d_backward, small_back)


def laid_back(dY, X, W, s, p, step=None, add=True, cut=True):
    """dX by windows, with the slips that people make on the way."""
    step, k = step or s, W.shape[2]
    dX = np.zeros((*X.shape[:2], X.shape[2] + 2 * p, X.shape[3] + 2 * p))
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            patch = np.einsum("nf,fcuv->ncuv", dY[:, :, y, x], W)
            place = (
                ...,
                slice(y * step, y * step + k),
                slice(x * step, x * step + k),
            )
            dX[place] = dX[place] + patch if add else patch
    return dX[:, :, p : p + X.shape[2], p : p + X.shape[3]] if cut else dX


@mistake(
    "the kernel turned by 180 degrees in dX",
    "Each output lays the kernel back on its window as it is. A turned kernel "
    "belongs to the version that slides over dY. Which of the two is yours?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return laid_back(dY, X, W[:, :, ::-1, ::-1], s, p), dW, db


@mistake(
    "windows that overwrite each other",
    "A pixel under several windows gets something from each of them. Do you assign "
    "to the window, or add to it?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return laid_back(dY, X, W, s, p, add=False), dW, db


@mistake(
    "the padding kept",
    "dX must have the shape of X. What do the zeros around the image have to do with "
    "it?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return laid_back(dY, X, W, s, p, cut=False), dW, db


@mistake(
    "[p:-p] at p = 0",
    "Print the shape of dX before and after you cut the padding off, for p = 0. "
    "What is x[0:-0]?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return laid_back(dY, X, W, s, p, cut=False)[:, :, p:-p, p:-p], dW, db


@mistake(
    "the padding cut off at one side alone",
    "dX has the shape of X, but from another place of the padded gradient. In which "
    "row and column of it does the image begin?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    dX = laid_back(dY, X, W, s, p, cut=False)
    return dX[:, :, : X.shape[2], : X.shape[3]], dW, db


@mistake(
    "the stride left out of dX",
    "For output row y the window began at row y times s. Where do you lay the kernel "
    "back?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return laid_back(dY, X, W, s, p, step=1), dW, db


@mistake(
    "one kernel alone in dX",
    "A pixel lies under every one of the F kernels. Over which letter must you sum "
    "what they hand back?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    _, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return laid_back(dY[:, :1], X, W[:1], s, p), dW, db


@mistake(
    "the last window alone in dW",
    "A weight is used in every window, and gets something from each of them. Do you "
    "assign to dW, or add to it?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    dX, _, db = reference.conv2d_backward(dY, X, W, s, p)
    last = np.zeros_like(dY)
    last[:, :, -1:, -1:] = dY[:, :, -1:, -1:]
    return dX, reference.conv2d_backward(last, X, W, s, p)[1], db


@mistake(
    "the mean over the batch for the sum",
    "The loss already says how the images of a batch are put together. In your "
    "derivation, is there a division by N?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    dX, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return dX, dW / len(X), db / len(X)


@mistake(
    "the mean for the sum in db",
    "The bias of a kernel is in every one of its outputs. What does the sum rule "
    "say?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    dX, dW, _ = reference.conv2d_backward(dY, X, W, s, p)
    return dX, dW, dY.mean(axis=(0, 2, 3))


@mistake(
    "dW from the image without its padding",
    "In the forward direction the weights met the padded image. What meets them "
    "here?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    dX, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    shifted = np.pad(X, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))
    _, dW, _ = reference.conv2d_backward(dY, shifted, W, s, 0)
    return dX, dW, db


@mistake(
    "the stride left out along the width",
    "Right for stride 1. Your rows move by s. Do your columns?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    k = W.shape[2]
    P = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
    dP, dW = np.zeros(P.shape), np.zeros(W.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            place = (..., slice(y * s, y * s + k), slice(x, x + k))
            dP[place] += np.einsum("nf,fcuv->ncuv", dY[:, :, y, x], W)
            dW += np.einsum("nf,ncuv->fcuv", dY[:, :, y, x], P[place])
    height, width = X.shape[2:]
    return dP[:, :, p : p + height, p : p + width], dW, dY.sum((0, 2, 3))


@mistake(
    "the windows of the image without its padding",
    "Right for p = 0. Your loops end where windows on the bare image end. How many "
    "rows and columns has dY?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    rows, columns = ((n - W.shape[2]) // s + 1 for n in X.shape[2:])
    seen = np.zeros(dY.shape)
    seen[:, :, :rows, :columns] = dY[:, :, :rows, :columns]
    dX, dW, _ = reference.conv2d_backward(seen, X, W, s, p)
    return dX, dW, dY.sum(axis=(0, 2, 3))


@mistake(
    "the bias counted once for each channel",
    "Right for grey images. Inside how many loops do you add to db?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    dX, dW, db = reference.conv2d_backward(dY, X, W, s, p)
    return dX, dW, db * X.shape[1]


@mistake(
    "the stride left out of the windows",
    "Right for stride 1. Where did the window of output row y begin in the forward "
    "pass?",
)
def conv2d_backward(dY, X, W, s=1, p=0):
    rows, columns = (n + 2 * p - W.shape[2] + 1 for n in X.shape[2:])
    spread = np.zeros((*dY.shape[:2], rows, columns))
    spread[:, :, : dY.shape[2], : dY.shape[3]] = dY
    return reference.conv2d_backward(spread, X, W, 1, p)


### END HIDDEN TESTS
marks.total()

# %% [markdown]
# ## 4.14 The largest of each window
#
# **Predict.** One row: $[3, 1, 4, 5, 9, 2, 6]$. What does a max pooling with $k = 2$ give, nothing said about the stride? And with $k = 3$ and $s = 2$?
# What does it give on $[-3, -1, -4, -5]$ with $k = 2$?
#
# <details><summary>Compare</summary>
#
# $[3, 5, 9]$, the 6 is left over. With $k = 3$, $s = 2$: $[4, 9, 9]$. The windows overlap, and the 9 is the largest of two of them. And
# $[-1, -4]$: the largest of two negative numbers is negative. There are no zeros around the image here.
#
# </details><p></p>
#
# Each channel of each image is treated alone. Windows that do not fit are dropped. `values` is the usual pooling, without a stride
# in the call. `stride` has windows that overlap, and some that leave gaps. `shapes` is as in 4.12. Loops are fast enough.


# %% nbgrader={"grade_id": "max_pool_forward", "solution": true}
def max_pool_forward(X, k, s=None):
    """Largest number of each k by k window, for each channel of each image alone.

    Parameters
    ----------
    X : ndarray of float, shape (N, C, height, width)
    k : int
        Window size; it fits at least once.
    s : int or None
        Stride. None stands for `k`.

    Returns
    -------
    ndarray, shape (N, C, rows, columns)
        rows and columns as in `pool_output_shape`, which takes a shape without the N.
        `X` is left as it was.

    Examples
    --------
    >>> max_pool_forward(np.array([[[[1.0, 7.0, 2.0], [4.0, 3.0, 5.0]]]]), 2, s=1)
    array([[[[7., 7.]]]])
    """
    ### BEGIN SOLUTION
    s = k if s is None else s
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))
    return windows[:, :, ::s, ::s].max(axis=(-2, -1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_max_pool_forward", "grade": true, "points": 3}
marks = check.marks("max_pool_forward", values=1, stride=1, shapes=1)
four_by_five = np.array(
    [
        [3.0, 1.0, 4.0, 5.0, 0.5],
        [9.0, 2.0, 6.0, -5.0, 8.0],
        [-3.0, -1.0, -7.0, -4.0, 7.0],
        [-9.0, -2.0, -8.0, -6.0, 10.0],
    ]
).reshape(1, 1, 4, 5)
# A batch of 2 images with 2 channels, each 2 by 2.
batch = np.array(
    [
        [[[1.0, 7.0], [4.0, 3.0]], [[9.0, 2.0], [0.0, 5.0]]],
        [[[6.0, 8.0], [10.0, -1.0]], [[-5.0, -3.0], [-4.0, -2.0]]],
    ]
)
with marks.values:
    check.close(
        max_pool_forward(four_by_five.copy(), 2),
        np.array([[[[9.0, 6.0], [-1.0, -4.0]]]]),
        because="the fifth column is left over, and the largest may be negative",
    )
    check.close(
        max_pool_forward(batch.copy(), 2),
        np.array([[[[7.0]], [[9.0]]], [[[10.0]], [[-2.0]]]]),
        because="each channel of each image has a window, and a largest number, of its own",
    )
with marks.stride:
    check.close(
        max_pool_forward(four_by_five.copy(), 3, s=1),
        np.array([[[[9.0, 6.0, 8.0], [9.0, 6.0, 10.0]]]]),
        because="windows of 3 by 3 that move by 1 overlap",
    )
with marks.shapes:
    check.shape(max_pool_forward(np.ones((2, 3, 9, 7)), 3), (2, 3, 3, 2))
    check.leaves_arguments_alone(
        max_pool_forward, [(batch, 2), (four_by_five, 3, 1)]
    )
    check.accepts_read_only(max_pool_forward, [(batch, 2), (four_by_five, 3, 1)])


### BEGIN HIDDEN TESTS
def pools(*sizes):
    """Draw (X, k, s) for rows of N, C, H, W, k, s, without ties."""

    def make(rng, n):
        N, C, height, width, k, s = sizes[n]
        return cases.distinct(rng, N, C, height, width), k, s

    return cases.draw(make, count=len(sizes))


plain_pools = pools(
    (1, 1, 4, 6, 2, None),
    (2, 1, 4, 5, 2, None),
    (2, 3, 6, 9, 3, None),
    (3, 2, 7, 5, 2, None),
    (1, 4, 8, 12, 4, None),
)
strided_pools = pools(
    (1, 1, 3, 4, 2, 1),
    (2, 3, 5, 7, 3, 2),
    (1, 2, 8, 6, 3, 1),
    (2, 1, 7, 10, 2, 3),
    (3, 2, 9, 6, 4, 2),
)
negative_pools = strided_pools.map(lambda X, k, s: (X - 9.0, k, s))
lowest_pools = strided_pools.map(lambda X, k, s: (X - 1e6, k, s))
small_pools = pools(
    (1, 1, 1, 1, 1, None),
    (1, 3, 2, 5, 2, None),
    (2, 1, 3, 3, 3, None),
    (2, 3, 4, 1, 1, None),
)
with marks.values:
    check.matches(
        max_pool_forward,
        reference.max_pool_forward,
        plain_pools.map(lambda X, k, s: (X, k)),
    )
with marks.stride:
    check.matches(max_pool_forward, reference.max_pool_forward, strided_pools)
    check.matches(max_pool_forward, reference.max_pool_forward, negative_pools)
    check.matches(max_pool_forward, reference.max_pool_forward, lowest_pools)
with marks.shapes:
    check.matches(max_pool_forward, reference.max_pool_forward, small_pools)
    check.leaves_arguments_alone(max_pool_forward, small_pools)
    check.accepts_read_only(max_pool_forward, small_pools)


@mistake(
    "stride 1 where none is given",
    "Where nothing is said, windows lie side by side. By how much does a window of "
    "size k move then?",
)
def max_pool_forward(X, k, s=None):
    return reference.max_pool_forward(X, k, s or 1)


@mistake(
    "the stride left out",
    "Your windows lie side by side whatever s says. Where does window y begin?",
)
def max_pool_forward(X, k, s=None):
    return reference.max_pool_forward(X, k)


@mistake(
    "nothing below zero",
    "Try an image of negative numbers only. What does your maximum start from, or "
    "what stands around the image?",
)
def max_pool_forward(X, k, s=None):
    return np.maximum(reference.max_pool_forward(X, k, s), 0.0)


@mistake(
    "windows that hang over the edge",
    "The last windows of yours are only partly filled. Those that do not fit are "
    "dropped.",
)
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    rows = -((X.shape[2] - k) // -s) + 1
    columns = -((X.shape[3] - k) // -s) + 1
    Y = np.empty((*X.shape[:2], rows, columns))
    for y in range(rows):
        for x in range(columns):
            Y[:, :, y, x] = X[:, :, y * s : y * s + k, x * s : x * s + k].max(
                (2, 3)
            )
    return Y


@mistake(
    "the mean of each window",
    "That is average pooling, which exists too. Which number of the window is asked "
    "for?",
)
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))
    return windows[:, :, ::s, ::s].mean(axis=(-2, -1))


@mistake(
    "the maximum over the whole batch",
    "`.max()` without axes runs over images and channels too. What shape should the "
    "maximum of one window of the batch have?",
)
def max_pool_forward(X, k, s=None):
    Y = reference.max_pool_forward(X, k, s)
    return np.broadcast_to(Y.max(axis=(0, 1), keepdims=True), Y.shape) + 0.0


@mistake(
    "the maximum over all channels",
    "Each channel is treated alone. Over which axes does your maximum run?",
)
def max_pool_forward(X, k, s=None):
    Y = reference.max_pool_forward(X, k, s)
    return np.broadcast_to(Y.max(axis=1, keepdims=True), Y.shape) + 0.0


@mistake(
    "a window at every start, full or not",
    "Your windows start as long as there are pixels, and the last ones are only "
    "partly filled. Those that do not fit are dropped.",
)
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    height, width = X.shape[2:]
    rows = [
        [X[:, :, y : y + k, x : x + k].max((2, 3)) for x in range(0, width, s)]
        for y in range(0, height, s)
    ]
    return np.array(rows).transpose(2, 3, 0, 1)


def pooled(X, k, s, rows, columns):
    """Fill an output of a size that somebody worked out, window by window."""
    Y = np.zeros((*X.shape[:2], rows, columns))
    for y in range(rows):
        for x in range(columns):
            window = X[:, :, y * s : y * s + k, x * s : x * s + k]
            Y[:, :, y, x] = window.max(axis=(2, 3))
    return Y


@mistake(
    "one size for height and width",
    "Right for square images. The width has an output size of its own.",
)
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    size = (X.shape[2] - k) // s + 1
    return pooled(X, k, s, size, size)


@mistake(
    "the size divided by the window",
    "Right for windows side by side. How many windows are there when they move by "
    "s?",
)
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    return pooled(X, k, s, X.shape[2] // k, X.shape[3] // k)


@mistake(
    "the stride in the size, not in the windows",
    "Your output has the right size, but its windows move by one pixel. Where does "
    "window y begin?",
)
def max_pool_forward(X, k, s=None):
    rows, columns = reference.max_pool_forward(X, k, s).shape[2:]
    return reference.max_pool_forward(X, k, 1)[:, :, :rows, :columns]


@mistake(
    "only windows that fill the image",
    "The fifth column of a width of 5 is left over with windows of 2, and that is "
    "no error.",
)
def max_pool_forward(X, k, s=None):
    step = k if s is None else s
    if (X.shape[2] - k) % step or (X.shape[3] - k) % step:
        raise AssertionError
    return reference.max_pool_forward(X, k, s)


@mistake(
    "the smallest number of each window",
    "Your windows are right. Which of their numbers is asked for?",
)
def max_pool_forward(X, k, s=None):
    return -reference.max_pool_forward(-X, k, s)


@mistake(
    "the place of the largest number for the number",
    "argmax says where the largest number stands. How large is it?",
)
def max_pool_forward(X, k, s=None):
    s = k if s is None else s
    windows = np.lib.stride_tricks.sliding_window_view(X, (k, k), (2, 3))
    windows = windows[:, :, ::s, ::s]
    return windows.reshape(*windows.shape[:4], -1).argmax(axis=-1) * 1.0


@mistake(
    "windows one pixel too small",
    "a[0 : k - 1] has k - 1 numbers. Where does a window of k that begins at y end?",
)
def max_pool_forward(X, k, s=None):
    if k == 1:
        raise ValueError(
            "zero-size array to reduction operation maximum which has no identity"
        )
    s = k if s is None else s
    Y = reference.max_pool_forward(X, k - 1, s)
    rows, columns = ((size - k) // s + 1 for size in X.shape[2:])
    return Y[:, :, :rows, :columns]


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_pool", "locked": true}
# Figure: the strength of the edges, pooled twice.
def draw(*panels):
    strength = np.sqrt((edges(little_image()) ** 2).sum(axis=0))[None, None]
    for axes, k in zip(panels, (1, 2, 4)):
        pooled = max_pool_forward(strength.copy(), k)[0, 0]
        axes.imshow(pooled, cmap="gray_r")
        title = (
            "strength of the edges"
            if k == 1
            else f"pooled by {k}: {pooled.shape[0]} x {pooled.shape[1]}"
        )
        axes.set(title=title, xticks=[], yticks=[])


explore.Picture(
    draw,
    panels=3,
    size=(7.2, 2.1),
    alt="Left: the outlines of the disc and the bar in black on white, 40 by 56 pixels. "
    "Middle: the same pooled by 2, 20 by 28 pixels. The outlines are coarser and still "
    "there. Right: pooled by 4, 10 by 14 pixels. Disc and bar can still be told apart.",
)

# %% [markdown]
# Your two functions, one after the other: that is the beginning of a convolutional network. Sixteen times fewer
# numbers, and one still sees a disc and a bar.
#
# ## 4.15 Back through the maximum
#
# **Predict.** Of the four pixels in a window one is the largest. Nudge another one a little: does the output change?
# Nudge the largest: by how much does the output change?
#
# <details><summary>Compare</summary>
#
# The others change nothing: their slope is 0. The largest passes its change on as it is: slope 1. (If two pixels were equal, there
# would be a corner as in lesson 1. In the tests no two pixels of an image are equal.)
#
# </details><p></p>
#
# So each output hands its gradient to *one* pixel, the one that won its window. **On paper:** take the row $[3, 1, 4, 5, 9, 2, 6]$ with
# $k = 3$, $s = 2$ and $dy = [10, 20, 30]$. Which pixel gets what?
#
# <details><summary>Compare</summary>
#
# The windows are $[3, 1, 4]$, $[4, 5, 9]$ and $[9, 2, 6]$, won by the 4, the 9 and the same 9. So $dx = [0, 0, 10, 0, 50, 0, 0]$: the 9 won twice and
# gets $20 + 30$.
#
# </details><p></p>
#
# (`np.argmax` over the last axis finds the winner of a window that has been reshaped to one row of $k^2$ numbers, and `divmod(place, k)`
# turns its place into a row and a column. Every channel of every image has a winner of its own.) Loops over all four axes are fast enough. `values` has
# windows side by side, `stride` has overlapping ones and gaps, `shapes` is as in 4.12.


# %% nbgrader={"grade_id": "max_pool_backward", "solution": true}
def max_pool_backward(dY, X, k, s=None):
    """Gradient of a loss with respect to what went into `max_pool_forward`.

    Parameters
    ----------
    dY : ndarray of float, shape (N, C, rows, columns)
        Gradient with respect to the output.
    X : ndarray of float, shape (N, C, height, width)
        No two numbers in it are equal.
    k : int
        Window size.
    s : int or None
        Stride. None stands for `k`.

    Returns
    -------
    ndarray, shape (N, C, height, width)
        `dY` and `X` are left as they were.

    Examples
    --------
    >>> max_pool_backward(np.array([[[[5.0]]]]), np.array([[[[1.0, 7.0], [4.0, 3.0]]]]), 2)
    array([[[[0., 5.],
             [0., 0.]]]])
    """
    ### BEGIN SOLUTION
    s = k if s is None else s
    n, c = np.ogrid[: X.shape[0], : X.shape[1]]
    dX = np.zeros(X.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            window = X[:, :, y * s : y * s + k, x * s : x * s + k]
            winner = window.reshape(*X.shape[:2], -1).argmax(axis=-1)
            row, column = np.divmod(winner, k)
            dX[n, c, y * s + row, x * s + column] += dY[:, :, y, x]
    return dX
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_max_pool_backward", "grade": true, "points": 4}
marks = check.marks("max_pool_backward", values=2, stride=1, shapes=1)
four_by_five = np.array(
    [
        [3.0, 1.0, 4.0, 5.0, 0.5],
        [9.0, 2.0, 6.0, -5.0, 8.0],
        [-3.0, -1.0, -7.0, -4.0, 7.0],
        [-9.0, -2.0, -8.0, -6.0, 10.0],
    ]
).reshape(1, 1, 4, 5)
# A batch of 2 images with 2 channels, each 2 by 2.
batch = np.array(
    [
        [[[1.0, 7.0], [4.0, 3.0]], [[9.0, 2.0], [0.0, 5.0]]],
        [[[6.0, 8.0], [10.0, -1.0]], [[-5.0, -3.0], [-4.0, -2.0]]],
    ]
)
shares = np.array([10.0, 20.0, 30.0, 40.0]).reshape(2, 2, 1, 1)
with marks.values:
    won = np.zeros((1, 1, 4, 5))
    won[0, 0, 1, 0], won[0, 0, 1, 2] = 10.0, 20.0
    won[0, 0, 2, 1], won[0, 0, 2, 3] = 30.0, 40.0
    upstream = np.array([[[[10.0, 20.0], [30.0, 40.0]]]])
    check.close(
        max_pool_backward(upstream, four_by_five.copy(), 2),
        won,
        because="the four windows are won by 9, 6, -1 and -4",
    )
    check.close(
        max_pool_backward(shares.copy(), batch.copy(), 2),
        np.array(
            [
                [[[0.0, 10.0], [0.0, 0.0]], [[20.0, 0.0], [0.0, 0.0]]],
                [[[0.0, 0.0], [30.0, 0.0]], [[0.0, 0.0], [0.0, 40.0]]],
            ]
        ),
        because="the 7, the 9, the 10 and the -2 win, each in its own channel",
    )
with marks.stride:
    won = np.zeros((1, 1, 4, 5))
    won[0, 0, 1, 0], won[0, 0, 1, 2] = 11.0, 22.0
    won[0, 0, 1, 4], won[0, 0, 3, 4] = 3.0, 30.0
    upstream = np.array([[[[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]]])
    check.close(
        max_pool_backward(upstream, four_by_five.copy(), 3, s=1),
        won,
        because="the 9 wins two windows, and so does the 6",
    )
with marks.shapes:
    check.shape(
        max_pool_backward(
            np.ones((2, 3, 2, 1)), np.arange(210.0).reshape(2, 3, 7, 5), 3
        ),
        (2, 3, 7, 5),
    )
    check.leaves_arguments_alone(max_pool_backward, [(shares, batch, 2)])
    check.accepts_read_only(max_pool_backward, [(shares, batch, 2)])


### BEGIN HIDDEN TESTS
def backward_pools(*sizes):
    """Draw (dY, X, k, s) for rows of N, C, H, W, k, s, without ties."""

    def make(rng, n):
        N, C, height, width, k, s = sizes[n]
        rows, columns = ((size - k) // (s or k) + 1 for size in (height, width))
        X = cases.distinct(rng, N, C, height, width)
        return cases.normal(rng, N, C, rows, columns), X, k, s

    return cases.draw(make, count=len(sizes))


plain_wins = backward_pools(
    (1, 1, 2, 4, 2, None),
    (2, 1, 4, 5, 2, None),
    (2, 3, 6, 9, 3, None),
    (3, 2, 7, 5, 2, None),
    (1, 4, 8, 12, 4, None),
)
strided_wins = backward_pools(
    (1, 1, 3, 4, 2, 1),
    (2, 3, 5, 7, 3, 2),
    (1, 2, 8, 6, 3, 1),
    (2, 1, 7, 10, 2, 3),
    (3, 2, 9, 6, 4, 2),
)
small_wins = backward_pools(
    (1, 1, 1, 1, 1, None),
    (1, 3, 2, 5, 2, None),
    (2, 1, 3, 3, 3, None),
    (2, 3, 4, 1, 1, None),
)
with marks.values:
    check.matches(
        max_pool_backward,
        reference.max_pool_backward,
        plain_wins.map(lambda dY, X, k, s: (dY, X, k)),
    )
with marks.stride:
    check.matches(max_pool_backward, reference.max_pool_backward, strided_wins)
with marks.shapes:
    check.matches(max_pool_backward, reference.max_pool_backward, small_wins)
    check.leaves_arguments_alone(max_pool_backward, small_wins)
    check.accepts_read_only(max_pool_backward, small_wins)


def handed_back(dY, X, k, s, share, add=True):
    """Give each window the share of its gradient that `share` says."""
    s = k if s is None else s
    dX = np.zeros(X.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            place = (..., slice(y * s, y * s + k), slice(x * s, x * s + k))
            window = X[place]
            top = window == window.max(axis=(2, 3), keepdims=True)
            patch = share(top, window) * dY[:, :, y, x, None, None]
            if add:
                dX[place] += patch
            else:
                dX[place] = np.where(top, patch, dX[place])
    return dX


@mistake(
    "a winner of two windows paid once",
    "With overlapping windows one pixel can win several times. Do you assign to its "
    "place, or add to it?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(dY, X, k, s, lambda top, window: top * 1.0, add=False)


@mistake(
    "the gradient shared by the whole window",
    "That belongs to the mean. If you nudge a pixel that is not the largest, does "
    "the maximum change?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(
        dY, X, k, s, lambda top, window: np.ones(window.shape) / k**2
    )


@mistake(
    "the whole gradient for every pixel of the window",
    "If you nudge a pixel that is not the largest, does the maximum change?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(dY, X, k, s, lambda top, window: np.ones(window.shape))


@mistake(
    "the gradient multiplied by the pixel",
    "Nudge the largest pixel by a little: by how much does the maximum change? Does "
    "it depend on how large the pixel is?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(dY, X, k, s, lambda top, window: top * window)


@mistake(
    "the stride left out",
    "You go back along windows that lie side by side. Where did window y begin?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(dY, X, k, k, lambda top, window: top * 1.0)


@mistake(
    "stride 1 where none is given",
    "Where nothing is said, windows lie side by side. Where did window y begin?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(dY, X, k, s or 1, lambda top, window: top * 1.0)


@mistake(
    "the winners of the first image for all",
    "Every channel of every image has a winner of its own. In which place does your "
    "code look for the winner of image 1, channel 0?",
)
def max_pool_backward(dY, X, k, s=None):
    first = lambda top, window: np.broadcast_to(top[:1, :1], top.shape) * 1.0
    return handed_back(dY, X, k, s, first)


@mistake(
    "rows and columns of the winner exchanged",
    "A place in the flattened window counts along the rows first. What do the "
    "quotient and the remainder by k stand for?",
)
def max_pool_backward(dY, X, k, s=None):
    turn = lambda top, window: top.swapaxes(2, 3) * 1.0
    return handed_back(dY, X, k, s, turn)


@mistake(
    "each window written over the one before",
    "With overlapping windows the zeros of a later window wipe out what an earlier "
    "one gave to its winner. Do you assign to the window, or add to it?",
)
def max_pool_backward(dY, X, k, s=None):
    s = k if s is None else s
    dX = np.zeros(X.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            place = (..., slice(y * s, y * s + k), slice(x * s, x * s + k))
            top = X[place] == X[place].max(axis=(2, 3), keepdims=True)
            dX[place] = top * dY[:, :, y, x, None, None]
    return dX


@mistake(
    "one winner for all channels",
    "Each channel is treated alone and has a winner of its own. Over which axes does "
    "your maximum run?",
)
def max_pool_backward(dY, X, k, s=None):
    s = k if s is None else s
    dX = np.zeros(X.shape)
    for y in range(dY.shape[2]):
        for x in range(dY.shape[3]):
            place = (..., slice(y * s, y * s + k), slice(x * s, x * s + k))
            top = X[place] == X[place].max(axis=(1, 2, 3), keepdims=True)
            dX[place] += top * dY[:, :, y, x, None, None]
    return dX


@mistake(
    "windows that always move by one",
    "Your windows move by one pixel whatever s and k are. Where did window y begin?",
)
def max_pool_backward(dY, X, k, s=None):
    return handed_back(dY, X, k, 1, lambda top, window: top * 1.0)


### END HIDDEN TESTS
marks.total()


# %% jupyter={"source_hidden": true} nbgrader={"grade_id": "figure_winners", "locked": true}
# Figure: which pixels get the gradient.
def draw(*panels):
    rng = np.random.default_rng(4)
    X = rng.permutation(36).reshape(1, 1, 6, 6) * 1.0
    for axes, (k, s) in zip(panels, ((2, 2), (3, 1))):
        shape = max_pool_forward(X.copy(), k, s).shape
        dX = max_pool_backward(np.ones(shape), X.copy(), k, s)[0, 0]
        axes.imshow(dX, cmap="Blues", vmin=0, vmax=12)
        for (y, x), value in np.ndenumerate(X[0, 0]):
            won = f"\n+{dX[y, x]:g}" if dX[y, x] else ""
            axes.text(x, y, f"{value:g}{won}", ha="center", va="center", fontsize=7)
        axes.set(title=f"windows of {k}, stride {s}", xticks=[], yticks=[])


explore.Picture(
    draw,
    panels=2,
    size=(7.2, 3.4),
    alt="A 6 by 6 image of the numbers 0 to 35, twice. Blue pixels get a gradient. Left, "
    "windows of 2 side by side: nine pixels get 1 each. Right, windows of 3 at every "
    "place: a few large numbers win several windows each and get up to 9.",
)

# %% [markdown]
# Every output sends back a gradient of 1 here, and blue says where it arrives. On the right the windows overlap, and a few
# pixels win nearly everything. All others get nothing.
#
#
# ## 4.16 In your own words
#
# A person reads your answer to this one; no check does. It is worth 2 points. Double-click the cell below, write three or four
# sentences in place of what stands there, then run the cell.
#
# **Question.** Two convolutions of 3 by 3, one after the other with a relu between them, look at the same patch of the image as one
# convolution of 5 by 5 (stride 1, no dilation, the same number of channels $C$ everywhere). Why would you prefer the two? Give
# two reasons, one of them with numbers, and say what the two cost more.

# %% [markdown] nbgrader={"grade_id": "explain_two_small", "grade": true, "solution": true, "points": 2}
# ### BEGIN SOLUTION
# Fewer weights: two layers have $2 \cdot 9\,C^2 = 18\,C^2$ (and $2C$ biases), one layer of 5 by 5 has $25\,C^2$ (and $C$). The number of
# multiplications per pixel falls in the same proportion.
#
# A bend between them: without the relu two convolutions in a row are again one convolution of 5 by 5, and not every one. With it
# the pair computes functions that no single convolution can.
#
# It costs one more array of activations that has to be kept for the backward pass, one more layer that the gradient has to get
# through, and a step more that cannot run at the same time as the others.
# ### END SOLUTION

# %% [markdown]
# ## What you can do now
#
# - Count the places of a kernel with any stride, padding and dilation, and say which pixels are left over.
# - Follow a shape through a stack of layers, count the stack's parameters, and say how much of the image one number sees.
# - Turn the question round: find every kernel that leads from one size to another.
# - Write convolution and max pooling for batches, and their gradients.
#
# **Before you hand in:** press **Validate**, or choose *Kernel > Restart Kernel and Run All Cells*. Every card should show
# what you expect. Look once more at the id above your sheet of questions.
#
# **To read further.** Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (arXiv 1603.07285, 2016): all of
# 4.1 to 4.9 in pictures. Goodfellow, Bengio and Courville, *Deep Learning* (2016), chapter 9. LeCun, Bottou, Bengio and
# Haffner, *Gradient-based learning applied to document recognition* (Proceedings of the IEEE 86, 1998), section II, for
# LeNet-5. Yu and Koltun, *Multi-scale context aggregation by dilated convolutions* (ICLR 2016). Araujo, Norris and Sim,
# *Computing receptive fields of convolutional neural networks* (Distill, 2019).
#
# **A harder one, without marks.** A convolution of a row is linear in the row: $y = Mx$ with a matrix $M$. Draw $M$ for $i = 7$, $k = 3$, $s = 2$ and mark which of its
# entries are always equal. What does $dX$ look like in terms of $M$, and which column of $M$ belongs to a pixel that is left over? Now
# let all weights be 1 and all $dY$ be 1. For which $k$ and $s$ do all pixels, away from the border, get the same $dX$? And what does an image
# look like that a transposed convolution makes with other $k$ and $s$?
