"""An ensemble as text: its members' scores, and the combined ones."""

from beenet.experiment.ensemble import Ensemble
from beenet.report.columns import columns
from beenet.report.text import BASELINE, SYNTHETIC, score_cells


def ensemble_text(found: Ensemble, width: int | None = None) -> str:
    """Return the scores of members and ensemble, one line each.

    Args:
        found: the ensemble.
        width: the maximum line length of a table; None for no limit.
    """
    rows = [["model", "n", "accuracy", "95% interval", "baseline", "loss"]]
    rows += [[m.model, *score_cells(m.scores)] for m in found.members]
    together = {"majority vote": found.vote, "mean probability": found.mean}
    for name, scores in together.items():
        rows.append([name, *score_cells(scores)])
    rows[-2][-1] = "-"  # of votes: not a likelihood
    names = f"{len(found.members)} models on {found.dataset} {found.split}"
    notes = [
        "vote: of equals, the class with the highest sum of probabilities",
        "loss: mean negative log-likelihood",
        BASELINE,
        *([SYNTHETIC] if found.synthetic else []),
    ]
    return "\n".join([names, "", columns(rows, width=width), "", *notes])
