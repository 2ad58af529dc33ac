"""A run that was stopped and went on ends as one that was never stopped."""

import errno
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from beenet.config import load_config
from beenet.engine import loop
from beenet.errors import DivergedError, Interrupted, RunError
from beenet.experiment import preconditions, train
from beenet.experiment.verify import fingerprint
from beenet.network.saved import read_variables
from beenet.runs import checkpoint
from beenet.runs.folder import RunFolder
from beenet.runs.history import read_csv
from beenet.runs.provenance import numeric_environment
from beenet.system import files
from beenet.system.thread_plan import ThreadPlan
from made import count_looks
from tests.conftest import slow

TRAINING = """\
training:
  epochs: 4
  batch_size: 7
  seed: 5
  threads: 1
  save_best: loss
"""
EASY = f"""\
name: easy
dataset: {{path: data, classes: [LIGHT, DARK, STRIPED]}}
layers:
  - fully_connected: {{n_units: 3, activation: softmax, name: out}}
optimizer: sgd
{TRAINING}"""
HARD = f"""\
name: hard
dataset: {{path: data, classes: [LIGHT, DARK, STRIPED]}}
preprocessing: [featurewise_zero_center]
augmentation: [random_flip_updown, {{random_rotation: {{max_angle: 10}}}}]
layers:
  - conv_2d: {{nb_filter: 4, filter_size: 3, activation: relu, regularizer: L2}}
  - batch_normalization
  - max_pool_2d: {{kernel_size: 2}}
  - dropout: {{keep_prob: 0.8}}
  - fully_connected: {{n_units: 3, activation: softmax, name: out}}
optimizer: adam
{TRAINING}  class_weights: balanced
  schedule: {{plateau: {{patience: 1, factor: 0.5}}}}
  early_stopping: {{patience: 9}}
"""


@pytest.fixture(autouse=True)
def _short_chunks(monkeypatch):
    """Let every step be a chunk of its own, behind which a run can be stopped."""
    monkeypatch.setattr(loop, "_FIRST_CHUNK", 1)
    monkeypatch.setattr(loop, "_CHUNK_SECONDS", 0)


hard = pytest.mark.parametrize("net", [HARD], ids=["hard"])
"""For what must be so whatever a net has; of the easy one a training is quick."""


@pytest.fixture
def net():
    return EASY


@pytest.fixture
def run(tiny_data, recorder, tmp_path, net):
    """Train the net into a folder of the test's own."""
    (tiny_data / "net.yaml").write_text(net)

    def go(*overrides, to="run", at=None, reporter=None, **options):
        return train(
            load_config(tiny_data / "net.yaml", overrides),
            tmp_path / to,
            reporter=reporter or recorder(at),
            **options,
        )

    return go


@pytest.fixture(scope="module")
def _wholes():
    return {}


@pytest.fixture
def whole(run, net, _wholes):
    """The fingerprint of a run that was never stopped; each is trained once."""

    def go(*overrides):
        key = (net, *overrides)
        if key not in _wholes:
            _wholes[key] = fingerprint(run(*overrides, to="whole"))
        return _wholes[key]

    return go


@pytest.fixture
def stop(run):
    """Have a run stopped somewhere."""

    def go(*overrides, at, **options):
        with pytest.raises(Interrupted) as caught:
            run(*overrides, at=at, **options)
        return str(caught.value)

    return go


def test_a_run_goes_on_from_the_model_it_began_with_and_no_other(run, stop):
    first, other = run(to="first"), run("training.seed=8", to="other")
    stop(at=(1, 3), start_from=first.path)
    anew = r"leave --from out to go on, choose another folder with --run-dir, or start"
    with pytest.raises(RunError, match=f"run began with .*first/model.tfl.*{anew}"):
        run(start_from=other.path)
    index = first.model.with_name("model.tfl.index")
    for step, same in enumerate([first.path, first.model, index], start=4):
        stop(at=(1, step), start_from=same)
    shutil.rmtree(first.path)
    assert run(start_from=first.path).state() == "finished"


def test_a_run_that_began_with_no_model_takes_none_later(run, stop):
    first = run(to="first")
    stop(at=(1, 3))
    with pytest.raises(RunError, match="run began without --from and is not finished"):
        run(start_from=first.path)


@hard
@pytest.mark.parametrize(
    "at", [slow((0, 1)), slow((0, 8)), slow((1, 3)), (2, 9), slow((3, 9))]
)
def test_a_run_goes_on_to_the_same_bytes(run, whole, stop, recorder, at):
    epoch, step = at
    where = f"epoch {epoch + 1}, step {step}" if step < 9 else f"epoch {epoch + 1}"
    said = stop(at=at)
    assert said == f"interrupted at {where}; the same command resumes from there"
    reporter = recorder()
    assert fingerprint(run(reporter=reporter)) == whole()
    assert f"going on after {where}" in reporter.lines


@hard
@pytest.mark.slow
def test_a_run_may_be_stopped_again_and_again(run, whole, stop):
    for at in [(0, 2), (0, 3), (1, 1), (2, 9), (3, 8)]:
        stop(at=at)
    assert fingerprint(run()) == whole()


@pytest.mark.parametrize(
    ("by", "code"),
    [slow(signal.SIGINT, 130), (signal.SIGTERM, 143), slow(signal.SIGHUP, 129)],
)
def test_any_polite_signal_will_do(run, recorder, by, code):
    with pytest.raises(Interrupted) as caught:
        run(reporter=recorder((1, 2), by))
    assert caught.value.exit_code == code
    assert run().state() == "finished"


def test_the_clock_has_checkpoints_made_inside_an_epoch(run, whole, recorder):
    class Killed(BaseException):
        """What no code here expects."""

    class Deadly(recorder):
        def progress(self, epoch, step, loss, metric):
            if (epoch, step) == (1, 6):
                raise Killed

    often = "training.checkpoint_every=1e-9"
    with pytest.raises(Killed):
        run(often, reporter=Deadly())
    reporter = recorder()
    assert fingerprint(run(often, reporter=reporter)) == whole(often)
    assert "going on after epoch 2, step 5" in reporter.lines


def test_checkpoints_are_so_many_seconds_apart(run, recorder, monkeypatch):
    now = [0.0]

    class Ticking(recorder):
        def progress(self, *_):
            now[0] += 1

    monkeypatch.setattr("beenet.experiment.fit.time.monotonic", lambda: now[0])
    folder = run("training.checkpoint_every=3", reporter=Ticking())
    made = json.loads(folder.provenance.read_text())["checkpoints"]["saved"]
    assert made == 4 * 3  # after 3, 6 and all 9 steps of each epoch


def test_the_time_before_a_stop_counts_too(run, stop, tmp_path):
    stop(at=(1, 3))
    folder = RunFolder(tmp_path / "run")
    store = checkpoint.Checkpoints(folder, replaces=False)
    kept = store.newest(pytest.fail)
    longer = replace(kept, position=replace(kept.position, seconds=1000.0))
    store.save(longer, folder.config.read_text())
    first, second, *_ = read_csv(run().history)
    assert first.seconds < 1000 <= second.seconds


def test_a_run_goes_on_with_the_threads_that_it_began_with(run, stop, monkeypatch):
    story = sys.modules["beenet.experiment.train"]  # hidden by its function
    auto = "training.threads=auto"
    monkeypatch.setattr(story, "cached_plan", lambda *_: ThreadPlan(1, 1))
    stop(auto, at=(1, 3))
    monkeypatch.setattr(story, "cached_plan", lambda *_: pytest.fail("chosen anew"))
    assert run(auto).state() == "finished"


def test_an_interrupt_before_the_first_step_leaves_nothing(run, tmp_path, recorder):
    class Hasty(recorder):
        def note(self, text):
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        run(reporter=Hasty())
    assert str(caught.value) == (
        "interrupted before the first step was done; nothing is kept"
    )
    assert os.listdir(tmp_path) == []
    there = fingerprint(run())
    with pytest.raises(Interrupted, match=r"done; what was there is as it was$"):
        run("training.seed=9", reporter=Hasty(), overwrite=True)
    assert fingerprint(RunFolder(tmp_path / "run")) == there


def test_an_unfinished_run_of_another_config_is_refused(run, stop):
    stop(at=(1, 1))
    with pytest.raises(RunError, match="holds a run of another config"):
        run("training.seed=6")


def slots(tmp_path):
    return sorted(p for p in (tmp_path / "run/.resume").glob("0*.npz"))


@pytest.mark.parametrize("harm", ["flip", *map(slow, ["cut", "empty", "zeros"])])
def test_of_two_checkpoints_the_older_is_used_if_the_newer_is_damaged(
    run, whole, stop, recorder, tmp_path, harm
):
    stop(at=(2, 4))
    newest = slots(tmp_path)[-1]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 4
    harmed = {"cut": data[:99], "flip": data, "empty": b"", "zeros": bytes(len(data))}
    newest.write_bytes(harmed[harm])
    reporter = recorder()
    assert fingerprint(run(reporter=reporter)) == whole()
    (warning,) = [line for line in reporter.lines if line.startswith("warning")]
    assert warning == (
        f"warning: {newest} is damaged (its bytes are not those that were written): "
        "going on from the one before"
    )
    assert "going on after epoch 2" in reporter.lines


@pytest.mark.parametrize("step", [slow(2), 4])
def test_a_damaged_checkpoint_is_not_kept_in_place_of_a_good_one(
    run, stop, recorder, tmp_path, step
):
    stop(at=(2, 4))
    newest = slots(tmp_path)[-1]
    # Of another name, as if its bytes had been others.
    newest.unlink()
    newest.with_name(f"{newest.name[:16]}-{'f' * 32}.npz").write_bytes(b"")
    stop(at=(2, step))
    assert all(path.stat().st_size for path in slots(tmp_path))
    assert [path.name[:16] for path in slots(tmp_path)] == [
        "000002-000000000",
        f"000002-{step:09}",
    ]


def test_another_model_in_the_place_of_a_finished_runs_is_not_trained_on(run, tmp_path):
    best = "training.save_best=null"
    folder = run(best, "training.epochs=1")
    other = run(best, "training.epochs=1", "training.seed=6", to="other")
    for name in ("model.tfl.index", "model.tfl.data-00000-of-00001"):
        shutil.copy(other.path / name, folder.path / name)
    with pytest.raises(RunError) as caught:
        run(best, "training.epochs=2")
    assert str(caught.value) == (
        f"the checkpoint in {folder.path} cannot be used: {folder.model} is not the "
        "model that this training ended with; start over with --overwrite"
    )


def test_a_signal_that_comes_while_it_looks_at_the_clock_loses_nothing(
    run, tmp_path, monkeypatch
):
    """It is minded after the next chunk, with a checkpoint."""
    monotonic, asked = time.monotonic, []

    def late():
        if sys._getframe(1).f_code.co_name == "_train_epoch":
            asked.append(None)
            if len(asked) == 4:
                os.kill(os.getpid(), signal.SIGINT)
        return monotonic()

    monkeypatch.setattr("beenet.experiment.fit.time.monotonic", late)
    with pytest.raises(Interrupted, match=r"interrupted at epoch 1, step \d"):
        run()
    assert len(slots(tmp_path)) == 1


def test_if_no_checkpoint_is_whole_it_begins_anew_and_says_so(
    run, whole, stop, recorder, tmp_path
):
    stop(at=(2, 4))
    for path in slots(tmp_path):
        path.write_bytes(path.read_bytes()[:-1])
    reporter = recorder()
    assert fingerprint(run(reporter=reporter)) == whole()
    assert len([x for x in reporter.lines if "is damaged" in x]) == 2
    assert reporter.lines[1].endswith("going on from the beginning")
    assert not any("going on after" in line for line in reporter.lines)


def test_a_finished_run_whose_checkpoint_or_model_is_damaged_stays_as_it_is(
    run, recorder, tmp_path
):
    best, folder = "training.save_best=null", tmp_path / "run"
    run(best, "training.epochs=1")
    data = folder / "model.tfl.data-00000-of-00001"
    data.write_bytes(whole := data.read_bytes()[:-100])
    with pytest.raises(RunError) as caught:
        run(best, "training.epochs=2")
    assert str(caught.value).startswith(
        f"the checkpoint in {folder} cannot be used: {folder}/model.tfl is damaged at "
    )
    (slot,) = slots(tmp_path)
    slot.write_bytes(b"")
    reporter = recorder()
    with pytest.raises(RunError, match="has no checkpoint to resume from"):
        run(best, "training.epochs=2", reporter=reporter)
    assert any(x.endswith("were written): there is no other") for x in reporter.lines)
    assert (folder / "metrics.json").exists()
    assert data.read_bytes() == whole


def test_a_checkpoint_of_another_format_is_refused(run, stop, monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    stop(at=(1, 4))
    monkeypatch.undo()
    with pytest.raises(RunError) as caught:
        run()
    assert str(caught.value) == (
        f"{slots(tmp_path)[-1]} has format 99, this beenet goes on from "
        f"{checkpoint.FORMAT}; use the beenet that wrote it, or --overwrite"
    )


def test_a_finished_run_without_its_model_says_so(run):
    folder = run("training.epochs=1")
    Path(f"{folder.model}.index").unlink()
    with pytest.raises(RunError, match=r"is finished, but its model is gone"):
        run("training.epochs=1")


def test_data_that_changed_after_a_run_are_told(run, recorder, tiny_data, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(tiny_data / "data", own)
    given = (f"dataset.path={own}", "training.epochs=1")
    folder = run(*given)
    shutil.copy(own / "valid_X.pck", own / "test_X.pck")
    shutil.copy(own / "valid_Y.pck", own / "test_Y.pck")
    reporter = recorder()
    run(*given, reporter=reporter)
    assert reporter.lines[-2:] == [
        f"{folder.path} is finished; --overwrite trains it again",
        "warning: own has changed since it was trained",
    ]


def test_other_data_are_noticed(run, stop, tiny_data, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(tiny_data / "data", own)
    stop(f"dataset.path={own}", at=(1, 1))
    shutil.copy(own / "valid_X.pck", own / "test_X.pck")
    shutil.copy(own / "valid_Y.pck", own / "test_Y.pck")
    with pytest.raises(RunError, match=r"have changed since it began \(test_X.pck, "):
        run(f"dataset.path={own}")


def test_other_versions_processors_and_devices_are_mentioned(
    run, stop, recorder, monkeypatch
):
    story = sys.modules["beenet.experiment.train"]  # hidden by its function
    began = story.new_origin
    monkeypatch.setattr(
        story,
        "new_origin",
        lambda *about: began(*about).model_copy(update={"device": "gpu:0"}),
    )
    stop(at=(1, 1))
    was = numeric_environment()
    now = {**was, "tensorflow": "9.9", "processor": "Z80"}
    monkeypatch.setattr(preconditions, "numeric_environment", lambda: now)
    reporter = recorder()
    folder = run(reporter=reporter)
    told = [line for line in reporter.lines if "last bits" in line]
    assert [line.partition(f"{folder.path} began ")[2] for line in told] == [
        f"{what}: the last bits may differ from a run in one go"
        for what in (
            f"with tensorflow {was['tensorflow']}, this is 9.9",
            f"with processor {was['processor']}, this is Z80",
            "on gpu:0, this is cpu",
        )
    ]


@pytest.mark.parametrize("save_best", [slow("null"), "accuracy"])
def test_a_finished_run_made_longer_equals_one_of_that_length(
    run, whole, recorder, save_best
):
    best = f"training.save_best={save_best}"
    run(best, "training.epochs=2")
    reporter = recorder()
    longer = run(best, reporter=reporter)
    assert "going on after epoch 2" in reporter.lines
    assert fingerprint(longer) == whole(best)


def test_an_unfinished_run_may_be_made_longer_too(run, whole, stop):
    stop("training.epochs=2", at=(1, 4))
    assert fingerprint(run()) == whole()


@pytest.mark.slow
def test_an_unfinished_run_may_be_ended_sooner(run, whole, stop):
    stop(at=(1, 4))
    with pytest.raises(RunError) as refused:
        run("training.epochs=1")
    assert str(refused.value).endswith(
        "run has come beyond 1 epoch, to epoch 2, step 4; training.epochs=2 ends it "
        "soonest"
    )
    assert fingerprint(run("training.epochs=2")) == whole("training.epochs=2")


def test_a_run_that_was_stopped_at_an_epochs_end_may_end_there(run, whole, recorder):
    class Enough(recorder):
        def epoch(self, row):
            if row.epoch == 2:
                os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted, match="interrupted at epoch 2;"):
        run(reporter=Enough())
    folder = run("training.epochs=2")
    assert fingerprint(folder) == whole("training.epochs=2")
    assert folder.read_config()["training"]["epochs"] == 2
    reporter = recorder()
    run("training.epochs=2", reporter=reporter)
    assert reporter.lines[-1].endswith("run is finished; --overwrite trains it again")


def test_one_that_stopped_early_takes_another_length_without_training(run, recorder):
    early = "training.early_stopping={monitor: accuracy, patience: 1, min_delta: 1.0}"
    folder = run(early)
    done = folder.read_metrics().epochs
    assert done == 2 < folder.read_config()["training"]["epochs"]
    run(early, "training.epochs=9")
    assert folder.read_config()["training"]["epochs"] == 9
    assert folder.read_metrics().epochs == done
    reporter = recorder()
    run(early, "training.epochs=9", reporter=reporter)
    assert reporter.lines[-1].endswith("run is finished; --overwrite trains it again")


@pytest.mark.slow
def test_one_that_is_ended_sooner_can_be_stopped_and_go_on(run, whole, stop):
    stop(at=(1, 4))
    stop("training.epochs=3", at=(2, 2))
    assert fingerprint(run("training.epochs=3")) == whole("training.epochs=3")


def test_a_longer_run_that_is_stopped_before_it_trains_leaves_the_short_one(
    run, recorder
):
    short = fingerprint(run("training.epochs=2"))

    class Hasty(recorder):
        def note(self, text):
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="interrupted at epoch 2; the same command"):
        run(reporter=Hasty())
    assert fingerprint(run("training.epochs=2")) == short


def test_a_run_being_replaced_is_not_lost_when_that_fails(
    run, whole, recorder, monkeypatch, tmp_path
):
    run("training.epochs=2")

    def write(path, data):
        if path == tmp_path / "run/config.yaml":  # what was there is gone by then
            raise OSError(errno.EIO, "Input/output error")
        real(path, data)

    real = files.write_bytes
    with monkeypatch.context() as broken:
        broken.setattr(files, "write_bytes", write)
        with pytest.raises(RunError, match="Input/output error"):
            run()
    reporter = recorder()
    assert fingerprint(run(reporter=reporter)) == whole()
    assert "going on after epoch 3" in reporter.lines


def test_the_best_weights_alone_replace_nothing(run, monkeypatch, tmp_path):
    short = fingerprint(run("training.epochs=2"))

    class Killed(BaseException):
        """What no code here expects."""

    def write(path, data):
        real(path, data)
        if path.name.startswith("best-"):
            raise Killed

    real = files.write_bytes
    with monkeypatch.context() as killed:
        killed.setattr(files, "write_bytes", write)
        killed.setattr(RunFolder, "discard_staged", lambda _: None)  # nobody tidies up
        with pytest.raises(Killed):
            run()
    assert list((tmp_path / "run/.resume.new").glob("best-*"))
    assert fingerprint(run("training.epochs=2")) == short


@pytest.mark.slow
def test_a_schedule_that_depends_on_the_length_keeps_it(run, stop):
    cosine = "training.schedule={cosine: {}}"
    run(cosine, "training.epochs=2")
    with pytest.raises(RunError, match=r"its schedule depends on training\.epochs"):
        run(cosine)
    stop(cosine, "training.epochs=3", at=(1, 2), overwrite=True)
    for epochs, how in (("2", "shorter"), ("4", "longer")):
        with pytest.raises(RunError, match=f"cannot be made {how}: its schedule"):
            run(cosine, f"training.epochs={epochs}")
    fixed = "training.schedule={cosine: {epochs: 9}}"
    run(fixed, "training.epochs=2", overwrite=True)
    assert run(fixed).read_metrics().epochs == 4


def test_fewer_epochs_are_another_config(run):
    run()
    with pytest.raises(RunError, match=r"training.epochs: 4 there, 2 asked for"):
        run("training.epochs=2")


def test_a_run_that_is_made_longer_or_replaced_was_looked_at_before(run, stop):
    folder = run("training.epochs=1")
    title = folder.read_metrics().dataset
    assert count_looks(folder) == {}
    run("training.epochs=2")
    assert count_looks(folder) == {(title, "valid"): 1}
    run("training.epochs=2")  # is finished: nobody looks
    run("training.seed=6", "training.epochs=1", overwrite=True)
    assert count_looks(folder) == {(title, "valid"): 2}
    stop("training.seed=6", at=(1, 2))
    run("training.seed=6")  # longer, and stopped and gone on with meanwhile
    assert count_looks(folder) == {(title, "valid"): 3}


def test_overwrite_keeps_the_old_run_until_the_new_one_has_a_checkpoint(run, stop):
    old = fingerprint(run())
    diverging = "optimizer={sgd: {learning_rate: 1e38}}"
    with pytest.raises(DivergedError):
        run(diverging, "training.clip_gradients=0", overwrite=True)
    assert fingerprint(run()) == old
    stop("training.seed=6", at=(0, 2), overwrite=True)
    assert RunFolder(run("training.seed=6").path).read_metrics().seed == 6


@hard
def test_early_stopping_stops_and_save_best_keeps_the_best(run):
    quick = ("training.early_stopping={patience: 2, monitor: accuracy}",)
    folder = run(*quick, "training.epochs=50", "training.save_best=accuracy")
    history, metrics = read_csv(folder.history), folder.read_metrics()
    accuracies = [row.test_accuracy for row in history]
    best = accuracies.index(max(accuracies)) + 1
    assert metrics.stopped_early
    assert metrics.epochs == len(history) == best + 2 < 50
    assert metrics.best_epoch == best
    assert metrics.splits["test"].accuracy == max(accuracies)
    assert read_variables(folder.model)["Training_step"] == best * 9
    longer = run(*quick, "training.epochs=60", "training.save_best=accuracy")
    assert longer.read_metrics().epochs == len(history)


@hard
@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (
            ["optimizer={sgd: {learning_rate: 1e38}}"],
            r"the loss became (nan|inf) in epoch \d, step \d+: the (output|weights)",
        ),
        (
            ["optimizer={momentum: {learning_rate: 1e3}}", "layers[4]={fully_connected:"
             " {n_units: 3, weights_init: {normal: {stddev: 1e30}}}}",
             "loss=mean_square"],
            r"the loss became (nan|inf) in epoch 1, step 1",
        ),
    ],
)  # fmt: skip
def test_a_loss_that_is_no_number_names_step_and_layer(run, tmp_path, overrides, words):
    with pytest.raises(DivergedError, match=words + r".*; try a smaller learning_rate"):
        run(*overrides, "training.clip_gradients=0")
    assert not (tmp_path / "run/metrics.json").exists()


DIVERGES = (
    *("optimizer.sgd.learning_rate=1e38", "training.clip_gradients=0"),
    *("loss=mean_square", "layers[0].fully_connected.activation=linear"),
)


def test_the_layer_is_found_at_the_rate_of_the_epoch(run):
    steep = "training.schedule={piecewise: {after: [1], rates: [1e38]}}"
    words = r"in epoch 2, step \d+: the (output|weights)"
    with pytest.raises(DivergedError, match=words):
        run(*DIVERGES[1:], steep)


def test_a_loss_is_told_where_there_is_no_room_to_look_further(run, monkeypatch):
    from beenet.errors import NetworkError
    from beenet.experiment import diverged

    def no_room(*_):
        raise NetworkError("memory does not suffice")

    monkeypatch.setattr(diverged, "build_on", no_room)
    with pytest.raises(DivergedError, match=r"step \d+; try a smaller learning_rate$"):
        run(*DIVERGES)


@hard  # its rate is set from outside
def test_the_last_good_checkpoint_is_kept(run, stop, recorder, tmp_path, monkeypatch):
    from beenet.experiment import fit

    stop(at=(1, 2))
    before = [p.name for p in slots(tmp_path)]
    monkeypatch.setattr(
        fit, "set_learning_rate", lambda net, *_: net.set_learning_rate(1e38)
    )
    with pytest.raises(DivergedError):
        run("training.checkpoint_every=60.0")
    assert [p.name for p in slots(tmp_path)] == before
