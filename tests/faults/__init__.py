"""A run of the grader, broken off in every way that can be thought of."""
