"""The peers: the same net, the same step and the same batches in other frameworks.

Each is given its data decoded, in the order of the batches, in memory, and keeps the
mean loss and accuracy, as TFLearn shows them. None of that preparation is timed.
"""
