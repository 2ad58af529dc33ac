import pytest

from beenet.config import load_mapping
from beenet.errors import NetworkError
from beenet.network import memory
from beenet.network.build import build
from beenet.network.memory import explain_shortage
from beenet.system import hardware
from beenet.tflearn_backend import tf

CONFIG = load_mapping(
    {
        "name": "a",
        "dataset": "MNIST",
        "layers": [{"fully_connected": {"n_units": 2, "activation": "softmax"}}],
    }
).config


def test_weights_beyond_the_machine_are_refused_before_they_are_drawn(monkeypatch):
    monkeypatch.setattr(memory, "memory_bytes", lambda: 1000)
    with pytest.raises(NetworkError) as caught:
        build(CONFIG, (25, 5, 1), 2)
    assert str(caught.value) == (
        "the network's weights take 1.01 kB, and this machine has 1.00 kB of memory; "
        "give it fewer or smaller layers"
    )
    monkeypatch.setattr(memory, "memory_bytes", lambda: 1100)
    with build(CONFIG, (25, 5, 1), 2):
        pass
    monkeypatch.setattr(memory, "memory_bytes", lambda: None)
    with build(CONFIG, (25, 5, 1), 2):
        pass


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"),
        tf.errors.InternalError(None, None, "Dst tensor is not initialized."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_want_of_memory_is_one_line(error):
    with (
        pytest.raises(NetworkError, match=r"^not enough memory: eat less$"),
        explain_shortage("eat less"),
    ):
        raise error


def test_another_internal_error_is_no_want_of_memory():
    with pytest.raises(tf.errors.InternalError, match="a bug"), explain_shortage("x"):
        raise tf.errors.InternalError(None, None, "a bug")


def test_a_container_has_less_than_the_machine(monkeypatch, tmp_path):
    whole = hardware.memory_bytes()
    for text, expected in [("max\n", whole), ("1000\n", 1000)]:
        (tmp_path / "memory.max").write_text(text)
        monkeypatch.setattr(
            hardware, "_CONTAINER_LIMITS", (tmp_path / "memory.max", tmp_path / "none")
        )
        assert hardware.memory_bytes() == expected
