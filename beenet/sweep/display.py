"""Display a sweep: a live table in a terminal, otherwise one line per trial."""

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from beenet.reporter import Teller
from beenet.sweep.status import Board
from beenet.sweep.task import Looked, Progress
from beenet.system.streams import tell, unbreakable
from beenet.text.terminal import printable_line
from beenet.text.words import counted, error_line

_EVERY = 10.0
"""Seconds between two lines of progress, where lines cannot be replaced."""
_ENDED = {
    "finished": "finished",
    "failed": "FAILED",
    "stopped": "stopped",
    "pruned": "pruned",
}


class Lines(Teller):
    """Plain lines on stderr: one for each trial that has ended."""

    def __init__(self, board: Board, *, quiet: bool = False) -> None:
        """Create it; ``quiet`` shows only warnings and failures."""
        super().__init__(quiet=quiet)
        self.board = board

    def started(self, trial: str, epochs: int) -> None:
        """Record it on the board."""
        self.board.begin(trial, epochs)

    def progressed(self, event: Progress) -> None:
        """Record it on the board."""
        self.board.progress(event)

    def looked(self, event: Looked) -> None:
        """Record it on the board."""
        self.board.look(event)

    def ended(self, trial: str, how: str, text: str) -> None:
        """Print how it ended."""
        accuracy = self.board.running[trial].accuracy
        self.board.end(trial, how)
        line = f"{trial}: {_ENDED[how]}"
        if how == "failed":
            line += f": {error_line(text)}"
        elif accuracy is not None and how != "stopped":
            line += f", test {accuracy:.4f}"
        if how == "failed" or not self.quiet:
            self.say(line if self.quiet else f"{line}  ({self.board.counts()})")

    def close(self) -> None:
        """Print the sweep's summary."""
        if self.board.trains_since is not None and not self.quiet:
            self.say(self.board.summary())


class LiveTable(Lines):
    """A live table on stderr; failures and warnings are printed above it."""

    def __init__(self, board: Board) -> None:
        """Create and show it."""
        super().__init__(board)
        self.console = Console(file=unbreakable(sys.stderr), highlight=False)
        self.live = Live(
            console=self.console,
            get_renderable=self.table,
            refresh_per_second=4,
            transient=True,
        )
        self.live.start()

    def table(self) -> Group:
        """Return the current table."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("running", overflow="fold")
        for name in ("epoch", "done", "test acc"):
            table.add_column(name, justify="right")
        for trial, at in list(self.board.running.items()):
            accuracy = "" if at.accuracy is None else f"{at.accuracy:.4f}"
            table.add_row(Text(trial), f"{at.epoch}/{at.epochs}", at.stage(), accuracy)
        parts = [Text(self.board.counts())]
        if best := self.board.best:
            parts.append(Text(f"best so far: {best[1]:.4f} on test, {best[0]}"))
        return Group(*parts, table)

    def ended(self, trial: str, how: str, text: str) -> None:
        """Print a line for a failure; other trials only change the counts."""
        self.board.end(trial, how)
        if how == "failed":
            self._print(f"{trial}: FAILED: {error_line(text)}", "red")

    def warn(self, text: str) -> None:
        """Print a warning above the table."""
        self._print(f"warning: {text}", "yellow")

    def close(self) -> None:
        """Remove the table, and print the summary."""
        self.live.stop()
        super().close()

    def _print(self, text: str, style: str) -> None:
        self.console.print(printable_line(text), style=style, markup=False)


@contextlib.contextmanager
def show_measuring(count: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function that shows on stderr which of the points is being measured.

    In a terminal the line is replaced; otherwise there is one every few seconds.

    Args:
        count: the number of points.
        quiet: show nothing.
    """
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        console = Console(file=unbreakable(sys.stderr), highlight=False)
        with console.status("") as status:
            yield lambda number: status.update(_measuring(number, count))
    else:
        told = -math.inf

        def tell_now(number: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _EVERY:
                tell(_measuring(number, count))
                told = time.monotonic()

        yield tell_now


def _measuring(number: int, count: int) -> str:
    return f"measuring {number} of {counted(count, 'point')}"


def make_display(board: Board, quiet: bool) -> Lines:
    """Return a live table in a terminal, or else plain lines."""
    if quiet or not (sys.stdout.isatty() and sys.stderr.isatty()):
        return Lines(board, quiet=quiet)
    return LiveTable(board)
