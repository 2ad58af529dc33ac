"""TFLearn's preprocessing of a batch, in whole arrays: to the bits of its own loops."""

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
"""What is known of the train split: ``mean``, ``std`` and ``pc``, float32."""


def needed(methods: Sequence[Preprocessing]) -> dict[str, Preprocessing]:
    """Return the statistics that methods need, each with the method that does."""
    return {m.statistic: m for m in methods if m.statistic is not None}


def preprocess(
    methods: Sequence[Preprocessing], x: Floats, statistics: Statistics
) -> Floats:
    """Return what TFLearn's ``ImagePreprocessing.apply`` makes of a batch.

    Args:
        methods: in the order in which they are done.
        x: float32 [n, *shape]; may be changed.
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
    # Per channel too: TFLearn means to, but takes the mean over the channels as well.
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
    # One by one, as TFLearn does it, and on one thread: a product rounds by how many
    # examples and how many threads there are, and no result may depend on the moment
    # or on the machine's cores. Nor do its threads get into TensorFlow's way then.
    with _blas().limit(limits=1, user_api="blas"):
        for i, flat in enumerate(x.reshape(len(x), -1)):
            x[i] = (flat @ pc).reshape(x.shape[1:])
    return x


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()  # looks through all libraries: once is enough


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
