"""A run whose data lie elsewhere now is the same run."""

import shutil

import pytest

from beenet.errors import DatasetError, Interrupted, RunError
from beenet.experiment import evaluate, train
from beenet.experiment.verify import fingerprint
from beenet.runs.folder import RunFolder
from tests.conftest import write_pickles


@pytest.mark.slow
def test_a_run_goes_on_where_its_data_were_moved_to(
    tiny, tiny_data, recorder, tmp_path
):
    places = [tmp_path / name / "data" for name in ("here", "there", "other")]
    shutil.copytree(tiny_data / "data", places[0])
    write_pickles(places[2], seed=7)
    at = [f"dataset.path={place}" for place in places]
    expected = train(tiny(at[0]), tmp_path / "whole", reporter=recorder())

    class Stop(recorder):
        def epoch(self, row):
            if row.epoch == 2:
                raise KeyboardInterrupt

    run = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(tiny(at[0]), run, reporter=Stop())
    places[0].rename(tmp_path / "data")
    places[1].parent.mkdir()
    (tmp_path / "data").rename(places[1])
    with pytest.raises(RunError, match=r"dataset\.path: .* there, .* asked for"):
        train(tiny(at[2]), run, reporter=recorder())
    train(tiny(at[1]), run, reporter=recorder())
    found, whole = fingerprint(RunFolder(run)), fingerprint(expected)
    differ = {name for name in whole if found[name] != whole[name]}
    assert differ == {"model.tfl.yaml"}  # it tells the place
    other = train(tiny(at[2]), tmp_path / "on_other", reporter=recorder())
    repeats = [r.read_metrics().but_for_seed for r in (expected, other)]
    assert repeats[0] != repeats[1]
    assert train(tiny(at[1]), expected.path, reporter=recorder()) is not None
    longer = train(tiny(at[1], "training.epochs=4"), run, reporter=recorder())
    assert longer.read_metrics().epochs == 4
    with pytest.raises(RunError, match=r"dataset\.path: .* there, .* asked for"):
        train(tiny(at[2], "training.epochs=4"), run, reporter=recorder())
    with pytest.raises(DatasetError, match=r"data: no such folder; --dataset says wh"):
        evaluate(expected.path)
    (places[1] / "valid_X.pck").write_bytes(b"no pickle")
    with pytest.raises(DatasetError, match=r"valid_X\.pck") as told:
        evaluate(run)
    assert "--dataset" not in str(told.value)
