"""A split taken in portions: several at a time, smaller ones where memory is short."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from beenet.engine.misfit import misfits_told
from beenet.errors import NetworkError
from beenet.network.memory import OUT_OF_MEMORY, is_short_of_memory
from beenet.network.network import Network
from beenet.system.cores import core_limit

Result = TypeVar("Result")


def over_portions(
    network: Network, n: int, size: int, function: Callable[[slice], Result]
) -> Iterator[Result]:
    """Yield ``function`` of all rows, in order, a portion at a time.

    The session's own threads were counted for training. Here every thread carries its
    portion through by itself, so that all cores work whatever the plan, and a
    portion's numbers do not depend on the others. When memory runs out, portions half
    as large are taken from there on, by half as many threads.

    Args:
        network: is put into predicting mode.
        n: how many rows there are.
        size: rows in a portion, to begin with.
        function: gives the answer for some rows.

    Raises:
        NetworkError: not even one row finds room.
    """
    network.set_training(False)
    n_threads = core_limit()
    start = 0
    while start < n:
        rest = [slice(i, min(n, i + size)) for i in range(start, n, size)]
        answers = _several(rest, n_threads, function)
        try:
            with misfits_told():
                for result, rows in zip(answers, rest, strict=True):
                    yield result
                    start = rows.stop
        except OUT_OF_MEMORY as error:
            if not is_short_of_memory(error):
                raise
            if size == n_threads == 1:
                raise NetworkError(
                    "memory does not suffice for a single example; free some, or take "
                    "a smaller network"
                ) from None
            size, n_threads = max(1, size // 2), max(1, n_threads // 2)


def _several(
    portions: list[slice], n_threads: int, function: Callable[[slice], Result]
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(n_threads, "beenet-score") as threads:
        for rows in portions:
            waiting.append(threads.submit(function, rows))
            if len(waiting) > n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
