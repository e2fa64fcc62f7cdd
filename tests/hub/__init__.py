"""A real JupyterHub, from docs/deploy: the round of a lesson, and what a student's account cannot do."""
