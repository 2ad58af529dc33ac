"""An audit as text for the terminal, in 80 columns, and as JSON."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import asdict

from beenet.audit.audit import Audit, ExamplePlace, Pair, SplitFacts
from beenet.audit.findings import Finding, findings
from beenet.report.columns import columns
from beenet.text.json_text import json_text

_PAIRS = 10
_WIDTH = 80


def audit_text(audit: Audit, loud: Callable[[str], str] = str) -> str:
    """Return the findings, and the numbers they are based on.

    Args:
        audit: the results.
        loud: highlights a line; called for each line of a leak.
    """
    blocks = [
        head(audit),
        _findings_text(findings(audit), loud),
        columns(split_rows(audit)),
        columns(class_rows(audit)),
        "also in another row of, exactly + nearly\n" + columns(shared_rows(audit)),
    ]
    pairs = copies(audit)
    if pairs:
        rows = _pair_rows(pairs[:_PAIRS])
        blocks.append(f"copies{_of(pairs)}\n{columns(rows, left=2)}")
    if audit.strangers:
        blocks.append(
            "the most similar pairs that are not taken for copies\n"
            + columns(_pair_rows(audit.strangers), left=2)
        )
    return "\n\n".join(blocks)


def audit_json(audit: Audit) -> str:
    """Return all results as JSON, including every pair."""
    found = [asdict(finding) for finding in findings(audit)]
    return json_text({"findings": found} | asdict(audit))


def copies(audit: Audit) -> list[Pair]:
    """Return all pairs of copies: those in two splits first, then the closest."""
    return sorted([*audit.exact, *audit.near], key=lambda pair: not pair.crosses)


def head(audit: Audit) -> str:
    """Return a line on the data set: title, number and shape of examples."""
    n = sum(facts.n for facts in audit.splits.values())
    what = "recordings" if audit.kind == "audio" else "pictures"
    return f"{audit.title}: {n:,} {what} of {'x'.join(map(str, audit.shape))}"


def _findings_text(found: Sequence[Finding], loud: Callable[[str], str]) -> str:
    """Return findings as wrapped lines that begin with their kind."""
    lines: list[str] = []
    for finding in found:
        shown = map(loud if finding.kind == "LEAK" else str, _wrapped(finding))
        lines.extend(shown)
    return "\n".join(lines)


def _wrapped(finding: Finding) -> list[str]:
    return textwrap.wrap(
        finding.text,
        width=_WIDTH,
        initial_indent=f"{finding.kind:<7}",
        subsequent_indent=" " * 7,
    )


def split_rows(audit: Audit) -> list[list[str]]:
    """Return a row for each split: size, values, faults."""
    flat = "silent" if audit.kind == "audio" else "constant"
    rows = [["split", "n", "lowest", "highest", "mean", "deviation", flat, "clipped"]]
    for name, facts in audit.splits.items():
        values = (facts.low, facts.high, facts.mean, facts.deviation)
        counts = (len(facts.flat), len(facts.clipped))
        rows.append(
            [
                name,
                f"{facts.n:,}",
                *(f"{round(value, 3) + 0:.3f}" for value in values),  # no -0.000
                *(f"{count:,}" for count in counts),
            ]
        )
    return rows


def class_rows(audit: Audit) -> list[list[str]]:
    """Return a row for each class: its number and share of examples in each split."""
    heads = [cell for name in audit.splits for cell in (name, "%")]
    rows = [["class", *heads, "copies r >="]]
    for name in audit.classes:
        cells = [
            cell for facts in audit.splits.values() for cell in _count(facts, name)
        ]
        rows.append([name, *cells, f"{audit.needed[name]:.3f}"])
    return rows


def shared_rows(audit: Audit) -> list[list[str]]:
    """Return a row for each split: the numbers of its examples also in each split."""
    rows = [["", *audit.splits]]
    for name, facts in audit.splits.items():
        cells = [f"{there.exact:,} + {there.near:,}" for there in facts.shared.values()]
        rows.append([name, *cells])
    return rows


def place_text(place: ExamplePlace) -> str:
    """Return an example's place and class: ``valid 1,603 (BEE)``."""
    return f"{place.split} {place.row:,} ({place.label})"


def correlation_text(pair: Pair) -> str:
    """Return the correlation of a pair as text, below 1 unless values are equal."""
    return f"r {min(pair.correlation, 0.9999):.4f}"


def _count(facts: SplitFacts, name: str) -> tuple[str, str]:
    n = facts.balance[name]
    return f"{n:,}", f"{100 * n / facts.n:.1f}"


def _pair_rows(pairs: list[Pair]) -> list[list[str]]:
    return [
        [
            place_text(pair.first),
            place_text(pair.second),
            "same values" if pair.exact else correlation_text(pair),
        ]
        for pair in pairs
    ]


def _of(pairs: list[Pair]) -> str:
    if len(pairs) <= _PAIRS:
        return ""
    return f", {_PAIRS} of {len(pairs):,} pairs (--json lists all)"
