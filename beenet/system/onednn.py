"""Selects the kernels that TensorFlow uses on a CPU: oneDNN's, or its own."""

import os
import sys

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
"""The variable that TensorFlow reads, once, when it is imported."""

_FORGET = "TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE"
"""Whether a kernel is created again for every gradient of a convolution's filters."""


def prefer_onednn() -> None:
    """Make TensorFlow use oneDNN's kernels when it is imported, unless the user chose.

    By default it does so only if the processor has AVX512_VNNI or AMX. On all others
    (AMD's before Zen 4, Intel's laptops of years) its own kernels are compiled for the
    oldest processors, and take up to three times as long for a step of a small ConvNet.

    Also make it keep oneDNN's kernels for the gradients of convolutions. By default it
    creates them again in every step, to save memory with large nets: 0.05 to 0.1 ms
    for each convolution. The kernels are the same, and so are the bits.
    """
    if "tensorflow" not in sys.modules:
        os.environ.setdefault(VARIABLE, "1")
        os.environ.setdefault(_FORGET, "0")


def onednn() -> str:
    """Return ``on``, ``off``, or ``as TensorFlow chose`` if it was imported before.

    The environment's other settings of oneDNN follow. The last bits of a sum depend on
    all of them, as they do on the number of threads.
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
