import subprocess
import sys

import numpy as np
import pytest

from beenet.engine import predict
from beenet.experiment.predict import open_predictor
from beenet.export import savedmodel
from beenet.export.frozen import freeze

# TensorFlow 2 as it comes, without TFLearn.
READER = """
import sys
import numpy as np
import tensorflow as tf
answer = tf.saved_model.load("net").signatures["serving_default"]
(name, given), = answer.structured_input_signature[1].items()
assert (name, given.shape.as_list(), given.dtype) == ("x", [None, 8, 8, 1], tf.float32)
x = tf.constant(np.load("x.npy"))
np.save("y.npy", answer(x=x)["probabilities"].numpy())
"""


def test_tensorflow_2_reads_it_and_gets_the_same_answers(model, tmp_path):
    x = np.random.default_rng(3).random((20, 8, 8, 1), dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    with open_predictor(model) as opened:
        ours = predict(opened.network, x)
        frozen, classes = (
            freeze(opened.network, opened.config, opened.shape),
            opened.classes,
        )
    savedmodel.write(frozen, classes, tmp_path / "net")
    np.testing.assert_allclose(savedmodel.run(tmp_path / "net", x), ours, atol=1e-6)
    subprocess.run(
        [sys.executable, "-c", READER], cwd=tmp_path, check=True, capture_output=True
    )
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), ours, atol=1e-6)
    assert np.ptp(ours) > 0.1
    names = (tmp_path / "net" / "assets" / "classes.txt").read_text()
    assert names == "LIGHT\nDARK\nSTRIPED\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net", "x.npy", "y.npy"]


FULL = """
import resource, signal, sys
from pathlib import Path
from beenet.errors import ExportError
from beenet.export import export

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    export(Path(sys.argv[1]), "savedmodel", out=Path("net"))
except ExportError as error:
    print(error)
"""


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_leaves_nothing(model, tmp_path):
    """A real limit on the size of a file stands in for a full disk."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(model)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout == (
        "cannot write net: File too large; free some room or choose another place "
        "with --out\n"
    )
    assert list(tmp_path.iterdir()) == []
