import os
import sys

import pytest

from beenet import kernels


@pytest.fixture
def environment(monkeypatch):
    """A process that has not loaded TensorFlow, and whose user has said nothing."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(os, "environ", {})
    return os.environ


def test_onednn_is_turned_on(environment):
    kernels.prefer_onednn()
    assert environment == {"TF_ENABLE_ONEDNN_OPTS": "1"}
    assert kernels.onednn() == "on"


@pytest.mark.parametrize("value", ["0", "false", "False"])
def test_who_turns_it_off_is_obeyed(environment, value):
    environment["TF_ENABLE_ONEDNN_OPTS"] = value
    kernels.prefer_onednn()
    assert environment == {"TF_ENABLE_ONEDNN_OPTS": value}
    assert kernels.onednn() == "off"


def test_a_tensorflow_that_is_loaded_keeps_its_own_choice(environment, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    kernels.prefer_onednn()
    assert environment == {}
    assert kernels.onednn() == "as TensorFlow chose"


def test_before_tensorflow_is_loaded_the_answer_is_what_it_will_be(environment):
    assert kernels.onednn() == "on"


def test_tensorflow_obeys():
    from tensorflow.python.util._pywrap_util_port import IsMklEnabled

    from beenet.tflearn_backend import tf  # noqa: F401

    assert IsMklEnabled() == (kernels.onednn() == "on")
