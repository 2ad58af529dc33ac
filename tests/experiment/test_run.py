"""What the stages of a training share."""

from beenet.experiment.run import TrainingRun


def test_the_loop_is_told_how_to_visit_the_examples(tiny, monkeypatch):
    monkeypatch.setattr("beenet.experiment.run.TrainLoop", lambda *_, **told: told)
    config = tiny("training.shuffle=false").config
    run = TrainingRun(config, None, {"train": None}, *[None] * 7)
    assert run.loop() == {"batch_size": 7, "seed": 5, "shuffle": False}
