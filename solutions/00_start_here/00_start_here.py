# %% [markdown]
# # Start here
#
# Ten minutes, no marks. You run a cell, see a check fail, read what it says, mend the code, move a curve by hand, and
# learn how to hand in. Everything you need for the lessons happens once in this notebook.
#
# ## 1. Run a cell
#
# Text like this stands in *markdown* cells. Code stands in cells with a number beside them. Click into the next cell and
# press **Shift + Enter**. The number in brackets says that it has run.

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np

from autograder import check, explore

print("Ready.")

# %% [markdown]
# If it says `Ready.`, all is well. If it says `ModuleNotFoundError`, the course's software is not installed in this
# kernel: go back to the course's README, to *Two commands*.
#
# Cells share one memory, and they run in the order in which *you* run them, not in the order on the page. When something
# behaves strangely, choose *Kernel > Restart Kernel and Run All Cells*. That runs the page from the top with nothing left
# over. It cures more trouble than anything else here.
#
# A cell that ends in a red error has changed nothing. If it was to define a function, the old function is still there,
# and a check that you run next still meets the old one.
#
# ## 2. A check that fails
#
# Here is a function with a mistake in it. It should return the mean of the squares of some numbers.
#
# **Predict.** For the numbers 1 and 3, what should it return? What does this code return?


# %%
def mean_square(x):
    """Mean of the squares.

    Parameters
    ----------
    x : ndarray of float, shape (n,)

    Returns
    -------
    float
    """
    return np.mean(x) ** 2


# %% [markdown]
# Run the cell above and then this one. This is what a check looks like.

# %% nbgrader={"grade_id": "check_mean_square", "locked": true}
marks = check.marks("mean_square", values=2, shapes=1)
with marks.values:
    check.close(
        mean_square(np.array([2.0])), 4.0, because="one number, and its square is 4"
    )
    check.close(
        mean_square(np.array([1.0, 3.0])),
        5.0,
        because="the squares are 1 and 9, and their mean is 5",
    )
marks.total()

# %% [markdown]
# Read the card slowly, once.
#
# - The first line is the exercise and its marks. When nothing is wrong it says so: *every check here passes*.
# - Each further line is one **aspect** of the exercise, with marks of its own. You can lose one and keep the others.
# - Where something is wrong you see what was **expected** and what your function **gave**. The input stands in the check above,
#   or on the card. Start there: put that input into your function in a cell of your own, and look.
# - A reason follows, or a piece of advice. It never tells you the solution.
# - *Checked when graded* means that this page has no check for the aspect, and the grading of a lesson would have one.
# - The number at the very end is for the grading program. It is the sum of the marks won here. Parts that are not checked
#   here count as won once the others pass, and as 0 until then.
#
# The check of the single number 2 passed, although the function is wrong. One example can agree by luck.
#
# ## 3. Mend it
#
# The function takes the mean first and squares it then. Which order does its name ask for? Change the line, run the cell
# again, and run the check again. Go on when `values` is full.
#
# In the lessons, what you write starts out like this:
#
# ```python
# def relu(x):
#     """What to do, what goes in, what comes out."""
#     # YOUR CODE HERE
#     raise NotImplementedError()
# ```
#
# Replace the last two lines with your code. Everything else, such as names, arguments and the cells with the checks, stays
# as it is. You may add cells of your own wherever you like. They are not graded.
#
# Some exercises ask for a derivation instead. Then the cell holds a list, and your lines go where `# YOUR LINES HERE`
# stands. Lesson 1 shows how a line is written.
#
# ## 4. A picture you can move
#
# Some cells hold a picture that answers to you. Run the next one. It shows a curve, the sigmoid, and asks about its slope.
#
# **Predict** first: type your answer into the box, then press *Reveal*. Now drag the point along the curve, or move it
# with the slider and the arrow keys. The line below the picture says where you are and how steep the curve is there.

# %% nbgrader={"grade_id": "explore_activations", "locked": true}
explore.activations("sigmoid", x=2.0, ask="At which x is the sigmoid steepest?")

# %% [markdown]
# It is steepest in the middle, at 0, and the slope there is 0.25. In lesson 1 you derive that number.
#
# Such a picture lives as long as the kernel that made it. When you come back another day, or have restarted the kernel, you
# may find *Error displaying widget: model not found* in its place. Nothing is broken and nothing of yours is lost: run the
# cell again.
#
# ## 5. Validate
#
# Before you hand in, let the whole page run once from the top:
#
# - with the **Validate** button above the notebook, if your JupyterLab has it, or
# - with *Kernel > Restart Kernel and Run All Cells*, which does the same work. Then look at the cards.
#
# If something is wrong, Validate lists the check cells that are not full and says *Partial credit*. It does not say why:
# read the card under that cell.
#
# What green means: your functions passed every check *on the page*. What it does not mean: full marks. A lesson's
# grading runs the same checks and many more, with other numbers, other shapes and very large inputs. A function that is right in general
# has nothing to fear from that. A function that was fitted to the examples on the page has.
#
# All that is about the lessons. Nothing in this notebook is graded, whatever its card says, so Validate has nothing to
# complain about here, mended or not.
#
# ## 6. Hand in
#
# Save first (**Ctrl + S**, or **Cmd + S** on a Mac). Then do what your course does:
#
# - If there is an **Assignment List** (menu *Nbgrader*), find the lesson under *Downloaded assignments* and press **Submit**.
#   You can submit again until the deadline. The last one counts.
# - If your course collects files, hand in the notebook itself, under the name it has: `01_activations.ipynb`.
#
# You get back a page with the same cards, this time filled in by grading: each aspect, and a reason wherever a mark was
# lost.
#
# Ready? Open `01_activations`. Have paper and a pencil beside you.
