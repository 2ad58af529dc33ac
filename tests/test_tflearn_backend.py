"""TensorFlow comes without what it drags along, which can be had all the same."""

import importlib
import json as already
import subprocess
import sys

import pytest

from beenet.tflearn_backend import hidden


def test_a_hidden_package_is_as_if_not_installed():
    assert "xmlrpc" not in sys.modules
    with hidden("xmlrpc"), pytest.raises(ImportError):
        importlib.import_module("xmlrpc")
    assert "xmlrpc" not in sys.modules
    importlib.import_module("xmlrpc")


def test_what_was_imported_before_stays():
    with hidden("json"):
        assert importlib.import_module("json") is already
    assert sys.modules["json"] is already


def test_keras_is_not_loaded_and_can_be():
    code = (
        "import sys\n"
        "from beenet.tflearn_backend import tf\n"
        "assert not {'keras', 'matplotlib.pyplot'} & set(sys.modules)\n"
        "from tensorflow.keras.layers import Dense\n"
        "import tensorflow\n"
        "assert tensorflow.keras.layers.Dense is Dense\n"
        "assert 'keras' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
