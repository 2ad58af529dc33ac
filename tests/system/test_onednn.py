import os
import sys

import pytest

from beenet import tflearn_backend  # noqa: F401 (loads TensorFlow as beenet does)
from beenet.system import onednn

FORGET = "TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE"


@pytest.fixture
def fresh(monkeypatch):
    """A process that has not loaded TensorFlow, and whose user has said nothing."""
    monkeypatch.delitem(sys.modules, "tensorflow")
    monkeypatch.setenv(onednn.VARIABLE, "")  # so that it is put back in any case
    monkeypatch.delenv(onednn.VARIABLE)
    monkeypatch.setenv(FORGET, "")
    monkeypatch.delenv(FORGET)


def said():
    return os.environ.get("TF_ENABLE_ONEDNN_OPTS")


def test_onednn_is_turned_on(fresh):
    onednn.prefer_onednn()
    assert said() == "1"
    assert onednn.onednn() == "on"


@pytest.mark.parametrize("value", ["0", "false", "False"])
def test_who_turns_it_off_is_obeyed(fresh, value, monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", value)
    onednn.prefer_onednn()
    assert said() == value
    assert onednn.onednn() == "off"


def test_a_tensorflow_that_is_loaded_keeps_its_own_choice(fresh, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    onednn.prefer_onednn()
    assert said() is None
    assert onednn.onednn() == "as TensorFlow chose"


@pytest.mark.parametrize(("given", "taken"), [(None, "0"), ("1", "1")])
def test_kernels_are_kept_unless_the_user_says_otherwise(
    fresh, given, taken, monkeypatch
):
    if given:
        monkeypatch.setenv(FORGET, given)
    onednn.prefer_onednn()
    assert os.environ[FORGET] == taken


def test_before_tensorflow_is_loaded_the_answer_is_what_it_will_be(fresh):
    assert onednn.onednn() == "on"


def test_tensorflow_obeys():
    from tensorflow.python.util._pywrap_util_port import IsMklEnabled

    assert IsMklEnabled() == (onednn.onednn() == "on")
