"""Benchmarks: beenet against stock TFLearn on one config, and against its peers."""
