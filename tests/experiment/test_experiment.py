import hashlib
import json
import os
import pickle
import shutil

import numpy as np
import pytest

from beenet.config import load_config
from beenet.config.faults import FaultsError
from beenet.datasets.configured import open_data, open_split
from beenet.drawing import confusion as drawing_confusion
from beenet.drawing import curves as drawing_curves
from beenet.errors import (
    DatasetError,
    DeviceError,
    Interrupted,
    NetworkError,
    RunError,
)
from beenet.experiment import evaluate, train
from beenet.experiment.predict import open_predictor
from beenet.network.saved import read_variables
from beenet.network.sidecar import read_sidecar
from beenet.runs.folder import RunFolder
from beenet.runs.history import read_csv
from beenet.scores.outcomes import read_outcomes
from made import count_looks
from tests.conftest import slow


@pytest.fixture
def run(tiny, recorder, tmp_path):
    """Train the tiny config into a folder of the test's own."""

    def go(*overrides, to="run", at=None, reporter=None, **options):
        return train(
            tiny(*overrides),
            tmp_path / to,
            reporter=reporter or recorder(at),
            **options,
        )

    return go


@pytest.fixture(scope="module")
def _once(tiny_data, tmp_path_factory, recorder):
    folder = tmp_path_factory.mktemp("once") / "run"
    return train(load_config(tiny_data / "tiny.yaml", ()), folder, reporter=recorder())


@pytest.fixture
def finished(_once, tmp_path):
    """A finished run of the test's own, trained once for all of them."""
    return RunFolder(shutil.copytree(_once.path, tmp_path / "run"))


def contents(folder, *, but=()):
    """What a run left, by name, without what only a clock decides."""
    seen = {}
    for path in sorted(folder.path.rglob("*")):
        if path.name.startswith("events.") or path.name == "provenance.json":
            continue
        if ".resume" in path.parts or path.name == ".lock":
            continue
        if path.name == "history.csv":
            seen[path.name] = [row.__dict__ | {"seconds": 0} for row in read_csv(path)]
        elif path.name == "metrics.json":
            seen[path.name] = json.loads(path.read_text()) | {"seconds": 0}
        else:
            seen[path.name] = path.read_bytes()
    return seen


def test_a_run_leaves_what_design_says_and_learns(run, recorder):
    reporter = recorder()
    folder = run(reporter=reporter)
    names = {p.name for p in folder.path.iterdir()}
    events = {n for n in names if n.startswith("events.out.tfevents.")}
    assert len(events) == 1
    assert names - events == {
        ".lock",
        ".resume",
        "checkpoint",
        "config.yaml",
        "confusion.png",
        "curves.png",
        "history.csv",
        "metrics.json",
        "model.tfl.data-00000-of-00001",
        "model.tfl.index",
        "model.tfl.meta",
        "model.tfl.yaml",
        "outcomes.npz",
        "provenance.json",
    }
    metrics = folder.read_metrics()
    assert metrics.epochs == 3
    assert metrics.steps == 27  # 60 examples in batches of 7, the last one of 4
    assert metrics.splits["train"].n == 60
    assert reporter.rows == read_csv(folder.history)
    assert reporter.lines[1:] == ["begin 3 epochs of 9 steps, 0 done", "end"]
    # The last look at test and the final score of test are one and the same.
    assert reporter.rows[-1].test_loss == metrics.splits["test"].loss


def test_what_can_be_learned_is_learned(run):
    valid = run("training.epochs=20", "layers[2].dropout.keep_prob=1.0").read_metrics()
    assert valid.splits["valid"].accuracy > 0.9
    assert valid.splits["valid"].baseline == 1 / 3


def test_the_counters_that_tflearn_saves_are_advanced(finished):
    there = read_variables(finished.model)
    assert there["Training_step"] == there["Global_Step"] == 27
    assert not there["is_training"]
    test = finished.read_metrics().splits["test"]  # its last look is kept as TFLearn's
    assert there["val_acc"] == np.float32(test.accuracy)
    assert there["val_loss"] == np.float32(test.loss)


def test_the_same_config_gives_the_same_bytes(run):
    assert contents(run(to="a")) == contents(run(to="b"))


def test_a_run_draws_itself_and_keeps_what_became_of_each_example(run, drawn):
    folder = run("training.schedule={cosine: {}}")
    for picture in (folder.curves, folder.confusion):
        assert picture.read_bytes().startswith(b"\x89PNG")
    scores = folder.read_metrics().splits
    for split, n in {"train": 60, "test": 24, "valid": 30}.items():
        outcomes = read_outcomes(folder.outcomes, split)
        assert len(outcomes.true) == n
        assert outcomes.correct.mean() == scores[split].accuracy


@pytest.fixture
def uneven(tiny_data, tmp_path):
    """Name data of which no two splits have the same peak, baseline or number."""
    own = tmp_path / "own"
    shutil.copytree(tiny_data / "data", own)
    for split, (rows, factor) in {"test": (23, 0.5), "valid": (28, 0.25)}.items():
        x, y = (pickle.loads((own / f"{split}_{p}.pck").read_bytes()) for p in "XY")
        order = np.argsort(y.argmax(axis=1), kind="stable")[:rows]
        for part, array in {"X": x[order] * factor, "Y": y[order]}.items():
            (own / f"{split}_{part}.pck").write_bytes(pickle.dumps(array, 3))
    return f"dataset.path={own}"


def test_the_peak_is_trains_and_the_pictures_are_of_test_and_of_valid(
    run, uneven, monkeypatch
):
    told = {}

    def curves(*_, baseline, **__):
        told["baseline"] = baseline
        return b""

    def confusion(_, __, split, scores, **___):
        told[split] = scores.confusion
        return b""

    monkeypatch.setattr(drawing_curves, "curves", curves)
    monkeypatch.setattr(drawing_confusion, "confusion", confusion)
    folder = run(uneven, "training.epochs=1")
    scores = folder.read_metrics().splits
    assert told.pop("baseline") == scores["test"].baseline == 8 / 23
    assert told == {"valid": scores["valid"].confusion}
    assert read_sidecar(folder.model).peak == pytest.approx(249 / 255, abs=0.02)


@pytest.mark.parametrize(
    "loss",
    [
        "softmax_categorical_crossentropy", slow("binary_crossentropy"),
        slow("weighted_crossentropy"), slow("weak_cross_entropy_2d"),
    ],
)  # fmt: skip
def test_what_became_of_each_example_is_told_in_probabilities(run, loss):
    linear = "layers[4].fully_connected.activation=linear"
    folder = run(linear, f"loss={loss}", "training.epochs=1")
    kept = read_outcomes(folder.outcomes, "valid")
    with open_predictor(folder.path) as asked:
        examples = open_split(asked.config, open_data(asked.config, None), "valid")
        outputs = asked.predict(examples.x)
        given = asked.probabilities(examples.x)
    assert given.min() >= 0
    assert given.max() <= 1
    if asked.config.loss.link == "softmax":
        np.testing.assert_allclose(given.sum(axis=1), 1, rtol=1e-5)
    rows = np.arange(len(given))
    np.testing.assert_array_equal(
        kept.probability, given[rows, examples.labels].astype(np.float16)
    )
    np.testing.assert_array_equal(kept.predicted, outputs.argmax(axis=1))


@pytest.mark.slow
def test_only_the_seed_and_the_name_part_runs_that_repeat_each_other(run):
    def group(*overrides, to):
        metrics = run("training.epochs=1", *overrides, to=to).read_metrics()
        return metrics.but_for_seed

    first = group(to="a")
    assert group("training.seed=6", "name=other", to="b") == first
    assert group("training.batch_size=8", to="c") != first


@pytest.mark.parametrize("ends", [True, slow(False)])
def test_each_score_of_a_finished_run_is_counted(finished, ends):
    folder = finished
    if not ends:
        folder.metrics.unlink()
    for _ in range(2):
        evaluate(folder.path)
    evaluate(folder.model, split="test")
    counted = {("data", "valid"): 2, ("data", "test"): 1}
    assert count_looks(folder) == (counted if ends else {})


@pytest.mark.slow
def test_another_seed_gives_others(run):
    a, b = run(to="a"), run("training.seed=6", to="b")
    assert a.read_metrics().splits != b.read_metrics().splits


def test_a_finished_run_is_left_alone(run, recorder):
    before = run()
    stamp = before.metrics.stat().st_mtime_ns
    reporter = recorder()
    run(reporter=reporter)
    assert before.metrics.stat().st_mtime_ns == stamp
    assert reporter.lines == [f"{before.path} is finished; --overwrite trains it again"]


def test_a_finished_run_needs_no_data_and_pictures_beyond_1_are_told(
    tiny_data, tiny, tmp_path, recorder
):
    data = tmp_path / "data"
    shutil.copytree(tiny_data / "data", data)
    for file in data.glob("*_X.pck"):  # the commonest mistake: never divided by 255
        x = pickle.loads(file.read_bytes())
        file.write_bytes(pickle.dumps(255 * x.astype(np.float32)))
    loaded = tiny("training.epochs=1", f"dataset.path={data}")
    reporter = recorder()
    run = train(loaded, tmp_path / "run", reporter=reporter)
    (said,) = [line for line in reporter.lines if "values go up to" in line]
    assert said == (
        "warning: data: values go up to 249, but `beenet predict` feeds pictures "
        "in 0..1; if these are pixels of 0..255, divide X by 255"
    )
    shutil.rmtree(data)
    reporter = recorder()
    train(loaded, run.path, reporter=reporter)
    assert reporter.lines == [f"{run.path} is finished; --overwrite trains it again"]


def test_another_config_over_a_run_is_refused_and_overwrite_allows_it(run):
    before = contents(run())
    with pytest.raises(RunError, match=r"training.epochs: 3 there, 1 asked for"):
        run("training.epochs=1")
    after = run()
    assert contents(after) == before
    assert run("training.epochs=1", overwrite=True).read_metrics().epochs == 1


def test_training_on_from_a_model_is_no_other_seed_of_the_same(run):
    first = run("training.epochs=1")
    more = run("training.epochs=1", to="more", start_from=first.path)
    assert first.read_metrics().but_for_seed != more.read_metrics().but_for_seed


def test_training_more_begins_where_the_model_stood(run, tmp_path, recorder):
    first = run(to="first")
    reporter = recorder()
    more = run("training.epochs=1", to="more", start_from=first.path, reporter=reporter)
    assert f"beginning with the weights of {first.model}" in reporter.lines
    assert read_variables(more.model)["Training_step"] == 27 + 9
    origin = json.loads(more.provenance.read_text())["from"]
    assert origin["model"] == str(first.model)
    data = first.path / "model.tfl.data-00000-of-00001"
    assert origin["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()
    assert reporter.rows[0].train_loss < read_csv(first.history)[0].train_loss


@pytest.mark.slow
def test_training_more_never_replaces_the_model_it_begins_with(run):
    first = run(to="first")
    before = contents(first)
    for overwrite in (False, True):
        with pytest.raises(RunError, match="choose another folder with --run-dir"):
            run(to="first", start_from=first.model, overwrite=overwrite)
    assert contents(first) == before
    run(to="other")
    with pytest.raises(RunError, match=r"other is finished; to train on from"):
        run(to="other", start_from=first.model)


def test_training_more_from_nothing_leaves_nothing(run, tmp_path):
    with pytest.raises(NetworkError, match="there is no saved model"):
        run(start_from=tmp_path / "nothing")
    with pytest.raises(NetworkError, match="does not fit the config"):
        run(
            "layers[3].fully_connected.n_units=9",
            to="b",
            start_from=run(to="a").path,
        )
    assert sorted(os.listdir(tmp_path)) == ["a"]


@pytest.mark.parametrize(
    ("override", "error", "words"),
    [
        ("training.device=gpu", DeviceError, "device gpu was asked for"),
        ("dataset.path=nowhere", DatasetError, "nowhere"),
        ("layers[4].fully_connected.n_units=4", FaultsError, "has 3 classes"),
        ("layers[0].conv_2d.filter_size=9", None, None),
    ],
)
def test_a_run_that_cannot_be_leaves_nothing(run, tmp_path, override, error, words):
    overrides = [override]
    if error is None:
        overrides.append("layers[0].conv_2d.padding=valid")
        error, words = FaultsError, "a window of 9 does not fit a height of 8"
    with pytest.raises(error, match=words):
        run(*overrides)
    assert os.listdir(tmp_path) == []


def test_a_warning_is_passed_on(run, recorder):
    reporter = recorder()
    run("layers[4].fully_connected.activation=sigmoid", reporter=reporter)
    (warning,) = [line for line in reporter.lines if line.startswith("warning")]
    assert "an output of sigmoid under categorical_crossentropy" in warning


@pytest.mark.parametrize("split", ["train", "test", "valid"])
def test_eval_agrees_with_training_to_the_last_digit(finished, split):
    folder = finished
    got = evaluate(folder.path, split=split)
    there = folder.read_metrics().splits[split]
    assert got.scores == there


@pytest.mark.slow
def test_data_that_changed_since_are_told(tiny_data, tiny, tmp_path, recorder):
    data = tmp_path / "data"
    shutil.copytree(tiny_data / "data", data)
    run = train(
        tiny("training.epochs=1", f"dataset.path={data}"),
        tmp_path / "run",
        reporter=recorder(),
    )
    told = []
    evaluate(run.path, warn=told.append)
    assert told == []
    for letter in "XY":  # what was train's is now valid's
        shutil.copy(data / f"train_{letter}.pck", data / f"valid_{letter}.pck")
    evaluate(run.path, warn=told.append)
    assert told == [
        f"data has changed since {run.model} was trained: valid may hold examples "
        "that it learned from"
    ]


@pytest.mark.parametrize("by", [slow("from"), "flag"])
def test_a_model_that_learned_from_what_is_held_out_now_is_told(
    tiny_data, tiny, tmp_path, recorder, by
):
    data = tmp_path / "data"
    shutil.copytree(tiny_data / "data", data)
    own = ("training.epochs=1", f"dataset.path={data}")
    first = train(tiny(*own), tmp_path / "first", reporter=recorder())
    for letter in "XY":  # built anew, what was train's is now valid's
        shutil.copy(data / f"train_{letter}.pck", data / f"valid_{letter}.pck")
    reporter = recorder()
    told = f"data has changed since {first.model} was trained: test or valid may hold"
    if by == "from":
        config = tiny(*own, f"from={first.path}")
        train(config, tmp_path / "more", reporter=reporter)
    else:
        train(tiny(*own), tmp_path / "more", start_from=first.path, reporter=reporter)
    assert sum(told in line for line in reporter.lines) == 1


def test_a_model_of_other_layers_says_how_to_take_what_fits(tiny, tmp_path, recorder):
    first = train(tiny("training.epochs=1"), tmp_path / "first", reporter=recorder())
    wider = tiny("layers[0].conv_2d.nb_filter=9")
    with pytest.raises(NetworkError) as caught:
        train(wider, tmp_path / "b", start_from=first.path, reporter=recorder())
    assert str(caught.value).endswith(
        f"; to take over the layers that fit, say from: {first.model} in the config, "
        "not --from"
    )


def test_data_of_another_size_are_one_line(finished, tiny_data):
    text = (finished.path / "config.yaml").read_text()
    other = tiny_data / "other.yaml"
    text = text.replace("layers:", "layers:\n- input_data: {shape: [5, 5]}")
    other.write_text(text)
    config = load_config(other).config
    with pytest.raises(DatasetError, match="a shape of 5x5 does not fit the data's"):
        evaluate(finished.model, config=config)


def test_a_model_that_moved_with_its_sidecar_is_scored_alike(finished, tmp_path):
    folder = finished
    before = evaluate(folder.model)
    (tmp_path / "elsewhere").mkdir()
    for path in folder.path.glob("model.tfl*"):
        shutil.move(path, tmp_path / "elsewhere")
    after = evaluate(tmp_path / "elsewhere" / "model.tfl")
    assert after.scores == before.scores


def test_a_model_without_sidecar_is_scored_by_a_config(finished, tiny):
    folder = finished
    before = evaluate(folder.model)
    (folder.path / "model.tfl.yaml").unlink()
    with pytest.raises(NetworkError, match="--config FILE"):
        evaluate(folder.model)
    assert evaluate(folder.model, config=tiny().config).scores == before.scores


def test_a_model_is_not_scored_on_data_of_another_kind(finished):
    folder = finished
    with pytest.raises(DatasetError) as caught:
        evaluate(folder.path, dataset_name="MNIST")
    assert str(caught.value).startswith(
        f"{folder.model} was trained on data, examples of 8x8x1 in the classes "
        "LIGHT, DARK, STRIPED; MNIST has 28x28x1 in 0, 1, 2,"
    )


def test_an_input_layer_may_give_another_shape(run):
    layers = (
        "layers=[{input_data: {shape: [64]}}, {fully_connected: {n_units: 3, "
        "activation: softmax}}]"
    )
    folder = run(layers)
    assert evaluate(folder.path).scores.n == 30


def test_a_bee_net_is_scored_on_another_hive(tmp_path, recorder):
    """As in the lecture: BEE1_gray's net on BEE2_1S_gray's valid."""
    from beenet.datasets.synth import synth

    for name in ("BEE1_gray", "BEE2_1S_gray"):
        synth(name, scale=0.003)
    config = tmp_path / "c.yaml"
    config.write_text(
        "dataset: BEE1_gray\n"
        "layers: [{fully_connected: {n_units: 2, activation: softmax}}]\n"
        "training: {epochs: 1}\n"
    )
    reporter = recorder()
    folder = train(load_config(config), tmp_path / "run", reporter=reporter)
    assert any("scores on synthetic data mean nothing" in x for x in reporter.lines)
    got = evaluate(folder.path, dataset_name="BEE2_1S_gray")
    assert got.dataset == "BEE2_1S_gray (synthetic, scale 0.003)"
    assert got.synthetic
    for name in ("history.csv", "metrics.json", "model.tfl.yaml", "provenance.json"):
        assert "synthetic" in (folder.path / name).read_text(), name
    assert np.isfinite(got.scores.loss)


def test_another_metric_is_shown_by_its_name_and_scores_stay_accuracies(run):
    folder = run('metric={"top_k": {"k": 3}}')
    (*_, row) = read_csv(folder.history)
    assert row.train_accuracy is None
    assert row.extra == {"train_top3": 1.0}  # three classes
    assert folder.read_metrics().splits["train"].accuracy < 1
    assert "Top_3/Mean/moving_avg" in read_variables(folder.model)


def test_a_run_without_a_metric_shows_none(run):
    folder = run("metric=null")
    assert {row.train_accuracy for row in read_csv(folder.history)} == {None}
    assert not any("Accuracy" in name for name in read_variables(folder.model))


def test_class_weights_are_recorded_and_scores_are_unweighted(run):
    folder = run("training.class_weights={DARK: 5}", to="a")
    weighted = folder.read_metrics()
    assert weighted.class_weights == {"LIGHT": 1.0, "DARK": 5.0, "STRIPED": 1.0}
    # eval builds the net without weights, and finds the same loss.
    loss = evaluate(folder.path).scores.loss
    assert loss == weighted.splits["valid"].loss
    plain = run(to="b").read_metrics()
    assert plain.class_weights is None
    assert plain.splits["train"].loss != weighted.splits["train"].loss
    same = run("training.class_weights=[1, 1, 1]", to="c").read_metrics()
    assert same.splits == plain.splits


PLATEAU = "training.schedule={plateau: {patience: 1, factor: 0.5, min_delta: 9.0}}"


@pytest.mark.slow
def test_a_schedule_goes_on_where_it_was_and_shows_its_rate(run, recorder):
    whole = run(PLATEAU, to="whole")
    # No loss is better by 9: the rate is halved after each epoch but the first.
    rates = [row.extra["learning_rate"] for row in read_csv(whole.history)]
    assert rates == [0.05, 0.05, 0.025]
    with pytest.raises(Interrupted):
        run(PLATEAU, to="cut", at=(2, 0))
    assert contents(run(PLATEAU, to="cut")) == contents(whole)
    without = run(to="without")
    first, *_ = read_csv(whole.history)
    assert first.train_loss == read_csv(without.history)[0].train_loss
    assert read_variables(whole.model).keys() == read_variables(without.model).keys()
