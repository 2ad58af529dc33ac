import pytest

from beenet.media import AudioRecipe, ImageRecipe, parse_recipe, recipe_for
from beenet.media.recipe import Changes
from beenet.registry import REGISTRY


@pytest.mark.parametrize("name", REGISTRY)
def test_every_registered_set_has_a_recipe_of_its_shape(name):
    info = REGISTRY[name]
    recipe = recipe_for(info.shape, info)
    assert recipe.shape == info.shape
    assert recipe.origin == "assumed"
    assert parse_recipe(recipe.model_dump(mode="json")) == recipe


def test_colours_and_loudness_are_as_the_makers_say():
    assert recipe_for((64, 64, 3), REGISTRY["BEE1"]).channels == "bgr"
    buzz = recipe_for((4000, 1, 1), REGISTRY["BUZZ1"])
    assert (buzz.seconds, buzz.values) == (2.0, "divide by maximum")


def test_a_set_of_one_s_own_is_guessed_by_its_shape():
    assert recipe_for((8, 9, 3)) == ImageRecipe(channels="rgb", height=8, width=9)
    assert recipe_for((80, 1, 1)) == AudioRecipe(samples=80, values="divide by peak")
    assert recipe_for((8, 9, 5)) is None
    assert recipe_for((7,)) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Unable to extract tag"),
        ({"kind": "video"}, "does not match any of the expected tags"),
        ({"kind": "image", "height": 3, "width": 3}, "image.channels: Field required"),
        (
            {"kind": "audio", "samples": 9, "values": "divide by peak", "mix": "left"},
            "audio.mix: Input should be 'mean'",
        ),
        (
            {"kind": "audio", "samples": 9, "values": "divide by peak", "gain": 2},
            "audio.gain: Extra inputs",
        ),
    ],
)
def test_a_recipe_of_a_later_beenet_is_refused(data, words):
    with pytest.raises(ValueError, match=words):
        parse_recipe(data)


def test_changes_apply_where_they_can():
    colour = ImageRecipe(channels="bgr", height=3, width=3)
    sound = AudioRecipe(samples=9, values="divide by peak")
    assert Changes(channels="rgb").on(colour).channels == "rgb"
    assert Changes(seconds=0.5).on(sound).seconds == 0.5
    assert Changes().on(colour) == colour
    for changes, recipe, words in [
        (Changes(channels="gray"), colour, "the net takes 3 channels"),
        (Changes(channels="rgb"), sound, "recordings have no order of colours"),
        (Changes(seconds=1), colour, "pictures have no length in seconds"),
    ]:
        with pytest.raises(ValueError, match=words):
            changes.on(recipe)
