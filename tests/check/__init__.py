"""Tests of what a test cell can say."""
