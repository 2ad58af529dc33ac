"""Audits a data set: copies, leaks, faulty examples, differences between splits."""
