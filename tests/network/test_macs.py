"""Multiply-adds of single operations, worked out by hand for one example."""

import pytest

from beenet.network.macs import macs_of
from beenet.tflearn_backend import tf


def image():
    return tf.placeholder(tf.float32, [None, 6, 8, 3])


def loop():
    return tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])


COUNTS = {
    # 3x4 outputs of 5 filters, each a sum over 2x2x3
    "conv_2d": (
        lambda: tf.nn.conv2d(image(), tf.zeros([2, 2, 3, 5]), 2, "SAME"),
        3 * 4 * 5 * 2 * 2 * 3,
    ),
    # 5x7 outputs of 3 channels with 2 filters each, over 2x2
    "depthwise": (
        lambda: tf.nn.depthwise_conv2d(
            image(), tf.zeros([2, 2, 3, 2]), [1, 1, 1, 1], "VALID"
        ),
        5 * 7 * 6 * 2 * 2,
    ),
    # each of 6x8x3 inputs goes to 2x2 places of 5 channels
    "conv_2d_transpose": (
        lambda: tf.nn.conv2d_transpose(
            image(), tf.zeros([2, 2, 5, 3]), [4, 12, 16, 5], 2
        ),
        6 * 8 * 3 * 2 * 2 * 5,
    ),
    "conv_3d": (
        lambda: tf.nn.conv3d(
            tf.placeholder(tf.float32, [None, 4, 4, 4, 1]),
            tf.zeros([2, 2, 2, 1, 3]),
            [1, 1, 1, 1, 1],
            "VALID",
        ),
        3**3 * 3 * 2**3,
    ),
    "matmul": (
        lambda: tf.matmul(tf.placeholder(tf.float32, [None, 7]), tf.zeros([7, 4])),
        7 * 4,
    ),
    "matmul_turned": (
        lambda: tf.matmul(
            tf.placeholder(tf.float32, [7, None]), tf.zeros([7, 4]), transpose_a=True
        ),
        7 * 4,
    ),
    "batched": (
        lambda: tf.matmul(
            tf.placeholder(tf.float32, [None, 5, 7]), tf.zeros([1, 7, 4])
        ),
        5 * 7 * 4,
    ),
    "number by number": (lambda: tf.nn.relu(image() + 1.0), 0),
    "a side that is not known": (
        lambda: tf.nn.conv2d(
            tf.placeholder(tf.float32, [None, None, 8, 3]),
            tf.zeros([2, 2, 3, 5]),
            1,
            "SAME",
        ),
        None,
    ),
    "a loop": (loop, None),
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_count_of(name):
    make, count = COUNTS[name]
    with tf.Graph().as_default() as graph:
        make()
        assert macs_of(graph.get_operations()) == count
