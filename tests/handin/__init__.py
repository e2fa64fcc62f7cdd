"""A class that hands in every kind of damaged, renamed and foreign notebook, graded in one run."""
