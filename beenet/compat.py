"""Run old TFLearn scripts on today's TensorFlow by changing one line of them.

    from beenet.compat import tflearn  # was: import tflearn

This is the installed ``tflearn``, patched in place, so that whatever a script imports
from it afterwards (``from tflearn.layers.conv import conv_2d``) is patched, too.
"""

from beenet.tflearn_backend import tflearn

__all__ = ["tflearn"]
