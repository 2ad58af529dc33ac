"""The lecture's TFLearn program runs again, with one line of it changed."""

import subprocess
import sys

import pytest

# As in the lecture, but for fewer examples.
LECTURE = """
import tflearn
from tflearn.layers.core import input_data, fully_connected
from tflearn.layers.conv import conv_2d, max_pool_2d
from tflearn.layers.estimator import regression
from tflearn.data_utils import shuffle
import tflearn.datasets.mnist as mnist
import numpy as np

X, Y, testX, testY = mnist.load_data(one_hot=True)
print(X.shape, X.dtype, X.min(), X.max(), Y.shape, testX.shape, testY.sum(axis=0)[:3])
X, Y = shuffle(X, Y)
testX, testY = testX[:200], testY[:200]
trainX = X[0:600].reshape([-1, 28, 28, 1])
trainY = Y[0:600]
testX = testX.reshape([-1, 28, 28, 1])

def make_net():
    input_layer = input_data(shape=[None, 28, 28, 1])
    conv_layer = conv_2d(input_layer, nb_filter=20, filter_size=5, activation='sigmoid',
                         name='conv_layer_1')
    pool_layer = max_pool_2d(conv_layer, 2, name='pool_layer_1')
    fc_layer_1 = fully_connected(pool_layer, 100, activation='sigmoid',
                                 name='fc_layer_1')
    return fully_connected(fc_layer_1, 10, activation='softmax', name='fc_layer_2')

network = regression(make_net(), optimizer='sgd', loss='categorical_crossentropy',
                     learning_rate=0.1)
model = tflearn.DNN(network, tensorboard_dir='logs')
model.fit(trainX, trainY, n_epoch=1, shuffle=True, validation_set=(testX, testY),
          show_metric=True, batch_size=10, run_id='MNIST_ConvNet_1')
model.save('my_net.tfl')
before = model.predict(testX)
right = np.mean(np.argmax(before, axis=1) == np.argmax(testY, axis=1))
print('evaluated', abs(model.evaluate(testX, testY)[0] - right) < 1e-6)

import tensorflow.compat.v1 as tf
tf.reset_default_graph()
model = tflearn.DNN(make_net())
model.load('my_net.tfl')
print('the same', np.array_equal(model.predict(testX), before))
"""


def run(code, folder):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_lectures_program_needs_one_line(tmp_path):
    mended = LECTURE.replace(
        "import tflearn\n", "from beenet.compat import tflearn\n", 1
    )
    done = run(mended, tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    # What TFLearn's own loader gave: 5,000 of the 60,000 are set aside.
    assert (
        "(55000, 784) float32 0.0 1.0 (55000, 10) (10000, 784) [ 980. 1135. 1032.]"
        in (lines)
    )
    assert "val_acc" in done.stdout
    assert lines[-2].endswith("evaluated True")
    assert lines[-1] == "the same True"


@pytest.mark.slow
def test_what_newer_numpy_and_pillow_dropped_is_there(tmp_path):
    """TFLearn waits without end for a thread of augmentation that has died."""
    code = """
from beenet.compat import tflearn
import numpy as np
from PIL import Image
from tflearn.data_augmentation import ImageAugmentation
from tflearn.data_utils import image_preloader, resize_image

augmentation = ImageAugmentation()
augmentation.add_random_crop([8, 8], padding=2)
augmentation.add_random_rotation(max_angle=20)
augmentation.add_random_blur()
x = np.random.default_rng(0).random((16, 8, 8, 3))
net = tflearn.input_data([None, 8, 8, 3], data_augmentation=augmentation)
net = tflearn.residual_block(net, 1, 5)
net = tflearn.fully_connected(net, 2, activation='softmax')
optimizer = tflearn.Momentum(0.01, lr_decay=0.9, decay_step=10)
net = tflearn.regression(net, optimizer=optimizer)
model = tflearn.DNN(net, tensorboard_dir='logs')
model.fit(x, np.eye(2)[np.arange(16) % 2], n_epoch=1, batch_size=8)
print(resize_image(Image.new('RGB', (9, 9)), 4, 4).size)
"""
    done = run(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("(4, 4)")
