"""Plots of results as PNG or SVG, with equal output for equal numbers.

matplotlib is imported only in this package, and only when something is drawn.
"""
