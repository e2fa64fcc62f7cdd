"""Nothing leaks: what a class with wrong answers of every kind gets to read."""
