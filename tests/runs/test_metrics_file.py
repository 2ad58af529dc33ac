import json
import math
import os
import re

import pytest

from beenet.errors import RunError
from beenet.runs.metrics_file import read_run_metrics
from made import whole_metrics


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.json"


def test_what_a_run_writes_is_read(path):
    metrics = whole_metrics(seed=1, best_epoch=2, splits={"test": {"loss": math.inf}})
    path.write_text(json.dumps(metrics))
    found = read_run_metrics(path)
    assert found.to_json() == metrics
    assert (found.seed, found.best_epoch, found.stopped_early) == (1, 2, None)
    assert found.final_scores()["final/test/accuracy"] == 0.75
    assert found.final_scores()["final/test/loss"] == math.inf


@pytest.mark.parametrize(
    ("text", "words"), [("{", "cannot be read"), ("[]", "is not a run's metrics")]
)
def test_what_is_no_mapping_is_named(path, text, words):
    path.write_text(text)
    with pytest.raises(RunError, match=words):
        read_run_metrics(path)


def test_another_format_is_refused_with_words(path):
    path.write_text('{"format": "2\\n3"}')
    with pytest.raises(RunError) as caught:
        read_run_metrics(path)
    assert str(caught.value) == (
        f'{path} has format "2\\n3", this beenet reads 1; use the beenet that wrote it'
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders")
def test_a_pipe_is_no_metrics(path):
    os.mkfifo(path)
    with pytest.raises(RunError, match="cannot be read: is no plain file"):
        read_run_metrics(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", None),
        ("dataset", "\ud800"),
        ("epochs", 1.5),
        ("epochs", True),
        ("synthetic", "yes"),
        ("class_weights.A", "1"),
        ("steps", 9**50),
        ("seconds", float("nan")),
        ("seed", "1"),
        ("but_for_seed", []),
        ("best_epoch", -1),
        ("splits", {}),
        ("splits.valid", None),
        ("splits.test", 1),
        ("splits.test.n", "2"),
        ("splits.test.accuracy", 2),
        ("splits.test.accuracy", math.nan),
        ("splits.test.n", 0),
        ("splits.test.interval", 0.5),
        ("splits.train.loss", "low"),
        ("splits.valid.classes", []),
        ("splits.valid.classes[0]", "A"),
        ("splits.valid.classes[0].recall", math.inf),
        ("splits.valid.confusion", [[1, 1]]),
        ("splits.valid.confusion", None),
    ],
)
def test_what_cannot_be_is_named_by_its_key(path, key, value):
    metrics = whole_metrics(class_weights={"A": 1})
    *above, last = re.findall(r"\w+", key)
    inner = metrics
    for part in above:
        inner = inner[int(part) if part.isdigit() else part]
    inner[int(last) if last.isdigit() else last] = value
    path.write_text(json.dumps(metrics))
    with pytest.raises(RunError) as caught:
        read_run_metrics(path)
    assert str(caught.value) == (
        f"{path} is not a run's metrics: its {key} is missing or cannot be; train the "
        "run again with --overwrite, or move it away"
    )
