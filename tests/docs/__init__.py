"""Tests of the handout, `make docs`."""
