"""`autograder doctor`: what a course needs to be graded, handed out and handed in, looked at live, each with its mend.

The attempts on the sandbox are `autograder.sandbox.doctor`. Here are the looks at a course: its settings, its gradebook,
the exchange's rights, a hub's accounts. Nothing is changed.
"""
