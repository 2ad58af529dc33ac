"""Run a function over a split in parallel batches, smaller if memory runs out."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from beenet.engine.input_errors import explain_input_errors
from beenet.errors import NetworkError
from beenet.network.memory import OUT_OF_MEMORY, is_short_of_memory
from beenet.network.network import Network
from beenet.system.cores import core_limit

Result = TypeVar("Result")


def map_batches(
    network: Network, n: int, size: int, function: Callable[[slice], Result]
) -> Iterator[Result]:
    """Yield ``function`` of all rows, in order, one batch at a time.

    The session's thread plan was measured for training and is ignored here: each
    worker runs a whole batch in its own thread, so that all cores are busy and the
    numbers of a batch do not depend on the others. When memory runs out, the remaining
    rows are processed in batches half as large, by half as many workers.

    Args:
        network: is put into predicting mode.
        n: the number of rows.
        size: the initial number of rows in a batch.
        function: called with the rows of a batch.

    Raises:
        NetworkError: there is not enough memory for a single row.
    """
    network.set_training(False)
    n_threads = core_limit()
    start = 0
    while start < n:
        rest = [slice(i, min(n, i + size)) for i in range(start, n, size)]
        answers = _several(rest, n_threads, function)
        try:
            with explain_input_errors():
                for result, rows in zip(answers, rest, strict=True):
                    yield result
                    start = rows.stop
        except OUT_OF_MEMORY as error:
            if not is_short_of_memory(error):
                raise
            if size == n_threads == 1:
                raise NetworkError(
                    "there is not enough memory for a single example; free some, or "
                    "use a smaller network"
                ) from None
            size, n_threads = max(1, size // 2), max(1, n_threads // 2)


def _several(
    batches: list[slice], n_threads: int, function: Callable[[slice], Result]
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(n_threads, "beenet-score") as threads:
        for rows in batches:
            waiting.append(threads.submit(function, rows))
            if len(waiting) > n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
