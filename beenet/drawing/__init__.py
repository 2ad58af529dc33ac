"""Pictures of what training showed: PNG bytes, the same for the same numbers.

matplotlib is imported here alone, and only when something is drawn.
"""
