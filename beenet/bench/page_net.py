"""A net's section of the benchmark's page."""

from beenet.bench.figures import Entry, best_peer, contestant_name, ms_of
from beenet.bench.text import memory_text, verdict_text
from beenet.system.thread_plan import ThreadPlan
from beenet.text.markdown import md_table
from beenet.text.words import counted

_KINDS = ("forward", "weights' gradient", "input's gradient")


def net_section(net: Entry) -> str:
    """Return all contestants on one net, and the net's arithmetic."""
    flops = net["floor"]["flops"]
    shares = ", ".join(f"{kind} {flops[kind] / 1e6:.2f}" for kind in _KINDS)
    threads = ThreadPlan(**net["plan"])
    return "\n".join(
        [
            f"## {net['net']}",
            "",
            f"- Data: {net['dataset']}, batch {net['batch_size']}",
            f"- Measured: {counted(net['repeats'], 'round')}, each of {net['round']}",
            f"- Threads that beenet chose: {threads}",
            f"- Weights {verdict_text(net['weights'])}",
            "",
            md_table(_contestants(net)),
            "",
            f"Operations of a step in MFLOP: {shares}. Its products, each alone:",
            "",
            md_table(_products(net), left=2),
        ]
    )


def _contestants(net: Entry) -> list[list[str]]:
    stock, peer = ms_of(net, "tflearn"), best_peer(net)
    head = ["contestant", "ms a step", "fastest", "slowest", "times TFLearn"]
    rows = [[*head, *(["times the best peer"] if peer else []), "peak memory"]]
    contestants = net["contestants"]
    for key in sorted(contestants, key=lambda key: ms_of(net, key)):
        entry, ms = contestants[key], ms_of(net, key)
        scale = 1000 / entry["steps"]
        rows.append(
            [
                contestant_name(key),
                f"{ms:.3f}",
                f"{min(entry['seconds']) * scale:.3f}",
                f"{max(entry['seconds']) * scale:.3f}",
                f"{stock / ms:.2f}",
                *([f"{ms_of(net, peer) / ms:.2f}"] if peer else []),
                memory_text(entry["peak_bytes"]),
            ]
        )
    return rows


def _products(net: Entry) -> list[list[str]]:
    products = net["floor"]["products"]
    counts = list(products[0]["ms"])
    threads = [f"ms on {n}" for n in counts]
    rows = [["layer", "product", "size", "MFLOP", *threads, "GFLOP/s at best"]]
    for product in products:
        rows.append(
            [
                str(product["layer"]),
                product["kind"],
                " x ".join(map(str, product["size"])),
                f"{product['flops'] / 1e6:.2f}",
                *(f"{product['ms'][n]:.3f}" for n in counts),
                f"{product['flops'] / min(product['ms'].values()) / 1e6:.0f}",
            ]
        )
    return rows
