"""What a data set is worth: copies, leaks, faults, and how alike its splits are."""
