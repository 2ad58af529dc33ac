import re
from dataclasses import replace

import pytest

from beenet import __version__
from beenet.config import plain
from beenet.errors import ConfigError, NetworkError
from beenet.media import recipe_for
from beenet.network.sidecar import Sidecar, read_sidecar, sidecar_path
from beenet.system.thread_plan import ThreadPlan


@pytest.fixture
def sidecar(tiny):
    return Sidecar(
        config=tiny().config,
        dataset="BEE1 (synthetic, scale 0.01)",
        shape=(8, 8, 1),
        classes=("on", "1e3", "STRIPED"),
        synthetic=True,
        hashes={"train_X.pck": "ab" * 32},
        plan=ThreadPlan(1, 1),
        recipe=recipe_for((8, 8, 1)),
    )


@pytest.fixture
def prefix(tmp_path):
    return tmp_path / "model.tfl"


def test_a_sidecar_reads_back_equal(sidecar, prefix):
    sidecar_path(prefix).write_text(sidecar.to_text({"tensorflow": "2.21.0"}))
    again = read_sidecar(prefix)
    assert again == sidecar
    assert plain(again.config) == plain(sidecar.config)


def test_a_sidecar_of_the_first_days_gets_the_recipe_of_its_data(sidecar, prefix):
    lines = sidecar.to_text({}).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("recipe:"))
    end = next(i for i, line in enumerate(lines) if line.startswith("plan:"))
    sidecar_path(prefix).write_text("\n".join(lines[:begin] + lines[end:]))
    assert read_sidecar(prefix) == sidecar


def test_data_that_no_raw_file_becomes_have_no_recipe(sidecar, prefix):
    bare = replace(sidecar, recipe=None)
    sidecar_path(prefix).write_text(bare.to_text({}))
    assert read_sidecar(prefix) == bare


def test_a_recipe_of_a_later_beenet_is_refused(sidecar, prefix):
    text = sidecar.to_text({}).replace("frame: first", "frame: all")
    sidecar_path(prefix).write_text(text)
    assert "image.frame: Input should be 'first'" in refusal(prefix)


def test_a_recipe_that_makes_other_examples_is_refused(sidecar, prefix):
    other = replace(sidecar, recipe=recipe_for((4, 16, 1)))
    sidecar_path(prefix).write_text(other.to_text({}))
    assert "its recipe makes examples of (4, 16, 1), not (8, 8, 1)" in refusal(prefix)


def refusal(prefix):
    with pytest.raises(NetworkError) as caught:
        read_sidecar(prefix)
    return str(caught.value)


def test_a_model_without_sidecar_names_config(prefix):
    assert refusal(prefix) == (
        f"{prefix} has no sidecar model.tfl.yaml; say how to build it with "
        "--config FILE"
    )


def test_another_format_is_refused_with_words(sidecar, prefix):
    text = sidecar.to_text({}).replace("format: 1", "format: 99", 1)
    sidecar_path(prefix).write_text(text)
    assert refusal(prefix) == (
        f"{prefix}.yaml has format 99, this beenet {__version__} reads 1; use the "
        "beenet that wrote it, or --config FILE"
    )


def test_a_format_of_several_lines_is_named_on_one(sidecar, prefix):
    text = sidecar.to_text({}).replace("format: 1", "format: 'a\n\n  b'", 1)
    sidecar_path(prefix).write_text(text)
    assert refusal(prefix).startswith(f'{prefix}.yaml has format "a\\nb", this beenet')


@pytest.mark.parametrize(
    "text", ["", "- 1\n", "a: 1\n", "a: [\n", "x: !!python/name:os.system\n"]
)
def test_what_is_not_a_sidecar_is_refused(prefix, text):
    sidecar_path(prefix).write_text(text)
    assert refusal(prefix).startswith(f"{prefix}.yaml is not a sidecar")


@pytest.mark.parametrize("key", ["dataset", "plan", "config"])
def test_a_sidecar_with_a_part_missing_is_refused(sidecar, prefix, key):
    lines = sidecar.to_text({}).replace(f"\n{key}:", f"\nother_{key}:", 1)
    sidecar_path(prefix).write_text(lines)
    assert refusal(prefix).startswith(f"{prefix}.yaml is not a whole sidecar: ")


@pytest.mark.parametrize("plan", ["{intra: 1}", "{intra: x, inter: 1}", "[1, 1]", "1"])
def test_a_plan_that_is_none_is_refused(sidecar, prefix, plan):
    text = re.sub(r"(?m)^plan: .*$", f"plan: {plan}", sidecar.to_text({}))
    assert f"plan: {plan}" in text
    sidecar_path(prefix).write_text(text)
    assert refusal(prefix).startswith(f"{prefix}.yaml is not a whole sidecar: ")


def test_a_fault_of_the_config_inside_keeps_its_place(sidecar, prefix):
    text = sidecar.to_text({})
    line = next(i for i, x in enumerate(text.splitlines(), 1) if "keep_prob" in x)
    sidecar_path(prefix).write_text(text.replace("keep_prob: 0.8", "keep_prob: 8"))
    with pytest.raises(ConfigError) as caught:
        read_sidecar(prefix)
    assert str(caught.value) == (
        f"{prefix}.yaml:{line}:26: layers[2].dropout.keep_prob: "
        "must be at most 1, got 8"
    )
