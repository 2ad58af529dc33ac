"""The lower bound of a step's time on this machine, and its parts."""

from collections.abc import Mapping
from typing import Any

from beenet.bench.contestant_process import Remote
from beenet.bench.flops import Work


def large_rates(rates: Mapping[int, Remote]) -> dict[str, Any]:
    """Return the rate of a large matrix product, by number of threads."""
    answers = {n: remote.ask("large") for n, remote in rates.items()}
    return {
        "size": next(iter(answers.values()))["size"],
        "flops_per_second": {str(n): a["flops_per_second"] for n, a in answers.items()},
    }


def floor_of(
    work: Work, *, clipped: bool, peak: float, rates: Mapping[int, Remote]
) -> dict[str, Any]:
    """Return the minimal time of a step, and its parts.

    ``arithmetic`` is its operations at the rate of a large product, an absolute lower
    bound. ``floor`` is the sum of its products, each run alone at its own size (small
    and thin, so at a lower rate), plus the update, a pass over weights and gradients.
    ``norm`` is the pass that TFLearn's clipping requires, but that can be avoided.
    Each part is taken at the number of threads that is fastest for it.

    Args:
        work: the products of a step.
        clipped: whether gradients are clipped.
        peak: operations per second of a large product.
        rates: the machine's, by number of threads.
    """
    sizes = [(p.m, p.k, p.n) for p in work.products]
    seconds = {n: r.ask("products", sizes=sizes)["seconds"] for n, r in rates.items()}
    passes = {n: r.ask("passes", weights=work.weights) for n, r in rates.items()}
    products: list[dict[str, Any]] = [
        {
            "layer": product.layer + 1,
            "kind": product.kind,
            "size": [product.m, product.k, product.n],
            "flops": product.flops,
            "ms": {str(n): seconds[n][i] * 1000 for n in rates},
        }
        for i, product in enumerate(work.products)
    ]
    multiplying = sum(min(product["ms"].values()) for product in products)
    update = min(p["update"] for p in passes.values()) * 1000
    norm = min(p["norm"] for p in passes.values()) * 1000 if clipped else 0.0
    return {
        "flops": {
            "forward": work.flops("forward"),
            "weights' gradient": work.flops("weights' gradient"),
            "input's gradient": work.flops("input's gradient"),
            "step": work.flops(),
        },
        "weights": work.weights,
        "products": products,
        "update_bytes_per_second": 12 * work.weights / update * 1000,
        "ms": {
            "arithmetic": work.flops() / peak * 1000,
            "products": multiplying,
            "norm": norm,
            "update": update,
            "floor": multiplying + update,
        },
    }
