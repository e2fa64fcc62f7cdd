"""The report on an assignment: one page for a teacher with ten minutes, and the same numbers as CSV.

`reading` gathers what the gradebook and the graded notebooks hold into the frozen data of `record`; `statistics`
and `tallies` count; `lines` says what to teach next week; `figures` draws; `page` and `sheets` write it down.
`write.write_report` does all of it. Nothing here changes a mark.
"""

from autograder.desk.report.write import Written, write_report

__all__ = ["Written", "write_report"]
