"""Votes: by hand, and of trained nets."""

import json
import pickle
import re
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from beenet.cli import main
from beenet.config import load_config
from beenet.datasets import SPLITS
from beenet.datasets.configured import open_data, open_split
from beenet.errors import DatasetError, NetworkError
from beenet.experiment import evaluate, train
from beenet.experiment.ensemble import ensemble, votes
from beenet.experiment.predict import open_predictor
from beenet.runs.folder import RunFolder
from made import count_looks
from tests.conftest import write_pickles


def said(*rows):
    return np.array([rows], dtype=np.float64)


def test_the_majority_wins_even_against_certainty():
    outputs = [said(0.51, 0.49, 0), said(0.51, 0.49, 0), said(0, 1, 0)]
    assert votes(outputs).argmax() == 0
    assert np.mean(outputs, axis=0).argmax() == 1


def test_of_equal_votes_the_likelier_class_wins():
    outputs = [said(0.6, 0.4), said(0.1, 0.9)]
    assert votes(outputs).argmax(axis=1).tolist() == [1]
    outputs = [said(0.9, 0.1), said(0.4, 0.6)]
    assert votes(outputs).argmax(axis=1).tolist() == [0]


def test_a_vote_outweighs_probabilities_that_do_not_sum_to_one():
    outputs = [said(0.9, 0.8), said(0.9, 0.8), said(0.0, 1.0)]  # sigmoids
    assert votes(outputs).argmax(axis=1).tolist() == [0]


@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(
            st.lists(st.floats(-1e6, 1e6), min_size=k, max_size=k),
            min_size=2, max_size=6,
        )
    )
)  # fmt: skip
def test_a_clear_majority_wins_whatever_the_outputs_are(rows):
    outputs = [said(*row) for row in rows]
    total = votes(outputs)
    assert total.min() >= 0
    assert total.max() < 1 + 1e-12
    named = np.bincount([np.argmax(row) for row in rows], minlength=len(rows[0]))
    best = np.flatnonzero(named == named.max())
    assert total.argmax() in best
    sums = np.sum(outputs, axis=0)[0]
    assert sums[total.argmax()] == max(sums[best])


def test_members_score_as_alone_and_together(tiny, recorder, tmp_path):
    runs = [tmp_path / f"seed-{seed}" for seed in (5, 6)]
    for run in runs:
        loaded = tiny(f"training.seed={run.name[-1]}", "training.epochs=4")
        train(loaded, run, reporter=recorder())
    found = ensemble(runs, split="test")
    alone = [evaluate(run, split="test").scores for run in runs]
    for member, scores in zip(found.members, alone, strict=True):
        assert member.scores.confusion == scores.confusion
        assert member.scores.loss == pytest.approx(scores.loss, abs=1e-5)
    assert found.vote.n == found.mean.n == 24
    # Of two members, a vote that is not unanimous goes by the sum: as the mean does.
    assert found.vote.confusion == found.mean.confusion
    outputs = []
    for run in runs:
        with open_predictor(run) as asked:
            data = open_split(asked.config, open_data(asked.config, None), "test")
            outputs.append(asked.probabilities(data.x).astype(np.float64))
    true = np.mean(outputs, axis=0)[np.arange(24), data.labels]
    assert found.mean.loss == pytest.approx(-np.log(true).mean())
    # Once as members, once alone.
    looks = [count_looks(RunFolder(run)) for run in runs]
    assert looks == [{("data", "test"): 2}] * 2

    result = CliRunner().invoke(main, ["ensemble", str(tmp_path), "--json"])  # all runs
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["split"], told["vote"]["n"]) == ("valid", 30)
    assert len(told["members"]) == 2
    result = CliRunner().invoke(main, ["ensemble", *map(str, runs), "-q"])
    lines = result.stdout.splitlines()
    assert lines[0] == "2 models on data valid"
    assert [line.split("  ")[0].strip() for line in lines[5:7]] == [
        "majority vote",
        "mean probability",
    ]
    assert result.stderr == ""


def test_a_vote_that_fails_is_no_look_and_nobody_votes_twice(tiny, recorder, tmp_path):
    run = train(tiny("training.epochs=1"), tmp_path / "run", reporter=recorder())
    with pytest.raises(NetworkError, match="there is no saved model at"):
        ensemble([run.path, tmp_path / "nope"])
    with pytest.raises(DatasetError, match="needs at least two models"):
        ensemble([run.path])
    with pytest.raises(DatasetError, match="is named twice; it has one vote"):
        ensemble([run.path, run.model])
    again = tmp_path / "again"
    again.symlink_to(run.path)
    with pytest.raises(DatasetError, match="is named twice; it has one vote"):
        ensemble([run.path, again])
    data = write_pickles(tmp_path / "other", seed=8)
    there = tiny("training.epochs=1", f"dataset.path={data}")
    other = train(there, tmp_path / "b", reporter=recorder())
    with pytest.raises(DatasetError) as caught:
        ensemble([run.path, other.path])
    assert str(caught.value) == (
        f"{other.model} was trained on other, {run.model} on data; only models of the "
        "same data can vote"
    )
    assert not count_looks(run)


def test_data_that_were_built_anew_are_told_or_refused(tiny_data, recorder, tmp_path):
    shutil.copytree(tiny_data / "data", tmp_path / "data")
    (tmp_path / "c.yaml").write_text((tiny_data / "tiny.yaml").read_text())
    runs = [tmp_path / str(seed) for seed in (1, 2)]
    for run in runs:
        seed = f"training.seed={run.name}"
        loaded = load_config(tmp_path / "c.yaml", [seed, "training.epochs=1"])
        train(loaded, run, reporter=recorder())
    shutil.rmtree(tmp_path / "data")
    write_pickles(tmp_path / "data", seed=8)
    told = []
    ensemble(runs, warn=told.append)
    assert sum("may hold examples that it learned from" in line for line in told) == 2
    for split in SPLITS:
        with (tmp_path / f"data/{split}_X.pck").open("rb") as file:
            x = pickle.load(file)
        with (tmp_path / f"data/{split}_X.pck").open("wb") as file:
            pickle.dump(x.reshape(-1, 4, 16, 1), file)
    with pytest.raises(DatasetError, match="was trained on data, examples of 8x8x1"):
        ensemble(runs)


def test_a_net_whose_outputs_are_no_probabilities_cannot_vote(tiny, recorder, tmp_path):
    change = ("training.epochs=3", "loss=hinge_loss")
    linear = "layers[4].fully_connected.activation=linear"
    runs = [
        train(tiny(*change, *more), tmp_path / str(i), reporter=recorder())
        for i, more in enumerate([(), (linear,)])
    ]
    with pytest.raises(DatasetError) as caught:
        ensemble([run.path for run in runs])
    assert re.fullmatch(
        rf"{runs[1].model} cannot vote with others: its outputs, from \S+ to \S+, are "
        "no probabilities; a softmax behind its last layer makes some",
        str(caught.value),
    )
    assert not count_looks(runs[0])
