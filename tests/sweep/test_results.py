"""The scores of a sweep's points, over the seeds of each."""

import pytest

from beenet.runs.folder import RunFolder
from beenet.sweep.results import Spread, point_scores
from beenet.sweep.trials import Trial
from beenet.system import files
from made import whole_metrics


@pytest.fixture
def scored(tiny, tmp_path):
    """Pretend that a trial was trained, with these accuracies on test and valid."""

    def scored(point, seed, test, valid):
        folder = RunFolder(tmp_path / point / str(seed))
        folder.path.mkdir(parents=True)
        splits = {
            "test": {"accuracy": test, "baseline": 0.1},
            "valid": {"accuracy": valid, "baseline": 0.2},
        }
        files.write_json(folder.metrics, whole_metrics(splits=splits))
        return Trial(point, seed, tiny().config, folder)

    return scored


def test_points_go_by_test_and_valid_stands_beside(scored):
    first, second = point_scores(
        [scored("a", 1, 0.5, 0.9), scored("b", 2, 0.8, 0.7), scored("b", 1, 0.6, 0.7)]
    )
    assert (first.point, first.seeds, second.point) == ("b", (1, 2), "a")
    deviation = pytest.approx(0.02**0.5)
    assert first.test == Spread(pytest.approx(0.7), deviation, 0.6, 0.8)
    assert second.valid == Spread(0.9, None, 0.9, 0.9)
    assert (first.test_baseline, first.valid_baseline) == (0.1, 0.2)
