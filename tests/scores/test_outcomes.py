import zipfile

import numpy as np
import pytest

from beenet.errors import RunError
from beenet.scores.outcomes import outcomes_of, read_outcomes, to_bytes

LABELS = np.array([0, 1, 2, 1])
OUTPUTS = np.array(
    [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0, 0, 1], [0.4, 0.4, 0.2]], np.float32
)


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "outcomes.npz"
    path.write_bytes(to_bytes({"valid": outcomes_of(LABELS, OUTPUTS)}))
    return path


def test_outcomes_are_read_back(written):
    found = read_outcomes(written, "valid")
    assert found.true.tolist() == [0, 1, 2, 1]
    assert found.predicted.tolist() == [0, 0, 2, 0]  # of equals the first
    assert found.probability.tolist() == [0.5, 0.25, 1, np.float16(0.4)]
    assert found.correct.tolist() == [True, False, True, False]
    with np.load(written, allow_pickle=False) as arrays:  # as documented
        assert arrays["valid_predicted"].dtype == np.uint8
        assert arrays["valid_probability"].dtype == np.float16


def test_the_same_outcomes_are_the_same_small_bytes():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 10_000)
    outputs = rng.dirichlet(np.full(10, 0.01), 10_000).astype(np.float32)
    data = to_bytes({"valid": outcomes_of(labels, outputs)})
    assert data == to_bytes({"valid": outcomes_of(labels, outputs)})
    assert len(data) < 30_000


def test_many_classes_and_outputs_without_bounds_are_kept():
    outputs = np.zeros((1, 300), np.float32)
    outputs[0, 299] = 1e9
    found = outcomes_of(np.array([299]), outputs)
    assert (found.predicted[0], found.probability[0]) == (299, 65504)


@pytest.mark.parametrize(("n", "kind"), [(256, np.uint8), (257, np.uint16)])
def test_a_byte_tells_256_classes_apart_and_no_more(n, kind):
    found = outcomes_of(np.array([n - 1]), np.eye(n, dtype=np.float32)[[n - 1]])
    assert found.true.dtype == kind
    assert found.true[0] == found.predicted[0] == n - 1


def test_models_pair_on_the_same_classes_alone(written):
    found = read_outcomes(written, "valid")
    assert found.pairs_with(outcomes_of(LABELS, 1 - OUTPUTS))
    assert not found.pairs_with(outcomes_of(LABELS[::-1], OUTPUTS))
    assert not found.pairs_with(outcomes_of(LABELS[:2], OUTPUTS[:2]))


def test_classes_that_nobody_named_are_damage(written):
    assert read_outcomes(written, "valid", 3) is not None
    with pytest.raises(RunError, match="its valid is not of the 2 classes"):
        read_outcomes(written, "valid", 2)


def test_a_run_of_an_older_beenet_has_none(tmp_path):
    assert read_outcomes(tmp_path / "outcomes.npz", "valid") is None


@pytest.mark.parametrize(
    "damage",
    ["cut", "other", "no split", "uneven", "bytes", "bomb", "words", "signed", "empty"],
)
def test_a_damaged_file_is_named(written, damage):
    data, split = written.read_bytes(), "valid"
    if damage == "cut":
        written.write_bytes(data[:-30])
    elif damage == "other":
        written.write_bytes(b"not a zip file")
    elif damage == "bytes":
        with zipfile.ZipFile(written, "w") as archive:
            for part in ("true", "predicted", "probability"):
                archive.writestr(f"valid_{part}.npy", b"no array")
    elif damage == "bomb":
        at = data.find(b"PK\x01\x02") + 24  # what it says to unpack to
        written.write_bytes(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :])
    elif damage == "uneven":
        one = np.zeros(1, np.uint8)
        np.savez(written, valid_true=one, valid_predicted=one[:0],
                 valid_probability=one)  # fmt: skip
    elif damage in ("words", "signed", "empty"):
        classes = np.zeros(0 if damage == "empty" else 2, np.uint8)
        given = classes.astype(np.str_ if damage == "words" else np.float16)
        if damage == "signed":
            classes = classes.astype(np.int8)
        np.savez(written, valid_true=classes, valid_predicted=classes,
                 valid_probability=given)  # fmt: skip
    else:
        split = "test"
    with pytest.raises(RunError, match=r"outcomes\.npz cannot be read: "):
        read_outcomes(written, split)
