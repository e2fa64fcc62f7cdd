"""Tests of whole courses: a class hands in and is graded."""
