"""Rewrites of a training step's ``GraphDef``; none changes a bit of its results.

Each module is one pass, or part of one; `beenet.engine.step` runs them in order.
"""
