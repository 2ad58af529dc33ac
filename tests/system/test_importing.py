import gc
import importlib
import json as already
import sys

import pytest

from beenet.system.importing import hide_packages, without_gc


@pytest.fixture
def collecting():
    """Python's garbage collector as it was, and nothing spared that was not before."""
    frozen, enabled = gc.get_freeze_count(), gc.isenabled()
    gc.enable()
    yield
    if frozen == 0:
        gc.unfreeze()
    (gc.enable if enabled else gc.disable)()


def test_a_hidden_package_is_as_if_not_installed():
    assert "xmlrpc" not in sys.modules
    with hide_packages("xmlrpc"), pytest.raises(ImportError):
        importlib.import_module("xmlrpc")
    assert "xmlrpc" not in sys.modules
    importlib.import_module("xmlrpc")


def test_what_was_imported_before_stays():
    with hide_packages("json"):
        assert importlib.import_module("json") is already
    assert sys.modules["json"] is already


def test_nothing_is_collected_meanwhile(collecting):
    with without_gc():
        assert not gc.isenabled()
        kept = [[]]
    assert gc.isenabled()
    assert not any(kept is thing for thing in gc.get_objects())


def test_a_failed_import_turns_collecting_on_again(collecting):
    with pytest.raises(ImportError), without_gc():
        raise ImportError
    assert gc.isenabled()


def test_who_does_not_collect_is_obeyed(collecting):
    gc.disable()
    with without_gc():
        pass
    assert not gc.isenabled()
