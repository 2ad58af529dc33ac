"""A disk that is full at any moment costs no more than the time since then."""

import errno

import pytest

from beenet.errors import RunError
from beenet.experiment import train
from beenet.experiment.verify import fingerprint
from beenet.runs.folder import RunFolder
from beenet.system import files
from tests.conftest import slow


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Where the run goes that finds room for everything."""
    return tmp_path_factory.mktemp("whole") / "run"


@pytest.mark.parametrize("moment", [slow(0), 1, slow(3), slow(7)])
def test_a_disk_that_is_full_leaves_a_run_that_goes_on(
    tiny, recorder, tmp_path, monkeypatch, whole, moment
):
    loaded = tiny("training.epochs=2")
    if not whole.exists():
        train(loaded, whole, reporter=recorder())
    written = 0

    def write(path, data):
        nonlocal written
        written += 1
        if written > moment:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data)

    real = files.write_bytes
    run = tmp_path / "run"
    with monkeypatch.context() as full:
        full.setattr(files, "write_bytes", write)
        with pytest.raises(RunError) as caught:
            train(loaded, run, reporter=recorder())
    assert str(caught.value) == (
        f"cannot write {run}: No space left on device; free some room or choose "
        "another place with --runs or --run-dir"
    )
    assert not (run / "metrics.json").exists()
    assert not list(run.rglob(".*.part"))
    train(loaded, run, reporter=recorder())
    assert fingerprint(RunFolder(run)) == fingerprint(RunFolder(whole))
