"""A lab's folder of runs on tiny pictures, written as trainings write them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from beenet.config import load_config, plain
from beenet.config.yaml_text import dump
from beenet.datasets.configured import open_data
from beenet.network.sidecar import Sidecar, sidecar_path
from beenet.registry import SPLITS
from beenet.report.leaderboard import leaderboard
from beenet.report.page import page as page_module
from beenet.report.page import sweeps, view
from beenet.report.page.page import make_page
from beenet.runs.folder import RunFolder
from beenet.runs.history import Epoch, to_csv
from beenet.scores.metrics import compute_scores
from beenet.scores.outcomes import outcomes_of, to_bytes
from beenet.system.thread_plan import ThreadPlan

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def write_run(tiny_data) -> Callable[..., RunFolder]:
    """Write a finished run: its overrides, and which examples it has wrong."""
    known = {}

    def write(path: Path, *overrides, wrong=(), title="data", comment="", group=None):
        config = load_config(tiny_data / "tiny.yaml", overrides).config
        dataset = known.setdefault("data", None) or open_data(config, tiny_data)
        known["data"] = dataset
        folder = RunFolder(path)
        folder.path.mkdir(parents=True)
        scores, outcomes = {}, {}
        for split in SPLITS:
            labels = dataset.targets(split).argmax(axis=1)
            said = labels.copy()
            said[list(wrong)] = (said[list(wrong)] + 1) % 3
            sure = np.linspace(0.5, 0.9, len(labels), dtype=np.float32)[:, None]
            outputs = np.where(np.eye(3)[said] > 0, sure, (1 - sure) / 2)
            outputs = outputs.astype(np.float32)
            scores[split] = compute_scores(labels, outputs, 0.5, dataset.classes)
            outcomes[split] = outcomes_of(labels, outputs)
        seed = config.training.seed
        metrics = {
            "name": config.name, "but_for_seed": group or config.name,
            "dataset": title, "synthetic": False, "seed": seed, "epochs": 3,
            "steps": 27, "seconds": 1.5,
            "splits": {split: score.to_json() for split, score in scores.items()},
        }  # fmt: skip
        plan = ThreadPlan(1, 1)
        sidecar = Sidecar(
            config, title, dataset.shape, dataset.classes, False, dataset.hashes, plan
        )
        rows = [
            Epoch(
                title, n, 9 * n, 1 / n, 0.5, 1.1 / n, 1 - (0.2 + 0.01 * seed) / n, 1.0
            )
            for n in (1, 2, 3)
        ]
        folder.config.write_text(f"# {comment}\n{dump(plain(config))}")
        folder.history.write_text(to_csv(rows))
        sidecar_path(folder.model).write_text(sidecar.to_text({}))
        folder.outcomes.write_bytes(to_bytes(outcomes))
        folder.provenance.write_text(
            json.dumps({"data": {"title": title, "sha256": dataset.hashes}})
        )
        folder.metrics.write_text(json.dumps(metrics))
        return folder

    return write


@pytest.fixture(scope="session")
def lab(tmp_path_factory, write_run) -> Path:
    """A sweep of two rates with two seeds each, and a run by an enemy."""
    root = tmp_path_factory.mktemp("lab")
    for rate, wrong in (("0.05", range(3)), ("0.5", range(12))):
        for seed in (1, 2):
            name = f"lab/learning_rate-{rate}/seed-{seed}"
            write_run(
                root / name,
                f"name={name}",
                f"training.seed={seed}",
                f"optimizer.momentum.learning_rate={rate}",
                wrong=[i + seed for i in wrong],
                group=rate,
            )
    enemy = write_run(
        root / "enemy" / "<b>bold<",
        wrong=[4, 5, 6],
        title=f"BEE1 {EVIL} <img src=x onerror=alert(1)>",
        comment=f"{EVIL} </pre></script>{EVIL}",
    )
    metrics = json.loads(enemy.metrics.read_text())
    metrics["name"] = f"{EVIL}/a/seed-1"
    for score in metrics["splits"].values():
        score["classes"][0]["name"] = score["majority"] = f"\"'>{EVIL}"
    enemy.metrics.write_text(json.dumps(metrics))
    return root


@pytest.fixture(scope="session")
def page(lab, tiny_data) -> str:
    """The page of the lab's runs."""
    return make_page(leaderboard([lab]), data_dir=tiny_data)


@pytest.fixture
def undrawn(monkeypatch) -> None:
    """Save the time that curves take."""
    monkeypatch.setattr(view, "run_curves", lambda *_, **__: ["<svg></svg>"])
    monkeypatch.setattr(page_module, "overlaid_curves", lambda *_, **__: [])
    monkeypatch.setattr(sweeps, "parameter_plot", lambda *_, **__: "<svg></svg>")
