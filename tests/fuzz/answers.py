"""outcomes.npz: what a run made of each example."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from beenet.scores.outcomes import outcomes_of, read_outcomes, to_bytes
from fuzz.mutation import mutated

_WORDS = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x93NUMPY\x01\0", b"'|u1'",
          b"(1099511627776,)", b"'|O'", b"\x08\0", b"\x0e\0", b"valid_true.npy"]  # fmt: skip


def seeds() -> list[bytes]:
    outcomes = outcomes_of(
        np.arange(9) % 3, np.eye(3, dtype=np.float32)[np.arange(9) % 3]
    )
    return [to_bytes({"test": outcomes, "valid": outcomes})]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS)


def target(data: bytes, folder: Path) -> None:
    path = folder / "outcomes.npz"
    path.write_bytes(data)
    read_outcomes(path, "valid")
