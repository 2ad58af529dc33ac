"""Old TFLearn scripts on today's TensorFlow: one line of them changes.

    from beenet.compat import tflearn  # was: import tflearn

It is the one and only ``tflearn``, mended where it stands, so whatever a script imports
from it afterwards (``from tflearn.layers.conv import conv_2d``) is mended too.
"""

from beenet.tflearn_backend import tflearn

__all__ = ["tflearn"]
