"""The result of an adoption as text."""

from beenet.experiment.adopt import Adoption
from beenet.text.terminal import printable_line
from beenet.text.words import counted, listed

_MAX_NAMES = 6


def adoption_text(done: Adoption) -> str:
    """Return what was written, what could not be read, and how the graphs compare."""
    lines = [
        f"wrote {done.config} ({counted(done.layers, 'layer')})",
        f"wrote {done.sidecar}",
        f"loaded {counted(done.variables, 'variable')} of the file into its net",
    ]
    if done.ignored:
        names = listed(done.ignored, _MAX_NAMES)
        lines.append(f"did not need {len(done.ignored)}: {names}")
    lines += [f"unknown: {what}" for what in done.unread]
    if done.differences:
        lines.append("the graphs differ from input to output:")
        lines += [f"  {line}" for line in done.differences]
    else:
        lines.append(
            f"the same graph from input to output: {counted(done.steps, 'operation')}"
        )
    return "\n".join(map(printable_line, lines))  # names come from a foreign file
