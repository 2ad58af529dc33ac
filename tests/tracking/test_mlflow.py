"""MLflow hears what the run folder holds, once, and no run depends on it."""

import sys

import pytest

from beenet.config import plain
from beenet.config.load import load_mapping, plain_with_tracking
from beenet.errors import ConfigError, Interrupted
from beenet.experiment import train
from beenet.runs.history import read_csv
from beenet.tracking import mlflow as tracking

mlflow = pytest.importorskip("mlflow", reason="needs pip install 'beenet[mlflow]'")
pytest.importorskip("alembic", reason="needs pip install 'beenet[mlflow]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """An empty MLflow database, which takes seconds to make."""
    path = tmp_path_factory.mktemp("mlflow") / "empty.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path.read_bytes()


@pytest.fixture
def go(tiny, tmp_path, recorder, database, monkeypatch):
    """Train the tiny config with tracking; returns its folder and what was said."""
    monkeypatch.chdir(tmp_path)  # MLflow keeps artifacts here
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    (tmp_path / "mlflow.db").write_bytes(database)

    def go(*overrides, at=None, tracking="mlflow", to="run", **options):
        reporter = recorder(at)
        loaded = tiny(f"tracking={tracking}", *overrides)
        try:
            folder = train(loaded, tmp_path / to, reporter=reporter, **options)
        except Interrupted:
            folder = None
        return folder, reporter.lines

    return go


def told():
    """Return the runs that MLflow knows, with the points of their metrics."""
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("beenet")
    runs = client.search_runs([experiment.experiment_id])
    points = [
        {
            name: [
                (point.step, point.value, point.timestamp)
                for point in client.get_metric_history(run.info.run_id, name)
            ]
            for name in run.data.metrics
        }
        for run in runs
    ]
    return client, runs, points


def values(points):
    return {name: [point[:2] for point in of] for name, of in points.items()}


def of_folder(folder):
    """Return the same metrics as `values`, from the run folder."""
    metrics = {
        name: [(step, score)]
        for step in [folder.read_metrics().steps]
        for name, score in folder.read_metrics().final_scores().items()
    }
    for row in read_csv(folder.history):
        for name, value in row.scalars().items():
            metrics.setdefault(name, []).append((row.step, value))
    return metrics


def test_all_that_the_folder_holds_is_told_once(go):
    folder, lines = go()
    assert not [line for line in lines if "MLflow" in line]
    client, (run,), (points,) = told()
    assert values(points) == of_folder(folder)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "tiny")
    assert run.data.params["layers.0.conv_2d.nb_filter"] == "4"
    assert run.data.params["optimizer.momentum.learning_rate"] == "0.05"
    assert run.data.tags["beenet.run_dir"] == str(folder.path.resolve())
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {
        "config.yaml",
        "confusion.png",
        "curves.png",
        "history.csv",
        "metrics.json",
        "provenance.json",
    }
    _, lines = go()
    assert lines == [f"{folder.path} is finished; --overwrite trains it again"]
    assert told()[2] == [points]


def test_a_run_that_went_on_from_a_model_is_tagged_as_no_other_seed_of_it(go):
    folder, _ = go("training.epochs=1")
    more, _ = go("training.epochs=1", to="more", start_from=folder.path)
    tags = {run.data.tags["beenet.but_for_seed"] for run in told()[1]}
    assert tags == {run.read_metrics().but_for_seed for run in (folder, more)}
    assert len(tags) == 2


def test_a_run_that_was_stopped_goes_on_in_the_same_run_of_mlflow(go):
    go(at=(1, 2))
    _, (run,), (points,) = told()
    assert run.info.status == "KILLED"
    assert {step for of in values(points).values() for step, _ in of} == {9}
    folder, _ = go()
    _, (again,), (points,) = told()
    assert again.info.run_id == run.info.run_id
    assert again.info.status == "FINISHED"
    assert values(points) == of_folder(folder)


def test_a_run_trains_though_mlflow_cannot_be_reached_and_is_told_later(go):
    nowhere = "{mlflow: {uri: 'http://127.0.0.1:9'}}"
    folder, lines = go(tracking=nowhere)
    assert folder.state() == "finished"
    (said,) = (line for line in lines if "MLflow" in line)
    assert said.startswith(f"warning: MLflow is not told of {folder.path}: ")
    assert said.endswith(
        f"to tell it later: beenet train {folder.config} --run-dir {folder.path} -o "
        """'tracking={"mlflow": {"uri": "http://127.0.0.1:9"}}'"""
    )
    assert "tracking" not in folder.config.read_text()
    go()  # another tracking makes no other run of it
    _, (run,), (points,) = told()
    assert run.data.tags["beenet.but_for_seed"] == folder.read_metrics().but_for_seed
    assert values(points) == of_folder(folder)
    assert points["train/loss"][0][2] > run.info.start_time


def test_without_mlflow_it_says_what_to_install(go, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    folder, lines = go()
    (said,) = (line for line in lines if "MLflow" in line)
    assert "it needs MLflow: pip install 'beenet[mlflow]'; the run is not" in said
    assert folder.state() == "finished"


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_a_user_without_a_name_is_tracked_too(monkeypatch, error):
    def nobody():
        raise error("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(tracking.getpass, "getuser", nobody)
    with tracking._alone("sqlite:///a.db"):
        pass


@pytest.mark.slow
def test_a_longer_run_is_another_run_of_mlflow(go):
    go("training.epochs=1")
    folder, _ = go("training.epochs=2")
    _, runs, points = told()
    epochs = [run.data.params["training.epochs"] for run in runs]
    assert sorted(epochs) == ["1", "2"]
    assert values(points[epochs.index("2")]) == of_folder(folder)


def test_the_model_is_sent_if_it_is_asked_for(go):
    go("training.epochs=1", tracking="{mlflow: {model: true}}")
    client, (run,), _ = told()
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"checkpoint", "model.tfl.index", "model.tfl.yaml"} <= files


def test_a_worker_is_told_of_tracking_and_a_run_is_not(tiny):
    config = tiny("tracking=mlflow").config
    assert "tracking" not in plain(config)
    assert load_mapping(plain_with_tracking(config)).config == config
    config = tiny().config
    assert plain_with_tracking(config) == plain(config)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "wandb",
            'is not a tracker that beenet knows, got "wandb"; known are mlflow',
        ),
        ("{mlflow: {url: x}}", "mlflow.url: is not a known key; did you mean 'uri'?"),
    ],
)
def test_a_tracker_is_refused_in_words(tiny, text, fault):
    with pytest.raises(ConfigError, match="tracking") as caught:
        tiny(f"tracking={text}")
    assert str(caught.value).endswith(fault)
