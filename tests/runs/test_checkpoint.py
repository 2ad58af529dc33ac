"""Checkpoints that somebody made up, under the right names, are known as damaged."""

import hashlib
import io
import json
import re
import zipfile

import numpy as np
import pytest

from beenet.runs.checkpoint import Checkpoint, Checkpoints
from beenet.runs.folder import RunFolder
from beenet.runs.history import Epoch
from beenet.runs.origin import Origin
from beenet.runs.position import Position

ORIGIN = {
    "started": 1.0,
    "from": None,
    "plan": {"intra": 1, "inter": 1},
    "device": "cpu",
    "data": {},
    "versions": {},
}
STATE = {"format": 2, "history": [], "seconds": 1.0, "best": None, "origin": ORIGIN}


def packed(state, method=zipfile.ZIP_STORED, **members):
    file = io.BytesIO()
    arrays = {
        "losses": np.zeros(2, np.float32),
        "metrics": np.zeros(2, np.float32),
        "state": np.frombuffer(json.dumps(state).encode(), np.uint8),
    } | members
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            if isinstance(array, bytes):
                content.write(array)
            else:
                np.lib.format.write_array(content, array)
            archive.writestr(f"{name}.npy", content.getvalue())
    return file.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read a checkpoint of these bytes; return it, and what was warned of."""

    def go(data):
        run = RunFolder(tmp_path / "run")
        run.resume.mkdir(parents=True)
        digest = hashlib.sha256(data).hexdigest()[:32]
        (run.resume / f"000000-000000002-{digest}.npz").write_bytes(data)
        warnings = []
        found = Checkpoints(run, replaces=False).newest(warnings.append)
        return found, "".join(warnings)

    return go


def test_an_honest_one_is_read(read):
    found, warnings = read(packed(STATE))
    assert warnings == ""
    assert found.position.step == 2
    assert found.origin.model_dump(by_alias=True) == ORIGIN


TERABYTES = (
    b"\x93NUMPY\x01\0\x4e\0"
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }".ljust(78)
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "File is not a zip file"),
        (
            packed(STATE, zipfile.ZIP_DEFLATED, bomb=np.zeros(10**6)),
            "more than it may hold",
        ),
        (packed(STATE, bomb=TERABYTES), ""),
        (packed(STATE, losses=b"no array"), ""),
        (packed(STATE, losses=np.zeros((2, 2), np.float32)), "not one loss"),
        (packed(STATE, losses=np.zeros(2, "S1")), "losses are no numbers"),
        (packed(STATE | {"best": "../../*"}), "its best: Input should be a valid int"),
        (packed(STATE | {"history": [1]}), r"its history\[0\]"),
        (packed(STATE | {"origin": {}}), r"its origin.started"),
        (packed(STATE | {"origin": ORIGIN | {"plan": {"intra": 1}}}), "origin.plan"),
        (packed([]), "TypeError"),
    ],
)
def test_a_made_up_one_is_damaged(read, data, why):
    found, warnings = read(data)
    assert found is None
    assert warnings.endswith("going on from the beginning")
    assert "is damaged (" in warnings
    assert re.search(why, warnings)


def test_the_one_before_a_damaged_one_finds_its_own_best_weights(tmp_path):
    run = RunFolder(tmp_path)
    store = Checkpoints(run, replaces=True)
    rows = [Epoch("d", i, i, 1.0, None, 1.0, 0.5, 1.0) for i in (1, 2)]
    for epoch in (1, 2):
        position = Position(tuple(rows[:epoch]))
        best = (epoch, {"w": np.float32([epoch])})
        store.save(Checkpoint(position, {}, Origin(**ORIGIN), best), "name: a\n")
    max(run.resume.glob("0*.npz")).write_bytes(b"")
    warnings = []
    found = Checkpoints(run, replaces=False).newest(warnings.append)
    assert found.position.epoch == 1
    assert found.best == (1, {"w": np.float32([1])})
    assert len(warnings) == 1
