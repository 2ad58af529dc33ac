"""TensorFlow comes without what it drags along, which can be had all the same."""

import subprocess
import sys


def run_python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_keras_is_not_loaded_and_can_be():
    run_python(
        "import sys\n"
        "from beenet.tflearn_backend import tf\n"
        "assert not {'keras', 'matplotlib.pyplot'} & set(sys.modules)\n"
        "from tensorflow.keras.layers import Dense\n"
        "import tensorflow\n"
        "assert tensorflow.keras.layers.Dense is Dense\n"
        "assert 'keras' in sys.modules\n"
    )


def test_tensorflow_is_not_searched_for_garbage():
    run_python(
        "import gc\n"
        "from beenet.tflearn_backend import tf\n"
        "assert gc.isenabled()\n"
        "assert len(gc.get_objects()) < gc.get_freeze_count() / 10\n"
    )
