"""A comparison as lines for a terminal."""

from typing import Any

from beenet.bench.compare import SpeedComparison
from beenet.bench.figures import contestant_name
from beenet.report.columns import columns
from beenet.text.words import counted

MB = 1e6

_KERNELS = (
    "On this processor TensorFlow leaves oneDNN's kernels off; beenet turns them on.",
)


def comparison_text(found: SpeedComparison) -> str:
    """Return the results, and how they were measured."""
    rows = [["", "steps/s", "ms/step", "fastest", "slowest", "peak memory"]]
    for key, measured in found.measured.items():
        low, high = measured.spread
        rows.append(
            [
                contestant_name(key),
                f"{measured.steps_per_second:,.0f}",
                f"{measured.ms:.3f}",
                f"{low:.3f}",
                f"{high:.3f}",
                memory_text(measured.peak_bytes),
            ]
        )
    return "\n".join(
        [
            f"{found.name}: {found.dataset}, batch {found.schedule.batch_size}, "
            f"{found.schedule}, {counted(found.repeats, 'round')} in turn",
            "",
            columns(rows),
            "",
            f"ratio    {found.ratio:.2f}",
            f"plan     {found.plan}, on {found.device}",
            f"weights  {verdict_text(found.verdict)}",
            *(f"note     {remark}" for remark in found.remarks),
            "",
            "TFLearn is model.fit(show_metric=True) with no validation. Each has a",
            "process of its own; figures are medians. Not counted on either side: the",
            "start, and one round of warm-up. Both begin every round with the same",
            "weights and take the same batches.",
            *(_KERNELS if "tflearn-onednn" in found.measured else ()),
        ]
    )


def memory_text(peak_bytes: int | None) -> str:
    """Return the peak memory as text; a dash if it is not known."""
    return "-" if peak_bytes is None else f"{peak_bytes / MB:,.0f} MB"


def verdict_text(verdict: dict[str, Any]) -> str:
    """Return whether both trainings ended with the same bits."""
    after = f"after {verdict['steps']:,} steps"
    if verdict["identical"]:
        return (
            f"{after} of TFLearn's own train op and of beenet's loop: identical, bit "
            f"for bit ({verdict['arrays']} variables, {verdict['numbers']:,} numbers)"
        )
    names = verdict["differing"]
    shown = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    repeats = (
        "TFLearn's own loop repeats itself to the bit"
        if verdict["tflearn_repeats"]
        else "TFLearn's own loop, done twice, differs from itself too"
    )
    return (
        f"{after}: NOT identical: {shown} differ by up to {verdict['largest']:.3g}; "
        f"{repeats}"
    )
