"""Replacements, as lines of a script, for what TFLearn needs from old TensorFlow.

The counterpart of `beenet.tflearn_backend`: a script has only what its layers need.
Initializers set the weights' distribution before a model is loaded over them.
"""

_VARIANCE_SCALING = '''\
def variance_scaling(factor=2.0, mode="FAN_IN", uniform=False, seed=None):
    """TFLearn took this from tf.contrib, which is gone; so is xavier."""
    distribution = "uniform" if uniform else "truncated_normal"
    return tf.variance_scaling_initializer(factor, mode.lower(), distribution, seed)


def xavier(uniform=True, seed=None):
    return variance_scaling(1.0, "FAN_AVG", uniform, seed)


tflearn.initializations.variance_scaling = variance_scaling
tflearn.initializations.xavier = xavier
'''

_SHIMS = {
    _VARIANCE_SCALING: (
        "variance_scaling",
        "xavier",
        "residual_block(",
        "residual_bottleneck(",
        "resnext_block(",
        "densenet_block(",
    ),
}
"""Each shim, and the words in a script that require it."""


def shims(code: str) -> list[str]:
    """Return the shim lines that must precede ``code``."""
    needed = [
        text for text, words in _SHIMS.items() if any(word in code for word in words)
    ]
    return "\n\n".join(needed).splitlines()
