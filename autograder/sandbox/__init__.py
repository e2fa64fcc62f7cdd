"""Where student code runs, and the wall around it.

What lives here: the limits, the wire that values cross on, the bubblewrap holder, the warm template that is
forked for each submission, the runner inside, and the trusted side's handle on all of it. What does not:
anything that knows what a mark is.

Two sides share this room. *Inside*: `template`, `runner`, `shell`, `lockdown`. *Trusted*: `session`, `proxy`,
`wall`. `wire`, `values` and `limits` are spoken by both, and the trusted side believes nothing that arrives.
"""
