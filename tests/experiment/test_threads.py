import json

import pytest

from beenet.datasets import open_dataset
from beenet.experiment import threads
from beenet.experiment.threads import cached_plan
from beenet.system.thread_plan import ThreadPlan


@pytest.fixture
def choose(tiny, tiny_data, monkeypatch, tmp_path):
    """Choose a plan for the tiny config; the trial is replaced by a list of plans."""
    dataset = open_dataset(path=tiny_data / "data", classes=["A", "B", "C"])
    tried = []

    def pretend(trial):
        tried.append(trial)
        return ThreadPlan(2, 2)

    monkeypatch.setattr(threads, "measure_fastest_plan", pretend)

    def go(*overrides, device="cpu", home=tmp_path):
        config = tiny(*overrides).config
        return cached_plan(config, dataset, dataset.split("train"), device, home)

    go.tried = tried
    return go


def test_a_number_is_taken_as_it_is(choose):
    assert choose("training.threads=3") == ThreadPlan(3, 3)
    assert choose.tried == []


def test_auto_measures_once_for_each_net(choose):
    auto = "training.threads=auto"
    for _ in range(2):
        assert choose(auto) == ThreadPlan(2, 2)
    # Neither the seed nor the length of the training changes a step's speed.
    choose(auto, "training.seed=9", "training.epochs=99", "name=other")
    assert len(choose.tried) == 1
    choose(auto, "training.batch_size=8")
    choose(auto, "layers[3].fully_connected.n_units=9")
    assert len(choose.tried) == 3


def test_another_number_of_cores_is_measured_anew(choose, monkeypatch):
    choose("training.threads=auto")
    monkeypatch.setattr(threads, "core_limit", lambda: 64)
    choose("training.threads=auto")
    assert len(choose.tried) == 2


def test_another_processor_or_tensorflow_is_measured_anew(choose, monkeypatch):
    choose("training.threads=auto")
    monkeypatch.setattr(threads, "numeric_environment", lambda: {"processor": "Z80"})
    choose("training.threads=auto")
    assert len(choose.tried) == 2


def test_on_a_gpu_nothing_is_measured(choose):
    assert choose("training.threads=auto", device="gpu:0") == ThreadPlan(1, 1)
    assert choose.tried == []


@pytest.mark.parametrize(
    "text", ["", "[]", '{"intra": 1}', '{"what": 1}', '{"intra": "x", "inter": 0}']
)
def test_a_damaged_note_is_measured_anew(choose, tmp_path, text):
    choose("training.threads=auto")
    (note,) = (tmp_path / "cache" / "plans").iterdir()
    note.write_text(text)
    assert choose("training.threads=auto") == ThreadPlan(2, 2)
    assert len(choose.tried) == 2
    assert json.loads(note.read_text()) == {"intra": 2, "inter": 2}


def test_a_home_that_cannot_be_written_only_costs_time(choose, tmp_path):
    (tmp_path / "file").touch()
    assert choose("training.threads=auto", home=tmp_path / "file") == ThreadPlan(2, 2)


def test_what_could_not_be_measured_is_not_remembered(choose, monkeypatch, tmp_path):
    monkeypatch.setattr(threads, "measure_fastest_plan", lambda _: None)
    assert choose("training.threads=auto") == ThreadPlan(1, 1)
    assert not (tmp_path / "cache" / "plans").exists()
