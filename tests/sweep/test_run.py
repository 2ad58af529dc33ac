"""The story of a sweep, on an executor that does what a test wants of it."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from beenet.errors import Interrupted, RunError, SweepError
from beenet.runs.folder import RunFolder
from beenet.sweep import run as running
from beenet.sweep.failures import Failures
from beenet.sweep.run import TrialQueue, run_sweep, task_of
from beenet.sweep.task import Ended, Looked, Progress, Warned
from beenet.sweep.trials import Trial


class Scripted:
    """Ends the trials as a script says; each takes one call of `events`."""

    def __init__(self, script=None, slots=2) -> None:
        self.script = {k: list(v) for k, v in (script or {}).items()}
        self.slots, self.threads = slots, 1
        self.running, self.most, self.begun, self.stopped = [], 0, [], []
        self.closed = False

    def submit(self, task) -> None:
        self.running.append(task.name)
        self.begun.append(task.name)
        self.most = max(self.most, len(self.running))

    def stop(self, trial) -> None:
        self.stopped.append(trial)

    def events(self, seconds):
        found = []
        for name in list(self.running):
            if name in self.stopped:
                ending = Ended(name, "stopped")
            elif steps := self.script.get(name):
                ending = steps.pop(0)
            else:
                ending = Ended(name, "finished")
            found += [ending() if callable(ending) else ending]
            if isinstance(found[-1], Ended):
                self.running.remove(name)
        return found

    def close(self) -> None:
        self.closed = True


class Recorder:
    def __init__(self) -> None:
        self.lines = []

    def started(self, trial, epochs):
        self.lines.append(f"{trial} started")

    def progressed(self, event):
        pass

    def looked(self, event):
        self.lines.append(f"{event.trial} {event.epoch} {event.accuracy}")

    def ended(self, trial, how, text):
        self.lines.append(f"{trial} {how} {text}".strip())

    def warn(self, text):
        self.lines.append(f"warning: {text}")


@pytest.fixture
def go(tiny, tmp_path):
    config = tiny().config

    def go(executor, names="abcd", source=TrialQueue):
        trials = [
            Trial(name, 1, config, RunFolder(tmp_path / name / "seed-1"))
            for name in names
        ]
        display = Recorder()
        failures = Failures(tmp_path)
        outcome = run_sweep(source(trials), executor, failures, display)
        assert executor.closed
        return outcome, display.lines

    return go


def ended(name, how, text=""):
    return Ended(f"{name}/seed-1", how, text)


def test_as_many_run_at_a_time_as_there_are_slots(go):
    executor = Scripted(slots=3)
    outcome, lines = go(executor)
    assert executor.most == 3
    assert executor.begun == [f"{name}/seed-1" for name in "abcd"]
    assert [line for line in lines if "finished" in line] == [
        f"{name}/seed-1 finished" for name in "abcd"
    ]
    assert outcome.failed == {}


def test_a_failure_is_recorded_and_does_not_stop_the_others(go, tmp_path):
    executor = Scripted({"b/seed-1": [ended("b", "failed", "too steep")]})
    outcome, lines = go(executor)
    assert "b/seed-1 failed too steep" in lines
    assert lines[-1] == "d/seed-1 finished"
    assert outcome.failed == {"b/seed-1": "too steep"}
    (entry,) = json.loads((tmp_path / "failed.json").read_text()).values()
    assert entry["reason"] == "too steep"


def test_a_failure_says_nothing_of_another_config(go, tiny, tmp_path):
    go(Scripted({"b/seed-1": [ended("b", "failed", "too steep")]}))
    failures = Failures(tmp_path)
    folder = RunFolder(tmp_path / "b" / "seed-1")
    as_it_was = Trial("b", 1, tiny().config, folder)
    assert failures.reasons([as_it_was]) == {"b/seed-1": "too steep"}
    mended = Trial("b", 1, tiny("training.epochs=9").config, folder)
    assert failures.reasons([mended]) == {}


def test_a_failure_that_was_made_good_is_forgotten(go, tmp_path):
    go(Scripted({"b/seed-1": [ended("b", "failed", "too steep")]}))
    go(Scripted(), "b")
    assert not (tmp_path / "failed.json").exists()


def test_where_there_is_no_worker_for_a_while_it_waits(go):
    class Coming(Scripted):
        """Without slots at first; with two after a few looks."""

        looks = 0

        @property
        def slots(self):
            return 2 if self.looks > 3 else 0

        @slots.setter
        def slots(self, _):
            pass

        def events(self, seconds):
            self.looks += 1
            return super().events(seconds)

    _, lines = go(Coming())
    assert lines[:2] == [
        "warning: no worker is there; waiting for one",
        "a/seed-1 started",
    ]
    assert sum(line.endswith("finished") for line in lines) == 4
    assert len([line for line in lines if line.startswith("warning")]) == 1
    never = Scripted(slots=0)
    assert go(never, "")[1] == []  # nothing is to be done: it waits for nobody


def test_a_signal_stops_the_beginning_of_trials_at_once(go):
    class Stopping(Scripted):
        def submit(self, task):
            super().submit(task)
            if len(self.begun) == 2:
                os.kill(os.getpid(), signal.SIGINT)

    executor = Stopping(slots=50)
    with pytest.raises(Interrupted):
        go(executor, "abcdefgh")
    assert len(executor.begun) == 2


def test_a_full_disk_hides_no_failure_and_lets_the_others_save(go, monkeypatch):
    def refuse(*_):
        raise RunError("cannot write failed.json: No space left on device")

    monkeypatch.setattr(Failures, "add", refuse)
    ticking = [Progress("b/seed-1", 1, 0.5, 3)] * 9
    executor = Scripted(
        {"a/seed-1": [ended("a", "failed", "too steep")], "b/seed-1": ticking}
    )
    shown = []
    monkeypatch.setattr(Recorder, "ended", lambda _, *told: shown.append(told))
    with pytest.raises(RunError, match="No space left"):
        go(executor, "ab")
    assert shown == [
        ("a/seed-1", "failed", "too steep"),
        ("b/seed-1", "stopped", ""),
    ]
    assert executor.stopped == ["b/seed-1"]


def test_a_trial_that_finds_the_disk_full_stops_the_sweep_and_has_not_failed(
    go, tmp_path
):
    class Listening(TrialQueue):
        def ended(self, trial, how):
            heard[trial.point] = how

    heard = {}
    full = Ended("a/seed-1", "failed", "cannot write a: No space left", disk_full=True)
    ticking = [Progress("b/seed-1", 1, 0.5, 3)] * 9
    executor = Scripted({"a/seed-1": [full], "b/seed-1": ticking})
    with pytest.raises(SweepError) as caught:
        go(executor, source=Listening)
    assert str(caught.value) == (
        "a/seed-1: cannot write a: No space left; the same command resumes from there"
    )
    assert heard == {"a": "stopped"}
    assert executor.begun == ["a/seed-1", "b/seed-1"]
    assert executor.stopped == ["b/seed-1"]
    assert not (tmp_path / "failed.json").exists()


def test_where_the_source_fails_what_runs_saves_first(go):
    class Failing(TrialQueue):
        def ended(self, trial, how):
            raise SweepError("search.db cannot be used: it is full")

    ticking = [Progress("b/seed-1", 1, 0.5, 3)] * 9
    executor = Scripted({"b/seed-1": ticking})
    with pytest.raises(SweepError, match="it is full"):
        go(executor, "ab", source=Failing)
    assert executor.stopped == ["b/seed-1"]
    assert (executor.running, executor.closed) == ([], True)


def test_a_process_that_dies_is_replaced_twice(go):
    lost = ended("a", "lost", "killed")
    outcome, lines = go(Scripted({"a/seed-1": [lost, lost]}), "a")
    assert outcome.failed == {}
    assert lines == [
        "a/seed-1 started",
        "warning: a/seed-1: killed; it is started again",
        "a/seed-1 started",
        "warning: a/seed-1: killed; it is started again",
        "a/seed-1 started",
        "a/seed-1 finished",
    ]
    outcome, lines = go(Scripted({"a/seed-1": [lost, lost, lost]}), "ab")
    assert outcome.failed == {"a/seed-1": "killed"}
    assert lines[-1] == "a/seed-1 failed killed"


def test_a_process_that_somebody_else_stops_is_replaced_too(go):
    outcome, lines = go(Scripted({"a/seed-1": [ended("a", "stopped", "saved")]}), "a")
    assert outcome.failed == {}
    assert lines == [
        "a/seed-1 started",
        "warning: a/seed-1: its process was stopped from outside; it is started again",
        "a/seed-1 started",
        "a/seed-1 finished",
    ]


def test_a_signal_stops_all_once_and_begins_no_more(go):
    def press():
        os.kill(os.getpid(), signal.SIGTERM)
        return Progress("a/seed-1", 1, 0.5, 3)

    executor = Scripted({"a/seed-1": [press]})
    with pytest.raises(Interrupted, match="the same command resumes") as caught:
        go(executor)
    assert caught.value.exit_code == 143
    assert executor.stopped == ["a/seed-1"]  # b was over by then
    assert executor.begun == ["a/seed-1", "b/seed-1"]
    assert executor.closed


def test_a_trial_that_does_not_stop_is_told_and_then_ended(go, monkeypatch):
    class Hung(Scripted):
        def stop(self, trial):
            pass

        def events(self, seconds):
            time.sleep(0.02)
            return super().events(seconds)

    def press():
        os.kill(os.getpid(), signal.SIGINT)
        return Progress("a/seed-1", 1, 0.5, 3)

    monkeypatch.setattr(running, "_QUIET_SECONDS", 0.1)
    monkeypatch.setattr(running, "_GRACE_SECONDS", 0.5)
    warned = []
    monkeypatch.setattr(Recorder, "warn", lambda _, text: warned.append(text))
    executor = Hung({"a/seed-1": [press] + [Progress("a/seed-1", 1, 0.5, 3)] * 999})
    with pytest.raises(Interrupted, match="the same command resumes"):
        go(executor, "a")
    assert warned == [
        "waiting for a/seed-1 to save; Ctrl-C again ends it",
        "a/seed-1 did not stop in 0.5 s; ended, the last checkpoint remains",
    ]
    assert executor.closed


def test_what_dies_while_all_stop_is_not_begun_anew(go):
    def press():
        os.kill(os.getpid(), signal.SIGTERM)
        return ended("a", "lost", "killed")

    executor = Scripted({"a/seed-1": [press]}, slots=1)
    with pytest.raises(Interrupted):
        go(executor, "ab")
    assert executor.begun == ["a/seed-1"]


def test_the_same_warning_is_shown_once(go):
    words = [Warned(f"{name}/seed-1", "beware") for name in "ab"]
    _, lines = go(Scripted({word.trial: [word] for word in words}))
    assert lines.count("warning: beware") == 1


def test_a_source_may_give_a_trial_up_by_its_looks(go, tmp_path):
    class Choosy(TrialQueue):
        def looked(self, trial, epoch, accuracy):
            return accuracy < 0.5

        def ended(self, trial, how):
            heard[trial.point] = how

    heard = {}
    for name in "abc":
        (resume := tmp_path / name / "seed-1/.resume").mkdir(parents=True)
        (resume / f"000001-000000002-{'0' * 32}.npz").touch()
        (resume / "../config.yaml").touch()
    looks = {"a": (1, 0.4), "b": (1, 0.6), "c": (3, 0.4)}  # c's is its last
    script = {f"{k}/seed-1": [Looked(f"{k}/seed-1", *v)] for k, v in looks.items()}
    go(Scripted(script, slots=3), "abc", Choosy)
    assert heard == {"a": "pruned", "b": "finished", "c": "finished"}
    assert [path.parts[-3] for path in tmp_path.rglob(".pruned")] == ["a"]


@pytest.mark.parametrize("text", ["{", "[]", '{"a/seed-1": "why"}', '{"a/seed-1": {}}'])
def test_a_damaged_record_of_failures_says_what_to_do(text, tmp_path):
    (tmp_path / "failed.json").write_text(text)
    with pytest.raises(SweepError, match="failed trials are tried again: remove it"):
        Failures(tmp_path)


def test_a_task_is_told_where_the_data_are(tiny, tmp_path):
    trial = Trial("a", 1, tiny().config, RunFolder(tmp_path / "a"))
    task = task_of(trial, Scripted(), Path("home"))
    assert (task.data_dir, task.threads, task.measure) == ("home", 1, False)
    assert task_of(trial, Scripted(), None).data_dir is None


def test_what_ends_in_one_batch_with_a_full_disk_is_not_waited_for(go):
    full = [Ended(f"{name}/seed-1", "failed", "full", disk_full=True) for name in "ab"]
    executor = Scripted({"a/seed-1": [full[0]], "b/seed-1": [full[1]]})
    began = time.monotonic()
    with pytest.raises(SweepError, match="a/seed-1: full; the same command resumes"):
        go(executor, "abc")
    assert time.monotonic() - began < 5
    assert executor.begun == ["a/seed-1", "b/seed-1"]
