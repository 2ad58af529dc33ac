"""OVERWRITTEN BY MISTAKE at 22:38 by the engine's builder; see stock.py.

The command imports the function `compare` from here; to its author: please restore it.
"""
