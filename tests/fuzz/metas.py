"""The `.meta` of a stranger's `.tfl`, as `beenet adopt` reads it."""

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from beenet.config.load import load_mapping
from fuzz.mutation import mutated

LAYERS = [
    {"conv_2d": {"nb_filter": 2, "filter_size": 3, "activation": "relu"}},
    "batch_normalization",
    {"max_pool_2d": {"kernel_size": 2}},
    {"dropout": {"keep_prob": 0.5}},
    {"fully_connected": {"n_units": 10, "activation": "softmax"}},
]
_WORDS = [
    b"Conv2D",
    b"MatMul",
    b"Placeholder",
    b"If",
    b"then_branch",
    b"shape",
    b"Const",
    b"value",
    b"PyFunc",
    b"ReadFile",
    b"\x0a",
    b"\x12",
    b"\xff\xff\xff\xff\x0f",
]


@cache
def seeds() -> list[bytes]:
    from beenet.network.build import build

    config = load_mapping({"dataset": "MNIST", "layers": LAYERS, "name": "a"}).config
    with build(config, (28, 28, 1), 10) as network:
        return [network.meta]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    from beenet.network.foreign.model import read_model

    path = folder / "x.meta"
    path.write_bytes(data)
    read_model(path)
