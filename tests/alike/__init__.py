"""Tests of what is alike in a class."""
