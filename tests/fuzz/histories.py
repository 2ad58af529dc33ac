"""history.csv."""

from pathlib import Path

from hypothesis import strategies as st

from beenet.runs.history import Epoch, read_csv, to_csv
from fuzz.mutation import mutated

_WORDS = [b",", b'"', b"\n", b"nan", b"inf", b"1e999999", b"\0", b"9" * 5000, b"1_0",
          b"x" * 140_000, b"train_loss", b"epoch", b"\xef\xbb\xbf"]  # fmt: skip


def seeds() -> list[bytes]:
    rows = [Epoch("A", n, n * 9, 0.5, 0.5, 0.5, 0.5, 1.0) for n in (1, 2)]
    other = [Epoch("A, b", 1, 9, 1.0, None, 1.0, 0.5, 1.0, {"learning_rate": 0.1})]
    return [to_csv(rows).encode(), to_csv(other).encode()]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "history.csv"
    path.write_bytes(data)
    read_csv(path)
