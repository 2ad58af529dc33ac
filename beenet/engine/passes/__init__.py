"""Rewrites of a training step's ``GraphDef``; none changes a bit of its results.

Each module is one pass; `beenet.engine.step` runs them in order.
"""
