"""Whose kernels TensorFlow computes with on a CPU: oneDNN's, or its own."""

import os
import sys

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
"""What TensorFlow reads, once, when it is imported."""

_FORGET = "TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE"
"""Whether a kernel is made anew for every gradient of a convolution's filters."""


def prefer_onednn() -> None:
    """Have TensorFlow take oneDNN's kernels when it is imported, unless told otherwise.

    Of itself it does so only where the processor has AVX512_VNNI or AMX. On all others
    (AMD's before Zen 4, Intel's laptops of years) its own kernels are compiled for the
    least of them, and take up to three times as long for a step of a small ConvNet.

    And have it keep the kernels that oneDNN made for the gradients of convolutions. Of
    itself it makes them anew in every step, to save memory where nets are large: 0.05
    to 0.1 ms for each convolution. They are the same kernels, so the bits are too.
    """
    if "tensorflow" not in sys.modules:
        os.environ.setdefault(VARIABLE, "1")
        os.environ.setdefault(_FORGET, "0")


def onednn() -> str:
    """Return ``on``, ``off``, or ``as TensorFlow chose`` where it was imported before.

    Behind it stands what else the environment tells oneDNN. The last bits of a sum
    depend on all of it, as they do on the number of threads.
    """
    value = os.environ.get(VARIABLE)
    if value is None:
        state = "as TensorFlow chose" if "tensorflow" in sys.modules else "on"
    else:
        state = "off" if value.lower() in ("0", "false") else "on"
    told = [
        f"{name}={setting}"
        for name, setting in sorted(os.environ.items())
        if ("ONEDNN_" in name or name.startswith("DNNL_"))
        and name != VARIABLE
        and "VERBOSE" not in name
    ]
    return ", ".join([state, *told])
