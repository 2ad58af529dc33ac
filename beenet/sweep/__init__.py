"""Sweeps: many trainings of one config, in parallel, each an ordinary run."""

from beenet.sweep.run import SweepResult, run_sweep
from beenet.sweep.trials import Trial, plan_trials

__all__ = ["SweepResult", "Trial", "plan_trials", "run_sweep"]
