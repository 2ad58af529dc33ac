"""What predictions are worth: scores, intervals and tests, each example's answer."""
