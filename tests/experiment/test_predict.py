import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from beenet.config import load_config
from beenet.datasets import open_dataset
from beenet.experiment import train
from beenet.experiment.inputs import InputFile, expanded
from beenet.experiment.predict import Answer, FileAnswers, open_predictor
from beenet.network.sidecar import read_sidecar
from beenet.progress import make_reporter


@pytest.fixture(scope="module")
def model(tiny_data, tmp_path_factory):
    run = tmp_path_factory.mktemp("model") / "run"
    quick = ("training.epochs=1",)
    train(
        load_config(tiny_data / "tiny.yaml", quick), run, reporter=make_reporter(True)
    )
    return run


@pytest.fixture(scope="module")
def predictor(model):
    with open_predictor(model) as opened:
        yield opened


@pytest.fixture
def examples(tiny_data):
    data = open_dataset(path=tiny_data / "data", classes=["LIGHT", "DARK", "STRIPED"])
    return data.split("valid")


def ask(predictor, *paths, note=lambda _: None):
    return list(predictor.answers([InputFile(Path(p), str(p)) for p in paths], note))


def test_the_sidecar_holds_the_recipe(model):
    recipe = read_sidecar(model / "model.tfl").recipe
    assert (recipe.kind, recipe.channels, recipe.origin) == ("image", "gray", "assumed")
    assert recipe.shape == (8, 8, 1)


def test_pictures_answer_as_the_same_examples_do(predictor, examples, tmp_path):
    paths = []
    for i in range(5):
        pixels = np.rint(examples.rows([i])[0, ..., 0] * 255).astype(np.uint8)
        paths.append(tmp_path / f"{i}.png")
        Image.fromarray(pixels).save(paths[-1])
    found = ask(predictor, *paths)
    assert [f.file for f in found] == [str(p) for p in paths]
    expected = predictor.predict(examples.rows(slice(0, 5)))
    assert np.array_equal([f.whole for f in found], expected)
    assert np.stack([f.whole for f in found]).sum(axis=1) == pytest.approx(1)


def test_arrays_answer_row_by_row(predictor, examples, tmp_path):
    x = examples.rows(slice(0, 30))
    np.save(tmp_path / "x.npy", x)
    (tmp_path / "x.pck").write_bytes(pickle.dumps(x.astype(np.float64), 3))
    for found in ask(predictor, tmp_path / "x.npy", tmp_path / "x.pck"):
        assert [a.row for a in found.answers] == list(range(30))
        assert found.whole is None
        outputs = np.stack([a.probabilities for a in found.answers])
        assert np.array_equal(outputs, predictor.predict(x))


def test_batches_do_not_show(predictor, examples, tmp_path, monkeypatch):
    x = examples.rows(slice(0, 7))
    np.save(tmp_path / "x.npy", x)
    Image.new("L", (8, 8), 200).save(tmp_path / "y.png")
    paths = [tmp_path / "x.npy", tmp_path / "y.png", tmp_path / "x.npy"]
    whole = ask(predictor, *paths)
    monkeypatch.setattr("beenet.experiment.predict._MAX_EXAMPLES", 3)
    parts = ask(predictor, *paths)
    assert [len(f.answers) for f in parts] == [7, 1, 7]
    for a, b in zip(whole, parts, strict=True):
        for one, other in zip(a.answers, b.answers, strict=True):
            assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_a_picture_among_arrays_answers_as_it_does_alone(predictor, examples, tmp_path):
    picture, array = tmp_path / "y.png", tmp_path / "x.npy"
    Image.new("L", (8, 8), 200).save(picture)
    np.save(array, examples.rows([0]))
    (alone,) = ask(predictor, picture)
    _, among = ask(predictor, array, picture)
    assert among.whole == pytest.approx(alone.whole, abs=1e-6)


def test_a_bad_file_does_not_stop_the_others(predictor, examples, tmp_path):
    good = tmp_path / "good.npy"
    np.save(good, examples.rows([0]))
    half = examples.rows(slice(0, 3))
    half[2] = np.nan
    np.save(tmp_path / "half.npy", half)
    (tmp_path / "no.png").write_bytes(b"no")
    bad = [tmp_path / name for name in ("half.npy", "no.png", "missing.png")]
    found = ask(predictor, good, *bad, good)
    assert [bool(f.fault) for f in found] == [False, True, True, True, False]
    assert not any(f.answers for f in found if f.fault)
    assert found[2].fault == f"{bad[1]}: is not an image that can be read"
    first, last = (f.answers[0].probabilities for f in (found[0], found[4]))
    assert np.array_equal(first, last)


def test_folders_are_read_in_order_and_what_is_no_picture_is_passed_over(tmp_path):
    from beenet.media import recipe_for

    for name in ("b/2.png", "b/10.JPG", "a.npy", "c.txt", ".x.png", ".git/y.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    notes = []
    found = expanded([tmp_path], recipe_for((8, 8, 1)), notes.append)
    below = [str(file.path.relative_to(tmp_path)) for file in found]
    assert below == ["a.npy", "b/10.JPG", "b/2.png"]
    assert notes == [
        f"{tmp_path}: 1 file passed over: not of a kind the net takes",
    ]


def test_what_cannot_be_read_in_a_folder_is_a_fault(predictor, tmp_path):
    from beenet.media import recipe_for

    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic")
    (tmp_path / "b.mov").write_bytes(b"\0\0\0\x14ftypqt  ")
    (tmp_path / "c.m4a").write_bytes(b"\0\0\0\x20ftypM4A ")
    notes = []
    files = expanded([tmp_path], recipe_for((8, 8, 1)), notes.append)
    assert [found.fault for found in predictor.answers(files)] == [
        f"{tmp_path}/a.heic: is a HEIC image, which cannot be read; convert it to JPEG",
        f"{tmp_path}/b.mov: is a QuickTime video, which cannot be read; save its sound "
        "as WAV, or frames of it as PNG",
    ]
    assert notes == [f"{tmp_path}: 1 file passed over: not of a kind the net takes"]


def test_a_folder_of_nothing_is_a_fault(predictor, tmp_path):
    from beenet.media import recipe_for

    files = expanded([tmp_path], recipe_for((8, 8, 1)), print)
    (found,) = predictor.answers(files)
    assert found.fault == f"{tmp_path}: holds no file that the net takes"


SOUND = """\
name: hum
dataset: BUZZ1
layers: [{fully_connected: {n_units: 3, activation: %s}}]
loss: %s
training: {epochs: 1, batch_size: 50, threads: 1}
"""


@pytest.mark.parametrize(
    ("activation", "loss", "sums_to"),
    [
        ("softmax", "categorical_crossentropy", 1),
        ("linear", "softmax_categorical_crossentropy", 1),
        ("linear", "binary_crossentropy", None),
    ],
)
def test_a_recording_is_its_windows_and_their_mean(
    tmp_path, recorder, activation, loss, sums_to
):
    from beenet.datasets.synth import synth

    synth("BUZZ1", scale=0.001)
    (tmp_path / "hum.yaml").write_text(SOUND % (activation, loss))
    run = train(
        load_config(tmp_path / "hum.yaml"), tmp_path / "run", reporter=recorder()
    )
    sound = np.random.default_rng(0).normal(0, 0.1, (5 * 8000, 2))
    soundfile.write(tmp_path / "long.wav", sound, 8000, subtype="PCM_24")
    with open_predictor(run.path) as predictor:
        assert predictor.synthetic
        (found,) = ask(predictor, tmp_path / "long.wav")
        assert [a.start for a in found.answers] == [0, 2, 3]
        outputs = np.stack([a.probabilities for a in found.answers])
        assert found.whole == pytest.approx(outputs.mean(axis=0), abs=1e-7)
        assert (outputs > 0).all()
        assert (outputs < 1).all()
        if sums_to:
            assert outputs.sum(axis=1) == pytest.approx(sums_to, abs=1e-5)


def test_another_scale_than_in_training_is_told(predictor, examples, tmp_path):
    x = examples.rows(slice(0, 3))
    for name, factor in [("a", 1), ("b", 255), ("c", 300), ("d", 1 / 255), ("e", 0)]:
        np.save(tmp_path / f"{name}.npy", x * np.float32(factor))
    a, b, c, d, e = (tmp_path / f"{name}.npy" for name in "abcde")
    peak = predictor.peak
    assert 0.9 < peak <= 1
    told = []
    named = [InputFile(path, str(path)) for path in (a, b, c, d, e)]
    assert len(list(predictor.answers(named, warn=told.append))) == 5
    largest = [x.max() * 255, x.max() * 300, x.max() / 255, 0]
    assert told == [
        f"{path}: the largest value is {value:.3g}, and the net was trained on "
        f"values up to {peak:.3g}: its answers may mean nothing"
        for path, value in zip((b, c, d, e), largest, strict=True)
    ]


def test_outputs_that_are_no_probabilities_are_named():
    def answers(*rows):
        return FileAnswers("x", tuple(Answer(np.float32(row)) for row in rows))

    assert answers([0, 1], [0.5, 0.5]).no_probabilities is None
    assert answers().no_probabilities is None
    assert answers([0, 1], [-2, 5.6776]).no_probabilities == (
        "its outputs, from -2 to 5.68, are no probabilities"
    )


def test_a_model_that_tells_no_scale_is_asked_all_the_same(predictor):
    assert replace(predictor, peak=None).misfit(1e9) is None


def test_pictures_of_a_built_set_lie_in_0_to_1(predictor):
    assert not predictor.unit_range
    built = predictor.recipe.model_copy(update={"origin": "built"})
    assert replace(predictor, recipe=built).unit_range
    assert not replace(predictor, recipe=None).unit_range
