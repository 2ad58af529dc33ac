"""Measure this machine's speed: matrix products, and passes over memory.

The parent sets the threads of NumPy's library before NumPy is loaded. If PyTorch is
installed, its product is also measured, and the faster one counts: a floor should be
what the best library reaches.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGE = 1536
"""Rows and columns of a product that shows the peak rate."""
_BUDGET = 0.06  # seconds for each measurement


class Rates:
    """Measures the time of given work on a number of threads."""

    def __init__(self, threads: int) -> None:
        """Load PyTorch if it is installed."""
        self._threads = threads
        self._rng = np.random.default_rng(1)
        try:
            import torch
        except ImportError:
            self._torch: Any = None
        else:
            torch.set_num_threads(threads)
            self._torch = torch

    def facts(self) -> dict[str, Any]:
        """Return the libraries that multiply."""
        return {"libraries": ["NumPy", "PyTorch"] if self._torch else ["NumPy"]}

    def large(self) -> dict[str, Any]:
        """Return the rate of a large product, in operations per second."""
        seconds = self._product(_LARGE, _LARGE, _LARGE)
        return {"size": _LARGE, "flops_per_second": 2 * _LARGE**3 / seconds}

    def products(self, sizes: Sequence[tuple[int, int, int]]) -> dict[str, Any]:
        """Return the seconds of products [m, k] times [k, n], each (m, k, n)."""
        return {"seconds": [self._product(*size) for size in sizes]}

    def passes(self, weights: int) -> dict[str, Any]:
        """Return the seconds of passes over a number of weights and their gradients.

        ``update``: w -= rate * g, reading both, writing one. ``norm``: the sum of
        squares of g, as clipping needs it.
        """
        w, g = self._array(weights), self._array(weights)
        parts = np.array_split(np.arange(weights), self._threads)
        slices = [slice(part[0], part[-1] + 1) for part in parts]

        with ThreadPoolExecutor(self._threads) as pool:

            def everywhere(one: Callable[[slice], Any]) -> Callable[[], Any]:
                if len(slices) == 1:
                    return lambda: one(slices[0])
                return lambda: list(pool.map(one, slices))

            # Without the factor: a fused update multiplies by the rate in registers.
            update = _best(everywhere(lambda s: np.subtract(w[s], g[s], out=w[s])))
            norm = _best(everywhere(lambda s: np.dot(g[s], g[s])))
        return {"update": update, "norm": norm}

    def _product(self, m: int, k: int, n: int) -> float:
        a, b = self._array(m, k), self._array(k, n)
        out = np.empty((m, n), np.float32)
        best = _best(lambda: np.matmul(a, b, out=out))
        if self._torch:
            ta, tb, to = (self._torch.from_numpy(array) for array in (a, b, out))
            best = min(best, _best(lambda: self._torch.mm(ta, tb, out=to)))
        return best

    def _array(self, *shape: int) -> NDArray[np.float32]:
        return self._rng.random(shape, dtype=np.float32)


def _best(run: Callable[[], Any]) -> float:
    """Return the shortest of many runs, after one that does not count."""
    run()
    best, end = float("inf"), time.perf_counter() + _BUDGET
    while (began := time.perf_counter()) < end:
        run()
        best = min(best, time.perf_counter() - began)
    return best
