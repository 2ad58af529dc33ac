"""The findings of an audit in words, the worst first."""

import math
from dataclasses import dataclass
from typing import Literal

from beenet.audit.audit import Audit, SplitFacts
from beenet.audit.near_duplicates import MAX_PAIRS
from beenet.audit.split_shift import Separation
from beenet.datasets.groups import too_few
from beenet.text.words import listed

Kind = Literal["LEAK", "FAULT", "note", "ok"]

_SHARE = 0.05  # a class's share may be larger than in train by this, or by chance
_SCALE = 3  # a split's deviation may differ from train's by this factor
_OFFSET = 0.25  # recordings' mean may be this share of their deviation
_ROWS = 5  # rows that are named


@dataclass(frozen=True)
class Finding:
    """One finding of an audit."""

    kind: Kind
    """LEAK: a held-out score is too good; FAULT: examples to look at; note: affects
    the meaning of scores; ok: checked, and not found."""
    text: str
    """The sentence."""


def findings(audit: Audit) -> list[Finding]:
    """Return all findings of an audit, the worst first."""
    found = [
        *_leaks(audit),
        *_copies(audit),
        *_faults(audit),
        *_empty_classes(audit),
        *_notes(audit),
    ]
    return sorted(found, key=lambda finding: _ORDER.index(finding.kind))


_ORDER: tuple[Kind, ...] = ("LEAK", "FAULT", "note", "ok")


def _leaks(audit: Audit) -> list[Finding]:
    found = []
    for held, known in (("valid", "train"), ("test", "train"), ("valid", "test")):
        facts = audit.splits[held]
        shared = facts.shared[known]
        n = shared.exact + shared.near
        if not n:
            none = f"no copy of an example of {held} was found in {known}"
            if audit.complete:
                found.append(Finding("ok", none))
            else:
                some = f"{none}, but not all pairs were looked at"
                found.append(Finding("note", some))
            continue
        kinds = {"exactly": shared.exact, "nearly": shared.near}
        how = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items() if count)
        so = f"scores on {held} are too high"
        if audit.complete:
            so += f" by at most {_percent(n, facts.n)}"
        if known == "test":
            so = "what is chosen by test is in part chosen by valid"
        are = _are(n, facts.n, f"{held}'s")
        if not audit.complete:
            are = f"at least {are}"
        found.append(Finding("LEAK", f"{are} also in {known} ({how}): {so}"))
    return found


def _copies(audit: Audit) -> list[Finding]:
    found = []
    wrong = sum(pair.conflicts for pair in [*audit.exact, *audit.near])
    if wrong:
        pairs = (
            "1 pair of copies has" if wrong == 1 else f"{wrong:,} pairs of copies have"
        )
        found.append(Finding("FAULT", f"{pairs} two classes: a label of them is wrong"))
    for name, facts in audit.splits.items():
        shared = facts.shared[name]
        if shared.exact:
            are = _are(shared.exact, facts.n, f"{name}'s")
            found.append(
                Finding("FAULT", f"{are} there more than once, with the same values")
            )
        if shared.near:
            are = _are(shared.near, facts.n, f"{name}'s")
            found.append(
                Finding("FAULT", f"{are} nearly the same as another of {name}")
            )
    if not audit.complete:
        found.append(
            Finding(
                "FAULT",
                f"more than {MAX_PAIRS:,} pairs of examples look alike: only the "
                "closest were looked at, so the counts may be too low",
            )
        )
    if not (audit.exact or audit.near):
        found.append(
            Finding("ok", "no two examples were found that are the same, or nearly")
        )
    return found


def _faults(audit: Audit) -> list[Finding]:
    silent, train = audit.kind == "audio", audit.splits["train"]
    what = "silent" if silent else "constant, a picture of nothing"
    found = []
    for name, facts in audit.splits.items():
        for rows, fault in ((facts.flat, what), (facts.clipped, "clipped")):
            if rows:
                are = _are(len(rows), facts.n, f"{name}'s")
                found.append(Finding("FAULT", f"{are} {fault}: {_some(rows)}"))
        if name != "train" and not _one_scale(facts, train):
            found.append(
                Finding(
                    "FAULT",
                    f"{name}'s values are on another scale than train's: their "
                    f"deviation is {facts.deviation:.3g}, not {train.deviation:.3g}",
                )
            )
    if not any(facts.flat or facts.clipped for facts in audit.splits.values()):
        what = "silent" if silent else "constant"
        found.append(Finding("ok", f"no example is {what} or clipped"))
    return found


def _empty_classes(audit: Audit) -> list[Finding]:
    found = []
    for name in audit.classes:
        without = [
            split for split, facts in audit.splits.items() if not facts.balance[name]
        ]
        if len(without) == len(audit.splits):
            text = f"{name} has no example at all: nothing is known of it"
            found.append(Finding("FAULT", text))
        elif "train" in without:
            text = f"{name} has no example in train: no net can learn it"
            found.append(Finding("FAULT", text))
        elif without:
            where = " and in ".join(without)
            text = f"{name} has no example in {where}: no score there tells of it"
            found.append(Finding("note", text))
    return found


def _notes(audit: Audit) -> list[Finding]:
    found = []
    if audit.synthetic:
        found.append(
            Finding("note", "synthetic data: nothing here is true of the real set")
        )
    for name, facts in audit.splits.items():
        if audit.kind == "audio" and abs(facts.mean) > _OFFSET * facts.deviation:
            text = f"{name}'s recordings swing about {facts.mean:.3f}, not about 0"
            found.append(Finding("note", text))
    sizes = {split: facts.n for split, facts in audit.splits.items()}
    found += [Finding("note", text) for text in too_few(audit.groups, sizes)]
    for split, apart in audit.separation.items():
        found.append(Finding("note", _told_apart(split, apart)))
    train = audit.splits["train"]
    for split in audit.separation:
        facts = audit.splits[split]
        name, there, here = max(
            (
                (name, facts.balance[name] / facts.n, train.balance[name] / train.n)
                for name in audit.classes
            ),
            key=lambda share: share[1] - share[2],
        )
        chance = math.sqrt(here * (1 - here) * (1 / facts.n + 1 / train.n))
        if there - here > max(_SHARE, 3 * chance):
            found.append(
                Finding(
                    "note",
                    f"{name} is {there:.1%} of {split}, but {here:.1%} of train: "
                    "read its accuracy beside the baseline",
                )
            )
    return found


def _told_apart(split: str, apart: Separation | None) -> str:
    """Return a sentence on what a classifier's AUC means for a split's score."""
    if apart is None:
        return f"too few examples to say whether {split} differs from train"
    low, high = apart.interval
    auc = f"(AUC {apart.auc:.3f}, {low:.3f}-{high:.3f})"
    if high < 0.5:  # worse than guessing: examples of one group stand for each class
        return (
            f"too few independent examples to say how {split} differs from train {auc}"
        )
    if apart.is_chance or apart.auc < 0.6:
        cannot = "cannot" if apart.is_chance else "can hardly"
        return (
            f"{split} {cannot} be told from train {auc}: its score says how a net does "
            "on more of the same"
        )
    if apart.auc < 0.8:
        return (
            f"{split} differs a little from train {auc}: its score says how a net "
            "does on somewhat other data, and may be lower than on more of the same"
        )
    if apart.auc < 0.95:
        return (
            f"{split} differs from train {auc}: its score says how a net does on other "
            "data, and is likely lower than on more of the same"
        )
    return (
        f"{split} comes from elsewhere than train {auc}: its score says how a net does "
        "in another place, and may be far lower than on more of the same"
    )


def _one_scale(one: SplitFacts, other: SplitFacts) -> bool:
    low, high = sorted((one.deviation, other.deviation))
    return high <= _SCALE * low


def _are(n: int, of: int, whose: str) -> str:
    return f"{n:,} of {whose} {of:,} examples {'is' if n == 1 else 'are'}"


def _percent(n: int, of: int) -> str:
    """Return a share in percent, rounded up to 0.01 because it is an upper bound."""
    return f"{-(-n * 10_000 // of) / 100:.2f}%"


def _some(rows: list[int]) -> str:
    shown = listed([f"{row:,}" for row in rows], _ROWS)
    return f"row{'' if len(rows) == 1 else 's'} {shown}"
