"""The data sets in the data folder, as text."""

from collections.abc import Iterable

from beenet.datasets.status import Status
from beenet.report.columns import columns
from beenet.text.values import show_shape


def datasets_text(statuses: Iterable[Status]) -> str:
    """Return a line for each data set; the last column says how to get one."""
    rows = [["name", "shape", "train", "test", "valid", "status", ""]]
    for status in statuses:
        counts = [f"{n:,}" for n in status.counts.values()]
        shape = show_shape(status.info.shape)
        rows.append([status.title, shape, *counts, status.state, status.remedy])
    return columns(rows, left=(0, 1, 5, 6))


def dataset_text(status: Status) -> str:
    """Return all known facts about one data set."""
    rows = [
        ["kind", status.info.kind],
        ["shape", show_shape(status.info.shape)],
        ["classes", ", ".join(status.info.classes)],
        ["status", status.state],
    ]
    if status.where:
        rows.append(["where", str(status.where)])
    if status.source:
        rows.append(["source", status.source])
    if status.recipe:
        steps = status.recipe.model_dump(mode="json", exclude={"kind"})
        shown = ", ".join(f"{key}: {value}" for key, value in steps.items())
        rows.append(["recipe", shown])
    if status.remedy:
        rows.append(["get it", status.remedy])
    rows += [
        [split, f"{n:,}{_balance(status, split)}"] for split, n in status.counts.items()
    ]
    rows += [["sha256", f"{digest}  {file}"] for file, digest in status.hashes.items()]
    return f"{status.title}\n{columns(rows, left=2, indent='  ')}"


def _balance(status: Status, split: str) -> str:
    """Return an installed split's class counts, and its majority-class baseline."""
    if split not in status.balance:
        return ""
    by_class = status.balance[split]
    shown = ", ".join(f"{name} {n:,}" for name, n in by_class.items())
    commonest = max(by_class, key=lambda name: by_class[name])
    share = by_class[commonest] / sum(by_class.values())
    return f": {shown}; always {commonest} scores {share:.4f}"
