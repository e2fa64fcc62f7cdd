"""Tests of the instructor's desk."""
