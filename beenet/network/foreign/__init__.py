"""Read a third-party `.meta`: a graph parsed as data, its layers, its training."""

# TensorFlow writes to stderr when it is first imported: import it through the backend,
# which suppresses that.
from beenet.tflearn_backend import tf as _tf  # noqa: F401
