"""A run's checkpoints: whoever alters one can also give it its right name."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from beenet.runs.checkpoint import Checkpoints
from beenet.runs.folder import RunFolder
from fuzz.mutation import altered, mutated

_STATE = {
    "format": 2,
    "history": [
        {"dataset": "A", "epoch": 1, "step": 9, "train_loss": 1.0, "train_accuracy": 0.5,
         "test_loss": 1.0, "test_accuracy": 0.5, "seconds": 1.0, "extra": {}}
    ],
    "seconds": 1.0,
    "best": None,
    "origin": {"started": 1.0, "from": None, "plan": {"intra": 1, "inter": 1},
               "device": "cpu", "data": {"a": "b"}, "versions": {"numpy": "2"}},
}  # fmt: skip
_WORDS = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x93NUMPY\x01\0", b"'<f4'",
          b"(1099511627776,)", b"state.npy", b"'|O'", b"\x08\0", b"losses.npy"]  # fmt: skip


def packed(state: Any, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a checkpoint's bytes with a state of any kind."""
    arrays = {
        "variable/fc/W": np.ones((3, 2), np.float32),
        "losses": np.zeros(2, np.float32),
        "metrics": np.zeros(2, np.float32),
        "state": np.frombuffer(json.dumps(state).encode(), np.uint8),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array)
            archive.writestr(f"{name}.npy", member.getvalue())
    return file.getvalue()


def seeds() -> list[bytes]:
    return [packed(_STATE), packed(_STATE | {"best": 1}, zipfile.ZIP_DEFLATED)]


def inputs() -> st.SearchStrategy[bytes]:
    return mutated(seeds(), _WORDS) | altered([_STATE], ["format", "best"]).map(packed)


def target(data: bytes, folder: Path) -> None:
    run = RunFolder(folder / "run")
    run.resume.mkdir(parents=True)
    digest = hashlib.sha256(data).hexdigest()[:32]
    (run.resume / f"000001-000000009-{digest}.npz").write_bytes(data)
    Checkpoints(run, replaces=False).newest(lambda text: None)
