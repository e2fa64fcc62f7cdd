"""Tests of the house itself: its commands, rules, requirements and JupyterLab."""
