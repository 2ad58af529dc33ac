"""Summaries for TensorBoard's HParams page: the config, and the end of a run.

The page expects, in the event file of each run, a summary with the hyperparameters at
its start, and one at its end. The scalars of the file are its metrics. Only the
plugin's messages are used from the tensorboard package: its own functions for this
need all of TensorFlow 2.
"""

from collections.abc import Mapping
from typing import Any

from tensorboard.plugins.hparams.api_pb2 import STATUS_SUCCESS
from tensorboard.plugins.hparams.plugin_data_pb2 import (
    HParamsPluginData,
    SessionEndInfo,
    SessionStartInfo,
)

from beenet.tflearn_backend import tf


def session_start(
    hparams: Mapping[str, bool | int | float | str], started: float
) -> Any:
    """Return the summary that starts a run.

    Args:
        hparams: the hyperparameters by name.
        started: when it started, in seconds since 1970.
    """
    info = SessionStartInfo(start_time_secs=started)
    for name, value in hparams.items():
        if isinstance(value, bool):
            info.hparams[name].bool_value = value
        elif isinstance(value, str):
            info.hparams[name].string_value = value
        else:
            info.hparams[name].number_value = value
    return _summary("session_start_info", HParamsPluginData(session_start_info=info))


def session_end(ended: float) -> Any:
    """Return the summary that ends a finished run.

    Args:
        ended: when it ended, in seconds since 1970.
    """
    info = SessionEndInfo(status=STATUS_SUCCESS, end_time_secs=ended)
    return _summary("session_end_info", HParamsPluginData(session_end_info=info))


def _summary(tag: str, data: HParamsPluginData) -> Any:
    plugin = tf.SummaryMetadata.PluginData(
        plugin_name="hparams", content=data.SerializeToString()
    )
    value = tf.Summary.Value(
        tag=f"_hparams_/{tag}",
        metadata=tf.SummaryMetadata(plugin_data=plugin),
        tensor=tf.make_tensor_proto([], tf.float32, shape=(0,)),  # required
    )
    return tf.Summary(value=[value])
