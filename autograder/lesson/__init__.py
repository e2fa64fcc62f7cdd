"""From a lesson's text source to the notebooks that instructors and students open.

`course` opens a course folder, `source` reads a lesson, `slips` finds its author's slips, `trial` runs it,
`release` builds the notebooks, `notebook` tells what a cell is. No student code is run in this room.
"""
