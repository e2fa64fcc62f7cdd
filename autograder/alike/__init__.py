"""Pairs of submissions that are alike beyond the release, the course's own answers and what many wrote.

`reading` gathers what a class wrote, `tokens` reads a cell, `prints` makes fingerprints of it, `pieces` takes away what
is nobody's own, `pairs` finds who shares the rest; `page` and `sheet` write it down, and `write.write_similar` does all
of it. Nothing here judges anybody, and nothing here changes a mark.
"""
