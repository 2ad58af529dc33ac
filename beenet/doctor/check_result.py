"""One thing that was looked at."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "note", "warning", "broken"]
"""note: nothing is wrong; warning: beenet trains all the same; broken: it does not."""


@dataclass(frozen=True)
class CheckResult:
    """What was found, and what to do about it."""

    check: str
    """What was looked at."""
    state: State
    """How it is."""
    text: str
    """What was found."""
    remedy: str = ""
    """What to do; empty where all is well."""

    def to_json(self) -> dict[str, str]:
        """Return plain data."""
        return asdict(self)


def results_text(findings: list[CheckResult]) -> str:
    """Return one line for each finding, and one below it for what to do."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.state:<7} {finding.check:<11} {finding.text}")
        if finding.remedy:
            lines.append(f"{'':<19} -> {finding.remedy}")
    return "\n".join(lines)
