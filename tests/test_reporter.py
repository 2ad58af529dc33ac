"""What is told on stderr is a line, whatever stands in a file that it quotes."""

import pytest

from beenet.progress import Bar, Lines
from beenet.reporter import Reporter, Teller
from beenet.sweep.display import Lines as SweepLines
from beenet.sweep.display import LiveTable
from beenet.sweep.status import Board

TITLE = "\x1b]0;mine\x07"
SHOWN = r"\x1b]0;mine\x07"


def test_quiet_leaves_warnings(capsys):
    for teller in (Teller(), Teller(quiet=True)):
        teller.note("a note")
        teller.warn("odd")
    assert capsys.readouterr().err == "a note\nwarning: odd\nwarning: odd\n"


@pytest.mark.parametrize("make", [Teller, Lines, Bar, lambda: SweepLines(Board(1, 1))])
def test_a_name_out_of_a_file_does_not_drive_the_terminal(make, capsys):
    make().warn(f"{TITLE} changed")
    assert capsys.readouterr().err == f"warning: {SHOWN} changed\n"


def test_a_failure_above_the_live_table_does_not_either(capsys):
    board = Board(1, 1)
    board.begin("a", 1)
    table = LiveTable(board)
    table.ended("a", "failed", TITLE)
    table.close()
    assert f"a: FAILED: {SHOWN}" in capsys.readouterr().err


def test_a_reporter_has_no_use_for_anything_by_itself(capsys):
    reporter = Reporter()
    reporter.note("a")
    reporter.begin(1, 1, 0, None)
    reporter.progress(0, 1, 0.5, 0.5)
    reporter.end()
    assert capsys.readouterr() == ("", "")
