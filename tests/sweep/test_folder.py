"""The folder of a sweep, which one sweep at a time writes."""

import pytest

from beenet.errors import LockedError
from beenet.sweep.folder import SweepFolder


def test_a_second_sweep_in_the_folder_is_refused(tmp_path):
    place = tmp_path / "s"
    with SweepFolder(place).locked():
        second = SweepFolder(place).locked()
        with pytest.raises(LockedError, match="s is being written by another beenet"):
            second.__enter__()
    with SweepFolder(place).locked():
        pass
