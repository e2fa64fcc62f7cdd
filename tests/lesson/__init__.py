"""Tests of the lesson room: from a text source to the notebooks of a course."""
