"""Attacks on the grader, and `autograder doctor`."""
