"""The system's refusal to write says what to do."""

import errno
import os

import pytest

from beenet.errors import RunError
from beenet.system.write_errors import (
    explain_write_errors,
    is_disk_full,
    with_number,
)


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


@pytest.mark.parametrize(
    ("number", "full"),
    [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EACCES, False), (None, False)],
)
def test_a_full_disk_is_known_by_an_attribute(number, full, tmp_path):
    with pytest.raises(RunError) as caught, explain_write_errors(tmp_path):
        raise OSError(number, "the words do not count")
    assert caught.value.disk_full == is_disk_full(caught.value) == full


def test_a_librarys_words_get_their_number():
    assert with_number(os.strerror(errno.ENOSPC)).errno == errno.ENOSPC
    assert is_disk_full(with_number("No space left on device"))
    assert with_number("something else").errno is None
