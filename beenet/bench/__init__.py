"""Measuring: beenet beside stock TFLearn on one config, and beside its peers."""
