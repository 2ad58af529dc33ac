"""Preprocessing as graph operations, so that an exported network takes raw examples."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from beenet.config.preprocessing import CropCenter, Preprocessing
from beenet.preparation.statistics import EPSILON
from beenet.tflearn_backend import tf


def preprocessed(
    methods: Sequence[Preprocessing], x: Any, statistics: Mapping[str, Any]
) -> Any:
    """Apply the equivalent of `beenet.preparation.preprocess` to the tensor ``x``.

    Args:
        methods: in the order in which they are applied.
        x: a tensor, float32 [batch, *shape].
        statistics: those of the train split that the methods need.
    """
    for method in methods:
        if isinstance(method, CropCenter):
            x = _crop_center(x, method.shape)
        elif method.statistic is not None:
            statistic = np.asarray(statistics[method.statistic], np.float32)
            x = _FEATUREWISE[method.yaml_name](x, statistic)
        else:
            x = _SAMPLEWISE[method.yaml_name](x)
    return x


def _sides(x: Any) -> list[int]:
    return list(range(1, x.shape.rank))


def _samplewise_zero_center(x: Any) -> Any:
    return x - tf.reduce_mean(x, _sides(x), keepdims=True)


def _samplewise_stdnorm(x: Any) -> Any:
    centred = _samplewise_zero_center(x)
    variance = tf.reduce_mean(centred * centred, _sides(x), keepdims=True)
    return x / (tf.sqrt(variance) + EPSILON)


def _crop_center(x: Any, shape: tuple[int, int]) -> Any:
    height, width = x.shape.as_list()[1:3]
    top, left = (height - shape[0]) // 2, (width - shape[1]) // 2
    return x[:, top : top + shape[0], left : left + shape[1]]


def _zca_whitening(x: Any, pc: Any) -> Any:
    sides = x.shape.as_list()[1:]
    flat = tf.reshape(x, [-1, len(pc)])
    return tf.reshape(tf.matmul(flat, pc), [-1, *sides])


_SAMPLEWISE: dict[str, Callable[[Any], Any]] = {
    "samplewise_zero_center": _samplewise_zero_center,
    "samplewise_stdnorm": _samplewise_stdnorm,
    "image_normalization": lambda x: x / 255.0,
}
_FEATUREWISE: dict[str, Callable[[Any, Any], Any]] = {
    "featurewise_zero_center": lambda x, mean: x - mean,
    "featurewise_stdnorm": lambda x, std: x / (std + EPSILON),
    "zca_whitening": _zca_whitening,
}
