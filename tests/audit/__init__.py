"""Tests of autograder.audit."""
