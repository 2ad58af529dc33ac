"""Write the benchmark's page, with all figures from the raw ones."""

import statistics
from typing import Any

from beenet.bench.figures import (
    best_peer,
    contestant_name,
    deviations,
    ms_of,
)
from beenet.bench.page_net import net_section
from beenet.text.markdown import md_table
from beenet.text.words import counted

_METHOD = """\
## How it was measured

Every contestant trains the same net with the same step (gradient descent; the gradient
clipped and the weights penalized where the config says so) from the same first weights
over the same batches, and keeps the loss and the accuracy.

- Each contestant has a process of its own, for threads and memory are a process's. All
  stay alive and train in turn, round by round; the figure is the median round's. Not
  counted for anyone: the start, and one whole round of warm-up.
- A round has so many steps that TFLearn takes {seconds}; its length stands with
  each net. Every round begins with the first weights and takes the same batches. The
  data are MNIST, and synthetic stand-ins for the rest: of the real shape, which is all
  that bears on speed, and of a thousand steps an epoch, or the real number if smaller.
- TFLearn is stock: `model.fit(show_metric=True)` without validation, as its scripts
  call it, mended only as far as it must be to run on today's TensorFlow. On many
  processors TensorFlow leaves oneDNN's kernels off; beenet turns them on, and so does
  Keras here. Where that is so, *TFLearn, oneDNN* stands in the tables too.
- beenet shuffles and gathers from its mapped files within the measured time, on the
  threads that it chose by itself. The peers have their batches ready in memory, decoded
  and in order: what that would cost them is not counted.
- Keras 3 runs `fit` with 100 steps an execution, with and without XLA; PyTorch the
  usual loop, with its fused optimizer and no DataLoader; JAX 100 steps in a `lax.scan`.
  Where a round has fewer steps, those are all in one.
- Memory is the most that the process ever held. TFLearn holds the whole train split as
  float32, as its scripts do; beenet's includes what it touched of the mapped file; the
  peers hold a round's examples alone.
- Weights: a round's steps by TFLearn's own train op, fed batch by batch, beside as
  many in beenet's loop, on the same threads, with TFLearn's own random operations in
  dropout; all variables and all losses are compared bit for bit."""

_FLOOR = """\
*arithmetic* is a step's operations at the best of these rates: nothing gets below it.
But with ten examples in a batch the products of a step are thin, and bring less:
*products* is the time of the step's own matrix products, each done alone, again and
again, at its size and on the number of threads that suits it. A convolution counts as
the product over the patches of its input. Then the weights are written (*update*: 8
bytes read and 4 written; *GB/s* is what that came to). The *floor* is products and
update together. TFLearn's clipping asks for the norm of the gradient as well (*norm*:
4 bytes read for each weight), and reads and writes it once more; beenet leaves out the
second while the norm is below the clip, and the first too where two small products tell
that it is. What lies above the floor is the rest of a step: activations, pooling,
dropout, the loss, gathering patches, and the
framework. All in milliseconds:"""


def page(found: dict[str, Any]) -> str:
    """Return the page in Markdown.

    Args:
        found: what ``run_suite`` returned, and the ``command``.
    """
    sections = [_head(found), _summary(found["nets"])]
    if "scoring" in found:
        sections.append(_scoring(found["scoring"]))
    sections += [_method(found["nets"]), _floors(found)]
    sections += [net_section(net) for net in found["nets"]]
    return "\n\n".join(sections) + "\n"


def _head(found: dict[str, Any]) -> str:
    machine = found["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in machine["versions"].items())
    vectors = f", {machine['vectors']}" if machine["vectors"] else ""
    return "\n".join(
        [
            "# Benchmark",
            "",
            f"Written by `{found['command']}` on {machine['date']}; the raw figures",
            "are in [benchmark.json](benchmark.json).",
            "",
            f"- Machine: {machine['processor']}, {machine['cores']} cores{vectors}, "
            f"{machine['system']}",
            f"- Versions: {versions}",
        ]
    )


def _summary(nets: list[dict[str, Any]]) -> str:
    head = ["net", "TFLearn", "beenet", "times TFLearn", "best peer", "its ms"]
    rows = [[*head, "times the best peer", "weights as TFLearn's"]]
    for net in nets:
        peer, ours = best_peer(net), ms_of(net, "beenet")
        versus = ["-", "-", "-"]
        if peer:
            theirs = ms_of(net, peer)
            ratio = f"**{theirs / ours:.2f}**"
            versus = [contestant_name(peer), f"{theirs:.2f}", ratio]
        rows.append(
            [
                net["net"],
                f"{ms_of(net, 'tflearn'):.2f}",
                f"**{ours:.2f}**",
                f"**{net['ratio']:.1f}**",
                *versus,
                "to the bit" if net["weights"]["identical"] else "no: see below",
            ]
        )
    return f"Milliseconds for a training step, float32:\n\n{md_table(rows)}"


def _method(nets: list[dict[str, Any]]) -> str:
    method = _METHOD.format(seconds=_round_seconds(nets))
    found = [deviation for net in nets for deviation in deviations(net)]
    if not found:
        return method
    words = (
        "All contestants compute the same steps: a test compares their first ones, and",
        "in networks without dropout the mean loss of a round differs from beenet's by",
        f"at most {100 * max(found):.1g}%. Each rounds in its own way, and the",
        "differences grow from step to step.",
    )
    return "\n".join([method, "", *words])


def _round_seconds(nets: list[dict[str, Any]]) -> str:
    """Return the range over the nets of TFLearn's median round time."""
    took = [statistics.median(net["contestants"]["tflearn"]["seconds"]) for net in nets]
    low, high = f"{min(took):.1f}", f"{max(took):.1f}"
    return f"{low} s" if low == high else f"{low} to {high} s"


def _scoring(scoring: dict[str, Any]) -> str:
    ways = {
        "one `model.predict` for each example, as in the lecture": "one_by_one",
        "batched, as `beenet eval` does": "batched",
    }
    rows = [["way", "examples", "microseconds an example"]]
    for name, key in ways.items():
        way = scoring[key]
        rows.append([name, f"{way['examples']:,}", f"{way['us_per_example']:,.1f}"])
    return (
        f"Scoring {scoring['net']} on the valid split of {scoring['dataset']}, where "
        f"beenet is\n**{scoring['ratio']:.0f} times** faster:\n\n{md_table(rows)}"
    )


def _floors(found: dict[str, Any]) -> str:
    large = found["large"]
    rates = ", ".join(
        f"{rate / 1e9:.0f} GFLOP/s on {counted(int(n), 'thread')}"
        for n, rate in large["flops_per_second"].items()
    )
    parts = ["arithmetic", "products", "norm", "update"]
    head = ["net", "MFLOP", "weights", *parts, "GB/s", "floor", "beenet"]
    rows = [[*head, "times the floor"]]
    for net in found["nets"]:
        floor, ours = net["floor"], ms_of(net, "beenet")
        ms = floor["ms"]
        rows.append(
            [
                net["net"],
                f"{floor['flops']['step'] / 1e6:.1f}",
                f"{floor['weights']:,}",
                *(f"{ms[part]:.2f}" for part in parts),
                f"{floor['update_bytes_per_second'] / 1e9:.0f}",
                f"{ms['floor']:.2f}",
                f"{ours:.2f}",
                f"{ours / ms['floor']:.1f}",
            ]
        )
    size = f"{large['size']} x {large['size']}"
    peak = f"A product of two {size} matrices runs at {rates}."
    return f"## Where the floor lies\n\n{peak}\n{_FLOOR}\n\n{md_table(rows)}"
