"""Read and edit a ``GraphDef``: names, shapes, replacement ops, bitwise comparison."""
