"""TFLearn's preprocessing of a batch, vectorized, with the same bits as its loops."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from beenet.config.preprocessing import CropCenter, Preprocessing
from beenet.preparation.statistics import EPSILON

Floats = NDArray[np.float32]
Statistics = Mapping[str, Any]
"""Statistics of the train split by name: ``mean``, ``std`` and ``pc``, float32."""


def needed(methods: Sequence[Preprocessing]) -> dict[str, Preprocessing]:
    """Return the names of the statistics that methods need, each with its method."""
    return {m.statistic: m for m in methods if m.statistic is not None}


def preprocess(
    methods: Sequence[Preprocessing], x: Floats, statistics: Statistics
) -> Floats:
    """Return the result of TFLearn's ``ImagePreprocessing.apply`` for a batch.

    Args:
        methods: in the order in which they are applied.
        x: float32 [n, *shape]; may be changed in place.
        statistics: those that the methods need.
    """
    for method in methods:
        if isinstance(method, CropCenter):
            x = _crop_center(x, method.shape)
        elif method.statistic is not None:
            x = _FEATUREWISE[method.yaml_name](x, statistics[method.statistic])
        else:
            x = _SAMPLEWISE[method.yaml_name](x)
    return x


def _samplewise_zero_center(x: Floats) -> Floats:
    # The same with per_channel, where TFLearn also takes the mean over the channels.
    flat = x.reshape(len(x), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat.reshape(x.shape)


def _samplewise_stdnorm(x: Floats) -> Floats:
    flat = x.reshape(len(x), -1)
    flat /= flat.std(axis=1, keepdims=True) + EPSILON
    return flat.reshape(x.shape)


def _image_normalization(x: Floats) -> Floats:
    x /= 255.0
    return x


def _crop_center(x: Floats, shape: tuple[int, int]) -> Floats:
    top = int((x.shape[1] - shape[0]) * 0.5)
    left = int((x.shape[2] - shape[1]) * 0.5)
    cropped = x[:, top : top + shape[0], left : left + shape[1]]
    return np.ascontiguousarray(cropped)


def _featurewise_zero_center(x: Floats, mean: Any) -> Floats:
    x -= mean
    return x


def _featurewise_stdnorm(x: Floats, std: Any) -> Floats:
    x /= std + EPSILON
    return x


def _zca_whitening(x: Floats, pc: Floats) -> Floats:
    # One by one, as in TFLearn, and on one thread: the rounding of a product depends on
    # the numbers of examples and threads, and results must not depend on the batch or
    # on the machine's cores. BLAS threads do not compete with TensorFlow's then either.
    with _blas().limit(limits=1, user_api="blas"):
        for i, flat in enumerate(x.reshape(len(x), -1)):
            x[i] = (flat @ pc).reshape(x.shape[1:])
    return x


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()  # searches all loaded libraries: once is enough


_SAMPLEWISE = {
    "samplewise_zero_center": _samplewise_zero_center,
    "samplewise_stdnorm": _samplewise_stdnorm,
    "image_normalization": _image_normalization,
}
_FEATUREWISE = {
    "featurewise_zero_center": _featurewise_zero_center,
    "featurewise_stdnorm": _featurewise_stdnorm,
    "zca_whitening": _zca_whitening,
}
