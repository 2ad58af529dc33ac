"""What Optuna is told of a search."""

from beenet.config.sweep import Search
from beenet.sweep.sampling import pruner, sampler
from beenet.sweep.storage import import_optuna


def test_optuna_is_told_who_runs_beside_it_and_how_long(monkeypatch):
    optuna, told = import_optuna(), []
    for kind, name in (("samplers", "TPESampler"), ("pruners", "HyperbandPruner")):
        monkeypatch.setattr(getattr(optuna, kind), name, lambda **of: told.append(of))
    search = Search.model_validate(
        {"trials": 2, "method": "tpe", "prune": "hyperband", "seed": 4,
         "space": {"a": [1, 2]}}
    )  # fmt: skip
    for beside in (False, True):
        sampler(optuna, search, 0, side_by_side=beside)
    pruner(optuna, search, 9)
    assert told == [
        {"seed": 4, "constant_liar": False},
        {"seed": 4, "constant_liar": True},
        {"max_resource": 9},
    ]
