"""Tests of the explorables: in Python, in node, in a real browser and in real JupyterLab."""
