"""Scores of predictions, their intervals and tests, and the outcome of each example."""
