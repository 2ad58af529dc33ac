"""The result of one check."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "note", "warning", "broken"]
"""note: nothing is wrong; warning: beenet trains nevertheless; broken: it does not."""


@dataclass(frozen=True)
class CheckResult:
    """A finding, and what to do about it."""

    check: str
    """What was checked."""
    state: State
    """Its severity."""
    text: str
    """The finding."""
    remedy: str = ""
    """What to do; empty if nothing is needed."""

    def to_json(self) -> dict[str, str]:
        """Return plain data."""
        return asdict(self)


def results_text(findings: list[CheckResult]) -> str:
    """Return one line for each finding, and one below it for its remedy, if any."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.state:<7} {finding.check:<11} {finding.text}")
        if finding.remedy:
            lines.append(f"{'':<19} -> {finding.remedy}")
    return "\n".join(lines)
