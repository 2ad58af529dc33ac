"""What someone else's `.meta` says: a graph read as data, its layers, its training."""

# TensorFlow announces itself on stderr to whoever imports it first: the backend
# knows how to keep it quiet.
from beenet.tflearn_backend import tf as _tf  # noqa: F401
