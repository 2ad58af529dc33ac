"""The system's refusal to write says what to do."""

import errno

import pytest

from beenet.errors import RunError
from beenet.system.write_errors import explain_write_errors


def test_the_systems_refusal_says_what_to_do(tmp_path):
    with pytest.raises(RunError) as caught, explain_write_errors(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(caught.value) == (
        f"cannot write {tmp_path}: No space left on device; free some room or choose "
        "another place with --runs or --run-dir"
    )
    with pytest.raises(RunError) as caught, explain_write_errors(tmp_path, "--html"):
        raise OSError(errno.EACCES, "Permission denied")
    assert str(caught.value) == (
        f"cannot write {tmp_path}: Permission denied; choose another place with --html"
    )
