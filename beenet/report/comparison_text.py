"""A comparison of two runs as text."""

from collections.abc import Sequence

from beenet.config.differences import Difference
from beenet.report.columns import columns
from beenet.report.comparison import Comparison, Flip
from beenet.text.terminal import printable_line

_MAX_FLIPS = 20
_HASH = 12  # characters of a hash that are shown


def comparison_text(found: Comparison, width: int | None = None) -> str:
    """Return the differences of two runs: config and data, then scores and examples.

    Args:
        found: the comparison.
        width: the maximum line length of a table; None for no limit.
    """
    a, b = map(str, found.paths)
    return "\n".join(
        [
            f"A: {printable_line(a)}",
            f"B: {printable_line(b)}",
            "",
            *_config(found.config),
            "",
            *_data(found),
            "",
            *_scores(found, width),
            "",
            *_flips(found),
        ]
    )


def _config(changes: Sequence[Difference]) -> list[str]:
    if not changes:
        return ["config: the same"]
    # Keys of a layer that only B has are listed beside those of A.
    parts = list(dict.fromkeys(_part(change.key) for change in changes))
    beside = sorted(changes, key=lambda change: parts.index(_part(change.key)))
    rows = [["config", "A", "B"], *([c.key, c.first, c.second] for c in beside)]
    return [columns(rows, left=3)]


def _part(key: str) -> str:
    """Return the part of a config to which a key belongs, such as ``layers[2]``."""
    return key.partition(".")[0]


def _data(found: Comparison) -> list[str]:
    one, two = map(printable_line, found.titles)
    lines = [f"data: {one}" if one == two else f"data: A {one}, B {two}"]
    if not found.data:
        return [f"{lines[0]}, the same files"]
    rows = [[c.key.strip('"'), _short(c.first), _short(c.second)] for c in found.data]
    return [*lines, columns([["SHA-256", "A", "B"], *rows], left=3)]


def _short(digest: str) -> str:
    return digest.strip('"')[:_HASH]


def _scores(found: Comparison, width: int | None) -> list[str]:
    head = ["split", "A acc", "A base", "B acc", "B base", "B - A"]
    rows = [[*head, "only A right", "only B right", "p", ""]]
    for split in found.splits:
        one, two, paired = split.first, split.second, split.paired
        counts = ["-", "-", "-", "other examples, or none kept"]
        if paired:
            word = "differs" if paired.differs else "no difference found"
            if split.split == "train":
                word = "fitted"  # a test would say nothing of other examples
            only = (paired.only_first, paired.only_second)
            counts = [*(f"{n:,}" for n in only), _probability(paired.p), word]
        rows.append(
            [
                split.split,
                f"{one.accuracy:.4f}",
                f"{one.baseline:.4f}",
                f"{two.accuracy:.4f}",
                f"{two.baseline:.4f}",
                "-"
                if found.data and not paired
                else f"{two.accuracy - one.accuracy:+.4f}",
                *counts,
            ]
        )
    table = columns(rows, width=width, parts=(5, 4))
    which = "examples with the same labels" if found.data else "the same examples"
    lines = [table, f"p: McNemar's test, mid-p, on {which}"]
    if any(split.paired and split.paired.differs for split in found.splits):
        lines.append(_only_these(found.config))
    return lines


def _only_these(changes: Sequence[Difference]) -> str:
    """Say what a difference of two models says of their configs."""
    if {change.key for change in changes} <= {"name", "training.seed"}:
        return "the configs differ only by their seed: so much comes of the seed alone"
    return (
        "differs: these two models; another seed may turn it, so train several and use "
        "beenet report"
    )


def _probability(p: float) -> str:
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def _flips(found: Comparison) -> list[str]:
    split = found.flipped_on
    if found.flips is None:
        return [f"{split}: the runs did not keep answers on the same examples"]
    if not found.flips:
        return [f"{split}: every example is predicted alike"]
    most = sorted(found.flips, key=_swing)[:_MAX_FLIPS]
    given = [p for f in most for p in (f.first_probability, f.second_probability)]
    what = "p(true)" if all(0 <= p <= 1 for p in given) else "output for true"
    rows = [["example", "true", "A says", "B says", f"A's {what}", f"B's {what}"]]
    for flip in most:
        shares = (f"{flip.first_probability:.3f}", f"{flip.second_probability:.3f}")
        rows.append([str(flip.index), flip.true, flip.first, flip.second, *shares])
    total = len(found.flips)
    count = f"{total:,} example{' is' if total == 1 else 's are'}"
    cut = f"; the {len(most)} with the largest change" if total > len(most) else ""
    return [f"{split}: {count} predicted differently{cut}", "", columns(rows, left=4)]


def _swing(flip: Flip) -> tuple[float, int]:
    return -abs(flip.first_probability - flip.second_probability), flip.index
