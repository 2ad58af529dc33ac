"""TensorFlow comes without what it drags along, which can be had all the same."""

import subprocess
import sys


def run_python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_tensorflow_brings_neither_keras_nor_garbage_and_keras_can_be_had():
    run_python(
        "import gc, sys\n"
        "from beenet.tflearn_backend import tf\n"
        "assert not {'keras', 'matplotlib.pyplot'} & set(sys.modules)\n"
        "assert gc.isenabled()\n"
        "assert len(gc.get_objects()) < gc.get_freeze_count() / 10\n"
        "from tensorflow.keras.layers import Dense\n"
        "import tensorflow\n"
        "assert tensorflow.keras.layers.Dense is Dense\n"
        "assert 'keras' in sys.modules\n"
    )
