"""How far an epoch has got."""

import numpy as np

from beenet.runs.position import Position


def test_a_smaller_last_batch_counts_for_less():
    def sizes(steps):
        losses = np.ones(steps, np.float32)
        return Position().after(losses, losses, 1.0).sizes(7, 60).tolist()

    assert (sizes(8), sizes(9)) == ([7] * 8, [7] * 8 + [4])
    assert sizes(0) == []
