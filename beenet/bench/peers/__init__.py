"""The peers: the same net, the same step and the same batches in other frameworks.

Each gets its data decoded, in the order of the batches, in memory, and computes the
mean loss and accuracy, as TFLearn shows them. The preparation is not timed.
"""
