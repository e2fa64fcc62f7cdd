"""What Python's and NumPy's own error messages mean to a beginner: one line of advice for the frequent ones.

Rows are matched on the exception's type and on its text, which is all that comes back from a sandbox. The first
row that fits speaks. Advice asks or explains; it never gives an exercise's solution.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from autograder.check._missing import NOT_DEFINED

_NONE = (
    "None stands where a value is due. Is it an argument whose default is None, or does a function that you call "
    "lack its `return`?"
)
_LIST = "A list is not an array: on lists + joins and * repeats. Is np.array(...) missing?"
_ONE_NUMBER = "A single number has no entries, no length and no axes. Where did an array become one number?"
_TEXT = (
    "A text stands where a number is due. Going through a dict, or unpacking one, gives its keys; what is behind a "
    "key is had by params[key]."
)
_WHOLE = "An index must be a whole number: / gives floats, // whole numbers."
_PRODUCT = (
    "A matrix product sums over the last axis of the left side and the last but one (or only) axis of the right side: "
    "these must be of one length."
)
_MATMUL = re.compile(r"matmul: Input operand 1 .* core dimension 0\b.*\(size (\d+) is different from (\d+)\)")
_BOOLEANS = "True and False are not numbers here. Which step should turn them into floats?"


@dataclass(frozen=True)
class Row:
    """One frequent error: its type, what its text holds (a regular expression), and what to say."""

    kind: type[Exception]
    text: str
    advice: str


TABLE = (
    Row(ValueError, "truth value of an array",
        "`if`, `and` and `max` want one True or False; here are many. "
        "Which NumPy function decides for each element?"),
    Row(TypeError, "only integer scalar arrays can be converted",
        "An array stands where one whole number is due. The second argument of np.max or np.sum is an axis, "
        "not a number to compare with."),
    Row(TypeError, "ufunc 'bitwise_xor'", "In Python ^ is not a power; a power is written with **."),
    Row(TypeError, "ufunc '(bitwise_and|bitwise_or|invert)' not supported",
        "& and | bind more tightly than < and >: put each comparison in its own brackets."),
    Row(TypeError, "numpy boolean (subtract|negative)", _BOOLEANS),
    Row(TypeError, "is an invalid keyword argument for (sum|max|min|abs|round)",
        "That is Python's own function. Those of NumPy, such as np.sum and np.max, take an axis."),
    Row(TypeError, r"'(tuple|list|dict|numpy\.ndarray)' object is not callable",
        "Round brackets call a function, and this is none. Are square ones meant, as in x.shape[0]? Is a * missing? "
        "Or does a function's name now stand for a value?"),
    Row(TypeError, r"'(builtin_function_or_method|method|function|type|numpy\.ufunc|.*Dispatcher)' object is not sub",
        "Square brackets pick an entry. A function is called with round ones."),
    Row(TypeError, "tuple indices must be integers or slices, not str",
        "Several results come as a tuple, which has places and no keys: a, b = f(x) takes it apart."),
    Row(TypeError, "list indices must be integers or slices, not str",
        "A list has no keys, though its entries may. Which one of them is meant?"),
    Row(TypeError, "(list|tuple) indices must be integers or slices, not tuple",
        "A list has no axes: x[i, j] asks an array. Is np.array(...) missing?"),
    Row(TypeError, "(list|tuple) indices must be integers or slices, not float", _WHOLE),
    Row(TypeError, "string indices must be", _TEXT),
    Row(TypeError, "unhashable type",
        "A dict's key is a name, such as 'W1'. Here an array, a list or a dict stands in its place."),
    Row(TypeError, "'tuple' object does not support item", "A tuple cannot be changed. Make a list, or a new tuple."),
    Row(TypeError, "object does not support item", _ONE_NUMBER),
    Row(TypeError, "'int' object is not iterable",
        "One number cannot be gone through. Is range(n) missing? Or where did an array become one number?"),
    Row(TypeError, "not supported for the input types|has no callable",
        "Something that is no number stands where numbers are due: a text, a dict, a function?"),
    Row(AttributeError, "'dict' object has no attribute",
        "What a dict holds is had by its key, in square brackets: params['W1']."),
    Row(TypeError, "'module' object is not callable",
        "A module is not a function. Which function of it did you mean?"),
    Row(TypeError, "object is not callable",
        "Is a * missing between two brackets? Or does a function's name now stand for a value?"),
    Row(TypeError, "NoneType", _NONE),
    Row(AttributeError, "NoneType", _NONE),
    Row(AttributeError, r"'(int|float|numpy\.float64|numpy\.int64)' object has no attribute",
        "A plain number stands where an array is due. Does a variable of yours have the name of an argument?"),
    Row(AttributeError, "'(list|tuple)' object has no attribute", _LIST),
    Row(ValueError, "(too many|not enough) values to unpack",
        "The names on the left and the parts on the right are not equally many. How many axes, or results, "
        "does the right side have?"),
    Row(TypeError, "cannot unpack non-iterable (int|float|numpy)",
        "One number came where several are taken apart. May it be one number, or a pair?"),
    Row(TypeError, "exceptions must derive from",
        "Behind `raise` stands an error, such as ValueError. The words go into its brackets."),
    Row(TypeError, "only (0-dimensional|length-1|size-1) arrays can be converted",
        "float(), int() and the functions of `math` take one number. "
        "NumPy's functions of the same names take whole arrays."),
    Row(TypeError, r"can only concatenate list|can't multiply sequence|unsupported operand .*'list'"
        r"|bad operand .*'list'", _LIST),
    Row(TypeError, r"'(float|int|numpy\.float64|numpy\.int64)' object is not (subscriptable|iterable)"
        r"|has no len\(\)|len\(\) of unsized|iteration over a 0-d array", _ONE_NUMBER),
    Row(TypeError, r"unsupported operand .*'tuple'|bad operand .*'tuple'|can only concatenate tuple",
        "A tuple stands where one number is due. Which part of it is meant?"),
    Row(KeyError, "",
        "A dict was asked for a key that it does not have. Is it spelt as the docstring has it, capitals too? "
        "Or may it be left out?"),
    Row(IndexError, "array is 0-dimensional", _ONE_NUMBER),
    Row(TypeError, "cannot be interpreted as an integer|expected a sequence of integers",
        "A size, a count or an axis must be a whole number: / gives floats, // whole numbers."),
    Row(TypeError, "Cannot interpret '.*' as a data type",
        "A shape is one argument: np.zeros((2, 3)), with two pairs of brackets."),
    Row(TypeError, r"dtype\('<U\d+'\)", _TEXT),
    Row(TypeError, r"unsupported operand .*'str'|bad operand .*'str'|can only concatenate str", _TEXT),
    Row(TypeError, "Cannot cast ufunc",
        "An array of whole numbers cannot take fractions in place. Which array should hold floats?"),
    Row(TypeError, "unexpected keyword argument",
        "No argument has that name. In NumPy the words are `axis` and `keepdims`."),
    Row(TypeError, r"positional argument|return arrays must be of ArrayType",
        "This function is called with more or fewer arguments than it takes. Is a bracket or a comma astray, or "
        "was the first line of the function changed?"),
    Row(ValueError, r"could not broadcast .* into shape \((.*, ?)?0[,)]",
        "The place on the left is empty. Which slice ends before it begins?"),
    Row(ValueError, r"(from shape|together with shapes?|with shapes) .*\((\d+,)*0[,)]",
        "One of these arrays is empty. Which slice ends before it begins? Print its two ends."),
    Row(ValueError, "non-broadcastable output operand",
        "The place on the left of = or += has fewer numbers than what it is to take. What are the two shapes?"),
    Row(ValueError, r"requested shape \(\d+,2\)",
        "np.pad takes one pair of widths, (before, after), for each axis. How many axes does the array have?"),
    Row(ValueError, r"remapped shapes .*\)->\(",
        "In np.einsum equal letters stand for axes of equal length. Which letter has two lengths here?"),
    Row(ValueError, "output subscript .* never appeared",
        "In np.einsum a letter on the right of the arrow must stand on its left, too."),
    Row(ValueError, "operands provided to einstein sum",
        "np.einsum takes one group of letters for each array, with commas between the groups."),
    Row(ValueError, "einstein sum",
        "np.einsum takes one letter for each axis of each array. How many axes does each one have here?"),
    Row(ValueError, "could not be broadcast|could not broadcast",
        "These two shapes do not fit together. Which axis should line up with which?"),
    Row(ValueError, "shape-mismatch for sum",
        "np.tensordot sums over the last two axes of its first argument and the first two of its second, unless "
        "`axes=` names others. Which axes should go, on each side?"),
    Row(ValueError, "matmul: .*enough dimensions",
        "A matrix product (@) is one of arrays. A single number is multiplied by *."),
    Row(ValueError, "matmul: |not aligned", _PRODUCT),
    Row(ValueError, r"axis -?\d+ is out of bounds",
        "Axes are counted from 0, and the last one is also -1. How many axes does this array have?"),
    Row(IndexError, "too many indices",
        "There are more indices than the array has axes. What is its shape at that line?"),
    Row(IndexError, "boolean index did not match",
        "A mask must have the shape of the array that it picks from."),
    Row(IndexError, "only integers, slices|indices must be of integer", _WHOLE),
    Row(IndexError, "tuple index out of range",
        "A shape has one number for each axis. How many axes does the array have in this call?"),
    Row(IndexError, "invalid index to scalar", _ONE_NUMBER),
    Row(IndexError, "out of (bounds|range)", "Counting starts at 0: the last of n entries has the index n - 1."),
    Row(ValueError, "setting an array element with a sequence",
        "One entry cannot hold several numbers. Are all parts of one length?"),
    Row(ValueError, "all (the )?input arrays? ",
        "Arrays are stacked or joined only where their shapes agree. What are the two shapes?"),
    Row(ValueError, "axes don't match array|repeated axis",
        "transpose takes each axis once. How many axes does this array have?"),
    Row(ValueError, "cannot reshape", "A new shape must hold exactly as many entries as the old one."),
    Row(ValueError, "either both or neither of x and y",
        "np.where wants a condition and two values: one where it holds and one where it does not."),
    Row(ValueError, "read-only", "An argument must not be written to. Which line assigns into it?"),
    Row(ValueError, "math domain error|expected a (positive|nonnegative) input",  # before Python 3.14, and from then on
        "`math` stops at a log or root of what is not positive. Which number arrives there?"),
    Row(OverflowError, "",
        "Python's own floats stop with an error where a result grows too large. Which step is it?"),
    Row(ValueError, "Input must be 1- or 2-d",
        "np.diag makes a table of one vector. How many axes does this array have?"),
    Row(ModuleNotFoundError, "",
        "That module is not there when this is graded. NumPy and Python's own modules are enough here."),
    Row(ZeroDivisionError, "", "Which number is 0 here, and for which input?"),
    Row(UnboundLocalError, "",
        "This name gets its value only on a way that was not taken: inside an if, a loop, or a line below."),
)  # fmt: skip


def refusal(error: BaseException | None) -> str | None:
    """Return what to say of an error in the student's own words, where a result is due."""
    if not isinstance(error, (ValueError, AssertionError)):
        return None
    word = "`assert`" if isinstance(error, AssertionError) else "`raise`, or which step,"
    return f"There is an answer to this call. Which {word} refuses it?"


def advice_on(error: Exception, text: str) -> str | None:
    """Return one line of advice on an exception, or None where no row fits.

    Parameters
    ----------
    error
        What was raised, here or in a sandbox.
    text
        Its message; a class of NumPy's own may stand in front of it, as "AxisError: axis 1 is out of bounds".
    """
    for row in TABLE:
        if isinstance(error, row.kind) and re.search(row.text, text):
            return _with_lengths(row.advice, text)
    if isinstance(error, NameError):
        return _name(text)
    return _attribute(text) if isinstance(error, AttributeError) else None


def _with_lengths(advice: str, text: str) -> str:
    """Add the two lengths of a matrix product, which NumPy's own words hide."""
    found = _MATMUL.search(text)
    return f"{advice} Here they are {found[2]} and {found[1]}." if found else advice


def _name(text: str) -> str | None:
    found = NOT_DEFINED.search(text)
    if found is None:
        return None
    if hasattr(np, found[1]):
        return (
            "NumPy's functions are called np.tanh and the like; one of yours is there once its cell has run."
        )
    return "Is the name misspelt, or has the cell that defines it not run?"


def _attribute(text: str) -> str | None:
    if re.search("module '(numpy|math)' has no attribute", text):
        return "There is nothing of that name in it. Is it misspelt, or a function of your own?"
    found = re.search(r"'numpy\.ndarray' object has no attribute '(\w+)'", text)
    if found is None:
        return None
    if hasattr(np, found[1]):
        return f"Arrays have no such method. It is a function: np.{found[1]}."
    return "Arrays have no such attribute. Their shape is `.shape`, their number of entries `.size`."
