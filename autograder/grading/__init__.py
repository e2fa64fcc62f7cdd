"""From a submission to marks in the gradebook.

What lives here: the trusted run of a lesson's source (`lesson`), one submission's examination (`exam`), the
process that holds both (`examiner`, and `pool` on the grader's side), the mending of damaged notebooks
(`mend`), nbgrader's preprocessors (`preprocessors`), and the driver of whole classes (`run`, `gradebook`).
"""
