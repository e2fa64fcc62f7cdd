"""What a test lacks that does not notice a change, by the kind of change, and what to add."""

from __future__ import annotations

HINTS = {
    "arithmetic": "No test has numbers for which the two operations differ. Try a case with no 0, 1 or 2 in it.",
    "operands swapped": "No test tells the two sides apart. Try a case where they differ in size or shape.",
    "operand dropped": "No test has a case where the other part matters. Try one where it is neither 0 nor 1, or large.",
    "constant": "No test depends on this number. Try a case on both sides of it.",
    "sign": "No test has a result that is not 0. Try a case with a positive and a negative one.",
    "factor": "No test has a result that is not 0.",
    "comparison": "No test stands on the border. Try a case where both sides are equal.",
    "condition": "No test goes the other way at this condition. Try a case where it does not hold.",
    "branch": "No test goes the other way. Try a case of each branch.",
    "function": "No test tells the two functions apart. Try a case with several unequal numbers of both signs.",
    "axis": "No test has an array that tells the axes apart. Try a case where every axis has another length, also "
    "one with more axes.",
    "keepdims": "No test has a shape in which the lost axis matters. Try unequal lengths, and a batch of one.",
    "out": "No test looks at where the result lies.",
    "argument dropped": "No test needs this argument. Try a case where its default is wrong.",
    "arguments swapped": "No test tells the two arguments apart. Try a case where they differ in size.",
    "call dropped": "No test needs this call. Try a case where it changes something, also in shape or type.",
    "copy": "No test notices that the argument itself is used. Try leaves_arguments_alone, and look at what was given.",
    "in place": "No test notices that an argument is changed. Try leaves_arguments_alone.",
    "transpose": "No test has a matrix that is not symmetric, or not square, here. Try unequal lengths.",
    "slice": "No test reaches the edge of this slice. Try a case whose edges differ from the middle.",
    "index swapped": "No test tells rows from columns here. Try unequal lengths.",
    "index dropped": "No test has more than one entry here. Try a larger case.",
    "range": "No test reaches the first or last turn of this loop. Try a case that differs there, and a longer one.",
    "name": "No test tells these two apart. Try a case where they are unlike each other.",
    "key": "No test tells these two entries apart. Try a case where they are unlike each other.",
    "result": "No test looks at all of the result. Compare every part of it.",
    "return removed": "No test looks at the result.",
    "statement removed": "No test needs this line. Try a case where it does something.",
    "accumulation": "No test needs the sum of several turns. Try a case where the loop runs twice.",
    "error": "No test asks which error is raised. Try check.raises with the error that is promised.",
    "line dropped": "No test asks for the last line. Say which form the chain must end in.",
    "formula": "The line is still equal and the step is small enough, or nothing compares it. If it is equal, say so "
    "in equivalent.toml.",
    "text": "No test looks at this text.",
}


def hint(operator: str) -> str:
    """Return what to add to a test that does not notice a change of this kind."""
    return HINTS[operator]
