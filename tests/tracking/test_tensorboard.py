"""Event files: what TensorBoard's scalars and HParams pages show of a run."""

import pytest
from tensorboard.backend.event_processing import data_provider
from tensorboard.backend.event_processing.plugin_event_multiplexer import (
    EventMultiplexer,
)
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams.backend_context import Context
from tensorboard.plugins.hparams.list_session_groups import Handler

from beenet.errors import Interrupted
from beenet.experiment import results, train
from beenet.runs.history import read_csv
from beenet.tracking.tensorboard import read_events


@pytest.fixture
def run(tiny, tmp_path, recorder):
    def run(*overrides, to="run", at=None):
        return train(tiny(*overrides), tmp_path / to, reporter=recorder(at))

    return run


def sessions(logdir):
    """Return what TensorBoard's own HParams page is given, by run."""
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(logdir)).Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(logdir))
    context = Context(TBContext(data_provider=provider))
    statuses = ["UNKNOWN", "SUCCESS", "FAILURE", "RUNNING"]
    wanted = api_pb2.ListSessionGroupsRequest(
        allowed_statuses=[api_pb2.Status.Value(f"STATUS_{s}") for s in statuses],
        slice_size=99,
        include_metrics=True,
    )
    groups = Handler(RequestContext(), context, "", wanted).run().session_groups
    return {group.name: group for group in groups}


def test_tensorboard_shows_config_and_scores_of_the_runs_as_they_are(run, tmp_path):
    first = run(to="a")
    run("optimizer.momentum.learning_rate=0.01", "training.shuffle=false", to="b")
    found = sessions(tmp_path)
    assert set(found) == {"a", "b"}
    a, b = found["a"].hparams, found["b"].hparams
    key = "optimizer.momentum.learning_rate"
    assert (a[key].number_value, b[key].number_value) == (0.05, 0.01)
    key = "training.shuffle"
    assert (a[key].bool_value, b[key].bool_value) == (True, False)
    assert a["layers[0].conv_2d.activation"].string_value == "relu"
    assert "name" not in a
    (session,) = found["a"].sessions
    assert session.status == api_pb2.STATUS_SUCCESS
    assert session.end_time_secs > session.start_time_secs > 0
    shown = {m.name.tag: m.value for m in session.metric_values}
    for name, score in first.read_metrics().final_scores().items():
        assert shown[name] == pytest.approx(score, rel=1e-6)
    told = read_events(first.path)
    assert [step for step, tag, _ in told if tag == "train/loss"] == [9, 18, 27]
    assert shown["test/loss"] == pytest.approx(
        read_csv(first.history)[-1].test_loss, rel=1e-6
    )


@pytest.mark.slow
def test_a_run_that_was_stopped_shows_as_one_that_was_not(run):
    whole = run(to="whole")
    with pytest.raises(Interrupted):
        run(to="cut", at=(1, 2))
    cut = run(to="cut")
    assert len(cut.events()) == 1
    assert read_events(cut.path) == read_events(whole.path)
    last = read_events(cut.path)[-6:]
    assert {(step, tag): value for step, tag, value in last} == {
        (27, name): pytest.approx(score, rel=1e-6)
        for name, score in cut.read_metrics().final_scores().items()
    }


def test_what_was_written_before_a_kill_is_not_there_twice(run, monkeypatch):
    whole = run(to="whole")

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(results.files, "write_json", killed)
        with pytest.raises(SystemExit):
            run(to="cut")  # all but its last files are there
    cut = run(to="cut")
    assert read_events(cut.path) == read_events(whole.path)
