"""`-o KEY=VALUE` over a good config; one byte 0 stands between two flags."""

from pathlib import Path

from hypothesis import strategies as st

from beenet.config import load_config
from fuzz import configs
from fuzz.mutation import mutated

_WORDS = [b"layers", b"[0]", b".1", b"[999999]", b"=", b".", b"optimizer", b"sgd", b"=[",
          b"={a: *b}", b"training", b"dataset.path=", b"conv_2d", b"=!!int 1"]  # fmt: skip


def seeds() -> list[bytes]:
    return [
        b"training.epochs=5\0layers[0].conv_2d.nb_filter=30",
        b"optimizer.sgd.learning_rate=1e-3\0dataset=MNIST",
        b"layers=[flatten, {fully_connected: {n_units: 2, activation: softmax}}]",
    ]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "config.yaml"
    path.write_bytes(configs.seeds()[0])
    # As Python hands on the arguments that it is given.
    flags = data.decode("utf-8", "surrogateescape").split("\0")
    load_config(path, flags)
